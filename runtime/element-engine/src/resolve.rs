//! Second room: a [`Tree`] and the registry become a [`Plan`]. Pure: no file is read, no Type's code runs.
//!
//! A **layer** is what one app defines, a **view** the layers that an app sees, nearest first: its own, then the
//! built-in app with everything that code registers. Parents come between the two.
use crate::{
    Diagnostic, Document, Part, Registry, Type,
    check::{Checked, check},
    declare::Declaration,
    scan::{AppFolder, Config, ElementFolder, Tree},
    vars::Vars,
};
use element::{AppId, FullName, Role, nearest};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// The contract of a family.
    Meta,
    /// An implementation of a Meta.
    Type,
    /// A Type with defaults of an app's own.
    DerivedType,
    /// A Type with its config.
    Instance,
    /// Code without a config.
    Service,
    /// Records seen as an element.
    Model,
    /// Its files do not say.
    Unknown,
}

/// What makes an Instance this one and no other: the same key is the same object, whoever sees it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InstanceKey {
    /// The app that defines it; `None`: the built-in app.
    pub app: Option<AppId>,
    /// Its full name.
    pub full_name: FullName,
    /// Which code it is made of.
    pub ty: String,
    /// Hash of the effective config, secrets included.
    pub config: [u8; 32],
}

/// One element, and what is to be done with it.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    /// Its full name.
    pub(crate) full_name: FullName,
    /// For people.
    pub(crate) title: String,
    /// What it is.
    pub(crate) kind: Kind,
    /// Its folder; `None`: code registers it.
    pub(crate) folder: Option<Arc<str>>,
    /// Its Type, the Types that one is derived from, and the Meta, nearest first.
    pub(crate) chain: Vec<FullName>,
    /// The files that it is made of.
    pub(crate) files: Vec<Arc<str>>,
    /// What is to be done.
    pub(crate) todo: Todo,
}

/// What is to be done with an element.
#[derive(Debug, Clone)]
pub(crate) enum Todo {
    /// Nothing: it is a Meta or a Type.
    Declare,
    /// Build it, unless there is one with this key.
    Build {
        /// Of what.
        ty: Arc<Type>,
        /// With which config.
        config: Value,
        /// Its identity.
        key: InstanceKey,
    },
    /// Leave it out of service: there are diagnostics.
    Withhold,
}

/// One app's layer.
#[derive(Debug, Clone)]
pub(crate) struct PlannedApp {
    /// Its id.
    pub(crate) id: AppId,
    /// For people.
    pub(crate) title: String,
    /// As `app.json` says.
    pub(crate) version: String,
    /// Its folder.
    pub(crate) folder: Arc<str>,
    /// What it defines.
    pub(crate) elements: Vec<Planned>,
}

/// What should be in service.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// The apps, in the order of folders.
    pub(crate) apps: Vec<PlannedApp>,
    /// The built-in app's layer.
    pub(crate) built_in: Vec<Planned>,
    /// Ids that several folders claim.
    pub(crate) disputed: BTreeSet<AppId>,
    /// Everything that is wrong.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

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
    Plan { apps, built_in: built_in(registry), disputed, diagnostics }
}

fn app(folder: &AppFolder, registry: &Registry, vars: &Vars, diagnostics: &mut Vec<Diagnostic>) -> PlannedApp {
    let text = |key: &str| folder.manifest.value[key].as_str().unwrap_or_default().to_owned();
    if folder.manifest.value["extends"].as_array().is_some_and(|it| !it.is_empty()) {
        let place = folder.manifest.place("/extends", Part::Key);
        let message = "`extends` is not followed yet: only the app's own elements and the built-in ones are seen";
        diagnostics.push(Diagnostic::warning("extends-ignored", &folder.manifest.path, message).at(place));
    }
    let layer = Layer::read(folder, diagnostics);
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
            files: Vec::new(),
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
                let key = key(None, info.full_name.parse().ok()?, ty, &Value::Null);
                Todo::Build { ty: Arc::clone(ty), config: Value::Null, key }
            }
        };
        planned(&info.full_name, &info.doc, kind, chain, todo)
    });
    metas.chain(types).collect()
}

fn key(app: Option<AppId>, full_name: FullName, ty: &Type, config: &Value) -> InstanceKey {
    // Members of a JSON object are kept in the order of keys, so equal configs give equal text.
    InstanceKey { app, full_name, ty: ty.identity(), config: Sha256::digest(config.to_string()).into() }
}

