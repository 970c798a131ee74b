//! Random sequences of key and lease operations, with steps of the clock, do on every engine what plain maps would do.
use super::model::{Engine, all, each_engine};
use element::{
    ErrorKind,
    host::{AskLease, Increment, SetKey},
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::HashMap;

type Name = &'static str;

/// Steps count in minutes: Redis lets real time end a key as well, and a slow machine is no mistake of the engine.
const MINUTE: u64 = 60_000;

#[derive(Debug, Clone)]
enum Step {
    Set {
        name: Name,
        value: Value,
        ttl: u64,
        if_absent: bool,
    },
    Get {
        name: Name,
    },
    Take {
        name: Name,
    },
    Delete {
        name: Name,
    },
    Increment {
        name: Name,
        by: i64,
        ttl: u64,
    },
    Lease {
        name: Name,
        ttl: u64,
    },
    /// Releases with the last fence that was given for this name, or with the one before that.
    Release {
        name: Name,
        older: bool,
    },
    Wait {
        minutes: u64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let name = || prop::sample::select(vec!["a", "b", "c"]);
    let value = prop_oneof![Just(json!("text")), any::<i64>().prop_map(Value::from), (-2..2_i64).prop_map(Value::from)];
    let by = prop_oneof![-2..3_i64, any::<i64>()];
    prop_oneof![
        3 => (name(), value, 1..10_u64, any::<bool>())
            .prop_map(|(name, value, ttl, if_absent)| Step::Set { name, value, ttl, if_absent }),
        2 => name().prop_map(|name| Step::Get { name }),
        2 => name().prop_map(|name| Step::Take { name }),
        1 => name().prop_map(|name| Step::Delete { name }),
        3 => (name(), by, 1..10_u64).prop_map(|(name, by, ttl)| Step::Increment { name, by, ttl }),
        4 => (name(), 1..10_u64).prop_map(|(name, ttl)| Step::Lease { name, ttl }),
        3 => (name(), any::<bool>()).prop_map(|(name, older)| Step::Release { name, older }),
        3 => (0..6_u64).prop_map(|minutes| Step::Wait { minutes }),
    ]
}

/// What each name was granted: the last fences, the newest first, and until when the last one is held.
#[derive(Debug, Default)]
struct Granted {
    fences: [u64; 2],
    until: u64,
}

/// `scope` is empty at first.
async fn follow(Engine { store, clock }: &Engine, scope: String, steps: Vec<Step>) {
    let (keys, scope) = (&store.keys, &*scope);
    let mut values = HashMap::<Name, (Value, u64)>::new();
    let mut leases = HashMap::<Name, Granted>::new();
    let mut now = 0;
    for step in steps {
        match step {
            Step::Set { name, value, ttl, if_absent } => {
                let sets = !(if_absent && values.contains_key(name));
                assert_eq!(
                    keys.set(
                        scope,
                        name,
                        SetKey { value: value.clone(), ttl_ms: ttl * MINUTE, if_absent, ..SetKey::default() }
                    )
                    .await,
                    Ok(sets)
                );
                if sets {
                    values.insert(name, (value, now + ttl));
                }
            }
            Step::Get { name } => assert_eq!(keys.get(scope, name).await, Ok(values.get(name).map(|it| it.0.clone()))),
            Step::Take { name } => assert_eq!(keys.take(scope, name).await, Ok(values.remove(name).map(|it| it.0))),
            Step::Delete { name } => assert_eq!(keys.delete(scope, name).await, Ok(values.remove(name).is_some())),
            Step::Increment { name, by, ttl } => {
                let sum = values.get(name).map_or(Some(by), |(value, _)| value.as_i64().and_then(|it| it.checked_add(by)));
                let got = keys.increment(scope, name, Increment { by, ttl_ms: ttl * MINUTE }).await;
                match sum {
                    Some(sum) => {
                        assert_eq!(got, Ok(sum));
                        values.entry(name).or_insert((Value::Null, now + ttl)).0 = sum.into();
                    }
                    None => assert_eq!(got.expect_err("there is no such sum").kind, ErrorKind::Conflict),
                }
            }
            Step::Lease { name, ttl } => {
                let before = leases.entry(name).or_default();
                let grant =
                    keys.lease(scope, name, AskLease { ttl_ms: ttl * MINUTE, wait_ms: 0 }).await.expect("the name fits");
                assert_eq!(grant.is_some(), before.until <= now, "{name} at {now}: {before:?}");
                if let Some(grant) = grant {
                    assert!(grant.fence > before.fences[0], "{grant:?} after {before:?}");
                    *before = Granted { fences: [grant.fence, before.fences[0]], until: now + ttl };
                }
            }
            Step::Release { name, older } => {
                let granted = leases.entry(name).or_default();
                let held = !older && granted.until > now;
                assert_eq!(keys.release(scope, name, granted.fences[usize::from(older)]).await, Ok(held));
                if held {
                    granted.until = 0;
                }
            }
            Step::Wait { minutes } => {
                clock.advance((minutes * MINUTE) as i64);
                now += minutes;
            }
        }
        values.retain(|_, it| it.1 > now);
    }
}

#[test]
fn keys_are_maps() {
    each_engine(|engine, cases| {
        all(cases, prop::collection::vec(step(), 1..150), |scope, steps| follow(engine, scope, steps));
    });
}
