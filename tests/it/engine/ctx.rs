//! Every door of `Ctx`, through the engine to the store, the network and the clock.
use super::apps::{Apps, DEMO, element};
use axum::{
    Router,
    extract::{Query, Request},
    http::StatusCode,
    routing::{get, post},
};
use element::{ErrorKind, host::SystemClock};
use expect_test::{Expect, expect};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

const TOUR: &str = "greeters.services.Tour";

async fn demo() -> Apps {
    let hi = element("Hi", "greeters.PoliteType", r#"{"greeting": "Hi"}"#);
    let other = "//- /apps/other/app.json\n{\"appId\": \"acme.other\"}\n";
    let odd = element("Odd", "greeters.OddType", "{}");
    Apps::open_with(&[DEMO, &hi, &odd, other].concat(), |options| {
        options.settings = [("COLOUR".into(), "blue".into())].into();
    })
    .await
}

fn lines(value: &Value) -> String {
    value.as_array().unwrap().iter().map(|it| format!("{it}\n")).collect()
}

async fn check(method: &str, expected: Expect) {
    let apps = demo().await;
    expected.assert_eq(&lines(&apps.call(TOUR, method, json!({})).await.unwrap()));
}

#[tokio::test(start_paused = true)]
async fn records() {
    check("records", expect![[r#"
        2
        {"code":20010,"kind":"conflict","message":"book: version 1 was expected, and version 2 is there; read it again and repeat the change"}
        {"code":20010,"kind":"conflict","message":"book: no record was expected, and version 2 is there; read it again and repeat the change"}
        {"createdAt":1700000000000,"key":"a","sequence":1,"updatedAt":1700000000000,"value":{"age":31,"name":"Ann"},"version":2}
        {"next":"a","records":[{"createdAt":1700000000000,"key":"a","sequence":1,"updatedAt":1700000000000,"value":{"age":31,"name":"Ann"},"version":2}]}
        {"next":null,"records":[{"createdAt":1700000000000,"key":"b","sequence":2,"updatedAt":1700000000000,"value":{"age":31,"name":"Bob"},"version":1}]}
        2
        ["b",null]
        [true,false,null]
    "#]]).await;
}

#[tokio::test(start_paused = true)]
async fn keys() {
    check(
        "keys",
        expect![[r#"
        [false,true]
        ["v",1]
        ["v",null]
        null
        [2,1]
    "#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn leases() {
    check(
        "lease",
        expect![[r#"
        true
        1700000000000000
        true
        true
        true
    "#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn small_things() {
    check("smallThings", expect![[r#"
        true
        ["blue",null]
        ["ubUB0dhUu3GAAhWQ_wtNww",""]
        {"code":20005,"internal":"1025 random bytes are more than 1024","kind":"internal","message":"something went wrong inside; the log has the details under this request id"}
    "#]]).await;
}

#[tokio::test(start_paused = true)]
async fn calls_and_jobs() {
    let apps = demo().await;
    assert_eq!(apps.call(TOUR, "greetWith", json!({"element": "Hi", "who": "Ann"})).await.unwrap(), "Hi, Ann");
    let args = json!({"element": "Hi", "method": "add", "args": {"left": 1}, "attempts": 1});
    assert_eq!(apps.call(TOUR, "job", args).await.unwrap(), json!({"gave": 1, "attempts": 1}));
    let unknown = json!({"element": "Hi", "method": "ad", "args": {}, "attempts": 1});
    let error = apps.call(TOUR, "job", unknown).await.unwrap_err();
    expect!["`Hi` has no method `ad`; did you mean `add`?"].assert_eq(&error.message);
}

#[tokio::test(start_paused = true)]
async fn what_one_app_keeps_is_not_anothers() {
    let apps = demo().await;
    apps.call(TOUR, "records", json!({})).await.unwrap();
    let other = apps.runtime.app("acme.other").unwrap().get_element(TOUR).unwrap();
    let first = apps.runtime.app("acme.demo").unwrap().get_element(TOUR).unwrap();
    // The same from the beginning: the other app sees none of it.
    let mut of_other = other.call("records", json!({})).await.unwrap();
    let of_first = apps.runtime.store().records.count("acme.demo", "book", &BTreeMap::new()).await.unwrap();
    assert_eq!((of_first, &of_other[6]), (1, &json!(2)));
    of_other.take();
    assert_eq!(first.call("keys", json!({})).await.unwrap(), other.call("keys", json!({})).await.unwrap());
}

#[tokio::test]
async fn equal_secrets_have_equal_fingerprints_and_nothing_else_has() {
    let apps = demo().await;
    let of = async |secret: &str| apps.call(TOUR, "fingerprint", json!({"secret": secret})).await.unwrap().to_string();
    assert_eq!(of("hunter2").await, of("hunter2").await);
    assert_ne!(of("hunter2").await, of("hunter3").await);
    assert!(!of("hunter2").await.contains("hunter"));
    let elsewhere = Apps::open_with(DEMO, |options| options.random = Arc::new(element::host::SeededRandom::new(2))).await;
    let keyed = elsewhere.call(TOUR, "fingerprint", json!({"secret": "hunter2"})).await.unwrap().to_string();
    assert_ne!(keyed, of("hunter2").await, "without the key nobody can try secrets");
}

/// A server on a free port; gives its address.
async fn server() -> String {
    let echo = post(async |Query(query): Query<BTreeMap<String, String>>, request: Request| {
        let kind = request.headers()["content-type"].to_str().unwrap().to_owned();
        let body = axum::body::to_bytes(request.into_body(), 1_000).await.unwrap();
        let text = format!("{query:?} {kind} {}", String::from_utf8_lossy(&body));
        (StatusCode::IM_A_TEAPOT, [("x-seen", "yes")], text)
    });
    let router = Router::new()
        .route("/echo", echo)
        .route("/moved", get(async || (StatusCode::FOUND, [("location", "/echo")])))
        .route("/slow", get(async || std::future::pending::<()>().await))
        .route("/huge", get(async || "x".repeat(5 << 20)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

#[tokio::test]
async fn http_gives_whatever_the_other_side_answers() {
    let (apps, server) = (demo().await, server().await);
    let reply = apps.call(TOUR, "http", json!({"url": format!("{server}/echo")})).await.unwrap();
    expect![[r#"
        418
        "yes"
        "{\"q\": \"a b\"} application/json {\"x\":1}"
    "#]]
    .assert_eq(&lines(&reply));
    // A redirect is an answer: following it would carry tokens elsewhere.
    let moved = apps.call(TOUR, "fetch", json!({"url": format!("{server}/moved"), "timeoutMs": 5_000})).await;
    assert_eq!(moved.unwrap(), 302);
}

#[tokio::test]
async fn http_that_fails_says_so_without_the_query() {
    let (apps, server) = (demo().await, server().await);
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut text = String::new();
    for (url, timeout) in [
        (format!("{server}/slow"), 30),
        (format!("{server}/huge"), 5_000),
        (format!("http://{closed}/"), 5_000),
        ("no address".into(), 5_000),
    ] {
        let error = apps.call(TOUR, "fetch", json!({"url": url, "timeoutMs": timeout})).await.unwrap_err();
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        let message = error.message.replace(&closed.to_string(), "CLOSED");
        text.push_str(&format!("{:?}: {message}\n", error.kind));
        assert!(matches!(error.kind, ErrorKind::Upstream | ErrorKind::Internal));
    }
    expect![[r#"
        Upstream: `127.0.0.1` did not answer within 30 ms; try again later
        Upstream: `127.0.0.1` answered with more than 4194304 bytes
        Upstream: `127.0.0.1` cannot be reached; try again later
        Internal: something went wrong inside; the log has the details under this request id
    "#]]
    .assert_eq(&text);
}

#[tokio::test]
async fn a_runtime_over_the_systems_own_clock_tells_the_time() {
    let apps = Apps::open_with(DEMO, |options| options.clock = Arc::new(SystemClock)).await;
    assert!(apps.call(TOUR, "smallThings", json!({})).await.unwrap()[0] == true);
}
