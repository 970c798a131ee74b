//! The rules of records.
use super::{START, Subject, refused};
use crate::limits::FILTER;
use element::{ErrorKind, Expect, Query, Record, Result, code, host::Write};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn write(value: Value) -> Write {
    Write { value, ..Write::default() }
}

fn filter<const N: usize>(fields: [(&str, Value); N]) -> BTreeMap<String, Value> {
    fields.into_iter().map(|(field, value)| (field.to_owned(), value)).collect()
}

fn keys(records: &[Record]) -> Vec<&str> {
    records.iter().map(|it| it.key.as_str()).collect()
}

pub(super) async fn put_get_delete(it: Subject) -> Result<()> {
    let records = it.store.records;
    assert_eq!(records.get("a", "c", "k").await?, None);
    assert_eq!(records.put("a", "c", "k", write(json!({"n": 1}))).await?, 1);
    let found = records.get("a", "c", "k").await?.expect("it was put");
    assert_eq!((found.key.as_str(), found.value), ("k", json!({"n": 1})));
    assert!(records.delete("a", "c", "k").await?);
    assert_eq!(records.get("a", "c", "k").await?, None);
    assert!(!records.delete("a", "c", "k").await?);
    Ok(())
}

pub(super) async fn versions_and_times(it: Subject) -> Result<()> {
    let records = it.store.records;
    records.put("a", "c", "k", write(json!(1))).await?;
    let first = records.get("a", "c", "k").await?.expect("it was put");
    assert_eq!((first.version, first.created_at, first.updated_at, first.expires_at), (1, START, START, None));
    it.clock.advance(5);
    assert_eq!(records.put("a", "c", "k", write(json!(2))).await?, 2);
    let second = records.get("a", "c", "k").await?.expect("it was put");
    assert_eq!((second.version, second.created_at, second.updated_at), (2, START, START + 5));
    assert_eq!((second.sequence, second.value), (first.sequence, json!(2)));
    Ok(())
}

pub(super) async fn expectations(it: Subject) -> Result<()> {
    let records = it.store.records;
    let put = async |expect| records.put("a", "c", "k", Write { value: json!(1), expect, ..Write::default() }).await;
    let error = refused(put(Expect::Version(1)).await, ErrorKind::Conflict);
    assert!(error.message.contains("version 1 was expected") && error.message.contains("there is none"), "{error}");
    assert_eq!(records.get("a", "c", "k").await?, None);

    assert_eq!(put(Expect::Absent).await?, 1);
    assert_eq!(put(Expect::Version(1)).await?, 2);
    let before = records.get("a", "c", "k").await?;
    it.clock.advance(1);
    let error = refused(put(Expect::Absent).await, ErrorKind::Conflict);
    assert!(error.message.contains("no record was expected") && error.message.contains("version 2 is there"), "{error}");
    let error = refused(put(Expect::Version(1)).await, ErrorKind::Conflict);
    assert!(error.message.contains("version 1 was expected") && error.message.contains("version 2 is there"), "{error}");
    assert_eq!(error.code, code::CONFLICT);
    assert_eq!(records.get("a", "c", "k").await?, before, "a refused write changes nothing");
    assert_eq!(put(Expect::Any).await?, 3);
    Ok(())
}

pub(super) async fn made_again(it: Subject) -> Result<()> {
    let records = it.store.records;
    records.put("a", "c", "k", write(json!(1))).await?;
    records.put("a", "c", "k", write(json!(2))).await?;
    let first = records.get("a", "c", "k").await?.expect("it was put");
    records.delete("a", "c", "k").await?;
    it.clock.advance(1);
    assert_eq!(records.put("a", "c", "k", write(json!(3))).await?, 1);
    let again = records.get("a", "c", "k").await?.expect("it was put");
    assert!(again.sequence > first.sequence, "{} after {}", again.sequence, first.sequence);
    assert_eq!(again.created_at, START + 1);
    Ok(())
}

pub(super) async fn ends(it: Subject) -> Result<()> {
    let records = it.store.records;
    let until = |at, expect| Write { value: json!({"n": 1}), expect, expires_at: Some(at), ..Write::default() };
    let one = filter([("n", json!(1))]);
    records.put("a", "c", "k", until(START + 1000, Expect::Any)).await?;
    records.put("a", "c", "stays", until(START + 1000, Expect::Any)).await?;
    assert_eq!(records.put("a", "c", "stays", write(json!({"n": 1}))).await?, 2);
    it.clock.advance(999);
    let first = records.get("a", "c", "k").await?.expect("its time is not over");
    assert_eq!(first.expires_at, Some(START + 1000));
    assert_eq!(records.count("a", "c", &one).await?, 2);

    it.clock.advance(1);
    assert_eq!(records.get("a", "c", "k").await?, None);
    assert_eq!(records.count("a", "c", &one).await?, 1);
    assert_eq!(keys(&records.query("a", "c", &Query::default()).await?.records), ["stays"]);
    refused(records.put("a", "c", "k", until(START + 5000, Expect::Version(1))).await, ErrorKind::Conflict);
    assert!(!records.delete("a", "c", "k").await?);

    assert_eq!(records.put("a", "c", "k", until(START + 5000, Expect::Absent)).await?, 1);
    let again = records.get("a", "c", "k").await?.expect("it was put");
    assert!(again.sequence > first.sequence && again.created_at == START + 1000, "{again:?}");
    // What ends before it begins is written and not there.
    assert_eq!(records.put("a", "c", "k", until(START, Expect::Any)).await?, 2);
    assert_eq!(records.get("a", "c", "k").await?, None);
    Ok(())
}

