//! A site in which nobody sits out a minute: who waits moves the clocks on, the site's and WeCom's.
use crate::site::{Site, apps};
use element::host::{Clock, ManualClock, SystemClock};
use element_engine::Options;
use element_store::Store;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use wecom_sim::Sim;

/// A clock that goes forward when somebody waits.
#[derive(Debug)]
pub(super) struct Passing {
    clock: ManualClock,
    sim: Sim,
    /// How long was waited in all, in milliseconds.
    pub(super) waited: AtomicU64,
}

impl Clock for Passing {
    fn now(&self) -> i64 {
        self.clock.now()
    }

    fn pass(&self, time: Duration) -> Duration {
        let ms = u64::try_from(time.as_millis()).unwrap();
        self.clock.advance(i64::try_from(ms).unwrap());
        self.sim.advance(time);
        self.waited.fetch_add(ms, Ordering::SeqCst);
        Duration::ZERO
    }
}

/// The repository's own apps, with this WeCom.
pub(super) async fn site(sim: Sim) -> (Site, Arc<Passing>) {
    let clock = ManualClock::at(SystemClock.now());
    let clock = Arc::new(Passing { clock, sim: sim.clone(), waited: AtomicU64::new(0) });
    let set = |options: &mut Options| {
        // The store keeps the machine's time: a job that moves the clock on would lose its own lease.
        options.clock = Arc::<Passing>::clone(&clock);
        options.store = Store::memory(Arc::new(SystemClock));
    };
    let site = Site::open(sim, apps(), set).await;
    (site, clock)
}
