//! The memory engine obeys every rule.
use element_store::{Store, conformance};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_obeys_every_rule() {
    conformance::run(1000, |clock| async { Store::memory(clock) }).await;
}

/// The suite itself: an engine that breaks a rule is named with the rule.
#[tokio::test]
async fn a_broken_rule_is_named() {
    let clock = std::sync::Arc::new(element::host::ManualClock::at(conformance::START));
    let store = Store::memory(clock.clone());
    // Not empty: the case finds a record that it did not put there.
    let write = element::host::Write { value: 1.into(), ..Default::default() };
    store.records.put("a", "c", "k", write).await.unwrap();
    let case = conformance::CASES.iter().find(|it| it.name == "records::put_get_delete").unwrap();
    let wrong = case.run(conformance::Subject { store, clock, crowd: 1 }).await.unwrap_err();
    assert!(wrong.starts_with("records::put_get_delete: "), "{wrong}");
}
