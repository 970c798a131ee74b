//! One JSON file: its text, its value, and where in the text each part of the value stands.
use crate::{Diagnostic, Place};
use jsonc_parser::{
    CollectOptions, ParseOptions,
    ast::{ObjectProp, Value as Node},
    common::{Range, Ranged},
};
use serde_json::Value;
use std::{collections::HashSet, fmt, sync::Arc};

/// A JSON file that could be read.
/// Cheap to clone.
#[derive(Clone, PartialEq)]
pub struct Document {
    /// Relative to the apps root, with `/`.
    pub path: Arc<str>,
    text: Arc<str>,
    /// What it says.
    pub value: Arc<Value>,
}

/// Which part of an object's member a mistake is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The name before the colon.
    Key,
    /// What comes after it.
    Value,
}

/// It may hold secrets, so `Debug` tells its path only.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Document").field(&self.path).finish()
    }
}

impl Document {
    /// Reads bytes as JSON text.
    ///
    /// # Errors
    /// Not UTF-8, no JSON, or a key that is there twice: JSON says nothing about which one counts.
    pub fn parse(path: &Arc<str>, bytes: &[u8]) -> Result<Self, Diagnostic> {
        // Some editors begin a file with this mark; it means nothing.
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|e| {
            let before = String::from_utf8_lossy(&bytes[..e.valid_up_to()]);
            Diagnostic::error("not-utf8", path, "the file is not UTF-8")
                .at(Some(place(&before, before.len())))
                .help("save it as UTF-8")
        })?;
        let value: Value = serde_json::from_str(text).map_err(|e| {
            let reason = e.to_string();
            let reason = reason.split(" at line ").next().unwrap_or_default();
            let diagnostic = Diagnostic::error("bad-json", path, format!("this is no JSON: {reason}"));
            // The parser counts bytes; people count characters.
            let line = text.split('\n').nth(e.line().saturating_sub(1)).unwrap_or_default();
            let before = line.char_indices().take_while(|(i, _)| i + 1 < e.column()).count();
            let at = Place { line: e.line().max(1), column: before + 1 };
            let help = hint(text, line, e.column(), reason);
            let diagnostic = diagnostic.at(Some(at));
            match help {
                Some(help) => diagnostic.help(help),
                None => diagnostic,
            }
        })?;
        let document = Self { path: Arc::clone(path), text: text.into(), value: Arc::new(value) };
        match document.with_ast(duplicate_key) {
            Some((key, at)) => Err(Diagnostic::error("duplicate-key", path, format!("`{key}` is there twice"))
                .at(Some(place(text, at)))
                .help("take one of them away")),
            None => Ok(document),
        }
    }

    /// The config of an Instance that has none: empty, and its place is the declaration's.
    #[must_use]
    pub fn empty(declaration: &Self) -> Self {
        Self { value: Arc::new(Value::Object(serde_json::Map::new())), ..declaration.clone() }
    }

    /// The same file, with only these of its keys.
    #[must_use]
    pub(crate) fn only(&self, known: impl Fn(&str) -> bool) -> Self {
        let members = self.value.as_object().into_iter().flatten().filter(|(key, _)| known(key));
        let value = members.map(|(key, value)| (key.clone(), value.clone())).collect();
        Self { value: Arc::new(Value::Object(value)), ..self.clone() }
    }

    /// Where the part at this JSON pointer stands. `None`: it is not in this file.
    #[must_use]
    pub fn place(&self, pointer: &str, part: Part) -> Option<Place> {
        let at = self.with_ast(|root| {
            let mut node = root;
            let mut found = root.range().start;
            for token in pointer.split('/').skip(1) {
                let token = token.replace("~1", "/").replace("~0", "~");
                node = match node {
                    Node::Object(object) => {
                        let member = object.get(&token)?;
                        found = if part == Part::Key { key_range(member).start } else { member.value.range().start };
                        &member.value
                    }
                    Node::Array(array) => {
                        let element = array.elements.get(token.parse::<usize>().ok()?)?;
                        found = element.range().start;
                        element
                    }
                    _ => return None,
                };
            }
            Some(found)
        })?;
        Some(place(&self.text, at))
    }

    /// The positions are needed only when something is wrong, so the tree is made anew each time.
    fn with_ast<T>(&self, look: impl FnOnce(&Node<'_>) -> Option<T>) -> Option<T> {
        let parsed = jsonc_parser::parse_to_ast(&self.text, &CollectOptions::default(), &ParseOptions::default()).ok()?;
        look(&parsed.value?)
    }
}

fn key_range(member: &ObjectProp<'_>) -> Range {
    member.name.range()
}

