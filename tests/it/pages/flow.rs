//! The way through: login page, callback, profile, out.
use super::{Person, person::seen};
use crate::site::{AUTH_PATH, Ask, Site, apps};
use expect_test::expect;
use wecom_sim::Sim;

#[tokio::test]
async fn somebody_logs_in_looks_at_the_profile_and_leaves() {
    let site = Site::demo().await;
    let mut person = Person::of(&site).with("accept-language: en");
    let mut text = String::new();
    let mut note = |what: &str, reply: &crate::site::Reply| text.push_str(&format!("# {what}\n{}\n", seen(reply)));

    note("/acme/demo", &person.get("/acme/demo").await);
    note("profile, nobody logged in", &person.get("/acme/demo/profile").await);
    let state = person.begin("/acme/demo/login?return=%2Facme%2Fdemo%2Fprofile%3Ftab%3D2").await;
    note("callback", &person.come_back("zhangsan", &state).await);
    note("profile", &person.get("/acme/demo/profile?tab=2").await);
    note("login page, logged in", &person.get("/acme/demo/login").await);
    note("logout", &person.submit("/acme/demo/logout", "").await);
    assert_eq!(person.session(), None);
    note("profile, logged out", &person.get("/acme/demo/profile").await);
    let page = person.get("/acme/demo/login?out=1").await;
    assert!(seen(&page).contains("You are logged out."), "{}", seen(&page));
    expect![[r#"
        # /acme/demo
        303 → /acme/demo/profile
        # profile, nobody logged in
        303 → /acme/demo/login?return=%2Facme%2Fdemo%2Fprofile
        # callback
        303 → /acme/demo/profile?tab=2
        # profile
        200
        Acme Demo
        张
        张三
        Department: 研发部 (leads the department)
        Position: 研发总监
        Company: 示例科技 Acme Demo
        Account: zhangsan
        Logged in until:
        Not granted to this app: mobile, email, picture, gender
        [Log out]
        # login page, logged in
        303 → /acme/demo/profile
        # logout
        303 → /acme/demo/login?out=1
        # profile, logged out
        303 → /acme/demo/login?return=%2Facme%2Fdemo%2Fprofile
    "#]]
    .assert_eq(&text);
}

#[tokio::test]
async fn behind_a_proxy_that_serves_other_things_too_every_address_has_its_beginning() {
    let site = Site::set_up(Sim::demo(), apps(), Some("https://acme.test/sso"), |_| (), |_| ()).await;
    let mut person = Person::of(&site).with("accept-language: en");
    let to_login = person.get("/acme/demo/profile?tab=2").await;
    assert_eq!(seen(&to_login), "303 → /sso/acme/demo/login?return=%2Fsso%2Facme%2Fdemo%2Fprofile%3Ftab%3D2");
    // The proxy takes the beginning off.
    let state = person.begin(&to_login.header("location").unwrap()["/sso".len()..]).await;
    assert_eq!(seen(&person.come_back("zhangsan", &state).await), "303 → /sso/acme/demo/profile?tab=2");
    let page = person.get("/acme/demo/profile").await;
    assert!(seen(&page).contains("[Log out]"));
    let body = String::from_utf8(page.body).unwrap();
    assert!(body.contains("href=\"/sso/-/page.css\"") && body.contains("action=\"/sso/acme/demo/logout\""), "{body}");
}

#[tokio::test]
async fn a_cookie_calls_and_a_page_knows_who_it_is() {
    let site = Site::demo().await;
    let mut person = Person::of(&site);
    person.log_in("lisi").await;
    let ask = || Ask::post(format!("{AUTH_PATH}/currentUser"), "{}");
    let mine = person.send(ask().header("origin: https://login.acme.test")).await;
    assert_eq!(mine.data()["profile"]["name"], "李四");
    assert_eq!(site.send(&ask()).await.status, 401, "nobody");
}

#[tokio::test]
async fn a_reload_on_the_way_back_ends_where_the_first_one_did() {
    let site = Site::demo().await;
    let mut person = Person::of(&site);
    let state = person.begin("/acme/demo/login").await;
    let code = site.code("zhangsan");
    let path = super::person::callback(&code, &state);
    let mut sessions = Vec::new();
    for _ in 0..3 {
        let reply = person.get(&path).await;
        assert_eq!(seen(&reply), "303 → /acme/demo/profile");
        sessions.push(person.session().unwrap().to_owned());
    }
    assert_eq!(site.asked("/cgi-bin/auth/getuserinfo"), 1);
    sessions.dedup();
    assert_eq!(sessions.len(), 3, "no token is kept to be given out again");
    site.clock.advance(61_000);
    let late = Person::of(&site).holding(&person.cookies).get(&path).await;
    assert_eq!(late.status, 403);
}

#[tokio::test]
async fn in_the_providers_client_nothing_is_to_be_clicked() {
    let site = Site::demo().await;
    let agent = "user-agent: Mozilla/5.0 (iPhone) AppleWebKit/605 Mobile/15E148 wxwork/4.1.20 MicroMessenger/7.0.1";
    let mut person = Person::of(&site).with(agent);
    let reply = person.get("/acme/demo/login").await;
    let location = reply.header("location").unwrap();
    assert!(location.contains("/connect/oauth2/authorize?") && location.ends_with("#wechat_redirect"), "{location}");
    let state = location.split("state=").nth(1).unwrap()[..64].to_owned();
    assert_eq!(seen(&person.come_back("zhangsan", &state).await), "303 → /acme/demo/profile");
    person.submit("/acme/demo/logout", "").await;
    let out = person.get("/acme/demo/login?out=1").await;
    assert_eq!(out.status, 200, "whoever logs out is not logged in again at once: {}", seen(&out));
    assert!(seen(&out).contains("/connect/oauth2/authorize?"));
}

#[tokio::test]
async fn a_language_is_what_was_chosen_else_what_the_browser_asks_for_else_chinese() {
    let site = Site::demo().await;
    let title = |page: String| page.lines().nth(2).unwrap().to_owned();
    for (header, expected) in [("", "登录"), ("en-US,en;q=0.9", "Log in"), ("zh-CN", "登录"), ("fr", "登录")] {
        let mut person = Person::of(&site).with(&format!("accept-language: {header}"));
        let page = seen(&person.get("/acme/demo/login").await);
        assert_eq!(title(page), expected, "{header}");
    }
    let mut person = Person::of(&site).with("accept-language: en");
    let page = person.get("/acme/demo/login?lang=zh&return=%2Fx").await;
    assert_eq!(title(seen(&page)), "登录");
    assert!(String::from_utf8_lossy(&page.body).contains("href=\"?return=%2Fx&#38;lang=en\""), "and back");
    assert_eq!(title(seen(&person.get("/acme/demo/login").await)), "登录", "it lasts");
}

#[tokio::test]
async fn every_page_forbids_what_it_does_not_need() {
    let site = Site::demo().await;
    let mut person = Person::of(&site);
    let mut text = String::new();
    for path in ["/acme/demo/login", "/api/auth/qywx/callback", "/nothing/at/all", "/acme/demo/profile"] {
        let reply = person.get(path).await;
        text.push_str(&format!("{path} {}\n", reply.status));
        for name in ["content-security-policy", "cache-control", "referrer-policy", "x-content-type-options"] {
            let value = reply.header(name).unwrap_or("-");
            text.push_str(&format!("  {name}: {}\n", crate::site::without_ports(value)));
        }
    }
    expect![[r#"
        /acme/demo/login 200
          content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; frame-src http://127.0.0.1:<port>; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
          cache-control: no-store
          referrer-policy: same-origin
          x-content-type-options: nosniff
        /api/auth/qywx/callback 403
          content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; frame-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
          cache-control: no-store
          referrer-policy: same-origin
          x-content-type-options: nosniff
        /nothing/at/all 404
          content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; frame-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
          cache-control: no-store
          referrer-policy: same-origin
          x-content-type-options: nosniff
        /acme/demo/profile 303
          content-security-policy: -
          cache-control: no-store
          referrer-policy: same-origin
          x-content-type-options: nosniff
    "#]].assert_eq(&text);
}
