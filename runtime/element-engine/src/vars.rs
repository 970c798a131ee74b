//! Placeholders in config strings: `{{NAME}}` and `{{file:NAME}}`, replaced after parsing, never by nothing.
use crate::document::token;
use serde_json::Value;
use std::collections::BTreeMap;

/// What the operator provides. App developers name it; they cannot read the process environment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Vars<'a> {
    /// `{{NAME}}`.
    pub(crate) values: &'a BTreeMap<String, String>,
    /// `{{file:NAME}}`: the texts of the secret files.
    pub(crate) files: &'a BTreeMap<String, String>,
}

/// A placeholder that cannot be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unresolved {
    /// JSON pointer of the string that holds it.
    pub(crate) pointer: String,
    /// What stands between the braces.
    pub(crate) name: String,
}

/// What [`Vars::fill`] did.
#[derive(Debug, Default)]
pub(crate) struct Filled {
    /// Pointers of the strings that were one placeholder alone: these may become numbers or booleans.
    pub(crate) alone: Vec<String>,
    /// Pointers of the strings that a secret file's text went into.
    pub(crate) from_files: Vec<String>,
    /// Names of secret files that were asked for.
    pub(crate) secrets: Vec<String>,
    /// What could not be replaced.
    pub(crate) unresolved: Vec<Unresolved>,
}

impl Vars<'_> {
    /// Replaces every placeholder in the strings of `value`.
    #[must_use]
    pub(crate) fn fill(&self, value: &mut Value) -> Filled {
        let mut filled = Filled::default();
        self.fill_at(value, &mut String::new(), &mut filled);
        filled
    }

    fn fill_at(&self, value: &mut Value, pointer: &mut String, filled: &mut Filled) {
        let here = pointer.len();
        match value {
            Value::String(text) if text.contains("{{") => self.fill_text(text, pointer, filled),
            Value::Array(items) => {
                for (i, item) in items.iter_mut().enumerate() {
                    pointer.push_str(&format!("/{i}"));
                    self.fill_at(item, pointer, filled);
                    pointer.truncate(here);
                }
            }
            Value::Object(members) => {
                for (key, item) in members {
                    pointer.push('/');
                    pointer.push_str(&token(key));
                    self.fill_at(item, pointer, filled);
                    pointer.truncate(here);
                }
            }
            _ => {}
        }
    }

    fn fill_text(&self, text: &mut String, pointer: &str, filled: &mut Filled) {
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        let mut alone = false;
        while let Some((before, after)) = rest.split_once("{{") {
            out.push_str(before);
            let Some((inside, after)) = after.split_once("}}") else {
                out.push_str("{{");
                rest = after;
                break;
            };
            let name = inside.trim();
            let found = match name.strip_prefix("file:") {
                Some(file) => {
                    filled.secrets.push(file.into());
                    self.files.get(file)
                }
                None => self.values.get(name),
            };
            match found {
                Some(it) => {
                    if name.starts_with("file:") {
                        filled.from_files.push(pointer.into());
                    }
                    out.push_str(it);
                }
                None => filled.unresolved.push(Unresolved { pointer: pointer.into(), name: name.into() }),
            }
            alone = before.is_empty() && after.is_empty() && rest.len() == text.len();
            rest = after;
        }
        out.push_str(rest);
        *text = out;
        if alone {
            filled.alone.push(pointer.into());
        }
    }

    /// Names that could have been meant.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        self.values.keys().cloned().chain(self.files.keys().map(|it| format!("file:{it}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn fill(value: &mut Value) -> Filled {
        let pair = |(a, b): (&str, &str)| (a.to_owned(), b.to_owned());
        let values = [("PORT", "80"), ("HOST", "a.b"), ("EVIL", "\"{{PORT}}")].map(pair).into();
        let files = [("key", "k")].map(pair).into();
        Vars { values: &values, files: &files }.fill(value)
    }

    #[test]
    fn placeholders_are_replaced_in_strings_only_and_once() {
        let mut it = json!({"url": "http://{{HOST}}:{{PORT}}/", "port": "{{PORT}}", "k": ["{{file:key}}", 1], "evil": "{{EVIL}}", "open": "a {{b"});
        let filled = fill(&mut it);
        assert_eq!(it, json!({"url": "http://a.b:80/", "port": "80", "k": ["k", 1], "evil": "\"{{PORT}}", "open": "a {{b"}));
        assert_eq!(filled.alone, ["/evil", "/k/0", "/port"]);
        assert!(filled.unresolved.is_empty());
    }

    #[test]
    fn what_is_not_there_is_named() {
        let mut it = json!({"a/b": {"c": "x {{NOPE}} {{file:../x}}"}});
        let names: Vec<_> = fill(&mut it).unresolved.into_iter().map(|it| (it.pointer, it.name)).collect();
        assert_eq!(names, [("/a~1b/c".into(), "NOPE".into()), ("/a~1b/c".into(), "file:../x".to_owned())]);
    }

    proptest! {
        #[test]
        fn text_without_placeholders_stays(text in "[^{]{0,40}") {
            let mut it = Value::String(text.clone());
            let filled = fill(&mut it);
            prop_assert_eq!(it, Value::String(text));
            prop_assert!(filled.alone.is_empty() && filled.unresolved.is_empty());
        }

        #[test]
        fn any_text_is_filled_or_named(text in "[{}a-zPORT:. ]{0,40}") {
            let mut it = Value::String(text);
            let _ = fill(&mut it);
        }
    }
}
