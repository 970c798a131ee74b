//! Second room: what changed in the [`Tree`] and the registry become a [`Plan`]. Pure: no file is read, no Type's code runs.
use crate::{
    Diagnostic, Document, Part,
    ancestry::Claim,
    extends::{self, other_version, tangled},
    index::Index,
    ledger::Touched,
    plan::{Fate, Plan, PlannedApp, Step},
    read::SECRETS,
    tree::{Says, Tree, app_of, inside},
    vars::Vars,
    view::{Offered, View},
};
use element::{AppId, FullName};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Works out what becomes of everything that was touched, and keeps in the index what that depends on.
pub(crate) fn resolve(
    tree: &Tree,
    index: &mut Index,
    code: Offered<'_>,
    values: &BTreeMap<String, String>,
    touched: &Touched,
    unsure: &[Arc<str>],
) -> Plan {
    let vars = Vars { values, files: &tree.secrets.texts };
    let mut resolve =
        Resolve { tree, index, code, vars, unsure, apps: BTreeMap::new(), plan: Plan::default(), held: Vec::new() };
    if touched.secrets {
        resolve.plan.notes.push((SECRETS.into(), tree.secrets.diagnostics.clone()));
    }
    for folder in &touched.folders {
        resolve.note(folder);
    }
    let whole = resolve.whole(touched);
    for id in &whole {
        resolve.app(id);
    }
    let mut parts: BTreeMap<&str, Vec<&Arc<str>>> = BTreeMap::new();
    for folder in touched.folders.iter().filter(|it| it.contains('/')) {
        parts.entry(app_of(folder)).or_default().push(folder);
    }
    for (app, folders) in &parts {
        resolve.part(app, folders, &whole);
    }
    // What an app makes of what it inherits depends on what that is where it is defined, so it comes after all of that.
    resolve.adapt(touched, &whole);
    resolve.plan.apps = std::mem::take(&mut resolve.apps).into_values().collect();
    resolve.plan
}

pub(crate) struct Resolve<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) index: &'a mut Index,
    pub(crate) code: Offered<'a>,
    pub(crate) vars: Vars<'a>,
    /// Folders that are not believed yet.
    pub(crate) unsure: &'a [Arc<str>],
    pub(crate) apps: BTreeMap<AppId, PlannedApp>,
    pub(crate) plan: Plan,
    /// Views where something stays as it was because of a doubt.
    pub(crate) held: Vec<Arc<str>>,
}

/// Which folder is the app, if one is.
enum Server {
    Folder(Arc<str>),
    /// There are folders, but none can be looked at.
    Unseen,
    Disputed(Vec<Arc<str>>),
    Nobody,
}

