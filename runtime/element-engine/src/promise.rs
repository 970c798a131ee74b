//! Whether what one side of a boundary says is what the other relies on: a Meta and a Type that keeps it, or the same Meta,
//! service or model once here and once in a library.
use element::def::{MetaInfo, MethodInfo, MethodKind, TypeInfo};
use serde_json::Value;

/// Whether a Type keeps its Meta. The compiler has checked this for a linked one; a library may have been built against
/// another Meta.
pub(crate) fn kept(meta: &MetaInfo, info: &TypeInfo) -> Result<(), String> {
    for promise in &meta.promises {
        let method = info
            .methods
            .iter()
            .find(|it| it.name == promise.name)
            .ok_or_else(|| format!("there is no `{}`", promise.name))?;
        if method.kind != MethodKind::Method || method.access.is_some_and(|it| it != promise.access) {
            return Err(format!("`{}` is called in another way", promise.name));
        }
        if bare(&method.reply) != bare(&promise.reply) {
            return Err(format!("`{}` gives another result", promise.name));
        }
    }
    Ok(())
}

/// How two Metas of one name differ for whoever relies on them.
pub(crate) fn other_meta(here: &MetaInfo, there: &MetaInfo) -> Option<String> {
    let missing = |of: &MetaInfo, name: &str| !of.promises.iter().any(|it| it.name == name);
    let only = |a: &MetaInfo, b: &MetaInfo| a.promises.iter().find(|it| missing(b, &it.name)).map(|it| it.name.clone());
    if let Some(name) = only(here, there).or_else(|| only(there, here)) {
        return Some(format!("only one of them promises `{name}`"));
    }
    here.promises.iter().find_map(|a| {
        let b = there.promises.iter().find(|it| it.name == a.name)?;
        let differs = a.access != b.access || bare(&a.reply) != bare(&b.reply);
        differs.then(|| format!("they promise another `{}`", a.name))
    })
}

/// How two Types, services or models of one name differ for whoever calls them.
pub(crate) fn other_type(here: &TypeInfo, there: &TypeInfo) -> Option<String> {
    if here.role != there.role || here.meta != there.meta {
        return Some("they are something else".into());
    }
    if here.schema.as_ref().map(bare) != there.schema.as_ref().map(bare) {
        return Some("they have other configs or records".into());
    }
    let of = |it: &TypeInfo, name: &str| it.methods.iter().find(|method| method.name == name).map(callable);
    let names = here.methods.iter().chain(&there.methods).map(|it| &it.name);
    names.into_iter().find(|name| of(here, name) != of(there, name)).map(|name| format!("`{name}` is another one"))
}

/// All of a method that callers rely on. Who may call is left out where a Meta says it: here that is filled in, there not.
fn callable(it: &MethodInfo) -> (MethodKind, bool, bool, Vec<String>, Value, Value) {
    (it.kind, it.get, it.long, it.aliases.clone(), bare(&it.args), bare(&it.reply))
}

/// A schema without its texts.
fn bare(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => {
            let words = map.iter().filter(|(key, _)| !matches!(key.as_str(), "title" | "description" | "$schema"));
            let part = |(key, value): (&String, &Value)| match (key.as_str(), value) {
                // What stands in these has names that somebody gave.
                ("properties" | "$defs" | "patternProperties", Value::Object(named)) => {
                    (key.clone(), named.iter().map(|(name, it)| (name.clone(), bare(it))).collect())
                }
                _ => (key.clone(), bare(value)),
            };
            words.map(part).collect()
        }
        Value::Array(items) => items.iter().map(bare).collect(),
        other => other.clone(),
    }
}
