//! What the models of records and of keys share: every engine, and random steps on it.
use super::{
    open,
    servers::{postgres, redis},
};
use element::host::ManualClock;
use element_store::{Store, conformance::START};
use proptest::{
    strategy::Strategy,
    test_runner::{Config, TestRunner},
};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A store and its clock, which only the test moves.
pub(super) struct Engine {
    pub(super) store: Store,
    pub(super) clock: Arc<ManualClock>,
}

/// Each engine in turn, and how many random cases it takes in the time that a test may last.
pub(super) fn each_engine(check: impl Fn(&Engine, u32)) {
    let (folder, postgres, redis) = (TempDir::new().unwrap(), postgres(), redis());
    let file = format!("sqlite:{}", folder.path().join("element.db").display());
    let server = format!("postgres://element:hunter2@127.0.0.1:{}/element", postgres.port);
    let cache = format!("redis://127.0.0.1:{}", redis.port);
    for (store, cache, cases) in
        [("memory", None, 256), (&*file, None, 40), (&*server, None, 40), ("memory", Some(&*cache), 40)]
    {
        let tokio = Runtime::new().unwrap();
        let clock = Arc::new(ManualClock::at(START));
        let store = tokio.block_on(open(store, cache, clock.clone())).unwrap();
        let _inside = tokio.enter();
        check(&Engine { store, clock }, cases);
    }
}

/// Follows random steps, each case in a place of its own.
pub(super) fn all<S, F>(cases: u32, steps: S, follow: impl Fn(String, S::Value) -> F)
where
    S: Strategy,
    F: Future<Output = ()>,
{
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let mut runner = TestRunner::new(Config { cases, ..Config::default() });
    let followed = runner.run(&steps, |steps| {
        let place = format!("case {}", NEXT.fetch_add(1, Ordering::Relaxed));
        tokio::runtime::Handle::current().block_on(follow(place, steps));
        Ok(())
    });
    followed.unwrap_or_else(|e| panic!("{e}"));
}
