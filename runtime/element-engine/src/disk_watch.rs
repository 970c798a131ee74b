//! The disk's own word on what changes, through notify: the only file that uses it.
//!
//! Every folder is watched by itself, by whoever is about to look at it. That leaves no gap between a folder and what is in
//! it, and folders that nobody looks at, such as `node_modules`, cost nothing.
use crate::{
    mounts,
    watch::{Marks, Watch},
};
use notify::{
    Config, ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher,
    event::{AccessKind, AccessMode, ModifyKind},
};
use std::{
    collections::BTreeSet,
    io,
    ops::Bound,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

#[derive(Debug)]
pub(crate) struct DiskWatch {
    root: PathBuf,
    watcher: Mutex<RecommendedWatcher>,
    known: Arc<Known>,
}

#[derive(Debug, Default)]
struct Known(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Folders that are watched.
    watched: BTreeSet<PathBuf>,
    /// Folders for which no watch was left.
    unwatched: BTreeSet<PathBuf>,
    /// The folder that the apps' is in is one to be watched itself.
    beside_too: bool,
}

impl Known {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another folder may be there now, and notify lets go of the watches of what was: they have to be given again.
    fn forget(&self, path: &Path) {
        let mut state = self.lock();
        let below = (Bound::Included(path), Bound::Unbounded);
        let gone: Vec<PathBuf> =
            state.watched.range::<Path, _>(below).take_while(|it| it.starts_with(path)).cloned().collect();
        for it in gone {
            state.watched.remove(&it);
        }
    }
}

impl DiskWatch {
    pub(crate) fn start(root: &Path, marks: Marks) -> io::Result<Self> {
        let known = Arc::<Known>::default();
        let (told, apps) = (Arc::clone(&known), root.to_owned());
        let tell = move |event: notify::Result<Event>| match event {
            Ok(event) if event.need_rescan() => {
                told.lock().watched.clear();
                marks.overflowed();
            }
            Ok(event) => mark(&event, &apps, &marks, &told),
            Err(e) => {
                tracing::debug!("the watch of the apps failed once, so everything is looked at: {e}");
                marks.overflowed();
            }
        };
        let mut watcher = RecommendedWatcher::new(tell, Config::default().with_follow_symlinks(false)).map_err(as_io)?;
        if let Some(beside) = root.parent() {
            // That the folder of the apps is back is told by the one that it is in. If that fails, a sweep finds it.
            let _ = watcher.watch(beside, RecursiveMode::NonRecursive);
        }
        Ok(Self { root: root.to_owned(), watcher: Mutex::new(watcher), known })
    }
}

/// Runs on notify's thread, so it never waits and never reads.
fn mark(event: &Event, apps: &Path, marks: &Marks, known: &Known) {
    let replaced = match event.kind {
        // Whoever reads is no news; that would be us.
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => false,
        EventKind::Access(_) => return,
        EventKind::Create(_) | EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)) => true,
        _ => false,
    };
    let is_beside = |path: &Path| !path.starts_with(apps) && (path.parent() == apps.parent() || Some(path) == apps.parent());
    for path in &event.paths {
        if is_beside(path) && !known.lock().beside_too {
            if replaced {
                known.forget(path);
            }
            continue;
        }
        if replaced {
            known.forget(path);
            marks.replaced(path);
        } else {
            marks.changed(path);
        }
    }
}

fn as_io(e: notify::Error) -> io::Error {
    match e.kind {
        ErrorKind::Io(it) => it,
        ErrorKind::PathNotFound => io::ErrorKind::NotFound.into(),
        ErrorKind::MaxFilesWatch => io::ErrorKind::QuotaExceeded.into(),
        other => io::Error::other(format!("{other:?}")),
    }
}

impl Watch for DiskWatch {
    fn add(&self, dir: &Path, again: bool) {
        if !again && self.known.lock().watched.contains(dir) {
            return;
        }
        // Known first: an event that comes at once takes it out again, and then it is given again.
        {
            let mut state = self.known.lock();
            state.watched.insert(dir.to_owned());
            state.beside_too |= self.root.parent() == Some(dir);
        }
        let mut watcher = self.watcher.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = watcher.watch(dir, RecursiveMode::NonRecursive).map_err(as_io);
        drop(watcher);
        let mut state = self.known.lock();
        state.unwatched.remove(dir);
        let Err(e) = outcome else { return };
        state.watched.remove(dir);
        // What is not there, or may not be read, is found out by whoever looks.
        if !matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied | io::ErrorKind::NotADirectory) {
            state.unwatched.insert(dir.to_owned());
        }
    }

    fn blind(&self) -> Option<String> {
        if let Some(why) = mounts::silent(&self.root) {
            return Some(why);
        }
        let waiting: Vec<PathBuf> = self.known.lock().unwatched.iter().cloned().collect();
        // As soon as there is none left again, the rest need not be tried.
        for dir in &waiting {
            self.add(dir, true);
            if self.known.lock().unwatched.contains(dir) {
                let folders = self.known.lock().unwatched.len();
                return Some(format!(
                    "the system has no watch left for {folders} folders: raise `fs.inotify.max_user_watches`"
                ));
            }
        }
        None
    }
}
