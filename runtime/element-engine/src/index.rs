//! Who has to be worked out again when something changes, so that an edit costs what it touches and not what there is.
use crate::registry::Map;
use element::{AppId, FullName};
use hashbrown::HashSet;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A name in an app, as those see it that ask for it: letters of both cases are one, since two names that differ by case
/// only are a mistake in both. Or a secret file.
pub(crate) type Key = Arc<str>;

/// The key of an element's folder.
pub(crate) fn key_of(folder: &str) -> Key {
    let (app, rest) = folder.split_once('/').unwrap_or((folder, ""));
    format!("{app}/{}", rest.to_ascii_lowercase()).into()
}

/// The key of a full name in the app of this folder.
pub(crate) fn key_of_name(app: &str, name: &FullName) -> Key {
    format!("{app}/{}", name.as_str().replace('.', "/").to_ascii_lowercase()).into()
}

/// That there is a name, whichever: for whoever asked for one that is not there, and was told one that is near.
pub(crate) fn any_name(app: &str) -> Key {
    format!("{app}//").into()
}

/// A secret file.
pub(crate) fn secret(name: &str) -> Key {
    format!("//{name}").into()
}

/// That there is a secret file, whichever.
pub(crate) fn any_secret() -> Key {
    "//".into()
}

#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Which folders have elements of this name.
    names: Map<Vec<Arc<str>>>,
    /// Which elements were worked out with it.
    used_by: Map<HashSet<Arc<str>>>,
    uses: Map<Vec<Key>>,
    /// Which folders are the app with this id, as they say or said last.
    claims: BTreeMap<AppId, BTreeSet<Arc<str>>>,
    ids: BTreeMap<Arc<str>, AppId>,
    /// Folders that were in service as what they claim.
    served: BTreeSet<Arc<str>>,
    /// Apps that kept elements because a folder of theirs was not believed yet.
    unsure: BTreeSet<AppId>,
}

impl Index {
    /// The element in this folder was worked out with these.
    pub(crate) fn record(&mut self, folder: &Arc<str>, mut uses: Vec<Key>) {
        uses.sort();
        uses.dedup();
        if self.uses.get(&**folder).is_some_and(|it| *it == uses) {
            return;
        }
        self.forget_uses(folder);
        for key in &uses {
            self.used_by.entry((**key).into()).or_default().insert(Arc::clone(folder));
        }
        if !uses.is_empty() {
            self.uses.insert((**folder).into(), uses);
        }
    }

    pub(crate) fn forget_uses(&mut self, folder: &str) {
        for key in self.uses.remove(folder).into_iter().flatten() {
            if let Some(users) = self.used_by.get_mut(&*key) {
                users.remove(folder);
                if users.is_empty() {
                    self.used_by.remove(&*key);
                }
            }
        }
    }

    /// Elements to work out again when this changes.
    pub(crate) fn used_by(&self, key: &str) -> impl Iterator<Item = &Arc<str>> {
        self.used_by.get(key).into_iter().flatten()
    }

    pub(crate) fn add_name(&mut self, folder: &Arc<str>) {
        let folders = self.names.entry((*key_of(folder)).into()).or_default();
        if !folders.contains(folder) {
            folders.push(Arc::clone(folder));
            folders.sort();
        }
    }

    pub(crate) fn remove_name(&mut self, folder: &str) {
        let key = key_of(folder);
        if let Some(folders) = self.names.get_mut(&*key) {
            folders.retain(|it| **it != *folder);
            if folders.is_empty() {
                self.names.remove(&*key);
            }
        }
    }

    /// Folders with elements of this name but for upper and lower case, itself too.
    pub(crate) fn same_name(&self, folder: &str) -> &[Arc<str>] {
        self.names.get(&*key_of(folder)).map_or(&[], Vec::as_slice)
    }

    /// What an app's folder says it is; gives what it was.
    pub(crate) fn claim(&mut self, folder: &Arc<str>, id: Option<&AppId>) -> Option<AppId> {
        let before = match id {
            Some(id) => self.ids.insert(Arc::clone(folder), id.clone()),
            None => self.ids.remove(folder),
        };
        if let Some(before) = &before
            && let Some(folders) = self.claims.get_mut(before)
        {
            folders.remove(folder);
            if folders.is_empty() {
                self.claims.remove(before);
            }
        }
        if before.as_ref() != id {
            self.served.remove(folder);
        }
        if let Some(id) = id {
            self.claims.entry(id.clone()).or_default().insert(Arc::clone(folder));
        }
        before
    }

    pub(crate) fn serves(&mut self, folder: &Arc<str>) {
        self.served.insert(Arc::clone(folder));
    }

    /// Whether this folder was ever in service as what it claims.
    pub(crate) fn has_served(&self, folder: &str) -> bool {
        self.served.contains(folder)
    }

    /// The app was worked out, with some folders that are not believed yet or without.
    pub(crate) fn set_unsure(&mut self, id: &AppId, unsure: bool) {
        if unsure {
            self.unsure.insert(id.clone());
        } else {
            self.unsure.remove(id);
        }
    }

    /// The app in this folder, if it waits for a folder to be believed.
    pub(crate) fn unsure(&self, folder: &str) -> Option<&AppId> {
        self.ids.get(folder).filter(|it| self.unsure.contains(*it))
    }

    /// The id of the app in this folder.
    pub(crate) fn id(&self, folder: &str) -> Option<&AppId> {
        self.ids.get(folder)
    }

    /// The folders of the app with this id.
    pub(crate) fn folders(&self, id: &AppId) -> impl Iterator<Item = &Arc<str>> {
        self.claims.get(id).into_iter().flatten()
    }

    pub(crate) fn apps(&self) -> impl Iterator<Item = &AppId> {
        self.claims.keys()
    }
}
