//! Syncing now and then: a chain of jobs, each of which puts the next one on the list.
//!
//! A record per Instance says which link of the chain counts, so that hosts, restarts and changed configs do not grow a
//! second chain: a job is put on the list first, and then the record says that it is the one, if nobody was faster. A
//! job that is not the one of the record does nothing. Jobs outlive their host.
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
pub(crate) struct Link {
    /// Random: what its job is told.
    turn: String,
    /// When it is due, in milliseconds since 1970.
    next_at: i64,
}

/// At the start of an Instance: there is a chain from now on. That it cannot be begun now is no reason not to serve.
pub(crate) async fn ensure(ctx: &Ctx, every: Duration) {
    if let Err(e) = begin(ctx, every).await {
        ctx.log(Level::Warn, &format!("the schedule of a sync cannot be begun; the next start tries again: {e}"));
    }
}

async fn begin(ctx: &Ctx, every: Duration) -> Result<()> {
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

/// The link, if this job is the one that counts.
pub(crate) async fn due(ctx: &Ctx, turn: &str) -> Result<Option<Record<Link>>> {
    let link: Option<Record<Link>> = ctx.records(SCHEDULES).get(ctx.full_name()).await?;
    Ok(link.filter(|it| it.value.turn == turn))
}

/// After a sync: the next link.
pub(crate) async fn go_on(ctx: &Ctx, link: &Record<Link>, every: Duration, well: bool) -> Result<()> {
    let pause = if well { every } else { every.min(AFTER_FAILURE) };
    add(ctx, Some(link), ctx.now() + millis(pause)).await
}

/// The config has no schedule any more.
pub(crate) async fn end(ctx: &Ctx) -> Result<()> {
    ctx.records(SCHEDULES).delete(ctx.full_name()).await.map(drop)
}

/// Adds a link; whoever else does so at the same time is enough.
async fn add(ctx: &Ctx, before: Option<&Record<Link>>, next_at: i64) -> Result<()> {
    let turn = ctx.random(12).await?;
    let (element, method) = (ctx.full_name().to_owned(), METHOD.to_owned());
    let job = NewJob { element, method, args: json!({"turn": turn}), run_at: next_at, max_attempts: ATTEMPTS };
    ctx.jobs().start(&job).await?;
    let expect = before.map_or(Expect::Absent, |it| Expect::Version(it.version));
    match ctx.records(SCHEDULES).write(ctx.full_name(), &Link { turn, next_at }, expect, None).await {
        Err(e) if e.kind == ErrorKind::Conflict => Ok(()),
        other => other.map(drop),
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 2)
}
