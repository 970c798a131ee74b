//! Libraries that apps bring themselves, in the folders of their Types; only apps that the operator allows to may, and what
//! others bring is not even read. A bad file that may be half of a copy is looked at again before anybody is told.
use super::{
    LIBRARY_LIMIT, Library, SIGNATURE, open,
    shelf::{AGAIN, PATIENCE},
};
use crate::{
    Diagnostic, Files, Part, Registry, Severity, Type,
    options::Libraries,
    read::{FILE_LIMIT, unreadable},
    tree::{ElementFiles, LibraryFile, Tree},
};
use element::AppId;
use std::{collections::BTreeMap, io, path::Path, sync::Arc};
use tokio::time::Instant;

/// What became of them, by the folder of the Type.
#[derive(Debug, Default)]
pub(crate) struct OfApps(BTreeMap<Arc<str>, Brought>);

/// The library in one folder.
#[derive(Debug)]
struct Brought {
    /// What it was opened as.
    file: Option<Box<LibraryFile>>,
    library: Result<Arc<Library>, Diagnostic>,
    /// What somebody should know of it.
    warning: Option<Diagnostic>,
    /// The Type in it, beside all that code offers.
    ty: Result<Arc<Type>, Diagnostic>,
    /// Since when it is bad, and when that was seen last, while nobody believes it yet: until then it is what it was.
    doubted: Option<(Instant, Instant)>,
}

/// What looking needs.
#[derive(Debug)]
pub(crate) struct Looking<'a> {
    pub(crate) files: &'a dyn Files,
    pub(crate) root: &'a Path,
    pub(crate) libraries: &'a Libraries,
    pub(crate) registry: &'a Registry,
    pub(crate) now: Instant,
    /// Nobody is in the middle of a copy.
    pub(crate) at_once: bool,
}

impl OfApps {
    /// The code in a folder; `None`: it brings none.
    pub(crate) fn get(&self, folder: &str) -> Option<Result<&Arc<Type>, &Diagnostic>> {
        self.0.get(folder).map(|it| it.ty.as_ref())
    }

    /// What somebody should know of the code in a folder.
    pub(crate) fn warning(&self, folder: &str) -> Option<&Diagnostic> {
        self.0.get(folder)?.warning.as_ref()
    }

    /// Every folder that brings code.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &Arc<str>> {
        self.0.keys()
    }

    /// Folders to look at once more by now.
    pub(crate) fn due(&self, now: Instant) -> Vec<Arc<str>> {
        let due = self.0.iter().filter(|(_, it)| it.doubted.is_some_and(|(_, seen)| seen + AGAIN <= now));
        due.map(|(folder, _)| Arc::clone(folder)).collect()
    }

    /// When to look again, because something is in doubt.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.0.values().filter_map(|it| it.doubted).map(|(_, seen)| seen + AGAIN).min()
    }

    /// Looks at one folder again. `app`: the app that it is part of, if there is no doubt which that is.
    pub(crate) fn look(&mut self, folder: &Arc<str>, app: Option<&AppId>, tree: &Tree, looking: &Looking<'_>) {
        let names_one = |it: &ElementFiles| it.declaration.as_ref().is_some_and(|it| it.library.is_some());
        // Nearly none brings code.
        if !self.0.contains_key(folder) && !tree.get(folder).and_then(|it| it.element()).is_some_and(names_one) {
            return;
        }
        // What cannot be looked at stays as it was.
        if tree.is_unseen(folder) {
            return;
        }
        let before = self.0.remove(folder);
        let found = tree.get(folder).and_then(|it| looking.brought(folder, app, it.element()?, before));
        self.0.extend(found.map(|it| (Arc::clone(folder), it)));
    }
}

impl Looking<'_> {
    fn brought(
        &self,
        folder: &Arc<str>,
        app: Option<&AppId>,
        it: &ElementFiles,
        before: Option<Brought>,
    ) -> Option<Brought> {
        let declaration = it.declaration.as_ref()?;
        let (name, meta) = (declaration.library.as_ref()?, declaration.ty.as_ref()?);
        let (document, file) = (it.document.as_ref()?, file_name(name));
        let wrong = |code, message: String, help: String| {
            Diagnostic::error(code, &document.path, message).at(document.place("/library", Part::Value)).help(help)
        };
        let bad = |why: Diagnostic| {
            let (file, ty) = (it.library.clone(), Err(why.clone()));
            Some(Brought { file, library: Err(why), warning: None, ty, doubted: None })
        };
        // The default answer is no.
        if !app.is_some_and(|it| self.libraries.apps.contains(it)) {
            let app = app.map_or_else(|| "this app".to_owned(), |it| format!("`{it}`"));
            let message = format!("{app} may not bring code of its own");
            let help = "whoever runs the host allows it with `--allow-app-libraries <app>`";
            return bad(wrong("library-not-allowed", message, help.into()));
        }
        let Some(there) = &it.library else {
            let message = format!("there is no `{file}` in this folder");
            return bad(wrong("no-library", message, "build the library, and put it beside `e.json`".into()));
        };
        if let Some(why) = &there.foreign {
            return bad(why.clone());
        }
        let path: Arc<str> = format!("{folder}/{file}").into();
        let known =
            before.as_ref().filter(|it| it.file.as_ref() == Some(there) && it.library.is_ok() && it.doubted.is_none());
        let (library, warning) = match known {
            Some(it) => (it.library.clone(), it.warning.clone()),
            None => match self.open(&path) {
                Ok((library, warning)) => (Ok(library), warning),
                Err(why) => (Err(why), None),
            },
        };
        if library.is_err() && !self.at_once {
            let doubted = before.as_ref().and_then(|it| it.doubted).map_or(self.now, |(since, _)| since);
            let is_known = before.as_ref().is_some_and(|it| it.ty.as_ref().err() == library.as_ref().err());
            if let Some(before) = before.filter(|_| !is_known && self.now < doubted + PATIENCE) {
                return Some(Brought { doubted: Some((doubted, self.now)), ..before });
            }
        }
        let prepared = |library: &Arc<Library>| {
            let prepared = self.registry.prepare(library, &it.full_name, meta);
            prepared.map_err(|why| why.diagnostic(&path, Severity::Error))
        };
        let ty = library.as_ref().map_err(Clone::clone).and_then(prepared);
        Some(Brought { file: Some(there.clone()), library, warning, ty, doubted: None })
    }

    fn open(&self, path: &Arc<str>) -> Result<(Arc<Library>, Option<Diagnostic>), Diagnostic> {
        let read = |path: &str, limit| self.files.read(&self.root.join(path), limit).map(|(bytes, _)| bytes);
        let bytes = read(path, LIBRARY_LIMIT).map_err(|e| unreadable(path, &e))?;
        let signature = match read(&format!("{path}{SIGNATURE}"), FILE_LIMIT) {
            Ok(it) => Some(it),
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            Err(e) => return Err(unreadable(path, &e)),
        };
        match open(path, &bytes, signature.as_deref(), &self.libraries.trust) {
            Ok((library, warning)) => Ok((Arc::new(library), warning.map(|it| it.diagnostic(path, Severity::Warning)))),
            Err(why) => Err(why.diagnostic(path, Severity::Error)),
        }
    }
}

/// The file of the library that an `e.json` names.
pub(crate) fn file_name(name: &str) -> String {
    format!("{}{name}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX)
}
