//! WeCom says no, or says nothing.
use super::{
    Person, check,
    person::{callback, seen},
};
use crate::site::Site;
use expect_test::expect;
use wecom_sim::{Effect, Fault};

#[tokio::test]
async fn a_code_of_another_app() {
    check(
        async |site, person, state| {
            let who = wecom_sim::CodeFor::member("zhangsan").of("ww5a1d0e0f1a2b3c4d", 1_000_003);
            person.get(&callback(&site.sim.issue_code(who).unwrap(), state)).await
        },
        expect![[r#"
            403
            The login was refused
            The code is of another app, or the domain of `redirectUri` is not registered for this one; log in through this login's own page; an administrator registers the domain, with its port, at 应用管理 → the app → 企业微信授权登录 and 网页授权及JS-SDK (WeCom 50001)
            [Log in again](/acme/demo/login?return=%2Forders)
            For the administrator
            [Open the console](https://work.weixin.qq.com/wework_admin/frame#apps)
            Error50001
            403
            登录被拒绝
            登录凭证属于另一个应用，或者回调域名没有登记；请从本登录页重新登录，仍然不行时请企业管理员在“应用管理 → 该应用 → 企业微信授权登录”和“网页授权及JS-SDK”中登记域名（含端口）
            [重新登录](/acme/demo/login?return=%2Forders)
            给管理员的说明
            [打开管理后台](https://work.weixin.qq.com/wework_admin/frame#apps)
            错误码50001
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_used_code() {
    check(
        async |site, person, state| {
            let code = site.code("zhangsan");
            let element = site.element(crate::site::DEMO).unwrap();
            element.call("getLoginCode", serde_json::json!({ "code": code })).await.unwrap();
            person.get(&callback(&code, state)).await
        },
        expect![[r#"
            403
            The login was refused
            The code is unknown, expired or used; log in again: a code is valid for one use within five minutes (WeCom 40029)
            [Log in again](/acme/demo/login?return=%2Forders)
            Error40029
            403
            登录被拒绝
            登录凭证无效、已过期或已被使用；它只能在五分钟内使用一次，请重新登录
            [重新登录](/acme/demo/login?return=%2Forders)
            错误码40029
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_member_out_of_range() {
    check(
        async |_, person, state| person.come_back("outsider", state).await,
        expect![[r#"
            403
            The login was refused
            You are outside the app's visible range; ask an administrator to add you at 应用管理 → the app → 可见范围 (WeCom 60011)
            [Log in again](/acme/demo/login?return=%2Forders)
            For the administrator
            [Open the console](https://work.weixin.qq.com/wework_admin/frame#apps)
            Error60011
            403
            登录被拒绝
            你不在该应用的可见范围内；请企业管理员在“应用管理 → 该应用 → 可见范围”中添加你
            [重新登录](/acme/demo/login?return=%2Forders)
            给管理员的说明
            [打开管理后台](https://work.weixin.qq.com/wework_admin/frame#apps)
            错误码60011
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_member_who_is_disabled() {
    check(async |_, person, state| person.come_back("zhaoliu", state).await, expect![[r#"
        403
        You cannot enter this app
        You are not a member of this company, or your account was disabled or has left. If you think that is wrong, ask your company’s administrator.
        [Log in again](/acme/demo/login?return=%2Forders)
        For the administrator
        [Open the console](https://work.weixin.qq.com/wework_admin/frame#contacts)
        Error20104
        403
        无法进入该应用
        你不是该企业的成员，或者你的账号已被禁用或已离开企业。如有疑问，请联系企业管理员。
        [重新登录](/acme/demo/login?return=%2Forders)
        给管理员的说明
        [打开管理后台](https://work.weixin.qq.com/wework_admin/frame#contacts)
        错误码20104
    "#]]).await;
}

#[tokio::test]
async fn somebody_who_is_no_member() {
    check(
        async |site, person, state| {
            let who = wecom_sim::Who::Outsider { openid: Some("o-1".into()), external_user_id: None };
            let code = site.sim.issue_code(wecom_sim::CodeFor { corp_id: None, agent_id: None, who }).unwrap();
            person.get(&callback(&code, state)).await
        },
        expect![[r#"
            403
            You cannot enter this app
            You are not a member of this company, or your account was disabled or has left. If you think that is wrong, ask your company’s administrator.
            [Log in again](/acme/demo/login?return=%2Forders)
            Error20104
            403
            无法进入该应用
            你不是该企业的成员，或者你的账号已被禁用或已离开企业。如有疑问，请联系企业管理员。
            [重新登录](/acme/demo/login?return=%2Forders)
            错误码20104
        "#]],
    )
    .await;
}

fn fault(effect: Effect) -> Fault {
    Fault { path: "/cgi-bin/auth/getuserinfo".into(), times: 99, latency_ms: 0, effect }
}

#[tokio::test]
async fn wecom_is_down_and_comes_back() {
    check(
        async |site, person, state| {
            site.sim.add_fault(fault(Effect::HttpStatus(502))).unwrap();
            let path = callback(&site.code("zhangsan"), state);
            let down = person.get(&path).await;
            site.sim.clear_faults();
            let mut another = Person::of(site).holding(&person.cookies);
            assert_eq!(seen(&another.get(&path).await), "303 → /orders", "the same address again is all it takes");
            down
        },
        expect![[r#"
            502
            The login service cannot be reached
            It did not answer as it should; that is not your fault. Try again in a moment; if it stays so, give the number below to your administrator.
            [Try again](/api/auth/qywx/callback?code=<code>&state=<hash>)
            Error20013
            502
            登录服务暂时无法访问
            登录服务没有正常应答，这不是你的问题。请稍后重试；如果持续出现，请将下面的错误码告诉管理员。
            [重试](/api/auth/qywx/callback?code=<code>&state=<hash>)
            错误码20013
        "#]],
    )
    .await;
}

#[tokio::test]
async fn wecom_breaks_off_after_it_has_taken_the_code() {
    let site = Site::demo().await;
    let mut person = Person::of(&site).with("accept-language: en");
    let state = person.begin("/acme/demo/login?return=%2Forders").await;
    site.sim.add_fault(Fault { path: "/cgi-bin/user/get".into(), ..fault(Effect::HttpStatus(502)) }).unwrap();
    let path = callback(&site.code("zhangsan"), &state);
    assert!(seen(&person.get(&path).await).contains("Try again"));
    site.sim.clear_faults();
    assert_eq!(seen(&person.get(&path).await), "303 → /orders");
    assert_eq!(site.asked("/cgi-bin/auth/getuserinfo"), 1, "the code is good for one use");
}

#[tokio::test]
async fn wecom_is_slow() {
    check(
        async |site, person, state| {
            // No answer within the ten seconds that a request waits.
            site.sim.add_fault(Fault { latency_ms: 11_000, ..fault(Effect::None) }).unwrap();
            person.come_back("zhangsan", state).await
        },
        expect![[r#"
            502
            The login service cannot be reached
            It did not answer as it should; that is not your fault. Try again in a moment; if it stays so, give the number below to your administrator.
            [Try again](/api/auth/qywx/callback?code=<code>&state=<hash>)
            Error20013
            502
            登录服务暂时无法访问
            登录服务没有正常应答，这不是你的问题。请稍后重试；如果持续出现，请将下面的错误码告诉管理员。
            [重试](/api/auth/qywx/callback?code=<code>&state=<hash>)
            错误码20013
        "#]],
    )
    .await;
}

#[tokio::test]
async fn wecom_does_not_trust_this_host() {
    check(
        async |site, person, state| {
            site.sim.add_fault(fault(Effect::Errcode { code: 60020, message: Some("from ip: 1.2.3.4".into()) })).unwrap();
            let reply = person.come_back("zhangsan", state).await;
            assert!(!String::from_utf8_lossy(&reply.body).contains("1.2.3.4"), "nobody's business but the operator's");
            reply
        },
        expect![[r#"
            502
            An administrator has to look at this login
            Something about it is not set up as it should be in WeCom; that is not your fault. Show this page to whoever runs the app, or to your company’s administrator.
            [Try again](/api/auth/qywx/callback?code=<code>&state=<hash>)
            For the administrator
            WeCom does not trust the address that the call comes from (this host's log names it); enter it at 应用管理 → the app → 企业可信IP (of an app made for others: in the provider's IP白名单), and wait a minute (WeCom 60020)
            [Open the console](https://work.weixin.qq.com/wework_admin/frame#apps)
            Error60020
            502
            这种登录方式需要管理员处理
            它在企业微信中的设置有问题，这不是你的问题。请把本页面发给应用管理员或企业管理员。
            [重试](/api/auth/qywx/callback?code=<code>&state=<hash>)
            给管理员的说明
            企业微信不信任发起调用的 IP 地址（见本主机的日志）；请把它填入“应用管理 → 该应用 → 企业可信IP”（第三方应用和代开发应用：填入服务商后台的“IP白名单”），约一分钟后生效
            [打开管理后台](https://work.weixin.qq.com/wework_admin/frame#apps)
            错误码60020
        "#]],
    )
    .await;
}
