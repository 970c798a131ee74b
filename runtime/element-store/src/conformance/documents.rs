//! What documents may be, and that they stay what they are.
use super::{Subject, refused};
use crate::limits::{COLLECTION_BYTES, DOCUMENT_BYTES, DOCUMENT_DEPTH, KEY_BYTES};
use element::{ErrorKind, Query, Result, host::Write};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn write(value: Value) -> Write {
    Write { value, ..Write::default() }
}

fn nested(depth: usize) -> Value {
    (1..depth).fold(json!(1), |inner, _| json!([inner]))
}

pub(super) async fn kept_exactly(it: Subject) -> Result<()> {
    let documents = [
        Value::Null,
        json!(true),
        json!(""),
        json!("ä 中 \u{1F600} \u{FFFF} \" \\ \n \t \u{1}"),
        json!([0, -1, i64::MIN, i64::MAX, u64::MAX, 0.5, -0.1, 1e300, 1e-300]),
        json!({"": {}, "b": [], "a": [[]], "it's": "--", "$.a": null}),
        nested(DOCUMENT_DEPTH),
    ];
    for document in documents {
        it.store.records.put("a", "c", "k", write(document.clone())).await?;
        assert_eq!(it.store.records.get("a", "c", "k").await?.map(|it| it.value), Some(document.clone()));
        let page = it.store.records.query("a", "c", &Query::default()).await?;
        assert_eq!(page.records.into_iter().map(|it| it.value).collect::<Vec<_>>(), [document]);
    }
    Ok(())
}

pub(super) async fn limits(it: Subject) -> Result<()> {
    let records = it.store.records;
    let (key, collection) = ("ä".repeat(KEY_BYTES / 2), "c".repeat(COLLECTION_BYTES));
    assert_eq!(records.put("a", &collection, &key, write(json!(1))).await?, 1);
    assert!(records.get("a", &collection, &key).await?.is_some());
    assert!(records.delete("a", &collection, &key).await?);

    let (long_key, long_collection) = (format!("{key}x"), format!("{collection}x"));
    for (collection, key) in [("c", &*long_key), (&*long_collection, "k"), ("c", ""), ("", "k"), ("c", "\0"), ("\0", "k")] {
        refused(records.put("a", collection, key, write(json!(1))).await, ErrorKind::InvalidArgs);
        refused(records.get("a", collection, key).await, ErrorKind::InvalidArgs);
        refused(records.delete("a", collection, key).await, ErrorKind::InvalidArgs);
        let behind = Query { after: Some(key.to_owned()), ..Query::default() };
        refused(records.query("a", collection, &behind).await, ErrorKind::InvalidArgs);
    }
    let error = refused(records.get("a", "c", &long_key).await, ErrorKind::InvalidArgs);
    assert!(error.message.contains("513") && error.message.contains("512"), "{error}");
    refused(records.count("a", &long_collection, &BTreeMap::new()).await, ErrorKind::InvalidArgs);
    Ok(())
}

pub(super) async fn size(it: Subject) -> Result<()> {
    let records = it.store.records;
    // The quotes count.
    let largest = json!("x".repeat(DOCUMENT_BYTES - 2));
    records.put("a", "c", "k", write(largest.clone())).await?;
    let too_large = json!("x".repeat(DOCUMENT_BYTES - 1));
    let error = refused(records.put("a", "c", "k", write(too_large)).await, ErrorKind::InvalidArgs);
    assert!(error.message.contains("1048576"), "{error}");
    // An escaped character counts as it is written.
    let escaped = json!("\n".repeat(DOCUMENT_BYTES / 2));
    refused(records.put("a", "c", "k", write(escaped)).await, ErrorKind::InvalidArgs);
    refused(records.put("a", "c", "k", write(nested(DOCUMENT_DEPTH + 1))).await, ErrorKind::InvalidArgs);
    let kept = records.get("a", "c", "k").await?.expect("it was put");
    assert!(kept.version == 1 && kept.value == largest, "a refused write changes nothing");
    Ok(())
}

pub(super) async fn nul(it: Subject) -> Result<()> {
    for document in [json!("a\0"), json!(["\0"]), json!({"\0": 1}), json!({"a": {"b": "\0"}})] {
        refused(it.store.records.put("a", "c", "k", write(document)).await, ErrorKind::InvalidArgs);
    }
    Ok(())
}

pub(super) async fn secrets(it: Subject) -> Result<()> {
    let records = it.store.records;
    let document = json!({"a": {"$secret": "hunter2"}, "b": [{"$secret": ""}, {"$secret": {"deep": "中"}}], "c": {"$secret": 1, "d": 2}});
    records.put("a", "c", "k", write(document.clone())).await?;
    assert_eq!(records.get("a", "c", "k").await?.map(|it| it.value), Some(document.clone()));
    assert_eq!(records.query("a", "c", &Query::default()).await?.records[0].value, document);
    for text in ["hunter2", "******"] {
        let filter = [("a".to_owned(), json!(text))].into();
        assert_eq!(records.count("a", "c", &filter).await?, 0, "nobody looks up a secret");
    }
    let sealed = json!({"a": [{"$sealed": "whatever"}]});
    let error = refused(records.put("a", "c", "k", write(sealed)).await, ErrorKind::InvalidArgs);
    assert!(error.message.contains("`$sealed`"), "{error}");
    Ok(())
}
