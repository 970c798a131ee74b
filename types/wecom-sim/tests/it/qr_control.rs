//! QR logins without a browser: `/sim/qr`, the desktop client, and where a login goes.

use serde_json::{Value, json};
use wecom_sim::{Options, QrStatus};

use crate::{CORP, DEMO, World};

impl World {
    async fn act(&self, key: &str, body: &str) -> Value {
        let answer = self.control(&format!("POST /sim/qr/{key}"), body).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.body);
        answer.json()
    }
}

#[tokio::test]
async fn a_login_from_outside() {
    let world = World::demo().await;
    assert_eq!(world.control("GET /sim/qr", "").await.body, r#"{"logins":[]}"#);
    let key = world.key().await;
    let mut open = world.control("GET /sim/qr", "").await.json();
    assert!(open["logins"][0].as_object_mut().unwrap().remove("openedMs").is_some_and(|ms| ms.is_u64()));
    let login = json!({
        "key": key, "corpId": CORP, "agentId": DEMO, "status": "QRCODE_SCAN_NEVER",
        "redirectUri": "http://app.example:8080/back?x=1", "state": "s1",
    });
    assert_eq!(open, json!({ "logins": [login] }));
    let scanned = world.act(&key, r#"{"action":"scan","userId":"LISI"}"#).await;
    assert_eq!(scanned, json!({ "key": key, "status": "QRCODE_SCAN_ING" }));
    let open = world.control("GET /sim/qr", "").await.json();
    assert_eq!((&open["logins"][0]["status"], &open["logins"][0]["userId"]), (&"QRCODE_SCAN_ING".into(), &"lisi".into()));
    let confirmed = world.act(&key, r#"{"action":"confirm"}"#).await;
    let code = confirmed["code"].as_str().unwrap();
    let goes_to = format!("http://app.example:8080/back?x=1&code={code}&state=s1&appid={CORP}");
    assert_eq!(confirmed, json!({ "key": key, "status": "QRCODE_SCAN_SUCC", "code": code, "goesTo": goes_to }));
    let token = world.token(DEMO).await;
    let who = world.get(&format!("/cgi-bin/auth/getuserinfo?access_token={token}&code={code}")).await;
    assert_eq!(who.body, r#"{"errcode":0,"errmsg":"ok","userid":"lisi"}"#);

    let key = world.key().await;
    world.act(&key, r#"{"action":"scan","userId":"lisi"}"#).await;
    let refused = world.act(&key, r#"{"action":"refuse"}"#).await;
    let goes_to = "http://app.example:8080/back?x=1&state=s1";
    assert_eq!(refused, json!({ "key": key, "status": "QRCODE_SCAN_FAIL", "goesTo": goes_to }));

    let key = world.key().await;
    world.act(&key, r#"{"action":"scan","userId":"lisi"}"#).await;
    let expired = world.act(&key, r#"{"action":"expire"}"#).await;
    assert_eq!(expired, json!({ "key": key, "status": "QRCODE_SCAN_ERR" }));
    assert!(world.status(&key, "").await.contains("QRCODE_SCAN_ERR"));
}

#[tokio::test]
async fn a_desktop_client_offers_to_log_in() {
    let world = World::demo().await;
    let key = world.key().await;
    let offered = world.act(&key, r#"{"action":"bindDesktop","userId":"zhangsan"}"#).await;
    assert_eq!(offered, json!({ "key": key, "status": "QRCODE_SCAN_PC_BIND" }));
    assert!(world.status(&key, "").await.contains(r#""status":"QRCODE_SCAN_PC_BIND""#));
    assert!(world.jsonp(&key).await.contains(r#""status":"QRCODE_SCAN_ING""#), "the legacy page knows no such thing");
    assert_eq!(world.sim.open_qr_logins()[0].status, QrStatus::Desktop);
    assert!(world.get("/sim/phone?lang=en").await.body.contains("offered on a desktop, not confirmed"));
    assert!(world.get(&format!("/sim/phone?key={key}&lang=en")).await.body.contains("As 张三 (zhangsan)"));
    assert_eq!(world.act(&key, r#"{"action":"confirm"}"#).await["status"], "QRCODE_SCAN_SUCC");

    let key = world.key().await;
    world.sim.bind_desktop(&key, "zhangsan").unwrap();
    world.sim.refuse(&key).unwrap();
    assert_eq!(world.sim.goes_to(&key).as_deref(), Some("http://app.example:8080/back?x=1&state=s1"));
    // A phone may come first, or in between.
    let key = world.key().await;
    world.sim.scan(&key, "lisi").unwrap();
    world.sim.bind_desktop(&key, "zhangsan").unwrap();
    world.sim.scan(&key, "lisi").unwrap();
    assert_eq!(world.sim.open_qr_logins()[0].user_id.as_deref(), Some("lisi"));
    for lang in ["zh", "en"] {
        let page = format!("/wwlogin/sso/login?appid={CORP}&agentid={DEMO}&redirect_uri=http%3A%2F%2Fa.example&lang={lang}");
        assert!(world.get(&page).await.body.contains(r#""QRCODE_SCAN_PC_BIND":""#), "{lang}");
    }
}

#[tokio::test]
async fn mistakes_say_what_to_write() {
    let world = World::demo().await;
    let key = world.key().await;
    for (key, body, expected) in [
        (key.as_str(), "{}", "missing field `action`"),
        (&key, r#"{"action":"wave"}"#, "unknown variant `wave`, expected one of `scan`, `bindDesktop`"),
        (&key, r#"{"action":"scan"}"#, "write as whom"),
        (&key, r#"{"action":"bindDesktop"}"#, "write as whom"),
        (&key, r#"{"action":"confirm","userId":"lisi"}"#, "userId goes with scan and bindDesktop"),
        (&key, r#"{"action":"confirm"}"#, "scan it first"),
        (&key, r#"{"action":"scan","userId":"outsider"}"#, "outside the app's visible range"),
        (&key, r#"{"action":"bindDesktop","userId":"zhaoliu"}"#, "no active member"),
        ("0123456789abcdef", r#"{"action":"expire"}"#, "open the login page again"),
    ] {
        let answer = world.control(&format!("POST /sim/qr/{key}"), body).await;
        let error = answer.json()["error"].as_str().unwrap_or_default().to_owned();
        assert!(answer.status == 400 && error.contains(expected), "{body}: {error}");
    }
    world.sim.expire_qr(&key).unwrap();
    assert!(world.sim.expire_qr(&key).is_err());
    assert_eq!(world.sim.goes_to(&key), None);
}

#[tokio::test]
async fn the_extra_parameter_can_be_left_out() {
    let world = World::new(Options { append_appid: false, ..Options::default() }).await;
    let key = world.key().await;
    world.sim.scan(&key, "lisi").unwrap();
    world.sim.confirm(&key).unwrap();
    let goes_to = world.sim.goes_to(&key).unwrap();
    assert!(goes_to.ends_with("&state=s1") && goes_to.contains("&code="), "{goes_to}");
    let page = format!("/wwlogin/sso/login?appid={CORP}&agentid={DEMO}&redirect_uri=http%3A%2F%2Fa.example");
    assert!(world.get(&page).await.body.contains(r#""append_appid":false"#));
    assert!(World::demo().await.get(&page).await.body.contains(r#""append_appid":true"#));
}
