//! 构造扫码登录链接 (004): both ways to build the QR login, by the page in a window of its own and by the embedded one, and
//! what comes back from them. The pages themselves are looked at in `browser`.
use crate::site::{Ask, DEMO_PATH, Site, try_send};
use serde_json::{Value, json};
use url::Url;

async fn config(site: &Site, args: Value) -> Value {
    site.post(&format!("{DEMO_PATH}/getLoginConfig"), &args).await.data()
}

/// Opens a page of the simulator; gives the settings that its script, and other people's clients, read.
pub(super) async fn open(site: &Site, address: &str) -> Value {
    let url = Url::parse(address).unwrap();
    let reply = try_send(site.wecom, &Ask::get(&url[url::Position::BeforePath..])).await.unwrap();
    let page = String::from_utf8(reply.body).unwrap();
    let settings =
        page.split_once(r#"<script type="application/json" id="settings">"#).unwrap_or_else(|| panic!("{page}")).1;
    serde_json::from_str(settings.split_once("</script>").unwrap().0).unwrap()
}

/// 返回说明: with `code` and `state` if the person allows it, with `state` alone if not.
#[tokio::test]
async fn the_separate_page_gives_a_code_and_the_state_or_the_state_alone() {
    let site = Site::demo().await;
    let config = config(&site, json!({})).await;
    for (name, image) in [("legacyQrUrl", "/wwopen/sso/qrImg"), ("qrUrl", "/wwlogin/sso/qrcode")] {
        let settings = open(&site, config[name].as_str().unwrap()).await;
        assert_eq!((&settings["state"], &settings["redirect_uri"]), (&config["state"], &config["redirectUri"]));
        let key = settings["web_key"].as_str().unwrap();
        let picture = try_send(site.wecom, &Ask::get(format!("{image}?key={key}"))).await.unwrap();
        assert_eq!(picture.header("content-type"), Some("image/svg+xml"));
        let poll = async || -> Value {
            let path = format!("/wwopen/sso/l/qrConnect?callback=jsonpCallback&key={key}&redirect_uri=x&appid=ww1&_=1");
            let text = String::from_utf8(try_send(site.wecom, &Ask::get(path)).await.unwrap().body).unwrap();
            serde_json::from_str(text.strip_prefix("jsonpCallback(").unwrap().strip_suffix(')').unwrap()).unwrap()
        };
        assert_eq!(poll().await["status"], "QRCODE_SCAN_NEVER");
        site.sim.scan(key, "zhangsan").unwrap();
        assert_eq!(poll().await["status"], "QRCODE_SCAN_ING");
        if name == "qrUrl" {
            site.sim.refuse(key).unwrap();
            assert_eq!(poll().await, json!({"status": "QRCODE_SCAN_FAIL", "auth_code": ""}));
            continue;
        }
        site.sim.confirm(key).unwrap();
        let done = poll().await;
        assert_eq!(done["status"], "QRCODE_SCAN_SUCC");
        let args = json!({"code": done["auth_code"], "state": config["state"]});
        assert_eq!(site.post(&format!("{DEMO_PATH}/getLoginCode"), &args).await.data()["userId"], "zhangsan");
    }
}

/// `new WwLogin({id, appid, agentid, redirect_uri, state, href, lang, self_redirect})`, and `ww.createWWLoginPanel({params})`.
#[tokio::test]
async fn the_embedded_page_is_told_what_the_document_names() {
    let site = Site::demo().await;
    let href = "https://login.acme.test/qr.css";
    let config = config(&site, json!({"lang": "zh", "href": href, "selfRedirect": true})).await;
    let legacy = &config["legacyPanel"];
    let names: Vec<&str> = legacy.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["agentid", "appid", "href", "lang", "redirect_uri", "self_redirect", "state"]);
    assert_eq!((&legacy["href"], &legacy["self_redirect"], &legacy["lang"]), (&json!(href), &json!(true), &json!("zh")));

    // As wwLogin-1.2.7.js builds the address of its frame.
    let text = |name: &str| legacy[name].as_str().unwrap();
    let frame = format!(
        "http://{}/wwopen/sso/qrConnect?appid={}&agentid={}&redirect_uri={}&state={}&login_type=jssdk&version=1.2.7&lang={}\
         &href={}&self_redirect=true",
        site.wecom,
        text("appid"),
        text("agentid"),
        text("redirect_uri"),
        text("state"),
        text("lang"),
        text("href")
    );
    let settings = open(&site, &frame).await;
    assert_eq!((&settings["redirect_type"], &settings["redirect_uri"]), (&json!("self"), &config["redirectUri"]));

    // As createWWLoginPanel does.
    let mut frame = Url::parse(&format!("http://{}/wwlogin/sso/login", site.wecom)).unwrap();
    for (name, value) in config["panel"].as_object().unwrap() {
        frame.query_pairs_mut().append_pair(name, value.as_str().unwrap());
    }
    frame.query_pairs_mut().append_pair("redirect_type", "callback").append_pair("version", "2.4.4");
    let settings = open(&site, frame.as_str()).await;
    assert_eq!((&settings["redirect_type"], &settings["state"]), (&json!("callback"), &config["state"]));

    for wrong in ["http://login.acme.test/qr.css", "javascript:alert(1)", "https://u:p@a/x.css", "qr.css"] {
        let reply = site.post(&format!("{DEMO_PATH}/getLoginConfig"), &json!({"href": wrong})).await.json().unwrap();
        assert_eq!(reply["errcode"], 20004, "{wrong}: {reply}");
    }
}

/// The document's own example: the address is encoded, and so is the state.
#[tokio::test]
async fn the_example_of_the_document_is_read_as_it_is_meant() {
    let site = Site::demo().await;
    let page = "/wwopen/sso/qrConnect?appid=ww5a1d0e0f1a2b3c4d&agentid=1000002&redirect_uri=http%3A%2F%2Fapi.3dept.com&state=web_login%40gyoss9";
    let settings = open(&site, &format!("http://{}{page}", site.wecom)).await;
    assert_eq!(
        (&settings["redirect_uri"], &settings["state"]),
        (&json!("http://api.3dept.com/"), &json!("web_login@gyoss9"))
    );
}
