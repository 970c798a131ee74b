//! Calls that fail, and clients that do not wait.
use super::door::{PANIC, walk};
use crate::site::{Ask, Site, shown, until};
use expect_test::expect;
use tokio::{io::AsyncWriteExt, net::TcpStream};

const DOOR: &str = "/api/acme/demo/doors/services/Door";

#[tokio::test]
async fn what_goes_wrong_inside_stays_inside() {
    let site = Site::demo().await;
    let mut text = String::new();
    for method in ["fall", "locked", "front"] {
        let reply = site.send(&Ask::post(format!("{DOOR}/{method}"), "{}")).await;
        assert!(!String::from_utf8_lossy(&reply.body).contains(PANIC));
        text.push_str(&format!("{method}: {}\n", shown(&reply)));
    }
    expect![[r#"
        fall: 500 20005 something went wrong inside; the log has the details under this request id
        locked: 409 20010 the door is locked; come back tomorrow
        front: 200 "Anonymous"
    "#]]
    .assert_eq(&text);
}

#[tokio::test]
async fn a_client_that_goes_away_does_not_cancel_its_call() {
    let site = Site::demo().await;
    let walk = walk("a client that goes away");
    let steps = || walk.steps.lock().unwrap().clone();
    let mut client = TcpStream::connect(site.address).await.unwrap();
    let ask = Ask::post(format!("{DOOR}/walk"), r#"{"name": "a client that goes away"}"#);
    client.write_all(&ask.bytes("localhost")).await.unwrap();
    until("the call began", || steps() == ["began"]).await;
    drop(client);
    until("the host noticed that nobody waits", || site.under_way() == 0).await;
    assert_eq!(steps(), ["began"]);
    walk.gate.add_permits(1);
    until("the call ended", || steps() == ["began", "ended"]).await;
}

#[tokio::test]
async fn an_element_with_broken_files_says_so_and_its_neighbours_answer() {
    let site = Site::of(
        r#"
//- /apps/demo/app.json
{"appId": "acme.demo"}
//- /apps/demo/logins/Broken/e.json
{"type": "auths.loginTypes.QywxInnerType"}
//- /apps/demo/logins/Broken/Broken.json
{"corpId": "ww5a1d0e0f1a2b3c4d", "corpSecret":
//- /apps/demo/logins/Good/e.json
{"type": "auths.loginTypes.QywxInnerType"}
//- /apps/demo/logins/Good/Good.json
{"corpId": "ww5a1d0e0f1a2b3c4d", "corpSecret": "a-secret", "agentId": 1000002, "redirectUri": "https://a.test/back"}
//- /apps/twin/app.json
{"appId": "acme.twin"}
//- /apps/other_twin/app.json
{"appId": "acme.twin"}
"#,
    )
    .await;
    let mut text = String::new();
    for path in ["demo/logins/Broken/getLoginConfig", "demo/logins/Good/getLoginConfig", "twin/a/b"] {
        text.push_str(&format!("{path}: {}\n", shown(&site.send(&Ask::post(format!("/api/acme/{path}"), "{}")).await)));
    }
    expect![[r#"
        demo/logins/Broken/getLoginConfig: 503 20009 `logins.Broken` is not in service: its files have mistakes, and `element check` shows them
        demo/logins/Good/getLoginConfig: 200 {"agentId":"1000002","corpId":"ww5a1d0e0f1a2b3c4d","inClientAgent":"wxwork","inClientConsentUrl":"http://127.0.0.1:<port>/connect/oauth2/authorize?appid=ww5a1d0e0f1a2b3c4d&redirect_uri=https%3A%2F%2Fa.test%2Fback&response_type=code&scope=snsapi_privateinfo&state=<state>&agentid=1000002#wechat_redirect","inClientUrl":"http://127.0.0.1:<port>/connect/oauth2/authorize?appid=ww5a1d0e0f1a2b3c4d&redirect_uri=https%3A%2F%2Fa.test%2Fback&response_type=code&scope=snsapi_base&state=<state>&agentid=1000002#wechat_redirect","legacyPanel":{"agentid":"1000002","appid":"ww5a1d0e0f1a2b3c4d","href":"","redirect_uri":"https%3A%2F%2Fa.test%2Fback","self_redirect":false,"state":"<state>"},"legacyQrUrl":"http://127.0.0.1:<port>/wwopen/sso/qrConnect?appid=ww5a1d0e0f1a2b3c4d&agentid=1000002&redirect_uri=https%3A%2F%2Fa.test%2Fback&state=<state>","panel":{"agentid":"1000002","appid":"ww5a1d0e0f1a2b3c4d","login_type":"CorpApp","redirect_uri":"https://a.test/back","state":"<state>"},"panelUrl":"http://127.0.0.1:<port>/wwlogin/sso/login?login_type=CorpApp&appid=ww5a1d0e0f1a2b3c4d&agentid=1000002&redirect_uri=https%3A%2F%2Fa.test%2Fback&state=<state>&redirect_type=top&panel_size=middle&color_scheme=auto","qrUrl":"http://127.0.0.1:<port>/wwlogin/sso/login?login_type=CorpApp&appid=ww5a1d0e0f1a2b3c4d&agentid=1000002&redirect_uri=https%3A%2F%2Fa.test%2Fback&state=<state>","redirectUri":"https://a.test/back","state":"<state>","stateExpiresAt":"<stateExpiresAt>"}
        twin/a/b: 404 20001 there is no app `acme.twin`
    "#]].assert_eq(&text);
}
