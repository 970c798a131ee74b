//! The libraries that the operator names for the whole host: which files there are, what was loaded of them, and what is wrong.
//! A file that is replaced by a bad one, or taken away, leaves in service what was good. They are on a real disk, wherever
//! the apps are.
use super::{LIBRARY_LIMIT, Library, Refusal, SIGNATURE, Trust, open};
use crate::{
    Diagnostic, Disk, Files, Registry, Severity, Stamp,
    files::absolute,
    options,
    read::{FILE_LIMIT, unreadable},
};
use base16ct::lower::encode_string;
use sha2::{Digest as _, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;

/// Where the folder of libraries is, for people.
const FOLDER: &str = "--libraries";
/// A file that is bad may be half of a copy: for so long it is looked at again before anybody is told.
pub(super) const PATIENCE: Duration = Duration::from_millis(600);
/// How often.
pub(super) const AGAIN: Duration = Duration::from_millis(150);

/// What is known of the operator's libraries.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    places: BTreeMap<Arc<str>, Place>,
    /// The folder cannot be looked at.
    folder: Option<Diagnostic>,
    /// When somebody looked last.
    looked: Option<Instant>,
}

/// One file.
#[derive(Debug, Default)]
struct Place {
    /// Of the file and of its signature, when they were read.
    stamps: Option<(Stamp, Option<Stamp>)>,
    /// What was read last: the hash of both.
    judged: Option<String>,
    /// What is in service of it.
    serves: Option<Arc<Library>>,
    /// What is good by itself and cannot be beside the others.
    refused: Option<Arc<Library>>,
    /// What is wrong with what is there now.
    problem: Option<Diagnostic>,
    /// What somebody should know of it, whether it is in service or not.
    warning: Option<Diagnostic>,
    /// Since when it is bad, while nobody believes it yet.
    doubted: Option<Instant>,
}

/// What a look found in one file.
enum Found {
    Same,
    New(Box<Library>, Option<Refusal>),
    Bad(Diagnostic),
}

impl Shelf {
    /// Looks again; gives what code offers from now on, if that is something else. `at_once`: nobody is in the middle of a copy.
    pub(crate) fn look(
        &mut self,
        libraries: &options::Libraries,
        base: &Registry,
        now: Instant,
        at_once: bool,
    ) -> Option<Registry> {
        let paths = self.paths(libraries);
        let mut new = BTreeMap::new();
        for path in &paths {
            let place = self.places.entry(Arc::clone(path)).or_default();
            match place.look(path, &libraries.trust) {
                Found::Same => {}
                Found::New(library, warning) => {
                    new.insert(Arc::clone(path), Arc::new(*library));
                    place.is_good(path, warning);
                }
                Found::Bad(why) => place.doubt(why, now, at_once),
            }
        }
        // What never was in service, and is away, is nobody's business any more.
        self.places.retain(|path, it| it.serves.is_some() || paths.contains(path));
        let is_first = self.looked.replace(now).is_none();
        (is_first || !new.is_empty()).then(|| self.put_together(base, &new))
    }

    /// Every file that there is, or was.
    fn paths(&mut self, libraries: &options::Libraries) -> BTreeSet<Arc<str>> {
        let text = |path: &Path| Arc::<str>::from(path.to_string_lossy());
        let mut paths: BTreeSet<Arc<str>> = libraries.files.iter().map(|it| text(&absolute(it))).collect();
        paths.extend(self.places.iter().filter(|(_, it)| it.serves.is_some()).map(|(path, _)| Arc::clone(path)));
        self.folder = None;
        let Some(folder) = libraries.folder.as_deref().map(absolute) else { return paths };
        match Disk.list(&folder) {
            Ok(entries) => {
                let is_library = |name: &str| {
                    let extension = Path::new(name).extension();
                    !name.starts_with('.') && extension.is_some_and(|it| it == std::env::consts::DLL_EXTENSION)
                };
                let found = entries.into_iter().filter(|it| !it.is_dir && is_library(&it.name));
                paths.extend(found.map(|it| text(&folder.join(it.name))));
            }
            Err(e) => self.folder = Some(unreadable(&format!("{FOLDER} {}", folder.display()).into(), &e)),
        }
        paths
    }

    /// What code offers: what is linked, and the newest of every file. If that takes a library out of service, each new one
    /// comes in for itself, as far as it can. What could not be before is tried again: what stood in its way may be gone.
    fn put_together(&mut self, base: &Registry, new: &Libraries) -> Registry {
        let serving: Libraries = self.places.iter().filter_map(|(path, it)| of(path, it.serves.as_ref())).collect();
        let newest =
            |(path, it): (&Arc<str>, &Place)| of(path, new.get(path).or(it.refused.as_ref()).or(it.serves.as_ref()));
        let newest: Libraries = self.places.iter().filter_map(newest).collect();
        let (mut registry, mut refused) = compose(base, &newest);
        let mut chosen = newest.clone();
        if refused.keys().any(|path| serving.contains_key(path)) {
            (chosen, refused) = (serving.clone(), BTreeMap::new());
            for (path, library) in &newest {
                let mut trial = chosen.clone();
                trial.insert(Arc::clone(path), Arc::clone(library));
                let (_, why) = compose(base, &trial);
                match why.get(path).or_else(|| why.iter().find(|(it, _)| serving.contains_key(*it)).map(|(_, why)| why)) {
                    None => chosen = trial,
                    Some(why) => drop(refused.insert(Arc::clone(path), why.clone())),
                }
            }
            registry = compose(base, &chosen).0;
        }
        for (path, place) in &mut self.places {
            let Some(library) = newest.get(path) else { continue };
            if let Some(why) = refused.get(path) {
                let severity = if why.is_empty() { Severity::Warning } else { Severity::Error };
                place.problem = Some(why.diagnostic(path, severity));
                place.refused = Some(Arc::clone(library));
            } else {
                if place.refused.take().is_some() {
                    place.problem = None;
                }
                place.serves = chosen.get(path).cloned();
            }
        }
        registry
    }

