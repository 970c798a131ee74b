//! Fourth room: a call from outside, or from an element. Find the method, ask who calls, make the call or the job.
use crate::{
    Instance, Method,
    call::{DEADLINE, run},
    engine::Engine,
    find::{Target, allowed},
    jobs,
};
use element::{
    Caller, Error, ErrorKind, Result,
    host::{Call, Form, Input, Output},
};
use std::{sync::Arc, time::Duration};

/// How a call is made. The default is the operator's: anything may be called, for at most 30 seconds.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// Who calls.
    pub caller: Caller,
    /// The same for everything that one request from outside causes; made up if empty.
    pub request_id: Arc<str>,
    /// How long to wait; `None`: for ever. A `#[long]` method takes the time it takes.
    pub timeout: Option<Duration>,
    /// Which browser it comes from; see [`Call::browser`].
    pub browser: Option<Arc<str>>,
}

impl Default for Invocation {
    fn default() -> Self {
        Self { caller: Caller::Operator, request_id: "".into(), timeout: Some(DEADLINE), browser: None }
    }
}

impl Invocation {
    /// Somebody else's call.
    #[must_use]
    pub fn by(caller: Caller) -> Self {
        Self { caller, ..Self::default() }
    }
}

/// Makes one call from outside the elements, and reports its failure once.
pub(crate) async fn invoke(
    engine: &Arc<Engine>,
    app: &Arc<str>,
    target: &Target,
    method: &str,
    input: Input<'_>,
    form: Form,
    invocation: Invocation,
) -> Result<Output> {
    let Invocation { caller, request_id, timeout, browser } = invocation;
    // Names of jobs are taken: progress finds its job by them.
    let request_id = if request_id.is_empty() || request_id.starts_with(jobs::REQUEST) {
        uuid::Uuid::new_v4().simple().to_string().into()
    } else {
        request_id
    };
    let instance = &target.instance;
    let element = instance.key.full_name.shared();
    let result = async {
        let found = allowed(target, method, &caller, app)?;
        let deadline = timeout.map(|it| engine.deadline(it));
        let call = Call {
            app: Arc::clone(app),
            element: Arc::clone(&element),
            caller,
            deadline,
            request_id: Arc::clone(&request_id),
            browser,
        };
        carry_out(engine, instance, found, input, form, call).await
    }
    .await;
    if let Err(e) = &result {
        report(e, app, &element, method, &request_id);
    }
    result
}

/// Makes one call that is allowed: a `#[long]` method's as a job, unless a job makes it, since then it is part of that.
pub(crate) async fn carry_out(
    engine: &Arc<Engine>,
    instance: &Arc<Instance>,
    method: &Method,
    input: Input<'_>,
    form: Form,
    call: Call,
) -> Result<Output> {
    if method.long && !jobs::is_in_job(&call) {
        return jobs::run(engine, instance, method, &input, form, &call).await;
    }
    run(engine, instance, method, input, form, call).await
}

/// Once for each call from outside, at the level that fits.
fn report(e: &Error, app: &str, element: &str, method: &str, request_id: &str) {
    let (kind, code, internal) = (e.kind, e.code, &*e.internal);
    match kind {
        ErrorKind::Internal => tracing::error!(app, element, method, request_id, code, internal, "{e}"),
        ErrorKind::Upstream | ErrorKind::Unavailable | ErrorKind::Timeout => {
            tracing::warn!(app, element, method, request_id, ?kind, code, internal, "{e}");
        }
        _ => tracing::debug!(app, element, method, request_id, ?kind, code, internal, "{e}"),
    }
}
