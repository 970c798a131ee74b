//! One suite for every engine: each rule of the traits as a case.
//!
//! An engine's test is one call. Every case gets a store of its own, and it must be empty.
//!
//! ```
//! # #[tokio::main] async fn main() {
//! use element_store::{Store, conformance};
//! conformance::run(100, |clock| async { Store::memory(clock) }).await;
//! # }
//! ```
mod crowd;
mod documents;
mod jobs;
mod keys;
mod leases;
mod records;
mod sequences;
mod workers;

use crate::Store;
use element::{
    Error, ErrorKind, Result,
    host::{BoxFuture, ManualClock},
};
use std::{fmt::Debug, sync::Arc, time::Duration};
use tokio::{task::JoinSet, time::timeout};

/// What the clock of a case shows at first, in milliseconds since 1970.
pub const START: i64 = 1_700_000_000_000;

/// A case that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(300);

/// What a case tries.
#[derive(Debug, Clone)]
pub struct Subject {
    /// An empty store.
    pub store: Store,
    /// The clock that the store was made with; only the case moves it.
    pub clock: Arc<ManualClock>,
    /// How many tasks compete where a case is about competition.
    pub crowd: usize,
}

/// One rule.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Its name, `file::function`.
    pub name: &'static str,
    run: fn(Subject) -> BoxFuture<'static, Result<()>>,
}

macro_rules! cases {
    ($($file:ident: $($case:ident),+;)+) => {
        /// Every rule.
        pub const CASES: &[Case] = &[$($(Case {
            name: concat!(stringify!($file), "::", stringify!($case)),
            run: |subject| Box::pin($file::$case(subject)),
        },)+)+];
    };
}

cases! {
    records: put_get_delete, versions_and_times, expectations, made_again, ends, pages, page_limits, filters,
        filters_refused, indexed, recent, places_apart;
    sequences: given, looked_up, looked_up_among_many;
    documents: kept_exactly, limits, size, nul, secrets;
    keys: set_get_take_delete, time, if_absent, counters, counters_refused, places_apart, secrets, limits;
    leases: one_holder, fences, set_under, ends_by_time, wait_for_release, wait_for_end, wait_in_vain, apart, limits;
    jobs: added, due, finished, done_goes, failed, dead_and_retried, limits, changes;
    workers: lease_one, lease_ends, too_late, renewed, progress, lost_to_the_end;
    crowd: take, lease, absent, compare_and_set, increment, set_if_absent, job;
}

impl Case {
    /// Tries the rule.
    ///
    /// # Errors
    /// What is wrong, and in which case.
    pub async fn run(&self, subject: Subject) -> Result<(), String> {
        let wrong = match tokio::spawn(timeout(LIMIT, (self.run)(subject))).await {
            Ok(Ok(Ok(()))) => return Ok(()),
            Ok(Ok(Err(error))) => format!("{:?}: {error} ({})", error.kind, error.internal),
            Ok(Err(_)) => format!("not done after {LIMIT:?}"),
            Err(failed) => match failed.try_into_panic() {
                Ok(panic) => match panic.downcast::<String>() {
                    Ok(text) => *text,
                    Err(other) => other.downcast_ref::<&str>().copied().unwrap_or("panicked").to_owned(),
                },
                Err(stopped) => stopped.to_string(),
            },
        };
        Err(format!("{}: {wrong}", self.name))
    }
}

/// Tries every rule, each on a store made for it; `crowd` tasks compete where a rule is about competition (1,000, unless an
/// engine's connections make that too slow).
///
/// # Panics
/// Names every case that failed, and why.
pub async fn run<M, F>(crowd: usize, make: M)
where
    M: Fn(Arc<ManualClock>) -> F,
    F: Future<Output = Store>,
{
    let mut wrong = Vec::new();
    for case in CASES {
        let clock = Arc::new(ManualClock::at(START));
        let store = make(clock.clone()).await;
        wrong.extend(case.run(Subject { store, clock, crowd }).await.err());
    }
    assert!(wrong.is_empty(), "{} of {} cases failed:\n{}", wrong.len(), CASES.len(), wrong.join("\n"));
}

/// Runs `task` this many times at once and gives all results.
async fn together<T, F>(many: usize, task: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    (0..many).map(task).collect::<JoinSet<_>>().join_all().await
}

/// The error of something that must be refused.
#[track_caller]
fn refused<T: Debug>(result: Result<T>, kind: ErrorKind) -> Error {
    match result {
        Ok(it) => panic!("{kind:?} was expected, and it was done: {it:?}"),
        Err(error) => {
            assert_eq!(error.kind, kind, "{error}");
            error
        }
    }
}
