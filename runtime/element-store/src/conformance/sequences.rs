//! The numbers of records: that they grow, and that each leads to its record.
use super::{START, Subject};
use element::{Query, Record, Result, host::Write};
use serde_json::{Value, json};
use std::slice::from_ref;

fn write(value: Value) -> Write {
    Write { value, ..Write::default() }
}

fn numbered(sequence: u64) -> Query {
    Query { sequence: Some(sequence), ..Query::default() }
}

pub(super) async fn given(it: Subject) -> Result<()> {
    let records = it.store.records;
    let mut last = 0;
    for key in ["c", "a", "b", "longer", "B"] {
        records.put("a", "c", key, write(json!(1))).await?;
        records.put("a", "other", key, write(json!(1))).await?;
        let sequence = records.get("a", "c", key).await?.expect("it was put").sequence;
        assert!(sequence > last, "{sequence} after {last}");
        last = sequence;
    }
    Ok(())
}

pub(super) async fn looked_up(it: Subject) -> Result<()> {
    let records = it.store.records;
    let find = async |app: &str, query: Query| {
        let page = records.query(app, "c", &query).await?;
        assert_eq!(page.next, None, "{query:?}: nothing follows");
        Ok::<_, element::Error>(page.records)
    };
    for (key, n) in [("b", 1), ("a", 2), ("c", 3)] {
        records.put("a", "c", key, write(json!({"n": n}))).await?;
    }
    let one = records.get("a", "c", "a").await?.expect("it was put");
    let numbered = || numbered(one.sequence);
    assert_eq!(find("a", numbered()).await?, from_ref(&one));
    assert_eq!(find("a", Query { limit: 1, ..numbered() }).await?, from_ref(&one));
    // Whatever else is asked for has to be true as well.
    assert_eq!(find("a", Query { filter: [("n".to_owned(), json!(2))].into(), ..numbered() }).await?.len(), 1);
    assert_eq!(find("a", Query { filter: [("n".to_owned(), json!(1))].into(), ..numbered() }).await?, []);
    assert_eq!(find("a", Query { after: Some("Z".to_owned()), ..numbered() }).await?.len(), 1);
    assert_eq!(find("a", Query { after: Some("a".to_owned()), ..numbered() }).await?, []);
    // No record has these, and the number of one app's record is nothing to another app.
    for sequence in [0, one.sequence + 1000, i64::MAX.unsigned_abs(), u64::MAX] {
        assert_eq!(find("a", Query { sequence: Some(sequence), ..Query::default() }).await?, [], "{sequence}");
    }
    assert_eq!(find("b", numbered()).await?, []);

    // It stays the record's own as long as the record is there, and is nobody's afterwards.
    records.put("a", "c", "a", Write { expires_at: Some(START + 1000), ..write(json!({"n": 4})) }).await?;
    let values =
        async || Ok::<_, element::Error>(find("a", numbered()).await?.into_iter().map(|it| it.value).collect::<Vec<_>>());
    assert_eq!(values().await?, [json!({"n": 4})]);
    it.clock.advance(1000);
    assert_eq!(values().await?, [] as [Value; 0], "its time is over");
    records.put("a", "c", "a", write(json!({"n": 5}))).await?;
    assert_eq!(values().await?, [] as [Value; 0], "what is made anew has another number");
    let again = records.get("a", "c", "a").await?.expect("it was put");
    assert_eq!(find("a", Query { sequence: Some(again.sequence), ..Query::default() }).await?, from_ref(&again));
    assert!(records.delete("a", "c", "a").await?);
    assert_eq!(find("a", Query { sequence: Some(again.sequence), ..Query::default() }).await?, []);
    Ok(())
}

/// Each number leads to one record.
pub(super) async fn looked_up_among_many(it: Subject) -> Result<()> {
    let records = it.store.records;
    for n in 0..100 {
        records.put("a", "c", &format!("{:02}", (n * 37) % 100), write(json!(n))).await?;
    }
    let all: Vec<Record> = records.query("a", "c", &Query::default()).await?.records;
    assert_eq!(all.len(), 100);
    for record in all {
        assert_eq!(records.query("a", "c", &numbered(record.sequence)).await?.records, [record]);
    }
    Ok(())
}
