//! A host of a few lines: ephemeral keys, leases, a clock that `sleep` moves, and a WeCom that is one function.
use element::{
    Caller, Ctx, Error, ErrorKind, Expect, HiddenText, HttpReply, HttpRequest, Level, NewJob, Query, Result, code,
    host::{
        Ask, AskLease, BoxFuture, Call, Clock, Grant, Held, Host, Increment, ManualClock, Op, Random, SeededRandom, SetKey,
        Write,
    },
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

type Answer = Box<dyn Fn(&Seen) -> Value + Send + Sync>;

/// A request as WeCom sees it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    /// The JSON body, if there is one.
    pub(crate) body: Value,
    /// How many requests to this path came before it.
    pub(crate) before: usize,
}

#[derive(Default)]
struct State {
    keys: BTreeMap<String, (Value, i64)>,
    /// Who holds which lease.
    leases: BTreeMap<String, u64>,
    records: BTreeMap<String, Value>,
    fence: u64,
    settings: BTreeMap<String, String>,
    seen: Vec<Seen>,
    /// The arguments of what was put off and not taken yet.
    jobs: Vec<Value>,
    slept: Vec<u64>,
    lease_asks: usize,
    log: String,
    everybody_is_bound: bool,
}

struct Inner {
    state: Mutex<State>,
    clock: ManualClock,
    random: SeededRandom,
    answer: Answer,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TestHost")
    }
}

#[derive(Clone, Debug)]
pub(crate) struct TestHost(Arc<Inner>);

impl TestHost {
    /// `answer` is WeCom: a request to a body. An answer that is a text is a body that is no JSON.
    pub(crate) fn new(answer: impl Fn(&Seen) -> Value + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner {
            state: Mutex::default(),
            clock: ManualClock::at(1_700_000_000_000),
            random: SeededRandom::new(7),
            answer: Box::new(answer),
        }))
    }

    pub(crate) fn ctx(&self) -> Ctx {
        self.ctx_of(Caller::Operator)
    }

    pub(crate) fn ctx_of(&self, caller: Caller) -> Ctx {
        let (app, element) = ("acme.demo".into(), "auths.loginTypes.QywxInnerExample".into());
        let call = Call { app, element, caller, deadline: None, request_id: "r1".into(), browser: Some("b1".into()) };
        Ctx::new(self.0.clone(), call)
    }

    pub(crate) fn set(&self, name: &str, value: &str) {
        self.0.state.lock().unwrap().settings.insert(name.into(), value.into());
    }

    /// From now on everybody is bound to a user of the app.
    pub(crate) fn bind_everybody(&self) {
        self.0.state.lock().unwrap().everybody_is_bound = true;
    }

    pub(crate) fn advance(&self, time: Duration) {
        self.0.clock.advance(i64::try_from(time.as_millis()).unwrap());
    }

    /// What was put off since the last time.
    pub(crate) fn take_jobs(&self) -> Vec<Value> {
        std::mem::take(&mut self.0.state.lock().unwrap().jobs)
    }

    /// How many requests came to this path.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.0.state.lock().unwrap().seen.iter().filter(|it| it.path.ends_with(path)).count()
    }

    pub(crate) fn slept(&self) -> Vec<u64> {
        self.0.state.lock().unwrap().slept.clone()
    }

    pub(crate) fn lease_asks(&self) -> usize {
        self.0.state.lock().unwrap().lease_asks
    }

    /// The time of all leases is over.
    pub(crate) fn end_leases(&self) {
        self.0.state.lock().unwrap().leases.clear();
    }

    pub(crate) fn leases_held(&self) -> usize {
        self.0.state.lock().unwrap().leases.len()
    }

    /// Names of keys and leases, settings and log: where no secret may be.
    pub(crate) fn names_and_log(&self) -> String {
        let state = self.0.state.lock().unwrap();
        format!("{:?} {:?} {}", state.keys.keys().collect::<Vec<_>>(), state.leases, state.log)
    }
}

impl Inner {
    async fn http(&self, request: &HttpRequest) -> Value {
        let path = request.url.clone();
        let query = request.query.iter().map(|(name, value)| (name.clone(), value.0.clone())).collect();
        let seen = {
            let mut state = self.state.lock().unwrap();
            let before = state.seen.iter().filter(|it| it.path == path).count();
            let body = request.body.as_ref().map_or(Value::Null, |it| serde_json::from_str(&it.0).unwrap());
            let seen = Seen { path, query, body, before };
            state.seen.push(seen.clone());
            seen
        };
        // Every request takes its time, so that others come in between.
        tokio::time::sleep(Duration::from_millis(30)).await;
        let body = match (self.answer)(&seen) {
            Value::String(text) => text,
            json => json.to_string(),
        };
        serde_json::to_value(HttpReply { status: 200, headers: BTreeMap::new(), body: HiddenText(body) }).unwrap()
    }

