//! What an `e.json` says, read leniently where JAAP is lenient.
use crate::{
    Diagnostic, Document, Part,
    functions::{self, Function},
};
use element::{FullName, nearest};
use serde_json::Value;

/// An `e.json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declaration {
    /// For people.
    pub(crate) title: String,
    /// The full name in `type`; `None`: a Meta.
    pub(crate) ty: Option<FullName>,
    /// A derived Type rather than an Instance.
    pub(crate) is_abstract: bool,
    /// Who else may have it.
    pub(crate) modifier: Modifier,
    /// The library in its folder that has its code.
    pub(crate) library: Option<String>,
    /// What it says about methods.
    pub(crate) functions: Vec<Function>,
}

/// What apps that build on the one that defines an element may do with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Modifier {
    /// They do not see it.
    Private,
    /// They see it, and cannot define another one of its name.
    Protected,
    /// They see it, unless they define another one of its name.
    #[default]
    Public,
}

impl Modifier {
    /// As `e.json` says it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Protected => "protected",
            Self::Public => "public",
        }
    }

    /// JAAP's older pages write `protect`.
    fn read(it: &Value) -> Option<Self> {
        match it.as_str()? {
            "private" => Some(Self::Private),
            "protected" | "protect" => Some(Self::Protected),
            "public" | "" => Some(Self::Public),
            _ => None,
        }
    }
}

impl Declaration {
    /// Reads an `e.json`. Keys that we do not know belong to somebody else and are ignored; a key that is nearly one
    /// of ours is worth a warning. `None`: there are mistakes in keys that we do know.
    pub(crate) fn read(document: &Document, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let before = diagnostics.len();
        let value = &document.value;
        let wrong = |key: &str, what: &str| {
            let place = document.place(&format!("/{key}"), Part::Value);
            Diagnostic::error("wrong-type", &document.path, format!("`{key}` has to be {what}")).at(place)
        };
        let title = match value.get("title") {
            None => String::new(),
            Some(Value::String(it)) => it.clone(),
            Some(_) => {
                diagnostics.push(wrong("title", "a string"));
                String::new()
            }
        };
        let ty = match value.get("type") {
            None | Some(Value::Null) => None,
            Some(Value::String(it)) if it.is_empty() => None,
            Some(Value::String(it)) => match it.parse() {
                Ok(it) => Some(it),
                Err(e) => {
                    diagnostics.push(wrong("type", "the full name of a Type or a Meta").help(format!("{e}")));
                    None
                }
            },
            Some(_) => {
                diagnostics.push(wrong("type", "a string: the full name of a Type or a Meta"));
                None
            }
        };
        let is_abstract = value.get("abstract").map_or(Some(false), truth).unwrap_or_else(|| {
            diagnostics.push(wrong("abstract", "true or false"));
            false
        });
        let modifier = value.get("accessModifier").map_or(Some(Modifier::Public), Modifier::read).unwrap_or_else(|| {
            diagnostics.push(wrong("accessModifier", "`private`, `protected` or `public`"));
            Modifier::Private
        });
        let library = match value.get("library") {
            None | Some(Value::Null) => None,
            Some(Value::String(it)) if is_library_name(it) => Some(it.clone()),
            Some(_) => {
                let help = "write `\"library\": \"hello\"` for `libhello.so` in this folder";
                diagnostics.push(wrong("library", "the name of a library in this folder").help(help));
                None
            }
        };
        let functions = functions::read(document, diagnostics);
        let is_good = diagnostics.len() == before;
        diagnostics.extend(misspelled(document));
        is_good.then_some(Self { title, ty, is_abstract, modifier, library, functions })
    }
}

/// A name that leads nowhere else.
fn is_library_name(it: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    !it.is_empty() && it.len() <= 64 && !it.starts_with('.') && it.chars().all(plain)
}

/// JAAP writes 0 and 1 for booleans.
pub(crate) fn truth(it: &Value) -> Option<bool> {
    match it {
        Value::Bool(it) => Some(*it),
        Value::Number(it) => match it.as_u64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        _ => None,
    }
}

/// Keys of an `e.json` that mean something here or in JAAP, facts of the element model §2.3.
const KEYS: [&str; 20] = [
    "title",
    "type",
    "abstract",
    "icon",
    "description",
    "tag",
    "backendBundleEntry",
    "frontBundleEntry",
    "frontMobileBundleEntry",
    "outputName",
    "loadTime",
    "backendLoadTime",
    "cacheLevel",
    "accessModifier",
    "functionList",
    "library",
    "eventDescs",
    "variables",
    "sort",
    "targetType",
];

/// Of these, the ones that count here.
const OURS: [&str; 6] = ["title", "type", "abstract", "accessModifier", "functionList", "library"];

fn misspelled(document: &Document) -> Option<Diagnostic> {
    let keys = document.value.as_object()?.keys();
    let unknown = keys.filter(|key| !KEYS.contains(&key.as_str()));
    // Only where the key that was probably meant is not there as well.
    let absent: Vec<&str> = OURS.into_iter().filter(|key| document.value.get(*key).is_none()).collect();
    unknown.into_iter().find_map(|key| {
        let near = nearest(key, absent.iter().copied())?;
        let place = document.place(&format!("/{key}"), Part::Key);
        let message = format!("unknown key `{key}` is ignored");
        Some(Diagnostic::warning("unknown-key", &document.path, message).at(place).help(format!("did you mean `{near}`?")))
    })
}