pub(super) async fn pages(it: Subject) -> Result<()> {
    let records = it.store.records;
    let mut all = ["b", "B", "a", "ab", "a b", "a/b", "a%", "_", "ä", "中", "\u{ffff}", "\u{10000}", "10", "9"];
    for key in all {
        records.put("a", "c", key, write(json!({}))).await?;
    }
    all.sort_unstable_by_key(|it| it.as_bytes());
    // 14 keys: pages of 5 end with a page that is not full, pages of 7 with one that is.
    for (limit, pages) in [(5, 3), (7, 2), (14, 1)] {
        let mut found = Vec::new();
        let mut query = Query { limit, ..Query::default() };
        for page in 1..=pages {
            let it = records.query("a", "c", &query).await?;
            assert_eq!(it.next.is_some(), page < pages, "page {page} of {pages}");
            found.extend(it.records.into_iter().map(|it| it.key));
            query.after = it.next;
        }
        assert_eq!(found, all, "limit {limit}");
    }
    let behind = Query { after: Some("ac".to_owned()), ..Query::default() };
    assert_eq!(keys(&records.query("a", "c", &behind).await?.records)[0], "b", "a key to go on from need not exist");
    let empty = records.query("a", "none", &Query::default()).await?;
    assert_eq!((empty.records.len(), empty.next), (0, None));
    Ok(())
}

pub(super) async fn page_limits(it: Subject) -> Result<()> {
    let records = it.store.records;
    for key in 0..1001 {
        records.put("a", "c", &format!("{key:04}"), write(json!({}))).await?;
    }
    for (limit, len) in [(0, 1), (1, 1), (1000, 1000), (1001, 1000), (u32::MAX, 1000)] {
        let page = records.query("a", "c", &Query { limit, ..Query::default() }).await?;
        assert_eq!(page.records.len(), len, "limit {limit}");
        assert!(page.next.is_some(), "limit {limit}");
    }
    Ok(())
}

