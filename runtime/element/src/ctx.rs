//! The only door out of a Type.
use crate::{
    Caller, Error, FullName, HttpReply, HttpRequest, Jobs, Keys, Level, Progress, Records, Result,
    decode::without_values,
    host::{Ask, BoxFuture, Call, Host, Op, Reach},
    keys::millis,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{borrow::Cow, fmt, sync::Arc, time::Duration};

/// Lent by the runtime for one call. It is the same in a linked Type and in a library; clone it to keep it.
#[derive(Clone)]
pub struct Ctx(Arc<dyn Door>);

/// What stands behind a [`Ctx`]: a host and a call in this program, or both at the other end of a library's boundary.
pub(crate) trait Door: Send + Sync {
    fn call(&self) -> &Call;
    fn ask<'a>(&'a self, ask: Ask<'a>) -> BoxFuture<'a, Result<Vec<u8>>>;
    fn now(&self) -> i64;
    fn log(&self, level: Level, text: &str);
}

/// A host in this program, and one call.
struct Here {
    host: Arc<dyn Host>,
    call: Call,
}

impl Door for Here {
    fn call(&self) -> &Call {
        &self.call
    }

    fn ask<'a>(&'a self, ask: Ask<'a>) -> BoxFuture<'a, Result<Vec<u8>>> {
        self.host.ask(&self.call, ask)
    }

    fn now(&self) -> i64 {
        self.host.now()
    }

    fn log(&self, level: Level, text: &str) {
        self.host.log(&self.call, level, text);
    }
}

impl fmt::Debug for Ctx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ctx").field(self.call()).finish()
    }
}

impl Ctx {
    /// For whoever runs Types; an author is lent one.
    #[must_use]
    pub fn new(host: Arc<dyn Host>, call: Call) -> Self {
        Self(Arc::new(Here { host, call }))
    }

    /// For a library, whose host is elsewhere.
    pub(crate) fn through(door: Arc<dyn Door>) -> Self {
        Self(door)
    }

    /// What stands behind it.
    pub(crate) fn door(&self) -> &dyn Door {
        &*self.0
    }

    /// Everything that belongs to this call.
    #[must_use]
    pub fn call(&self) -> &Call {
        self.0.call()
    }

    /// The addressed app's id.
    #[must_use]
    pub fn app(&self) -> &str {
        &self.call().app
    }

    /// The addressed element's full name.
    #[must_use]
    pub fn full_name(&self) -> &str {
        &self.call().element
    }

