//! WeCom's codes: whose they are, and when they are no good.
use super::told;
use crate::site::{DEMO, Site};
use expect_test::{Expect, expect};
use serde_json::{Value, json};
use std::time::Duration;
use wecom_sim::{CodeFor, Who};

const CORP: &str = "ww5a1d0e0f1a2b3c4d";

async fn trade(site: &Site, code: &str) -> String {
    told(site.element(DEMO).unwrap().call("getLoginCode", json!({ "code": code })).await)
}

async fn check(who: CodeFor, expected: Expect) {
    let site = Site::demo().await;
    let code = site.sim.issue_code(who).unwrap();
    expected.assert_eq(&trade(&site, &code).await);
}

#[tokio::test]
async fn a_member_is_known_with_the_profile_that_is_granted() {
    check(CodeFor::member("zhangsan"), expect![[r#"{"corpList":[{"corpId":"ww5a1d0e0f1a2b3c4d","corpName":"示例科技 Acme Demo"}],"department":[2],"departmentNames":["研发部"],"isLeader":true,"loginCode":"<loginCode>","mainDepartment":2,"name":"张三","notGranted":["mobile","email","avatar","gender"],"position":"研发总监","raw":{"alias":"San","direct_leader":[],"extattr":{"attrs":[]},"is_leader_in_dept":[1],"order":[10],"telephone":"010-80000001"},"status":1,"userId":"zhangsan"}"#]]).await;
    check(CodeFor::member("lisi"), expect![[r#"{"corpList":[{"corpId":"ww5a1d0e0f1a2b3c4d","corpName":"示例科技 Acme Demo"}],"department":[2,3],"departmentNames":["研发部","市场部"],"isLeader":false,"loginCode":"<loginCode>","mainDepartment":3,"name":"李四","notGranted":["mobile","email","avatar","gender"],"position":"产品经理","raw":{"alias":"","direct_leader":["zhangsan"],"extattr":{"attrs":[]},"is_leader_in_dept":[0,0],"order":[0,5],"telephone":""},"status":1,"userId":"lisi"}"#]]).await;
}

#[tokio::test]
async fn who_is_no_member_gets_no_login_code() {
    let outsider = |openid: Option<&str>, external: Option<&str>| CodeFor {
        corp_id: None,
        agent_id: None,
        who: Who::Outsider { openid: openid.map(Into::into), external_user_id: external.map(Into::into) },
    };
    check(outsider(Some("oAAA"), None), expect![[r#"{"corpList":[],"openid":"oAAA"}"#]]).await;
    check(outsider(Some("oAAA"), Some("wmBBB")), expect![[r#"{"corpList":[],"externalUserId":"wmBBB","openid":"oAAA"}"#]])
        .await;
    check(
        CodeFor::member("wwfedcba9876543210/li"),
        expect![[r#"{"corpList":[],"linkedCorpId":"wwfedcba9876543210","linkedUserId":"li"}"#]],
    )
    .await;
    let own = Site::demo().await;
    let who: Value = serde_json::from_str(&trade(&own, &own.code(&format!("{CORP}/zhangsan"))).await).unwrap();
    assert_eq!(who["userId"], "zhangsan", "a member of this company, written as of a linked one");
}

#[tokio::test]
async fn a_member_out_of_sight_or_disabled_is_refused() {
    check(CodeFor::member("outsider"), expect!["Refused 60011 you are outside the app's visible range; ask an administrator to add you at 应用管理 → the app → 可见范围 (WeCom 60011)"]).await;
    check(CodeFor::member("zhaoliu"), expect!["Refused 20104 this account is disabled or left the company; an administrator looks at it in the contacts: 通讯录"]).await;
}

#[tokio::test]
async fn a_code_is_good_once_for_five_minutes_in_its_own_app() {
    let site = Site::demo().await;
    let mut text = String::new();
    let mut note = |what: &str, told: String| text.push_str(&format!("{what}: {told}\n"));
    note("unknown", trade(&site, "no-such-code").await);
    let used = site.code("zhangsan");
    assert!(trade(&site, &used).await.contains("loginCode"));
    note("used", trade(&site, &used).await);
    let expired = site.code("zhangsan");
    site.sim.advance(Duration::from_secs(300));
    note("expired", trade(&site, &expired).await);
    let other = site.sim.issue_code(CodeFor::member("WangWu").of(CORP, 1_000_003)).unwrap();
    note("of another app", trade(&site, &other).await);
    note("too long", trade(&site, &"c".repeat(513)).await);
    expect![[r#"
        unknown: Refused 40029 the code is unknown, expired or used; log in again: a code is valid for one use within five minutes (WeCom 40029)
        used: Refused 40029 the code is unknown, expired or used; log in again: a code is valid for one use within five minutes (WeCom 40029)
        expired: Refused 40029 the code is unknown, expired or used; log in again: a code is valid for one use within five minutes (WeCom 40029)
        of another app: Refused 50001 the code is of another app, or the domain of `redirectUri` is not registered for this one; log in through this login's own page; an administrator registers the domain, with its port, at 应用管理 → the app → 企业微信授权登录 and 网页授权及JS-SDK (WeCom 50001)
        too long: InvalidArgs 20004 `authCode`: expected the code that WeCom sent back; without one the person has refused, and logs in again
    "#]].assert_eq(&text);
    let last_moment = site.code("zhangsan");
    site.sim.advance(Duration::from_secs(299));
    assert!(trade(&site, &last_moment).await.contains("loginCode"));
}
