//! What tells where to look again: marks that anybody sets without waiting, and nobody has to believe.
use std::{
    collections::HashMap,
    fmt, mem,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::Notify, time::Instant};

/// More places than this at once: it is quicker to look everywhere.
const PLACES: usize = 20_000;
/// Whoever saves several files, or one in several steps, is given this long from the last step.
pub(crate) const QUIET: Duration = Duration::from_millis(50);
/// But nobody waits longer than this from the first.
pub(crate) const CEILING: Duration = Duration::from_millis(300);

/// Tells what changes in folders. Dropped, it tells no more.
pub trait Watch: Send + Sync + fmt::Debug {
    /// From when this returns, what changes directly in `dir` is marked. `again`: even if it was given before, since this
    /// may be another folder of the same name.
    fn add(&self, dir: &Path, again: bool);

    /// Why not all changes are told, and what to do about it; `None`: they are.
    fn blind(&self) -> Option<String>;
}

/// Where something changed. Cheap to clone; all clones are one.
///
/// A mark is a hint that costs nothing: too many are only work, and what nobody marks is found by looking everywhere.
#[derive(Clone, Default)]
pub struct Marks(Arc<Inner>);

#[derive(Default)]
struct Inner {
    set: Mutex<Marked>,
    changed: Notify,
}

impl fmt::Debug for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Marks")
    }
}

/// What was marked since somebody asked last.
#[derive(Debug, Default)]
pub(crate) struct Marked {
    /// Each place; whether it is another file or folder than before, with all that is below it.
    pub(crate) places: HashMap<PathBuf, bool>,
    /// Nobody knows where.
    pub(crate) anywhere: bool,
    pub(crate) events: u64,
    pub(crate) overflows: u64,
    pub(crate) first: Option<Instant>,
    last: Option<Instant>,
}

impl Marks {
    /// The file or folder there changed.
    pub fn changed(&self, path: &Path) {
        self.mark(|it| {
            it.places.entry(path.to_owned()).or_insert(false);
        });
    }

    /// A file or folder came there, went, or was replaced by another one.
    pub fn replaced(&self, path: &Path) {
        self.mark(|it| {
            it.places.insert(path.to_owned(), true);
        });
    }

    /// Something changed, and nobody knows where.
    pub fn overflowed(&self) {
        self.mark(|it| {
            it.anywhere = true;
            it.overflows += 1;
        });
    }

    fn set(&self) -> MutexGuard<'_, Marked> {
        self.0.set.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mark(&self, how: impl FnOnce(&mut Marked)) {
        let now = Instant::now();
        {
            let mut set = self.set();
            how(&mut set);
            set.events += 1;
            set.first.get_or_insert(now);
            set.last = Some(now);
            if set.places.len() > PLACES {
                set.places.clear();
                set.anywhere = true;
            }
        }
        self.0.changed.notify_one();
    }

    /// When it is time to look: it has been quiet for a while, or has gone on for long.
    pub(crate) fn due(&self) -> Option<Instant> {
        let set = self.set();
        Some((set.last? + QUIET).min(set.first? + CEILING))
    }

    /// Everything that was marked.
    pub(crate) fn take(&self) -> Marked {
        mem::take(&mut *self.set())
    }

    /// Waits for the next mark.
    pub(crate) async fn next(&self) {
        self.0.changed.notified().await;
    }
}
