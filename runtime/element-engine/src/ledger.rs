//! All that the one writer knows: what was seen, what of it is believed, and who depends on what.
use crate::{
    Stamp,
    belief::{Doubtful, Doubts, doubtful},
    index::{Index, Use},
    key::{any_name, any_secret, secret},
    library::{OfApps, Shelf},
    scan::Seen,
    tree::{Folder, Says, Secrets, Tree, above, app_of, inside},
};
use element::AppId;
use std::{collections::BTreeSet, sync::Arc};
use tokio::time::Instant;

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) tree: Tree,
    pub(crate) doubts: Doubts,
    pub(crate) index: Index,
    /// Libraries of the operator's.
    pub(crate) shelf: Shelf,
    /// Libraries of apps.
    pub(crate) of_apps: OfApps,
    /// Elements that were not built though their files are good: perhaps what they need is there later.
    pub(crate) failed: BTreeSet<Use>,
    /// Somebody began to change it and did not come to an end.
    pub(crate) suspect: bool,
}

/// What has to be worked out again.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// Folders that say something else.
    pub(crate) folders: BTreeSet<Arc<str>>,
    /// Elements in the views of other apps than their own.
    pub(crate) adapted: BTreeSet<Use>,
    /// Apps, as a whole.
    pub(crate) apps: BTreeSet<AppId>,
    /// The root can be looked at again, or no longer: that is about all apps.
    pub(crate) everything: bool,
    /// Whether the secret files changed.
    pub(crate) secrets: bool,
    /// Whether code offers something else.
    pub(crate) code: bool,
    /// How many folders say something else than was known, believed or not.
    pub(crate) found: u64,
    /// How many folders were looked at and said the same.
    pub(crate) unchanged: u64,
}