pub(super) async fn filters(it: Subject) -> Result<()> {
    let records = it.store.records;
    let all = [
        ("1", json!({"text": "x", "n": 1, "yes": true, "nothing": null})),
        ("2", json!({"text": "X", "n": "1", "yes": "true", "nothing": "null"})),
        ("3", json!({"text": "x", "n": -1, "yes": false, "in": {"text": "x"}})),
        ("4", json!({"n": u64::MAX, "list": ["x"], "text": ["x"]})),
        ("5", json!(["x"])),
        ("6", json!("x")),
        ("7", json!({"a.b": 1, "it's": 1, "\"q\"": 1, "$": 1, "": 1, "中 文": "中", "a\\b": 1, "%": 1, "yes": 1})),
        ("8", json!({"a": {"b": 1}, "text": "x'; --", "n": i64::MIN, "yes": 0})),
    ];
    for (key, value) in all {
        records.put("a", "c", key, write(value)).await?;
    }
    let wanted: [(BTreeMap<String, Value>, &[&str]); 19] = [
        (filter([]), &["1", "2", "3", "4", "5", "6", "7", "8"]),
        (filter([("text", json!("x"))]), &["1", "3"]),
        (filter([("text", json!("x")), ("n", json!(-1))]), &["3"]),
        (filter([("text", json!("x")), ("n", json!("1"))]), &[]),
        (filter([("text", json!("x'; --"))]), &["8"]),
        (filter([("n", json!(1))]), &["1"]),
        (filter([("n", json!("1"))]), &["2"]),
        (filter([("n", json!(u64::MAX))]), &["4"]),
        (filter([("n", json!(i64::MIN))]), &["8"]),
        (filter([("yes", json!(true))]), &["1"]),
        (filter([("yes", json!(false))]), &["3"]),
        (filter([("yes", json!(1))]), &["7"]),
        (filter([("nothing", Value::Null)]), &["1"]),
        (filter([("missing", Value::Null)]), &[]),
        (filter([("a.b", json!(1)), ("it's", json!(1)), ("\"q\"", json!(1))]), &["7"]),
        (filter([("$", json!(1)), ("", json!(1)), ("%", json!(1))]), &["7"]),
        (filter([("中 文", json!("中")), ("a\\b", json!(1))]), &["7"]),
        (filter([("0", json!("x"))]), &[]),
        (filter([("list", json!("x"))]), &[]),
    ];
    for (filter, wanted) in wanted {
        assert_eq!(records.count("a", "c", &filter).await?, wanted.len() as u64, "{filter:?}");
        let mut query = Query { filter, limit: 1, ..Query::default() };
        let mut found = Vec::new();
        loop {
            let page = records.query("a", "c", &query).await?;
            found.extend(page.records.into_iter().map(|it| it.key));
            assert!(page.next.is_none() || page.next > query.after, "the next page begins where this one began");
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
        assert_eq!(found, wanted, "{:?}", query.filter);
    }
    Ok(())
}

pub(super) async fn filters_refused(it: Subject) -> Result<()> {
    let records = it.store.records;
    for value in [json!([]), json!({}), json!(1.5), json!("x".repeat(513)), json!("\0")] {
        let filter = filter([("field", value)]);
        refused(records.count("a", "c", &filter).await, ErrorKind::InvalidArgs);
        refused(records.query("a", "c", &Query { filter, ..Query::default() }).await, ErrorKind::InvalidArgs);
    }
    let many: BTreeMap<_, _> = (0..=FILTER).map(|n| (format!("f{n}"), json!(n))).collect();
    refused(records.count("a", "c", &many).await, ErrorKind::InvalidArgs);
    let most = many.into_iter().take(FILTER).collect();
    assert_eq!(records.count("a", "c", &most).await?, 0);
    Ok(())
}

/// An index changes how long it takes, and nothing else; also for what was there before it.
pub(super) async fn indexed(it: Subject) -> Result<()> {
    let records = it.store.records;
    let fields = ["user", "it's", "中 \"q\" \\"].map(str::to_owned);
    let put = async |key: &str, user: &str, indexed: &[String]| {
        let value = json!({"user": user, "it's": 1, "中 \"q\" \\": true});
        records.put("a", "it's", key, Write { value, indexed: indexed.to_vec(), ..Write::default() }).await
    };
    put("before", "u", &[]).await?;
    put("1", "u", &fields).await?;
    put("2", "v", &fields).await?;
    put("2", "u", &fields[..1]).await?;
    let all = filter([("user", json!("u")), ("it's", json!(1)), ("中 \"q\" \\", json!(true))]);
    assert_eq!(records.count("a", "it's", &all).await?, 3);
    assert_eq!(records.count("a", "it's", &filter([("user", json!("v"))])).await?, 0);
    let found = records.query("a", "it's", &Query { filter: all, ..Query::default() }).await?;
    assert_eq!(keys(&found.records), ["1", "2", "before"]);

    // Nobody looks such a value up, but it may stand there.
    let long = Write { value: json!({"user": "ü".repeat(5000)}), indexed: fields.to_vec(), ..Write::default() };
    records.put("a", "it's", "long", long).await?;
    let many: Vec<_> = (0..9).map(|n| format!("f{n}")).collect();
    refused(put("3", "u", &many).await, ErrorKind::InvalidArgs);
    refused(put("3", "u", &[String::new()]).await, ErrorKind::InvalidArgs);
    Ok(())
}

/// What was read a moment ago is good enough, but never better than what was written since.
pub(super) async fn recent(it: Subject) -> Result<()> {
    let records = it.store.records;
    let value = async || Ok::<_, element::Error>(records.get_recent("a", "c", "k", 1000).await?.map(|it| it.value));
    assert_eq!(value().await?, None);
    for n in 1..=3 {
        records.put("a", "c", "k", Write { expires_at: Some(START + 500), ..write(json!(n)) }).await?;
        assert_eq!((value().await?, value().await?), (Some(json!(n)), Some(json!(n))));
    }
    refused(records.put("a", "c", "k", Write { expect: Expect::Absent, ..write(json!(9)) }).await, ErrorKind::Conflict);
    assert_eq!(value().await?, Some(json!(3)));
    it.clock.advance(500);
    assert_eq!(value().await?, None, "its time is over");
    records.put("a", "c", "k", write(json!(4))).await?;
    assert_eq!(value().await?, Some(json!(4)));
    assert!(records.delete("a", "c", "k").await?);
    assert_eq!(value().await?, None);
    refused(records.get_recent("a", "c", "", 1).await, ErrorKind::InvalidArgs);
    Ok(())
}

pub(super) async fn places_apart(it: Subject) -> Result<()> {
    let records = it.store.records;
    // Joined without care, some of these would be the same.
    let places = [
        ("a", "c", "k"),
        ("a", "d", "k"),
        ("b", "c", "k"),
        ("ac", "d", "k"),
        ("a", "cd", "k"),
        ("a/c", "d", "k"),
        ("a", "c/d", "k"),
        ("A", "c", "k"),
    ];
    for (n, (app, collection, key)) in places.into_iter().enumerate() {
        assert_eq!(records.put(app, collection, key, write(json!(n))).await?, 1, "{app} {collection}");
    }
    for (n, (app, collection, key)) in places.into_iter().enumerate() {
        assert_eq!(records.get(app, collection, key).await?.map(|it| it.value), Some(json!(n)));
        assert_eq!(records.count(app, collection, &filter([])).await?, 1);
    }
    assert!(records.delete("a", "c", "k").await?);
    assert!(records.get("b", "c", "k").await?.is_some() && records.get("a", "d", "k").await?.is_some());
    Ok(())
}
