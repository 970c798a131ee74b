//! The QR pages, both generations: what they say, and how a login goes on.

use std::time::Duration;

use wecom_sim::Options;

use crate::{CORP, DEMO, World};

pub(crate) const BACK: &str = "http%3A%2F%2Fapp.example%3A8080%2Fback%3Fx%3D1";
const STATUS: &str = "/wwlogin/monoApi/sso/login/getWebQrCodeStatus?lang=zh_CN&ajax=1&f=json&random=7";

fn address(rest: &str) -> String {
    format!("/wwlogin/sso/login?login_type=CorpApp&appid={CORP}&agentid={DEMO}&redirect_uri={BACK}&state=s1{rest}")
}

/// What stands between two texts.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split_once(after).unwrap().0
}

impl World {
    /// The key of a new QR page.
    pub(crate) async fn key(&self) -> String {
        let page = self.get(&address("")).await;
        between(&page.body, r#""web_key":""#, "\"").to_owned()
    }

    pub(crate) async fn status(&self, key: &str, last: &str) -> String {
        let body = format!(r#"{{"webKey":"{key}","lastStatus":"{last}","openDataSid":""}}"#);
        self.control(&format!("POST {STATUS}"), &body).await.body
    }

    pub(crate) async fn jsonp(&self, key: &str) -> String {
        self.get(&format!("/wwopen/sso/l/qrConnect?callback=jsonpCallback&key={key}&_=1")).await.body
    }
}

#[tokio::test]
async fn the_page_tells_its_settings() {
    let world = World::demo().await;
    let page = world.get(&address("&version=2.4.4&redirect_type=callback&panel_size=small&color_scheme=dark")).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors *"), "{policy}");
    assert_eq!(page.header("x-frame-options"), "");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("cache-control"), "no-store");
    let settings = between(&page.body, r#"<script type="application/json" id="settings">"#, "</script>");
    let settings: serde_json::Value = serde_json::from_str(settings).unwrap();
    let key = settings["web_key"].as_str().unwrap();
    assert!(key.len() == 16 && key.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)), "{key}");
    for (name, value) in [
        ("state", "s1"),
        ("redirect_uri", "http://app.example:8080/back?x=1"),
        ("redirect_type", "callback"),
        ("appid", CORP),
        ("lang", "zh"),
    ] {
        assert_eq!(settings[name], value);
    }
    for part in [
        &format!("src=\"/wwlogin/sso/qrcode?key={key}\""),
        &format!("href=\"/sim/phone?key={key}&amp;lang=zh\""),
        "请使用企业微信扫描二维码登录",
        "<html lang=\"zh-CN\" data-scheme=\"dark\">",
        "<body class=\"login small\">",
        "模拟器",
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    let english = world.get(&address("&lang=en")).await.body;
    assert!(english.contains("Scan the QR code with WeCom to log in") && english.contains("Acme Demo"), "{english}");
}

#[tokio::test]
async fn the_image_leads_to_the_phone() {
    let world = World::demo().await;
    let key = world.key().await;
    for path in ["/wwlogin/sso/qrcode", "/wwopen/sso/qrImg"] {
        let image = world.get(&format!("{path}?key={key}")).await;
        assert_eq!((image.status, image.header("content-type")), (200, "image/svg+xml"));
        assert!(image.body.contains("<svg") && image.body.contains("#fff"), "{}", image.body);
        assert_eq!(world.get(&format!("{path}?key=0123456789abcdef")).await.status, 404);
    }
}

#[tokio::test]
async fn statuses_follow_the_phone() {
    let world = World::demo().await;
    let key = world.key().await;
    let both = |status: &str, code: &str| {
        let news = format!(r#"{{"status":"QRCODE_SCAN_{status}","auth_code":"{code}"}}"#);
        (format!(r#"{{"data":{news}}}"#), format!("jsonpCallback({news})"))
    };
    assert_eq!((world.status(&key, "").await, world.jsonp(&key).await), both("NEVER", ""));
    let open = world.sim.open_qr_logins();
    assert_eq!((open[0].key.as_str(), open[0].corp_id.as_str(), open[0].agent_id), (key.as_str(), CORP, DEMO));
    assert!(world.sim.confirm(&key).unwrap_err().to_string().contains("scan it first"));
    world.sim.scan(&key, "ZhangSan").unwrap();
    assert_eq!((world.status(&key, "QRCODE_SCAN_NEVER").await, world.jsonp(&key).await), both("ING", ""));
    world.sim.confirm(&key).unwrap();
    let answer = world.status(&key, "QRCODE_SCAN_ING").await;
    let code = between(&answer, r#""auth_code":""#, "\"").to_owned();
    assert_eq!(code.len(), 43);
    assert_eq!((answer, world.jsonp(&key).await), both("SUCC", &code));
    assert!(world.sim.open_qr_logins().is_empty());
    for done in [world.sim.scan(&key, "lisi"), world.sim.confirm(&key), world.sim.refuse(&key)] {
        assert!(done.unwrap_err().to_string().contains("confirmed or refused before"));
    }
    let token = world.token(DEMO).await;
    let who = world.get(&format!("/cgi-bin/auth/getuserinfo?access_token={token}&code={code}")).await;
    assert_eq!(who.body, r#"{"errcode":0,"errmsg":"ok","userid":"zhangsan"}"#);

    let key = world.key().await;
    world.sim.scan(&key, "lisi").unwrap();
    world.sim.refuse(&key).unwrap();
    assert_eq!((world.status(&key, "").await, world.jsonp(&key).await), both("FAIL", ""));
    let form = world.client.post(format!("{}{STATUS}", world.base)).body(format!("webKey={key}&lastStatus="));
    assert_eq!(world.send(form).await.body, both("FAIL", "").0);
    assert_eq!(world.jsonp("unknown").await, both("ERR", "").1);
}

#[tokio::test]
async fn a_waiting_poll_is_told_at_once() {
    let world = World::demo().await;
    let key = world.key().await;
    let (polled, _) = tokio::join!(world.status(&key, "QRCODE_SCAN_NEVER"), async {
        world.sim.scan(&key, "lisi").unwrap();
    });
    assert!(polled.contains("QRCODE_SCAN_ING"), "{polled}");
}

#[tokio::test]
async fn codes_expire_by_the_simulators_clock() {
    let world = World::new(Options { qr_lifetime: Duration::from_secs(60), ..Options::default() }).await;
    let (first, second) = (world.key().await, world.key().await);
    let keys: Vec<_> = world.sim.open_qr_logins().into_iter().map(|login| login.key).collect();
    assert_eq!(keys, [second, first.clone()]);
    world.sim.advance(Duration::from_secs(60));
    assert!(world.status(&first, "").await.contains("QRCODE_SCAN_ERR"));
    assert!(world.sim.open_qr_logins().is_empty());
    assert!(world.sim.scan(&first, "lisi").unwrap_err().to_string().contains("open the login page again"));
    assert_eq!(world.get(&format!("/wwlogin/sso/qrcode?key={first}")).await.status, 404);
}

#[tokio::test]
async fn who_may_scan() {
    let world = World::demo().await;
    let key = world.key().await;
    for (user, why) in [
        ("outsider", "outside the app's visible range"),
        ("zhaoliu", "no active member"),
        ("nobody", "no active member"),
        ("", "no active member"),
    ] {
        assert!(world.sim.scan(&key, user).unwrap_err().to_string().contains(why), "{user}");
    }
    assert!(world.status(&key, "").await.contains("QRCODE_SCAN_NEVER"));
    world.sim.scan(&key, "lisi").unwrap();
    // The app goes, and its logins with it.
    let without = format!(r#"{{"corpId":"{CORP}","apps":[{{"agentId":7,"secret":"private"}}]}}"#);
    world.control("POST /sim/companies", &without).await;
    assert!(world.sim.confirm(&key).is_err());
}

#[tokio::test]
async fn the_legacy_page_says_the_same_in_its_own_words() {
    let world = World::demo().await;
    let path = format!("/wwopen/sso/qrConnect?appid={CORP}&agentid={DEMO}&redirect_uri={BACK}&state=s1&lang=zh");
    let page = world.get(&path).await;
    let nonce = between(&page.body, "<script nonce=\"", "\"");
    assert!(page.header("content-security-policy").contains(&format!("'nonce-{nonce}'")));
    let settings = between(&page.body, "window.settings = ", ";</script>");
    let settings: serde_json::Value = serde_json::from_str(settings).unwrap();
    let key = settings["key"].as_str().unwrap();
    assert_eq!(settings["qrUrl"], format!("/wwopen/sso/qrImg?key={key}"));
    assert_eq!(settings["longPollGetUrl"], "/wwopen/sso/l/qrConnect");
    assert_eq!(settings["errMsg"], "");
    assert!(world.jsonp(key).await.contains("QRCODE_SCAN_NEVER"));
    for name in ["alert(1)//", "1a", "a.b", "a-b", &"a".repeat(65)] {
        let answer = world.get(&format!("/wwopen/sso/l/qrConnect?callback={name}&key={key}")).await;
        assert_eq!(answer.status, 400, "{name}");
    }
}

#[tokio::test]
async fn visits_are_journaled_and_polls_are_not() {
    let world = World::demo().await;
    let key = world.key().await;
    world.status(&key, "").await;
    world.jsonp(&key).await;
    world.get(&format!("/wwlogin/sso/qrcode?key={key}")).await;
    world.get("/connect/oauth2/authorize?state=s2&code=c&access_token=t").await;
    let journal = world.sim.journal();
    let seen: Vec<_> = journal.iter().map(|e| (e.method.as_str(), e.path.as_str(), e.status, e.errcode)).collect();
    assert_eq!(seen, [("GET", "/wwlogin/sso/login", 200, None), ("GET", "/connect/oauth2/authorize", 200, None)]);
    assert_eq!((journal[0].query["state"].as_str(), journal[1].query["code"].as_str()), ("s1", "c"));
    assert_eq!(journal[1].query["access_token"], "***");
}

#[tokio::test]
async fn files_are_served_as_what_they_are() {
    let world = World::demo().await;
    for (path, kind) in [
        ("/static/pages.css", "text/css; charset=utf-8"),
        ("/static/qr.js", "text/javascript; charset=utf-8"),
        ("/static/home.js", "text/javascript; charset=utf-8"),
        ("/static/page.js", "text/javascript; charset=utf-8"),
        ("/static/journal.js", "text/javascript; charset=utf-8"),
        ("/static/pushes.js", "text/javascript; charset=utf-8"),
        ("/static/fold.js", "text/javascript; charset=utf-8"),
        ("/static/companies.js", "text/javascript; charset=utf-8"),
        ("/static/icon.svg", "image/svg+xml"),
    ] {
        let file = world.get(path).await;
        assert_eq!((file.status, file.header("content-type"), file.header("cache-control")), (200, kind, "no-cache"));
    }
}
