//! One call, made: guarded against panics, and given no more time than it has.
use crate::{Instance, Method, engine::Engine, leases::EndLeases, lend::Above, plan::InstanceKey};
use element::{
    AppId, Caller, Ctx, Error, ErrorKind, Result,
    abi::LARGEST,
    code,
    def::MethodKind,
    host::{BoxFuture, Call, Form, Host, Input, Object, Output, panicked},
};
use serde_json::Value;
use std::{
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
    let left = engine.left(&call);
    let host: Arc<dyn Host> = match &instance.overridden {
        None => Arc::clone(engine) as _,
        Some(_) => Arc::new(Above { engine: Arc::clone(engine), instance: Arc::clone(instance) }),
    };
    let ctx = Ctx::new(host, call);
    let _end_leases = EndLeases::of(&engine.leases, &engine.options.store.keys, &engine.handle, ctx.call());
    let output = Calling::new(begin(&*instance.object, method.number, &ctx, input, form), left).await?;
    let size = match &output {
        Output::Bytes(it) => it.len(),
        Output::Raw(it) => it.body.len(),
        Output::Value(_) => 0,
    };
    if size > LARGEST {
        return Err(too_large(&method.name, size));
    }
    match (method.kind, output) {
        (MethodKind::Raw, it @ Output::Raw(_)) => Ok(it),
        (MethodKind::Raw, _) => Err(Error::internal("a raw method did not answer with a response")),
        (_, it) => Ok(it),
    }
}

/// A larger result is a mistake: it has to fit into memory many times over. It is asked of results that leave the process
/// as bytes; one that a caller in the process takes as a value is as large as that caller allows.
pub(crate) fn too_large(method: &str, size: usize) -> Error {
    let message = format!("the result of `{method}` has {size} bytes, and {LARGEST} are possible: ask for less");
    Error::new(ErrorKind::Internal, code::UNCAUGHT, message)
}

/// Calls a `start` or `stop` hook.
pub(crate) async fn hook(engine: &Arc<Engine>, key: &InstanceKey, object: &Arc<dyn Object>, number: u32) -> Result<()> {
    let call = Call {
        app: key.app.as_ref().map_or_else(|| "".into(), AppId::shared),
        element: key.full_name.shared(),
        caller: Caller::Operator,
        deadline: Some(engine.deadline(DEADLINE)),
        request_id: uuid::Uuid::new_v4().simple().to_string().into(),
        browser: None,
    };
    let host: Arc<dyn Host> = Arc::clone(engine) as _;
    let ctx = Ctx::new(host, call);
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

fn depth(caller: &Caller) -> usize {
    match caller {
        Caller::Element { on_behalf_of, .. } => 1 + depth(on_behalf_of),
        _ => 0,
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
