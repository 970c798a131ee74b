//! The runtime: one snapshot in service, one writer that replaces it, and handles to call what is in it.
use crate::{
    App, Disk, Files, Instance, Invocation, Registry, Snapshot,
    build::build,
    dispatch, jobs,
    outbound::Outbound,
    resolve::{InstanceKey, resolve},
    scan::scan,
    vars::Vars,
};
use arc_swap::ArcSwap;
use element::{
    Call, Caller, Clock, Error, ErrorKind, Form, Host, Input, Job, MethodKind, Object, Output, Progress, Random, Result,
    SystemClock, code,
};
use element_store::Store;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fmt,
    path::PathBuf,
    sync::{Arc, Weak},
    time::Duration,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long `stop` hooks may take together when the runtime closes.
const CLOSING: Duration = Duration::from_secs(10);

/// What the operator decides. The default is a real disk, a real clock, and a store in memory.
#[derive(Debug, Clone)]
pub struct Options {
    /// Values of `{{NAME}}` in configs.
    pub vars: BTreeMap<String, String>,
    /// The folder of the files that `{{file:NAME}}` names.
    pub secrets_dir: Option<PathBuf>,
    /// Settings that Types ask for, such as `WECOM_API_BASE`.
    pub settings: BTreeMap<String, String>,
    /// What lasts. Its clock should be `clock`.
    pub store: Store,
    /// Where app files are.
    pub files: Arc<dyn Files>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives bytes that nobody can guess.
    pub random: Arc<dyn Random>,
}

impl Default for Options {
    fn default() -> Self {
        let clock = Arc::new(SystemClock);
        Self {
            vars: BTreeMap::new(),
            secrets_dir: None,
            settings: BTreeMap::new(),
            store: Store::memory(Arc::<SystemClock>::clone(&clock)),
            files: Arc::new(Disk),
            clock,
            random: Arc::new(SystemRandom),
        }
    }
}

/// The system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        // Without randomness no state, code or session is safe, so nothing may go on.
        assert!(getrandom::fill(bytes).is_ok(), "the system gives no random bytes");
    }
}

/// Apps in service. Cheap to clone; the last clone that goes takes everything with it.
#[derive(Clone)]
pub struct Runtime(Arc<Inner>);

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

pub(crate) struct Inner {
    me: Weak<Self>,
    root: PathBuf,
    registry: Registry,
    pub(crate) options: Options,
    pub(crate) snapshot: ArcSwap<Snapshot>,
    /// One writer at a time.
    writer: tokio::sync::Mutex<()>,
    pub(crate) outbound: Outbound,
    pub(crate) fingerprint_key: [u8; 32],
    /// `stop` hooks under way.
    pub(crate) stops: TaskTracker,
    pub(crate) closing: CancellationToken,
    /// Where a `stop` hook runs, whichever thread lets go of the element.
    pub(crate) handle: tokio::runtime::Handle,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").field("root", &self.root).finish_non_exhaustive()
    }
}

impl Runtime {
    /// Opens a folder of apps. What is wrong in it is in [`Snapshot::diagnostics`]; everything else serves.
    pub async fn open(root: impl Into<PathBuf>, registry: Registry, options: Options) -> Self {
        let mut fingerprint_key = [0; 32];
        options.random.fill(&mut fingerprint_key);
        let root = root.into();
        let inner = Arc::new_cyclic(|me| Inner {
            me: Weak::clone(me),
            root,
            registry,
            options,
            snapshot: ArcSwap::default(),
            writer: tokio::sync::Mutex::default(),
            outbound: Outbound::default(),
            fingerprint_key,
            stops: TaskTracker::new(),
            closing: CancellationToken::new(),
            handle: tokio::runtime::Handle::current(),
        });
        let runtime = Self(inner);
        // The first load is a reload from the empty snapshot: there is one way.
        runtime.reload().await;
        tokio::spawn(jobs::work(Arc::downgrade(&runtime.0)));
        runtime
    }

    /// Looks at all files again and puts what they say into service; gives what is in service then.
    pub async fn reload(&self) -> Arc<Snapshot> {
        let inner = &self.0;
        let _one_writer = inner.writer.lock().await;
        let reader = Arc::clone(inner);
        let tree = tokio::task::spawn_blocking(move || {
            scan(&*reader.options.files, &reader.root, reader.options.secrets_dir.as_deref())
        })
        .await;
        let tree = match tree {
            Ok(it) => it,
            Err(e) => {
                tracing::error!("the apps cannot be looked at: {e}; what is in service stays");
                return self.snapshot();
            }
        };
        let vars = Vars { values: inner.options.vars.clone(), files: tree.secrets.clone() };
        let plan = resolve(&tree, &inner.registry, &vars);
        let before = inner.snapshot.load_full();
        let next = Arc::new(build(inner, plan, &before).await);
        inner.snapshot.store(Arc::clone(&next));
        next
    }

