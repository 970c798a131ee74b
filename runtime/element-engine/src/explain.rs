//! Everything about one element as an app sees it: for whoever wonders where something comes from.
use crate::{
    App, Code, Diagnostic, Element, Kind, Modifier, Place, Runtime, Snapshot, Type,
    app::Layers,
    build::seen_from,
    check::merge,
    conceal::shown,
    document::{Document, Part},
    find::no_element,
    lineage::configs,
    tree::app_of,
};
use element::{Access, AppId, FullName, Result, def::MethodKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// Everything about one element as an app sees it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Whose view it is.
    pub app: AppId,
    /// The element.
    pub full_name: FullName,
    /// For people.
    pub title: String,
    /// What it is.
    pub kind: Kind,
    /// Whether it answers, in one word.
    pub state: String,
    /// Since when it is so, in milliseconds since 1970.
    pub since: i64,
    /// Of the snapshot in service.
    pub generation: u64,
    /// The generation that answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serves: Option<u64>,
    /// The app in whose view it was made anew, since that sees another Type than the app that defines it; `None`: it is what
    /// it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adapted_by: Option<AppId>,
    /// The apps that the view is made of, nearest first; code comes after all of them.
    pub layers: Vec<AppInView>,
    /// Who defines an element of this name, nearest first.
    pub definitions: Vec<Definition>,
    /// Its Type, the Types that one is derived from, and the Meta.
    pub chain: Vec<TypeInChain>,
    /// The code that answers, then the code of the Type that it stands in the place of and calls, and so on.
    pub code: Vec<Code>,
    /// Its effective config, each value with its file: defaults that nobody overrides included. As written: placeholders are
    /// not filled in.
    pub config: Vec<Setting>,
    /// The JSON Schema of the config.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
    /// What can be called.
    pub methods: Vec<Callable>,
    /// What is wrong with it, with what it is made of, and with the app.
    pub diagnostics: Vec<Diagnostic>,
}

/// One app of a view.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppInView {
    /// Its id.
    pub app: AppId,
    /// As its `app.json` says.
    pub version: String,
}

/// One definition of a name.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Definition {
    /// Who defines it; `None`: code registers it.
    pub app: Option<AppId>,
    /// Where, relative to the apps root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<Arc<str>>,
    /// What it is there.
    pub kind: Kind,
    /// Who else may have it.
    pub modifier: Modifier,
    /// Whether it counts.
    pub standing: Standing,
}

/// Whether a definition counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Standing {
    /// It is what the app sees.
    Counts,
    /// Another one stands before it.
    Overridden,
    /// It is another app's own.
    Private,
    /// It stands before one that is protected.
    Refused,
}

/// One Type of a chain, or the Meta at its end.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TypeInChain {
    /// Its full name.
    pub full_name: FullName,
    /// Who defines it; `None`: code registers it.
    pub app: Option<AppId>,
    /// The files that say so.
    pub files: Vec<Arc<str>>,
}

/// One value of a config.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Setting {
    /// Where it stands, such as `authConfig.secret`.
    pub key: String,
    /// As written. Secrets, and what no schema knows, are not shown.
    pub value: Value,
    /// Who says so.
    pub file: Arc<str>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// One method.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Callable {
    /// Its name.
    pub name: String,
    /// Who may call it.
    pub access: Access,
    /// Who might, if no `functionList` said less.
    pub access_of_type: Access,
    /// How it is called.
    pub kind: MethodKind,
    /// Answers GET as well.
    pub get: bool,
    /// Runs as a job.
    pub long: bool,
    /// What it does: in the app's words, else in the author's.
    pub about: String,
}

impl Runtime {
    /// Everything about one element as an app sees it.
    ///
    /// # Errors
    /// `NotFound`: there is no such app or no such element.
    pub fn explain(&self, app: &str, full_name: &str) -> Result<Explanation> {
        let (handle, snapshot) = (self.app(app)?, self.snapshot());
        let app = handle.app();
        let element = app.element(full_name).ok_or_else(|| {
            let names = app.elements();
            no_element(app, full_name, names.iter().map(|it| it.full_name.as_str()))
        })?;
        Ok(explained(&snapshot, app, element))
    }
}

fn explained(snapshot: &Snapshot, app: &App, it: &Arc<Element>) -> Explanation {
    let instance = it.instance();
    let types: Vec<&Arc<Type>> = match instance {
        Some(instance) => instance.all().map(|it| &it.ty).collect(),
        None => it.ty.iter().collect(),
    };
    let schema = it.ty.as_ref().and_then(|it| it.info.schema.as_ref());
    let code = types.iter().map(|it| it.code());
    let step = |link: &crate::Link| {
        let files = link.declaration.iter().chain(&link.config).map(|it| Arc::clone(&it.path)).collect();
        TypeInChain { full_name: link.full_name.clone(), app: link.app.clone(), files }
    };
    let layers = app.line.iter().filter_map(|it| Some(AppInView { app: it.app.clone()?, version: it.version.clone() }));
    Explanation {
        app: app.id.clone(),
        full_name: it.full_name.clone(),
        title: it.title.clone(),
        kind: it.kind,
        state: it.state.word().into(),
        since: it.since,
        generation: snapshot.generation,
        serves: instance.map(|it| it.generation),
        adapted_by: adapted_by(app, it).filter(|_| is_other(app, it)).cloned(),
        layers: layers.collect(),
        definitions: definitions(app, it),
        chain: it.links.iter().map(step).collect(),
        code: code.collect(),
        config: config(it, &types),
        schema: schema.cloned(),
        methods: it.ty.as_ref().map(|ty| methods(it, ty)).unwrap_or_default(),
        diagnostics: diagnostics(snapshot, app, it),
    }
}

