//! What becomes of one element: its declaration, its Type's lineage and its config, put together and checked.
use crate::{
    Diagnostic, Document, Part,
    check::{Checked, check},
    declare::Declaration,
    index::{any_secret, secret},
    plan::{InstanceKey, Kind, Planned, Todo},
    tree::{Config, ElementFiles},
    vars::Vars,
    view::{LONGEST, Lineage, Meaning, Unclear, View},
};
use element::{FullName, def::Role, nearest};
use serde_json::Value;
use std::sync::Arc;

impl<'t> View<'t> {
    /// Works out one element of the app.
    pub(crate) fn plan(&self, folder: &Arc<str>, files: &'t ElementFiles, vars: &Vars<'_>) -> Planned {
        let config = match &files.config {
            Config::Document(it) => Some(it),
            Config::Absent | Config::Broken => None,
        };
        let mut planned = Planned {
            full_name: files.full_name.clone(),
            title: String::new(),
            kind: Kind::Unknown,
            folder: Some(Arc::clone(folder)),
            chain: Vec::new(),
            documents: files.declaration.iter().chain(config).cloned().collect(),
            todo: Todo::Withhold,
            diagnostics: Vec::new(),
        };
        let rivals = self.rivals(folder);
        if !rivals.is_empty() {
            let mut all: Vec<String> = rivals.iter().chain([&folder]).map(|it| format!("`{it}`")).collect();
            all.sort();
            let message = format!("{} have the same name but for upper and lower case", all.join(" and "));
            planned.diagnostics.push(Diagnostic::error("duplicate-name", folder, message).help("rename one of them"));
            return planned;
        }
        let Some(document) = &files.declaration else { return planned };
        let declaration = match Declaration::read(document, &mut planned.diagnostics) {
            Ok(it) => it,
            Err(mistakes) => {
                planned.diagnostics.extend(mistakes);
                return planned;
            }
        };
        planned.title.clone_from(&declaration.title);
        let Some(ty) = &declaration.ty else {
            match files.config {
                Config::Absent => (planned.kind, planned.todo) = (Kind::Meta, Todo::Declare),
                _ => planned.diagnostics.push(no_type(document)),
            }
            return planned;
        };
        match self.meaning(ty, &mut vec![files.full_name.clone()]) {
            Ok(Meaning::Meta) => {
                (planned.kind, planned.chain) = (Kind::Type, vec![ty.clone()]);
                match self.registry.ty(files.full_name.as_str()).filter(|it| it.info.role == Role::Type) {
                    Some(_) => planned.todo = Todo::Declare,
                    None => planned.diagnostics.push(no_code(
                        document,
                        &format!("`{ty}` is a Meta, so this is a Type, and no code has this full name"),
                    )),
                }
            }
            Ok(Meaning::Type(lineage)) => {
                planned.kind = if declaration.is_abstract { Kind::DerivedType } else { Kind::Instance };
                planned.chain.clone_from(&lineage.chain);
                planned.documents.extend(lineage.defaults.iter().chain(&lineage.declarations).copied().cloned());
                planned.todo = match &files.config {
                    Config::Broken => Todo::Withhold,
                    _ if declaration.is_abstract => Todo::Declare,
                    _ => self.instance(files, document, config, &lineage, vars, &mut planned.diagnostics),
                };
            }
            Ok(Meaning::Other(kind)) => planned.diagnostics.push(wrong_kind(document, ty, kind)),
            Err(why) => planned.diagnostics.push(self.unclear(&files.full_name, document, ty, &why)),
        }
        planned
    }

    fn instance(
        &self,
        files: &ElementFiles,
        declaration: &Document,
        config: Option<&Document>,
        lineage: &Lineage<'_>,
        vars: &Vars<'_>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Todo {
        let ty = &lineage.ty;
        let (Some(schema), Some(validator)) = (&ty.info.schema, &ty.validator) else { return Todo::Withhold };
        let empty = Document::empty(declaration);
        let documents: Vec<&Document> =
            std::iter::once(config.unwrap_or(&empty)).chain(lineage.defaults.iter().copied()).collect();
        let Checked { config: effective, secrets, mistakes } = check(&documents, schema, validator, vars);
        self.asked.borrow_mut().extend(secrets.iter().map(|name| secret(name)));
        if secrets.iter().any(|name| !vars.files.contains_key(name)) {
            self.asked.borrow_mut().push(any_secret());
        }
        if !mistakes.is_empty() {
            // What is missing in a config that is not there is one mistake.
            let missing = |it: &Diagnostic| config.is_none() && it.file == declaration.path;
            if mistakes.iter().any(missing) {
                let keys = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
                let keys = keys.filter(|key| effective.get(key).is_none()).map(|key| format!("`{key}`"));
                let help = format!(
                    "write `{}.json` beside `e.json`, with {}",
                    files.full_name.name(),
                    keys.collect::<Vec<_>>().join(", ")
                );
                diagnostics.push(Diagnostic::error("missing-config", &declaration.path, "there is no config").help(help));
            }
            diagnostics.extend(mistakes.into_iter().filter(|it| !missing(it)));
            return Todo::Withhold;
        }
        let key = InstanceKey::new(Some(self.id.clone()), files.full_name.clone(), ty, &effective);
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
                let own = self.names().filter(|it| *it != name.as_str());
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
