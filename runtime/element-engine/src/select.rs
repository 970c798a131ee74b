//! Finding elements of a view: JAAP's selectors (facts of the element model §3.6).
//!
//! | form | finds |
//! |---|---|
//! | `auths.Login` | the element with this full name |
//! | `.auths.loginTypes.Meta` | Instances in service of this Type, of one derived from it, or of this family |
//! | `#title=Login` | elements whose `e.json` says so; also `!=`, `<`, `>`; `fullName` and `name` are there, too |
//! | `*auths.Login` | what an element is made of: its Type, the Types that one is derived from, its Meta |
//! | `auths.loginTypes.Meta*` | elements whose `type` names this one |
//! | `a:b` | what both find |
//! | `a,b` | what either finds |
//!
//! A value that holds `,` or `:` is written in quotation marks, as in JSON.
use crate::{App, Element};
use element::{Error, FullName, Result};
use serde_json::Value;
use std::{borrow::Cow, cmp::Ordering, collections::BTreeMap, sync::Arc};

/// A selector as it was read: what any of these lists finds, and of a list, what all of it find.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Selector(Vec<Vec<Form>>);

#[derive(Debug, Clone, PartialEq)]
enum Form {
    Name(FullName),
    Type(FullName),
    Above(FullName),
    Below(FullName),
    Says { key: String, op: Op, value: String },
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Op {
    Is,
    IsNot,
    Less,
    More,
}

impl Selector {
    /// Reads a selector.
    ///
    /// # Errors
    /// It is none; the message says where.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let mut rest = text;
        let mut all = vec![Vec::new()];
        loop {
            let (form, after) = form(rest.trim_start()).map_err(|(expected, at)| {
                let column = text[..text.len() - at.len()].chars().count() + 1;
                let help = "such as `auths.Login`, `.auths.loginTypes.Meta`, `#tag=login`, `a:b` or `a,b`";
                Error::invalid_args(format!("a selector has {expected} at column {column}: {help}"))
            })?;
            all.last_mut().into_iter().for_each(|it: &mut Vec<_>| it.push(form.clone()));
            rest = after.trim_start();
            match rest.chars().next() {
                None => return Ok(Self(all)),
                Some(',') => all.push(Vec::new()),
                _ => {}
            }
            rest = &rest[1..];
        }
    }

    /// What it finds in an app's view, by full name.
    pub(crate) fn find<'a>(&self, app: &'a App) -> BTreeMap<&'a FullName, &'a Arc<Element>> {
        self.0.iter().flat_map(|forms| all_of(forms, app)).collect()
    }
}

/// What a form that cannot be read should be, and where.
type Wrong<'t> = (&'static str, &'t str);

/// One form, up to `:` or `,` or the end.
fn form(text: &str) -> Result<(Form, &str), Wrong<'_>> {
    if let Some(says) = text.strip_prefix('#') {
        let end = says.find(['=', '!', '<', '>']).ok_or(("`=`, `!=`, `<` or `>` after `#` and a key", text))?;
        let (key, rest) = says.split_at(end);
        let ops = [("=", Op::Is), ("!=", Op::IsNot), ("<", Op::Less), (">", Op::More)];
        let found = ops.iter().find_map(|(word, op)| Some((*op, rest.strip_prefix(word)?)));
        let (op, rest) = found.ok_or(("`!=`", rest))?;
        let (value, rest) = value(rest.trim_start())?;
        return Ok((Form::Says { key: key.trim().into(), op, value }, rest));
    }
    let end = text.find([',', ':']).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let word = word.trim_end();
    let (kind, name): (fn(FullName) -> Form, _) =
        match (word.strip_prefix('.'), word.strip_prefix('*'), word.strip_suffix('*')) {
            (Some(name), ..) => (Form::Type, name),
            (_, Some(name), _) => (Form::Above, name),
            (.., Some(name)) => (Form::Below, name),
            _ => (Form::Name, word),
        };
    Ok((kind(name.parse().map_err(|_| ("a full name", text))?), rest))
}

fn value(text: &str) -> Result<(String, &str), Wrong<'_>> {
    if text.starts_with('"') {
        let mut read = serde_json::Deserializer::from_str(text).into_iter::<String>();
        let value = read.next().and_then(|it| it.ok()).ok_or(("a text in quotation marks", text))?;
        let rest = text[read.byte_offset()..].trim_start();
        return if rest.is_empty() || rest.starts_with([',', ':']) { Ok((value, rest)) } else { Err(("`,` or `:`", rest)) };
    }
    let (value, rest) = text.split_at(text.find([',', ':']).unwrap_or(text.len()));
    Ok((value.trim_end().into(), rest))
}

