//! Libraries that apps bring themselves, in the folders of their Types; only apps that the operator allows to may.
use super::{LIBRARY_LIMIT, SIGNATURE, open};
use crate::{
    Diagnostic, Files, Part, Registry, Severity, Type,
    options::Libraries,
    read::unreadable,
    tree::{ElementFiles, Tree},
};
use element::AppId;
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// What became of them, by the folder of the Type.
#[derive(Debug, Default)]
pub(crate) struct OfApps(BTreeMap<Arc<str>, Result<Arc<Type>, Diagnostic>>);

impl OfApps {
    /// The code in a folder; `None`: it brings none.
    pub(crate) fn get(&self, folder: &str) -> Option<Result<&Arc<Type>, &Diagnostic>> {
        self.0.get(folder).map(Result::as_ref)
    }

    /// Every folder that brings code.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &Arc<str>> {
        self.0.keys()
    }

    /// Looks at one folder again.
    pub(crate) fn look(&mut self, folder: &Arc<str>, app: Option<&AppId>, tree: &Tree, with: &With<'_>) {
        let found = tree.get(folder).and_then(|it| with.look(folder, app, it.element()?));
        match found {
            Some(it) => drop(self.0.insert(Arc::clone(folder), it)),
            // What cannot be looked at stays as it was.
            None if tree.is_unseen(folder) => {}
            None => drop(self.0.remove(folder)),
        }
    }
}

/// What is needed for that.
#[derive(Debug)]
pub(crate) struct With<'a> {
    pub(crate) files: &'a dyn Files,
    pub(crate) root: &'a Path,
    pub(crate) libraries: &'a Libraries,
    pub(crate) registry: &'a Registry,
}

impl With<'_> {
    fn look(&self, folder: &Arc<str>, app: Option<&AppId>, it: &ElementFiles) -> Option<Result<Arc<Type>, Diagnostic>> {
        let name = it.declaration.as_ref()?.library.as_ref()?;
        let document = it.document.as_ref()?;
        let place = document.place("/library", Part::Value);
        if let Some(app) = app.filter(|it| !self.libraries.apps.contains(*it)) {
            let message = format!("`{app}` may not bring code of its own");
            let help = format!("whoever runs the host allows it with `--allow-app-libraries {app}`");
            return Some(Err(Diagnostic::error("library-not-allowed", &document.path, message).at(place).help(help)));
        }
        let file = file_name(name);
        let path: Arc<str> = format!("{folder}/{file}").into();
        if it.library.is_none() {
            let message = format!("there is no `{file}` in this folder");
            let help = "build the library, and put it beside `e.json`";
            return Some(Err(Diagnostic::error("no-library", &document.path, message).at(place).help(help)));
        }
        let full = self.root.join(&*path);
        let bytes = match self.files.read(&full, LIBRARY_LIMIT) {
            Ok((bytes, _)) => bytes,
            Err(e) => return Some(Err(unreadable(&path, &e))),
        };
        let signature = self.files.read(&self.root.join(format!("{path}{SIGNATURE}")), LIBRARY_LIMIT).ok();
        let opened = open(&path, &bytes, signature.as_ref().map(|(it, _)| &**it), &self.libraries.trust);
        let ty = opened.and_then(|(library, _)| self.registry.prepare(&library, &it.full_name));
        Some(ty.map_err(|why| why.diagnostic(&path, Severity::Error)))
    }
}

/// The file of the library that an `e.json` names.
pub(crate) fn file_name(name: &str) -> String {
    format!("{}{name}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX)
}