    /// When to look again, because something is in doubt.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.looked.filter(|_| self.places.values().any(|it| it.doubted.is_some())).map(|it| it + AGAIN)
    }

    /// What is wrong, in the order of files.
    pub(crate) fn diagnostics(&self) -> Vec<Diagnostic> {
        let of_files = self.places.values().flat_map(|it| it.problem.iter().chain(&it.warning));
        self.folder.iter().chain(of_files).cloned().collect()
    }
}

type Libraries = BTreeMap<Arc<str>, Arc<Library>>;

fn of(path: &Arc<str>, library: Option<&Arc<Library>>) -> Option<(Arc<str>, Arc<Library>)> {
    Some((Arc::clone(path), Arc::clone(library?)))
}

/// All of these as far as they can be beside each other, in the order of their files; one that needs another waits for it.
fn compose(base: &Registry, libraries: &Libraries) -> (Registry, BTreeMap<Arc<str>, Refusal>) {
    let mut registry = base.clone();
    let mut left: Vec<_> = libraries.iter().collect();
    loop {
        let mut refused = BTreeMap::new();
        let before = left.len();
        left.retain(|(path, library)| {
            let why = registry.admit(library).err();
            let is_refused = why.is_some();
            refused.extend(why.map(|why| (Arc::clone(path), why)));
            is_refused
        });
        if left.is_empty() || left.len() == before {
            return (registry, refused);
        }
    }
}

impl Place {
    fn look(&mut self, path: &Arc<str>, trust: &Trust) -> Found {
        let (file, beside) = (Path::new(&**path), PathBuf::from(format!("{path}{SIGNATURE}")));
        let stamps = Disk.stamp(file).ok().map(|it| (it, Disk.stamp(&beside).ok()));
        if let (Some(before), Some(now)) = (&self.stamps, &stamps) {
            let same_signature = match (&before.1, &now.1) {
                (Some(before), Some(now)) => before.proves_the_same(now),
                (None, None) => true,
                _ => false,
            };
            if before.0.proves_the_same(&now.0) && same_signature && self.doubted.is_none() && !self.may_be_over() {
                return Found::Same;
            }
        }
        let bytes = match Disk.read(file, LIBRARY_LIMIT) {
            Ok((bytes, _)) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound && self.serves.is_some() => {
                self.stamps = None;
                let message = "the file is gone; what was loaded from it stays in service until the host ends";
                return Found::Bad(Diagnostic::warning("library-gone", path, message).help("put a file there"));
            }
            Err(e) => return Found::Bad(unreadable(path, &e)),
        };
        let signature = match Disk.read(&beside, FILE_LIMIT) {
            Ok((bytes, _)) => Some(bytes),
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            Err(e) => return Found::Bad(unreadable(path, &e)),
        };
        self.stamps = stamps;
        let hash = Sha256::new().chain_update(Sha256::digest(&bytes));
        let hash = hash.chain_update(signature.as_deref().unwrap_or_default()).finalize();
        let judged = Some(encode_string(&hash));
        if self.judged == judged && self.doubted.is_none() && !self.may_be_over() {
            return Found::Same;
        }
        let found = open(path, &bytes, signature.as_deref(), trust);
        let is_back = |library: &Library| self.serves.as_ref().is_some_and(|it| it.info == library.info);
        let found = match found {
            // It is what serves, as before.
            Ok((library, warning)) if is_back(&library) => {
                self.is_good(path, warning);
                Found::Same
            }
            Ok((library, warning)) => Found::New(Box::new(library), warning),
            Err(why) => Found::Bad(why.diagnostic(path, Severity::Error)),
        };
        self.judged = judged;
        found
    }

    /// What is there can be used.
    fn is_good(&mut self, path: &Arc<str>, warning: Option<Refusal>) {
        self.warning = warning.map(|it| it.diagnostic(path, Severity::Warning));
        (self.problem, self.refused, self.doubted) = (None, None, None);
    }

    /// What is wrong has to do with more than the file.
    fn may_be_over(&self) -> bool {
        self.problem.as_ref().is_some_and(|it| matches!(&*it.code, "library-gone" | "library-load"))
    }

    /// Something is wrong; it is told when it stays so.
    fn doubt(&mut self, why: Diagnostic, now: Instant, at_once: bool) {
        if self.problem.as_ref() == Some(&why) {
            return;
        }
        let since = *self.doubted.get_or_insert(now);
        if at_once || since + PATIENCE <= now {
            (self.doubted, self.refused) = (None, None);
            self.problem = Some(why);
        }
    }
}
