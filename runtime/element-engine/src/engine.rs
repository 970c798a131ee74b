//! Everything that a runtime holds. What it does with it is in the rooms: `build`, `dispatch`, `lend`, `jobs`.
use crate::{Options, Registry, Snapshot, leases::Leases, outbound::Outbound};
use arc_swap::ArcSwap;
use element::{Error, ErrorKind, Result, code, host::Call};
use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, Weak},
    time::Duration,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(crate) struct Engine {
    me: Weak<Self>,
    pub(crate) root: PathBuf,
    pub(crate) registry: Registry,
    pub(crate) options: Options,
    pub(crate) snapshot: ArcSwap<Snapshot>,
    /// One writer at a time.
    pub(crate) writer: tokio::sync::Mutex<()>,
    pub(crate) outbound: Outbound,
    /// Drawn for each process: hosts that share a store share its key, and the store in memory is nobody else's.
    pub(crate) fingerprint_key: [u8; 32],
    /// `stop` hooks under way.
    pub(crate) stops: TaskTracker,
    /// Jobs under way.
    pub(crate) attempts: TaskTracker,
    /// Leases that calls hold, see `leases`.
    pub(crate) leases: Leases,
    pub(crate) closing: CancellationToken,
    /// Where a `stop` hook runs, whichever thread lets go of the element.
    pub(crate) handle: tokio::runtime::Handle,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").field("root", &self.root).finish_non_exhaustive()
    }
}

impl Engine {
    pub(crate) fn new(root: PathBuf, registry: Registry, options: Options) -> Arc<Self> {
        let mut fingerprint_key = [0; 32];
        options.random.fill(&mut fingerprint_key);
        Arc::new_cyclic(|me| Self {
            me: Weak::clone(me),
            root,
            registry,
            options,
            snapshot: ArcSwap::default(),
            writer: tokio::sync::Mutex::default(),
            outbound: Outbound::default(),
            fingerprint_key,
            stops: TaskTracker::new(),
            attempts: TaskTracker::new(),
            leases: Leases::default(),
            closing: CancellationToken::new(),
            handle: tokio::runtime::Handle::current(),
        })
    }

    /// The end of something that begins now and may take this long, in milliseconds since 1970.
    pub(crate) fn deadline(&self, time: Duration) -> i64 {
        self.options.clock.now().saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
    }

    /// How long a call may still take; `None`: for ever.
    pub(crate) fn left(&self, call: &Call) -> Option<Duration> {
        call.deadline.map(|at| Duration::from_millis(u64::try_from(at - self.options.clock.now()).unwrap_or(0)))
    }

    /// Itself, as calls hold it.
    pub(crate) fn me(&self) -> Result<Arc<Self>> {
        self.me.upgrade().ok_or_else(|| Error::new(ErrorKind::Unavailable, code::UNAVAILABLE, "the runtime is closing"))
    }
}
