//! A host with ephemeral keys, records, a clock that is moved and bytes that follow from a seed.
use element::{
    Caller, Ctx, Error, ErrorKind, Expect, Level, Query, Record, Result, code,
    host::{Ask, BoxFuture, Call, Clock, Host, ManualClock, Op, Random, SeededRandom, SetKey, Write},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc, sync::Mutex};

pub(crate) const MINUTE: i64 = 60_000;

#[derive(Debug, Default)]
struct TestHost {
    clock: ManualClock,
    random: SeededRandom,
    keys: Mutex<BTreeMap<String, (Value, i64)>>,
    records: Mutex<BTreeMap<String, Record>>,
    /// What each login element answers to `isActive`; one that is not here was taken away.
    ways: Mutex<BTreeMap<String, bool>>,
}

pub(crate) struct Fixture(Arc<TestHost>);

impl Fixture {
    pub(crate) fn new() -> Self {
        let ways = Mutex::new([("x.A".to_owned(), true)].into());
        Self(Arc::new(TestHost { clock: ManualClock::at(1_700_000_000_000), ways, ..TestHost::default() }))
    }

    /// Switches a login element on or off, or takes it away.
    pub(crate) fn set_way(&self, element: &str, active: Option<bool>) {
        let mut ways = self.0.ways.lock().unwrap();
        match active {
            Some(active) => drop(ways.insert(element.into(), active)),
            None => drop(ways.remove(element)),
        }
    }

    /// A call from a browser, the same one each time.
    pub(crate) fn ctx(&self, app: &str, element: &str, caller: Caller) -> Ctx {
        self.ctx_in(Some("browser-1"), app, element, caller)
    }

    /// A call from that browser, or from none.
    pub(crate) fn ctx_in(&self, browser: Option<&str>, app: &str, element: &str, caller: Caller) -> Ctx {
        let (browser, request_id) = (browser.map(Into::into), "r1".into());
        let call = Call { app: app.into(), element: element.into(), caller, deadline: None, request_id, browser };
        Ctx::new(self.0.clone(), call)
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
                assert!(write.expect == Expect::Absent);
                if records.contains_key(&name) {
                    return Err(Error::new(ErrorKind::Conflict, 20010, "it is there already"));
                }
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
            Op::RecordQuery => {
                let query: Query = serde_json::from_slice(&ask.json).unwrap();
                let fits = |it: &Record| query.filter.iter().all(|(field, value)| it.value[field] == *value);
                let found: Vec<_> = records.range(name.clone()..).map(|(_, it)| it).filter(|it| fits(it)).collect();
                json!({ "records": found, "next": null })
            }
            // Nobody else is there to wait for.
            Op::LeaseAcquire => json!({ "fence": 1, "expiresAt": now }),
            Op::LeaseRelease => true.into(),
            // All logins here are made of one Type.
            Op::Find if ask.a == ".x.Type" => json!(self.ways.lock().unwrap().keys().collect::<Vec<_>>()),
            Op::Find => json!([]),
            Op::Call => {
                assert_eq!(ask.b, "isActive");
                let ways = self.ways.lock().unwrap();
                let gone = || Error::new(ErrorKind::NotFound, code::NO_ELEMENT, "there is no such element");
                ways.get(ask.a).copied().ok_or_else(gone)?.into()
            }
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
