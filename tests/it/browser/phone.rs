//! The simulator's own pages: the phone, and what is simulated with all that happens to it.
use super::{Browser, FRAME, Look, demo, page, scan};

#[tokio::test]
async fn somebody_out_of_range_is_told_so_on_the_phone() {
    for (name, look) in [("en", Look::ENGLISH), ("zh-narrow-dark", Look::CHINESE.narrow().dark())] {
        let site = demo().await;
        let browser = Browser::open(look).await;
        browser.goto(&page(&site, "/acme/demo/login")).await;
        scan(&browser, "outsider").await;
        browser.keep(&format!("phone-not-in-range-{name}")).await;
        browser.to_first_window().await;
        browser.enter_frame(FRAME).await;
        browser.see("#login[data-status=QRCODE_SCAN_NEVER]").await;
    }
}

#[tokio::test]
async fn the_phone_shows_what_there_is_to_scan() {
    let site = demo().await;
    let browser = Browser::open(Look::ENGLISH).await;
    let phone = format!("http://{}/sim/phone", site.wecom);
    browser.goto(&phone).await;
    browser.keep("phone-nothing").await;
    browser.goto(&page(&site, "/acme/demo/login")).await;
    browser.enter_frame(FRAME).await;
    browser.see("#qr").await;
    browser.goto(&phone).await;
    browser.keep("phone-list").await;
    browser.click("a.person").await;
    browser.see("button[value=zhangsan]").await;
    browser.keep("phone-members").await;
}

#[tokio::test]
async fn the_simulator_shows_what_happens_while_one_looks() {
    let narrow = Look { width: 360, ..Look::ENGLISH.narrow() };
    for (name, look) in [("en", Look::ENGLISH), ("zh-dark", Look::CHINESE.dark()), ("en-narrow", narrow)] {
        let site = demo().await;
        let browser = Browser::open(look).await;
        browser.goto(&format!("http://{}/", site.wecom)).await;
        browser.read(" UTC").await;
        browser.keep(&format!("sim-home-{name}")).await;
        site.log_in("zhangsan").await;
        browser.read("/cgi-bin/auth/getuserinfo").await;
        browser.see("#tokens td").await;
        // A click on a call shows all of it.
        browser.click("#calls .call button").await;
        browser.see("#calls [aria-expanded='true']").await;
        browser.read("\"unixMs\"").await;
        // A code for a member, and how to use it.
        browser.see("#member").await.send_keys("lisi").await.unwrap();
        browser.click("#code button").await;
        browser.read("/cgi-bin/auth/getuserinfo?access_token=$token&code=").await;
        browser.see("#codes td").await;
        browser.keep(&format!("sim-journal-{name}")).await;
        let width = browser.script("return document.documentElement.scrollWidth").await;
        assert_eq!(width, look.width, "{name}: nothing stands out at the side");
    }
}
