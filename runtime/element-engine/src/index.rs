//! Who has to be worked out again when something changes, so that an edit costs what it touches and not what there is.
use crate::{
    Modifier,
    ancestry::{Ancestry, Line},
    key::{Key, any_name, key_in, key_of},
    tree::{app_of, inside},
};
use element::AppId;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound::{Excluded, Included},
    sync::Arc,
};

/// An element that was worked out, in the view of one app. In the view of the app that defines it, for nearly all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Use {
    /// The folder of the app.
    pub(crate) view: Arc<str>,
    /// The folder of the element.
    pub(crate) folder: Arc<str>,
}

#[derive(Debug, Default)]
pub(crate) struct Index {
    pub(crate) ancestry: Ancestry,
    /// Which folders have elements of this name.
    names: BTreeMap<Key, Vec<Arc<str>>>,
    /// Which elements were worked out with it.
    used_by: BTreeMap<Key, BTreeSet<Use>>,
    uses: BTreeMap<Use, Vec<Key>>,
    /// Elements that are something else in the view of an app than where they are defined, by the folder of the app.
    adapted: BTreeMap<Arc<str>, BTreeSet<Arc<str>>>,
    /// Apps where other names are asked for, or mean something else, than when somebody last looked what apps make of what
    /// they inherit.
    reshaped: BTreeSet<Arc<str>>,
    /// Elements that may not be overridden, by the folder of their app.
    protected: BTreeMap<Arc<str>, BTreeSet<Arc<str>>>,
    /// Elements that are not inherited, by the folder of their app.
    private: BTreeMap<Arc<str>, BTreeSet<Arc<str>>>,
    /// Which folders are the app with this id, as they say or said last.
    claims: BTreeMap<AppId, BTreeSet<Arc<str>>>,
    ids: BTreeMap<Arc<str>, AppId>,
    /// Folders that were in service as what they claim.
    served: BTreeSet<Arc<str>>,
    /// Apps that kept elements because a folder of theirs was not believed yet.
    unsure: BTreeSet<AppId>,
}

impl Index {
    /// The element was worked out with these.
    pub(crate) fn record(&mut self, user: &Use, mut keys: Vec<Key>) {
        keys.sort();
        keys.dedup();
        if self.uses.get(user).is_some_and(|it| *it == keys) {
            return;
        }
        let names = |it: &[Key]| it.iter().filter(|it| !it.starts_with('/')).cloned().collect::<Vec<_>>();
        if self.uses.get(user).is_none_or(|it| names(it) != names(&keys)) {
            self.reshape(&user.view);
        }
        self.forget_uses(user);
        for key in &mut keys {
            // One text for all that ask for the same.
            if let Some((known, _)) = self.used_by.get_key_value(key) {
                *key = Arc::clone(known);
            }
            self.used_by.entry(Arc::clone(key)).or_default().insert(user.clone());
        }
        if !keys.is_empty() {
            self.uses.insert(user.clone(), keys);
        }
    }

    pub(crate) fn forget_uses(&mut self, user: &Use) {
        for key in self.uses.remove(user).into_iter().flatten() {
            if let Some(users) = self.used_by.get_mut(&*key) {
                users.remove(user);
                if users.is_empty() {
                    self.used_by.remove(&*key);
                }
            }
        }
    }

    /// Elements to work out again when this changes.
    pub(crate) fn used_by(&self, key: &str) -> impl Iterator<Item = &Use> {
        self.used_by.get(key).into_iter().flatten()
    }

    /// Elements to work out again, in whichever view, when what stands in this folder is another one: those that mention its
    /// name, those that stand before it or behind, and itself where it is something else than where it is defined.
    pub(crate) fn users_of(&self, folder: &str) -> Vec<Use> {
        let Some((app, path)) = folder.split_once('/') else { return Vec::new() };
        let mut users = Vec::new();
        for line in self.views_of(app) {
            let view = &line[0].folder;
            let key = key_in(view, path);
            users.extend(self.used_by(&key).cloned());
            let of = |folder: &Arc<str>| Use { view: Arc::clone(view), folder: Arc::clone(folder) };
            users.extend(self.names.get(&key).into_iter().flatten().map(of));
            if let Some(adapted) = self.adapted.get(view) {
                let same = line.iter().filter_map(|it| adapted.get(&*inside(&it.folder, path)));
                users.extend(same.map(of));
            }
        }
        users
    }

    /// Elements to work out again, in whichever view, when code offers something else under this name.
    pub(crate) fn users_of_code(&self, name: &str) -> Vec<Use> {
        let mut users = Vec::new();
        for view in self.ids.keys() {
            let key = key_in(view, &name.replace('.', "/"));
            users.extend(self.used_by(&key).chain(self.used_by(&any_name(view))).cloned());
            let own = self.names.get(&key).into_iter().flatten();
            users.extend(own.map(|it| Use { view: Arc::clone(view), folder: Arc::clone(it) }));
        }
        users
    }

