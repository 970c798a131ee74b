//! Pages that say what went wrong.
use super::{Browser, FRAME, Look, demo, page};
use wecom_sim::AppChange;

const LOOKS: [(&str, Look); 3] =
    [("en", Look::ENGLISH), ("zh-dark", Look::CHINESE.dark()), ("zh-narrow", Look::CHINESE.narrow())];

#[tokio::test]
async fn a_login_that_nobody_knows() {
    for (name, look) in LOOKS {
        let site = demo().await;
        let browser = Browser::open(look).await;
        browser.goto(&page(&site, "/acme/demo/login")).await;
        browser.goto(&page(&site, "/api/auth/qywx/callback?code=x&state=forged")).await;
        browser.see("a.button[href='/acme/demo/login']").await;
        browser.keep(&format!("state-forged-{name}")).await;
    }
}

#[tokio::test]
async fn a_member_out_of_range() {
    const AGENT: &str = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Mobile wxwork/4.1.36 MicroMessenger/7.0.1";
    for (name, look) in LOOKS {
        let site = demo().await;
        let browser = Browser::open(Look { agent: Some(AGENT), ..look }).await;
        browser.goto(&page(&site, "/acme/demo/login")).await;
        browser.click("button[value=outsider]").await;
        browser.arrive("/api/auth/qywx/callback").await;
        browser.read("60011").await;
        browser.keep(&format!("not-in-range-{name}")).await;
    }
}

#[tokio::test]
async fn a_domain_that_is_not_registered() {
    let site = demo().await;
    let domains = AppChange { redirect_domains: Some(vec!["login.acme.example".into()]), ..AppChange::default() };
    site.sim.change_app("ww5a1d0e0f1a2b3c4d", 1_000_002, domains).unwrap();
    for (name, look) in LOOKS {
        let browser = Browser::open(look).await;
        browser.goto(&page(&site, "/acme/demo/login")).await;
        browser.enter_frame(FRAME).await;
        browser.read("redirect_uri 与配置的授权完成回调域名不一致").await;
        browser.keep(&format!("domain-not-registered-{name}")).await;
        browser.leave_frame().await;
        browser.picture(&format!("login-domain-not-registered-{name}")).await;
    }
}

#[tokio::test]
async fn an_address_where_nothing_is() {
    let site = demo().await;
    let browser = Browser::open(Look::ENGLISH).await;
    browser.goto(&page(&site, "/acme/nothing/login")).await;
    browser.keep("no-app").await;
}