impl Resolve<'_> {
    /// What is wrong with a folder itself. What is below one that cannot be looked at is not known.
    fn note(&mut self, folder: &Arc<str>) {
        let known = self.tree.get(folder).filter(|_| !self.tree.is_hidden(folder));
        let mut diagnostics = known.map(|it| it.diagnostics.clone()).unwrap_or_default();
        if let Some(Says::App { id, manifest }) = known.map(|it| &it.says) {
            diagnostics.extend(self.about_app(folder, id, manifest));
        }
        self.plan.notes.push((Arc::clone(folder), diagnostics));
    }

    /// What is wrong with an app as a whole.
    fn about_app(&self, folder: &Arc<str>, id: &AppId, manifest: &Document) -> Vec<Diagnostic> {
        let mut wrong = Vec::new();
        if let Err(mistakes) = extends::read(manifest) {
            wrong.extend(mistakes);
        }
        let ancestry = &self.index.ancestry;
        if let Some(claim) = ancestry.claim(id).filter(|it| it.folder == *folder) {
            if let Some(tangle) = ancestry.tangle(id) {
                let there = ancestry.apps().filter(|it| *it != id).map(AppId::as_str);
                wrong.extend(tangled(manifest, tangle, there));
            }
            let parents = claim.parents.iter().flatten().filter_map(|it| Some((it, ancestry.claim(&it.id)?)));
            wrong.extend(parents.filter_map(|(parent, is)| other_version(manifest, parent, &is.version)));
        }
        if let Server::Disputed(folders) = self.server(id)
            && folders.contains(folder)
        {
            let all = folders.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(" and ");
            let place = manifest.place("/appId", Part::Value);
            let message = format!("{all} have the same appId `{id}`");
            let help = "change the appId of one of them, or take one folder away";
            wrong.push(Diagnostic::error("duplicate-app", &manifest.path, message).at(place).help(help));
        }
        wrong
    }

    fn server(&self, id: &AppId) -> Server {
        if self.tree.get("").is_some_and(|it| it.says == Says::Unseen) {
            return Server::Unseen;
        }
        let claims = self.index.folders(id).filter_map(|it| Some((it, self.tree.get(it)?)));
        // What cannot be read and never was in service has nothing to say.
        let claims: Vec<_> = claims.filter(|(path, it)| it.says != Says::Unseen || self.index.has_served(path)).collect();
        if claims.is_empty() {
            return Server::Nobody;
        }
        let readable: Vec<_> = claims.into_iter().filter(|(_, it)| it.says != Says::Unseen).collect();
        // An app that moves is for a moment in both places or in none.
        let here: Vec<_> = readable.iter().filter(|(_, it)| !it.missing).collect();
        let one_of: Vec<Arc<str>> = if here.is_empty() {
            readable.iter().map(|(folder, _)| Arc::clone(folder)).collect()
        } else {
            here.iter().map(|(folder, _)| Arc::clone(folder)).collect()
        };
        match &one_of[..] {
            [] => Server::Unseen,
            [one] => Server::Folder(Arc::clone(one)),
            _ => Server::Disputed(one_of),
        }
    }

    /// What the app with this id says, if one folder serves it.
    fn claim(&self, id: &AppId) -> Option<Claim> {
        let Server::Folder(folder) = self.server(id) else { return None };
        let Some(Says::App { manifest, .. }) = self.tree.get(&folder).map(|it| &it.says) else { return None };
        let version = text(manifest, "version");
        Some(Claim { folder, version, parents: extends::read(manifest).ok() })
    }

    /// Apps to work out as a whole: those that were touched, and those that see others than before.
    fn whole(&mut self, touched: &Touched) -> BTreeSet<AppId> {
        let mut apps = touched.apps.clone();
        if touched.everything {
            apps.extend(self.index.apps().cloned());
        }
        if apps.is_empty() {
            return apps;
        }
        let said: Vec<_> = apps.iter().map(|id| (id.clone(), self.claim(id))).collect();
        let changed = self.index.ancestry.update(said);
        // Who sees whom decides where what comes of two apps together is worked out.
        for folder in changed.iter().flat_map(|id| self.index.folders(id)).cloned().collect::<Vec<_>>() {
            self.index.reshape(&folder);
        }
        // What is wrong with them depends on who else there is, and on the versions of their parents.
        let children = apps.iter().flat_map(|id| self.index.ancestry.children(id)).chain(self.index.ancestry.tangled());
        for id in children.cloned().collect::<BTreeSet<_>>() {
            self.note_app(&id);
        }
        apps.extend(changed);
        apps
    }

    fn note_app(&mut self, id: &AppId) {
        for folder in self.index.folders(id).cloned().collect::<Vec<_>>() {
            self.note(&folder);
        }
    }

    /// An app as a whole.
    fn app(&mut self, id: &AppId) {
        self.note_app(id);
        let (mut fate, mut steps) = (Fate::Keep, Vec::new());
        match self.server(id) {
            Server::Nobody => fate = Fate::Gone,
            Server::Unseen | Server::Disputed(_) => {}
            Server::Folder(folder) => {
                let Some(Says::App { manifest, .. }) = self.tree.get(&folder).map(|it| &it.says) else { return };
                if let Some(line) = self.index.ancestry.line(id).cloned() {
                    self.index.serves(&folder);
                    let all: Vec<Arc<str>> = self.tree.all_in(&folder).map(|(path, _)| Arc::clone(path)).collect();
                    steps = self.steps(id, &all);
                    steps.extend(self.kept_beside(id, &folder));
                    let below = self.unsure.iter().filter_map(|it| it.strip_prefix(&*folder)?.strip_prefix('/'));
                    let unsure: Vec<String> = below.map(|it| it.replace('/', ".")).collect();
                    self.index.set_unsure(id, !unsure.is_empty());
                    fate = Fate::Whole { title: text(manifest, "title"), version: text(manifest, "version"), line, unsure };
                }
            }
        }
        let served = match &fate {
            Fate::Whole { line, .. } => Some(Arc::clone(&line[0].folder)),
            _ => None,
        };
        // Nothing of a folder that does not serve is worked out, so nothing is known to be wrong with it.
        for folder in self.index.folders(id).filter(|it| Some(*it) != served.as_ref()).cloned().collect::<Vec<_>>() {
            for path in self.tree.all_in(&folder).skip(1).map(|(path, _)| Arc::clone(path)).collect::<Vec<_>>() {
                self.note(&path);
            }
        }
        self.apps.insert(id.clone(), PlannedApp { id: id.clone(), fate, steps, adapted: Vec::new() });
    }

    /// Elements of a folder that was this app, too, and cannot be looked at now: nobody has taken them away.
    fn kept_beside(&self, id: &AppId, folder: &str) -> Vec<Step> {
        let others = self.index.folders(id).filter(|it| ***it != *folder && self.tree.is_unseen(it));
        let others = others.filter(|it| self.index.has_served(it));
        let elements = others.flat_map(|it| self.tree.all_in(it)).filter_map(|(path, it)| Some((path, it.element()?)));
        let of_this =
            |path: &str| path.split_once('/').is_some_and(|(_, rest)| self.tree.get(&inside(folder, rest)).is_some());
        elements.filter(|(path, _)| !of_this(path)).map(|(_, it)| Step::Keep(it.full_name.clone(), None)).collect()
    }

    /// Some folders of an app.
    fn part(&mut self, app: &str, folders: &[&Arc<str>], whole: &BTreeSet<AppId>) {
        let Some(id) = self.index.id(app).filter(|it| !whole.contains(*it)).cloned() else { return };
        if self.index.ancestry.line(&id).is_none_or(|line| *line[0].folder != *app) {
            return;
        }
        let folders: Vec<Arc<str>> = folders.iter().copied().cloned().collect();
        let mut steps = self.steps(&id, &folders);
        let gone = folders.iter().filter(|it| self.tree.get(it).is_none_or(|it| it.element().is_none()));
        let gone = gone.filter(|it| !self.tree.is_unseen(it));
        steps.extend(gone.filter_map(|it| name_of(it)).map(Step::Gone));
        self.apps.insert(id.clone(), PlannedApp { id, fate: Fate::Part, steps, adapted: Vec::new() });
    }

    /// What becomes of the elements in these folders of an app.
    fn steps(&mut self, id: &AppId, folders: &[Arc<str>]) -> Vec<Step> {
        let Some(line) = self.index.ancestry.line(id).cloned() else { return Vec::new() };
        let view = View::new(&line, self.tree, self.index, self.code);
        let (mut steps, mut uses) = (Vec::new(), Vec::new());
        for folder in folders {
            if self.tree.is_unseen(folder) {
                // If it was an element, it still is.
                let was = self.tree.get(folder).and_then(|it| view.defined(0, &it.known()?.full_name));
                steps.extend(name_of(folder).map(|it| Step::Keep(it, was.map(|was| Box::new(view.withheld(&was))))));
                continue;
            }
            let Some(it) = self.tree.get(folder) else { continue };
            let Some(defined) = it.element().and_then(|it| view.defined(0, &it.full_name)) else { continue };
            let mut planned = view.plan(&defined, &self.vars);
            uses.extend(view.used(&defined));
            planned.diagnostics.extend(it.diagnostics.iter().cloned());
            steps.push(Step::Plan(Box::new(planned)));
        }
        self.record(uses);
        steps
    }
}

fn text(manifest: &Document, key: &str) -> String {
    manifest.value[key].as_str().unwrap_or_default().to_owned()
}

/// The full name that an element in this folder would have.
pub(crate) fn name_of(folder: &str) -> Option<FullName> {
    folder.split_once('/')?.1.replace('/', ".").parse().ok()
}
