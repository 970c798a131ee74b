//! The rules of jobs, as those who work on them see them.
use super::{
    START, Subject,
    jobs::{MINUTE, new_job},
};
use element::{Caller, Error, ErrorKind, JobState, Progress, Result, code};
use serde_json::json;

/// A worker for one job leaves the others alone, whoever is first.
pub(super) async fn lease_one(it: Subject) -> Result<()> {
    let jobs = it.store.jobs;
    let first = jobs.add("a", new_job(START, 3), Caller::Operator).await?;
    let second = jobs.add("a", new_job(START, 3), Caller::Operator).await?;
    let late = jobs.add("a", new_job(START + 1, 3), Caller::Operator).await?;
    assert_eq!(jobs.lease(Some(second), MINUTE).await?.map(|it| it.job.id), Some(second));
    assert_eq!(jobs.lease(Some(second), MINUTE).await?, None, "somebody works on it");
    assert_eq!(jobs.lease(Some(late), MINUTE).await?, None, "it is not due");
    assert_eq!(jobs.lease(Some(late + 100), MINUTE).await?, None);
    assert_eq!(jobs.get("a", first).await?.map(|it| it.attempts), Some(0));
    assert_eq!(jobs.lease(None, MINUTE).await?.map(|it| it.job.id), Some(first));
    Ok(())
}

pub(super) async fn lease_ends(it: Subject) -> Result<()> {
    let jobs = it.store.jobs;
    let id = jobs.add("a", new_job(START, 3), Caller::Operator).await?;
    let first = jobs.lease(None, MINUTE).await?.expect("it is due");
    // What has been due for longer comes first: this one before the one whose lease ends later.
    let other = jobs.add("a", new_job(START + MINUTE as i64 - 1, 3), Caller::Operator).await?;
    it.clock.advance(MINUTE as i64);
    assert_eq!(jobs.lease(None, MINUTE).await?.map(|it| it.job.id), Some(other));
    let second = jobs.lease(None, MINUTE).await?.expect("its lease is over");
    assert!((second.job.id, second.job.attempts) == (id, 2) && second.fence > first.fence, "{second:?}");
    Ok(())
}

pub(super) async fn too_late(it: Subject) -> Result<()> {
    let jobs = it.store.jobs;
    let id = jobs.add("a", new_job(START, 3), Caller::Operator).await?;
    let first = jobs.lease(None, MINUTE).await?.expect("it is due").fence;
    it.clock.advance(MINUTE as i64);
    let second = jobs.lease(None, MINUTE).await?.expect("its lease is over").fence;
    let before = jobs.get("a", id).await?;
    let error = (*Error::new(ErrorKind::Internal, code::UNCAUGHT, "late")).clone();
    for fence in [first, 0, second + 1] {
        assert!(!jobs.renew(id, fence, MINUTE * 100).await?);
        assert!(!jobs.progress(id, fence, Progress { done: 1, total: 2 }).await?);
        assert!(!jobs.finish(id, fence, json!("late")).await?);
        assert!(!jobs.fail(id, fence, error.clone(), 0).await?);
    }
    assert!(!jobs.finish(id + 100, second, json!(1)).await?);
    assert_eq!(jobs.get("a", id).await?, before, "who lost the job changes nothing");
    // Over, but nobody else took it: the work counts.
    it.clock.advance(MINUTE as i64);
    assert!(jobs.finish(id, second, json!("in time")).await?);
    assert_eq!(jobs.lease(None, MINUTE).await?, None);
    Ok(())
}

pub(super) async fn renewed(it: Subject) -> Result<()> {
    let jobs = it.store.jobs;
    let id = jobs.add("a", new_job(START, 3), Caller::Operator).await?;
    let leased = jobs.lease(None, MINUTE).await?.expect("it is due");
    for _ in 0..5 {
        it.clock.advance(MINUTE as i64 - 1);
        assert!(jobs.renew(id, leased.fence, MINUTE).await?);
        assert_eq!(jobs.lease(None, MINUTE).await?, None);
    }
    let until = START + 5 * (MINUTE as i64 - 1) + MINUTE as i64;
    let job = jobs.get("a", id).await?.expect("it was added");
    assert_eq!((job.state, job.attempts), (JobState::Running { leased_until: until }, 1));
    it.clock.advance(MINUTE as i64);
    assert_eq!(jobs.lease(None, MINUTE).await?.map(|it| it.job.attempts), Some(2));
    Ok(())
}

pub(super) async fn progress(it: Subject) -> Result<()> {
    let jobs = it.store.jobs;
    let id = jobs.add("a", new_job(START, 3), Caller::Operator).await?;
    assert!(!jobs.progress(id, 0, Progress { done: 1, total: 2 }).await?, "nobody works on it");
    let fence = jobs.lease(None, MINUTE).await?.expect("it is due").fence;
    for done in 1..=3 {
        assert!(jobs.progress(id, fence, Progress { done, total: 3 }).await?);
        assert_eq!(jobs.get("a", id).await?.map(|it| it.progress), Some(Progress { done, total: 3 }));
    }
    assert!(jobs.finish(id, fence, json!(1)).await?);
    assert!(!jobs.progress(id, fence, Progress { done: 9, total: 9 }).await?);
    assert_eq!(jobs.get("a", id).await?.map(|it| it.progress), Some(Progress { done: 3, total: 3 }));
    Ok(())
}

/// A job that kills whoever works on it stops after its last attempt, and another job is not held up by it.
pub(super) async fn lost_to_the_end(it: Subject) -> Result<()> {
    let jobs = it.store.jobs;
    let id = jobs.add("a", new_job(START, 2), Caller::Operator).await?;
    for attempt in 1..=2 {
        let leased = jobs.lease(None, MINUTE).await?.expect("an attempt is left");
        assert_eq!((leased.job.id, leased.job.attempts), (id, attempt));
        it.clock.advance(MINUTE as i64);
    }
    let other = jobs.add("a", new_job(START + 2 * MINUTE as i64, 1), Caller::Operator).await?;
    assert_eq!(jobs.lease(None, MINUTE).await?.map(|it| it.job.id), Some(other));
    let dead = jobs.get("a", id).await?.expect("it was added");
    assert_eq!((dead.state, dead.attempts, dead.error), (JobState::Dead, 2, Some(crate::lost_worker(2))));
    assert!(jobs.retry("a", id).await?);
    assert_eq!(jobs.lease(None, MINUTE).await?.map(|it| it.job.id), Some(id));
    Ok(())
}
