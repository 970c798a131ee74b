//! The rules of jobs, as those who add them see them.
use super::{START, Subject, refused};
use crate::{DONE_STAYS_MS, Jobs, limits::DOCUMENT_BYTES};
use element::{Caller, Error, ErrorKind, JobState, NewJob, Progress, Result};
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;

pub(super) const MINUTE: u64 = 60_000;
/// Longer than any engine takes to tell a change.
const LONG: Duration = Duration::from_secs(20);

pub(super) fn new_job(run_at: i64, max_attempts: u32) -> NewJob {
    NewJob { element: "a.B".to_owned(), method: "run".to_owned(), args: json!({"n": 1}), run_at, max_attempts }
}

pub(super) async fn added(it: Subject) -> Result<()> {
    let jobs = it.store.jobs;
    let id = jobs.add("a", new_job(START + 5, 3), Caller::Operator).await?;
    let job = jobs.get("a", id).await?.expect("it was added");
    assert_eq!((job.id, job.app.as_str(), &job.call), (id, "a", &new_job(START + 5, 3)));
    assert_eq!(
        (job.state, job.progress, job.attempts, job.error, job.created_at),
        (JobState::Waiting, Progress::default(), 0, None, START)
    );
    assert!(jobs.add("b", new_job(START, 3), Caller::Operator).await? > id);
    assert_eq!(jobs.get("b", id).await?, None, "it belongs to another app");
    assert_eq!(jobs.get("a", id + 100).await?, None);
    Ok(())
}

pub(super) async fn due(it: Subject) -> Result<()> {
    let jobs = it.store.jobs;
    assert_eq!(jobs.lease(None, MINUTE).await?, None);
    let late = jobs.add("a", new_job(START + 10, 3), Caller::Operator).await?;
    let first = jobs.add("a", new_job(START, 3), Caller::Operator).await?;
    let second = jobs.add("b", new_job(START, 3), Caller::Operator).await?;
    let early = jobs.add("a", new_job(0, 3), Caller::Operator).await?;
    for id in [early, first, second] {
        let leased = jobs.lease(None, MINUTE).await?.expect("it is due");
        assert_eq!((leased.job.id, leased.job.attempts), (id, 1));
        assert_eq!(leased.job.state, JobState::Running { leased_until: START + MINUTE as i64 });
        assert_eq!(jobs.get(&leased.job.app, id).await?, Some(leased.job));
    }
    assert_eq!(jobs.lease(None, MINUTE).await?, None);
    it.clock.advance(9);
    assert_eq!(jobs.lease(None, MINUTE).await?, None);
    it.clock.advance(1);
    assert_eq!(jobs.lease(None, MINUTE).await?.map(|it| it.job.id), Some(late));
    Ok(())
}

pub(super) async fn finished(it: Subject) -> Result<()> {
    let jobs = it.store.jobs;
    let id = jobs.add("a", new_job(START, 3), Caller::Operator).await?;
    let leased = jobs.lease(None, MINUTE).await?.expect("it is due");
    let too_large = json!("x".repeat(DOCUMENT_BYTES));
    refused(jobs.finish(id, leased.fence, too_large).await, ErrorKind::InvalidArgs);
    assert!(jobs.finish(id, leased.fence, json!({"sum": 3})).await?);
    let done = JobState::Done { result: json!({"sum": 3}) };
    assert_eq!(jobs.get("a", id).await?.map(|it| it.state), Some(done.clone()));
    assert!(!jobs.finish(id, leased.fence, json!(4)).await?);
    assert!(!jobs.fail(id, leased.fence, error("late"), START).await?);
    assert!(!jobs.renew(id, leased.fence, MINUTE).await?);
    assert!(!jobs.retry("a", id).await?);
    it.clock.advance(MINUTE as i64 * 2);
    assert_eq!(jobs.lease(None, MINUTE).await?, None);
    assert_eq!(jobs.get("a", id).await?.map(|it| it.state), Some(done));
    Ok(())
}

pub(super) async fn done_goes(it: Subject) -> Result<()> {
    let jobs = it.store.jobs;
    let id = jobs.add("a", new_job(START, 1), Caller::Operator).await?;
    let fence = jobs.lease(None, MINUTE).await?.expect("it is due").fence;
    let dead = jobs.add("a", new_job(START, 1), Caller::Operator).await?;
    let other = jobs.lease(None, MINUTE).await?.expect("it is due").fence;
    jobs.fail(dead, other, error("no"), START).await?;
    jobs.finish(id, fence, json!(1)).await?;
    it.clock.advance(DONE_STAYS_MS - 1);
    assert!(jobs.get("a", id).await?.is_some());
    it.clock.advance(1);
    assert_eq!(jobs.get("a", id).await?, None);
    assert!(jobs.get("a", dead).await?.is_some(), "a dead job waits for a person");
    let next = jobs.add("a", new_job(START, 1), Caller::Operator).await?;
    assert!(next > dead, "a number is never given twice");
    Ok(())
}

