//! Servers that go away and come back.
use super::{
    empty, open,
    servers::{postgres, redis},
    until,
};
use element::{
    ErrorKind, Expect,
    host::{AskLease, SetKey, SystemClock, Write},
};
use element_store::{Condition, Store};
use serde_json::json;
use std::{process::Command, sync::Arc};
use tempfile::TempDir;

async fn is(store: &Store, wanted: fn(&Condition) -> bool) {
    let mut condition = store.condition();
    let found = tokio::time::timeout(std::time::Duration::from_secs(60), condition.wait_for(wanted)).await;
    assert!(found.is_ok(), "the store is still {:?}", store.condition().borrow());
}

fn away(it: &Condition) -> bool {
    matches!(it, Condition::Away(_))
}

fn ready(it: &Condition) -> bool {
    *it == Condition::Ready
}

fn write(n: u64) -> Write {
    Write { value: json!(n), expect: Expect::Absent, ..Write::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_not_there_yet_is_waited_for() {
    let mut server = postgres();
    server.kill();
    let address = format!("postgres://element:hunter2@127.0.0.1:{}/element", server.port);
    let store = open(&address, None, Arc::new(SystemClock)).await.unwrap();
    assert!(away(&store.condition().borrow()) && store.trouble().is_some());
    let error = store.records.put("a", "c", "k", write(1)).await.unwrap_err();
    assert_eq!((error.kind, error.code), (ErrorKind::Unavailable, element::code::UNAVAILABLE));
    assert_eq!(store.jobs.lease(None, 1000).await.unwrap_err().kind, ErrorKind::Unavailable);
    assert_eq!(store.keys.get("s", "k").await.unwrap_err().kind, ErrorKind::Unavailable);
    server.start();
    is(&store, ready).await;
    assert_eq!(store.records.put("a", "c", "k", write(1)).await, Ok(1));
}

/// Killed in the middle of writes, as by a machine that loses its power: what was acknowledged is there, and the same store
/// goes on with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_goes_away_comes_back_with_everything() {
    let mut server = postgres();
    let address = format!("postgres://element:hunter2@127.0.0.1:{}/element", server.port);
    let store = open(&address, None, Arc::new(SystemClock)).await.unwrap();
    let writer = tokio::spawn({
        let records = store.records.clone();
        async move {
            let mut acknowledged = 0;
            loop {
                match records.put("a", "c", &acknowledged.to_string(), write(acknowledged)).await {
                    Ok(_) => acknowledged += 1,
                    Err(e) => return (acknowledged, e),
                }
            }
        }
    });
    let records = store.records.clone();
    until("something was written", async || records.count("a", "c", &Default::default()).await.unwrap_or(0) > 100).await;
    server.kill();
    let (acknowledged, error) = writer.await.unwrap();
    assert_eq!(error.kind, ErrorKind::Unavailable, "{} ({})", error.message, error.internal);
    assert!(!error.message.contains("127.0.0.1") && !error.message.contains("hunter2"), "{}", error.message);
    is(&store, away).await;
    assert_eq!(store.records.get("a", "c", "0").await.unwrap_err().kind, ErrorKind::Unavailable);

    server.start();
    is(&store, ready).await;
    let found = store.records.count("a", "c", &Default::default()).await.unwrap();
    assert!(found == acknowledged || found == acknowledged + 1, "{acknowledged} were acknowledged, {found} are there");
    assert_eq!(store.records.put("a", "c", "more", write(1)).await, Ok(1));
}

/// Restarted without its memory: nobody has a lease twice with a smaller number, and what was there for a while is not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_forgot_everything_goes_on() {
    let mut server = redis();
    let address = format!("redis://127.0.0.1:{}", server.port);
    let store = open("memory", Some(&address), Arc::new(SystemClock)).await.unwrap();
    let keys = &store.keys;
    let lease = || keys.lease("s", "l", AskLease { ttl_ms: 60_000, wait_ms: 0 });
    keys.set("s", "k", SetKey { value: json!(1), ttl_ms: 60_000, ..SetKey::default() }).await.unwrap();
    let first = lease().await.unwrap().unwrap().fence;
    empty(&server);
    let second = lease().await.unwrap().unwrap().fence;
    assert!(second > first, "{second} after {first}");
    assert_eq!(keys.get("s", "k").await, Ok(None));

    server.kill();
    assert_eq!(keys.get("s", "k").await.unwrap_err().kind, ErrorKind::Unavailable);
    assert_eq!(lease().await.unwrap_err().kind, ErrorKind::Unavailable);
    is(&store, away).await;
    server.start();
    is(&store, ready).await;
    let third = lease().await.unwrap().unwrap().fence;
    assert!(third > second, "{third} after {second}");
}

/// Records can be used while Redis is not there yet, and one that will not have us is not asked for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_is_not_there_yet_keeps_nobody_from_records() {
    let (mut server, folder) = (redis(), TempDir::new().unwrap());
    server.kill();
    let (file, address) =
        (format!("sqlite:{}", folder.path().join("element.db").display()), format!("redis://127.0.0.1:{}", server.port));
    let store = open(&file, Some(&address), Arc::new(SystemClock)).await.unwrap();
    assert!(away(&store.condition().borrow()));
    assert_eq!(store.records.put("a", "c", "k", write(1)).await, Ok(1));
    assert_eq!(store.keys.get("s", "k").await.unwrap_err().kind, ErrorKind::Unavailable);
    server.start();
    is(&store, ready).await;
    assert_eq!(store.keys.get("s", "k").await, Ok(None));

    let said =
        Command::new("redis-cli").args(["-p", &server.port.to_string(), "CONFIG", "SET", "requirepass", "hunter2"]).output();
    assert!(said.unwrap().status.success());
    let told = open(&file, Some(&address), Arc::new(SystemClock)).await.unwrap_err();
    assert!(
        told.contains(": its cache `redis://127.0.0.1:")
            && told.contains("Redis will not have us")
            && !told.contains("hunter2"),
        "{told}"
    );
    let with_password = address.replace("redis://", "redis://:hunter2@");
    open(&file, Some(&with_password), Arc::new(SystemClock)).await.unwrap();
}
