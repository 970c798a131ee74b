//! Tells within this process that something changed.
use std::time::Duration;
use tokio::{sync::watch, time::timeout};

/// How many changes there were that somebody may wait for.
#[derive(Debug)]
pub(crate) struct News(watch::Sender<u64>);

impl Default for News {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl News {
    /// Tells those who wait, if there was a change; gives whether there was.
    pub(crate) fn tell(&self, changed: bool) -> bool {
        if changed {
            self.0.send_modify(|it| *it += 1);
        }
        changed
    }

    /// Waits until there was a change since `seen`, for `at_most` this long; gives the number of the last one.
    pub(crate) async fn wait(&self, seen: u64, at_most: Duration) -> u64 {
        let mut changes = self.0.subscribe();
        // Whether a change or the end of the time came, the number says it; the sender lives as long as `self`.
        drop(timeout(at_most, changes.wait_for(|it| *it != seen)).await);
        *changes.borrow()
    }
}
