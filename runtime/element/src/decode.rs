//! From JSON arguments to a method's parameters, strictly, with a message that names the argument.
use crate::{Error, Request, Result, host::Input, nearest};
use serde::Deserialize;
use serde_json::{Value, error::Category};
use std::{borrow::Cow, collections::BTreeMap};

/// Would this value do as the argument? Asked only after a mistake, to find the argument that it is in.
pub type Fits = fn(&Value) -> bool;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoArgs {}

impl<'a> Input<'a> {
    /// The arguments as the struct that the attribute made of a method's parameters.
    ///
    /// # Errors
    /// `InvalidArgs`, in the same words whichever form the arguments had.
    pub fn decode<T: Deserialize<'a>>(&self, each: &[(&str, Fits)]) -> Result<T> {
        match self {
            Self::Value(it @ Value::Object(_)) => T::deserialize(*it),
            Self::Value(Value::Null) => serde_json::from_slice(b"{}"),
            Self::Bytes(it) => match it.trim_ascii() {
                b"" | b"null" => serde_json::from_slice(b"{}"),
                text if text.first() == Some(&b'{') => serde_json::from_slice(it),
                _ => return Err(no_object()),
            },
            // Anything else serde might take for a struct, by position.
            Self::Value(_) | Self::Raw(_) => return Err(no_object()),
        }
        .map_err(|e| self.explain(&e, each))
    }

    /// For a method without arguments.
    ///
    /// # Errors
    /// `InvalidArgs` if there are any.
    pub fn empty(&self) -> Result<()> {
        match self {
            Input::Bytes(b"" | b"{}") | Input::Value(Value::Null) => Ok(()),
            other => other.decode::<NoArgs>(&[]).map(drop),
        }
    }

    /// The request of a raw method. Called with JSON it sees a GET whose query is the arguments.
    ///
    /// # Errors
    /// `InvalidArgs` if the arguments are no object.
    pub fn request(self) -> Result<Request> {
        let arguments: BTreeMap<String, Value> = match self {
            Input::Raw(it) => return Ok(*it),
            Input::Bytes(it) => Input::Bytes(it).decode(&[])?,
            Input::Value(it) => Input::Value(it).decode(&[])?,
        };
        let text = |it| match it {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let query = arguments.into_iter().map(|(name, value)| (name, text(value))).collect();
        Ok(Request { method: "GET".into(), query, ..Request::default() })
    }

    #[cold]
    fn explain(&self, e: &serde_json::Error, each: &[(&str, Fits)]) -> Error {
        if matches!(e.classify(), Category::Syntax | Category::Eof) {
            return Error::invalid_args(format!("the arguments are no JSON: {e}"));
        }
        // Text and value differ in this end only, and a position in the arguments helps nobody.
        let text = e.to_string();
        let text = text.split(" at line ").next().unwrap_or_default();
        let quoted: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
        let value = match self {
            Self::Value(it) => Some(Cow::Borrowed(*it)),
            Self::Bytes(it) => serde_json::from_slice(it).ok().map(Cow::Owned),
            Self::Raw(_) => None,
        };
        let given = |name: &str| value.as_deref().and_then(|all| all.get(name));
        let is_argument = |name: &str| each.iter().any(|(known, _)| *known == name);
        let wrong = each.iter().find(|(name, fits)| given(name).is_some_and(|it| !fits(it)));
        // What is unknown, or there twice, may lie inside an argument; then it is not the one that has this name here.
        let outside = match quoted.first() {
            Some(name) if text.starts_with("unknown field") => given(name).is_some() && !is_argument(name),
            Some(name) if text.starts_with("duplicate field") => is_argument(name),
            _ => false,
        };
        let inside = wrong.filter(|_| !outside);
        let noun = if inside.is_some() { "field" } else { "argument" };
        let text = match quoted.split_first() {
            Some((unknown, known)) if text.starts_with("unknown field") => unknown_name(noun, unknown, known),
            _ => without_values(&text.replace(" field", &format!(" {noun}"))),
        };
        Error::invalid_args(inside.map_or_else(|| text.clone(), |(name, _)| format!("`{name}`: {text}")))
    }
}

