//! Syncing now and then: a chain of jobs, each of which puts the next one on the list.
//!
//! A record per Instance says which link of the chain counts, so that hosts, restarts and changed configs do not grow a
//! second chain: who wants to add a link writes the record first, and a job that is not the one of the record does
//! nothing. Jobs outlive their host; a chain that broke all the same is taken up by the next start.
use element::{Ctx, ErrorKind, Expect, Level, NewJob, Record, Result};
use serde_json::json;
use std::time::Duration;

const SCHEDULES: &str = "wecom.schedules";
/// The method that the jobs call.
pub(crate) const METHOD: &str = "syncOnSchedule";
/// A link that is so late is broken.
const BROKEN_MS: i64 = 60 * 60 * 1000;
/// After a failure the next try comes no later than this.
const AFTER_FAILURE: Duration = Duration::from_secs(10 * 60);
/// A host that dies in the middle leaves the job to the next one; one that kills every host is given up.
const ATTEMPTS: u32 = 20;

/// The link that counts.
#[element::data]
struct Link {
    /// Its number.
    turn: u64,
    /// When it is due, in milliseconds since 1970.
    next_at: i64,
}

/// At the start of an Instance: begins the chain, unless it goes on. That it cannot be begun now is no reason not to
/// serve.
pub(crate) async fn begin(ctx: &Ctx, every: Duration) {
    if let Err(e) = begun(ctx, every).await {
        ctx.log(Level::Warn, &format!("the schedule of a sync cannot be begun; the next start tries again: {e}"));
    }
}

async fn begun(ctx: &Ctx, every: Duration) -> Result<()> {
    let link: Option<Record<Link>> = ctx.records(SCHEDULES).get(ctx.full_name()).await?;
    let now = ctx.now();
    match link {
        // The first sync comes at once.
        None => add(ctx, None, now).await,
        Some(it) if it.value.next_at + BROKEN_MS < now => add(ctx, Some(&it), now).await,
        // The config wants it more often than before.
        Some(it) if it.value.next_at > now + millis(every) => add(ctx, Some(&it), now + millis(every)).await,
        Some(_) => Ok(()),
    }
}

/// Is this job the one that counts?
pub(crate) async fn is_due(ctx: &Ctx, turn: u64) -> Result<bool> {
    let link: Option<Record<Link>> = ctx.records(SCHEDULES).get(ctx.full_name()).await?;
    Ok(link.is_some_and(|it| it.value.turn == turn))
}

/// After a sync, or at the end of the chain: the config has no schedule any more.
pub(crate) async fn go_on(ctx: &Ctx, every: Option<Duration>, well: bool) -> Result<()> {
    let link: Option<Record<Link>> = ctx.records(SCHEDULES).get(ctx.full_name()).await?;
    match every {
        None => ctx.records(SCHEDULES).delete(ctx.full_name()).await.map(drop),
        Some(every) => {
            let pause = if well { every } else { every.min(AFTER_FAILURE) };
            add(ctx, link.as_ref(), ctx.now() + millis(pause)).await
        }
    }
}

/// Adds a link; whoever else does so at the same time is enough.
async fn add(ctx: &Ctx, before: Option<&Record<Link>>, next_at: i64) -> Result<()> {
    let turn = before.map_or(1, |it| it.value.turn + 1);
    let expect = before.map_or(Expect::Absent, |it| Expect::Version(it.version));
    match ctx.records(SCHEDULES).write(ctx.full_name(), &Link { turn, next_at }, expect, None).await {
        Err(e) if e.kind == ErrorKind::Conflict => return Ok(()),
        other => other?,
    };
    let (element, method) = (ctx.full_name().to_owned(), METHOD.to_owned());
    let job = NewJob { element, method, args: json!({"turn": turn}), run_at: next_at, max_attempts: ATTEMPTS };
    ctx.jobs().start(&job).await.map(drop)
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 2)
}
