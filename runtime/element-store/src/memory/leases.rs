//! Leases in memory.
//!
//! A lease that becomes free is handed to the first who still waits, under the lock: nobody overtakes. Those who wait look
//! for themselves whether the holder's time is over, because nothing runs in the background.
use super::{
    AT_ONCE,
    expiry::{End, Expiry},
    place::{At, Place},
};
use crate::{limits, lock};
use element::host::{AskLease, Clock, Grant};
use hashbrown::HashMap;
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{sync::oneshot, time::timeout};

/// Whoever waits looks at the clock this often at least: it may be moved by hand, or be set.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

pub(super) struct Leases {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Held leases, and for a moment some whose time is over. Free ones take no room.
    held: HashMap<Place, Held>,
    expiry: Expiry<Place>,
    /// One for all names, so that nothing has to be kept of a name that is free.
    last_fence: u64,
    last_ticket: u64,
}

struct Held {
    fence: u64,
    end: End,
    /// By ticket, the first comer first.
    waiting: BTreeMap<u64, Waiter>,
}

struct Waiter {
    ttl_ms: u64,
    hand: oneshot::Sender<Grant>,
}

/// The place in the queue. Whoever stops waiting, for whatever reason, leaves the queue and gives back what was handed over
/// unseen.
struct Waiting<'a> {
    leases: &'a Leases,
    at: At<'a>,
    ticket: u64,
    handed: oneshot::Receiver<Grant>,
}

enum Answer<'a> {
    Granted(Grant),
    Busy,
    Queued(Waiting<'a>),
}

impl State {
    /// Fences begin at the clock's microseconds, so that they grow also over a restart that forgets the last one.
    fn grant(&mut self, ttl_ms: u64, now: i64) -> Grant {
        let floor = u64::try_from(now).unwrap_or(0).saturating_mul(1000);
        self.last_fence = floor.max(self.last_fence + 1);
        Grant { fence: self.last_fence, expires_at: limits::ends_at(now, ttl_ms) }
    }

    fn clean(&mut self, now: i64) {
        for _ in 0..AT_ONCE {
            let Some(place) = self.expiry.take_over(now) else { break };
            if let Some((place, held)) = self.held.remove_entry(&place) {
                self.hand_on(place, held, now);
            }
        }
    }

    /// If the lease is held and its time is over, the next one gets it.
    fn end_if_over(&mut self, at: At<'_>, now: i64) {
        if self.held.get(&at).is_some_and(|it| it.end.is_over(now)) {
            self.end(at, now);
        }
    }

    fn end(&mut self, at: At<'_>, now: i64) {
        if let Some((place, held)) = self.held.remove_entry(&at) {
            self.hand_on(place, held, now);
        }
    }

    /// Gives the lease to the first who still waits. If nobody does, nothing of it stays.
    fn hand_on(&mut self, place: Place, mut held: Held, now: i64) {
        self.expiry.remove(held.end);
        while let Some((_, waiter)) = held.waiting.pop_first() {
            let grant = self.grant(waiter.ttl_ms, now);
            if waiter.hand.send(grant).is_ok() {
                held.fence = grant.fence;
                held.end = self.expiry.add(grant.expires_at, place.clone());
                self.held.insert(place, held);
                return;
            }
        }
    }

    fn release(&mut self, at: At<'_>, fence: u64, now: i64) -> bool {
        self.end_if_over(at, now);
        let held = self.held.get(&at).is_some_and(|it| it.fence == fence);
        if held {
            self.end(at, now);
        }
        held
    }
}

impl Leases {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Mutex::default() }
    }

    pub(super) async fn lease(&self, at: At<'_>, ask: &AskLease) -> Option<Grant> {
        let mut waiting = match self.ask(at, ask) {
            Answer::Granted(grant) => return Some(grant),
            Answer::Busy => return None,
            Answer::Queued(waiting) => waiting,
        };
        match timeout(Duration::from_millis(ask.wait_ms), waiting.granted()).await {
            Ok(grant) => grant,
            // It may have been handed over in the last moment.
            Err(_) => waiting.handed.try_recv().ok(),
        }
    }

    fn ask<'a>(&'a self, at: At<'a>, ask: &AskLease) -> Answer<'a> {
        let now = self.clock.now();
        let mut state = lock(&self.state);
        state.clean(now);
        state.end_if_over(at, now);
        state.last_ticket += 1;
        let ticket = state.last_ticket;
        if let Some(held) = state.held.get_mut(&at) {
            if ask.wait_ms == 0 {
                return Answer::Busy;
            }
            let (hand, handed) = oneshot::channel();
            held.waiting.insert(ticket, Waiter { ttl_ms: ask.ttl_ms, hand });
            return Answer::Queued(Waiting { leases: self, at, ticket, handed });
        }
        let grant = state.grant(ask.ttl_ms, now);
        let place = Place::from(&at);
        let end = state.expiry.add(grant.expires_at, place.clone());
        state.held.insert(place, Held { fence: grant.fence, end, waiting: BTreeMap::new() });
        Answer::Granted(grant)
    }

    pub(super) fn is_held(&self, at: At<'_>, fence: u64, now: i64) -> bool {
        lock(&self.state).held.get(&at).is_some_and(|it| it.fence == fence && !it.end.is_over(now))
    }

    pub(super) fn release(&self, at: At<'_>, fence: u64) -> bool {
        let now = self.clock.now();
        lock(&self.state).release(at, fence, now)
    }

    /// Hands the lease on if its time is over, and says how long it is worth waiting until the next look.
    fn look(&self, at: At<'_>) -> Duration {
        let now = self.clock.now();
        let mut state = lock(&self.state);
        state.end_if_over(at, now);
        let left = state.held.get(&at).map_or(0, |it| it.end.at().saturating_sub(now));
        Duration::from_millis(u64::try_from(left).unwrap_or(0).max(1)).min(LOOK_AGAIN)
    }
}

impl Waiting<'_> {
    async fn granted(&mut self) -> Option<Grant> {
        loop {
            let pause = self.leases.look(self.at);
            if let Ok(handed) = timeout(pause, &mut self.handed).await {
                return handed.ok();
            }
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let now = self.leases.clock.now();
        let mut state = lock(&self.leases.state);
        if let Some(held) = state.held.get_mut(&self.at) {
            held.waiting.remove(&self.ticket);
        }
        // Leases are handed over under this lock, so nothing comes after this.
        if let Ok(grant) = self.handed.try_recv() {
            state.release(self.at, grant.fence, now);
        }
    }
}

impl fmt::Debug for Leases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leases").field("held", &lock(&self.state).held.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
