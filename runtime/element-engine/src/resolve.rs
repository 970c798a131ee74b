//! Second room: what changed in the [`Tree`] and the registry become a [`Plan`]. Pure: no file is read, no Type's code runs.
use crate::{
    Diagnostic, Document, Part, Registry,
    index::Index,
    ledger::Touched,
    plan::{Fate, InstanceKey, Kind, Plan, Planned, PlannedApp, Step, Todo},
    read::SECRETS,
    tree::{Says, Tree, app_of, inside},
    vars::Vars,
    view::View,
};
use element::{AppId, FullName, def::Role};
use serde_json::Value;
use std::{
    cell::RefCell,
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
    let mut resolve = Resolve { tree, index, registry, vars, unsure, plan: Plan::default() };
    if touched.secrets {
        resolve.plan.notes.push((SECRETS.into(), tree.secrets.diagnostics.clone()));
    }
    let mut apps = touched.apps.clone();
    if touched.everything {
        apps.extend(resolve.index.apps().cloned());
    }
    for folder in &touched.folders {
        resolve.note(folder);
    }
    for id in &apps {
        resolve.app(id);
    }
    let mut parts: BTreeMap<&str, Vec<&Arc<str>>> = BTreeMap::new();
    for folder in touched.folders.iter().filter(|it| it.contains('/')) {
        parts.entry(app_of(folder)).or_default().push(folder);
    }
    for (app, folders) in parts {
        resolve.part(app, &folders, &apps);
    }
    resolve.plan
}

struct Resolve<'a> {
    tree: &'a Tree,
    index: &'a mut Index,
    registry: &'a Registry,
    vars: Vars<'a>,
    /// Folders that are not believed yet.
    unsure: &'a [Arc<str>],
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
        if manifest.value["extends"].as_array().is_some_and(|it| !it.is_empty()) {
            let place = manifest.place("/extends", Part::Key);
            let message = "`extends` is not followed yet: only the app's own elements and the built-in ones are seen";
            wrong.push(Diagnostic::warning("not-followed", &manifest.path, message).at(place));
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

    /// An app as a whole.
    fn app(&mut self, id: &AppId) {
        for folder in self.index.folders(id).cloned().collect::<Vec<_>>() {
            self.note(&folder);
        }
        let (mut fate, mut steps) = (Fate::Keep, Vec::new());
        match self.server(id) {
            Server::Nobody => fate = Fate::Gone,
            Server::Unseen | Server::Disputed(_) => {}
            Server::Folder(folder) => {
                let Some(Says::App { manifest, .. }) = self.tree.get(&folder).map(|it| &it.says) else { return };
                self.index.serves(&folder);
                let text = |key: &str| manifest.value[key].as_str().unwrap_or_default().to_owned();
                let (title, version) = (text("title"), text("version"));
                let all: Vec<Arc<str>> = self.tree.all_in(&folder).map(|(path, _)| Arc::clone(path)).collect();
                steps = all.iter().filter_map(|it| self.step(id, &folder, it)).collect();
                steps.extend(self.kept_beside(id, &folder));
                let below = self.unsure.iter().filter_map(|it| it.strip_prefix(&*folder)?.strip_prefix('/'));
                let unsure: Vec<String> = below.map(|it| it.replace('/', ".")).collect();
                self.index.set_unsure(id, !unsure.is_empty());
                fate = Fate::Whole { title, version, folder, unsure };
            }
        }
        let served = match &fate {
            Fate::Whole { folder, .. } => Some(Arc::clone(folder)),
            _ => None,
        };
        // Nothing of a folder that does not serve is worked out, so nothing is known to be wrong with it.
        for folder in self.index.folders(id).filter(|it| Some(*it) != served.as_ref()).cloned().collect::<Vec<_>>() {
            for path in self.tree.all_in(&folder).skip(1).map(|(path, _)| Arc::clone(path)).collect::<Vec<_>>() {
                self.note(&path);
            }
        }
        self.plan.apps.push(PlannedApp { id: id.clone(), fate, steps });
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
        let Server::Folder(folder) = self.server(&id) else { return };
        if *folder != *app {
            return;
        }
        let steps: Vec<Step> =
            folders.iter().filter_map(|it| self.step(&id, &folder, it).or_else(|| Some(Step::Gone(name_of(it)?)))).collect();
        self.plan.apps.push(PlannedApp { id, fate: Fate::Part, steps });
    }

    /// What becomes of the element in a folder; `None`: there is none.
    fn step(&mut self, id: &AppId, app: &str, folder: &Arc<str>) -> Option<Step> {
        let it = self.tree.get(folder)?;
        if self.tree.is_unseen(folder) {
            // If it was an element, it still is.
            return name_of(folder).map(Step::Keep);
        }
        let files = it.element()?;
        let view =
            View { id, folder: app, tree: self.tree, index: self.index, registry: self.registry, asked: RefCell::default() };
        let mut planned = view.plan(folder, files, &self.vars);
        let asked = view.asked.into_inner();
        self.index.record(folder, asked);
        planned.diagnostics.extend(it.diagnostics.iter().cloned());
        Some(Step::Plan(Box::new(planned)))
    }
}

/// The full name that an element in this folder would have.
fn name_of(folder: &str) -> Option<FullName> {
    folder.split_once('/')?.1.replace('/', ".").parse().ok()
}

/// What code registers: the last layer of every view.
pub(crate) fn built_in(registry: &Registry) -> Vec<Planned> {
    let planned = |full_name: &str, doc: &str, kind, chain: Vec<FullName>, todo| {
        let title = doc.lines().next().unwrap_or_default().to_owned();
        full_name.parse().ok().map(|full_name| Planned {
            full_name,
            title,
            kind,
            folder: None,
            chain,
            documents: Vec::new(),
            todo,
            diagnostics: Vec::new(),
        })
    };
    let metas = registry.metas().filter_map(|it| planned(&it.full_name, &it.doc, Kind::Meta, Vec::new(), Todo::Declare));
    let types = registry.types().filter_map(|ty| {
        let info = &ty.info;
        let kind = match info.role {
            Role::Type => Kind::Type,
            Role::Service => Kind::Service,
            Role::Model => Kind::Model,
        };
        let chain = info.meta.iter().filter_map(|it| it.parse().ok()).collect();
        let todo = match kind {
            Kind::Type => Todo::Declare,
            _ => {
                let key = InstanceKey::new(None, info.full_name.parse().ok()?, ty, &Value::Null);
                Todo::Build { ty: Arc::clone(ty), config: Value::Null, key }
            }
        };
        planned(&info.full_name, &info.doc, kind, chain, todo)
    });
    metas.chain(types).collect()
}