/// What one app defines.
struct Layer<'t>(BTreeMap<&'t str, Option<(&'t ElementFolder, Declaration)>>);

impl<'t> Layer<'t> {
    fn read(app: &'t AppFolder, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut by_case: BTreeMap<String, Vec<&ElementFolder>> = BTreeMap::new();
        for element in &app.elements {
            by_case.entry(element.full_name.as_str().to_ascii_lowercase()).or_default().push(element);
        }
        let mut layer = BTreeMap::new();
        for element in &app.elements {
            let same = &by_case[&element.full_name.as_str().to_ascii_lowercase()];
            let declaration = if same.len() > 1 {
                let all = same.iter().map(|it| format!("`{}`", it.folder)).collect::<Vec<_>>().join(" and ");
                let message = format!("{all} have the same name but for upper and lower case");
                diagnostics.push(Diagnostic::error("duplicate-name", &element.folder, message).help("rename one of them"));
                None
            } else {
                element.declaration.as_ref().and_then(|document| {
                    let read = Declaration::read(document, diagnostics);
                    read.map_err(|mistakes| diagnostics.extend(mistakes)).ok()
                })
            };
            layer.insert(element.full_name.as_str(), declaration.map(|it| (element, it)));
        }
        Self(layer)
    }
}

/// What a full name means in a view.
enum Meaning<'t> {
    Meta,
    Type(Lineage<'t>),
    Other(Kind),
}

/// A Type, the Types it is derived from, and its Meta.
struct Lineage<'t> {
    ty: Arc<Type>,
    /// Nearest first.
    chain: Vec<FullName>,
    /// Configs of the derived Types, nearest first.
    defaults: Vec<&'t Document>,
}

/// Why a full name means nothing.
enum Unclear {
    Missing,
    Broken,
    NoCode,
    Cycle(Vec<FullName>),
}

struct View<'t> {
    id: &'t AppId,
    layer: &'t Layer<'t>,
    registry: &'t Registry,
    vars: &'t Vars,
}

