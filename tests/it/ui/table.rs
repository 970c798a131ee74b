//! The tables that the attributes fill in, as text.
use super::sample::{Counter, Everything, Sighting, sample};
use element::def::{MetaInfo, TypeInfo};
use expect_test::expect_file;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// In the order of the keys whatever features serde_json was built with, and without what says nothing here.
fn readable(it: Value) -> Value {
    match it {
        Value::Object(it) => {
            let sorted: BTreeMap<_, _> = it.into_iter().filter(|(name, _)| name != "origin" && name != "$schema").collect();
            sorted.into_iter().map(|(name, it)| (name, readable(it))).collect()
        }
        Value::Array(it) => it.into_iter().map(readable).collect(),
        other => other,
    }
}

/// JSON in which whatever fits stands on one line.
fn in_lines(it: &Value, indent: usize) -> String {
    let short = it.to_string();
    if short.len() + indent < 140 {
        return short;
    }
    let (inner, outer) = (" ".repeat(indent + 2), " ".repeat(indent));
    match it {
        Value::Object(it) => {
            let each = it.iter().map(|(name, it)| format!("{inner}{name:?}: {}", in_lines(it, indent + 2)));
            format!("{{\n{}\n{outer}}}", each.collect::<Vec<_>>().join(",\n"))
        }
        Value::Array(it) => {
            let each = it.iter().map(|it| format!("{inner}{}", in_lines(it, indent + 2)));
            format!("[\n{}\n{outer}]", each.collect::<Vec<_>>().join(",\n"))
        }
        _ => short,
    }
}

#[test]
fn tables_say_what_was_written() {
    let everything = sample(Everything::FULL_NAME);
    let tables = json!({
        "meta": MetaInfo::from(everything.meta.unwrap()),
        "model": TypeInfo::from(sample(Sighting::FULL_NAME)),
        "service": TypeInfo::from(sample(Counter::FULL_NAME)),
        "type": TypeInfo::from(everything),
    });
    let text = in_lines(&readable(tables), 0);
    expect_file!["../../ui/table.json"].assert_eq(&(text + "\n"));
}