fn error(message: &str) -> element::ErrorParts {
    (*Error::new(ErrorKind::Upstream, 40029, message).because("for the log")).clone()
}

pub(super) async fn failed(it: Subject) -> Result<()> {
    let jobs = it.store.jobs;
    let id = jobs.add("a", new_job(START, 2), Caller::Operator).await?;
    let first = jobs.lease(None, MINUTE).await?.expect("it is due");
    assert!(jobs.fail(id, first.fence, error("first"), START + 500).await?);
    let job = jobs.get("a", id).await?.expect("it was added");
    assert_eq!(
        (job.state, job.attempts, job.error, job.call.run_at),
        (JobState::Waiting, 1, Some(error("first")), START + 500)
    );
    assert!(!jobs.fail(id, first.fence, error("twice"), START).await?);
    it.clock.advance(499);
    assert_eq!(jobs.lease(None, MINUTE).await?, None);
    it.clock.advance(1);
    let second = jobs.lease(None, MINUTE).await?.expect("its next try has come");
    assert!(second.fence > first.fence);
    assert_eq!((second.job.attempts, second.job.error), (2, Some(error("first"))));
    Ok(())
}

pub(super) async fn dead_and_retried(it: Subject) -> Result<()> {
    let jobs = it.store.jobs;
    let id = jobs.add("a", new_job(START, 1), Caller::Operator).await?;
    assert!(!jobs.retry("a", id).await?, "it is not dead");
    let leased = jobs.lease(None, MINUTE).await?.expect("it is due");
    assert!(!jobs.retry("a", id).await?);
    assert!(jobs.fail(id, leased.fence, error("no"), START).await?);
    let dead = jobs.get("a", id).await?.expect("it was added");
    assert_eq!((dead.state, dead.attempts, dead.error), (JobState::Dead, 1, Some(error("no"))));
    it.clock.advance(MINUTE as i64 * 10);
    assert_eq!(jobs.lease(None, MINUTE).await?, None);

    assert!(!jobs.retry("b", id).await?, "it belongs to another app");
    assert!(!jobs.retry("a", id + 100).await?);
    assert!(jobs.retry("a", id).await?);
    assert!(!jobs.retry("a", id).await?);
    let job = jobs.get("a", id).await?.expect("it was added");
    assert_eq!((job.state, job.attempts, job.error), (JobState::Waiting, 0, Some(error("no"))));
    let again = jobs.lease(None, MINUTE).await?.expect("it was revived");
    assert!((again.job.id, again.job.attempts) == (id, 1) && again.fence > leased.fence);
    assert!(jobs.finish(id, again.fence, json!(null)).await?);
    Ok(())
}

pub(super) async fn limits(it: Subject) -> Result<()> {
    let jobs = it.store.jobs;
    refused(jobs.add("a", new_job(START, 0), Caller::Operator).await, ErrorKind::InvalidArgs);
    let args = json!({"text": "x".repeat(DOCUMENT_BYTES)});
    refused(jobs.add("a", NewJob { args, ..new_job(START, 1) }, Caller::Operator).await, ErrorKind::InvalidArgs);
    refused(
        jobs.add("a", NewJob { element: String::new(), ..new_job(START, 1) }, Caller::Operator).await,
        ErrorKind::InvalidArgs,
    );
    refused(jobs.lease(None, 0).await, ErrorKind::InvalidArgs);
    refused(jobs.renew(1, 1, 0).await, ErrorKind::InvalidArgs);
    assert_eq!(jobs.lease(None, MINUTE).await?, None);
    Ok(())
}

/// The number of the next change.
async fn told(jobs: &dyn Jobs, seen: u64) -> u64 {
    let change = async {
        loop {
            match jobs.changed(seen, LONG).await {
                // It may return early.
                same if same == seen => tokio::task::yield_now().await,
                other => return other,
            }
        }
    };
    timeout(LONG, change).await.expect("a change is told long before the time is over")
}

/// Every change is told, also one between looking and waiting.
pub(super) async fn changes(it: Subject) -> Result<()> {
    let jobs = it.store.jobs;
    let seen = jobs.changed(0, Duration::from_millis(1)).await;
    let waits = tokio::spawn({
        let jobs = jobs.clone();
        async move {
            let mut seen = seen;
            loop {
                if let Some(leased) = jobs.lease(None, MINUTE).await? {
                    return Ok::<_, Error>(leased);
                }
                seen = told(&*jobs, seen).await;
            }
        }
    });
    let id = jobs.add("a", new_job(START, 1), Caller::Operator).await?;
    let leased = waits.await.expect("every change is told")?;
    assert_eq!(leased.job.id, id);

    let seen = told(&*jobs, seen).await;
    assert!(jobs.fail(id, leased.fence, error("no"), START).await?);
    let seen = told(&*jobs, seen).await;
    assert!(jobs.retry("a", id).await?);
    let seen = told(&*jobs, seen).await;
    let fence = jobs.lease(None, MINUTE).await?.expect("it was revived").fence;
    assert!(jobs.finish(id, fence, json!(1)).await?);
    told(&*jobs, seen).await;
    Ok(())
}
