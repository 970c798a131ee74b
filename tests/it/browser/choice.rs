//! Pages on which something is chosen: the company, and what WeCom may tell.
use super::{Browser, Look, demo, page};
use crate::{
    pages::{MANY_COMPANIES, TWO_COMPANIES},
    site::Site,
};
use element_engine::MemoryFiles;
use std::sync::Arc;
use wecom_sim::Sim;

const LOOKS: [(&str, Look); 2] = [("en", Look::ENGLISH), ("zh-narrow-dark", Look::CHINESE.narrow().dark())];

#[tokio::test]
async fn a_company_is_chosen_with_the_keyboard() {
    for (name, look) in LOOKS {
        let files = Arc::new(MemoryFiles::parse(TWO_COMPANIES));
        let site = Site::set_up(Sim::demo(), "/apps", None, |options| options.files = files, |_| ()).await;
        let browser = Browser::open(look).await;
        browser.goto(&page(&site, "/acme/demo/login?way=logins.Two")).await;
        let state = browser.see("#open").await.attr("href").await.unwrap().unwrap();
        browser.keep(&format!("ways-{name}")).await;
        let state = state.split("state=").nth(1).unwrap()[..64].to_owned();
        browser.goto(&page(&site, &format!("/api/auth/qywx/callback?code=c&state={state}"))).await;
        browser.see("button[name=corp]").await;
        browser.keep(&format!("choose-company-{name}")).await;
        // One step to the first company, another one to the second.
        browser.press("\u{e004}\u{e004}\u{e007}").await;
        browser.arrive("/acme/demo/profile").await;
        browser.read("<script>alert(1)</script>").await;
    }
}

#[tokio::test]
async fn an_organisation_code_is_typed_at_once() {
    for (name, look) in LOOKS {
        let files = Arc::new(MemoryFiles::parse(MANY_COMPANIES));
        let site = Site::set_up(Sim::demo(), "/apps", None, |options| options.files = files, |_| ()).await;
        let browser = Browser::open(look).await;
        browser.goto(&page(&site, "/acme/demo/login?return=%2Facme%2Fdemo")).await;
        browser.see("#org:focus").await;
        browser.keep(&format!("organisation-{name}")).await;
        browser.press("acne\u{e007}").await;
        browser.see("#org[value=acne][aria-invalid]:focus").await;
        browser.keep(&format!("organisation-unknown-{name}")).await;
        // Behind what stands there: one letter back, and the right ones.
        browser.press("\u{e010}\u{e003}\u{e003}me\u{e007}").await;
        browser.see("#open[href^='https://idp.test/login?state=']").await;
        // The next time it stands there.
        browser.goto(&page(&site, "/acme/demo/login")).await;
        browser.see("#org[value=acme]").await;
    }
}

#[tokio::test]
async fn consent_is_given_field_by_field() {
    const AGENT: &str = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Mobile wxwork/4.1.36 MicroMessenger/7.0.1";
    for (name, look) in LOOKS {
        let site = demo().await;
        let browser = Browser::open(Look { agent: Some(AGENT), ..look }).await;
        let back = page(&site, "/acme/nothing").replace(':', "%3A").replace('/', "%2F");
        browser
            .goto(&format!(
                "http://{}/connect/oauth2/authorize?appid=ww5a1d0e0f1a2b3c4d&redirect_uri={back}&response_type=code\
                 &scope=snsapi_privateinfo&state=abc&agentid=1000002#wechat_redirect",
                site.wecom
            ))
            .await;
        browser.click("button[value=zhangsan]").await;
        browser.click("input[value=mobile]").await;
        browser.keep(&format!("consent-{name}")).await;
        browser.click("#agree").await;
        browser.arrive("/acme/nothing?code=").await;
    }
}
