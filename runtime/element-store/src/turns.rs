//! Who of this process asks next for a lease that somebody holds.
//!
//! Where leases are kept outside, whoever waits has to ask again and again. Of all who wait here for the same one only the
//! first asks; a lease that is given back here is asked for at once.
use crate::lock;
use element::{Result, host::Grant};
use hashbrown::HashMap;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    sync::Notify,
    time::{Instant, timeout, timeout_at},
};

/// The first pause before asking again; it grows up to [`LONGEST`]. Another host tells nobody that it gave a lease back.
const SHORTEST: Duration = Duration::from_millis(5);
/// The longest pause.
const LONGEST: Duration = Duration::from_millis(80);
/// A longer wait is for ever.
const FOREVER_MS: u64 = 1 << 40;

#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<HashMap<(String, String), Arc<Turn>>>);

#[derive(Debug, Default)]
struct Turn {
    /// First come, first served.
    first: tokio::sync::Mutex<()>,
    released: Notify,
}

impl Turns {
    /// Asks until the lease is given or the time is over.
    ///
    /// # Errors
    /// Those of `ask`.
    pub(crate) async fn wait<F>(&self, scope: &str, name: &str, wait_ms: u64, ask: impl Fn() -> F) -> Result<Option<Grant>>
    where
        F: Future<Output = Result<Option<Grant>>>,
    {
        if wait_ms == 0 {
            return ask().await;
        }
        let until = Instant::now() + Duration::from_millis(wait_ms.min(FOREVER_MS));
        let turn = Arc::clone(lock(&self.0).entry((scope.to_owned(), name.to_owned())).or_default());
        let answer = turn.wait(until, ask).await;
        let mut turns = lock(&self.0);
        // The map's and mine: nobody else waits.
        if Arc::strong_count(&turn) == 2 {
            turns.remove(&(scope.to_owned(), name.to_owned()));
        }
        answer
    }

    /// Tells the first who waits here.
    pub(crate) fn released(&self, scope: &str, name: &str) {
        if let Some(turn) = lock(&self.0).get(&(scope.to_owned(), name.to_owned())) {
            turn.released.notify_one();
        }
    }
}

impl Turn {
    async fn wait<F>(&self, until: Instant, ask: impl Fn() -> F) -> Result<Option<Grant>>
    where
        F: Future<Output = Result<Option<Grant>>>,
    {
        let Ok(_mine) = timeout_at(until, self.first.lock()).await else { return Ok(None) };
        let mut pause = SHORTEST;
        loop {
            if let Some(grant) = ask().await? {
                return Ok(Some(grant));
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            // Told or not, it is asked again.
            drop(timeout(pause.min(left), self.released.notified()).await);
            pause = (pause * 2).min(LONGEST);
        }
    }
}
