//! `functionList` of an `e.json`: what an app says about methods that code offers. It may let fewer callers in, never more.
use crate::{Diagnostic, Document, Part, Type, declare::truth};
use element::{Access, did_you_mean};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// What one `e.json` says about one method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    title: String,
    description: String,
    access: Option<Access>,
    /// JAAP's way to say that at least a session is needed.
    login: bool,
    /// Where it stands in the list.
    at: usize,
}

/// What a chain of `e.json` says about the methods of a Type, by their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Functions(BTreeMap<u32, Said>);

/// What is said about one method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// For people; empty: nobody says.
    pub title: String,
    /// For people; empty: nobody says.
    pub description: String,
    /// Who may call it.
    pub access: Access,
}

impl Functions {
    /// What is said about the method with this number.
    #[must_use]
    pub fn get(&self, method: u32) -> Option<&Said> {
        self.0.get(&method)
    }
}

/// Reads a `functionList`. Keys that we do not know are JAAP's.
pub(crate) fn read(document: &Document, diagnostics: &mut Vec<Diagnostic>) -> Vec<Function> {
    let mut functions = Vec::<Function>::new();
    let mut wrong = |pointer: &str, message: String| {
        let place = document.place(pointer, Part::Value);
        diagnostics.push(Diagnostic::error("wrong-function", &document.path, message).at(place));
    };
    let list = match document.value.get("functionList") {
        None | Some(Value::Null) => return functions,
        Some(Value::Array(it)) => it,
        Some(_) => {
            wrong("/functionList", "`functionList` has to be a list".into());
            return functions;
        }
    };
    for (at, entry) in list.iter().enumerate() {
        let pointer = |key: &str| format!("/functionList/{at}{key}");
        let Some(name) = entry["name"].as_str() else {
            wrong(&pointer(""), "an entry of `functionList` is an object with the `name` of a method".into());
            continue;
        };
        let text = |keys: &[&str]| keys.iter().find_map(|key| entry[key].as_str()).unwrap_or_default().to_owned();
        let access = match &entry["access"] {
            Value::Null => None,
            it => match serde_json::from_value(it.clone()) {
                Ok(it) => Some(it),
                Err(_) => {
                    wrong(&pointer("/access"), "`access` has to be `public`, `session` or `internal`".into());
                    continue;
                }
            },
        };
        let login = match &entry["loginRequired"] {
            Value::Null => false,
            it => truth(it).unwrap_or_else(|| {
                wrong(&pointer("/loginRequired"), "`loginRequired` has to be true or false".into());
                true
            }),
        };
        if functions.iter().any(|it| it.name == name) {
            wrong(&pointer("/name"), format!("`{name}` is there twice"));
            continue;
        }
        let (title, description) = (text(&["title"]), text(&["desc", "description"]));
        functions.push(Function { name: name.into(), title, description, access, login, at });
    }
    functions
}

/// Puts together what the `e.json` of an element's chain say, the nearest first, and tells what is wrong with the first.
/// What is wrong with another one is told where that is declared.
pub(crate) fn combine(
    ty: &Type,
    chain: &[(&Document, &[Function])],
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Arc<Functions>> {
    let mut all = Functions::default();
    for (i, (document, functions)) in chain.iter().enumerate().rev() {
        for function in *functions {
            let mut wrong = |key: &str, code, message: String, help: String| {
                if i == 0 {
                    let place = document.place(&format!("/functionList/{}{key}", function.at), Part::Value);
                    diagnostics.push(Diagnostic::error(code, &document.path, message).at(place).help(help));
                }
            };
            let (name, type_name) = (&function.name, &ty.info.full_name);
            let Some(method) = ty.method(name) else {
                let near = did_you_mean(name, ty.method_names());
                let help = "`element types` lists the methods there are".to_owned();
                wrong("/name", "no-method", format!("`{type_name}` has no method `{name}`{near}"), help);
                continue;
            };
            let said = all.0.entry(method.number).or_insert_with(|| Said {
                title: String::new(),
                description: String::new(),
                access: method.access,
            });
            match function.access {
                Some(access) if access < said.access => {
                    let message = format!("`{name}` is {}, and nothing here may let more callers in", said.access.word());
                    wrong("/access", "wider-access", message, format!("write `\"{}\"`, or nothing", said.access.word()));
                }
                Some(access) => said.access = access,
                None => {}
            }
            if function.login {
                said.access = said.access.max(Access::Session);
            }
            for (to, from) in [(&mut said.title, &function.title), (&mut said.description, &function.description)] {
                if !from.is_empty() {
                    to.clone_from(from);
                }
            }
        }
    }
    (!all.0.is_empty()).then(|| Arc::new(all))
}

/// What a Meta of an app promises and a Type of it does not have.
pub(crate) fn unkept<'a>(ty: &'a Type, promised: &'a [Function]) -> impl Iterator<Item = &'a str> {
    promised.iter().map(|it| it.name.as_str()).filter(|name| ty.method(name).is_none())
}
