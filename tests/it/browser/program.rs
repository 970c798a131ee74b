//! The program as the README starts it, and what the README promises of three clicks.
use super::{Browser, FRAME, Look};
use crate::cli::program::Host;
use std::fs;
use tempfile::TempDir;

/// What the README tells to click, in its order: `**Scan …**, **张三**, **Log in**`.
fn clicks() -> Vec<String> {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let sentence = readme.split("with three clicks: ").nth(1).unwrap().split('.').next().unwrap();
    sentence.split("**").skip(1).step_by(2).map(str::to_owned).collect()
}

#[tokio::test]
async fn three_clicks_of_the_readme_log_somebody_in() {
    let data = TempDir::new().unwrap();
    let host = Host::start(data.path(), &[]);
    let [scan, member, log_in] = &clicks()[..] else { panic!("three clicks") };
    let browser = Browser::open(Look::ENGLISH).await;
    browser.goto(&format!("http://{}/acme/demo/login", host.address)).await;
    browser.enter_frame(FRAME).await;
    browser.to_new_window(async || browser.choose(scan).await).await;
    browser.choose(member).await;
    browser.choose(log_in).await;
    browser.to_first_window().await;
    browser.arrive("/acme/demo/profile").await;
    browser.read("研发部").await;
    browser.keep("program-profile").await;
    browser.choose("Log out").await;
    browser.read("You are logged out.").await;
}
