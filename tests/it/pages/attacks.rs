//! What others would like a login to do: log somebody in as themselves, log in as somebody, or lead somebody away.
use super::{
    Person,
    person::{callback, seen, submitted},
};
use crate::site::{AUTH_PATH, Ask, DEMO_PATH, Site};
use serde_json::json;

/// Nobody is logged in, and nobody is told anything about anybody.
#[track_caller]
fn nothing(site: &Site, person: &Person<'_>, reply: &crate::site::Reply) {
    assert_eq!(person.session(), None);
    let page = seen(reply);
    assert!(reply.status == 403 && page.contains("20102"), "{page}");
    let body = String::from_utf8_lossy(&reply.body);
    assert!(!body.contains("张三") && !body.contains("zhangsan"), "{body}");
    assert_eq!(site.asked("/cgi-bin/auth/getuserinfo"), 0, "the code is still the victim's");
}

#[tokio::test]
async fn login_csrf_a_link_with_a_strangers_code_logs_nobody_in() {
    let site = Site::demo().await;
    let (mut victim, mut stranger) = (Person::of(&site), Person::of(&site));
    let state = stranger.begin("/acme/demo/login").await;
    let code = site.code("lisi");
    // The victim follows the stranger's link: first without having been here, then with a login of one's own begun.
    let reply = victim.get(&callback(&code, &state)).await;
    nothing(&site, &victim, &reply);
    victim.begin("/acme/demo/login").await;
    let state = stranger.begin("/acme/demo/login").await;
    let reply = victim.get(&callback(&code, &state)).await;
    nothing(&site, &victim, &reply);
}

#[tokio::test]
async fn state_swap_a_stolen_state_and_code_open_nothing_elsewhere() {
    let site = Site::demo().await;
    let (mut victim, mut thief) = (Person::of(&site), Person::of(&site));
    thief.begin("/acme/demo/login").await;
    for with_cookie in [true, false] {
        let state = victim.begin("/acme/demo/login").await;
        let code = site.code("zhangsan");
        if !with_cookie {
            thief.cookies.clear();
        }
        let reply = thief.get(&callback(&code, &state)).await;
        nothing(&site, &thief, &reply);
        // The same at the API, as the thief's own program would try.
        let args = json!({"code": code, "state": state}).to_string();
        let ask = Ask::post(format!("{DEMO_PATH}/getLoginCode"), &args).browser("the thief's own program");
        assert_eq!(site.send(&ask).await.json().unwrap()["errcode"], 20102);
    }
    // And the victim logs in all the same: whoever looks at a link in between spoils nothing.
    let state = victim.begin("/acme/demo/login").await;
    let path = callback(&site.code("zhangsan"), &state);
    thief.get(&path).await;
    assert_eq!(victim.get(&path).await.status, 303);
    victim.submit("/acme/demo/logout", "").await;
    // What the victim's own browser was given a minute ago is nobody else's either.
    let state = victim.begin("/acme/demo/login").await;
    let code = site.code("zhangsan");
    assert_eq!(victim.get(&callback(&code, &state)).await.status, 303);
    assert_eq!(thief.get(&callback(&code, &state)).await.status, 403);
    assert_eq!(thief.session(), None);
}

#[tokio::test]
async fn a_login_code_of_another_browser_opens_nothing() {
    let site = Site::demo().await;
    let mut victim = Person::of(&site);
    victim.begin("/acme/demo/login").await;
    let strangers = site.post(&format!("{DEMO_PATH}/getLoginConfig"), &json!({})).await.data();
    let args = json!({"code": site.code("lisi"), "state": strangers["state"]});
    let who = site.post(&format!("{DEMO_PATH}/getLoginCode"), &args).await.data();
    let form = format!("loginCode={}&corp=ww5a1d0e0f1a2b3c4d&return=", who["loginCode"].as_str().unwrap());
    let reply = victim.submit("/acme/demo/login", &form).await;
    assert!(reply.status == 403 && seen(&reply).contains("20103"), "{}", seen(&reply));
    assert_eq!(victim.session(), None);
}

#[tokio::test]
async fn fixation_a_planted_cookie_is_worth_nothing_after_the_login() {
    let site = Site::demo().await;
    let mut victim = Person::of(&site);
    let planted = "planted-planted-planted-planted-planted-planted";
    victim.cookies.insert("__Host-element-session.acme.demo".into(), planted.into());
    victim.log_in("zhangsan").await;
    assert_ne!(victim.session(), Some(planted));
    let with = |token: &str| Ask::post(format!("{AUTH_PATH}/currentUser"), "{}").bearer(token);
    assert_eq!(site.send(&with(planted)).await.status, 401);
    // A session that somebody else has logged in to does not become the victim's either.
    let mut stranger = Person::of(&site);
    stranger.log_in("lisi").await;
    let strangers = stranger.session().unwrap().to_owned();
    victim.cookies.insert("__Host-element-session.acme.demo".into(), strangers.clone());
    victim.submit("/acme/demo/logout", "").await;
    victim.log_in("zhangsan").await;
    assert_ne!(victim.session(), Some(&*strangers));
    assert_eq!(site.send(&with(&strangers)).await.status, 401, "whoever left through it ended it");
}

