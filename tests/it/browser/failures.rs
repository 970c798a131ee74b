//! Pages that say what went wrong.
use super::{Browser, FRAME, Look, demo, page};
use crate::site::until;
use wecom_sim::{AppChange, Effect, Fault};

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

/// What somebody meets who logs in while something is wrong with the app: what to do, for that person and below it for the
/// administrator.
#[tokio::test]
async fn what_an_administrator_has_to_mend() {
    for (name, look) in LOOKS {
        let site = demo().await;
        let browser = Browser::open(look).await;
        for (code, call) in [
            (40001, "gettoken"),
            (50003, "gettoken"),
            (60020, "auth/getuserinfo"),
            (45009, "auth/getuserinfo"),
            (48002, "user/get"),
            (50001, "auth/getuserinfo"),
            (-1, "auth/getuserinfo"),
        ] {
            // Every number in one look, one number in all of them.
            if code != 60020 && name != "zh-dark" {
                continue;
            }
            // What was refused before is believed no more.
            site.clock.advance(3_600_000);
            site.sim.clear_faults();
            let fault = Effect::Errcode { code, message: Some("not allow, from ip: 203.0.113.7".into()) };
            let path = format!("/cgi-bin/{call}");
            site.sim.add_fault(Fault { path, times: 100, latency_ms: 0, effect: fault }).unwrap();
            browser.goto(&page(&site, "/acme/demo/login")).await;
            until("the QR code is shown", || !site.sim.open_qr_logins().is_empty()).await;
            let login = site.sim.open_qr_logins().swap_remove(0);
            site.sim.scan(&login.key, "zhangsan").unwrap();
            site.sim.confirm(&login.key).unwrap();
            browser.arrive("/api/auth/qywx/callback").await;
            browser.read(&code.to_string()).await;
            browser.see(".administrator h2").await;
            let console = browser.script("return document.querySelector('.administrator a')?.href ?? ''").await;
            let expected = if code == -1 { "" } else { "https://" };
            assert!(console.as_str().unwrap().starts_with(expected), "{code}: {console}");
            let text = browser.script("return document.body.innerText").await;
            assert!(!text.as_str().unwrap().contains("203.0.113.7"), "nobody's business but the operator's: {text}");
            // They are made alike: a few pictures say how.
            if [40001, 60020, 45009].contains(&code) {
                browser.keep(&format!("administrator-{code}-{name}")).await;
            }
        }
    }
}

#[tokio::test]
async fn an_address_where_nothing_is() {
    let site = demo().await;
    let browser = Browser::open(Look::ENGLISH).await;
    browser.goto(&page(&site, "/acme/nothing/login")).await;
    browser.keep("no-app").await;
}
