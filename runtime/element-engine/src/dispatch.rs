//! Fourth room: one call. Find the method, check who calls, guard against panics, wait no longer than allowed.
use crate::{Instance, Kind, Method, State, jobs, leases::EndLeases, runtime::Engine, snapshot};
use element::{
    Caller, Ctx, Error, ErrorKind, Result, code,
    def::MethodKind,
    did_you_mean,
    host::{BoxFuture, Call, Form, Host, Input, Object, Output},
};
use serde_json::Value;
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

/// How long a call may take unless it says otherwise.
pub const DEADLINE: Duration = Duration::from_secs(30);
/// Elements that call each other in a circle end here.
const DEPTH_LIMIT: usize = 32;
/// Among how many elements the one that was meant is looked for.
const NEAR_AMONG: usize = 500;
/// A larger result is a mistake: it has to fit into memory many times over. It is asked of results that leave the process
/// as bytes; one that a caller in the process takes as a value is as large as that caller allows.
const RESULT_LIMIT: usize = 16 << 20;

/// How a call is made. The default is the operator's: anything may be called, for at most 30 seconds.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// Who calls.
    pub caller: Caller,
    /// The same for everything that one request from outside causes; made up if empty.
    pub request_id: Arc<str>,
    /// How long to wait; `None`: for ever. A `#[long]` method takes the time it takes.
    pub timeout: Option<Duration>,
}

impl Default for Invocation {
    fn default() -> Self {
        Self { caller: Caller::Operator, request_id: "".into(), timeout: Some(DEADLINE) }
    }
}

impl Invocation {
    /// Somebody else's call.
    #[must_use]
    pub fn by(caller: Caller) -> Self {
        Self { caller, ..Self::default() }
    }
}

/// What an element's name stands for in a call: something that answers, or the reason why not.
pub(crate) fn answering(app: &snapshot::App, full_name: &str) -> Result<Arc<Instance>> {
    let Some(element) = app.element(full_name) else {
        let names = app.elements_in_any_order();
        // Anybody may ask for what is not there, so it must not cost more in a large app.
        let callable = names.filter(|it| it.instance().is_some()).take(NEAR_AMONG);
        let near = did_you_mean(full_name, callable.map(|it| it.full_name.as_str()));
        let message = format!("there is no element `{}` in `{}`{near}", shorten(full_name), app.id);
        return Err(Error::new(ErrorKind::NotFound, code::NO_ELEMENT, message));
    };
    match (&element.state, element.kind) {
        (State::InService(it) | State::Stale(it), _) => Ok(Arc::clone(it)),
        (State::Broken, _) => {
            let message =
                format!("`{full_name}` is not in service: its files have mistakes, and `element check` shows them");
            Err(Error::new(ErrorKind::Unavailable, code::NOT_IN_SERVICE, message))
        }
        (State::Declared, kind) => {
            let what = if kind == Kind::Meta { "a Meta" } else { "a Type" };
            let message = format!("`{full_name}` is {what}: only Instances, services and models can be called");
            Err(Error::new(ErrorKind::NotFound, code::NO_ELEMENT, message))
        }
    }
}

/// Names come from outside: an answer does not repeat a long one, and a log line ends where it should.
pub(crate) fn shorten(name: &str) -> String {
    name.chars().map(|it| if it.is_control() { '\u{FFFD}' } else { it }).take(100).collect()
}

/// A method that this caller may call.
pub(crate) fn allowed<'a>(instance: &'a Instance, method: &str, caller: &Caller, app: &str) -> Result<&'a Method> {
    let name = &instance.key.full_name;
    let Some(found) = instance.ty.method(method) else {
        let near = did_you_mean(method, instance.ty.method_names());
        let message = format!("`{name}` has no method `{}`{near}", shorten(method));
        return Err(Error::new(ErrorKind::NotFound, code::NO_METHOD, message));
    };
    if caller.may(found.access, app) {
        return Ok(found);
    }
    Err(match (caller, found.access) {
        (Caller::Anonymous, element::Access::Session) => Error::new(
            ErrorKind::Unauthenticated,
            code::LOGIN_NEEDED,
            format!("`{method}` is for people who are logged in: log in first"),
        ),
        (Caller::Session(_), element::Access::Session) => Error::new(
            ErrorKind::Unauthenticated,
            code::LOGIN_NEEDED,
            format!("this login is for another app: log in to `{app}` to call `{method}`"),
        ),
        _ => {
            let message = format!(
                "`{method}` may not be called from outside: it is for other elements, the command line and administrators"
            );
            Error::new(ErrorKind::Refused, code::NOT_ALLOWED, message)
        }
    })
}

