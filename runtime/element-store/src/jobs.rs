//! What an engine for jobs does.
use async_trait::async_trait;
use element::{Caller, ErrorKind, ErrorParts, Job, NewJob, Progress, Result, code};
use serde_json::Value;
use std::{fmt::Debug, time::Duration};

/// How long a job that is done can be looked at, in milliseconds: a day. Then it is not there any more. Dead jobs stay.
pub const DONE_STAYS_MS: i64 = 24 * 60 * 60 * 1000;

/// A job that somebody may work on now.
#[derive(Debug, Clone, PartialEq)]
pub struct Leased {
    /// The job.
    pub job: Job,
    /// Proves the lease; larger with every lease of this job.
    pub fence: u64,
}

/// Calls that are made later, at least once.
///
/// A worker leases a job, works, and says how it ended. While it works it renews the lease; if it dies, the lease ends and
/// another worker gets the job with a larger fence. From then on the first one changes nothing: [`renew`](Self::renew),
/// [`progress`](Self::progress), [`finish`](Self::finish) and [`fail`](Self::fail) give `false` unless the job is running
/// under exactly this fence. (A lease that is over and that nobody took yet still counts: the work is done, so why repeat
/// it.) All methods give `Unavailable` when the engine cannot be reached.
#[async_trait]
pub trait Jobs: Send + Sync + Debug {
    /// Puts a job on the list and gives its number, larger than those before it. `caller` is who asked for it, and whom
    /// the method sees when it is called.
    ///
    /// # Errors
    /// `InvalidArgs` if the arguments are beyond the [`limits`](crate::limits) or no attempt is allowed. And `Unavailable`.
    async fn add(&self, app: &str, job: NewJob, caller: Caller) -> Result<u64>;

    /// How a job of this app stands.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn get(&self, app: &str, id: u64) -> Result<Option<Job>>;

    /// The job of any app that has been due for the longest time, now running and counted as begun once more. Due is what
    /// waits and whose `run_at` has come, and what runs and whose lease is over. Of two due since the same time the smaller
    /// number is first.
    ///
    /// `only`: this job and no other, if it is due; for a worker that does what it was asked for and nothing else.
    ///
    /// A job whose lease is over after the last of its `max_attempts` is dead instead, with an error that says so:
    /// otherwise one that kills its host would kill one host after the other.
    ///
    /// # Errors
    /// `InvalidArgs` for a lease of 0 ms, and `Unavailable`.
    async fn lease(&self, only: Option<u64>, ttl_ms: u64) -> Result<Option<Leased>>;

    /// The lease ends `ttl_ms` from now; is it still this worker's?
    ///
    /// # Errors
    /// `InvalidArgs` for a lease of 0 ms, and `Unavailable`.
    async fn renew(&self, id: u64, fence: u64, ttl_ms: u64) -> Result<bool>;

    /// Says how far the job is; is it still this worker's?
    ///
    /// # Errors
    /// `Unavailable`.
    async fn progress(&self, id: u64, fence: u64, progress: Progress) -> Result<bool>;

    /// The job is done; was it still this worker's? It can be looked at for [`DONE_STAYS_MS`].
    ///
    /// # Errors
    /// `InvalidArgs` if the result is beyond the [`limits`](crate::limits): the job runs on, and its worker should
    /// [`fail`](Self::fail) it. And `Unavailable`.
    async fn finish(&self, id: u64, fence: u64, result: Value) -> Result<bool>;

    /// This try failed; was the job still this worker's? It waits until `retry_at` (milliseconds since 1970), or is dead if
    /// it was begun `max_attempts` times.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn fail(&self, id: u64, fence: u64, error: ErrorParts, retry_at: i64) -> Result<bool>;

    /// A person revives a dead job: it waits and is due, its attempts count from 0, its last error stays to be read. Was it
    /// a dead job of this app?
    ///
    /// # Errors
    /// `Unavailable`.
    async fn retry(&self, app: &str, id: u64) -> Result<bool>;

    /// Waits until a job was added, revived, failed, or ended since the answer `seen` was given, for `at_most` this long;
    /// gives the number to ask with the next time (0 the first time). Take the number before looking at the jobs, and no
    /// change falls between looking and waiting:
    ///
    /// ```
    /// # use std::{sync::Arc, time::Duration};
    /// # async fn work(jobs: &dyn element_store::Jobs) -> element::Result<()> {
    /// let mut seen = 0;
    /// loop {
    ///     while let Some(leased) = jobs.lease(None, 30_000).await? {
    ///         // … work on it.
    /// #       return Ok(());
    ///     }
    ///     seen = jobs.changed(seen, Duration::from_secs(1)).await;
    /// }
    /// # }
    /// ```
    ///
    /// It may return early. What becomes due by time alone, progress, and what other processes change is not told: look again
    /// when the time is over. An engine that cannot be reached lets the time pass.
    async fn changed(&self, seen: u64, at_most: Duration) -> u64;
}

/// The error of a job that is dead because its worker went away in the last of `attempts`. Every engine asks here, so that
/// all say the same.
#[must_use]
pub fn lost_worker(attempts: u32) -> ErrorParts {
    ErrorParts {
        kind: ErrorKind::Timeout,
        code: code::TIMED_OUT,
        message: format!(
            "the job was begun {attempts} times, and in the last try nothing more was heard of it; retry it by hand"
        ),
        chinese: None,
        console: None,
        internal: "the lease ran out: the host died, or the job took longer than its lease and did not renew it".into(),
    }
}
