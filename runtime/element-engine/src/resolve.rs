//! Second room: a [`Tree`] and the registry become a [`Plan`]. Pure: no file is read, no Type's code runs.
use crate::{
    Diagnostic, Document, Part, Registry,
    check::{Checked, check},
    plan::{InstanceKey, Kind, Plan, Planned, PlannedApp, Todo},
    tree::{AppFolder, Config, ElementFolder, Tree},
    vars::Vars,
    view::{Declared, LONGEST, Lineage, Meaning, Unclear, View},
};
use element::{AppId, FullName, def::Role, nearest};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Works out what should be in service.
#[must_use]
pub(crate) fn resolve(tree: &Tree, registry: &Registry, vars: &Vars) -> Plan {
    let mut diagnostics = tree.diagnostics.clone();
    let mut by_id: BTreeMap<&AppId, Vec<&AppFolder>> = BTreeMap::new();
    for app in &tree.apps {
        by_id.entry(&app.id).or_default().push(app);
    }
    let (mut apps, mut disputed) = (Vec::new(), BTreeSet::new());
    for (id, folders) in by_id {
        if let [folder] = folders[..] {
            apps.push(app(folder, registry, vars, &mut diagnostics));
            continue;
        }
        disputed.insert(id.clone());
        let all = folders.iter().map(|it| format!("`{}`", it.folder)).collect::<Vec<_>>().join(" and ");
        for folder in folders {
            let place = folder.manifest.place("/appId", Part::Value);
            let message = format!("{all} have the same appId `{id}`");
            let help = "change the appId of one of them, or take one folder away";
            diagnostics.push(Diagnostic::error("duplicate-app", &folder.manifest.path, message).at(place).help(help));
        }
    }
    diagnostics.sort();
    diagnostics.dedup();
    Plan { apps, built_in: built_in(registry), disputed, unseen: tree.unseen.clone(), diagnostics }
}

fn app(folder: &AppFolder, registry: &Registry, vars: &Vars, diagnostics: &mut Vec<Diagnostic>) -> PlannedApp {
    let text = |key: &str| folder.manifest.value[key].as_str().unwrap_or_default().to_owned();
    if folder.manifest.value["extends"].as_array().is_some_and(|it| !it.is_empty()) {
        let place = folder.manifest.place("/extends", Part::Key);
        let message = "`extends` is not followed yet: only the app's own elements and the built-in ones are seen";
        diagnostics.push(Diagnostic::warning("not-followed", &folder.manifest.path, message).at(place));
    }
    let layer = Declared::read(folder, diagnostics);
    let view = View { id: &folder.id, layer: &layer, registry, vars };
    let elements = folder.elements.iter().map(|it| view.plan(it, diagnostics)).collect();
    PlannedApp {
        id: folder.id.clone(),
        title: text("title"),
        version: text("version"),
        folder: Arc::clone(&folder.folder),
        elements,
    }
}

