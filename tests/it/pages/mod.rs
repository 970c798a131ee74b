//! The host's pages as a browser without scripts meets them.
mod attacks;
mod choice;
mod flow;
mod known;
mod limits;
mod mistakes;
mod organisation;
mod other_sites;
mod person;
mod refusals;
mod restart;
mod sessions;

pub(crate) use choice::TWO_COMPANIES;
pub(crate) use organisation::MANY_COMPANIES;
pub(crate) use person::{Person, seen};

use crate::site::{Reply, Site};
use expect_test::Expect;

/// What somebody reads in both languages, after `act` in a browser that has just opened the login page.
pub(crate) async fn check(act: impl AsyncFn(&Site, &mut Person<'_>, &str) -> Reply, expected: Expect) {
    let read = async |language: &str| {
        let site = Site::demo().await;
        let mut person = Person::of(&site).with(&format!("accept-language: {language}"));
        let state = person.begin("/acme/demo/login?return=%2Forders").await;
        let reply = act(&site, &mut person, &state).await;
        assert_eq!(person.session(), None, "nobody is logged in");
        seen(&reply)
    };
    let (english, chinese) = tokio::join!(read("en"), read("zh"));
    expected.assert_eq(&format!("{english}\n{chinese}\n"));
}
