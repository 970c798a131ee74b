//! Not faster than WeCom allows, and patient when it says "too often".
//!
//! WeCom gives a company 10,000 calls of one kind in a minute, and 150,000 in an hour (page 90454). Logins take theirs from
//! the same, so a sync leaves them some; and what others use up, it waits out.
use super::Run;
use crate::{client::Client, wire::Fields};
use element::{HttpRequest, Level, Result};
use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

/// "Too often" (page 90313): it is over when its minute, or its hour, is over.
const TOO_OFTEN: i64 = 45009;
/// "Too many at the same time": it is over in a moment.
const TOO_MANY: i64 = 45033;
/// Calls of one kind in a minute: the rest is for logins.
const IN_A_MINUTE: u32 = 8_000;
const MINUTE_MS: i64 = 60_000;
/// How long to wait at the n-th "too often" in a row: a minute first, and together longer than an hour.
const WAITS_MS: [i64; 8] = [60_000, 60_000, 120_000, 240_000, 480_000, 900_000, 900_000, 1_200_000];
/// How often "too many" is waited out.
const MOMENTS: usize = 10;
const MOMENT_MS: i64 = 1_000;
/// Somebody who waits says so often enough to be known to live.
const LONGEST_SLEEP_MS: i64 = 4_000;

/// What a run does about "too often".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Wait two minutes at most: a run of a schedule goes on later, and meanwhile the host does other jobs.
    ForAWhile,
    /// Wait, for longer than an hour if need be: somebody waits for the run.
    UntilItIsOver,
}

/// The calls of one sync.
#[derive(Debug)]
pub(crate) struct Pace<'a> {
    pub(crate) client: &'a Client<'a>,
    /// The run that waits for WeCom, and how. Without one "too often" is an error: whoever called can wait as well.
    run: Option<(&'a Run<'a>, Patience)>,
    /// By path: when the minute began, and how many calls were made in it.
    minutes: Mutex<BTreeMap<String, (i64, u32)>>,
    /// Nothing is sent before this time: what WeCom told one caller counts for all of them.
    not_before: AtomicI64,
}

impl<'a> Pace<'a> {
    /// For calls that belong to no run.
    pub(crate) const fn alone(client: &'a Client<'a>) -> Self {
        Self { client, run: None, minutes: Mutex::new(BTreeMap::new()), not_before: AtomicI64::new(0) }
    }

    /// For those of a run.
    pub(crate) fn of(client: &'a Client<'a>, run: &'a Run<'a>, patience: Patience) -> Self {
        Self { run: Some((run, patience)), ..Self::alone(client) }
    }

    /// Sends `request`; see `Client::call`.
    ///
    /// # Errors
    /// As there; `RateLimited` only if WeCom stays at it for longer than the patience lasts.
    pub(crate) async fn call(&self, request: &HttpRequest) -> Result<Fields> {
        let Some((run, patience)) = self.run else { return self.client.call(request).await };
        let waits = match patience {
            Patience::ForAWhile => &WAITS_MS[..2],
            Patience::UntilItIsOver => &WAITS_MS[..],
        };
        let (mut waits, mut moments) = (waits.iter(), 0);
        loop {
            self.wait(run, &request.url).await?;
            let error = match self.client.call(request).await {
                Err(e) if matches!(e.code, TOO_OFTEN | TOO_MANY) => e,
                other => return other,
            };
            let pause = if error.code == TOO_MANY && moments < MOMENTS {
                moments += 1;
                MOMENT_MS
            } else if let Some(pause) = waits.next() {
                let text = format!("WeCom says that a sync calls too often; it goes on in {} s", pause / 1000);
                self.client.ctx.log(Level::Info, &text);
                *pause
            } else {
                return Err(error);
            };
            self.not_before.fetch_max(self.client.ctx.now() + pause, Ordering::Relaxed);
        }
    }

    /// Waits until this call may be made.
    async fn wait(&self, run: &Run<'_>, path: &str) -> Result<()> {
        loop {
            run.lives().await?;
            let now = self.client.ctx.now();
            let left = match self.not_before.load(Ordering::Relaxed) - now {
                left if left > 0 => left,
                _ => match self.take(path, now) {
                    0 => return Ok(()),
                    left => left,
                },
            };
            let sleep = u64::try_from(left.min(LONGEST_SLEEP_MS)).unwrap_or(0);
            self.client.ctx.sleep(Duration::from_millis(sleep)).await?;
        }
    }

    /// Takes one call of this minute's; or says how long the minute still lasts.
    fn take(&self, path: &str, now: i64) -> i64 {
        let mut minutes = self.minutes.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = minutes.entry(path.to_owned()).or_insert((now, 0));
        if now - minute.0 >= MINUTE_MS {
            *minute = (now, 0);
        }
        if minute.1 >= IN_A_MINUTE {
            return minute.0 + MINUTE_MS - now;
        }
        minute.1 += 1;
        0
    }
}
