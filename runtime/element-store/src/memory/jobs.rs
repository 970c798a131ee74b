//! Jobs in memory.
use super::AT_ONCE;
use crate::{DONE_STAYS_MS, Leased, limits, lock, lost_worker, news::News};
use async_trait::async_trait;
use element::{Caller, ErrorParts, Job, JobState, NewJob, Progress, Result, host::Clock};
use hashbrown::HashMap;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

/// See [`Store::memory`](crate::Store::memory).
pub(crate) struct MemoryJobs {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    news: News,
}

#[derive(Default)]
struct State {
    jobs: HashMap<u64, Entry>,
    last_id: u64,
    /// When somebody may lease it: what waits by its time, what runs by the end of its lease.
    due: BTreeSet<(i64, u64)>,
    /// When it is not there any more: what is done.
    done: BTreeSet<(i64, u64)>,
}

struct Entry {
    job: Job,
    fence: u64,
    /// Where it stands in `due`, or in `done` if it is done.
    at: i64,
}

impl State {
    /// Takes away what has been done long enough.
    fn clean(&mut self, now: i64) {
        for _ in 0..AT_ONCE {
            let Some(&(at, id)) = self.done.first() else { break };
            if at > now {
                break;
            }
            self.done.pop_first();
            self.jobs.remove(&id);
        }
    }

    fn add(&mut self, app: &str, call: NewJob, caller: Caller, now: i64) -> u64 {
        self.clean(now);
        self.last_id += 1;
        let id = self.last_id;
        let at = call.run_at;
        let job = Job {
            id,
            app: app.to_owned(),
            call,
            caller,
            state: JobState::Waiting,
            progress: Progress::default(),
            attempts: 0,
            error: None,
            created_at: now,
        };
        self.due.insert((at, id));
        self.jobs.insert(id, Entry { job, fence: 0, at });
        id
    }

    /// Changes where a job stands, and with it when it is looked at again.
    fn turn(&mut self, id: u64, to: JobState, now: i64) {
        let Some(entry) = self.jobs.get_mut(&id) else { return };
        self.due.remove(&(entry.at, id));
        entry.at = match to {
            JobState::Waiting => entry.job.call.run_at,
            JobState::Running { leased_until } => leased_until,
            JobState::Done { .. } => now.saturating_add(DONE_STAYS_MS),
            JobState::Dead => now,
        };
        match to {
            JobState::Waiting | JobState::Running { .. } => self.due.insert((entry.at, id)),
            JobState::Done { .. } => self.done.insert((entry.at, id)),
            JobState::Dead => false,
        };
        entry.job.state = to;
    }

    /// What is due, if anything is; and whether a job died over it.
    fn lease(&mut self, only: Option<u64>, ttl_ms: u64, now: i64) -> (Option<Leased>, bool) {
        self.clean(now);
        let mut died = false;
        loop {
            let mut due = self.due.iter().take_while(|(at, _)| *at <= now);
            let Some(&(at, id)) = due.find(|(_, id)| only.is_none_or(|only| only == *id)) else { break };
            let Some(entry) = self.jobs.get_mut(&id) else {
                self.due.remove(&(at, id));
                continue;
            };
            // Only a running job can have used up its attempts here: one that failed with its last is dead already.
            if entry.job.attempts >= entry.job.call.max_attempts {
                entry.job.error = Some(lost_worker(entry.job.attempts));
                self.turn(id, JobState::Dead, now);
                died = true;
                continue;
            }
            entry.job.attempts += 1;
            entry.fence += 1;
            self.turn(id, JobState::Running { leased_until: limits::ends_at(now, ttl_ms) }, now);
            let leased = self.jobs.get(&id).map(|it| Leased { job: it.job.clone(), fence: it.fence });
            return (leased, died);
        }
        (None, died)
    }

