//! The envelope around every answer.
use crate::site::{Ask, DEMO_PATH, Reply, Site, without_chance, without_hashes, without_ports};
use element::host::{Clock, SystemClock};
use expect_test::{Expect, expect};

#[track_caller]
fn check(reply: &Reply, expected: &Expect) {
    let mut text = format!("{}\n", reply.status);
    for (name, value) in &reply.headers {
        let chance = ["date", "content-length", "x-request-id"].contains(&name.as_str());
        text.push_str(&format!("{name}: {}\n", if chance { "<chance>" } else { value }));
    }
    text.push_str(&without_ports(&without_chance(&reply.json().unwrap())));
    expected.assert_eq(&without_hashes(&text));
}

#[tokio::test]
async fn success_and_failure_have_one_form() {
    let site = Site::demo().await;
    let good = site.send(&Ask::post(format!("{DEMO_PATH}/getLoginConfig"), "{}")).await;
    check(
        &good,
        &expect![[r#"
            200
            content-type: application/json
            cache-control: no-store
            x-content-type-options: nosniff
            x-request-id: <chance>
            set-cookie: __Host-element-browser=<hash>; HttpOnly; SameSite=Lax; Secure; Path=/
            content-length: <chance>
            connection: close
            date: <chance>
            {"data":{"agentId":"1000002","corpId":"ww5a1d0e0f1a2b3c4d","inClientAgent":"wxwork","inClientConsentUrl":"http://127.0.0.1:<port>/connect/oauth2/authorize?appid=ww5a1d0e0f1a2b3c4d&redirect_uri=https%3A%2F%2Flogin.acme.test%2Fapi%2Fauth%2Fqywx%2Fcallback&response_type=code&scope=snsapi_privateinfo&state=<state>&agentid=1000002#wechat_redirect","inClientUrl":"http://127.0.0.1:<port>/connect/oauth2/authorize?appid=ww5a1d0e0f1a2b3c4d&redirect_uri=https%3A%2F%2Flogin.acme.test%2Fapi%2Fauth%2Fqywx%2Fcallback&response_type=code&scope=snsapi_base&state=<state>&agentid=1000002#wechat_redirect","legacyPanel":{"agentid":"1000002","appid":"ww5a1d0e0f1a2b3c4d","href":"","redirect_uri":"https%3A%2F%2Flogin.acme.test%2Fapi%2Fauth%2Fqywx%2Fcallback","self_redirect":false,"state":"<state>"},"legacyQrUrl":"http://127.0.0.1:<port>/wwopen/sso/qrConnect?appid=ww5a1d0e0f1a2b3c4d&agentid=1000002&redirect_uri=https%3A%2F%2Flogin.acme.test%2Fapi%2Fauth%2Fqywx%2Fcallback&state=<state>","panel":{"agentid":"1000002","appid":"ww5a1d0e0f1a2b3c4d","login_type":"CorpApp","redirect_uri":"https://login.acme.test/api/auth/qywx/callback","state":"<state>"},"panelUrl":"http://127.0.0.1:<port>/wwlogin/sso/login?login_type=CorpApp&appid=ww5a1d0e0f1a2b3c4d&agentid=1000002&redirect_uri=https%3A%2F%2Flogin.acme.test%2Fapi%2Fauth%2Fqywx%2Fcallback&state=<state>&redirect_type=top&panel_size=middle&color_scheme=auto","qrUrl":"http://127.0.0.1:<port>/wwlogin/sso/login?login_type=CorpApp&appid=ww5a1d0e0f1a2b3c4d&agentid=1000002&redirect_uri=https%3A%2F%2Flogin.acme.test%2Fapi%2Fauth%2Fqywx%2Fcallback&state=<state>","redirectUri":"https://login.acme.test/api/auth/qywx/callback","state":"<state>","stateExpiresAt":"<stateExpiresAt>"},"duration":"<duration>","errcode":0,"errmsg":"","requestId":"<requestId>","sysTime":"<sysTime>"}"#]],
    );
    let bad = site.send(&Ask::post(format!("{DEMO_PATH}/getLoginConfi"), "{}")).await;
    check(
        &bad,
        &expect![[r#"
        404
        content-type: application/json
        cache-control: no-store
        x-content-type-options: nosniff
        x-request-id: <chance>
        content-length: <chance>
        connection: close
        date: <chance>
        {"data":{},"duration":"<duration>","errcode":20003,"errmsg":"`auths.loginTypes.QywxInnerExample` has no method `getLoginConfi`; did you mean `getLoginConfig`?","requestId":"<requestId>","sysTime":"<sysTime>"}"#]],
    );
    check(
        &site.send(&Ask::get("/")).await,
        &expect![[r#"
        404
        content-type: application/json
        cache-control: no-store
        x-content-type-options: nosniff
        x-request-id: <chance>
        content-length: <chance>
        connection: close
        date: <chance>
        {"data":{},"duration":"<duration>","errcode":20002,"errmsg":"there is nothing at this address: a method is called with POST /api/<org>/<app>/<element with />/<method>","requestId":"<requestId>","sysTime":"<sysTime>"}"#]],
    );
}

#[tokio::test]
async fn every_answer_can_be_found_in_the_log_and_says_when_it_was() {
    let site = Site::demo().await;
    let before = SystemClock.now();
    let mut ids = Vec::new();
    for path in ["/getLoginConfig", "/nothing"] {
        let reply = site.send(&Ask::post(format!("{DEMO_PATH}{path}"), "{}")).await;
        let json = reply.json().unwrap();
        let id = json["requestId"].as_str().unwrap().to_owned();
        assert_eq!(reply.header("x-request-id"), Some(&*id));
        assert!(id.len() == 32 && id.bytes().all(|it| it.is_ascii_hexdigit()), "{id}");
        assert!((before..=SystemClock.now()).contains(&json["sysTime"].as_i64().unwrap()), "{json}");
        assert!(json["duration"].as_u64().is_some_and(|it| it < 30_000), "{json}");
        ids.push(id);
    }
    assert_ne!(ids[0], ids[1]);
}
