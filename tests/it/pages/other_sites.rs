//! Pages of other sites: the ones that are listed call and are returned to; all others are not.
use super::{Person, person::seen};
use crate::site::{AUTH_PATH, Ask, DEMO_PATH, Reply, Site, apps};
use expect_test::expect;
use wecom_sim::Sim;

async fn with_a_shop() -> Site {
    Site::set_up(
        Sim::demo(),
        apps(),
        Some("https://login.acme.test"),
        |_| (),
        |host| {
            host.origins = vec!["https://shop.acme.test".parse().unwrap()];
        },
    )
    .await
}

fn told(reply: &Reply) -> String {
    let cors = reply.headers.iter().filter(|(name, _)| name.starts_with("access-control"));
    let lines: String = cors.map(|(name, value)| format!("  {name}: {value}\n")).collect();
    format!("{}\n{lines}", reply.status)
}

#[tokio::test]
async fn only_listed_sites_are_let_in_and_none_with_cookies() {
    let site = with_a_shop().await;
    let path = format!("{DEMO_PATH}/getLoginConfig");
    let mut text = String::new();
    for origin in ["https://shop.acme.test", "https://evil.test", "https://shop.acme.test.evil.test", "null"] {
        let ask = Ask::new("OPTIONS", &path)
            .header(format!("origin: {origin}"))
            .header("access-control-request-method: POST")
            .header("access-control-request-headers: content-type,x-login-browser,authorization");
        let preflight = site.send(&ask).await;
        let call = site.send(&Ask::post(&path, "{}").header(format!("origin: {origin}"))).await;
        text.push_str(&format!("{origin}\n preflight {} call {}", told(&preflight), told(&call)));
    }
    expect![[r#"
        https://shop.acme.test
         preflight 200
          access-control-allow-methods: GET,POST
          access-control-allow-headers: authorization,content-type,x-login-browser
          access-control-max-age: 600
          access-control-allow-origin: https://shop.acme.test
         call 200
          access-control-allow-origin: https://shop.acme.test
          access-control-expose-headers: x-request-id
        https://evil.test
         preflight 200
          access-control-allow-methods: GET,POST
          access-control-allow-headers: authorization,content-type,x-login-browser
          access-control-max-age: 600
         call 200
          access-control-expose-headers: x-request-id
        https://shop.acme.test.evil.test
         preflight 200
          access-control-allow-methods: GET,POST
          access-control-allow-headers: authorization,content-type,x-login-browser
          access-control-max-age: 600
         call 200
          access-control-expose-headers: x-request-id
        null
         preflight 200
          access-control-allow-methods: GET,POST
          access-control-allow-headers: authorization,content-type,x-login-browser
          access-control-max-age: 600
         call 200
          access-control-expose-headers: x-request-id
    "#]]
    .assert_eq(&text);
}

#[tokio::test]
async fn a_listed_site_logs_in_with_a_word_of_its_own_and_a_bearer_token() {
    let site = with_a_shop().await;
    let ask = |path: String, args: &str| {
        Ask::post(path, args).header("origin: https://shop.acme.test").browser("a random word of the shop's page")
    };
    let config = site.send(&ask(format!("{DEMO_PATH}/getLoginConfig"), "{}")).await;
    assert_eq!(config.header("set-cookie"), None, "it said who it is");
    let state = config.data()["state"].as_str().unwrap().to_owned();
    let code = site.code("zhangsan");
    let args = format!(r#"{{"code":"{code}","state":"{state}"}}"#);
    let who = site.send(&ask(format!("{DEMO_PATH}/getLoginCode"), &args)).await.data();
    let args = format!(r#"{{"loginCode":{}}}"#, who["loginCode"]);
    let token = site.send(&ask(format!("{AUTH_PATH}/loginByCode"), &args)).await.data()["token"].clone();
    let me = site.send(&ask(format!("{AUTH_PATH}/currentUser"), "{}").bearer(token.as_str().unwrap())).await.data();
    assert_eq!(me["profile"]["name"], "张三");

    let short = Ask::post(format!("{DEMO_PATH}/getLoginConfig"), "{}").browser("guess me");
    assert_eq!(site.send(&short).await.status, 422, "a word that others could guess is none");
}

#[tokio::test]
async fn a_login_may_lead_back_to_a_listed_site() {
    let site = with_a_shop().await;
    for (wish, expected) in [
        ("https%3A%2F%2Fshop.acme.test%2Fcart", "https://shop.acme.test/cart"),
        ("https%3A%2F%2Fevil.test%2Fcart", "/acme/demo/profile"),
    ] {
        let mut person = Person::of(&site);
        let state = person.begin(&format!("/acme/demo/login?return={wish}")).await;
        assert_eq!(person.come_back("zhangsan", &state).await.header("location"), Some(expected));
    }
}

const ELSEWHERE: &str = r#"
//- /apps/demo/app.json
{"appId": "acme.demo"}
//- /apps/demo/logins/Shop/e.json
{"type": "auths.loginTypes.QywxInnerType"}
//- /apps/demo/logins/Shop/Shop.json
{"corpId": "ww5a1d0e0f1a2b3c4d", "corpSecret": "demo-secret-of-the-simulator-not-real-one-0", "agentId": "1000002",
 "redirectUri": "https://shop.acme.test/back"}
"#;

#[tokio::test]
async fn a_login_that_ends_on_another_sites_page_begins_there() {
    for (listed, expected) in [(true, "303 → https://shop.acme.test/back"), (false, "20109")] {
        let files = std::sync::Arc::new(element_engine::MemoryFiles::parse(ELSEWHERE));
        let public = Some("https://login.acme.test");
        let site = Site::set_up(
            Sim::demo(),
            "/apps",
            public,
            |options| options.files = files,
            |host| {
                host.origins = if listed { vec!["https://shop.acme.test".parse().unwrap()] } else { vec![] };
            },
        );
        let page = seen(&Person::of(&site.await).get("/acme/demo/login").await);
        assert!(page.contains(expected), "{page}");
    }
}

#[tokio::test]
async fn a_login_of_another_site_hides_no_other_way_in() {
    let two = format!(
        "{ELSEWHERE}//- /apps/demo/logins/Zhere/e.json\n{{\"title\": \"Here\", \"type\": \"auths.loginTypes.QywxInnerType\"}}\n\
         //- /apps/demo/logins/Zhere/Zhere.json\n{{\"corpId\": \"ww1\", \"corpSecret\": \"s\", \"agentId\": 1, \
         \"redirectUri\": \"https://login.acme.test/back\"}}\n"
    );
    for listed in [true, false] {
        let files = std::sync::Arc::new(element_engine::MemoryFiles::parse(&two));
        let public = Some("https://login.acme.test");
        let site = Site::set_up(
            Sim::demo(),
            "/apps",
            public,
            |options| options.files = files,
            |host| {
                host.origins = if listed { vec!["https://shop.acme.test".parse().unwrap()] } else { vec![] };
            },
        )
        .await;
        let page = seen(&Person::of(&site).with("accept-language: en").get("/acme/demo/login").await);
        assert!(page.contains("[Here](?way=logins.Zhere)"), "{page}");
        let offered = if listed { "[Log in](https://shop.acme.test/back)" } else { "Log in from the app’s own page" };
        assert!(page.contains(offered), "{page}");
    }
}

#[tokio::test]
async fn the_module_for_ones_own_pages_is_served_to_all() {
    let site = Site::demo().await;
    let module = site.send(&Ask::get("/element.js").header("origin: https://anywhere.test")).await;
    assert_eq!(module.header("access-control-allow-origin"), Some("*"));
    assert_eq!(module.header("content-type"), Some("text/javascript; charset=utf-8"));
}
