//! The rules of leases, for one who asks after the other.
use super::{START, Subject, refused};
use element::{
    ErrorKind, Result,
    host::{AskLease, Held, SetKey},
};
use serde_json::json;

const MINUTE: u64 = 60_000;
const AT_ONCE: AskLease = AskLease { ttl_ms: MINUTE, wait_ms: 0 };
/// Longer than any engine takes to notice.
const PATIENT: AskLease = AskLease { ttl_ms: MINUTE, wait_ms: 20_000 };

pub(super) async fn one_holder(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    let grant = keys.lease("s", "l", AT_ONCE).await?.expect("it is free");
    assert_eq!(grant.expires_at, START + MINUTE as i64);
    assert_eq!(keys.lease("s", "l", AT_ONCE).await?, None);
    assert!(keys.release("s", "l", grant.fence).await?);
    assert!(!keys.release("s", "l", grant.fence).await?, "it was given back already");
    let next = keys.lease("s", "l", AT_ONCE).await?.expect("it was given back");
    assert!(!keys.release("s", "l", grant.fence).await?, "another one holds it");
    assert!(!keys.release("s", "l", next.fence + 1).await?);
    assert_eq!(keys.lease("s", "l", AT_ONCE).await?, None);
    assert!(keys.release("s", "l", next.fence).await?);
    Ok(())
}

pub(super) async fn fences(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    let mut last = 0;
    for round in 0..20 {
        let grant = keys.lease("s", "l", AT_ONCE).await?.expect("it is free");
        assert!(grant.fence > last, "{} after {last}", grant.fence);
        last = grant.fence;
        // Given back, and gone by its time.
        if round % 2 == 0 {
            assert!(keys.release("s", "l", grant.fence).await?);
        } else {
            it.clock.advance(MINUTE as i64 * 1000);
        }
    }
    Ok(())
}

/// Whoever lost the lease writes over nothing, whether or not somebody else has it by now.
pub(super) async fn set_under(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    let under = async |fence, n: u64| {
        let held = Some(Held { name: "l".to_owned(), fence });
        keys.set("s", "k", SetKey { value: json!(n), ttl_ms: MINUTE * 10, under: held, ..SetKey::default() }).await
    };
    assert!(!under(1, 0).await?, "nobody holds it");
    let first = keys.lease("s", "l", AT_ONCE).await?.expect("it is free").fence;
    assert!(under(first, 1).await?);
    assert!(under(first, 2).await?);
    it.clock.advance(MINUTE as i64);
    assert!(!under(first, 3).await?, "its time is over");
    let second = keys.lease("s", "l", AT_ONCE).await?.expect("its time is over").fence;
    assert!(!under(first, 4).await?, "somebody else holds it");
    assert_eq!(keys.get("s", "k").await?, Some(json!(2)));
    assert!(under(second, 5).await?);
    assert!(keys.release("s", "l", second).await?);
    assert!(!under(second, 6).await?, "it was given back");
    // A lease of another scope is another lease.
    let other = keys.lease("t", "l", AT_ONCE).await?.expect("it is free").fence;
    assert!(!under(other, 7).await?);
    assert_eq!(keys.get("s", "k").await?, Some(json!(5)));
    Ok(())
}

pub(super) async fn ends_by_time(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    let dead = keys.lease("s", "l", AT_ONCE).await?.expect("it is free");
    it.clock.advance(MINUTE as i64 - 1);
    assert_eq!(keys.lease("s", "l", AT_ONCE).await?, None);
    it.clock.advance(1);
    assert!(!keys.release("s", "l", dead.fence).await?, "it is not held any more");
    let next = keys.lease("s", "l", AT_ONCE).await?.expect("its time is over");
    assert!(next.fence > dead.fence);
    assert!(!keys.release("s", "l", dead.fence).await?);
    assert_eq!(keys.lease("s", "l", AT_ONCE).await?, None, "the old holder took nothing away");
    Ok(())
}

pub(super) async fn wait_for_release(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    let held = keys.lease("s", "l", AT_ONCE).await?.expect("it is free");
    let waits = tokio::spawn({
        let keys = keys.clone();
        async move { keys.lease("s", "l", PATIENT).await }
    });
    tokio::task::yield_now().await;
    assert!(!waits.is_finished());
    assert!(keys.release("s", "l", held.fence).await?);
    let next = waits.await.expect("it does not panic")?.expect("it was given back");
    assert!(next.fence > held.fence);
    assert!(keys.release("s", "l", next.fence).await?);
    Ok(())
}

pub(super) async fn wait_for_end(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    let dead = keys.lease("s", "l", AskLease { ttl_ms: 50, wait_ms: 0 }).await?.expect("it is free");
    let waits = tokio::spawn({
        let keys = keys.clone();
        async move { keys.lease("s", "l", PATIENT).await }
    });
    tokio::task::yield_now().await;
    it.clock.advance(50);
    let next = waits.await.expect("it does not panic")?.expect("its time is over");
    assert!(next.fence > dead.fence);
    Ok(())
}

pub(super) async fn wait_in_vain(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    let held = keys.lease("s", "l", AT_ONCE).await?.expect("it is free");
    assert_eq!(keys.lease("s", "l", AskLease { ttl_ms: MINUTE, wait_ms: 20 }).await?, None);
    // Who gave up waiting gets nothing later.
    assert!(keys.release("s", "l", held.fence).await?);
    assert!(keys.lease("s", "l", AT_ONCE).await?.is_some());
    Ok(())
}

pub(super) async fn apart(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    for (scope, name) in [("host", "l"), ("app:a", "l"), ("app:b", "l"), ("host", "m")] {
        assert!(keys.lease(scope, name, AT_ONCE).await?.is_some(), "{scope} {name}");
    }
    // A value of the same name is something else.
    assert_eq!(keys.get("host", "l").await?, None);
    assert!(keys.set("host", "l", SetKey { value: json!(1), ttl_ms: MINUTE, if_absent: true, ..SetKey::default() }).await?);
    assert!(keys.delete("host", "l").await?);
    assert_eq!(keys.lease("host", "l", AT_ONCE).await?, None);
    Ok(())
}

pub(super) async fn limits(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    refused(keys.lease("s", "l", AskLease { ttl_ms: 0, wait_ms: 0 }).await, ErrorKind::InvalidArgs);
    let long = AskLease { ttl_ms: u64::MAX, wait_ms: u64::MAX };
    assert_eq!(keys.lease("s", "l", long).await?.map(|it| it.expires_at), Some(i64::MAX));
    assert!(!keys.release("s", "never", 0).await?);
    Ok(())
}
