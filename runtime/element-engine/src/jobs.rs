//! Jobs: `#[long]` methods and calls that elements put off, done by a worker that outlives whoever asked.
use crate::{Instance, Method, call, engine::Engine, find};
use element::{
    Caller, Error, ErrorKind, Job, JobState, NewJob, Progress, Result, code,
    host::{Call, Form, Host, Input, Output},
};
use element_store::Leased;
use serde_json::Value;
use std::{
    sync::{Arc, Weak},
    time::Duration,
};
use tokio::sync::Semaphore;

/// A worker that died gives its job back after this time, in milliseconds.
const LEASE_MS: u64 = 30_000;
/// How the request ids of jobs begin.
pub(crate) const REQUEST: &str = "job-";
/// How many jobs one host does at once.
const AT_ONCE: usize = 8;
/// How long to wait for news at most: other hosts do not tell of the jobs that they add.
const NEWS: Duration = Duration::from_secs(1);
/// How often the progress of a job is looked at: it is no news of its own.
const LOOK: Duration = Duration::from_millis(250);
/// The first pause after a failure, in milliseconds; it doubles with each one, up to [`PAUSE_MAX`].
const PAUSE: i64 = 1_000;
/// The longest pause, in milliseconds.
const PAUSE_MAX: i64 = 300_000;

/// Runs a `#[long]` method as a job and waits for it.
pub(crate) async fn run(
    engine: &Engine,
    instance: &Instance,
    method: &Method,
    input: &Input<'_>,
    form: Form,
    call: &Call,
) -> Result<Output> {
    let id = start(engine, &call.app, instance, method, input, call.caller.clone()).await?;
    form.encode(&wait(engine, &call.app, id, &mut |_| ()).await?)
}

/// Puts the call of a `#[long]` method on the list. It is tried once: whoever asked decides about more.
pub(crate) async fn start(
    engine: &Engine,
    app: &str,
    instance: &Instance,
    method: &Method,
    input: &Input<'_>,
    caller: Caller,
) -> Result<u64> {
    let args = match input {
        Input::Value(it) => (*it).clone(),
        Input::Bytes([]) => Value::Null,
        Input::Bytes(it) => {
            serde_json::from_slice(it).map_err(|e| Error::invalid_args(format!("the arguments are no JSON: {e}")))?
        }
        Input::Raw(_) => return Err(Error::internal("a raw method cannot be long")),
    };
    let (element, method) = (instance.key.full_name.as_str().into(), method.name.as_ref().into());
    let job = NewJob { element, method, args, run_at: engine.now(), max_attempts: 1 };
    let id = engine.options.store.jobs.add(app, job, caller).await?;
    if engine.options.own_jobs_only {
        do_own(engine.me()?, id);
    }
    Ok(id)
}

/// Does one job, and leaves all others to the hosts that stay.
fn do_own(engine: Arc<Engine>, id: u64) {
    let attempts = engine.attempts.clone();
    attempts.spawn(async move {
        while !engine.closing.is_cancelled() {
            match engine.options.store.jobs.lease(Some(id), LEASE_MS).await {
                Ok(Some(leased)) => return attempt(&engine, leased).await,
                // A host that stays may be faster; or the store is busy, or away for a moment.
                Ok(None) | Err(_) => tokio::time::sleep(LOOK).await,
            }
        }
    });
}

/// Is this what a job calls, or something that it causes?
pub(crate) fn is_in_job(call: &Call) -> bool {
    call.request_id.starts_with(REQUEST)
}

/// Waits until a job is done; tells every step that it reports.
pub(crate) async fn wait(engine: &Engine, app: &str, id: u64, tell: &mut (dyn FnMut(Progress) + Send)) -> Result<Value> {
    let jobs = &engine.options.store.jobs;
    let closing =
        || Error::new(ErrorKind::Unavailable, code::UNAVAILABLE, "the runtime is closing; the job may be done later");
    let (mut seen, mut told) = (0, Progress::default());
    loop {
        // First look for news, then at the job: a change between the two is news of the next round.
        seen = jobs.changed(seen, Duration::ZERO).await;
        let Some(job) = jobs.get(app, id).await? else {
            return Err(Error::new(ErrorKind::NotFound, code::NO_RECORD, format!("there is no job {id} in `{app}`")));
        };
        if job.progress != told {
            told = job.progress;
            tell(told);
        }
        match job.state {
            JobState::Done { result } => return Ok(result),
            JobState::Dead => {
                let Some(e) = job.error else { return Err(Error::internal("a dead job without a reason")) };
                return Err(Error::new(e.kind, e.code, e.message).because(e.internal));
            }
            // Nobody takes it any more.
            JobState::Waiting if engine.closing.is_cancelled() => return Err(closing()),
            JobState::Waiting | JobState::Running { .. } if engine.attempts.is_closed() && engine.attempts.is_empty() => {
                return Err(closing());
            }
            JobState::Waiting | JobState::Running { .. } => seen = jobs.changed(seen, LOOK).await,
        }
    }
}

