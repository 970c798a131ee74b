//! Random sequences of key and lease operations, with steps of the clock, do what plain maps would do.
use element::{
    ErrorKind,
    host::{AskLease, Increment, ManualClock, SetKey},
};
use element_store::Store;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};

type Name = &'static str;

#[derive(Debug, Clone)]
enum Step {
    Set {
        name: Name,
        value: Value,
        ttl_ms: u64,
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
        ttl_ms: u64,
    },
    Lease {
        name: Name,
        ttl_ms: u64,
    },
    /// Releases with the last fence that was given for this name, or with the one before that.
    Release {
        name: Name,
        older: bool,
    },
    Wait {
        ms: u64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let name = || prop::sample::select(vec!["a", "b", "c"]);
    let value = prop_oneof![Just(json!("text")), any::<i64>().prop_map(Value::from), (-2..2_i64).prop_map(Value::from)];
    let by = prop_oneof![-2..3_i64, any::<i64>()];
    prop_oneof![
        3 => (name(), value, 1..10_u64, any::<bool>())
            .prop_map(|(name, value, ttl_ms, if_absent)| Step::Set { name, value, ttl_ms, if_absent }),
        2 => name().prop_map(|name| Step::Get { name }),
        2 => name().prop_map(|name| Step::Take { name }),
        1 => name().prop_map(|name| Step::Delete { name }),
        3 => (name(), by, 1..10_u64).prop_map(|(name, by, ttl_ms)| Step::Increment { name, by, ttl_ms }),
        4 => (name(), 1..10_u64).prop_map(|(name, ttl_ms)| Step::Lease { name, ttl_ms }),
        3 => (name(), any::<bool>()).prop_map(|(name, older)| Step::Release { name, older }),
        3 => (0..6_u64).prop_map(|ms| Step::Wait { ms }),
    ]
}

/// What each name was granted: the last fences, the newest first, and until when the last one is held.
#[derive(Debug, Default)]
struct Granted {
    fences: [u64; 2],
    until: u64,
}

async fn follow(steps: Vec<Step>) {
    let clock = Arc::new(ManualClock::at(0));
    let keys = Store::memory(clock.clone()).keys;
    let mut values = HashMap::<Name, (Value, u64)>::new();
    let mut leases = HashMap::<Name, Granted>::new();
    let mut now = 0;
    for step in steps {
        match step {
            Step::Set { name, value, ttl_ms, if_absent } => {
                let sets = !(if_absent && values.contains_key(name));
                assert_eq!(
                    keys.set("s", name, SetKey { value: value.clone(), ttl_ms, if_absent, ..SetKey::default() }).await,
                    Ok(sets)
                );
                if sets {
                    values.insert(name, (value, now + ttl_ms));
                }
            }
            Step::Get { name } => assert_eq!(keys.get("s", name).await, Ok(values.get(name).map(|it| it.0.clone()))),
            Step::Take { name } => assert_eq!(keys.take("s", name).await, Ok(values.remove(name).map(|it| it.0))),
            Step::Delete { name } => assert_eq!(keys.delete("s", name).await, Ok(values.remove(name).is_some())),
            Step::Increment { name, by, ttl_ms } => {
                let sum = values.get(name).map_or(Some(by), |(value, _)| value.as_i64().and_then(|it| it.checked_add(by)));
                let got = keys.increment("s", name, Increment { by, ttl_ms }).await;
                match sum {
                    Some(sum) => {
                        assert_eq!(got, Ok(sum));
                        values.entry(name).or_insert((Value::Null, now + ttl_ms)).0 = sum.into();
                    }
                    None => assert_eq!(got.expect_err("there is no such sum").kind, ErrorKind::Conflict),
                }
            }
            Step::Lease { name, ttl_ms } => {
                let before = leases.entry(name).or_default();
                let grant = keys.lease("s", name, AskLease { ttl_ms, wait_ms: 0 }).await.expect("the name fits");
                assert_eq!(grant.is_some(), before.until <= now, "{name} at {now}: {before:?}");
                if let Some(grant) = grant {
                    assert!(grant.fence > before.fences[0], "{grant:?} after {before:?}");
                    *before = Granted { fences: [grant.fence, before.fences[0]], until: now + ttl_ms };
                }
            }
            Step::Release { name, older } => {
                let granted = leases.entry(name).or_default();
                let held = !older && granted.until > now;
                assert_eq!(keys.release("s", name, granted.fences[usize::from(older)]).await, Ok(held));
                if held {
                    granted.until = 0;
                }
            }
            Step::Wait { ms } => {
                clock.advance(ms as i64);
                now += ms;
            }
        }
        values.retain(|_, it| it.1 > now);
    }
}

proptest! {
    #[test]
    fn keys_are_maps(steps in prop::collection::vec(step(), 1..150)) {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(follow(steps));
    }
}
