//! Many who want the same at once.
use super::{START, Subject, jobs::new_job, together};
use element::{
    Caller, ErrorKind, Expect, Result,
    host::{AskLease, Increment, SetKey, Write},
};
use serde_json::json;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

const MINUTE: u64 = 60_000;

/// How many of these are `true`.
fn won(all: Vec<Result<bool>>) -> Result<usize> {
    all.into_iter().try_fold(0, |won, one| Ok(won + usize::from(one?)))
}

pub(super) async fn take(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    keys.set("s", "k", SetKey { value: json!("once"), ttl_ms: MINUTE, ..SetKey::default() }).await?;
    let all = together(it.crowd, |_| {
        let keys = keys.clone();
        async move { keys.take("s", "k").await.map(|it| it.is_some()) }
    });
    assert_eq!(won(all.await)?, 1);
    Ok(())
}

pub(super) async fn lease(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    let holders = Arc::new(AtomicUsize::new(0));
    let fences = Arc::new(Mutex::new(Vec::new()));
    let all = together(it.crowd, |_| {
        let (keys, holders, fences) = (keys.clone(), holders.clone(), fences.clone());
        async move {
            let ask = AskLease { ttl_ms: 1000 * MINUTE, wait_ms: 250_000 };
            let grant = keys.lease("s", "l", ask).await?.expect("everybody's turn comes");
            assert_eq!(holders.fetch_add(1, Ordering::SeqCst), 0, "two hold it at once");
            fences.lock().expect("nobody panics with it").push(grant.fence);
            tokio::task::yield_now().await;
            holders.fetch_sub(1, Ordering::SeqCst);
            keys.release("s", "l", grant.fence).await
        }
    });
    assert_eq!(won(all.await)?, it.crowd);
    assert!(fences.lock().expect("nobody panics with it").is_sorted_by(|a, b| a < b), "a fence did not grow");
    Ok(())
}

pub(super) async fn absent(it: Subject) -> Result<()> {
    let records = it.store.records;
    let all = together(it.crowd.div_ceil(10), |n| {
        let records = records.clone();
        async move {
            match records.put("a", "c", "k", Write { value: json!(n), expect: Expect::Absent, ..Write::default() }).await {
                Ok(version) => Ok(version == 1),
                Err(error) if error.kind == ErrorKind::Conflict => Ok(false),
                Err(error) => Err(error),
            }
        }
    });
    assert_eq!(won(all.await)?, 1);
    assert_eq!(records.get("a", "c", "k").await?.map(|it| it.version), Some(1));
    Ok(())
}

/// Everybody reads, adds one and writes, again and again until it was not changed meanwhile: no addition is lost.
pub(super) async fn compare_and_set(it: Subject) -> Result<()> {
    let records = it.store.records;
    records.put("a", "c", "k", Write { value: json!(0), expect: Expect::Absent, ..Write::default() }).await?;
    let many = it.crowd.div_ceil(20);
    let all = together(many, |_| {
        let records = records.clone();
        async move {
            loop {
                let found = records.get("a", "c", "k").await?.expect("nobody takes it away");
                let value = json!(found.value.as_u64().expect("only numbers are written") + 1);
                tokio::task::yield_now().await;
                match records
                    .put("a", "c", "k", Write { value, expect: Expect::Version(found.version), ..Write::default() })
                    .await
                {
                    Ok(version) => return Ok(version == found.version + 1),
                    Err(error) if error.kind == ErrorKind::Conflict => {}
                    Err(error) => return Err(error),
                }
            }
        }
    });
    assert_eq!(won(all.await)?, many);
    let found = records.get("a", "c", "k").await?.expect("nobody takes it away");
    assert_eq!((found.value, found.version), (json!(many), many as u64 + 1));
    Ok(())
}

pub(super) async fn increment(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    let all = together(it.crowd, |_| {
        let keys = keys.clone();
        async move { keys.increment("s", "k", Increment { by: 1, ttl_ms: MINUTE }).await }
    });
    let mut sums = all.await.into_iter().collect::<Result<Vec<_>>>()?;
    sums.sort_unstable();
    assert!(sums.into_iter().eq(1..=it.crowd as i64), "every sum is given once");
    Ok(())
}

pub(super) async fn set_if_absent(it: Subject) -> Result<()> {
    let keys = it.store.keys;
    let all = together(it.crowd, |n| {
        let keys = keys.clone();
        async move { keys.set("s", "k", SetKey { value: json!(n), ttl_ms: MINUTE, if_absent: true, ..SetKey::default() }).await }
    });
    assert_eq!(won(all.await)?, 1);
    Ok(())
}

pub(super) async fn job(it: Subject) -> Result<()> {
    let jobs = it.store.jobs;
    let id = jobs.add("a", new_job(START, 3), Caller::Operator).await?;
    let all = together(it.crowd.div_ceil(10), |_| {
        let jobs = jobs.clone();
        async move { jobs.lease(None, MINUTE).await.map(|it| it.is_some()) }
    });
    assert_eq!(won(all.await)?, 1);
    assert_eq!(jobs.get("a", id).await?.map(|it| it.attempts), Some(1));
    Ok(())
}
