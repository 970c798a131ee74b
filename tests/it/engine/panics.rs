//! A panic is the error of one call, and what it says stays inside.
use super::apps::{Apps, DEMO, element};
use element::{ErrorKind, code};
use serde_json::json;

#[tokio::test]
async fn a_panic_is_an_error_of_that_call_alone() {
    let apps = Apps::open(&[DEMO, &element("Odd", "greeters.OddType", "{}")].concat()).await;
    for (method, inside) in [
        ("panicAtOnce", "over the pin 4711"),
        ("panicLater", "over the pin 4711"),
        ("panicky", "over the pin 4711"),
        ("panicWithANumber", ""),
    ] {
        for relayed in [false, true] {
            let answer = if relayed {
                apps.call("Odd", "relay", json!({"element": "Odd", "method": method})).await
            } else {
                apps.call("Odd", method, json!({})).await
            };
            let error = answer.unwrap_err();
            assert_eq!((error.kind, error.code), (ErrorKind::Internal, code::UNCAUGHT), "{method}");
            assert!(!error.message.contains("4711") && error.internal.contains(inside), "{method}: {error:?}");
            assert!(error.internal.starts_with("it panicked"), "{method}: {error:?}");
            assert_eq!(apps.call("Odd", "greet", json!({})).await.unwrap(), "Odd");
        }
    }
}
