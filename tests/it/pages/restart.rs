//! What outlives the host: sessions, as long as their store does.
use super::{Person, person::seen};
use crate::site::{Site, apps};
use element::host::ManualClock;
use element_store::Store;
use std::sync::Arc;
use wecom_sim::Sim;

#[tokio::test]
async fn a_session_outlives_the_host() {
    // The store in memory belongs to the test and not to the host, as a database would.
    let clock = Arc::new(ManualClock::at(element::host::Clock::now(&element::host::SystemClock)));
    let store = Store::memory(Arc::<ManualClock>::clone(&clock));
    let open = async || Site::open(Sim::demo(), apps(), |options| options.store = store.clone()).await;
    let before = open().await;
    let mut person = Person::of(&before).with("accept-language: en");
    let state = person.begin("/acme/demo/login").await;
    person.log_in("zhangsan").await;
    let cookies = person.cookies.clone();
    before.runtime.clone().close().await;

    let after = open().await;
    let mut person = Person::of(&after).with("accept-language: en").holding(&cookies);
    let page = seen(&person.get("/acme/demo/profile").await);
    assert!(page.contains("张三") && page.contains("Log out"), "{page}");
    let mut person = Person::of(&after).holding(&cookies);
    assert_eq!(person.come_back("lisi", &state).await.status, 303, "and so does a login that was under way");
}