    async fn lease(&self, name: &str, ask: &AskLease) -> Value {
        self.state.lock().unwrap().lease_asks += 1;
        let mut waited = 0;
        loop {
            {
                let mut state = self.state.lock().unwrap();
                if !state.leases.contains_key(name) {
                    state.fence += 1;
                    let fence = state.fence;
                    state.leases.insert(name.into(), fence);
                    return serde_json::to_value(Grant { fence, expires_at: self.clock.now() }).unwrap();
                }
            }
            if waited >= ask.wait_ms {
                return Value::Null;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
            waited += 5;
        }
    }

    async fn answer(&self, ask: &Ask<'_>) -> Value {
        let name = format!("{} {}", ask.a, ask.b);
        let now = self.clock.now();
        match ask.op {
            Op::Http => return self.http(&serde_json::from_slice(&ask.json).unwrap()).await,
            Op::LeaseAcquire => return self.lease(&name, &serde_json::from_slice(&ask.json).unwrap()).await,
            Op::Sleep => {
                let ms: u64 = serde_json::from_slice(&ask.json).unwrap();
                self.state.lock().unwrap().slept.push(ms);
                self.clock.advance(i64::try_from(ms).unwrap());
                tokio::time::sleep(Duration::from_millis(ms)).await;
                return Value::Null;
            }
            _ => {}
        }
        let mut state = self.state.lock().unwrap();
        state.keys.retain(|_, (_, until)| *until > now);
        match ask.op {
            Op::Setting => state.settings.get(ask.a).map_or(Value::Null, |it| it.as_str().into()),
            Op::Random => {
                let mut bytes = [0; 32];
                self.random.fill(&mut bytes);
                bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
            }
            Op::Fingerprint => {
                let secret: String = serde_json::from_slice(&ask.json).unwrap();
                json!(format!("{:x}", secret.bytes().fold(7_u64, |n, b| n.wrapping_mul(31) ^ u64::from(b))))
            }
            Op::KeyGet => state.keys.get(&name).map_or(Value::Null, |(value, _)| value.clone()),
            Op::Find => json!([]),
            Op::Call if ask.b == "endSessions" => 0.into(),
            Op::JobStart => {
                let job: NewJob = serde_json::from_slice(&ask.json).unwrap();
                state.jobs.push(job.args);
                state.jobs.len().into()
            }
            Op::KeyDelete => {
                state.keys.remove(&name);
                Value::Null
            }
            Op::KeyTake => state.keys.remove(&name).map_or(Value::Null, |(value, _)| value),
            Op::KeySet => {
                let set: SetKey = serde_json::from_slice(&ask.json).unwrap();
                let held = |it: Held| state.leases.get(&format!("{} {}", ask.a, it.name)) == Some(&it.fence);
                if !set.under.is_none_or(held) {
                    return false.into();
                }
                state.keys.insert(name, (set.value, now + i64::try_from(set.ttl_ms).unwrap()));
                true.into()
            }
            Op::KeyIncrement => {
                let more: Increment = serde_json::from_slice(&ask.json).unwrap();
                let until = now + i64::try_from(more.ttl_ms).unwrap();
                let (value, _) = state.keys.entry(name).or_insert((json!(0), until));
                *value = json!(value.as_i64().unwrap() + more.by);
                value.clone()
            }
            Op::LeaseRelease => {
                let fence: u64 = serde_json::from_slice(&ask.json).unwrap();
                let held = state.leases.get(&name) == Some(&fence);
                if held {
                    state.leases.remove(&name);
                }
                held.into()
            }
            Op::RecordPut => {
                let write: Write = serde_json::from_slice(&ask.json).unwrap();
                let version = state.records.get(&name).map_or(1, |it| it["version"].as_i64().unwrap() + 1);
                let record = json!({"key": ask.b, "value": write.value, "version": version, "sequence": 1, "createdAt": now, "updatedAt": now});
                state.records.insert(name, record);
                version.into()
            }
            Op::RecordDelete => state.records.remove(&name).is_some().into(),
            // All on one page, in the order of their keys.
            Op::RecordQuery => {
                let (query, collection): (Query, _) = (serde_json::from_slice(&ask.json).unwrap(), format!("{} ", ask.a));
                let fits = |it: &Value| query.filter.iter().all(|(name, value)| it["value"][name] == *value);
                let of_it = state.records.iter().filter(|(name, _)| name.starts_with(&collection));
                let found: Vec<&Value> = of_it.map(|(_, it)| it).filter(|it| fits(it)).collect();
                json!({"records": found, "next": null})
            }
            Op::RecordGet if ask.a != "auths.bindings" || !state.everybody_is_bound => {
                state.records.get(&name).cloned().unwrap_or(Value::Null)
            }
            Op::RecordGet => {
                let value = json!({"userId": "u1", "authType": "", "corpId": "", "authUserId": ""});
                json!({"key": ask.b, "value": value, "version": 1, "sequence": 1, "createdAt": now, "updatedAt": now})
            }
            other => panic!("not expected here: {other:?}"),
        }
    }
}

impl Inner {
    /// Does a write expect something else than there is?
    fn is_conflict(&self, ask: &Ask<'_>) -> bool {
        if ask.op != Op::RecordPut {
            return false;
        }
        let write: Write = serde_json::from_slice(&ask.json).unwrap();
        let state = self.state.lock().unwrap();
        let there = state.records.get(&format!("{} {}", ask.a, ask.b)).map(|it| it["version"].as_u64().unwrap());
        match write.expect {
            Expect::Any => false,
            Expect::Absent => there.is_some(),
            Expect::Version(version) => there != Some(version),
        }
    }
}

impl Host for Inner {
    fn ask<'a>(&'a self, _: &'a Call, ask: Ask<'a>) -> BoxFuture<'a, Result<Vec<u8>>> {
        Box::pin(async move {
            if self.is_conflict(&ask) {
                return Err(Error::new(ErrorKind::Conflict, code::CONFLICT, "somebody else wrote it first"));
            }
            Ok(serde_json::to_vec(&self.answer(&ask).await).unwrap())
        })
    }

    fn now(&self) -> i64 {
        self.clock.now()
    }

    fn log(&self, _: &Call, _: Level, text: &str) {
        self.state.lock().unwrap().log.push_str(text);
    }
}
