//! A host with ephemeral keys, records, a clock that is moved and bytes that follow from a seed.
use element::{
    Caller, Ctx, Error, Expect, Level, Record, Result,
    host::{Ask, BoxFuture, Call, Clock, Host, ManualClock, Op, Random, SeededRandom, SetKey, Write},
};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc, sync::Mutex};

pub(crate) const MINUTE: i64 = 60_000;

#[derive(Debug, Default)]
struct TestHost {
    clock: ManualClock,
    random: SeededRandom,
    keys: Mutex<BTreeMap<String, (Value, i64)>>,
    records: Mutex<BTreeMap<String, Record>>,
}

pub(crate) struct Fixture(Arc<TestHost>);

impl Fixture {
    pub(crate) fn new() -> Self {
        Self(Arc::new(TestHost { clock: ManualClock::at(1_700_000_000_000), ..TestHost::default() }))
    }

    pub(crate) fn ctx(&self, app: &str, element: &str, caller: Caller) -> Ctx {
        let call = Call { app: app.into(), element: element.into(), caller, deadline: None, request_id: "r1".into() };
        Ctx::new(self.0.clone(), Arc::new(call))
    }

    pub(crate) fn advance(&self, ms: i64) {
        self.0.clock.advance(ms);
    }

    pub(crate) fn everything_stored(&self) -> String {
        format!("{:?}{:?}", self.0.keys.lock().unwrap(), self.0.records.lock().unwrap())
    }
}

impl TestHost {
    fn answer(&self, call: &Call, ask: &Ask<'_>) -> Result<Value> {
        let (now, json) = (self.clock.now(), |it: serde_json::Result<Value>| it.map_err(|e| Error::internal(e.to_string())));
        let scope = if ask.a == "host" { "" } else { &*call.app };
        let name = format!("{scope}|{}|{}", ask.a, ask.b);
        let (mut keys, mut records) = (self.keys.lock().unwrap(), self.records.lock().unwrap());
        keys.retain(|_, (_, until)| *until > now);
        Ok(match ask.op {
            Op::Random => {
                let mut bytes = vec![0; 32];
                self.random.fill(&mut bytes);
                // The alphabet is that of base64url; that is all that matters here.
                let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
                bytes.iter().map(|byte| char::from(letters[usize::from(byte % 64)])).collect::<String>().into()
            }
            Op::KeySet => {
                let set: SetKey = serde_json::from_slice(&ask.json).unwrap();
                keys.insert(name, (set.value, now + i64::try_from(set.ttl_ms).unwrap()));
                true.into()
            }
            Op::KeyGet => keys.get(&name).map_or(Value::Null, |(value, _)| value.clone()),
            Op::KeyTake => keys.remove(&name).map_or(Value::Null, |(value, _)| value),
            Op::RecordPut => {
                let write: Write = serde_json::from_slice(&ask.json).unwrap();
                assert!(write.expect == Expect::Absent && !records.contains_key(&name));
                let record = Record {
                    key: ask.b.into(),
                    value: write.value,
                    version: 1,
                    sequence: 1,
                    created_at: now,
                    updated_at: now,
                    expires_at: write.expires_at,
                };
                records.insert(name, record);
                1.into()
            }
            Op::RecordGet => json(serde_json::to_value(records.get(&name)))?,
            Op::RecordDelete => records.remove(&name).is_some().into(),
            other => panic!("not expected here: {other:?}"),
        })
    }
}

impl Host for TestHost {
    fn ask<'a>(&'a self, call: &'a Call, ask: Ask<'a>) -> BoxFuture<'a, Result<Vec<u8>>> {
        Box::pin(async move { Ok(serde_json::to_vec(&self.answer(call, &ask)?).unwrap()) })
    }

    fn now(&self) -> i64 {
        self.clock.now()
    }

    fn log(&self, _: &Call, _: Level, _: &str) {}
}
