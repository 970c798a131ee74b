//! Looking after what waits: whatever a host left behind that died, and what failed and may go well now.
use super::{
    inbox::put_off,
    push_record::{ATTEMPTS, Push},
};
use auths::callbacks::CallbackState;
use element::{Ctx, ErrorKind, Expect, JobState, NewJob, Query, Record, Result};
use serde_json::json;
use std::time::Duration;

/// The method that a job calls some time after a start.
const LOOK_AFTER: &str = "lookAfterCallBacks";
/// Whoever keeps a push puts it on the list of jobs in the next moment. One that was never tried so long after that has no job.
const NEVER_TRIED_MS: i64 = 30 * 1000;
/// One that was tried and waits longer than this has lost its job: the longest pause between two tries is shorter.
const FORGOTTEN_MS: i64 = 10 * 60 * 1000;
/// After a start, what a host died over is older than [`NEVER_TRIED_MS`] then.
const AFTER_START: Duration = Duration::from_secs(45);

/// The job that looks after an app's callbacks next.
#[element::data]
struct Next {
    job: u64,
}

const NEXT: &str = "wecom.callBackSweeps";

/// Has what waits looked after, soon after a host comes up: it may have died in the middle, and WeCom's codes do not wait for long.
/// Of many elements that start, and of many that start one after the other and never stay, one does so.
///
/// # Errors
/// The store cannot be reached.
pub(super) async fn after_start(ctx: &Ctx) -> Result<()> {
    let (records, key) = (ctx.records(NEXT), "next");
    let before: Option<Record<Next>> = records.get(key).await?;
    if let Some(before) = &before
        && let Some(job) = ctx.jobs().get(before.value.job).await?
        && matches!(job.state, JobState::Waiting | JobState::Running { .. })
    {
        return Ok(());
    }
    let run_at = ctx.now().saturating_add(i64::try_from(AFTER_START.as_millis()).unwrap_or(0));
    // In its start, an element has nothing done but by itself.
    let (element, method) = (ctx.full_name().to_owned(), LOOK_AFTER.to_owned());
    let job = ctx.jobs().start(&NewJob { element, method, args: json!({}), run_at, max_attempts: ATTEMPTS }).await?;
    let expect = before.map_or(Expect::Absent, |it| Expect::Version(it.version));
    match records.write(key, &Next { job }, expect, None).await {
        // Somebody else's job will do, too.
        Err(e) if e.kind == ErrorKind::Conflict => Ok(()),
        other => other.map(drop),
    }
}

/// Puts on the list what has no job any more. `and_failed`: what failed is tried once more, too, since a new ticket may be what it
/// waited for.
///
/// # Errors
/// The store cannot be reached.
pub(super) async fn look_after(ctx: &Ctx, and_failed: bool) -> Result<()> {
    let mut query = Query { filter: Push::standing(CallbackState::Waiting), limit: 1000, ..Query::default() };
    loop {
        let page = Push::records(ctx).query::<Push>(&query).await?;
        for it in page.records {
            let is_forgotten = match it.value.tried_at {
                None => it.value.received_at + NEVER_TRIED_MS < ctx.now(),
                Some(at) => at + FORGOTTEN_MS < ctx.now(),
            };
            if is_forgotten {
                put_off(ctx, &it.key, ATTEMPTS).await?;
            } else if and_failed && it.value.error.is_some() {
                put_off(ctx, &it.key, 1).await?;
            }
        }
        match page.next {
            None => return Ok(()),
            after => query.after = after,
        }
    }
}
