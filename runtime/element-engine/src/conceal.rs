//! Secrets taken out of what is shown: of a text that a Type wrote about its config, and of a config.
use crate::{check::path, document::token};
use serde_json::Value;

/// What a Type says about its config, without the secrets that stand in it.
pub(crate) fn without_secrets(text: String, config: &Value, schema: Option<&Value>) -> String {
    let mut secrets = schema.map(|schema| secrets(config, schema)).unwrap_or_default();
    secrets.sort_by_key(|(_, it)| std::cmp::Reverse(it.len()));
    secrets.into_iter().filter(|(_, it)| !it.is_empty()).fold(text, |text, (_, secret)| text.replace(secret, HIDDEN))
}

/// The secrets of a config, which its schema calls `writeOnly`, each with its JSON pointer.
pub(crate) fn secrets<'a>(config: &'a Value, schema: &Value) -> Vec<(String, &'a str)> {
    let mut secrets = Vec::new();
    find(config, schema, schema, &mut String::new(), &mut secrets);
    secrets
}

fn find<'a>(value: &'a Value, part: &Value, schema: &Value, pointer: &mut String, secrets: &mut Vec<(String, &'a str)>) {
    if let Some(part) = referred(part, schema) {
        find(value, part, schema, pointer, secrets);
    }
    for word in ["anyOf", "oneOf", "allOf"] {
        part[word].as_array().into_iter().flatten().for_each(|it| find(value, it, schema, pointer, secrets));
    }
    let here = pointer.len();
    match value {
        Value::String(it) if part["writeOnly"] == true => secrets.push((pointer.clone(), it)),
        Value::Array(items) => {
            for (i, it) in items.iter().enumerate() {
                pointer.push_str(&format!("/{i}"));
                find(it, &part["items"], schema, pointer, secrets);
                pointer.truncate(here);
            }
        }
        Value::Object(members) => {
            for (key, it) in members {
                pointer.push('/');
                pointer.push_str(&token(key));
                find(it, &part["properties"][key], schema, pointer, secrets);
                find(it, &part["additionalProperties"], schema, pointer, secrets);
                pointer.truncate(here);
            }
        }
        _ => {}
    }
}

/// What a part of a schema refers to.
pub(crate) fn referred<'a>(part: &Value, schema: &'a Value) -> Option<&'a Value> {
    schema.pointer(part.get("$ref")?.as_str()?.strip_prefix('#')?)
}

/// In the place of what is not shown.
const HIDDEN: &str = "******";

/// The values of a config that may be shown, each with its JSON pointer and its key: what a schema calls a secret is hidden,
/// and so is what no schema knows, since it may be a secret under a name that is misspelled. A placeholder is no secret.
pub(crate) fn shown(config: &Value, schemas: &[&Value]) -> Vec<(String, String, Value)> {
    let parts: Vec<Known<'_>> = schemas.iter().map(|schema| (*schema, *schema)).collect();
    let mut found = Vec::new();
    for (key, value) in config.as_object().into_iter().flatten() {
        show(value, &below(&parts, key), format!("/{}", token(key)), &mut found);
    }
    found
}

/// A part of a schema, and the schema.
type Known<'a> = (&'a Value, &'a Value);

fn show(value: &Value, parts: &[Known<'_>], pointer: String, found: &mut Vec<(String, String, Value)>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (key, value) in members {
                let pointer = format!("{pointer}/{}", token(key));
                show(value, &below(parts, key), pointer, found);
            }
        }
        _ => {
            let key = path(&pointer);
            found.push((pointer, key, masked(value, parts)));
        }
    }
}

fn masked(value: &Value, parts: &[Known<'_>]) -> Value {
    let all = expanded(parts);
    match value {
        Value::String(it) if it.starts_with("{{") && it.find("}}") == Some(it.len() - 2) => value.clone(),
        _ if all.is_empty() || all.iter().any(|(part, _)| part["writeOnly"] == true) => HIDDEN.into(),
        Value::Array(items) => {
            let parts: Vec<Known<'_>> =
                all.iter().filter_map(|(part, schema)| Some((part.get("items")?, *schema))).collect();
            items.iter().map(|it| masked(it, &parts)).collect()
        }
        Value::Object(members) => members.iter().map(|(key, it)| (key.clone(), masked(it, &below(parts, key)))).collect(),
        _ => value.clone(),
    }
}

/// What is known of a member.
fn below<'a>(parts: &[Known<'a>], key: &str) -> Vec<Known<'a>> {
    let of = |(part, schema): Known<'a>| {
        let known = part["properties"].get(key).or_else(|| part.get("additionalProperties").filter(|it| it.is_object()));
        known.map(|it| (it, schema))
    };
    expanded(parts).into_iter().filter_map(of).collect()
}

/// With what they refer to.
fn expanded<'a>(parts: &[Known<'a>]) -> Vec<Known<'a>> {
    let (mut all, mut next) = (Vec::new(), parts.to_vec());
    while let Some((part, schema)) = next.pop() {
        next.extend(referred(part, schema).map(|it| (it, schema)));
        for word in ["anyOf", "oneOf", "allOf"] {
            next.extend(part[word].as_array().into_iter().flatten().map(|it| (it, schema)));
        }
        all.push((part, schema));
    }
    all
}
