//! Everything that a runtime holds. What it does with it is in the rooms: `build`, `dispatch`, `lend`, `jobs`.
use crate::{
    Commit, Options, Registry, Snapshot,
    files::absolute,
    leases::Leases,
    ledger::Ledger,
    library::Shelf,
    outbound::Outbound,
    pool::Pool,
    status::Counters,
    watch::{Marks, Watch},
};
use arc_swap::ArcSwap;
use element::{Error, ErrorKind, Result, code, host::Call};
use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};
use tokio::{sync::broadcast, time::Instant};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// So many commits wait for a subscriber that is slow; then it misses the oldest.
const COMMITS_KEPT: usize = 1024;

pub(crate) struct Engine {
    me: Weak<Self>,
    /// The folder of the apps, whatever the working folder is.
    pub(crate) root: PathBuf,
    /// The same, as people wrote it.
    pub(crate) root_as_given: PathBuf,
    pub(crate) secrets_dir: Option<PathBuf>,
    /// What is linked into this program.
    linked: Registry,
    /// What code offers: that, and what libraries have.
    registry: ArcSwap<Registry>,
    pub(crate) options: Options,
    pub(crate) snapshot: ArcSwap<Snapshot>,
    /// Every Instance that is alive.
    pub(crate) pool: Pool,
    /// What the one writer knows; whoever holds it is the writer.
    pub(crate) writer: Arc<tokio::sync::Mutex<Ledger>>,
    /// What tells of changes, if they are followed.
    pub(crate) watch: Option<Box<dyn Watch>>,
    /// Why nothing does.
    pub(crate) not_watched: Option<String>,
    pub(crate) counters: Counters,
    /// Whoever wants to know what changes; `None`: nothing will any more.
    subscribers: Mutex<Option<broadcast::Sender<Arc<Commit>>>>,
    pub(crate) outbound: Outbound,
    /// Drawn for this process, for a store that nobody shares.
    pub(crate) fingerprint_key: [u8; 32],
    /// `stop` hooks under way.
    pub(crate) stops: TaskTracker,
    /// Jobs under way.
    pub(crate) attempts: TaskTracker,
    /// Leases that calls hold, see `leases`.
    pub(crate) leases: Leases,
    pub(crate) closing: CancellationToken,
    /// Nothing changes any more.
    pub(crate) frozen: CancellationToken,
    /// Where a `stop` hook runs, whichever thread lets go of the element.
    pub(crate) handle: tokio::runtime::Handle,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").field("root", &self.root).finish_non_exhaustive()
    }
}

impl Engine {
    /// `marks`: where changes are told, if they are followed.
    pub(crate) fn new(root: PathBuf, registry: Registry, options: Options, marks: Option<&Marks>) -> Arc<Self> {
        let (root, root_as_given) = (absolute(&root), root);
        let secrets_dir = options.secrets_dir.as_deref().map(absolute);
        let watch =
            marks.map(|marks| options.files.watch(&root, marks).map_err(|e| format!("nothing tells of changes: {e}")));
        let (watch, not_watched) = match watch {
            None => (None, None),
            Some(Ok(it)) => (Some(it), None),
            Some(Err(why)) => (None, Some(why)),
        };
        let mut fingerprint_key = [0; 32];
        options.random.fill(&mut fingerprint_key);
        Arc::new_cyclic(|me| Self {
            me: Weak::clone(me),
            root,
            root_as_given,
            secrets_dir,
            registry: ArcSwap::from_pointee(registry.clone()),
            linked: registry,
            options,
            snapshot: ArcSwap::default(),
            pool: Pool::default(),
            writer: Arc::default(),
            watch,
            not_watched,
            counters: Counters::default(),
            subscribers: Mutex::new(Some(broadcast::Sender::new(COMMITS_KEPT))),
            outbound: Outbound::default(),
            fingerprint_key,
            stops: TaskTracker::new(),
            attempts: TaskTracker::new(),
            leases: Leases::default(),
            closing: CancellationToken::new(),
            frozen: CancellationToken::new(),
            handle: tokio::runtime::Handle::current(),
        })
    }

    /// What code offers now.
    pub(crate) fn registry(&self) -> Arc<Registry> {
        self.registry.load_full()
    }

    /// Looks at libraries again, in the name of the one writer. Puts what code offers from now on in its place, and gives that
    /// and what it was before, if it is something else.
    pub(crate) fn look_at_libraries(&self, shelf: &mut Shelf, at_once: bool) -> Option<(Arc<Registry>, Arc<Registry>)> {
        let libraries = &self.options.libraries;
        if let Some(watch) = &self.watch {
            libraries.dirs().iter().for_each(|it| watch.add(it, false));
        }
        let next = Arc::new(shelf.look(libraries, &self.linked, Instant::now(), at_once)?);
        Some((self.registry.swap(Arc::clone(&next)), next))
    }

    /// An operator's setting. One that some Type says it asks for may come from the environment.
    pub(crate) fn setting(&self, name: &str) -> Option<String> {
        let given = || self.options.settings.get(name).cloned();
        let around =
            || (self.options.environment && self.registry.load().knows_setting(name)).then(|| std::env::var(name).ok());
        given().or_else(|| around().flatten())
    }

    /// The end of something that begins now and may take this long, in milliseconds since 1970.
    pub(crate) fn deadline(&self, time: Duration) -> i64 {
        self.options.clock.now().saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
    }

    /// How long a call may still take; `None`: for ever.
    pub(crate) fn left(&self, call: &Call) -> Option<Duration> {
        call.deadline.map(|at| Duration::from_millis(u64::try_from(at - self.options.clock.now()).unwrap_or(0)))
    }

    pub(crate) fn tell_subscribers(&self, commit: Commit) {
        if let Some(it) = &*self.subscribers.lock().unwrap_or_else(PoisonError::into_inner) {
            // Nobody has to listen.
            let _ = it.send(Arc::new(commit));
        }
    }

    /// Everything that changes from now on. Ends when nothing changes any more.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<Commit>> {
        let subscribers = self.subscribers.lock().unwrap_or_else(PoisonError::into_inner);
        subscribers.as_ref().map_or_else(|| broadcast::channel(1).1, broadcast::Sender::subscribe)
    }

    pub(crate) fn end_subscriptions(&self) {
        self.subscribers.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Itself, as calls hold it.
    pub(crate) fn me(&self) -> Result<Arc<Self>> {
        self.me.upgrade().ok_or_else(|| Error::new(ErrorKind::Unavailable, code::UNAVAILABLE, "the runtime is closing"))
    }
}