#[tokio::test]
async fn open_redirect_a_login_leads_to_this_host_or_to_a_listed_site_only() {
    let site = Site::demo().await;
    for wish in [
        "https://evil.com/",
        "//evil.com",
        "/\\evil.com",
        "/\t/evil.com",
        "https:/\\evil.com",
        "javascript:alert(1)",
        "https://login.acme.test@evil.com/",
        "https://login.acme.test.evil.com/",
        "/x\r\nset-cookie: a=b",
    ] {
        let path = format!("/acme/demo/login?return={}", url_encoded(wish));
        let mut person = Person::of(&site);
        let state = person.begin(&path).await;
        for reply in [person.come_back("zhangsan", &state).await, person.get(&path).await] {
            assert_eq!(reply.header("location"), Some("/acme/demo/profile"), "{wish:?}");
            assert!(reply.headers.iter().all(|(name, value)| name != "set-cookie" || !value.starts_with("a=")), "{wish:?}");
        }
    }
    let mut person = Person::of(&site);
    let state = person.begin("/acme/demo/login?return=%2Forders%3Fpage%3D2").await;
    assert_eq!(person.come_back("zhangsan", &state).await.header("location"), Some("/orders?page=2"));
}

#[tokio::test]
async fn no_address_makes_a_page_that_leads_away() {
    let site = Site::demo().await;
    let mut person = Person::of(&site);
    for path in [
        "//evil.com/",
        "/%2Fevil.com/x/login",
        "/%2Fevil%E3%80%82com/x/profile",
        "/x%3B%20Domain%3Dz/y/login",
        "/a%0d%0ab/c",
    ] {
        for reply in [person.get(path).await, person.submit(path, "loginCode=x").await] {
            let body = String::from_utf8_lossy(&reply.body).into_owned();
            assert!(!body.contains("evil") && !format!("{:?}", reply.headers).contains("evil"), "{path}: {body}");
            assert!((400..500).contains(&reply.status), "{path}: {}", reply.status);
            assert_eq!(reply.header("location"), None, "{path}");
        }
    }
}

#[tokio::test]
async fn only_who_comes_to_see_ends_a_login() {
    let site = Site::demo().await;
    let mut person = Person::of(&site);
    let state = person.begin("/acme/demo/login").await;
    let path = callback(&site.code("zhangsan"), &state);
    assert_eq!(person.send(Ask::new("HEAD", &path)).await.status, 404);
    assert_eq!(person.get(&path).await.status, 303);
}

#[tokio::test]
async fn another_sites_form_does_not_exchange_the_browser_under_way() {
    let site = Site::demo().await;
    let ask = |origin: &str| Ask::new("POST", format!("{DEMO_PATH}/getLoginConfig")).header(format!("origin: {origin}"));
    assert_eq!(site.send(&ask("https://evil.com")).await.header("set-cookie"), None);
    assert!(site.send(&ask("https://login.acme.test")).await.header("set-cookie").is_some());
}

fn url_encoded(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[tokio::test]
async fn another_sites_form_neither_logs_out_nor_chooses_nor_calls() {
    let site = Site::demo().await;
    let mut person = Person::of(&site);
    person.log_in("zhangsan").await;
    for origin in ["origin: https://evil.com", "origin: null", "sec-fetch-site: cross-site", "x-none: none"] {
        for (path, form) in [("/acme/demo/logout", ""), ("/acme/demo/login", "loginCode=x&corp=y&return=")] {
            let reply = person.send(submitted(path, form).header(origin)).await;
            assert!(reply.status == 403 && seen(&reply).contains("20017"), "{origin} {path}: {}", seen(&reply));
        }
        for body in ["{}", ""] {
            let ask = Ask::post(format!("{AUTH_PATH}/currentUser"), body).header(origin);
            assert_eq!(person.send(ask).await.json().unwrap()["errcode"], 20017, "{origin}");
        }
    }
    assert_eq!(person.get("/acme/demo/profile").await.status, 200, "still logged in");
    let plain = submitted(&format!("{AUTH_PATH}/currentUser"), "a=b").header("origin: https://login.acme.test");
    assert_eq!(person.send(plain).await.status, 415, "a call is JSON, which no form sends");
}

#[tokio::test]
async fn a_session_of_another_app_or_a_made_up_one_is_nobodys() {
    const TWO: &str = r#"
//- /apps/demo/app.json
{"appId": "acme.demo"}
//- /apps/demo/auths/loginTypes/QywxInnerExample/e.json
{"type": "auths.loginTypes.QywxInnerType"}
//- /apps/demo/auths/loginTypes/QywxInnerExample/QywxInnerExample.json
{"corpId": "ww5a1d0e0f1a2b3c4d", "corpSecret": "demo-secret-of-the-simulator-not-real-one-0", "agentId": "1000002",
 "redirectUri": "{{PUBLIC_URL}}/api/auth/qywx/callback"}
//- /apps/other/app.json
{"appId": "acme.other"}
"#;
    let site = Site::of(TWO).await;
    let mut person = Person::of(&site);
    person.log_in("zhangsan").await;
    let token = person.session().unwrap().to_owned();
    person.cookies.insert("__Host-element-session.acme.other".into(), token);
    let reply = person.get("/acme/other/profile").await;
    assert_eq!(seen(&reply), "303 → /acme/other/login?return=%2Facme%2Fother%2Fprofile");
    for forged in ["x", "%00", "a b", &"x".repeat(4000)] {
        person.cookies.insert("__Host-element-session.acme.demo".into(), forged.into());
        let reply = person.get("/acme/demo/profile").await;
        assert_eq!(reply.status, 303, "{}", seen(&reply));
        assert!(seen(&person.get("/acme/demo/login").await).contains("登录状态已失效"));
        assert_eq!(person.session(), None, "and it is taken away");
    }
}
