//! Calls that take too long, under time that stands still and moves at once when all wait.
use super::apps::{Apps, DEMO, element};
use element::{
    Caller, ErrorKind, code,
    host::{Form, Input, Output},
};
use element_engine::{DEADLINE, Invocation};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

async fn demo() -> Apps {
    Apps::open(&[DEMO, &element("A", "greeters.OddType", "{}"), &element("B", "greeters.OddType", "{}")].concat()).await
}

async fn invoke(apps: &Apps, method: &str, args: Value, invocation: Invocation) -> element::Result<Value> {
    apps.get("A")?.invoke(method, Input::Value(&args), Form::Value, invocation).await.and_then(Output::into_value)
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_ever_ends_with_its_time() {
    let apps = demo().await;
    for (timeout, expected) in [(None, DEADLINE), (Some(5_000), Duration::from_secs(5)), (Some(0), Duration::ZERO)] {
        let invocation = match timeout {
            None => Invocation::default(),
            Some(ms) => Invocation { timeout: Some(Duration::from_millis(ms)), ..Invocation::default() },
        };
        let begin = Instant::now();
        let error = invoke(&apps, "waitForEver", json!({}), invocation).await.unwrap_err();
        assert_eq!((error.kind, error.code), (ErrorKind::Timeout, code::TIMED_OUT));
        assert!(begin.elapsed() - expected < Duration::from_millis(10), "{:?}", begin.elapsed());
    }
    apps.call("A", "greet", json!({})).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn without_a_deadline_a_call_waits() {
    let apps = demo().await;
    let invocation = Invocation { timeout: None, ..Invocation::default() };
    let day = Duration::from_secs(24 * 60 * 60);
    let waiting = tokio::time::timeout(day, invoke(&apps, "waitForEver", json!({}), invocation));
    assert!(waiting.await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_call_from_within_keeps_deadline_caller_and_request() {
    let apps = demo().await;
    let args = json!({"element": "B", "method": "relay", "args": {"element": "A", "method": "callParts"}});
    let invocation =
        Invocation { caller: Caller::Admin, request_id: "r-1".into(), timeout: Some(Duration::from_secs(7)), browser: None };
    let own = invoke(&apps, "callParts", json!({}), invocation.clone()).await.unwrap();
    let inner = invoke(&apps, "relay", args, invocation.clone()).await.unwrap();
    assert_eq!(own["caller"], "admin");
    for key in ["app", "deadline", "requestId", "element"] {
        assert_eq!(own[key], inner[key], "{key}");
    }
    let through = |name: &str, on_behalf_of| Caller::Element { name: name.into(), on_behalf_of: Arc::new(on_behalf_of) };
    let chain: Caller = serde_json::from_value(inner["caller"].clone()).unwrap();
    assert_eq!(chain, through("B", through("A", Caller::Admin)));
    // The inner call ends when the outer one has to.
    let begin = Instant::now();
    let error = invoke(&apps, "relay", json!({"element": "B", "method": "waitForEver"}), invocation).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout);
    assert_eq!(begin.elapsed().as_secs(), 7);
}

#[tokio::test]
async fn a_request_without_an_id_gets_one() {
    let apps = demo().await;
    let first = apps.call("A", "callParts", json!({})).await.unwrap();
    let second = apps.call("A", "callParts", json!({})).await.unwrap();
    assert!(first["requestId"].as_str().is_some_and(|it| it.len() == 32));
    assert_ne!(first["requestId"], second["requestId"]);
    assert_eq!(first["caller"], "operator");
}

/// A call that ends in the middle, by its deadline or because nobody waits for it any more, holds up nobody.
#[tokio::test(start_paused = true)]
async fn leases_end_with_the_call_that_took_them() {
    let apps = demo().await;
    let one_second = || Invocation { timeout: Some(Duration::from_secs(1)), ..Invocation::default() };
    invoke(&apps, "holdForEver", json!({}), one_second()).await.unwrap_err();
    freed(&apps).await;
    let args = json!({});
    let given_up = tokio::time::timeout(Duration::from_secs(1), apps.call("A", "holdForEver", args)).await;
    assert!(given_up.is_err());
    freed(&apps).await;
}

async fn freed(apps: &Apps) {
    let wait = async {
        while invoke(apps, "isFree", json!({}), Invocation::default()).await.unwrap() != true {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), wait).await.expect("somebody else gets the lease");
}