    /// Who calls.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.call().caller
    }

    /// The browser that the call comes from; see [`Call::browser`].
    #[must_use]
    pub fn browser(&self) -> Option<&str> {
        self.call().browser.as_deref()
    }

    /// Milliseconds since 1970, by the host's clock.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.0.now()
    }

    /// One line for the log, with app, element and request id beside it. Never put a secret into it.
    pub fn log(&self, level: Level, text: &str) {
        self.0.log(level, text);
    }

    /// Another element of the same app, as the caller's app sees it.
    #[must_use]
    pub fn element<'a>(&'a self, full_name: &'a str) -> ElementRef<'a> {
        ElementRef { ctx: self, full_name }
    }

    /// The Type that this one stands in the place of, with what it knows of the same config: an app may have a Type of its
    /// own under the full name of one that it inherits, or that code registers. What is called there is called by the same
    /// caller, and it is not asked again whether that one may.
    ///
    /// It is there for a Type that says so, `#[element::ty("acme.AuditedType", meta = Login, overrides)]`, and in its methods,
    /// not in `#[start]` and `#[stop]`. Keys of a config
    /// that only the other one knows are for that one.
    #[must_use]
    pub const fn overridden(&self) -> Overridden<'_> {
        Overridden { ctx: self }
    }

    /// Full names of the Instances in service that the app sees and that are of this Type, or of a Type derived from it,
    /// or whose Type keeps this Meta.
    ///
    /// # Errors
    /// The host cannot be reached.
    pub async fn find(&self, type_or_meta: &str) -> Result<Vec<String>> {
        match type_or_meta.parse::<FullName>() {
            Ok(name) => self.find_elements(&format!(".{name}")).await,
            // Nothing has such a name.
            Err(_) => Ok(Vec::new()),
        }
    }

    /// Full names of the elements that a selector finds among those that the app sees, in order:
    ///
    /// - `auths.Login` the one with this full name
    /// - `.auths.loginTypes.Meta` as [`find`](Self::find)
    /// - `#tag=login` those whose `e.json` says so; also `!=`, `<`, `>`, and `fullName` and `name` for every element
    /// - `*auths.Login` what it is made of: its Type, the Types that one is derived from, its Meta
    /// - `auths.loginTypes.Meta*` those whose `type` names it
    /// - `a:b` what both find, `a,b` what either finds
    ///
    /// # Errors
    /// `InvalidArgs`: it is no selector. The host cannot be reached.
    pub async fn find_elements(&self, selector: &str) -> Result<Vec<String>> {
        self.ask(Op::Find, selector, "", &()).await
    }

    /// Sends an HTTP request through the host's client.
    ///
    /// # Errors
    /// `Upstream` if there is no answer; any HTTP status is an answer.
    pub async fn http(&self, request: &HttpRequest) -> Result<HttpReply> {
        self.ask(Op::Http, "", "", request).await
    }

    /// A collection of the app's records.
    #[must_use]
    pub fn records<'a>(&'a self, collection: &'a str) -> Records<'a> {
        Records { ctx: self, collection, indexed: &[] }
    }

    /// Ephemeral keys and leases of this app.
    #[must_use]
    pub fn keys(&self) -> Keys<'_> {
        Keys { ctx: self, reach: Reach::App }
    }

    /// Ephemeral keys and leases that all apps of the host share.
    #[must_use]
    pub fn host_keys(&self) -> Keys<'_> {
        Keys { ctx: self, reach: Reach::Host }
    }

    /// The app's jobs.
    #[must_use]
    pub fn jobs(&self) -> Jobs<'_> {
        Jobs { ctx: self }
    }

    /// Says how far a `#[long]` method is; `total` is 0 while nobody knows.
    ///
    /// # Errors
    /// The host cannot be reached.
    pub async fn progress(&self, done: u64, total: u64) -> Result<()> {
        self.ask(Op::Progress, "", "", &Progress { done, total }).await
    }

    /// What the operator set under this name, such as `WECOM_API_BASE`.
    ///
    /// # Errors
    /// The host cannot be reached.
    pub async fn setting(&self, name: &str) -> Result<Option<String>> {
        self.ask(Op::Setting, name, "", &()).await
    }

    /// `bytes` bytes that nobody can guess, as base64url text without padding.
    ///
    /// # Errors
    /// The host cannot be reached.
    pub async fn random(&self, bytes: u32) -> Result<String> {
        self.ask(Op::Random, "", "", &bytes).await
    }

    /// Waits; the call's deadline goes on meanwhile.
    ///
    /// # Errors
    /// The host cannot be reached.
    pub async fn sleep(&self, time: Duration) -> Result<()> {
        self.ask(Op::Sleep, "", "", &millis(time)).await
    }

    /// A keyed hash of `secret`: what stands for a secret in the name of an ephemeral key. Hosts that share those keys
    /// give the same; elsewhere, and after a restart without a store that lasts, it is another.
    ///
    /// # Errors
    /// The host cannot be reached.
    pub async fn fingerprint(&self, secret: &str) -> Result<String> {
        self.ask(Op::Fingerprint, "", "", &secret).await
    }

    /// Adds to a metric.
    ///
    /// # Errors
    /// The host cannot be reached.
    pub async fn metric(&self, name: &str, add: u64) -> Result<()> {
        self.ask(Op::Metric, name, "", &add).await
    }

    pub(crate) async fn ask<R: DeserializeOwned>(
        &self,
        op: Op,
        a: &str,
        b: &str,
        json: &(impl Serialize + Sync + ?Sized),
    ) -> Result<R> {
        let json = serde_json::to_vec(json).map_err(|e| Error::internal(e.to_string()))?;
        let answer = self.0.ask(Ask { op, a, b, json: Cow::Owned(json) }).await?;
        serde_json::from_slice(&answer).map_err(|e| {
            Error::internal(format!("unexpected answer to {op:?} `{a}` `{b}`: {}", without_values(&e.to_string())))
        })
    }
}

/// Another element of the app; see [`Ctx::element`].
#[derive(Debug, Clone, Copy)]
pub struct ElementRef<'a> {
    ctx: &'a Ctx,
    full_name: &'a str,
}

impl ElementRef<'_> {
    /// Calls a method; `args` becomes a JSON object.
    ///
    /// # Errors
    /// Whatever the method gives, or that there is no such element or method.
    pub async fn call<R: DeserializeOwned>(&self, method: &str, args: &(impl Serialize + Sync + ?Sized)) -> Result<R> {
        self.ctx.ask(Op::Call, self.full_name, method, args).await
    }
}

/// What would answer if the app had no Type of its own in that place; see [`Ctx::overridden`].
#[derive(Debug, Clone, Copy)]
pub struct Overridden<'a> {
    ctx: &'a Ctx,
}

impl Overridden<'_> {
    /// Calls a method; `args` becomes a JSON object.
    ///
    /// # Errors
    /// Whatever the method gives; that there is no such method; or that this Type does not say that it overrides one.
    pub async fn call<R: DeserializeOwned>(&self, method: &str, args: &(impl Serialize + Sync + ?Sized)) -> Result<R> {
        self.ctx.ask(Op::CallOverridden, method, "", args).await
    }
}
