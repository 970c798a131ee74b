//! The runtime: one snapshot in service, and one writer that replaces it.
use crate::{
    AppHandle, Options, Registry, Snapshot, build::build, engine::Engine, jobs, resolve::resolve, scan::scan, vars::Vars,
};
use element::{Caller, Ctx, Result, host::Call};
use element_store::Store;
use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

/// How long `stop` hooks may take together when the runtime closes.
const CLOSING: Duration = Duration::from_secs(10);

/// Apps in service. Cheap to clone; the last clone that goes takes everything with it. Only [`close`](Self::close) waits
/// for what elements do when they stop.
#[derive(Clone)]
pub struct Runtime(Arc<Engine>);

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Runtime {
    /// Opens a folder of apps. What is wrong in it is in [`Snapshot::diagnostics`]; everything else serves.
    pub async fn open(root: impl Into<PathBuf>, registry: Registry, options: Options) -> Self {
        let runtime = Self(Engine::new(root.into(), registry, options));
        // The first load is a reload from the empty snapshot: there is one way.
        runtime.reload().await;
        if !runtime.0.options.only_look {
            tokio::spawn(jobs::work(Arc::downgrade(&runtime.0)));
        }
        runtime
    }

    /// Looks at all files again and puts what they say into service; gives what is in service then.
    pub async fn reload(&self) -> Arc<Snapshot> {
        let engine = &self.0;
        let _one_writer = engine.writer.lock().await;
        if engine.closing.is_cancelled() {
            return self.snapshot();
        }
        let reader = Arc::clone(engine);
        let look = move || {
            let Options { files, secrets_dir, vars, .. } = &reader.options;
            let tree = scan(&**files, &reader.root, secrets_dir.as_deref());
            resolve(&tree, &reader.registry, &Vars { values: vars.clone(), files: tree.secrets.clone() })
        };
        let plan = match tokio::task::spawn_blocking(look).await {
            Ok(it) => it,
            Err(e) => {
                tracing::error!("the apps cannot be looked at: {e}; what is in service stays");
                return self.snapshot();
            }
        };
        let before = engine.snapshot.load_full();
        let next = Arc::new(build(engine, plan, &before).await);
        engine.snapshot.store(Arc::clone(&next));
        next
    }

    /// A door for the program around the runtime, as the operator and of no app: for what all apps share.
    #[must_use]
    pub fn ctx(&self) -> Ctx {
        let call = Call {
            app: "".into(),
            element: "".into(),
            caller: Caller::Operator,
            deadline: None,
            request_id: uuid::Uuid::new_v4().simple().to_string().into(),
            browser: None,
        };
        Ctx::new(Arc::clone(&self.0) as _, Arc::new(call))
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
        Ok(AppHandle { engine: Arc::clone(&self.0), app: self.0.app(id)? })
    }

    /// Takes everything out of service. Running jobs come to their end first, or are left to be done again; then every
    /// element stops. Each of the two is waited for, for at most ten seconds.
    pub async fn close(self) {
        let engine = &self.0;
        engine.closing.cancel();
        engine.attempts.close();
        if tokio::time::timeout(CLOSING, engine.attempts.wait()).await.is_err() {
            tracing::warn!(
                "some jobs did not come to their end within {} s and are left to be done again",
                CLOSING.as_secs()
            );
        }
        let stopped = async {
            let _one_writer = engine.writer.lock().await;
            let generation = engine.snapshot.load().generation + 1;
            drop(engine.snapshot.swap(Arc::new(Snapshot { generation, ..Snapshot::default() })));
            engine.stops.close();
            engine.stops.wait().await;
        };
        if tokio::time::timeout(CLOSING, stopped).await.is_err() {
            tracing::warn!("some elements did not stop within {} s", CLOSING.as_secs());
        }
    }
}
