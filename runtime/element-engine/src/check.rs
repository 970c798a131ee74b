//! A config against its Type's schema: every mistake at once, in words that never hold a value, since it may be a secret.
use crate::{
    Diagnostic, Document, Part,
    conceal::{referred, secrets},
    document::token,
    vars::Vars,
};
use element::nearest;
use jsonschema::{
    JsonType, ValidationError, Validator,
    error::{TypeKind, ValidationErrorKind},
};
use serde_json::Value;

/// More mistakes of one kind help nobody: the file is for something else. And each one is looked up in the text.
const AT_MOST: usize = 20;

/// An Instance's effective config, and what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// Defaults of derived Types overridden by the Instance's own keys, placeholders replaced.
    pub(crate) config: Value,
    /// Names of the secret files that it asks for, there or not.
    pub(crate) secrets: Vec<String>,
    /// Empty: the config fits.
    pub(crate) mistakes: Vec<Diagnostic>,
}

/// Puts a config together and checks it. `documents` are the files that say it, the nearest first; never empty.
#[must_use]
pub(crate) fn check(documents: &[&Document], schema: &Value, validator: &Validator, vars: &Vars<'_>) -> Checked {
    let mut config = Value::Object(serde_json::Map::new());
    for document in documents.iter().rev() {
        merge(&mut config, &document.value);
    }
    let filled = vars.fill(&mut config);
    // Only who asks for what is not there has to be told what is.
    let names: Vec<String> = if filled.unresolved.is_empty() { Vec::new() } else { vars.names().collect() };
    let mut mistakes: Vec<Diagnostic> = filled
        .unresolved
        .iter()
        .take(AT_MOST)
        .map(|it| {
            let message = format!("nothing is known under `{{{{{}}}}}`", it.name);
            let (document, place) = locate(documents, &it.pointer, Part::Value);
            let diagnostic = Diagnostic::error("unresolved-placeholder", &document.path, message).at(place);
            diagnostic.help(match nearest(&it.name, names.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{{{{{near}}}}}`?"),
                None if it.name.starts_with("file:") => {
                    "put a file of this name into the folder given with `--secrets-dir`".into()
                }
                None => "give it with `--vars FILE`, or with `--var NAME` from the environment".into(),
            })
        })
        .collect();
    let secret = secrets(&config, schema);
    let misplaced = filled.from_files.iter().filter(|pointer| !secret.iter().any(|(it, _)| it == *pointer));
    mistakes.extend(misplaced.take(AT_MOST).map(|pointer| {
        // What is no secret is shown: to whoever asks for a login's config, for one.
        let message = format!("`{}` is no secret, so no text of `--secrets-dir` may go into it", path(pointer));
        let (document, place) = locate(documents, pointer, Part::Value);
        Diagnostic::error("secret-misplaced", &document.path, message)
            .at(place)
            .help("write the text itself, or use `{{NAME}}`")
    }));
    coerce(&mut config, validator, &filled.alone);
    let wrong = validator.iter_errors(&config).take(AT_MOST).flat_map(|it| explain(&it, documents, schema));
    // What is wrong with a value that is not known yet is not known either.
    let wrong: Vec<_> = wrong.filter(|it| !mistakes.iter().any(|at| (&at.file, at.place) == (&it.file, it.place))).collect();
    mistakes.extend(wrong);
    mistakes.sort();
    mistakes.dedup();
    Checked { config, secrets: filled.secrets, mistakes }
}

/// Objects are merged key by key; everything else is replaced.
pub(crate) fn merge(under: &mut Value, over: &Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                merge(under.entry(key.as_str()).or_insert(Value::Null), value);
            }
        }
        (under, over) => *under = over.clone(),
    }
}

/// A string that was one placeholder alone becomes a number or a boolean where the schema wants one.
fn coerce(config: &mut Value, validator: &Validator, alone: &[String]) {
    if alone.is_empty() {
        return;
    }
    let mut wrong = Vec::new();
    validator.iter_errors(config).for_each(|it| of_wrong_type(&it, &mut wrong));
    wrong.retain(|it| alone.contains(it));
    for pointer in wrong {
        if let Some(it) = config.pointer_mut(&pointer)
            && let Some(Ok(value @ (Value::Number(_) | Value::Bool(_)))) = it.as_str().map(serde_json::from_str)
        {
            *it = value;
        }
    }
}

/// Where values of a wrong type are, in optional parts too.
fn of_wrong_type(error: &ValidationError<'_>, pointers: &mut Vec<String>) {
    match error.kind() {
        ValidationErrorKind::Type { .. } => pointers.push(error.instance_path().as_str().to_owned()),
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            context.iter().flatten().for_each(|it| of_wrong_type(it, pointers));
        }
        _ => {}
    }
}

/// The file that says this part of the config, and where. What no file says is missing in the Instance's own.
fn locate<'a>(documents: &[&'a Document], pointer: &str, part: Part) -> (&'a Document, Option<crate::Place>) {
    let found = documents.iter().find_map(|it| it.place(pointer, part).map(|place| (*it, Some(place))));
    found.unwrap_or_else(|| {
        let own = documents[0];
        (own, own.place("", Part::Value))
    })
}

fn explain(error: &ValidationError<'_>, documents: &[&Document], schema: &Value) -> Vec<Diagnostic> {
    let pointer = error.instance_path().as_str();
    let say = |code, part, message: String| {
        let (document, place) = locate(documents, pointer, part);
        Diagnostic::error(code, &document.path, message).at(place)
    };
    let key = path(pointer);
    let inside = |name: &str| if pointer.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let known = known_keys(error, schema);
            unexpected
                .iter()
                .take(AT_MOST)
                .map(|unknown| {
                    let pointer = format!("{pointer}/{}", token(unknown));
                    let (document, place) = locate(documents, &pointer, Part::Key);
                    let all = known.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
                    let diagnostic =
                        Diagnostic::error("unknown-key", &document.path, format!("unknown key `{}`", inside(unknown)))
                            .at(place);
                    diagnostic.help(match nearest(unknown, known.iter().copied()) {
                        Some(near) => format!("did you mean `{near}`? There are {all}"),
                        None if all.is_empty() => "there are no keys here".into(),
                        None => format!("there are {all}"),
                    })
                })
                .collect()
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            // A misspelled key is one mistake: it is told where it stands, with the name that is missing.
            let strict = object_schema(error, schema)["additionalProperties"] == false;
            let known = known_keys(error, schema);
            let is_this = |key: &str| !known.contains(&key) && nearest(key, known.iter().copied()) == Some(name);
            if strict && error.instance().as_object().is_some_and(|it| it.keys().take(AT_MOST).any(|key| is_this(key))) {
                return Vec::new();
            }
            let about = description(error, schema, name);
            let diagnostic = say("missing-key", Part::Value, format!("`{}` is missing", inside(name)));
            vec![if about.is_empty() { diagnostic } else { diagnostic.help(format!("`{name}`: {about}")) }]
        }
        ValidationErrorKind::Type { kind } => {
            let expected = match kind {
                TypeKind::Single(it) => article(&it.to_string()),
                TypeKind::Multiple(it) => {
                    let mut all: Vec<_> = it.iter().map(|it| article(&it.to_string())).collect();
                    all.sort_by_key(|it| it == "null");
                    all.join(" or ")
                }
            };
            let got = JsonType::from(error.instance().as_ref());
            vec![say("wrong-type", Part::Value, format!("`{key}` has to be {expected}, not {}", article(&got.to_string())))]
        }
        ValidationErrorKind::Enum { options } => {
            vec![say("wrong-value", Part::Value, one_of(&key, options.as_array().into_iter().flatten()))]
        }
        // An optional part is "this or null": what is wrong with "this" is worth telling, not that it is neither.
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            let mut words = Vec::new();
            words_of_enum(context, &mut words);
            if !words.is_empty() {
                return vec![say("wrong-value", Part::Value, one_of(&key, words))];
            }
            let best = context
                .iter()
                .filter(|branch| !branch.iter().any(|it| is_type_mistake_at(it, pointer)))
                .min_by_key(|it| it.len());
            match best {
                Some(branch) => branch.iter().flat_map(|it| explain(it, documents, schema)).collect(),
                None => vec![say("wrong-type", Part::Value, format!("`{key}` has to be {}", alternatives(context)))],
            }
        }
        ValidationErrorKind::MinLength { limit: 1 } => vec![say("empty", Part::Value, format!("`{key}` is empty"))],
        _ => vec![say("wrong-value", Part::Value, format!("`{key}`: {}", error.masked()))],
    }
}

/// An enum whose words have texts is a list of constants, and an optional one has `null` beside that.
fn words_of_enum<'e>(context: &'e [Vec<ValidationError<'_>>], words: &mut Vec<&'e Value>) {
    for error in context.iter().flatten() {
        match error.kind() {
            ValidationErrorKind::Constant { expected_value } => words.push(expected_value),
            ValidationErrorKind::Enum { options } => words.extend(options.as_array().into_iter().flatten()),
            ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
                words_of_enum(context, words);
            }
            _ => {}
        }
    }
}

fn one_of<'e>(key: &str, words: impl IntoIterator<Item = &'e Value>) -> String {
    let all: Vec<String> = words.into_iter().map(|it| format!("`{it}`").replace('"', "")).collect();
    format!("`{key}` has to be one of {}", all.join(", "))
}

fn is_type_mistake_at(error: &ValidationError<'_>, pointer: &str) -> bool {
    matches!(error.kind(), ValidationErrorKind::Type { .. }) && error.instance_path().as_str() == pointer
}

fn alternatives(context: &[Vec<ValidationError<'_>>]) -> String {
    let types = context.iter().flatten().filter_map(|it| match it.kind() {
        ValidationErrorKind::Type { kind: TypeKind::Single(it) } => Some(article(&it.to_string())),
        _ => None,
    });
    types.collect::<Vec<_>>().join(" or ")
}

fn article(ty: &str) -> String {
    match ty {
        "null" => ty.to_owned(),
        "array" | "integer" | "object" => format!("an {ty}"),
        _ => format!("a {ty}"),
    }
}

/// `/again/names/0` → `again.names[0]`.
pub(crate) fn path(pointer: &str) -> String {
    let mut path = String::new();
    for token in pointer.split('/').skip(1) {
        match token.parse::<usize>() {
            Ok(index) => path.push_str(&format!("[{index}]")),
            Err(_) if path.is_empty() => path = unescape(token),
            Err(_) => path.push_str(&format!(".{}", unescape(token))),
        }
    }
    path
}

fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// The object schema that an error is about: the parent of its keyword. The way to it may lead through references.
fn object_schema<'a>(error: &ValidationError<'_>, schema: &'a Value) -> &'a Value {
    let way = error.schema_path().as_str();
    let parent = way.rsplit_once('/').map_or("", |(parent, _)| parent);
    let step = |at: &'a Value, token: &str| match token {
        "$ref" => referred(at, schema),
        _ => at.pointer(&format!("/{token}")),
    };
    parent.split('/').skip(1).try_fold(schema, step).unwrap_or(schema)
}

fn known_keys<'a>(error: &ValidationError<'_>, schema: &'a Value) -> Vec<&'a str> {
    object_schema(error, schema)["properties"].as_object().into_iter().flat_map(|it| it.keys().map(String::as_str)).collect()
}

fn description<'a>(error: &ValidationError<'_>, schema: &'a Value, key: &str) -> &'a str {
    object_schema(error, schema)["properties"][key]["description"]
        .as_str()
        .and_then(|it| it.lines().next())
        .unwrap_or_default()
}
