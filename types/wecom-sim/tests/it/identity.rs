//! Codes: one use, five minutes, one app; two generations of answers.

use std::time::Duration;

use wecom_sim::{AppChange, CodeFor, Who};

use crate::{CORP, DEMO, SECOND, World, long};

fn outsider(openid: Option<&str>, external: Option<&str>) -> CodeFor {
    let own = |text: Option<&str>| text.map(str::to_owned);
    let who = Who::Outsider { openid: own(openid), external_user_id: own(external) };
    CodeFor { corp_id: None, agent_id: None, who }
}

/// The code in an address.
fn code_in(address: &str) -> String {
    let (_, rest) = address.split_once("code=").unwrap_or_else(|| panic!("no code in {address}"));
    rest.split('&').next().unwrap().to_owned()
}

#[tokio::test]
async fn both_generations_of_answers() {
    let world = World::demo().await;
    let member = CodeFor::member;
    for (who, current, legacy) in [
        (member("ZhangSan"), r#""userid":"zhangsan""#, r#""UserId":"zhangsan","DeviceId":"""#),
        (member("wangwu"), r#""userid":"WangWu""#, r#""UserId":"WangWu","DeviceId":"""#),
        // Outside the visible range, and disabled: the identity is told all the same.
        (member("outsider"), r#""userid":"outsider""#, r#""UserId":"outsider","DeviceId":"""#),
        (member("zhaoliu"), r#""userid":"zhaoliu""#, r#""UserId":"zhaoliu","DeviceId":"""#),
        (member("wwother/ann"), r#""userid":"wwother/ann""#, r#""UserId":"wwother/ann","DeviceId":"""#),
        (outsider(Some("oABC"), None), r#""openid":"oABC""#, r#""OpenId":"oABC","DeviceId":"""#),
        (
            outsider(Some("oABC"), Some("wm1")),
            r#""openid":"oABC","external_userid":"wm1""#,
            r#""OpenId":"oABC","DeviceId":"","external_userid":"wm1""#,
        ),
    ] {
        for (path, expected) in [("auth", current), ("user", legacy)] {
            let code = world.sim.issue_code(who.clone()).unwrap();
            let call = format!("/cgi-bin/{path}/getuserinfo?access_token={{T2}}&code={code}");
            world.check(&[(&call, &format!(r#"{{"errcode":0,"errmsg":"ok",{expected}}}"#))]).await;
        }
    }
}

#[tokio::test]
async fn errors_in_order() {
    let world = World::demo().await;
    let invalid = r#"{"errcode":40014,"errmsg":"invalid access_token"}"#;
    let no_token = long(41001, "access_token missing", "");
    let no_code = long(41008, "code missing", "");
    let bad_code = long(40029, "invalid code", "");
    for path in ["/cgi-bin/auth/getuserinfo", "/cgi-bin/user/getuserinfo"] {
        world
            .check(&[
                (path, &no_token),
                (&format!("{path}?access_token="), &no_token),
                (&format!("{path}?code=x"), &no_token),
                (&format!("{path}?access_token=x"), invalid),
                (&format!("{path}?access_token=x&code=x"), invalid),
                (&format!("{path}?access_token={{T2}}"), &no_code),
                (&format!("{path}?access_token={{T2}}&code="), &no_code),
                (&format!("{path}?access_token={{T2}}&code=x"), &bad_code),
            ])
            .await;
    }
}

#[tokio::test]
async fn a_code_is_used_once_whichever_call_uses_it() {
    let world = World::demo().await;
    let token = world.token(DEMO).await;
    for paths in [["auth", "user"], ["user", "auth"], ["auth", "auth"]] {
        let code = world.sim.issue_code(CodeFor::member("lisi")).unwrap();
        let mut seen = Vec::new();
        for path in paths {
            let call = format!("/cgi-bin/{path}/getuserinfo?access_token={token}&code={code}");
            seen.push(world.get(&call).await.errcode());
        }
        assert_eq!(seen, [0, 40029], "{paths:?}");
    }
}

#[tokio::test]
async fn a_code_lives_five_minutes() {
    let world = World::demo().await;
    let token = world.token(DEMO).await;
    for (seconds, expected) in [(299, 0), (300, 40029), (86_400, 42001)] {
        let code = world.sim.issue_code(CodeFor::member("lisi")).unwrap();
        world.sim.advance(Duration::from_secs(seconds));
        let call = format!("/cgi-bin/auth/getuserinfo?access_token={token}&code={code}");
        assert_eq!(world.get(&call).await.errcode(), expected, "after {seconds} s");
    }
}

#[tokio::test]
async fn another_apps_token_does_not_use_the_code_up() {
    let world = World::demo().await;
    let code = world.sim.issue_code(CodeFor::member("lisi").of(CORP, SECOND)).unwrap();
    let call = |token: &str| format!("/cgi-bin/auth/getuserinfo?access_token={token}&code={code}");
    let other = long(50001, "redirect_uri unauthorized", "");
    let ok = r#"{"errcode":0,"errmsg":"ok","userid":"lisi"}"#;
    let used = long(40029, "invalid code", "");
    world
        .check(&[
            (&call("{T2}"), &other),
            (&call("{T4}"), &other),
            (&call("{T3}"), ok),
            (&call("{T3}"), &used),
            (&call("{T2}"), &used),
        ])
        .await;
}

#[tokio::test]
async fn a_failed_check_does_not_use_the_code_up() {
    let world = World::demo().await;
    let code = world.sim.issue_code(CodeFor::member("lisi")).unwrap();
    let call = format!("/cgi-bin/auth/getuserinfo?access_token={{T2}}&code={code}");
    let route = format!("PATCH /sim/companies/{CORP}/apps/{DEMO}");
    world.control(&route, r#"{"trustedIps":["10.0.0.1"]}"#).await;
    world.check(&[(&call, &long(60020, "not allow to access from your ip", ""))]).await;
    world.control(&route, r#"{"trustedIps":[]}"#).await;
    world.check(&[(&call, r#"{"errcode":0,"errmsg":"ok","userid":"lisi"}"#)]).await;
}

#[tokio::test]
async fn a_code_is_for_the_domain_it_was_sent_to() {
    let world = World::demo().await;
    let domains = |given: &[&str]| {
        let domains = given.iter().map(|domain| (*domain).to_owned()).collect();
        let change = AppChange { redirect_domains: Some(domains), ..AppChange::default() };
        world.sim.change_app(CORP, DEMO, change).unwrap();
    };
    let other = long(50001, "redirect_uri unauthorized", "");
    let ok = r#"{"errcode":0,"errmsg":"ok","userid":"lisi"}"#;
    let client = [("user-agent", "wxwork"), ("cookie", "sim-member=lisi")];
    let fields = format!(
        "appid={CORP}&agentid={DEMO}&redirect_uri=http%3A%2F%2Fapp.example%3A8080%2Fback&response_type=code&scope=snsapi_privateinfo&decision=agree"
    );
    for kind in ["qr", "oauth"] {
        domains(&["b.example", "app.example:8080"]);
        let code = if kind == "qr" {
            let key = world.key().await;
            world.sim.scan(&key, "lisi").unwrap();
            world.sim.confirm(&key).unwrap();
            code_in(&world.sim.goes_to(&key).unwrap())
        } else {
            let sent = world.form("/connect/oauth2/consent", &fields, &client).await;
            code_in(sent.header("location"))
        };
        let call = format!("/cgi-bin/user/getuserinfo?access_token={{T2}}&code={code}");
        for gone in [&["b.example"][..], &["app.example"], &[]] {
            domains(gone);
            world.check(&[(&call, &other)]).await;
        }
        domains(&["app.example:8080"]);
        let token = world.token(DEMO).await;
        assert_eq!(world.get(&call.replace("{T2}", &token)).await.json()["UserId"], "lisi", "{kind}");
    }
    // A code that no page was given is bound to none.
    domains(&[]);
    let code = world.sim.issue_code(CodeFor::member("lisi")).unwrap();
    world.check(&[(&format!("/cgi-bin/auth/getuserinfo?access_token={{T2}}&code={code}"), ok)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_at_once_one_gets_the_code() {
    let world = World::demo().await;
    let token = world.token(DEMO).await;
    let code = world.sim.issue_code(CodeFor::member("lisi")).unwrap();
    let url = format!("{}/cgi-bin/auth/getuserinfo?access_token={token}&code={code}", world.base);
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let request = world.client.get(&url);
        calls.spawn(async move { request.send().await.unwrap().text().await.unwrap() });
    }
    let bodies = calls.join_all().await;
    let with = |text: &str| bodies.iter().filter(|body| body.contains(text)).count();
    assert_eq!((with(r#""errcode":0,"#), with(r#""errcode":40029,"#)), (1, 99));
}

#[test]
fn a_code_for_nobody_is_refused() {
    let sim = wecom_sim::Sim::demo();
    for (who, expected) in [
        (
            CodeFor::member("nobody"),
            "ww5a1d0e0f1a2b3c4d has no member `nobody`; write a userId of: zhangsan, lisi, WangWu, zhaoliu, outsider, or CorpId/userid for a linked company",
        ),
        (CodeFor::member("lisi").of("wwx", DEMO), "there is no company `wwx`; write a corpId of: ww5a1d0e0f1a2b3c4d"),
        (
            CodeFor::member("lisi").of(CORP, 7),
            "there is no app 7; write an agentId of ww5a1d0e0f1a2b3c4d: 1000002, 1000003, 1000004",
        ),
        (outsider(None, None), "openid and externalUserId are 1 to 64 bytes; write one or both"),
        (outsider(Some(""), None), "openid and externalUserId are 1 to 64 bytes; write one or both"),
        (outsider(Some("o"), Some(&"x".repeat(65))), "openid and externalUserId are 1 to 64 bytes; write one or both"),
    ] {
        assert_eq!(sim.issue_code(who).unwrap_err().to_string(), expected);
    }
}
