//! What goes wrong, and what is said then: in the reader's language, with the next step, and no session.
use super::{
    Person,
    person::{callback, seen},
};
use crate::site::{Reply, Site};
use expect_test::{Expect, expect};
use wecom_sim::{Effect, Fault};

/// What somebody reads in both languages, after `act` in a browser that has just opened the login page.
async fn check(act: impl AsyncFn(&Site, &mut Person<'_>, &str) -> Reply, expected: Expect) {
    let read = async |language: &str| {
        let site = Site::demo().await;
        let mut person = Person::of(&site).with(&format!("accept-language: {language}"));
        let state = person.begin("/acme/demo/login?return=%2Forders").await;
        let reply = act(&site, &mut person, &state).await;
        assert_eq!(person.session(), None, "nobody is logged in");
        seen(&reply)
    };
    let (english, chinese) = tokio::join!(read("en"), read("zh"));
    expected.assert_eq(&format!("{english}\n{chinese}\n"));
}

#[tokio::test]
async fn a_callback_without_a_state() {
    check(
        async |site, person, _| {
            let code = site.code("zhangsan");
            person.get(&format!("/api/auth/qywx/callback?code={code}")).await
        },
        expect![[r#"
            403
            This link is incomplete
            The address lacks the mark of the login that it belongs to. Go back to the page where you began, and log in again.
            [Log in again](/acme/demo/login)
            Error20101
            403
            这个链接不完整
            返回的地址中缺少登录标识，无法确认这次登录是从哪里开始的。请回到最初的页面重新登录。
            [重新登录](/acme/demo/login)
            错误码20101
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_forged_state() {
    check(async |site, person, _| person.get(&callback(&site.code("zhangsan"), "forged")).await, expect![[r#"
        403
        This login is not valid any more
        A login works once, within ten minutes, and only in the browser where it began. This one has expired, was used before, or began in another browser.
        [Log in again](/acme/demo/login)
        Error20102
        403
        这次登录已失效
        登录链接只能在发起登录的浏览器中使用一次，并且十分钟内有效。它可能已经过期、已被使用，或者是在另一个浏览器中打开的。
        [重新登录](/acme/demo/login)
        错误码20102
    "#]]).await;
}

#[tokio::test]
async fn an_expired_state() {
    check(
        async |site, person, state| {
            site.clock.advance(10 * 60_000);
            person.get(&callback(&site.code("zhangsan"), state)).await
        },
        expect![[r#"
            403
            This login is not valid any more
            A login works once, within ten minutes, and only in the browser where it began. This one has expired, was used before, or began in another browser.
            [Log in again](/acme/demo/login)
            Error20102
            403
            这次登录已失效
            登录链接只能在发起登录的浏览器中使用一次，并且十分钟内有效。它可能已经过期、已被使用，或者是在另一个浏览器中打开的。
            [重新登录](/acme/demo/login)
            错误码20102
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_state_used_twice() {
    check(
        async |site, person, state| {
            person.come_back("zhangsan", state).await;
            person.submit("/acme/demo/logout", "").await;
            person.get(&callback(&site.code("lisi"), state)).await
        },
        expect![[r#"
            403
            This login is not valid any more
            A login works once, within ten minutes, and only in the browser where it began. This one has expired, was used before, or began in another browser.
            [Log in again](/acme/demo/login?return=%2Forders)
            Error20102
            403
            这次登录已失效
            登录链接只能在发起登录的浏览器中使用一次，并且十分钟内有效。它可能已经过期、已被使用，或者是在另一个浏览器中打开的。
            [重新登录](/acme/demo/login?return=%2Forders)
            错误码20102
        "#]],
    )
    .await;
}

#[tokio::test]
async fn consent_refused() {
    check(
        async |_, person, state| {
            let refused = person.get(&format!("/api/auth/qywx/callback?state={state}")).await;
            let again = person.get(&callback("c", state)).await;
            assert_eq!(again.status, 403, "and that is the end of it");
            refused
        },
        expect![[r#"
            403
            You declined
            You declined this login in WeCom. The app was told nothing about you.
            [Log in again](/acme/demo/login?return=%2Forders)
            Error20108
            403
            你取消了登录
            你在企业微信中拒绝了这次登录，没有任何信息被提供给该应用。
            [重新登录](/acme/demo/login?return=%2Forders)
            错误码20108
        "#]],
    )
    .await;
}

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
            Error50001
            403
            登录被拒绝
            登录凭证属于另一个应用，或者回调域名没有登记；请从本登录页重新登录，仍然不行时请企业管理员在“应用管理 → 该应用 → 企业微信授权登录”和“网页授权及JS-SDK”中登记域名（含端口）
            [重新登录](/acme/demo/login?return=%2Forders)
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
            You are outside the app's visible range; an administrator adds them at 应用管理 → the app → 可见范围 (WeCom 60011)
            [Log in again](/acme/demo/login?return=%2Forders)
            Error60011
            403
            登录被拒绝
            你不在该应用的可见范围内；请企业管理员在“应用管理 → 该应用 → 可见范围”中添加你
            [重新登录](/acme/demo/login?return=%2Forders)
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
        Error20104
        403
        无法进入该应用
        你不是该企业的成员，或者你的账号已被禁用或已离开企业。如有疑问，请联系企业管理员。
        [重新登录](/acme/demo/login?return=%2Forders)
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
            WeCom cannot be reached
            WeCom did not answer as it should; that is not your fault. Try again in a moment; if it stays so, give the number below to your administrator.
            [Try again](/api/auth/qywx/callback?code=<code>&state=<hash>)
            Error20013
            502
            企业微信暂时无法访问
            企业微信没有正常应答，这不是你的问题。请稍后重试；如果持续出现，请将下面的错误码告诉管理员。
            [重试](/api/auth/qywx/callback?code=<code>&state=<hash>)
            错误码20013
        "#]],
    )
    .await;
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
            WeCom cannot be reached
            WeCom did not answer as it should; that is not your fault. Try again in a moment; if it stays so, give the number below to your administrator.
            [Try again](/api/auth/qywx/callback?code=<code>&state=<hash>)
            Error20013
            502
            企业微信暂时无法访问
            企业微信没有正常应答，这不是你的问题。请稍后重试；如果持续出现，请将下面的错误码告诉管理员。
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
            WeCom cannot be reached
            WeCom did not answer as it should; that is not your fault. Try again in a moment; if it stays so, give the number below to your administrator.
            [Try again](/api/auth/qywx/callback?code=<code>&state=<hash>)
            Error60020
            502
            企业微信暂时无法访问
            企业微信没有正常应答，这不是你的问题。请稍后重试；如果持续出现，请将下面的错误码告诉管理员。
            [重试](/api/auth/qywx/callback?code=<code>&state=<hash>)
            错误码60020
        "#]],
    )
    .await;
}

#[tokio::test]
async fn an_app_that_is_not_there() {
    check(
        async |_, person, _| person.get("/acme/nothing/login").await,
        expect![[r#"
        404
        There is no such page
        Check the address. An app’s login page is at /organisation/app/login.
        Error20001
        404
        页面不存在
        请检查地址是否正确。应用的登录页地址形如 /组织/应用/login。
        错误码20001
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_page_that_is_not_there() {
    check(
        async |_, person, _| person.get("/a/b/c/d").await,
        expect![[r#"
        404
        There is no such page
        Check the address. An app’s login page is at /organisation/app/login.
        Error20001
        404
        页面不存在
        请检查地址是否正确。应用的登录页地址形如 /组织/应用/login。
        错误码20001
    "#]],
    )
    .await;
}

const SWITCHED: &str = r#"
//- /apps/demo/app.json
{"appId": "acme.demo"}
//- /apps/demo/auths/loginTypes/QywxInnerExample/e.json
{"type": "auths.loginTypes.QywxInnerType"}
//- /apps/demo/auths/loginTypes/QywxInnerExample/QywxInnerExample.json
{"corpId": "ww5a1d0e0f1a2b3c4d", "corpSecret": "demo-secret-of-the-simulator-not-real-one-0", "agentId": "1000002",
 "redirectUri": "{{PUBLIC_URL}}/api/auth/qywx/callback", "isActive": true}
"#;

#[tokio::test]
async fn a_session_of_a_way_in_that_was_switched_off() {
    let root = tempfile::TempDir::new().unwrap();
    let write = |text: &str| {
        for file in text.split("//- /apps/").skip(1) {
            let (name, text) = file.split_once('\n').unwrap();
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    };
    write(SWITCHED);
    let site = Site::open(wecom_sim::Sim::demo(), root.path(), |_| ()).await;
    let mut person = Person::of(&site).with("accept-language: en");
    let begun = person.begin("/acme/demo/login").await;
    person.log_in("zhangsan").await;
    let before = person.cookies.clone();
    write(&SWITCHED.replace("true", "false"));
    site.runtime.reload().await;
    let mut text = String::new();
    for path in ["/acme/demo/profile", "/acme/demo/login", &callback(&site.code("zhangsan"), &begun)] {
        let mut person = Person::of(&site).with("accept-language: en").holding(&before);
        text.push_str(&format!("{}\n", seen(&person.get(path).await)));
    }
    expect![[r#"
        403
        This way of logging in is switched off
        Log in another way, or ask whoever runs the app.
        [Log in again](/acme/demo/login)
        Error20106
        503
        acme.demo
        Nobody can log in right now
        This app has no way of logging in at the moment. Please ask whoever runs it.
        403
        This way of logging in is switched off
        Log in another way, or ask whoever runs the app.
        [Log in again](/acme/demo/login)
        Error20106
    "#]]
    .assert_eq(&text);
    assert_eq!(site.asked("/cgi-bin/auth/getuserinfo"), 1, "nobody was asked about");
}

#[tokio::test]
async fn a_session_that_is_over() {
    let site = Site::demo().await;
    let mut person = Person::of(&site).with("accept-language: en");
    person.log_in("zhangsan").await;
    site.clock.advance(7 * 24 * 60 * 60 * 1000);
    assert_eq!(seen(&person.get("/acme/demo/profile").await), "303 → /acme/demo/login?return=%2Facme%2Fdemo%2Fprofile");
    let page = seen(&person.get("/acme/demo/login?return=%2Facme%2Fdemo%2Fprofile").await);
    assert!(page.contains("You are no longer logged in. Please log in again."), "{page}");
}
