//! A WeCom that is busy, slow, far away, or not itself.
use super::{told, told_error};
use crate::site::{DEMO, Site, apps, shown};
use element::host::{Form, Input};
use element_engine::Invocation;
use expect_test::{Expect, expect};
use serde_json::json;
use std::time::Duration;
use wecom_sim::{Effect, Fault, Sim};

const TOKEN: &str = "/cgi-bin/gettoken";
const WHO: &str = "/cgi-bin/auth/getuserinfo";

fn fault(path: &str, times: u32, effect: Effect) -> Fault {
    Fault { path: path.into(), times, latency_ms: 0, effect }
}

fn busy(path: &str, times: u32) -> Fault {
    fault(path, times, Effect::Errcode { code: -1, message: None })
}

/// What a login says, and how often each path was asked.
async fn check(faults: Vec<Fault>, expected: Expect) {
    let site = Site::demo().await;
    for fault in faults {
        site.sim.add_fault(fault).unwrap();
    }
    let result = site.element(DEMO).unwrap().call("getLoginCode", json!({"code": site.code("zhangsan")})).await;
    let told = match result {
        Ok(it) => it["userId"].to_string(),
        Err(e) => told_error(&e),
    };
    let paths = [TOKEN, WHO, "/cgi-bin/user/get"];
    let asked = paths.map(|path| format!("{}: {}", path.trim_start_matches("/cgi-bin/"), site.asked(path)));
    expected.assert_eq(&format!("{told}\n{}", asked.join(", ")));
}

