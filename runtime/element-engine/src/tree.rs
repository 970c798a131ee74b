//! What `scan` gives: folders and files, read and parsed, nothing more. Plain data.
use crate::{Diagnostic, Document};
use element::{AppId, FullName};
use std::{collections::BTreeMap, sync::Arc};

/// Everything that was found under the apps root.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tree {
    /// Folders with a good `app.json`, in the order of their names.
    pub(crate) apps: Vec<AppFolder>,
    /// The operator's secret files, by name.
    pub(crate) secrets: BTreeMap<String, String>,
    /// Folders that are there and could not be looked at; `app.json` of an app counts. Empty: the root.
    pub(crate) unseen: Vec<Arc<str>>,
    /// What is wrong with folders and files.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// An app as its folder says.
#[derive(Debug, Clone)]
pub(crate) struct AppFolder {
    /// Its id.
    pub(crate) id: AppId,
    /// Its folder, relative to the root.
    pub(crate) folder: Arc<str>,
    /// `app.json`.
    pub(crate) manifest: Document,
    /// Its elements, in the order of full names.
    pub(crate) elements: Vec<ElementFolder>,
}

/// An element as its folder says.
#[derive(Debug, Clone)]
pub(crate) struct ElementFolder {
    /// Its full name: the path in the app.
    pub(crate) full_name: FullName,
    /// Its folder, relative to the root.
    pub(crate) folder: Arc<str>,
    /// `e.json`; `None`: it cannot be read, and a diagnostic says why.
    pub(crate) declaration: Option<Document>,
    /// The config beside it.
    pub(crate) config: Config,
}

/// The config beside an `e.json`.
#[derive(Debug, Clone)]
pub(crate) enum Config {
    /// There is none.
    Absent,
    /// It cannot be read, and a diagnostic says why.
    Broken,
    /// What it says.
    Document(Document),
}
