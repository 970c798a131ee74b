//! Logging in inside the client with consent: what the member granted is in the profile.
use crate::site::{Ask, DEMO_PATH, Reply, Site, try_send};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

const CLIENT: &str = "user-agent: Mozilla/5.0 wxwork/4.1.36 MicroMessenger/7.0.1";

/// A form or link of the simulator's pages, as the client of 张三 sends it.
async fn client(site: &Site, ask: Ask) -> Reply {
    let ask = ask.header(CLIENT).header("cookie: sim-member=zhangsan").header(format!("origin: http://{}", site.wecom));
    try_send(site.wecom, &ask).await.unwrap()
}

/// Logs in by the consent page, granting these; gives what `getLoginCode` tells.
async fn log_in(site: &Site, grants: &[&str]) -> Value {
    let config = site.post(&format!("{DEMO_PATH}/getLoginConfig"), &json!({})).await.data();
    let page = Url::parse(config["inClientConsentUrl"].as_str().unwrap()).unwrap();
    let asked = client(site, Ask::get(&page[url::Position::BeforePath..url::Position::AfterQuery])).await;
    let html = String::from_utf8(asked.body).unwrap();
    let mut form = form_urlencoded::Serializer::new(String::new());
    for input in html.split("<input ").skip(1).filter(|it| it.contains("type=\"hidden\"")) {
        let part =
            |name: &str| input.split_once(&format!("{name}=\"")).unwrap().1.split('"').next().unwrap().replace("&#38;", "&");
        form.append_pair(&part("name"), &part("value"));
    }
    form.extend_pairs(grants.iter().map(|it| ("grant", it)));
    form.append_pair("decision", "agree");
    let form = Ask::new("POST", "/connect/oauth2/consent")
        .header("content-type: application/x-www-form-urlencoded")
        .body(form.finish());
    let answer = client(site, form).await;
    let back = Url::parse(answer.header("location").unwrap_or_else(|| panic!("{html}\n{answer:?}"))).unwrap();
    let given =
        |name: &str| back.query_pairs().find(|(it, _)| it == name).unwrap_or_else(|| panic!("{back}")).1.into_owned();
    let args = json!({"code": given("code"), "state": given("state")});
    let path = format!("{DEMO_PATH}/getLoginCode");
    let first = site.post(&path, &args).await.data();
    // A reload goes on from what WeCom said the first time: the ticket is not asked for again.
    let again = site.post(&path, &args).await.data();
    assert_eq!(first["mobile"], again["mobile"]);
    first
}

#[tokio::test]
async fn what_is_granted_is_told_and_what_is_not_is_named() {
    let site = Site::demo().await;
    let told = log_in(&site, &["mobile", "gender", "avatar", "biz_mail"]).await;
    assert_eq!(
        (&told["mobile"], &told["gender"], &told["notGranted"]),
        (&json!("+86 13800000001"), &json!("1"), &json!(["email"]))
    );
    assert_eq!(told["raw"]["biz_mail"], "zhangsan@mail.acme.example");
    assert_eq!(site.asked("/cgi-bin/auth/getuserdetail"), 1);
    let told = log_in(&site, &[]).await;
    assert_eq!((&told["mobile"], &told["gender"]), (&Value::Null, &Value::Null));
    assert_eq!(told["notGranted"], json!(["mobile", "email", "gender"]), "a picture everybody has, and nothing else");
}
