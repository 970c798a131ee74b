//! Secrets taken out of a text that a Type wrote about its config.
use serde_json::Value;

/// What a Type says about its config, without the secrets that stand in it.
pub(crate) fn without_secrets(text: String, config: &Value, schema: Option<&Value>) -> String {
    let mut secrets = schema.map(|schema| secrets(config, schema)).unwrap_or_default();
    secrets.sort_by_key(|(_, it)| std::cmp::Reverse(it.len()));
    secrets.into_iter().filter(|(_, it)| !it.is_empty()).fold(text, |text, (_, secret)| text.replace(secret, "******"))
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
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
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