    /// The job, if it is running under this fence.
    fn held(&mut self, id: u64, fence: u64) -> Option<&mut Job> {
        let entry = self.jobs.get_mut(&id).filter(|it| it.fence == fence)?;
        matches!(entry.job.state, JobState::Running { .. }).then_some(&mut entry.job)
    }

    fn fail(&mut self, id: u64, fence: u64, error: ErrorParts, retry_at: i64, now: i64) -> bool {
        let Some(job) = self.held(id, fence) else { return false };
        job.error = Some(error);
        let to = if job.attempts >= job.call.max_attempts {
            JobState::Dead
        } else {
            job.call.run_at = retry_at;
            JobState::Waiting
        };
        self.turn(id, to, now);
        true
    }

    fn retry(&mut self, app: &str, id: u64, now: i64) -> bool {
        let job = self.jobs.get_mut(&id).map(|it| &mut it.job);
        let Some(job) = job.filter(|it| it.app == app && it.state == JobState::Dead) else { return false };
        job.attempts = 0;
        job.call.run_at = now;
        self.turn(id, JobState::Waiting, now);
        true
    }
}

impl MemoryJobs {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Mutex::default(), news: News::default() }
    }
}

#[async_trait]
impl crate::Jobs for MemoryJobs {
    async fn add(&self, app: &str, job: NewJob, caller: Caller) -> Result<u64> {
        limits::job(&job)?;
        let now = self.clock.now();
        let id = lock(&self.state).add(app, job, caller, now);
        self.news.tell(true);
        Ok(id)
    }

    async fn get(&self, app: &str, id: u64) -> Result<Option<Job>> {
        let now = self.clock.now();
        let state = lock(&self.state);
        let entry = state.jobs.get(&id).filter(|it| it.job.app == app);
        let gone = |it: &Entry| matches!(it.job.state, JobState::Done { .. }) && it.at <= now;
        Ok(entry.filter(|it| !gone(it)).map(|it| it.job.clone()))
    }

    async fn lease(&self, only: Option<u64>, ttl_ms: u64) -> Result<Option<Leased>> {
        limits::ttl(ttl_ms)?;
        let now = self.clock.now();
        let (leased, died) = lock(&self.state).lease(only, ttl_ms, now);
        self.news.tell(died);
        Ok(leased)
    }

    async fn renew(&self, id: u64, fence: u64, ttl_ms: u64) -> Result<bool> {
        limits::ttl(ttl_ms)?;
        let now = self.clock.now();
        let mut state = lock(&self.state);
        let held = state.held(id, fence).is_some();
        if held {
            state.turn(id, JobState::Running { leased_until: limits::ends_at(now, ttl_ms) }, now);
        }
        Ok(held)
    }

    async fn progress(&self, id: u64, fence: u64, progress: Progress) -> Result<bool> {
        let mut state = lock(&self.state);
        Ok(state.held(id, fence).map(|job| job.progress = progress).is_some())
    }

    async fn finish(&self, id: u64, fence: u64, result: Value) -> Result<bool> {
        limits::document(&result)?;
        let now = self.clock.now();
        let held = {
            let mut state = lock(&self.state);
            let held = state.held(id, fence).is_some();
            if held {
                state.turn(id, JobState::Done { result }, now);
            }
            held
        };
        Ok(self.news.tell(held))
    }

    async fn fail(&self, id: u64, fence: u64, error: ErrorParts, retry_at: i64) -> Result<bool> {
        let now = self.clock.now();
        let changed = lock(&self.state).fail(id, fence, error, retry_at, now);
        Ok(self.news.tell(changed))
    }

    async fn retry(&self, app: &str, id: u64) -> Result<bool> {
        let now = self.clock.now();
        let changed = lock(&self.state).retry(app, id, now);
        Ok(self.news.tell(changed))
    }

    async fn changed(&self, seen: u64, at_most: Duration) -> u64 {
        self.news.wait(seen, at_most).await
    }
}

impl fmt::Debug for MemoryJobs {
    /// A count only: arguments and results have no place in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryJobs").field("jobs", &lock(&self.state).jobs.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