/// What code registers: the last layer of every view.
fn built_in(registry: &Registry) -> Vec<Planned> {
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

impl<'t> View<'t> {
    fn plan(&self, folder: &'t ElementFolder, diagnostics: &mut Vec<Diagnostic>) -> Planned {
        let config = match &folder.config {
            Config::Document(it) => Some(it),
            Config::Absent | Config::Broken => None,
        };
        let documents = folder.declaration.iter().chain(config).cloned().collect();
        let mut planned = Planned {
            full_name: folder.full_name.clone(),
            title: String::new(),
            kind: Kind::Unknown,
            folder: Some(Arc::clone(&folder.folder)),
            chain: Vec::new(),
            documents,
            todo: Todo::Withhold,
        };
        let Some(Some((_, declaration))) = self.layer.0.get(folder.full_name.as_str()) else { return planned };
        let Some(document) = &folder.declaration else { return planned };
        planned.title.clone_from(&declaration.title);
        let Some(ty) = &declaration.ty else {
            match folder.config {
                Config::Absent => (planned.kind, planned.todo) = (Kind::Meta, Todo::Declare),
                _ => diagnostics.push(no_type(document)),
            }
            return planned;
        };
        match self.meaning(ty, &mut vec![folder.full_name.clone()]) {
            Ok(Meaning::Meta) => {
                (planned.kind, planned.chain) = (Kind::Type, vec![ty.clone()]);
                match self.registry.ty(folder.full_name.as_str()).filter(|it| it.info.role == Role::Type) {
                    Some(_) => planned.todo = Todo::Declare,
                    None => diagnostics.push(no_code(
                        document,
                        &format!("`{ty}` is a Meta, so this is a Type, and no code has this full name"),
                    )),
                }
            }
            Ok(Meaning::Type(lineage)) => {
                planned.kind = if declaration.is_abstract { Kind::DerivedType } else { Kind::Instance };
                planned.chain.clone_from(&lineage.chain);
                planned.documents.extend(lineage.defaults.iter().chain(&lineage.declarations).copied().cloned());
                planned.todo = match &folder.config {
                    Config::Broken => Todo::Withhold,
                    _ if declaration.is_abstract => Todo::Declare,
                    _ => self.instance(folder, document, config, &lineage, diagnostics),
                };
            }
            Ok(Meaning::Other(kind)) => diagnostics.push(wrong_kind(document, ty, kind)),
            Err(why) => diagnostics.push(self.unclear(&folder.full_name, document, ty, &why)),
        }
        planned
    }

    fn instance(
        &self,
        folder: &ElementFolder,
        declaration: &Document,
        config: Option<&Document>,
        lineage: &Lineage<'_>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Todo {
        let ty = &lineage.ty;
        let (Some(schema), Some(validator)) = (&ty.info.schema, &ty.validator) else { return Todo::Withhold };
        let empty = Document::empty(declaration);
        let documents: Vec<&Document> =
            std::iter::once(config.unwrap_or(&empty)).chain(lineage.defaults.iter().copied()).collect();
        let Checked { config: effective, mistakes } = check(&documents, schema, validator, self.vars);
        if !mistakes.is_empty() {
            // What is missing in a config that is not there is one mistake.
            let missing = |it: &Diagnostic| config.is_none() && it.file == declaration.path;
            if mistakes.iter().any(missing) {
                let keys = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
                let keys = keys.filter(|key| effective.get(key).is_none()).map(|key| format!("`{key}`"));
                let help = format!(
                    "write `{}.json` beside `e.json`, with {}",
                    folder.full_name.name(),
                    keys.collect::<Vec<_>>().join(", ")
                );
                diagnostics.push(Diagnostic::error("missing-config", &declaration.path, "there is no config").help(help));
            }
            diagnostics.extend(mistakes.into_iter().filter(|it| !missing(it)));
            return Todo::Withhold;
        }
        let key = InstanceKey::new(Some(self.id.clone()), folder.full_name.clone(), ty, &effective);
        Todo::Build { ty: Arc::clone(ty), config: effective, key }
    }

    /// Why `type` means nothing, and what to do about it.
    fn unclear(&self, name: &FullName, document: &Document, ty: &FullName, why: &Unclear) -> Diagnostic {
        match why {
            Unclear::NoCode => no_code(document, &format!("no code has the full name of its Type `{ty}`")),
            Unclear::Broken => about_type("broken-type", document, format!("its Type `{ty}` has mistakes itself"))
                .help("mend that one first"),
            Unclear::Cycle(path) => {
                let path = path.iter().map(FullName::as_str).collect::<Vec<_>>().join(" → ");
                about_type("type-cycle", document, format!("`type` leads back to itself: {path}"))
                    .help("name a Type that code offers, at the end")
            }
            Unclear::TooLong => {
                about_type("type-chain", document, format!("more than {LONGEST} Types are derived from each other here"))
                    .help("derive from a nearer one")
            }
            Unclear::Missing => {
                let registered =
                    self.registry.types().filter(|it| it.info.role == Role::Type).map(|it| it.info.full_name.as_str());
                let metas = self.registry.metas().map(|it| it.full_name.as_str());
                let own = self.layer.0.keys().copied().filter(|it| *it != name.as_str());
                let near = nearest(ty.as_str(), registered.chain(metas).chain(own));
                let help = near.map_or_else(
                    || "`element types` lists the Types there are".into(),
                    |it| format!("did you mean `{it}`?"),
                );
                about_type("unknown-type", document, format!("there is no Type `{ty}`")).help(help)
            }
        }
    }
}

/// A mistake in `type`, at its place.
fn about_type(code: &'static str, document: &Document, message: String) -> Diagnostic {
    let place = document.place("/type", Part::Value).or_else(|| document.place("", Part::Value));
    Diagnostic::error(code, &document.path, message).at(place)
}

fn no_type(document: &Document) -> Diagnostic {
    let help = "write `\"type\": \"<full name of a Type>\"`; only a Meta has none, and a Meta has no config";
    about_type("no-type", document, "`type` is missing beside a config".into()).help(help)
}

fn no_code(document: &Document, message: &str) -> Diagnostic {
    about_type("no-code", document, message.into())
        .help("link the crate that registers it, or name an existing Type in `type`")
}

fn wrong_kind(document: &Document, ty: &FullName, kind: Kind) -> Diagnostic {
    let what = match kind {
        Kind::Service => "a service",
        Kind::Model => "a model",
        _ => "an Instance",
    };
    about_type("wrong-kind", document, format!("`type` names `{ty}`, which is {what}"))
        .help("name a Type, or a Meta to declare a Type")
}