fn duplicate_key(node: &Node<'_>) -> Option<(String, usize)> {
    match node {
        Node::Object(object) => {
            let members = &object.properties;
            let mut seen = HashSet::with_capacity(members.len());
            let twice = members.iter().find(|it| !seen.insert(it.name.as_str()));
            twice
                .map(|it| (it.name.as_str().to_owned(), key_range(it).start))
                .or_else(|| members.iter().find_map(|it| duplicate_key(&it.value)))
        }
        Node::Array(array) => array.elements.iter().find_map(duplicate_key),
        _ => None,
    }
}

/// A key as it stands in a JSON pointer.
pub(crate) fn token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Line and column of a byte offset.
fn place(text: &str, at: usize) -> Place {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |it| it + 1);
    Place { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
}

/// What people do most often. `column` counts bytes, from 1: there the parser stopped.
fn hint(text: &str, line: &str, column: usize, reason: &str) -> Option<String> {
    if text.trim().is_empty() {
        return Some("the file is empty: write at least `{}`".into());
    }
    if text.contains('\0') {
        return Some("this looks like UTF-16: save it as UTF-8".into());
    }
    let stopped = line.get(column.saturating_sub(1)..).unwrap_or_default();
    if stopped.starts_with(['/', '#']) {
        return Some("JSON has no comments: take them out".into());
    }
    if stopped.starts_with('\'') {
        return Some("JSON strings stand in double quotes".into());
    }
    if reason == "trailing comma" {
        return Some("take away the comma after the last member: JSON has none there".into());
    }
    if reason == "trailing characters" {
        return Some("a file holds one value: take away what comes after it".into());
    }
    if reason == "expected value" && stopped.starts_with(['}', ']', ',']) {
        return Some("is a value missing before this?".into());
    }
    if reason == "key must be a string" && stopped.starts_with(',') {
        return Some("there is a comma too many".into());
    }
    if reason == "key must be a string" {
        return Some("write the key in double quotes".into());
    }
    if reason.starts_with("EOF") {
        return Some("the file ends too early: is a `}`, a `]` or a `\"` missing?".into());
    }
    (reason == "expected `,` or `}`" || reason == "expected `,` or `]`").then(|| "is a comma missing before this?".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(bytes: &[u8]) -> Result<Document, Diagnostic> {
        Document::parse(&"a.json".into(), bytes)
    }

    #[test]
    fn mistakes_have_a_place_and_a_remedy() {
        let cases: [(&[u8], &str); 6] = [
            (
                b"{\n  \"a\": 1,\n}",
                "a.json:3:1: error[bad-json]: this is no JSON: trailing comma\n    help: take away the comma after the last member: JSON has none there",
            ),
            (
                b"",
                "a.json:1:1: error[bad-json]: this is no JSON: EOF while parsing a value\n    help: the file is empty: write at least `{}`",
            ),
            (
                b"{ // x\n}",
                "a.json:1:3: error[bad-json]: this is no JSON: key must be a string\n    help: JSON has no comments: take them out",
            ),
            (
                b"{\"a\": 1, \"b\": {\"c\": 1, \"c\": 2}}",
                "a.json:1:24: error[duplicate-key]: `c` is there twice\n    help: take one of them away",
            ),
            (b"{\"\xC3\xA9\": \"\xFF\"}", "a.json:1:8: error[not-utf8]: the file is not UTF-8\n    help: save it as UTF-8"),
            (
                b"{'a': 1}",
                "a.json:1:2: error[bad-json]: this is no JSON: key must be a string\n    help: JSON strings stand in double quotes",
            ),
        ];
        for (bytes, expected) in cases {
            assert_eq!(parse(bytes).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn places_count_lines_and_characters() {
        let it = parse("{\n  \"企业\": {\"a/b\": [1, {\"x\": 2}]}\n}".as_bytes()).unwrap();
        assert_eq!(it.place("/企业", Part::Key), Some(Place { line: 2, column: 3 }));
        assert_eq!(it.place("/企业/a~1b/1/x", Part::Value), Some(Place { line: 2, column: 27 }));
        assert_eq!(it.place("", Part::Value), Some(Place { line: 1, column: 1 }));
        assert_eq!(it.place("/nothing", Part::Value), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_document_or_a_diagnostic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Err(e) = parse(&bytes) {
                prop_assert!(e.place.is_some());
            }
        }

        #[test]
        fn every_part_of_a_document_has_a_place(keys in proptest::collection::btree_set("[a-z~/]{1,5}", 1..6)) {
            let value: serde_json::Map<_, _> = keys.iter().map(|key| (key.clone(), Value::from(1))).collect();
            let it = parse(&serde_json::to_vec_pretty(&value).unwrap()).unwrap();
            for (line, key) in keys.iter().enumerate() {
                let pointer = format!("/{}", key.replace('~', "~0").replace('/', "~1"));
                prop_assert_eq!(it.place(&pointer, Part::Key).map(|it| it.line), Some(line + 2));
            }
        }
    }
}
