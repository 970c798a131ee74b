//! Handles: one app, one element, and the calls on it.
use crate::{
    App, Element, Instance, Invocation, Method, dispatch,
    engine::Engine,
    find::{self, Target},
    jobs,
    select::Selector,
};
use element::{
    Caller, Error, FullName, Job, Progress, Result,
    def::MethodKind,
    host::{Form, Input, Output},
};
use serde_json::Value;
use std::sync::Arc;

/// One app in service, as it was when the handle was made.
#[derive(Debug, Clone)]
pub struct AppHandle {
    pub(crate) engine: Arc<Engine>,
    pub(crate) app: Arc<App>,
}

impl AppHandle {
    /// What the app is.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The element with this full name.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable` if its files have mistakes and nothing good was there before.
    pub fn get_element(&self, full_name: &str) -> Result<ElementHandle> {
        let target = find::answering(&self.app, full_name)?;
        Ok(ElementHandle { engine: Arc::clone(&self.engine), app: self.app.id.shared(), target })
    }

    /// Full names of the elements that a selector finds in the app's view, in order: `auths.Login` by name,
    /// `.auths.loginTypes.Meta` Instances by Type or family, `#tag=login` by what `e.json` says, `*auths.Login` what it is
    /// made of, `auths.loginTypes.Meta*` whose `type` it is, `a:b` both, `a,b` either.
    ///
    /// # Errors
    /// `InvalidArgs`: it is no selector.
    pub fn find_elements(&self, selector: &str) -> Result<Vec<FullName>> {
        Ok(Selector::parse(selector)?.find(&self.app).into_keys().cloned().collect())
    }

    /// A job of this app.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub async fn job(&self, id: u64) -> Result<Option<Job>> {
        self.engine.options.store.jobs.get(self.app.id.as_str(), id).await
    }

    /// Waits until a job is done and gives its result; `tell` hears of every step that it reports.
    ///
    /// # Errors
    /// The job's own, once it has failed for good; or the store cannot be reached.
    pub async fn wait_for_job(&self, id: u64, mut tell: impl FnMut(Progress) + Send) -> Result<Value> {
        jobs::wait(&self.engine, self.app.id.as_str(), id, &mut tell).await
    }
}

/// One element in service. It stays as it is, whatever is reloaded meanwhile; but one that was replaced stops when nobody
/// holds it any more, and at the latest after ten minutes. Whoever wants the newest asks for it again.
#[derive(Debug, Clone)]
pub struct ElementHandle {
    engine: Arc<Engine>,
    app: Arc<str>,
    target: Target,
}

impl ElementHandle {
    /// What answers.
    #[must_use]
    pub fn instance(&self) -> &Instance {
        &self.target.instance
    }

    /// What the app says about it.
    #[must_use]
    pub fn element(&self) -> &Element {
        &self.target.element
    }

    /// A method that this caller may call.
    ///
    /// # Errors
    /// `NotFound`; `Unauthenticated` or `Refused` if the caller may not call it.
    pub fn method(&self, name: &str, caller: &Caller) -> Result<&Method> {
        find::allowed(&self.target, name, caller, &self.app)
    }

    /// Calls a method as the operator, for at most 30 seconds.
    ///
    /// # Errors
    /// The method's own; or it is unknown, the arguments do not fit, it panicked, or the time is over.
    pub async fn call(&self, method: &str, args: Value) -> Result<Value> {
        self.invoke(method, Input::Value(&args), Form::Value, Invocation::default()).await?.into_value()
    }

    /// Calls a method as somebody, in either form.
    ///
    /// # Errors
    /// As [`call`](Self::call); and the caller may not call it.
    pub async fn invoke(&self, method: &str, input: Input<'_>, form: Form, invocation: Invocation) -> Result<Output> {
        dispatch::invoke(&self.engine, &self.app, &self.target, method, input, form, invocation).await
    }

    /// Puts a call of a `#[long]` method on the list of jobs; gives its number.
    ///
    /// # Errors
    /// As [`invoke`](Self::invoke); and the method is not a long one.
    pub async fn start(&self, method: &str, args: &Value, caller: &Caller) -> Result<u64> {
        let found = self.method(method, caller)?;
        if !found.long || found.kind != MethodKind::Method {
            return Err(Error::invalid_args(format!("`{method}` is no long method: call it and wait")));
        }
        jobs::start(&self.engine, &self.app, &self.target.instance, found, &Input::Value(args), caller.clone()).await
    }
}
