//! What people see of edits while the host runs.
use super::{Browser, FRAME, Look};
use crate::cli::live::Edited;

/// The address of the QR code that the login page shows.
async fn qr(browser: &Browser, page: &str) -> String {
    browser.goto(page).await;
    browser.see(FRAME).await;
    browser.script("return document.querySelector('#place iframe').src").await.as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_login_page_follows_the_config_and_a_mistake_in_it_hurts_nobody() {
    let mut it = Edited::start();
    let browser = Browser::open(Look::ENGLISH).await;
    let page = format!("http://{}/acme/demo/login", it.host.address);
    assert!(qr(&browser, &page).await.contains("agentid=1000002"));

    it.edit(r#""agentId": "1000002""#, r#""agentId": "1000003""#, "is edited");
    assert!(qr(&browser, &page).await.contains("agentid=1000003"), "the new agent, without a restart");

    it.edit("1000003", "1000003,\n  oops", "is stale");
    assert!(qr(&browser, &page).await.contains("agentid=1000003"), "the last good one");
    browser.enter_frame(FRAME).await;
    browser.see("#qr").await;
    browser.leave_frame().await;
    browser.keep("stale-login").await;
    let status = it.ask(&["status"]);
    assert!(status.contains("stale, generation 2 serves") && status.contains("QywxInnerExample.json:5:"), "{status}");

    it.edit("1000003,\n  oops", "1000002", "is in service again");
    assert!(qr(&browser, &page).await.contains("agentid=1000002"));
    assert!(!it.ask(&["status"]).contains("stale"));
}
