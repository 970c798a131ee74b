//! `start` and `stop`: once each, and nothing is called outside of them.
use super::{
    apps::{Apps, DEMO, element, until},
    greeters::journal,
    show::diagnostics,
};
use expect_test::expect;
use serde_json::json;

fn holder(id: &str, label: &str) -> String {
    format!(r#"{{"id": "{id}", "label": "{label}"}}"#)
}

const HI: &str = "/apps/demo/Hi/Hi.json";

async fn demo(config: &str) -> Apps {
    Apps::open(&[DEMO, &element("Hi", "greeters.HolderType", config)].concat()).await
}

#[tokio::test(start_paused = true)]
async fn they_run_once() {
    let id = "they_run_once";
    let apps = demo(&holder(id, "a")).await;
    for _ in 0..3 {
        apps.runtime.reload().await;
    }
    assert_eq!(journal(id), ["a starts"]);
    apps.edit(HI, holder(id, "b")).await;
    until("the old one has stopped", || journal(id).len() == 3).await;
    assert_eq!(journal(id), ["a starts", "b starts", "a stops"]);
    apps.files.remove("/apps/demo/Hi/e.json");
    apps.runtime.reload().await;
    until("the new one has stopped", || journal(id).len() == 4).await;
    apps.runtime.close().await;
    assert_eq!(journal(id), ["a starts", "b starts", "a stops", "b stops"]);
}

#[tokio::test(start_paused = true)]
async fn stop_waits_for_the_last_call() {
    let id = "stop_waits_for_the_last_call";
    let apps = demo(&holder(id, "a")).await;
    let held = apps.get("Hi").unwrap();
    let call = tokio::spawn(async move { held.call("work", json!({"ms": 5_000})).await });
    until("it works", || journal(id).len() == 2).await;
    apps.edit(HI, holder(id, "b")).await;
    apps.runtime.reload().await;
    assert_eq!(apps.call("Hi", "greet", json!({})).await.unwrap(), "Holding b");
    assert_eq!(journal(id), ["a starts", "a works", "b starts"]);
    assert_eq!(call.await.unwrap().unwrap(), "a");
    until("it stops", || journal(id).len() == 5).await;
    assert_eq!(journal(id)[3..], ["a worked", "a stops"]);
}

#[tokio::test(start_paused = true)]
async fn closing_waits_for_calls_under_way_and_for_stops() {
    let id = "closing_waits_for_calls_under_way_and_for_stops";
    let apps = demo(&holder(id, "a")).await;
    let held = apps.get("Hi").unwrap();
    let call = tokio::spawn(async move { held.call("work", json!({"ms": 5_000})).await });
    until("it works", || journal(id).len() == 2).await;
    apps.runtime.close().await;
    assert_eq!(journal(id), ["a starts", "a works", "a worked", "a stops"]);
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn one_that_does_not_start_is_told_and_never_stops() {
    let id = "one_that_does_not_start_is_told_and_never_stops";
    let apps = demo(&format!(r#"{{"id": "{id}", "wrong": "startFails"}}"#)).await;
    let first = diagnostics(&apps.runtime.snapshot());
    let panics = apps.edit(HI, format!(r#"{{"id": "{id}", "wrong": "startPanics"}}"#)).await;
    assert!(apps.get("Hi").is_err());
    apps.edit(HI, holder(id, "good")).await;
    let stale = apps.edit(HI, format!(r#"{{"id": "{id}", "wrong": "startFails"}}"#)).await;
    assert_eq!(diagnostics(&stale), first);
    // Whoever holds what was in service holds its elements.
    drop(stale);
    assert_eq!(apps.call("Hi", "greet", json!({})).await.unwrap(), "Holding good");
    apps.runtime.close().await;
    assert_eq!(journal(id), ["good starts", "good stops"]);
    expect![[r#"
        demo/Hi/Hi.json: error[start-failed]: it does not start: the door is locked
        demo/Hi/Hi.json: error[start-failed]: it does not start: something went wrong inside the Type, and the log has the details
    "#]].assert_eq(&(first + &diagnostics(&panics)));
}

#[tokio::test]
async fn a_stop_that_panics_disturbs_nobody() {
    let id = "a_stop_that_panics_disturbs_nobody";
    let apps = demo(&format!(r#"{{"id": "{id}", "wrong": "stopPanics"}}"#)).await;
    apps.edit(HI, holder(id, "b")).await;
    assert_eq!(apps.call("Hi", "greet", json!({})).await.unwrap(), "Holding b");
    apps.runtime.close().await;
    let mut all = journal(id);
    all.sort();
    assert_eq!(all, ["b starts", "b stops", "starts", "stops"]);
}

#[tokio::test(start_paused = true)]
async fn whoever_only_looks_starts_nothing() {
    let id = "whoever_only_looks_starts_nothing";
    let text = [DEMO, &element("Hi", "greeters.HolderType", &holder(id, "a"))].concat();
    let apps = Apps::open_with(&text, |options| options.only_look = true).await;
    assert!(apps.get("Hi").is_ok());
    apps.runtime.close().await;
    assert!(journal(id).is_empty(), "{:?}", journal(id));
}
