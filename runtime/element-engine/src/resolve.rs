//! Second room: what changed in the [`Tree`] and the registry become a [`Plan`]. Pure: no file is read, no Type's code runs.
use crate::{
    Diagnostic, Document, Modifier, Part, Registry, Type,
    adapt::adapted,
    ancestry::{Claim, Line},
    extends::{self, other_version, tangled},
    index::{Index, Use},
    ledger::Touched,
    lineage::to_meta,
    plan::{Fate, InstanceKey, Kind, Make, Plan, Planned, PlannedApp, Step, Todo},
    read::SECRETS,
    tree::{Says, Tree, app_of, inside},
    vars::Vars,
    view::View,
};
use element::{AppId, FullName, def::Role};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Works out what becomes of everything that was touched, and keeps in the index what that depends on.
pub(crate) fn resolve(
    tree: &Tree,
    index: &mut Index,
    registry: &Registry,
    values: &BTreeMap<String, String>,
    touched: &Touched,
    unsure: &[Arc<str>],
) -> Plan {
    let vars = Vars { values, files: &tree.secrets.texts };
    let mut resolve = Resolve { tree, index, registry, vars, unsure, apps: BTreeMap::new(), plan: Plan::default() };
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

struct Resolve<'a> {
    tree: &'a Tree,
    index: &'a mut Index,
    registry: &'a Registry,
    vars: Vars<'a>,
    /// Folders that are not believed yet.
    unsure: &'a [Arc<str>],
    apps: BTreeMap<AppId, PlannedApp>,
    plan: Plan,
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
        elements.filter(|(path, _)| !of_this(path)).map(|(_, it)| Step::Keep(it.full_name.clone())).collect()
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
        let view = View::new(&line, self.tree, self.index, self.registry);
        let (mut steps, mut uses) = (Vec::new(), Vec::new());
        for folder in folders {
            if self.tree.is_unseen(folder) {
                // If it was an element, it still is.
                steps.extend(name_of(folder).map(Step::Keep));
                continue;
            }
            let Some(it) = self.tree.get(folder) else { continue };
            let Some(defined) = it.element().and_then(|it| view.defined(0, &it.full_name)) else { continue };
            let mut planned = view.plan(&defined, &self.vars);
            uses.push((Use { view: Arc::clone(view.folder()), folder: Arc::clone(folder) }, view.asked.take()));
            planned.diagnostics.extend(it.diagnostics.iter().cloned());
            steps.push(Step::Plan(Box::new(planned)));
        }
        for (user, keys) in uses {
            self.index.record(&user, keys);
        }
        steps
    }

    /// What apps make of what they inherit.
    fn adapt(&mut self, touched: &Touched, whole: &BTreeSet<AppId>) {
        let mut views: BTreeMap<AppId, BTreeSet<&Arc<str>>> = BTreeMap::new();
        for it in &touched.adapted {
            if let Some(id) = self.index.id(&it.view) {
                views.entry(id.clone()).or_default().insert(&it.folder);
            }
        }
        let changed = self.apps.values().filter_map(|it| self.index.ancestry.line(&it.id));
        for app in changed.map(|line| &line[0].folder) {
            for line in self.index.views_of(app) {
                views.entry(line[0].id.clone()).or_default();
            }
        }
        for (id, again) in views {
            let Some(line) = self.index.ancestry.line(&id).cloned() else { continue };
            let is_whole = whole.contains(&id);
            if line.len() > 1 {
                self.adapt_one(&id, &line, |folder| is_whole || again.contains(folder));
            }
            if !self.apps.contains_key(&id) {
                self.plan.children.insert(id);
            }
        }
    }

    fn adapt_one(&mut self, id: &AppId, line: &Line, again: impl Fn(&Arc<str>) -> bool) {
        let before: BTreeSet<Arc<str>> = self.index.adapted(&line[0].folder).cloned().collect();
        let view = View::new(line, self.tree, self.index, self.registry);
        let now = adapted(&view);
        let (mut steps, mut uses) = (Vec::new(), Vec::new());
        for it in now.values().filter(|it| again(it.folder) || !before.contains(it.folder)) {
            let planned = view.plan_adapted(it, &self.vars);
            uses.push((Use { view: Arc::clone(&line[0].folder), folder: Arc::clone(it.folder) }, view.asked.take()));
            steps.push(Step::Plan(Box::new(planned)));
        }
        // While somebody may be about to put back what made it another one, it stays that.
        let is_unsure = self.unsure.iter().any(|it| line.iter().any(|app| *app.folder == *app_of(it)));
        let mut all: BTreeSet<Arc<str>> = now.values().map(|it| Arc::clone(it.folder)).collect();
        for folder in before.difference(&all.clone()) {
            let Some(name) = name_of(folder) else { continue };
            if is_unsure && view.seen(&name).is_some_and(|it| it.folder == folder) {
                all.insert(Arc::clone(folder));
            } else {
                steps.push(Step::Gone(name));
            }
        }
        self.index.set_adapted(&line[0].folder, all);
        for (user, keys) in uses {
            self.index.record(&user, keys);
        }
        if !steps.is_empty() {
            let app = self.apps.entry(id.clone());
            let planned = || PlannedApp { id: id.clone(), fate: Fate::Part, steps: Vec::new(), adapted: Vec::new() };
            app.or_insert_with(planned).adapted = steps;
        }
    }
}

fn text(manifest: &Document, key: &str) -> String {
    manifest.value[key].as_str().unwrap_or_default().to_owned()
}

/// The full name that an element in this folder would have.
fn name_of(folder: &str) -> Option<FullName> {
    folder.split_once('/')?.1.replace('/', ".").parse().ok()
}

/// What code registers: the last layer of every view.
pub(crate) fn built_in(registry: &Registry) -> Vec<Planned> {
    let planned = |full_name: &str, doc: &str, kind, ty: Option<&Arc<Type>>, todo| {
        let title = doc.lines().next().unwrap_or_default().to_owned();
        let meta = ty.and_then(|it| it.info.meta.as_ref()?.parse().ok());
        full_name.parse().ok().map(|full_name| Planned {
            full_name,
            title,
            kind,
            folder: None,
            modifier: Modifier::Public,
            refused: false,
            ty: ty.cloned(),
            links: meta.map_or_else(|| Arc::new([]) as Arc<[_]>, |meta| to_meta(meta, None)),
            declaration: None,
            config: None,
            functions: None,
            todo,
            diagnostics: Vec::new(),
        })
    };
    let metas = registry.metas().filter_map(|it| planned(&it.full_name, &it.doc, Kind::Meta, None, Todo::Declare));
    let types = registry.types().filter_map(|ty| {
        let info = &ty.info;
        let kind = match info.role {
            Role::Type => Kind::Type,
            Role::Service => Kind::Service,
            Role::Model => Kind::Model,
        };
        let todo = match kind {
            Kind::Type => Todo::Declare,
            _ => {
                let key = InstanceKey::new(None, info.full_name.parse().ok()?, ty, &Value::Null, None);
                Todo::Build(Make { ty: Arc::clone(ty), config: Value::Null, key, overridden: None })
            }
        };
        planned(&info.full_name, &info.doc, kind, Some(ty), todo)
    });
    metas.chain(types).collect()
}
