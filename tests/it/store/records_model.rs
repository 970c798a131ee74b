//! Random sequences of record operations do on every engine what a plain map would do.
use super::model::{Engine, all, each_engine};
use element::{
    ErrorKind, Expect, Query,
    host::{Clock, Write},
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
enum Step {
    Put { key: String, n: u8, expect: Expect, ends_in: Option<i64> },
    Delete { key: String },
    Get { key: String },
    Query { n: Option<u8>, after: Option<String>, limit: u32 },
    Wait { ms: i64 },
}

fn key() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "aa", "b", "B", "ä", "/"]).prop_map(str::to_owned)
}

fn step() -> impl Strategy<Value = Step> {
    let expect = prop_oneof![3 => Just(Expect::Any), 1 => Just(Expect::Absent), 2 => (0..4_u64).prop_map(Expect::Version)];
    prop_oneof![
        6 => (key(), 0..3_u8, expect, prop::option::of(-1..10_i64))
            .prop_map(|(key, n, expect, ends_in)| Step::Put { key, n, expect, ends_in }),
        2 => key().prop_map(|key| Step::Delete { key }),
        2 => key().prop_map(|key| Step::Get { key }),
        2 => (prop::option::of(0..3_u8), prop::option::of(key()), 0..5_u32).prop_map(|(n, after, limit)| Step::Query { n, after, limit }),
        2 => (0..6_i64).prop_map(|ms| Step::Wait { ms }),
    ]
}

#[derive(Debug, Clone, PartialEq)]
struct Kept {
    n: u8,
    version: u64,
    ends: Option<i64>,
}

/// `app` is empty at first.
async fn follow(Engine { store, clock }: &Engine, app: String, steps: Vec<Step>) {
    let (records, app) = (&store.records, &*app);
    let mut model = BTreeMap::<String, Kept>::new();
    let mut now = clock.now();
    for step in steps {
        match step {
            Step::Put { key, n, expect, ends_in } => {
                let version = model.get(&key).map(|it| it.version);
                let allowed = match expect {
                    Expect::Any => true,
                    Expect::Absent => version.is_none(),
                    Expect::Version(wanted) => version == Some(wanted),
                };
                let ends = ends_in.map(|it| now + it);
                let put = records
                    .put(app, "c", &key, Write { value: json!({ "n": n }), expect, expires_at: ends, ..Write::default() })
                    .await;
                if allowed {
                    let version = version.unwrap_or(0) + 1;
                    assert_eq!(put, Ok(version));
                    model.insert(key, Kept { n, version, ends });
                } else {
                    assert_eq!(put.expect_err("another version is there").kind, ErrorKind::Conflict);
                }
            }
            Step::Delete { key } => assert_eq!(records.delete(app, "c", &key).await, Ok(model.remove(&key).is_some())),
            Step::Get { key } => {
                let found = records.get(app, "c", &key).await.expect("the key fits");
                let found = found.map(|it| (it.value["n"].clone(), it.version, it.expires_at));
                assert_eq!(found, model.get(&key).map(|it| (json!(it.n), it.version, it.ends)));
            }
            Step::Query { n, after, limit } => {
                let filter: BTreeMap<String, Value> = n.map(|n| ("n".to_owned(), json!(n))).into_iter().collect();
                let fit: Vec<_> =
                    model.iter().filter(|(_, it)| n.is_none_or(|n| it.n == n)).map(|(key, _)| key.clone()).collect();
                assert_eq!(records.count(app, "c", &filter).await, Ok(fit.len() as u64));
                let behind: Vec<_> = fit.into_iter().filter(|it| after.as_ref().is_none_or(|after| it > after)).collect();
                let page = records
                    .query(app, "c", &Query { filter, after, limit, ..Query::default() })
                    .await
                    .expect("the filter fits");
                let found: Vec<_> = page.records.into_iter().map(|it| it.key).collect();
                let len = behind.len().min(limit.max(1) as usize);
                assert_eq!(found, behind[..len]);
                assert_eq!(page.next.as_ref(), (len < behind.len()).then(|| &behind[len - 1]));
            }
            Step::Wait { ms } => {
                clock.advance(ms);
                now += ms;
            }
        }
        model.retain(|_, it| it.ends.is_none_or(|ends| ends > now));
    }
}

#[test]
fn records_are_a_map() {
    each_engine(|engine, cases| {
        all(cases, prop::collection::vec(step(), 1..120), |app, steps| follow(engine, app, steps));
    });
}
