//! Logging in, from the QR code to the profile and out.
use super::{Browser, FRAME, Look, demo, page, scan};
use std::time::Duration;

const LOOKS: [(&str, Look); 4] = [
    ("en", Look::ENGLISH),
    ("zh-dark", Look::CHINESE.dark()),
    ("en-narrow", Look::ENGLISH.narrow()),
    ("zh-narrow-dark", Look::CHINESE.narrow().dark()),
];

#[tokio::test]
async fn three_clicks_lead_from_the_qr_code_to_the_profile() {
    for (name, look) in LOOKS {
        let site = demo().await;
        let browser = Browser::open(look).await;
        browser.goto(&page(&site, "/acme/demo/login")).await;
        browser.see("#countdown").await;
        browser.enter_frame(FRAME).await;
        browser.see("#qr").await;
        browser.keep(&format!("qr-{name}")).await;
        browser.leave_frame().await;
        browser.keep(&format!("login-{name}")).await;

        scan(&browser, "zhangsan").await;
        browser.see("#confirm").await;
        browser.keep(&format!("phone-{name}")).await;
        browser.click("#confirm").await;
        browser.see("#ended").await;
        browser.to_first_window().await;

        browser.arrive("/acme/demo/profile").await;
        browser.read("张三").await;
        browser.read("研发部").await;
        browser.see("time[datetime]").await;
        browser.keep(&format!("profile-{name}")).await;
        let session = |all: Vec<(String, String)>| all.into_iter().any(|(name, _)| name.contains("session"));
        assert!(session(browser.cookies().await));
        assert_eq!(browser.script("return document.cookie").await, "", "no script reads a cookie");

        browser.click("form button").await;
        browser.arrive("/acme/demo/login?out=1").await;
        browser.see("[role=status].notice").await;
        browser.keep(&format!("logged-out-{name}")).await;
        assert!(!session(browser.cookies().await));
    }
}

#[tokio::test]
async fn whoever_refuses_on_the_phone_is_told_what_to_do_next() {
    for (name, look) in [("en", Look::ENGLISH), ("zh-narrow", Look::CHINESE.narrow())] {
        let site = demo().await;
        let browser = Browser::open(look).await;
        browser.goto(&page(&site, "/acme/demo/login?return=%2Facme%2Fdemo%2Fprofile")).await;
        scan(&browser, "lisi").await;
        browser.click("#refuse").await;
        browser.see("#ended").await;
        browser.to_first_window().await;
        browser.arrive("/api/auth/qywx/callback").await;
        browser.see("a.button[href*='/acme/demo/login?return=']").await;
        browser.keep(&format!("refused-{name}")).await;
        browser.click("a.button").await;
        browser.see(FRAME).await;
    }
}

#[tokio::test]
async fn a_qr_code_that_expired_is_refreshed_in_place() {
    let site = demo().await;
    let browser = Browser::open(Look::CHINESE).await;
    browser.goto(&page(&site, "/acme/demo/login")).await;
    browser.enter_frame(FRAME).await;
    browser.see("#qr").await;
    site.sim.advance(Duration::from_secs(300));
    browser.see("#refresh").await;
    browser.keep("qr-expired").await;
    browser.leave_frame().await;
    browser.picture("login-qr-expired").await;
    browser.enter_frame(FRAME).await;
    browser.click("#refresh").await;
    browser.see("#login[data-status=QRCODE_SCAN_NEVER]").await;
    browser.leave_frame().await;
    scan(&browser, "zhangsan").await;
    browser.click("#confirm").await;
    browser.see("#ended").await;
    browser.to_first_window().await;
    browser.arrive("/acme/demo/profile").await;
}

#[tokio::test]
async fn a_login_that_expired_offers_a_new_one() {
    for (name, look) in [("en", Look::ENGLISH), ("zh-dark", Look::CHINESE.dark())] {
        let site = demo().await;
        let browser = Browser::open(look).await;
        browser.goto(&page(&site, "/acme/demo/login")).await;
        browser.see(FRAME).await;
        // The page's own clock; nobody waits ten minutes for a test.
        browser.script("const real = Date.now; Date.now = () => real() + 600000;").await;
        browser.see("#over a").await;
        browser.keep(&format!("login-expired-{name}")).await;
        browser.click("#over a").await;
        browser.see(FRAME).await;
        browser.see("#countdown").await;
    }
}

#[tokio::test]
async fn in_wecoms_own_client_a_login_is_silent() {
    const AGENT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 \
                         wxwork/4.1.36 MicroMessenger/7.0.1 Language/zh";
    let site = demo().await;
    let browser = Browser::open(Look { agent: Some(AGENT), ..Look::CHINESE.narrow() }).await;
    browser.goto(&page(&site, "/acme/demo/profile")).await;
    // The simulated client asks once whose it is.
    browser.see("button[value=zhangsan]").await;
    browser.keep("client-whose").await;
    browser.click("button[value=zhangsan]").await;
    browser.arrive("/acme/demo/profile").await;
    browser.keep("client-profile").await;
    browser.click("form button").await;
    browser.arrive("out=1").await;
    browser.keep("client-logged-out").await;
    browser.click("a.button").await;
    browser.arrive("/acme/demo/profile").await;
}

#[tokio::test]
async fn without_scripts_a_link_leads_to_the_providers_page() {
    let site = demo().await;
    let browser = Browser::open(Look { scripts: false, ..Look::ENGLISH }).await;
    browser.goto(&page(&site, "/acme/demo/login")).await;
    browser.picture("login-without-scripts").await;
    let link = browser.see("#open").await;
    assert_eq!(link.text().await.unwrap(), "Open the page with the QR code");
    link.click().await.unwrap();
    browser.arrive("/wwlogin/sso/login").await;
    let [login] = &site.sim.open_qr_logins()[..] else { panic!("one QR code is shown") };
    site.sim.scan(&login.key, "zhangsan").unwrap();
    site.sim.confirm(&login.key).unwrap();
}

#[tokio::test]
async fn a_provider_that_cannot_be_reached_leaves_a_way() {
    let browser = Browser::open(Look::ENGLISH).await;
    // Nothing listens where the frame's page should be.
    let settings = |options: &mut element_engine::Options| {
        for address in options.settings.values_mut() {
            *address = "http://127.0.0.1:9".into();
        }
    };
    let site = crate::site::Site::set_up(wecom_sim::Sim::demo(), crate::site::apps(), None, settings, |_| ()).await;
    browser.goto(&page(&site, "/acme/demo/login")).await;
    browser.see("#no-frame").await;
    browser.keep("login-no-frame").await;
}

#[tokio::test]
async fn a_second_window_brings_the_first_one_along() {
    let site = demo().await;
    let browser = Browser::open(Look::ENGLISH).await;
    browser.goto(&page(&site, "/acme/demo/login")).await;
    browser.to_new_window(async || browser.click("#open").await).await;
    browser.arrive("/wwlogin/sso/login").await;
    browser.keep("qr-own-window").await;
    let logins = site.sim.open_qr_logins();
    let login = logins.first().unwrap();
    site.sim.scan(&login.key, "zhangsan").unwrap();
    site.sim.confirm(&login.key).unwrap();
    browser.arrive("/acme/demo/profile").await;
    browser.to_first_window().await;
    browser.arrive("/acme/demo/profile").await;
}
