//! Pages that say what went wrong.
use super::{Browser, Look};
use crate::site::{Site, apps};
use wecom_sim::Sim;

async fn site() -> Site {
    Site::set_up(Sim::demo(), apps(), None, |_| (), |_| ()).await
}

#[tokio::test]
async fn a_login_that_nobody_knows() {
    for (name, look) in [
        ("failure-en", Look::ENGLISH),
        ("failure-zh-dark", Look::CHINESE.dark()),
        ("failure-zh-narrow", Look::CHINESE.narrow()),
    ] {
        let site = site().await;
        let browser = Browser::open(look).await;
        browser.goto(&format!("http://{}/acme/demo/login", site.address)).await;
        browser.goto(&format!("http://{}/api/auth/qywx/callback?code=x&state=forged", site.address)).await;
        browser.see("a.button[href='/acme/demo/login']").await;
        browser.keep(name).await;
    }
}
