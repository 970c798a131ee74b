//! First room: folders are looked at, and what they say is told. What they said before decides only where to look.
use crate::{
    Files, Stamp, queue,
    tree::{Folder, Says, Tree, inside},
    watch::Watch,
};
use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// A cold disk answers slowly and many at once: far more threads than cores pay off there.
const THREADS: usize = 16;

/// A folder to look at.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub(crate) folder: Arc<str>,
    pub(crate) how: How,
}

/// How carefully.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    /// Not at all, if its stamps prove that it is what it was.
    ByStamp,
    /// Its own files, and folders in it that are new.
    Itself,
    /// It may be another one of the same name: everything in it, whatever was known.
    Whole,
}

/// What was seen; `None`: there is no such folder.
pub(crate) type Seen = (Arc<str>, Option<Folder>);

/// Where to look, and what is known already.
pub(crate) struct Scan<'a> {
    pub(crate) files: &'a dyn Files,
    pub(crate) root: &'a Path,
    pub(crate) watch: Option<&'a dyn Watch>,
    pub(crate) tree: &'a Tree,
}

impl fmt::Debug for Scan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scan").field("root", &self.root).finish_non_exhaustive()
    }
}

impl Scan<'_> {
    /// Looks at all these folders, and at all that turn out to be in them. Gives what was read, in the order of paths:
    /// what is proved to be as it was is left out.
    pub(crate) fn look_at(&self, units: Vec<Unit>) -> Vec<Seen> {
        let found = Mutex::new(Vec::new());
        // Looking at stamps goes on all the time, and must not take the cores from those who work.
        let threads = if units.iter().all(|it| it.how == How::ByStamp) { 1 } else { THREADS };
        queue::each(units, threads, |unit| self.look(&unit, &found));
        let mut seen: Vec<Seen> = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        // The threads come back in any order; what follows must not depend on it.
        seen.sort_by(|a, b| a.0.cmp(&b.0));
        seen.dedup_by(|a, b| a.0 == b.0);
        seen
    }

    fn look(&self, unit: &Unit, found: &Mutex<Vec<Seen>>) -> Vec<Unit> {
        let folder = &unit.folder;
        let known = self.tree.get(folder);
        if unit.how == How::ByStamp && known.is_some_and(|it| self.is_as_it_was(folder, it)) {
            return Vec::new();
        }
        if let Some(watch) = self.watch {
            // Before it is read: what changes after that is told. One that is found by its stamp was not told, so perhaps
            // it is another folder than the one that is watched.
            watch.add(&self.path(folder), unit.how != How::Itself);
        }
        let now = self.folder(folder);
        let below = now.iter().flat_map(|it| &it.below).map(|name| inside(folder, name));
        // Nobody looked into one that could not be looked at, was away, or seemed to be something else.
        let nobody = |it: &Folder| it.says == Says::Unseen || it.missing || it.doubted;
        let whole = unit.how == How::Whole || known.is_none_or(nobody);
        let new = below.filter(|it| whole || self.tree.get(it).is_none_or(|it| it.missing));
        let units = new.map(|folder| Unit { folder, how: How::Whole }).collect();
        found.lock().unwrap_or_else(PoisonError::into_inner).push((Arc::clone(folder), now));
        units
    }

    fn is_as_it_was(&self, folder: &str, known: &Folder) -> bool {
        let dir = self.path(folder);
        let same = |before: &Option<Stamp>, path: &Path| match (before, self.files.stamp(path)) {
            (Some(before), Ok(now)) => before.proves_the_same(&now),
            (None, Err(_)) => true,
            _ => false,
        };
        !known.missing
            && same(&known.stamps.folder, &dir)
            && known.stamps.files.iter().all(|(name, stamp)| same(stamp, &dir.join(&**name)))
    }

    pub(crate) fn path(&self, folder: &str) -> PathBuf {
        if folder.is_empty() { self.root.to_owned() } else { self.root.join(folder) }
    }
}
