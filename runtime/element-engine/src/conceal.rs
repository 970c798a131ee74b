//! Secrets taken out of a text that a Type wrote about its config.
use serde_json::Value;

/// What a Type says about its config, without the secrets that stand in it.
pub(crate) fn without_secrets(text: String, config: &Value, schema: Option<&Value>) -> String {
    let mut secrets = Vec::new();
    if let Some(schema) = schema {
        find_secrets(config, schema, schema, &mut secrets);
    }
    secrets.sort_by_key(|it| std::cmp::Reverse(it.len()));
    secrets.into_iter().filter(|it| !it.is_empty()).fold(text, |text, secret| text.replace(secret, "******"))
}

fn find_secrets<'a>(value: &'a Value, part: &Value, schema: &Value, secrets: &mut Vec<&'a str>) {
    if let Some(part) = referred(part, schema) {
        find_secrets(value, part, schema, secrets);
    }
    for word in ["anyOf", "oneOf", "allOf"] {
        part[word].as_array().into_iter().flatten().for_each(|it| find_secrets(value, it, schema, secrets));
    }
    match value {
        Value::String(it) if part["writeOnly"] == true => secrets.push(it),
        Value::Array(items) => items.iter().for_each(|it| find_secrets(it, &part["items"], schema, secrets)),
        Value::Object(members) => members.iter().for_each(|(key, it)| {
            find_secrets(it, &part["properties"][key], schema, secrets);
            find_secrets(it, &part["additionalProperties"], schema, secrets);
        }),
        _ => {}
    }
}

/// What a part of a schema refers to.
pub(crate) fn referred<'a>(part: &Value, schema: &'a Value) -> Option<&'a Value> {
    schema.pointer(part.get("$ref")?.as_str()?.strip_prefix('#')?)
}