impl<'t> View<'t> {
    /// Follows `type` upwards. `path` holds the names that led here.
    fn meaning(&self, name: &FullName, path: &mut Vec<FullName>) -> Result<Meaning<'t>, Unclear> {
        if path.contains(name) {
            path.push(name.clone());
            return Err(Unclear::Cycle(path.clone()));
        }
        let Some(own) = self.layer.0.get(name.as_str()) else { return self.built_in(name) };
        let (folder, declaration) = own.as_ref().ok_or(Unclear::Broken)?;
        let Some(ty) = &declaration.ty else {
            return if matches!(folder.config, Config::Absent) { Ok(Meaning::Meta) } else { Err(Unclear::Broken) };
        };
        path.push(name.clone());
        match self.meaning(ty, path)? {
            Meaning::Meta => match self.registry.ty(name.as_str()) {
                Some(code) if code.info.role == Role::Type => Ok(Meaning::Type(Lineage {
                    ty: Arc::clone(code),
                    chain: vec![name.clone(), ty.clone()],
                    defaults: Vec::new(),
                })),
                _ => Err(Unclear::NoCode),
            },
            Meaning::Type(mut lineage) if declaration.is_abstract => {
                lineage.chain.insert(0, name.clone());
                match &folder.config {
                    Config::Document(it) => lineage.defaults.insert(0, it),
                    Config::Absent => {}
                    Config::Broken => return Err(Unclear::Broken),
                }
                Ok(Meaning::Type(lineage))
            }
            Meaning::Type(_) => Ok(Meaning::Other(Kind::Instance)),
            Meaning::Other(_) => Err(Unclear::Broken),
        }
    }

    fn built_in(&self, name: &FullName) -> Result<Meaning<'t>, Unclear> {
        if self.registry.meta(name.as_str()).is_some() {
            return Ok(Meaning::Meta);
        }
        let ty = self.registry.ty(name.as_str()).ok_or(Unclear::Missing)?;
        Ok(match ty.info.role {
            Role::Service => Meaning::Other(Kind::Service),
            Role::Model => Meaning::Other(Kind::Model),
            Role::Type => {
                let meta = ty.info.meta.iter().filter_map(|it| it.parse().ok());
                Meaning::Type(Lineage {
                    ty: Arc::clone(ty),
                    chain: std::iter::once(name.clone()).chain(meta).collect(),
                    defaults: Vec::new(),
                })
            }
        })
    }

    fn plan(&self, folder: &'t ElementFolder, diagnostics: &mut Vec<Diagnostic>) -> Planned {
        let config = match &folder.config {
            Config::Document(it) => Some(it),
            Config::Absent | Config::Broken => None,
        };
        let files = folder.declaration.iter().chain(config).map(|it| Arc::clone(&it.path)).collect();
        let mut planned = Planned {
            full_name: folder.full_name.clone(),
            title: String::new(),
            kind: Kind::Unknown,
            folder: Some(Arc::clone(&folder.folder)),
            chain: Vec::new(),
            files,
            todo: Todo::Withhold,
        };
        let Some(Some((_, declaration))) = self.layer.0.get(folder.full_name.as_str()) else { return planned };
        let Some(document) = &folder.declaration else { return planned };
        planned.title.clone_from(&declaration.title);
        let place = document.place("/type", Part::Value).or_else(|| document.place("", Part::Value));
        let mistake = |code, message: String| Diagnostic::error(code, &document.path, message).at(place);
        let Some(ty) = &declaration.ty else {
            if matches!(folder.config, Config::Absent) {
                planned.kind = Kind::Meta;
                planned.todo = Todo::Declare;
            } else {
                let help = "write `\"type\": \"<full name of a Type>\"`; only a Meta has none, and a Meta has no config";
                diagnostics.push(mistake("no-type", "`type` is missing beside a config".into()).help(help));
            }
            return planned;
        };
        match self.meaning(ty, &mut vec![folder.full_name.clone()]) {
            Ok(Meaning::Meta) => {
                planned.kind = Kind::Type;
                planned.chain = vec![ty.clone()];
                match self.registry.ty(folder.full_name.as_str()).filter(|it| it.info.role == Role::Type) {
                    Some(_) => planned.todo = Todo::Declare,
                    None => diagnostics.push(no_code(mistake(
                        "no-code",
                        format!("`{ty}` is a Meta, so this is a Type, and no code has this full name"),
                    ))),
                }
            }
            Ok(Meaning::Type(lineage)) => {
                planned.kind = if declaration.is_abstract { Kind::DerivedType } else { Kind::Instance };
                planned.chain.clone_from(&lineage.chain);
                planned.files.extend(lineage.defaults.iter().map(|it| Arc::clone(&it.path)));
                planned.todo = match &folder.config {
                    Config::Broken => Todo::Withhold,
                    _ if declaration.is_abstract => Todo::Declare,
                    _ => self.instance(folder, document, config, &lineage, diagnostics),
                };
            }
            Ok(Meaning::Other(kind)) => {
                let what = match kind {
                    Kind::Service => "a service",
                    Kind::Model => "a model",
                    _ => "an Instance",
                };
                diagnostics.push(
                    mistake("wrong-kind", format!("`type` names `{ty}`, which is {what}"))
                        .help("name a Type, or a Meta to declare a Type"),
                );
            }
            Err(Unclear::Missing) => {
                diagnostics.push(self.unknown_type(mistake("unknown-type", format!("there is no Type `{ty}`")), ty))
            }
            Err(Unclear::NoCode) => {
                diagnostics.push(no_code(mistake("no-code", format!("no code has the full name of its Type `{ty}`"))))
            }
            Err(Unclear::Broken) => diagnostics
                .push(mistake("broken-type", format!("its Type `{ty}` has mistakes itself")).help("mend that one first")),
            Err(Unclear::Cycle(path)) => {
                let path = path.iter().map(FullName::as_str).collect::<Vec<_>>().join(" → ");
                diagnostics.push(
                    mistake("type-cycle", format!("`type` leads back to itself: {path}"))
                        .help("name a Type that code offers, at the end"),
                );
            }
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
            if config.is_none() && lineage.defaults.is_empty() {
                let keys = schema["required"].as_array().into_iter().flatten().map(|it| it.to_string().replace('"', "`"));
                let help = format!(
                    "write `{}.json` beside `e.json`, with {}",
                    folder.full_name.name(),
                    keys.collect::<Vec<_>>().join(", ")
                );
                diagnostics.push(Diagnostic::error("missing-config", &declaration.path, "there is no config").help(help));
            } else {
                diagnostics.extend(mistakes);
            }
            return Todo::Withhold;
        }
        let key = key(Some(self.id.clone()), folder.full_name.clone(), ty, &effective);
        Todo::Build { ty: Arc::clone(ty), config: effective, key }
    }

    fn unknown_type(&self, diagnostic: Diagnostic, ty: &FullName) -> Diagnostic {
        let registered = self.registry.types().filter(|it| it.info.role == Role::Type).map(|it| it.info.full_name.as_str());
        let own = self.layer.0.keys().copied();
        match nearest(ty.as_str(), registered.chain(own)) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help("`element types` lists the Types there are"),
        }
    }
}

fn no_code(diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.help("link the crate that registers it, or name an existing Type in `type`")
}