impl Touched {
    pub(crate) fn users<'a>(&mut self, users: impl IntoIterator<Item = &'a Use>) {
        for it in users {
            if *it.view == *app_of(&it.folder) {
                self.folders.insert(Arc::clone(&it.folder));
            } else {
                self.adapted.insert(it.clone());
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.folders.is_empty() && self.adapted.is_empty() && self.apps.is_empty() && !self.secrets && !self.code
    }
}

impl Ledger {
    /// Takes over what was seen and can be believed. `at_once`: whoever asked knows that nobody is in the middle of a save.
    pub(crate) fn take(&mut self, seen: Vec<Seen>, now: Instant, at_once: bool, touched: &mut Touched) {
        for (folder, it) in seen {
            if self.tree.is_hidden(&folder) {
                continue;
            }
            match it {
                // What is in a folder that is not believed comes with it.
                Some(_) if !self.is_listed(&folder) => {}
                Some(it) => self.there(&folder, it, now, at_once, touched),
                None => self.gone(&folder, now, at_once, touched),
            }
        }
        for folder in self.doubts.over(now) {
            if self.tree.is_hidden(&folder) {
                self.doubts.settle(&folder);
            } else if !self.is_listed(&folder) {
                self.gone(&folder, now, true, touched);
            }
        }
    }

    /// What has to be looked at once more by now. Whether a folder is back, the one that it was in knows.
    pub(crate) fn look_again(&mut self, now: Instant) -> BTreeSet<Arc<str>> {
        let due = self.doubts.due(now).into_iter();
        let listed = |it: Arc<str>| if self.is_listed(&it) { it } else { self.tree.nearest(parent(&it)).into() };
        due.map(listed).collect()
    }

    /// Whether somebody will look at it again anyway.
    fn is_doubted(&self, folder: &str) -> bool {
        above(folder).any(|it| self.doubts.has(it))
    }

    /// Whether the folder that it is in has it.
    fn is_listed(&self, folder: &str) -> bool {
        let name = folder.rsplit_once('/').map_or(folder, |(_, name)| name);
        let listed = |it: &Folder| it.below.binary_search_by(|it| (**it).cmp(name)).is_ok();
        folder.is_empty() || self.tree.get(parent(folder)).is_some_and(listed)
    }

    /// A folder is there, and says something.
    fn there(&mut self, folder: &Arc<str>, mut it: Folder, now: Instant, at_once: bool, touched: &mut Touched) {
        let before = self.tree.get(folder);
        let unseen = |it: &Folder| it.says == Says::Unseen;
        if let Some(before) = before.filter(|_| unseen(&it)) {
            // What is below a folder that cannot be looked at stays as it was.
            it.below.clone_from(&before.below);
        }
        if before.is_some_and(|it| it.missing) {
            touched.apps.extend(self.index.id(folder).cloned());
            self.touch(folder, touched);
        }
        if let Some(before) = self.tree.get_mut(folder).filter(|before| before.says_the_same(&it)) {
            before.stamps = it.stamps;
            (before.missing, before.doubted) = (false, false);
            self.doubts.settle(folder);
            touched.unchanged += 1;
            return;
        }
        let before = self.tree.get(folder);
        touched.found += u64::from(!self.is_doubted(folder));
        let doubt = doubtful(folder, before, &it);
        if let Some(what) = doubt
            && !at_once
            && self.doubts.doubt(folder, what, now)
        {
            if let Some(before) = self.tree.get_mut(folder) {
                (before.missing, before.doubted) = (false, true);
            }
            return;
        }
        self.doubts.settle(folder);
        let flipped = before.is_some_and(unseen) != unseen(&it);
        let known = before.into_iter().flat_map(|it| &it.below);
        let lost: Vec<_> = known.filter(|name| it.below.binary_search(name).is_err()).map(|it| inside(folder, it)).collect();
        self.put(folder, it, touched);
        for child in lost {
            self.gone(&child, now, at_once || doubt.is_some(), touched);
        }
        if flipped {
            touched.everything |= folder.is_empty();
            let all: Vec<Arc<str>> = self.tree.all_in(folder).map(|(path, _)| Arc::clone(path)).collect();
            all.iter().for_each(|it| self.touch(it, touched));
        }
    }

    /// Puts what is believed in the place of what was.
    fn put(&mut self, folder: &Arc<str>, mut it: Folder, touched: &mut Touched) {
        let before = self.tree.get(folder).and_then(Folder::known);
        if it.says == Says::Unseen {
            it.kept = before.cloned().map(Box::new);
        }
        let is_element = it.known().is_some();
        if before.is_some() != is_element {
            if is_element {
                self.index.add_name(folder);
            } else {
                self.index.remove_name(folder);
            }
            self.touch_name(folder, touched);
        }
        // What cannot be read is what it was.
        if let Some(declaration) = it.element().and_then(|it| it.declaration.as_ref()) {
            self.index.set_modifier(folder, Some(declaration.modifier));
        }
        if is_app(folder) {
            let changed = self.tree.get(folder).is_none_or(|before| before.says != it.says);
            let id = match &it.says {
                Says::App { id, .. } => Some(id.clone()),
                // It is what it was, until somebody can read it again.
                Says::Unseen => self.index.id(folder).cloned(),
                _ => None,
            };
            let before = self.index.claim(folder, id.as_ref());
            if changed {
                touched.apps.extend(before.into_iter().chain(id));
            }
        }
        if self.tree.get(folder).is_none() {
            touched.apps.extend(self.index.unsure(app_of(folder)).cloned());
        }
        self.tree.put(Arc::clone(folder), it);
        self.touch(folder, touched);
    }

    /// There is no such folder, and nothing that was in it.
    fn gone(&mut self, folder: &Arc<str>, now: Instant, at_once: bool, touched: &mut Touched) {
        let all: Vec<Arc<str>> = self.tree.all_in(folder).map(|(path, _)| Arc::clone(path)).collect();
        let is_news = self.tree.get(folder).is_some_and(|it| !it.missing) && !self.is_doubted(folder);
        touched.found += u64::from(is_news);
        let believed = at_once || all.is_empty() || !self.doubts.doubt(folder, Doubtful::Lost, now);
        if believed {
            self.doubts.settle(folder);
            self.touch(folder, touched);
            if let Some(parent) = self.tree.get_mut(parent(folder)) {
                // Should it be back, its stamp does not show it.
                parent.stamps.folder = Some(Stamp::new((), false));
            }
            touched.apps.extend(self.index.unsure(app_of(folder)).cloned());
        }
        for path in all {
            if !believed {
                if let Some(it) = self.tree.get_mut(&path).filter(|it| !it.missing) {
                    it.missing = true;
                    // Whoever comes in its place need not wait.
                    self.touch(&path, touched);
                    touched.apps.extend(self.index.id(&path).cloned());
                }
                continue;
            }
            self.doubts.settle(&path);
            if is_app(&path) {
                touched.apps.extend(self.index.claim(&path, None));
                self.index.set_adapted(&path, BTreeSet::new());
            }
            if self.tree.get(&path).and_then(Folder::known).is_some() {
                self.index.remove_name(&path);
                self.touch_name(&path, touched);
            }
            self.touch(&path, touched);
            self.tree.remove(&path);
            let user = Use { view: app_of(&path).into(), folder: Arc::clone(&path) };
            self.index.forget_uses(&user);
            self.index.set_modifier(&path, None);
            self.failed.retain(|it| it.folder != path);
        }
    }

    /// The folder, and whoever is made of it.
    fn touch(&self, folder: &Arc<str>, touched: &mut Touched) {
        touched.folders.insert(Arc::clone(folder));
        if folder.contains('/') {
            touched.users(&self.index.users_of(folder));
            touched.folders.extend(self.index.same_name(folder).iter().cloned());
        }
    }

    /// Who asked for a name that is not there is told another one now, perhaps.
    fn touch_name(&self, folder: &str, touched: &mut Touched) {
        for line in self.index.views_of(app_of(folder)) {
            touched.users(self.index.used_by(&any_name(&line[0].folder)));
        }
    }

    /// Code offers something else under these names.
    pub(crate) fn take_code<'a>(&self, names: impl IntoIterator<Item = &'a str>, touched: &mut Touched) {
        touched.code = true;
        for name in names {
            touched.users(&self.index.users_of_code(name));
        }
    }

    /// When to look at something once more that may be half of a save.
    pub(crate) fn next_doubt(&self) -> Option<Instant> {
        self.doubts.next().into_iter().chain(self.shelf.next()).chain(self.of_apps.next()).min()
    }

    /// Takes over the secret files.
    pub(crate) fn take_secrets(&mut self, now: Secrets, touched: &mut Touched) {
        if now == self.tree.secrets {
            return;
        }
        let before = std::mem::replace(&mut self.tree.secrets, now).texts;
        let now = &self.tree.secrets.texts;
        let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
        for name in names.into_iter().filter(|name| before.get(*name) != now.get(*name)) {
            touched.users(self.index.used_by(&secret(name)));
        }
        if before.keys().ne(now.keys()) {
            touched.users(self.index.used_by(&any_secret()));
        }
        touched.secrets = true;
    }
}

/// The folder that it is in.
fn parent(folder: &str) -> &str {
    folder.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn is_app(folder: &str) -> bool {
    !folder.is_empty() && !folder.contains('/')
}