#[tokio::test]
async fn busy_is_tried_again_three_times_at_most() {
    tokio::join!(
        check(
            vec![busy(TOKEN, 3)],
            expect![[r#"
            "zhangsan"
            gettoken: 4, auth/getuserinfo: 1, user/get: 1"#]]
        ),
        check(
            vec![busy(WHO, 2)],
            expect![[r#"
            "zhangsan"
            gettoken: 1, auth/getuserinfo: 3, user/get: 1"#]]
        ),
        check(
            vec![busy(WHO, 100)],
            expect![[r#"
            Unavailable -1 WeCom is busy; try again in a few seconds; three retries were made (WeCom -1)
            gettoken: 1, auth/getuserinfo: 4, user/get: 0"#]]
        ),
        check(
            vec![busy(TOKEN, 100)],
            expect![[r#"
            Unavailable -1 WeCom is busy; try again in a few seconds; three retries were made (WeCom -1)
            gettoken: 4, auth/getuserinfo: 0, user/get: 0"#]]
        ),
    );
}

#[tokio::test]
async fn a_token_that_is_not_known_any_more_is_fetched_anew_once() {
    let unknown = |code, times| fault(WHO, times, Effect::Errcode { code, message: None });
    check(
        vec![unknown(40014, 1)],
        expect![[r#"
        "zhangsan"
        gettoken: 2, auth/getuserinfo: 2, user/get: 1"#]],
    )
    .await;
    check(
        vec![unknown(42001, 1)],
        expect![[r#"
        "zhangsan"
        gettoken: 2, auth/getuserinfo: 2, user/get: 1"#]],
    )
    .await;
    check(vec![unknown(40014, 100)], expect![[r#"
        Upstream 40014 WeCom does not know the app's access token; it was fetched anew and refused again: look whether something else uses or resets this app's Secret (WeCom 40014)
        gettoken: 2, auth/getuserinfo: 2, user/get: 0"#]]).await;
    check(vec![unknown(40001, 100)], expect![[r#"
        Upstream 40001 WeCom refuses the app's secret: wrong, reset, of another company, or the app is stopped; correct `corpId` and `corpSecret`: 我的企业 → 企业信息, and 应用管理 → the app → Secret; the same config is tried again after 15 seconds, then more and more rarely, a changed one at once (WeCom 40001)
        gettoken: 1, auth/getuserinfo: 1, user/get: 0"#]]).await;

    let site = Site::demo().await;
    let element = site.element(DEMO).unwrap();
    let user = json!({"userId": "zhangsan"});
    element.call("getUserInfo", user.clone()).await.unwrap();
    site.sim.revoke_tokens(None, None).unwrap();
    element.call("getUserInfo", user.clone()).await.unwrap();
    site.sim.advance(Duration::from_secs(7200));
    element.call("getUserInfo", user).await.unwrap();
    assert_eq!(site.asked(TOKEN), 3, "once cold, once revoked, once expired on WeCom's side");
}

#[tokio::test]
async fn before_its_end_a_token_is_fetched_without_being_refused_first() {
    let site = Site::demo().await;
    let element = site.element(DEMO).unwrap();
    let user = json!({"userId": "zhangsan"});
    element.call("getUserInfo", user.clone()).await.unwrap();
    site.clock.advance((7200 - 600) * 1000 - 1);
    element.call("getUserInfo", user.clone()).await.unwrap();
    assert_eq!(site.asked(TOKEN), 1);
    site.clock.advance(1);
    element.call("getUserInfo", user).await.unwrap();
    assert_eq!(site.asked(TOKEN), 2);
    assert!(site.sim.journal().iter().all(|it| it.errcode == Some(0)));
}

#[tokio::test]
async fn what_is_not_wecoms_answer_is_not_taken_for_one() {
    check(vec![fault(TOKEN, 1, Effect::HttpStatus(502))], expect![[r#"
        Upstream 20013 WeCom's answer cannot be understood; try again in a minute, and if it stays so, look whether a proxy stands between
        gettoken: 1, auth/getuserinfo: 0, user/get: 0"#]]).await;
    check(vec![fault(WHO, 1, Effect::HttpStatus(404))], expect![[r#"
        Upstream 20013 WeCom's answer cannot be understood; try again in a minute, and if it stays so, look whether a proxy stands between
        gettoken: 1, auth/getuserinfo: 1, user/get: 0"#]]).await;
    check(vec![fault(WHO, 1, Effect::Truncate)], expect![[r#"
        Upstream 20013 WeCom's answer cannot be understood; try again in a minute, and if it stays so, look whether a proxy stands between
        gettoken: 1, auth/getuserinfo: 1, user/get: 0"#]]).await;
    check(vec![fault(TOKEN, 1, Effect::Truncate)], expect![[r#"
        Upstream 20013 WeCom's answer cannot be understood; try again in a minute, and if it stays so, look whether a proxy stands between
        gettoken: 1, auth/getuserinfo: 0, user/get: 0"#]]).await;
}

#[tokio::test]
async fn nobody_waits_longer_than_allowed() {
    let site = Site::demo().await;
    for path in [TOKEN, WHO] {
        let slow = Fault { latency_ms: 60_000, ..fault(path, 1, Effect::None) };
        site.sim.add_fault(slow).unwrap();
        let args = json!({"code": site.code("zhangsan")});
        let invocation = Invocation { timeout: Some(Duration::from_millis(300)), ..Invocation::default() };
        let element = site.element(DEMO).unwrap();
        let answer = element.invoke("getLoginCode", Input::Value(&args), Form::Value, invocation).await;
        let error = answer.unwrap_err();
        assert!(matches!(error.code, 20008 | 20013), "{error:?}");
        // The failure to fetch a token is believed for a moment.
        site.clock.advance(1_500);
    }
}

#[tokio::test]
async fn a_wecom_that_is_not_there_is_named_and_found_again() {
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut base = String::new();
    let site = Site::open(Sim::demo(), apps(), |options| {
        let set = options.settings.insert("WECOM_API_BASE".into(), format!("http://{nobody}"));
        base = set.unwrap();
    })
    .await;
    let ask = crate::site::Ask::post(format!("{}/getUserInfo", crate::site::DEMO_PATH), r#"{"userId": "lisi"}"#);
    let reply = site.send(&ask.bearer(site.admin.expose())).await;
    expect!["502 20013 `127.0.0.1` cannot be reached; try again later"].assert_eq(&shown(&reply));

    for setting in ["127.0.0.1:80", "ftp://127.0.0.1", ""] {
        let site = Site::open(Sim::demo(), apps(), |options| {
            options.settings.insert("WECOM_API_BASE".into(), setting.into());
        })
        .await;
        let told = told(site.element(DEMO).unwrap().call("getAccessToken", json!({})).await);
        assert!(told.starts_with("Unavailable 20011 the setting `WECOM_API_BASE` is no address"), "{told}");
    }
}
