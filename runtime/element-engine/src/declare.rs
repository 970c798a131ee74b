//! What an `e.json` and an `app.json` say, read leniently where JAAP is lenient.
use crate::{Diagnostic, Document, Part};
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
}

impl Declaration {
    /// Reads an `e.json`. Keys that we do not know belong to somebody else and are ignored; a key that is nearly one
    /// of ours is worth a warning.
    ///
    /// # Errors
    /// Every mistake in the keys that we do know.
    pub(crate) fn read(document: &Document, warnings: &mut Vec<Diagnostic>) -> Result<Self, Vec<Diagnostic>> {
        let mut mistakes = Vec::new();
        let value = &document.value;
        let wrong = |key: &str, what: &str| {
            let place = document.place(&format!("/{key}"), Part::Value);
            Diagnostic::error("wrong-type", &document.path, format!("`{key}` has to be {what}")).at(place)
        };
        let title = match value.get("title") {
            None => String::new(),
            Some(Value::String(it)) => it.clone(),
            Some(_) => {
                mistakes.push(wrong("title", "a string"));
                String::new()
            }
        };
        let ty = match value.get("type") {
            None | Some(Value::Null) => None,
            Some(Value::String(it)) if it.is_empty() => None,
            Some(Value::String(it)) => match it.parse() {
                Ok(it) => Some(it),
                Err(e) => {
                    mistakes.push(wrong("type", "the full name of a Type or a Meta").help(format!("{e}")));
                    None
                }
            },
            Some(_) => {
                mistakes.push(wrong("type", "a string: the full name of a Type or a Meta"));
                None
            }
        };
        let is_abstract = match value.get("abstract") {
            None => false,
            Some(it) => truth(it).unwrap_or_else(|| {
                mistakes.push(wrong("abstract", "true or false"));
                false
            }),
        };
        warnings.extend(misspelled(document));
        warnings.extend(not_followed(document));
        if mistakes.is_empty() { Ok(Self { title, ty, is_abstract }) } else { Err(mistakes) }
    }
}

/// JAAP writes 0 and 1 for booleans.
fn truth(it: &Value) -> Option<bool> {
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

/// Keys that would say who may do what. Whoever writes them relies on them, so nobody may think that they count already.
fn not_followed(document: &Document) -> impl Iterator<Item = Diagnostic> {
    let value = &document.value;
    let list = value["functionList"].as_array().is_some_and(|it| !it.is_empty());
    let private = value["accessModifier"].as_str().is_some_and(|it| it != "public");
    let all = [
        (list, "functionList", "who may call a method is what its Type says"),
        (private, "accessModifier", "no app extends another yet, so every element is its own app's"),
    ];
    all.into_iter().filter(|(there, ..)| *there).map(|(_, key, instead)| {
        let place = document.place(&format!("/{key}"), Part::Key);
        Diagnostic::warning("not-followed", &document.path, format!("`{key}` is not followed yet: {instead}")).at(place)
    })
}

/// Keys of an `e.json` that mean something here or in JAAP, facts of the element model §2.3.
const KEYS: [&str; 19] = [
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
    "eventDescs",
    "variables",
    "sort",
    "targetType",
];

fn misspelled(document: &Document) -> Option<Diagnostic> {
    let keys = document.value.as_object()?.keys();
    let unknown = keys.filter(|key| !KEYS.contains(&key.as_str()));
    // Only where the key that was probably meant is not there as well.
    let absent = KEYS.iter().copied().filter(|key| document.value.get(*key).is_none());
    let absent: Vec<&str> = absent.filter(|key| ["title", "type", "abstract"].contains(key)).collect();
    unknown.into_iter().find_map(|key| {
        let near = nearest(key, absent.iter().copied())?;
        let place = document.place(&format!("/{key}"), Part::Key);
        let message = format!("unknown key `{key}` is ignored");
        Some(Diagnostic::warning("unknown-key", &document.path, message).at(place).help(format!("did you mean `{near}`?")))
    })
}
