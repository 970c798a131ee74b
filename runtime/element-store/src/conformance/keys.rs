//! The rules of ephemeral keys.
use super::{Subject, refused};
use crate::limits::{DOCUMENT_BYTES, KEY_BYTES};
use element::{
    ErrorKind, Result,
    host::{AskLease, Increment, SetKey},
};
use serde_json::{Value, json};

// Times are long: an engine may let real time end a key as well, and a slow machine is no mistake of the engine.
const MINUTE: u64 = 60_000;

fn set(value: Value) -> SetKey {
    SetKey { value, ttl_ms: MINUTE, ..SetKey::default() }
}

fn by(by: i64) -> Increment {
    Increment { by, ttl_ms: MINUTE }
}

pub(super) async fn set_get_take_delete(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    assert_eq!(keys.get("s", "k").await?, None);
    assert_eq!(keys.take("s", "k").await?, None);
    assert!(!keys.delete("s", "k").await?);
    for value in [json!({"a": [1, "ä 中 \u{1F600}", null]}), json!("text"), json!(""), Value::Null, json!(u64::MAX)] {
        assert!(keys.set("s", "k", set(value.clone())).await?);
        assert_eq!(keys.get("s", "k").await?, Some(value.clone()));
        assert_eq!(keys.take("s", "k").await?, Some(value));
        assert_eq!(keys.get("s", "k").await?, None);
        assert_eq!(keys.take("s", "k").await?, None);
    }
    keys.set("s", "k", set(json!(1))).await?;
    assert!(keys.delete("s", "k").await?);
    assert!(!keys.delete("s", "k").await?);
    assert_eq!(keys.get("s", "k").await?, None);
    Ok(())
}

pub(super) async fn time(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    for name in ["got", "taken", "deleted", "again", "forever"] {
        keys.set("s", name, set(json!(name))).await?;
    }
    it.clock.advance(MINUTE as i64 - 1);
    assert_eq!(keys.get("s", "got").await?, Some(json!("got")));
    // A new value has a time of its own.
    keys.set("s", "again", set(json!(2))).await?;
    keys.set("s", "forever", SetKey { value: json!(3), ttl_ms: u64::MAX, ..SetKey::default() }).await?;
    it.clock.advance(1);
    assert_eq!(keys.get("s", "got").await?, None);
    assert_eq!(keys.take("s", "taken").await?, None);
    assert!(!keys.delete("s", "deleted").await?);
    assert_eq!(keys.get("s", "again").await?, Some(json!(2)));
    it.clock.advance(MINUTE as i64);
    assert_eq!(keys.get("s", "again").await?, None);
    assert_eq!(keys.get("s", "forever").await?, Some(json!(3)));
    Ok(())
}

pub(super) async fn if_absent(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    let absent = |n: i64| SetKey { value: json!(n), ttl_ms: MINUTE, if_absent: true, ..SetKey::default() };
    assert!(keys.set("s", "k", absent(1)).await?);
    it.clock.advance(1000);
    assert!(!keys.set("s", "k", absent(2)).await?);
    assert_eq!(keys.get("s", "k").await?, Some(json!(1)));
    // What was not set did not lengthen the time either.
    it.clock.advance(MINUTE as i64 - 1000);
    assert!(keys.set("s", "k", absent(3)).await?);
    assert_eq!(keys.take("s", "k").await?, Some(json!(3)));
    assert!(keys.set("s", "k", absent(4)).await?);
    Ok(())
}

pub(super) async fn counters(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    assert_eq!(keys.increment("s", "k", by(2)).await?, 2);
    assert_eq!(keys.increment("s", "k", by(-5)).await?, -3);
    assert_eq!(keys.increment("s", "k", by(0)).await?, -3);
    assert_eq!(keys.get("s", "k").await?, Some(json!(-3)));
    it.clock.advance(MINUTE as i64 - 1);
    assert_eq!(keys.increment("s", "k", by(4)).await?, 1);
    it.clock.advance(1);
    assert_eq!(keys.get("s", "k").await?, None, "its time counts from the first increment");
    assert_eq!(keys.increment("s", "k", by(7)).await?, 7);
    assert_eq!(keys.take("s", "k").await?, Some(json!(7)));
    assert_eq!(keys.increment("s", "k", by(1)).await?, 1);

    keys.set("s", "set", set(json!(41))).await?;
    assert_eq!(keys.increment("s", "set", by(1)).await?, 42);
    Ok(())
}

pub(super) async fn counters_refused(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    for value in [json!("1"), json!(1.5), json!({}), Value::Null, json!(i64::MAX)] {
        keys.set("s", "k", set(value.clone())).await?;
        refused(keys.increment("s", "k", by(1)).await, ErrorKind::Conflict);
        assert_eq!(keys.get("s", "k").await?, Some(value), "a refused increment changes nothing");
    }
    keys.set("s", "k", set(json!(i64::MIN))).await?;
    refused(keys.increment("s", "k", by(-1)).await, ErrorKind::Conflict);
    Ok(())
}

pub(super) async fn places_apart(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    let places =
        [("host", "k"), ("app:a", "k"), ("app:b", "k"), ("app", "a:k"), ("app:a", "a:k"), ("app:a:a", "k"), ("app:a", "K")];
    for (n, (scope, name)) in places.into_iter().enumerate() {
        assert!(
            keys.set(scope, name, SetKey { value: json!(n), ttl_ms: MINUTE, if_absent: true, ..SetKey::default() }).await?,
            "{scope} {name}"
        );
    }
    for (n, (scope, name)) in places.into_iter().enumerate() {
        assert_eq!(keys.take(scope, name).await?, Some(json!(n)), "{scope} {name}");
    }
    Ok(())
}

pub(super) async fn secrets(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    let value = json!({"text": {"$secret": "hunter2"}, "generation": 1});
    keys.set("s", "k", set(value.clone())).await?;
    assert_eq!(keys.get("s", "k").await?, Some(value.clone()));
    assert_eq!(keys.take("s", "k").await?, Some(value));
    refused(keys.set("s", "k", set(json!({"$sealed": ""}))).await, ErrorKind::InvalidArgs);
    Ok(())
}

pub(super) async fn limits(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    let long = "k".repeat(KEY_BYTES);
    assert!(keys.set("s", &long, set(json!("x".repeat(DOCUMENT_BYTES - 2)))).await?);
    assert!(keys.take("s", &long).await?.is_some());
    for name in [&*format!("{long}x"), "", "\0"] {
        refused(keys.get("s", name).await, ErrorKind::InvalidArgs);
        refused(keys.set("s", name, set(json!(1))).await, ErrorKind::InvalidArgs);
        refused(keys.take("s", name).await, ErrorKind::InvalidArgs);
        refused(keys.delete("s", name).await, ErrorKind::InvalidArgs);
        refused(keys.increment("s", name, by(1)).await, ErrorKind::InvalidArgs);
        refused(keys.lease("s", name, AskLease { ttl_ms: MINUTE, wait_ms: 0 }).await, ErrorKind::InvalidArgs);
        refused(keys.release("s", name, 1).await, ErrorKind::InvalidArgs);
    }
    refused(keys.set("s", "k", set(json!("x".repeat(DOCUMENT_BYTES)))).await, ErrorKind::InvalidArgs);
    refused(keys.set("s", "k", SetKey { value: json!(1), ttl_ms: 0, ..SetKey::default() }).await, ErrorKind::InvalidArgs);
    refused(keys.increment("s", "k", Increment { by: 1, ttl_ms: 0 }).await, ErrorKind::InvalidArgs);
    assert_eq!(keys.get("s", "k").await?, None);
    Ok(())
}
