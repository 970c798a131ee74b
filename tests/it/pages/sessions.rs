//! Sessions that do not count any more.
use super::{
    Person,
    person::{callback, seen},
};
use crate::site::Site;
use expect_test::expect;

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
        [Log in again](/acme/demo/login?return=%2Facme%2Fdemo%2Fprofile)
        Error20106
        503
        acme.demo
        Nobody can log in right now
        You are no longer logged in. Please log in again.
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
