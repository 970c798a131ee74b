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
        let place = (scope.to_owned(), name.to_owned());
        let turn = Arc::clone(lock(&self.0).entry(place.clone()).or_default());
        let waiting = Waiting { turns: self, place, turn: Some(turn) };
        match &waiting.turn {
            Some(turn) => turn.wait(until, ask).await,
            None => Ok(None),
        }
    }

    /// Tells the first who waits here.
    pub(crate) fn released(&self, scope: &str, name: &str) {
        if let Some(turn) = lock(&self.0).get(&(scope.to_owned(), name.to_owned())) {
            turn.released.notify_one();
        }
    }
}

/// Somebody waits. Whoever goes away last, for whatever reason, leaves nothing behind.
struct Waiting<'a> {
    turns: &'a Turns,
    place: (String, String),
    turn: Option<Arc<Turn>>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut turns = lock(&self.turns.0);
        // Let go of under the lock, so that of two who leave at once the second one sees that it is the last.
        self.turn = None;
        if turns.get(&self.place).is_some_and(|it| Arc::strong_count(it) == 1) {
            turns.remove(&self.place);
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Of all who wait, one asks; and whoever gives up leaves nothing behind.
    #[tokio::test(start_paused = true)]
    async fn one_asks_for_all_who_wait() {
        let (turns, asked) = (Arc::new(Turns::default()), Arc::new(AtomicUsize::new(0)));
        let wait = |_| {
            let (turns, asked) = (turns.clone(), asked.clone());
            async move {
                let ask = || async {
                    asked.fetch_add(1, Ordering::SeqCst);
                    Ok(None)
                };
                turns.wait("s", "l", 1_000, ask).await
            }
        };
        let all = (0..100).map(wait).collect::<tokio::task::JoinSet<_>>();
        assert!(all.join_all().await.into_iter().all(|it| it == Ok(None)));
        let asked = asked.load(Ordering::SeqCst);
        assert!((10..200).contains(&asked), "asked {asked} times in a second");
        assert_eq!(lock(&turns.0).len(), 0);
    }
}