fn no_object() -> Error {
    Error::invalid_args("the arguments are one JSON object, such as `{\"name\": \"value\"}`")
}

/// The sentence for a name that nobody knows, with the one that was probably meant.
fn unknown_name(noun: &str, unknown: &str, known: &[&str]) -> String {
    let all = known.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
    match (nearest(unknown, known.iter().copied()), known.is_empty()) {
        (_, true) => {
            format!("unknown {noun} `{unknown}`: {} none", if noun == "field" { "there are" } else { "the method takes" })
        }
        (Some(near), _) => format!("unknown {noun} `{unknown}`: did you mean `{near}`? There are {all}"),
        (None, _) => format!("unknown {noun} `{unknown}`: there are {all}"),
    }
}

/// `invalid type: string "hunter2", expected u32` → `expected u32, got string`: a value may be a secret.
pub(crate) fn without_values(text: &str) -> String {
    let starts = ["invalid type: ", "invalid value: ", "unknown variant "];
    let wrong = starts.into_iter().find_map(|start| text.strip_prefix(start));
    let Some((got, expected)) = wrong.and_then(|it| it.rsplit_once(", expected ")) else {
        return text.into();
    };
    // In the words of JSON, which callers write; serde's are Rust's.
    let expected = match expected {
        "a sequence" => "an array",
        "a map" => "an object",
        it if it.starts_with("struct ") => "an object",
        it => it,
    };
    match got.split([' ', '`']).next() {
        Some("map") => format!("expected {expected}, got object"),
        Some("sequence") => format!("expected {expected}, got array"),
        Some("floating") => format!("expected {expected}, got number"),
        Some("") | None => format!("expected {expected}"),
        Some(got) => format!("expected {expected}, got {got}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::private::Argument as _;
    use proptest::prelude::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Args<'a> {
        #[serde(alias = "code", borrow)]
        auth_code: Cow<'a, str>,
        count: Option<u32>,
    }
    const EACH: &[(&str, Fits)] = &[("authCode", String::fits), ("count", Option::<u32>::fits)];

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let by_bytes = Input::Bytes(text.as_bytes()).decode::<Args<'_>>(EACH);
        let show = |it: Result<Args<'_>>| it.map_or_else(|e| e.message.clone(), |it| format!("{it:?}"));
        assert_eq!(show(by_bytes), expected);
        if let Ok(value) = serde_json::from_str(text) {
            assert_eq!(show(Input::Value(&value).decode(EACH)), expected, "as a value");
        }
    }

    #[test]
    fn mistakes_name_the_argument_and_the_remedy() {
        check(r#"{"authCode":"a"}"#, r#"Args { auth_code: "a", count: None }"#);
        check(r#"{"code":"a","count":3}"#, r#"Args { auth_code: "a", count: Some(3) }"#);
        check("", "missing argument `authCode`");
        check("null", "missing argument `authCode`");
        check(
            r#"{"authCod":"a"}"#,
            "unknown argument `authCod`: did you mean `authCode`? There are `authCode`, `code`, `count`",
        );
        check(r#"{"x":1}"#, "unknown argument `x`: there are `authCode`, `code`, `count`");
        check(r#"{"authCode":"a","count":"hunter2"}"#, "`count`: expected u32, got string");
        check(r#"{"authCode":"a","count":-1}"#, "`count`: expected u32, got integer");
        check(r#"["a",3]"#, "the arguments are one JSON object, such as `{\"name\": \"value\"}`");
        check(r#"{"authCode""#, "the arguments are no JSON: EOF while parsing an object at line 1 column 11");
    }

    #[test]
    fn a_method_without_arguments_takes_none() {
        for good in ["", "{}", "null", " { } "] {
            Input::Bytes(good.as_bytes()).empty().unwrap();
        }
        let error = Input::Bytes(br#"{"a":1}"#).empty().unwrap_err();
        assert_eq!(error.message, "unknown argument `a`: the method takes none");
    }

    proptest! {
        #[test]
        fn any_bytes_are_arguments_or_a_clear_mistake(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Err(e) = Input::Bytes(&bytes).decode::<Args<'_>>(EACH) {
                prop_assert!(!e.message.is_empty());
            }
        }
    }
}