/// Takes due jobs until the runtime is gone or closed.
pub(crate) async fn work(runtime: Weak<Engine>) {
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    let Some((jobs, closing)) = runtime.upgrade().map(|it| (Arc::clone(&it.options.store.jobs), it.closing.clone())) else {
        return;
    };
    let mut seen = 0;
    loop {
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
        if closing.is_cancelled() {
            return;
        }
        let leased = jobs.lease(None, LEASE_MS).await.unwrap_or_else(|e| {
            // That the store is away it tells itself, once.
            if e.kind != ErrorKind::Unavailable {
                tracing::warn!(code = e.code, internal = %e.internal, "no jobs can be taken: {e}");
            }
            None
        });
        let Some(engine) = runtime.upgrade() else { return };
        if let Some(leased) = leased {
            let attempts = engine.attempts.clone();
            attempts.spawn(async move {
                attempt(&engine, leased).await;
                drop(slot);
            });
            continue;
        }
        // Waiting must not keep the runtime alive.
        drop((slot, engine));
        tokio::select! {
            it = jobs.changed(seen, NEWS) => seen = it,
            () = closing.cancelled() => return,
        }
    }
}

async fn attempt(engine: &Arc<Engine>, Leased { job, fence }: Leased) {
    let jobs = &engine.options.store.jobs;
    let mut call = std::pin::pin!(once(engine, &job, fence));
    let result = loop {
        tokio::select! {
            result = &mut call => break result,
            () = tokio::time::sleep(Duration::from_millis(LEASE_MS / 3)) => match jobs.renew(job.id, fence, LEASE_MS).await {
                Ok(true) => {}
                // Another host has it now; what this one does is no longer wanted.
                Ok(false) => return,
                Err(e) => tracing::warn!(job = job.id, code = e.code, "the lease of a job cannot be renewed: {e}"),
            },
        }
    };
    let result = match result {
        Ok(it) => match jobs.finish(job.id, fence, it).await {
            // Too large to be kept: doing it again would give the same, so this try has failed.
            Err(e) if e.kind == ErrorKind::InvalidArgs => {
                let message = format!("the result of `{}` cannot be kept: {e}", job.call.method);
                Err(Error::new(ErrorKind::Internal, code::UNCAUGHT, message))
            }
            written => Ok(written),
        },
        Err(e) => Err(e),
    };
    let written = match result {
        Ok(it) => it,
        // What fails while everything goes out of service has not failed: its lease ends, and it is done again if an attempt
        // is left.
        Err(_) if engine.closing.is_cancelled() => return,
        Err(e) => {
            let Job { app, call: NewJob { element, method, .. }, attempts, .. } = &job;
            let (code, internal) = (e.code, &*e.internal);
            tracing::warn!(app, element, method, job = job.id, attempts, code, internal, "a job failed: {e}");
            let pause = PAUSE.saturating_mul(1 << (job.attempts.saturating_sub(1)).min(20)).min(PAUSE_MAX);
            jobs.fail(job.id, fence, (*e).clone(), engine.now().saturating_add(pause)).await
        }
    };
    if let Err(e) = written {
        tracing::warn!(job = job.id, code = e.code, "the result of a job cannot be written, so it will be done again: {e}");
    }
}

/// A job is a call with no deadline, by whoever asked for it.
async fn once(engine: &Arc<Engine>, job: &Job, fence: u64) -> Result<Value> {
    let target = engine.target(&job.app, &job.call.element)?;
    let (method, instance) = (find::allowed(&target, &job.call.method, &job.caller, &job.app)?, &target.instance);
    let call = Call {
        app: job.app.as_str().into(),
        element: instance.key.full_name.shared(),
        caller: job.caller.clone(),
        deadline: None,
        request_id: request_id(job.id, fence).into(),
        browser: None,
    };
    call::run(engine, instance, method, Input::Value(&job.call.args), Form::Value, call).await?.into_value()
}

/// Everything that a job causes can be found in the log under this, and its progress finds the job by it.
fn request_id(job: u64, fence: u64) -> String {
    format!("{REQUEST}{job}-{fence}")
}

impl Engine {
    /// What a method reports. Outside a job nobody waits for it.
    pub(crate) async fn progress(&self, call: &Call, progress: Progress) -> Result<()> {
        let numbers = call.request_id.strip_prefix(REQUEST).and_then(|it| it.split_once('-'));
        if let Some((Ok(job), Ok(fence))) = numbers.map(|(job, fence)| (job.parse(), fence.parse())) {
            self.options.store.jobs.progress(job, fence, progress).await?;
        }
        Ok(())
    }
}
