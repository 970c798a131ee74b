//! What people see, in a real browser. Each case keeps a picture in `target/screenshots`, and everybody can use what is
//! on it: axe-core finds no fault.
mod choice;
mod driver;
mod edits;
mod failures;
mod login;
mod own_page;
mod phone;
mod program;

pub(crate) use driver::{Browser, Look};

use crate::site::{Site, apps};
use wecom_sim::Sim;

/// The repository's own apps, reached as browsers reach them.
async fn demo() -> Site {
    Site::set_up(Sim::demo(), apps(), None, |_| (), |_| ()).await
}

/// The address of a page of the host.
fn page(site: &Site, path: &str) -> String {
    format!("http://{}{path}", site.address)
}

/// The frame with the QR code.
const FRAME: &str = "#place iframe";

/// On the login page: opens the simulated phone beside it, and scans as this member.
async fn scan(browser: &Browser, member: &str) {
    browser.enter_frame(FRAME).await;
    browser.to_new_window(async || browser.click("#phone").await).await;
    browser.click(&format!("button[value='{member}']")).await;
}
