//! `state`: only a login that was started here, in this login, lately, is finished here.
use crate::site::{DEMO, DEMO_PATH, Site, shown};
use expect_test::expect;
use serde_json::{Value, json};

const MINUTE: i64 = 60_000;
const TWO_LOGINS: &str = r#"
//- /apps/demo/app.json
{"appId": "acme.demo"}
//- /apps/demo/auths/loginTypes/QywxInnerExample/e.json
{"type": "auths.loginTypes.QywxInnerType"}
//- /apps/demo/auths/loginTypes/QywxInnerExample/QywxInnerExample.json
{"corpId": "ww5a1d0e0f1a2b3c4d", "corpSecret": "demo-secret-of-the-simulator-not-real-one-0", "agentId": "1000002",
 "redirectUri": "{{PUBLIC_URL}}/back"}
//- /apps/demo/auths/loginTypes/Second/e.json
{"type": "auths.loginTypes.QywxInnerType"}
//- /apps/demo/auths/loginTypes/Second/Second.json
{"corpId": "ww5a1d0e0f1a2b3c4d", "corpSecret": "demo-secret-of-the-second-app-not-a-real-10", "agentId": "1000003",
 "redirectUri": "{{PUBLIC_URL}}/back"}
"#;

async fn state(site: &Site, path: &str) -> Value {
    site.post(&format!("{path}/getLoginConfig"), &json!({})).await.data()["state"].clone()
}

#[tokio::test]
async fn only_the_state_of_this_login_will_do() {
    let site = Site::of(TWO_LOGINS).await;
    let mut text = String::new();
    let second = DEMO_PATH.replace("QywxInnerExample", "Second");
    let used = state(&site, DEMO_PATH).await;
    let expired = state(&site, DEMO_PATH).await;
    for (what, state) in [
        ("none", None),
        ("null", Some(Value::Null)),
        ("empty", Some("".into())),
        ("forged", Some("f".repeat(64).into())),
        ("of another login", Some(state(&site, &second).await)),
        ("good", Some(used.clone())),
        ("used", Some(used)),
    ] {
        let mut args = json!({"code": site.code("zhangsan")});
        if let Some(state) = state {
            args["state"] = state;
        }
        text.push_str(&format!("{what}: {}\n", shown(&site.post(&format!("{DEMO_PATH}/getLoginCode"), &args).await)));
    }
    site.clock.advance(10 * MINUTE);
    let args = json!({"code": site.code("zhangsan"), "state": expired});
    text.push_str(&format!("expired: {}\n", shown(&site.post(&format!("{DEMO_PATH}/getLoginCode"), &args).await)));
    expect![[r#"
        none: 403 20101 `state` is missing: give the one that came back beside the code; `getLoginConfig` starts a login
        null: 403 20101 `state` is missing: give the one that came back beside the code; `getLoginConfig` starts a login
        empty: 403 20101 `state` is missing: give the one that came back beside the code; `getLoginConfig` starts a login
        forged: 403 20102 `state` is unknown, expired, used, of another login or of another browser: it is valid once, for ten minutes, where it was given out; start the login again
        of another login: 403 20102 `state` is unknown, expired, used, of another login or of another browser: it is valid once, for ten minutes, where it was given out; start the login again
        good: 200 {"corpList":[{"corpId":"ww5a1d0e0f1a2b3c4d","corpName":"ww5a1d0e0f1a2b3c4d"}],"department":[2],"departmentNames":["研发部"],"isLeader":true,"loginCode":"<loginCode>","mainDepartment":2,"name":"张三","notGranted":["mobile","email","avatar","gender"],"position":"研发总监","raw":{"alias":"San","direct_leader":[],"extattr":{"attrs":[]},"is_leader_in_dept":[1],"order":[10],"telephone":"010-80000001"},"status":1,"userId":"zhangsan"}
        used: 403 20102 `state` is unknown, expired, used, of another login or of another browser: it is valid once, for ten minutes, where it was given out; start the login again
        expired: 403 20102 `state` is unknown, expired, used, of another login or of another browser: it is valid once, for ten minutes, where it was given out; start the login again
    "#]].assert_eq(&text);
    assert_eq!(site.asked("/cgi-bin/auth/getuserinfo"), 1, "WeCom hears of the good one only");
}

#[tokio::test]
async fn a_state_is_good_for_ten_minutes_and_survives_a_mistyped_call() {
    let site = Site::demo().await;
    let state = state(&site, DEMO_PATH).await;
    site.clock.advance(10 * MINUTE - 1);
    let path = format!("{DEMO_PATH}/getLoginCode");
    for wrong in [json!({"state": state}), json!({"state": state, "code": ""}), json!({"state": state, "cod": "x"})] {
        assert_eq!(site.post(&path, &wrong).await.status, 422);
    }
    let reply = site.post(&path, &json!({"state": state, "code": site.code("zhangsan")})).await;
    assert_eq!(reply.data()["userId"], "zhangsan");
}

#[tokio::test]
async fn in_process_a_state_may_be_left_out_but_not_be_wrong() {
    let site = Site::demo().await;
    let element = site.element(DEMO).unwrap();
    let args = json!({"code": site.code("zhangsan"), "state": "f".repeat(64)});
    let error = element.call("getLoginCode", args).await.unwrap_err();
    assert_eq!(error.code, element::code::STATE_INVALID);
    assert_eq!(site.asked("/cgi-bin/gettoken"), 0);
}