/// Makes one call from outside the elements, and reports its failure once.
pub(crate) async fn invoke(
    engine: &Arc<Engine>,
    app: &Arc<str>,
    instance: &Arc<Instance>,
    method: &str,
    input: Input<'_>,
    form: Form,
    invocation: Invocation,
) -> Result<Output> {
    let Invocation { caller, request_id, timeout } = invocation;
    // Names of jobs are taken: progress finds its job by them.
    let request_id = if request_id.is_empty() || request_id.starts_with(jobs::REQUEST) {
        uuid::Uuid::new_v4().simple().to_string().into()
    } else {
        request_id
    };
    let element = instance.key.full_name.shared();
    let result = async {
        let found = allowed(instance, method, &caller, app)?;
        let deadline = timeout.map(|it| engine.now().saturating_add(i64::try_from(it.as_millis()).unwrap_or(i64::MAX)));
        let call = Call {
            app: Arc::clone(app),
            element: Arc::clone(&element),
            caller,
            deadline,
            request_id: Arc::clone(&request_id),
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

/// Makes one call at once; whoever calls this has checked that it is allowed.
pub(crate) async fn run(
    engine: &Arc<Engine>,
    instance: &Arc<Instance>,
    method: &Method,
    input: Input<'_>,
    form: Form,
    call: Call,
) -> Result<Output> {
    if depth(&call.caller) > DEPTH_LIMIT {
        let message = format!("elements call each other more than {DEPTH_LIMIT} deep");
        return Err(Error::new(ErrorKind::Internal, code::UNCAUGHT, message));
    }
    let left = call.deadline.map(|at| Duration::from_millis(u64::try_from(at - engine.now()).unwrap_or(0)));
    let host: Arc<dyn Host> = Arc::clone(engine) as _;
    let call = Arc::new(call);
    let _end_leases = EndLeases::of(engine, &call);
    let ctx = Ctx::new(host, Arc::clone(&call));
    let output = Calling::new(begin(&*instance.object, method.number, &ctx, input, form), left).await?;
    let size = match &output {
        Output::Bytes(it) => it.len(),
        Output::Raw(it) => it.body.len(),
        Output::Value(_) => 0,
    };
    if size > RESULT_LIMIT {
        let message =
            format!("the result of `{}` has {size} bytes, and {RESULT_LIMIT} are possible: ask for less", method.name);
        return Err(Error::new(ErrorKind::Internal, code::UNCAUGHT, message));
    }
    match (method.kind, output) {
        (MethodKind::Raw, it @ Output::Raw(_)) => Ok(it),
        (MethodKind::Raw, _) => Err(Error::internal("a raw method did not answer with a response")),
        (_, it) => Ok(it),
    }
}

/// Calls a `start` or `stop` hook.
pub(crate) async fn hook(engine: &Arc<Engine>, call: Call, object: &Arc<dyn Object>, number: u32) -> Result<()> {
    let host: Arc<dyn Host> = Arc::clone(engine) as _;
    let ctx = Ctx::new(host, Arc::new(call));
    let none = Value::Null;
    Calling::new(begin(&**object, number, &ctx, Input::Value(&none), Form::Value), Some(DEADLINE)).await.map(drop)
}

/// The attributes never panic here, but not every object is written by them.
fn begin<'a>(
    object: &'a dyn Object,
    number: u32,
    ctx: &'a Ctx,
    input: Input<'a>,
    form: Form,
) -> BoxFuture<'a, Result<Output>> {
    catch_unwind(AssertUnwindSafe(|| object.call(number, ctx, input, form)))
        .unwrap_or_else(|payload| Box::pin(std::future::ready(Err(panicked(&*payload)))))
}

fn panicked(payload: &(dyn Any + Send)) -> Error {
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    Error::internal(format!("it panicked: {}", text.unwrap_or_default()))
}

fn depth(caller: &Caller) -> usize {
    match caller {
        Caller::Element { on_behalf_of, .. } => 1 + depth(on_behalf_of),
        _ => 0,
    }
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

/// A call under way. A panic becomes its error, and a timer is made only once there is something to wait for.
///
/// Written by hand and not as an `async fn`, because it is on the way of every call: this form costs about half.
struct Calling<'a> {
    run: BoxFuture<'a, Result<Output>>,
    left: Option<Duration>,
    alarm: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl<'a> Calling<'a> {
    fn new(run: BoxFuture<'a, Result<Output>>, left: Option<Duration>) -> Self {
        Self { run, left, alarm: None }
    }
}

impl Future for Calling<'_> {
    type Output = Result<Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<Output>> {
        let run = self.run.as_mut();
        match catch_unwind(AssertUnwindSafe(|| run.poll(cx))) {
            Ok(Poll::Ready(it)) => return Poll::Ready(it),
            Ok(Poll::Pending) => {}
            Err(payload) => return Poll::Ready(Err(panicked(&*payload))),
        }
        let Some(left) = self.left else { return Poll::Pending };
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep(left)));
        alarm.as_mut().poll(cx).map(|()| {
            let message = "this took too long; try again, and if it stays so, tell whoever runs this service";
            Err(Error::new(ErrorKind::Timeout, code::TIMED_OUT, message))
        })
    }
}