/// The app in whose view it was worked out, if that is not the one that defines it.
fn adapted_by<'a>(app: &'a App, it: &Arc<Element>) -> Option<&'a AppId> {
    let adapts = |layer: &Arc<Layers>| layer.adapted.get(it.full_name.as_str()).is_some_and(|at| Arc::ptr_eq(at, it));
    app.line.iter().find(|layer| adapts(layer))?.app.as_ref()
}

/// Whether something else answers than where it is defined.
fn is_other(app: &App, it: &Arc<Element>) -> bool {
    let own = app.line.iter().filter_map(|layer| layer.own.get(it.full_name.as_str()));
    let home = own.into_iter().find(|own| own.folder == it.folder);
    let address = |it: &Arc<Element>| it.instance().map(Arc::as_ptr);
    home.is_none_or(|home| address(home) != address(it) || home.instance().is_none())
}

fn definitions(app: &App, seen: &Arc<Element>) -> Vec<Definition> {
    let name = seen.full_name.as_str();
    let own = app.line.iter().enumerate().map(|(i, it)| (i, it.app.clone(), it.own.get(name)));
    let all = own.chain([(app.line.len(), None, app.built_in.get(name))]);
    let found = all.filter_map(|(i, app, it)| Some((i, app, it?)));
    let definition = |(i, app, it): (usize, Option<AppId>, &Arc<Element>)| Definition {
        app,
        folder: it.folder.clone(),
        kind: it.kind,
        modifier: it.modifier,
        standing: match it {
            _ if it.refused => Standing::Refused,
            _ if i > 0 && it.modifier == Modifier::Private => Standing::Private,
            // One that is adapted is where it is defined.
            _ if it.folder == seen.folder => Standing::Counts,
            _ => Standing::Overridden,
        },
    };
    found.map(definition).collect()
}

fn config(it: &Element, types: &[&Arc<Type>]) -> Vec<Setting> {
    let documents: Vec<&Document> = it.config.iter().chain(configs(&it.links)).collect();
    let mut merged = Value::Object(serde_json::Map::new());
    for document in documents.iter().rev() {
        merge(&mut merged, &document.value);
    }
    let schemas: Vec<&Value> = types.iter().filter_map(|it| it.info.schema.as_ref()).collect();
    let mut settings = Vec::new();
    for (pointer, key, value) in shown(&merged, &schemas) {
        let said = documents.iter().find_map(|it| Some((it, it.place(&pointer, Part::Key)?)));
        let Some((document, place)) = said else { continue };
        settings.push(Setting { key, value, file: Arc::clone(&document.path), place: Some(place) });
    }
    settings
}

fn methods(it: &Element, ty: &Type) -> Vec<Callable> {
    let all = ty.methods.iter().zip(&ty.info.methods);
    let callable = all.map(|(method, info)| {
        let said = it.functions.as_ref().and_then(|it| it.get(method.number));
        let about = said.and_then(|it| [&it.description, &it.title].into_iter().find(|it| !it.is_empty()));
        Callable {
            name: method.name.to_string(),
            access: it.access(method),
            access_of_type: method.access,
            kind: method.kind,
            get: method.get,
            long: method.long,
            about: about.unwrap_or(&info.doc).clone(),
        }
    });
    callable.collect()
}

/// What is wrong in the folders that it is made of, and with the app.
fn diagnostics(snapshot: &Snapshot, app: &App, it: &Arc<Element>) -> Vec<Diagnostic> {
    let folder_of = |file: &Arc<str>| file.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned());
    let mut places: Vec<String> = it.files().map(folder_of).chain([app.folder.to_string()]).collect();
    // The app's own may be refused.
    let own = app.line.first().and_then(|layer| layer.own.get(it.full_name.as_str()));
    places.extend(own.and_then(|it| it.folder.as_deref()).map(str::to_owned));
    if let Some(folder) = &it.folder {
        places.extend([folder.to_string(), app_of(folder).to_owned()]);
        let view = adapted_by(app, it).and_then(|id| snapshot.app(id.as_str()));
        places.extend(view.map(|view| seen_from(&view.folder, folder).to_string()));
    }
    let mut found: Vec<Diagnostic> = places.iter().flat_map(|it| snapshot.mistakes_in(it)).cloned().collect();
    found.sort();
    found.dedup();
    found
}
