//! Leases in memory: what only this engine has to keep.
use super::*;
use element::host::ManualClock;
use std::{future::poll_fn, pin::pin, task::Poll};

const AT: At<'_> = At { scope: "s", name: "l" };
const AT_ONCE: AskLease = AskLease { ttl_ms: 60_000, wait_ms: 0 };
const PATIENT: AskLease = AskLease { ttl_ms: 60_000, wait_ms: 3_600_000 };

fn leases() -> (Arc<ManualClock>, Leases) {
    let clock = Arc::new(ManualClock::at(0));
    (clock.clone(), Leases::new(clock))
}

/// Polls once: whoever has to wait is in the queue then.
async fn begin(waits: &mut (impl Future<Output = Option<Grant>> + Unpin)) {
    poll_fn(|cx| {
        assert!(std::pin::Pin::new(&mut *waits).poll(cx).is_pending());
        Poll::Ready(())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_first_to_ask_is_the_first_to_get_it() {
    let (_, leases) = leases();
    let held = leases.lease(AT, &AT_ONCE).await.unwrap();
    let (mut first, mut second) = (pin!(leases.lease(AT, &PATIENT)), pin!(leases.lease(AT, &PATIENT)));
    begin(&mut first).await;
    begin(&mut second).await;
    assert!(leases.release(AT, held.fence));
    assert_eq!(leases.lease(AT, &AT_ONCE).await, None, "nobody overtakes");
    begin(&mut second).await;
    let first = first.await.unwrap();
    assert!(leases.release(AT, first.fence));
    assert!(second.await.unwrap().fence > first.fence);
}

#[tokio::test(start_paused = true)]
async fn whoever_goes_away_takes_nothing_along() {
    let (_, leases) = leases();
    let held = leases.lease(AT, &AT_ONCE).await.unwrap();
    let mut stays = Box::pin(leases.lease(AT, &PATIENT));
    {
        let mut goes = Box::pin(leases.lease(AT, &PATIENT));
        let mut goes_with_it = Box::pin(leases.lease(AT, &PATIENT));
        begin(&mut goes).await;
        begin(&mut goes_with_it).await;
        begin(&mut stays).await;
        drop(goes);
        // Handed over to the second, who goes away before looking.
        assert!(leases.release(AT, held.fence));
    }
    let grant = stays.await.unwrap();
    assert!(leases.release(AT, grant.fence));
    assert!(lock(&leases.state).held.is_empty());
    assert_eq!(lock(&leases.state).expiry.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn waiting_in_vain_leaves_nothing_behind() {
    let (_, leases) = leases();
    leases.lease(AT, &AT_ONCE).await.unwrap();
    for _ in 0..100 {
        assert_eq!(leases.lease(AT, &AskLease { ttl_ms: 1, wait_ms: 5000 }).await, None);
    }
    assert!(lock(&leases.state).held.values().all(|it| it.waiting.is_empty()));
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_notice_that_the_clock_was_moved() {
    let (clock, leases) = leases();
    leases.lease(AT, &AskLease { ttl_ms: 3_600_000, wait_ms: 0 }).await.unwrap();
    let mut waits = pin!(leases.lease(AT, &AskLease { ttl_ms: 1, wait_ms: 10_000 }));
    begin(&mut waits).await;
    clock.advance(3_600_000);
    assert!(waits.await.is_some());
}

#[tokio::test]
async fn what_is_over_is_taken_away_as_time_goes() {
    let (clock, leases) = leases();
    for round in 0..1000 {
        let name = format!("{round}");
        leases.lease(At { scope: "s", name: &name }, &AskLease { ttl_ms: 10, wait_ms: 0 }).await.unwrap();
        clock.advance(1);
    }
    let state = lock(&leases.state);
    assert!(state.held.len() <= 11 && state.expiry.len() == state.held.len(), "{} held", state.held.len());
}

#[tokio::test]
async fn fences_grow_over_a_restart() {
    let (clock, before) = leases();
    clock.advance(1_700_000_000_000);
    let old = before.lease(AT, &AT_ONCE).await.unwrap();
    drop(before);
    clock.advance(1);
    let after = Leases::new(clock);
    assert!(after.lease(AT, &AT_ONCE).await.unwrap().fence > old.fence);
}