fn all_of<'a>(forms: &[Form], app: &'a App) -> Vec<(&'a FullName, &'a Arc<Element>)> {
    let Some((first, rest)) = forms.split_first() else { return Vec::new() };
    let mut found = first.find(app);
    found.retain(|it| rest.iter().all(|form| form.fits(it, app)));
    found.into_iter().map(|it| (&it.full_name, it)).collect()
}

impl Form {
    fn find<'a>(&self, app: &'a App) -> Vec<&'a Arc<Element>> {
        match self {
            Self::Name(name) => app.element(name.as_str()).into_iter().collect(),
            Self::Type(name) => app.find(name.as_str()).into_iter().filter_map(|it| app.element(it.as_str())).collect(),
            Self::Above(name) => {
                let chain = app.element(name.as_str()).into_iter().flat_map(|it| it.chain());
                chain.filter_map(|it| app.element(it.as_str())).collect()
            }
            Self::Below(_) | Self::Says { .. } => app.elements().into_iter().filter(|it| self.fits(it, app)).collect(),
        }
    }

    fn fits(&self, it: &Element, app: &App) -> bool {
        match self {
            Self::Name(name) => it.full_name == *name,
            Self::Type(name) => it.is_made_of(name.as_str()),
            Self::Above(name) => {
                app.element(name.as_str()).is_some_and(|made| made.chain().any(|above| *above == it.full_name))
            }
            Self::Below(name) => it.chain().next() == Some(name),
            Self::Says { key, op, value } => said(it, key).map_or(*op == Op::IsNot, |said| {
                let number = |it: &str| it.parse::<f64>().ok();
                let order = match (number(&said), number(value)) {
                    (Some(a), Some(b)) => a.partial_cmp(&b),
                    _ => Some((*said).cmp(value.as_str())),
                };
                match op {
                    Op::Is => order == Some(Ordering::Equal),
                    Op::IsNot => order != Some(Ordering::Equal),
                    Op::Less => order == Some(Ordering::Less),
                    Op::More => order == Some(Ordering::Greater),
                }
            }),
        }
    }
}

/// What an element's `e.json` says under this key; a few things are known of every element.
fn said<'a>(it: &'a Element, key: &str) -> Option<Cow<'a, str>> {
    match key {
        "fullName" => return Some(it.full_name.as_str().into()),
        "name" => return Some(it.full_name.name().into()),
        "title" => return Some(it.title.as_str().into()),
        "type" => return it.chain().next().map(|it| it.as_str().into()),
        _ => {}
    }
    match it.declaration.as_ref()?.value.get(key)? {
        Value::String(it) => Some(it.as_str().into()),
        it @ (Value::Number(_) | Value::Bool(_)) => Some(it.to_string().into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &str) {
        let read = match Selector::parse(text) {
            Ok(it) => format!("{:?}", it.0),
            Err(e) => e.message.split(": ").next().unwrap_or_default().to_owned(),
        };
        assert_eq!(read.replace("(FullName(", "(").replace("\"))", "\")"), expected, "{text}");
    }

    #[test]
    fn every_form_is_read() {
        check("a.b", r#"[[Name("a.b")]]"#);
        check(
            " .a : #tag = x y , *b , c* ",
            r#"[[Type("a"), Says { key: "tag", op: Is, value: "x y" }], [Above("b")], [Below("c")]]"#,
        );
        check(r##"#title!="a,b:\"c\"",d"##, r#"[[Says { key: "title", op: IsNot, value: "a,b:\"c\"" }], [Name("d")]]"#);
        check(
            "#sort<3:#sort>1",
            r#"[[Says { key: "sort", op: Less, value: "3" }, Says { key: "sort", op: More, value: "1" }]]"#,
        );
        check("#tag=", r#"[[Says { key: "tag", op: Is, value: "" }]]"#);
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_place() {
        check("", "a selector has a full name at column 1");
        check("a,,b", "a selector has a full name at column 3");
        check("企.b", "a selector has a full name at column 1");
        check("a:#tag", "a selector has `=`, `!=`, `<` or `>` after `#` and a key at column 3");
        check("#tag!x", "a selector has `!=` at column 5");
        check(r##"#tag="x"##, "a selector has a text in quotation marks at column 6");
        check(r##"#tag="x"y"##, "a selector has `,` or `:` at column 9");
    }

    proptest! {
        #[test]
        fn any_text_is_a_selector_or_none(text in "[a.*#=!<>:,\"\\\\ é]{0,24}") {
            let _ = Selector::parse(&text);
        }

        #[test]
        fn any_value_can_be_asked_for(value in ".{0,16}") {
            let text = format!("#title={}", serde_json::to_string(&value).unwrap());
            let expected = Form::Says { key: "title".into(), op: Op::Is, value };
            prop_assert_eq!(Selector::parse(&text).unwrap(), Selector(vec![vec![expected]]));
        }
    }
}
