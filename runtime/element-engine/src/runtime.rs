//! The runtime: one snapshot in service, and one writer that replaces it.
use crate::{
    AppHandle, Commit, Options, Registry, Snapshot, Watching,
    engine::Engine,
    follow::{doubted, follow},
    jobs,
    reload::{Work, run},
    watch::Marks,
};
use element::{Caller, Ctx, Result, host::Call};
use element_store::Store;
use std::{fmt, path::PathBuf, sync::Arc, time::Duration};
use tokio::{sync::broadcast, time::Instant};

/// How long `stop` hooks may take together when the runtime closes.
const CLOSING: Duration = Duration::from_secs(10);

/// Whoever catches up waits no longer than this for what may be half of a save.
const DOUBTS_END: Duration = Duration::from_secs(1);

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
        let marks = options.watch.then(Marks::default);
        let runtime = Self(Engine::new(root.into(), registry, options, marks.as_ref()));
        // The first load is a reload from the empty snapshot: there is one way.
        runtime.reload().await;
        if !runtime.0.options.only_look && !runtime.0.options.own_jobs_only {
            tokio::spawn(jobs::work(Arc::downgrade(&runtime.0)));
        }
        if let Some(marks) = marks {
            tokio::spawn(follow(Arc::downgrade(&runtime.0), marks));
        }
        runtime
    }

    /// Looks at all files again and puts what they say into service as it is; gives what is in service then. For whoever
    /// knows that nobody is in the middle of a save; everyone else [`catches up`](Self::catch_up).
    pub async fn reload(&self) -> Arc<Snapshot> {
        let ledger = Arc::clone(&self.0.writer).lock_owned().await;
        drop(run(&self.0, ledger, Work::everything(true)).await);
        self.snapshot()
    }

    /// Puts every edit into service that was made before this is called; gives what is in service then. What may be half
    /// of a save is looked at again for a moment before it counts.
    pub async fn catch_up(&self) -> Arc<Snapshot> {
        let ledger = Arc::clone(&self.0.writer).lock_owned().await;
        let (mut ledger, _) = run(&self.0, ledger, Work::everything(false)).await;
        let until = Instant::now() + DOUBTS_END;
        while let Some(next) = ledger.next_doubt().filter(|it| *it <= until) {
            drop(ledger);
            tokio::time::sleep_until(next).await;
            ledger = Arc::clone(&self.0.writer).lock_owned().await;
            ledger = doubted(&self.0, ledger, Instant::now()).await;
        }
        self.snapshot()
    }

    /// Every change of what is in service from now on, each as one commit. Whoever is slow misses the oldest; it ends when
    /// the runtime stops following.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Commit>> {
        self.0.subscribe()
    }

    /// Whether and how changes of files are noticed.
    #[must_use]
    pub fn watching(&self) -> Watching {
        self.0.counters.get()
    }

    /// No edit goes live any more, and subscriptions end. For a host that is about to stop.
    pub fn freeze(&self) {
        self.0.frozen.cancel();
        self.0.end_subscriptions();
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
        Ctx::new(Arc::clone(&self.0) as _, call)
    }

    /// What is in service now.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.0.snapshot.load_full()
    }

    /// What code offers.
    #[must_use]
    pub fn registry(&self) -> Arc<Registry> {
        self.0.registry()
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
        self.freeze();
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