    /// What is in service now.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.0.snapshot.load_full()
    }

    /// What code offers.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.0.registry
    }

    /// The store that the runtime was opened with.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.options.store
    }

    /// The app with this id.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn app(&self, id: &str) -> Result<AppHandle> {
        Ok(AppHandle { inner: Arc::clone(&self.0), app: self.0.app(id)? })
    }

    /// Takes everything out of service and waits, for at most ten seconds, until every element has stopped.
    pub async fn close(self) {
        self.0.closing.cancel();
        let _one_writer = self.0.writer.lock().await;
        let generation = self.0.snapshot.load().generation + 1;
        drop(self.0.snapshot.swap(Arc::new(Snapshot { generation, ..Snapshot::default() })));
        self.0.stops.close();
        if tokio::time::timeout(CLOSING, self.0.stops.wait()).await.is_err() {
            tracing::warn!("some elements did not stop within {} s", CLOSING.as_secs());
        }
    }
}

impl Inner {
    pub(crate) fn app(&self, id: &str) -> Result<Arc<App>> {
        let snapshot = self.snapshot.load();
        snapshot.app(id).map(Arc::clone).ok_or_else(|| {
            let near = element::nearest(id, snapshot.apps.keys().map(|it| &**it));
            let near = near.map(|it| format!("; did you mean `{it}`?")).unwrap_or_default();
            Error::new(ErrorKind::NotFound, code::NO_APP, format!("there is no app `{}`{near}", dispatch::shorten(id)))
        })
    }

    pub(crate) fn instance(&self, app: &str, element: &str) -> Result<Arc<Instance>> {
        dispatch::answering(&*self.app(app)?, element)
    }

    /// Itself, as calls hold it.
    pub(crate) fn me(&self) -> Result<Arc<Self>> {
        self.me.upgrade().ok_or_else(|| Error::new(ErrorKind::Unavailable, code::UNAVAILABLE, "the runtime is closing"))
    }

    pub(crate) async fn hook(&self, key: &InstanceKey, object: &Arc<dyn Object>, number: u32) -> Result<()> {
        let call = Call {
            app: key.app.as_ref().map_or_else(|| "".into(), element::AppId::shared),
            element: key.full_name.shared(),
            caller: Caller::Operator,
            deadline: Some(self.now() + i64::try_from(dispatch::DEADLINE.as_millis()).unwrap_or(i64::MAX)),
            request_id: uuid::Uuid::new_v4().simple().to_string().into(),
        };
        dispatch::hook(&self.me()?, call, object, number).await
    }
}

/// One app in service, as it was when the handle was made.
#[derive(Debug, Clone)]
pub struct AppHandle {
    inner: Arc<Inner>,
    app: Arc<App>,
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
        let instance = dispatch::answering(&self.app, full_name)?;
        Ok(ElementHandle { inner: Arc::clone(&self.inner), app: self.app.id.shared(), instance })
    }

    /// A job of this app.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub async fn job(&self, id: u64) -> Result<Option<Job>> {
        self.inner.options.store.jobs.get(self.app.id.as_str(), id).await
    }

    /// Waits until a job is done and gives its result; `tell` hears of every step that it reports.
    ///
    /// # Errors
    /// The job's own, once it has failed for good; or the store cannot be reached.
    pub async fn wait_for_job(&self, id: u64, mut tell: impl FnMut(Progress) + Send) -> Result<Value> {
        jobs::wait(&self.inner, self.app.id.as_str(), id, &mut tell).await
    }
}

/// One element in service. It stays as it is, whatever is reloaded meanwhile.
#[derive(Debug, Clone)]
pub struct ElementHandle {
    inner: Arc<Inner>,
    app: Arc<str>,
    instance: Arc<Instance>,
}

impl ElementHandle {
    /// What answers.
    #[must_use]
    pub fn instance(&self) -> &Instance {
        &self.instance
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
        dispatch::invoke(&self.inner, &self.app, &self.instance, method, input, form, invocation).await
    }

    /// Puts a call of a `#[long]` method on the list of jobs; gives its number.
    ///
    /// # Errors
    /// As [`invoke`](Self::invoke); and the method is not a long one.
    pub async fn start(&self, method: &str, args: &Value, caller: &Caller) -> Result<u64> {
        let found = dispatch::allowed(&self.instance, method, caller, &self.app)?;
        if !found.long || found.kind != MethodKind::Method {
            return Err(Error::invalid_args(format!("`{method}` is no long method: call it and wait")));
        }
        jobs::start(&self.inner, &self.app, &self.instance, found, &Input::Value(args)).await
    }
}