    /// Something about the names of an app is other than before.
    pub(crate) fn reshape(&mut self, app: &str) {
        if !self.reshaped.contains(app) {
            self.reshaped.insert(app.into());
        }
    }

    /// The apps where something about names is other than before, since this was asked.
    pub(crate) fn take_reshaped(&mut self) -> BTreeSet<Arc<str>> {
        std::mem::take(&mut self.reshaped)
    }

    /// The view of the app in this folder, and of every app that sees it.
    pub(crate) fn views_of(&self, app: &str) -> Vec<&Line> {
        self.ids.get(app).map(|id| self.ancestry.views_of(id, app)).unwrap_or_default()
    }

    /// What the app in this folder sees, if it is in order.
    pub(crate) fn line_of(&self, app: &str) -> Option<&Line> {
        self.ancestry.line(self.ids.get(app)?).filter(|line| *line[0].folder == *app)
    }

    /// Folders of elements that were worked out with this name in the view of the app in this folder.
    pub(crate) fn used_in(&self, app: &str, path: &str) -> impl Iterator<Item = &Arc<str>> {
        self.used_by.get(&*key_in(app, path)).into_iter().flatten().map(|it| &it.folder)
    }

    /// Paths of names that somebody asked for in the view of the app in this folder.
    pub(crate) fn asked_in(&self, app: &str) -> impl Iterator<Item = &str> {
        paths(&self.used_by, app)
    }

    /// Whether an app's folder has an element there, whatever the case of its letters.
    pub(crate) fn has_path(&self, app: &str, path: &str) -> bool {
        self.names.contains_key(&key_in(app, path))
    }

    pub(crate) fn adapted(&self, app: &str) -> impl Iterator<Item = &Arc<str>> {
        self.adapted.get(app).into_iter().flatten()
    }

    /// Takes over which elements are something else in the view of an app.
    pub(crate) fn set_adapted(&mut self, app: &Arc<str>, all: BTreeSet<Arc<str>>) {
        for gone in self.adapted.remove(app).into_iter().flatten().filter(|it| !all.contains(it)) {
            self.forget_uses(&Use { view: Arc::clone(app), folder: gone });
        }
        if !all.is_empty() {
            self.adapted.insert(Arc::clone(app), all);
        }
    }

    pub(crate) fn protected(&self, app: &str) -> impl Iterator<Item = &Arc<str>> {
        self.protected.get(app).into_iter().flatten()
    }

    pub(crate) fn private(&self, app: &str) -> impl Iterator<Item = &Arc<str>> {
        self.private.get(app).into_iter().flatten()
    }

    /// `None`: it is public, or there is none.
    pub(crate) fn set_modifier(&mut self, folder: &Arc<str>, modifier: Option<Modifier>) {
        let app = app_of(folder);
        let mut is_other = false;
        for (it, all) in [(Modifier::Protected, &mut self.protected), (Modifier::Private, &mut self.private)] {
            is_other |= if modifier == Some(it) {
                all.entry(app.into()).or_default().insert(Arc::clone(folder))
            } else {
                all.get_mut(app).is_some_and(|all| all.remove(folder))
            };
        }
        if is_other {
            self.reshape(app);
        }
    }

    /// Whether an element is something else in a view than where it is defined.
    pub(crate) fn is_adapted(&self, user: &Use) -> bool {
        self.adapted.get(&user.view).is_some_and(|it| it.contains(&user.folder))
    }

    /// Whether something about names is other than when somebody last looked.
    pub(crate) fn is_reshaped(&self) -> bool {
        !self.reshaped.is_empty()
    }

    pub(crate) fn add_name(&mut self, folder: &Arc<str>) {
        self.reshape(app_of(folder));
        let folders = self.names.entry(key_of(folder)).or_default();
        if !folders.contains(folder) {
            folders.push(Arc::clone(folder));
            folders.sort();
        }
    }

    pub(crate) fn remove_name(&mut self, folder: &str) {
        self.reshape(app_of(folder));
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

/// What comes after `<app>/` in keys that begin so, but for [`any_name`].
fn paths<'a, V>(keys: &'a BTreeMap<Key, V>, app: &str) -> impl Iterator<Item = &'a str> {
    // `/` is followed by `0`.
    let (from, to) = (format!("{app}/"), format!("{app}0"));
    let skipped = from.len();
    let found = keys.range::<str, _>((Included(from.as_str()), Excluded(to.as_str())));
    found.map(move |(key, _)| &key[skipped..]).filter(|path| !path.starts_with('/'))
}
