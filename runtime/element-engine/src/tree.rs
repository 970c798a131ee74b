//! What files say, folder by folder: what `scan` sees and `resolve` reads. Plain data.
use crate::{Diagnostic, Document, Stamp, declare::Declaration};
use element::{AppId, FullName};
use std::{
    collections::BTreeMap,
    ops::Bound::{Excluded, Included, Unbounded},
    sync::Arc,
};

/// Everything that was looked at, by the path below the root of the apps; the root's own is empty.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    folders: BTreeMap<Arc<str>, Folder>,
    pub(crate) secrets: Secrets,
}

/// The operator's secret files.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Secrets {
    /// Their texts, by name.
    pub(crate) texts: BTreeMap<String, String>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// One folder.
#[derive(Debug)]
pub(crate) struct Folder {
    /// What its own files say.
    pub(crate) says: Says,
    /// Names of the folders in it that are looked at as well, in order.
    pub(crate) below: Vec<Box<str>>,
    /// What is wrong with it and with what stands in it.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What tells whether it has to be read again.
    pub(crate) stamps: Stamps,
    /// It is not there just now, and that is not believed yet.
    pub(crate) missing: bool,
    /// It was seen to be something else, and that is not believed yet.
    pub(crate) doubted: bool,
    /// The element that it was when it could be looked at last; only of one that cannot be looked at.
    pub(crate) kept: Option<Box<ElementFiles>>,
}

/// `None`: it could not be reached.
#[derive(Debug, Default)]
pub(crate) struct Stamps {
    pub(crate) folder: Option<Stamp>,
    pub(crate) files: Vec<(Box<str>, Option<Stamp>)>,
}

/// What the files of a folder say.
#[derive(Debug, PartialEq)]
pub(crate) enum Says {
    /// Nothing: it is on the way to others.
    Nothing,
    /// It is there and cannot be looked at: what was in it stays.
    Unseen,
    /// An app.
    App {
        /// Its id.
        id: AppId,
        /// `app.json`.
        manifest: Document,
    },
    /// An element.
    Element(ElementFiles),
}

/// An element as its folder says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ElementFiles {
    /// Its full name: the path in the app.
    pub(crate) full_name: FullName,
    /// `e.json`; `None`: it cannot be read, and a diagnostic says why.
    pub(crate) document: Option<Document>,
    /// What it says; `None`: it has mistakes, and diagnostics say which.
    pub(crate) declaration: Option<Declaration>,
    /// The config beside it.
    pub(crate) config: Config,
    /// The library that it names, if it is there.
    pub(crate) library: Option<Box<LibraryFile>>,
}

/// A library in a folder. Whether anybody reads it is for the operator to say.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LibraryFile {
    /// Of it and of its signature, as far as they are there.
    pub(crate) stamps: [Option<u64>; 2],
    /// It is a link that leads where it may not.
    pub(crate) foreign: Option<Diagnostic>,
}

/// The config beside an `e.json`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Config {
    /// There is none.
    Absent,
    /// It cannot be read, and a diagnostic says why.
    Broken,
    /// What it says.
    Document(Document),
}

impl Config {
    pub(crate) const fn document(&self) -> Option<&Document> {
        match self {
            Self::Document(it) => Some(it),
            Self::Absent | Self::Broken => None,
        }
    }
}

impl Folder {
    /// Whether both say the same, whatever their stamps are.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        self.says == other.says && self.below == other.below && self.diagnostics == other.diagnostics
    }

    pub(crate) const fn element(&self) -> Option<&ElementFiles> {
        match &self.says {
            Says::Element(it) => Some(it),
            _ => None,
        }
    }

    /// The element that it is, or was when it could be looked at last.
    pub(crate) fn known(&self) -> Option<&ElementFiles> {
        self.element().or(self.kept.as_deref())
    }
}

impl Tree {
    pub(crate) fn get(&self, folder: &str) -> Option<&Folder> {
        self.folders.get(folder)
    }

    /// The same, with its path as it is kept.
    pub(crate) fn entry(&self, folder: &str) -> Option<(&Arc<str>, &Folder)> {
        self.folders.get_key_value(folder)
    }

    pub(crate) fn get_mut(&mut self, folder: &str) -> Option<&mut Folder> {
        self.folders.get_mut(folder)
    }

    pub(crate) fn put(&mut self, folder: Arc<str>, it: Folder) {
        self.folders.insert(folder, it);
    }

    pub(crate) fn remove(&mut self, folder: &str) {
        self.folders.remove(folder);
    }

    pub(crate) fn len(&self) -> usize {
        self.folders.len()
    }

    /// The folders from this one on, in order; after all of them, none.
    pub(crate) fn after(&self, folder: Option<&str>) -> impl Iterator<Item = &Arc<str>> {
        let from = folder.map_or(Unbounded, Excluded);
        self.folders.range::<str, _>((from, Unbounded)).map(|(path, _)| path)
    }

    /// A folder and everything below it.
    pub(crate) fn all_in(&self, folder: &str) -> impl Iterator<Item = (&Arc<str>, &Folder)> {
        let own = self.folders.get_key_value(folder);
        // `/` is followed by `0`, so this is all that begins with the folder's path and a `/`.
        let (from, to) = (format!("{folder}/"), format!("{folder}0"));
        let below = if folder.is_empty() {
            self.folders.range::<str, _>((Excluded(""), Unbounded))
        } else {
            self.folders.range::<str, _>((Included(from.as_str()), Excluded(to.as_str())))
        };
        own.into_iter().chain(below)
    }

    /// Whether a folder, or one that it is in, cannot be looked at.
    pub(crate) fn is_unseen(&self, folder: &str) -> bool {
        above(folder).any(|it| self.get(it).is_some_and(|it| it.says == Says::Unseen))
    }

    /// Whether it is in a folder that cannot be looked at, so that nobody can say what became of it.
    pub(crate) fn is_hidden(&self, folder: &str) -> bool {
        above(folder).nth(1).is_some_and(|parent| self.is_unseen(parent))
    }

    /// The folder itself, or the nearest one above it that is known here; in the end the root.
    pub(crate) fn nearest<'a>(&self, folder: &'a str) -> &'a str {
        above(folder).find(|it| self.folders.contains_key(*it)).unwrap_or_default()
    }
}

/// The folder, the one that it is in, and so on up to the root.
pub(crate) fn above(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |it| match it.rsplit_once('/') {
        Some((parent, _)) => Some(parent),
        None if it.is_empty() => None,
        None => Some(""),
    })
}

/// The folder of something in `folder`.
pub(crate) fn inside(folder: &str, name: &str) -> Arc<str> {
    if folder.is_empty() { name.into() } else { format!("{folder}/{name}").into() }
}

/// The app's folder, which comes first.
pub(crate) fn app_of(folder: &str) -> &str {
    folder.split('/').next().unwrap_or_default()
}
