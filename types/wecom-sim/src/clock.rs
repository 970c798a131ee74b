//! The time that tokens and codes live by: the system's, plus what tests have added.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead_ms: AtomicU64,
}

impl Clock {
    /// Unix milliseconds.
    pub(crate) fn now_ms(&self) -> u64 {
        // A system clock before 1970 is as good as one at 1970: only differences matter here.
        let system = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        millis(system).saturating_add(self.ahead_ms())
    }

    /// How far it was moved, in milliseconds.
    pub(crate) fn ahead_ms(&self) -> u64 {
        self.ahead_ms.load(Ordering::Relaxed)
    }

    /// Forward only: a clock that goes back would revive what was seen to expire.
    pub(crate) fn advance(&self, by: Duration) {
        // `try_update` is newer than our compiler floor; the loop saturates where `fetch_add` would wrap.
        let mut ahead = self.ahead_ms();
        while let Err(now) = self.ahead_ms.compare_exchange_weak(
            ahead,
            ahead.saturating_add(millis(by)),
            Ordering::Relaxed,
            Ordering::Relaxed,
        ) {
            ahead = now;
        }
    }
}

pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
