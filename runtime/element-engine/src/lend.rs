//! What a Type asks through its `Ctx`, done: the engine's side of the `Host` boundary.
use crate::{Instance, call::run, dispatch, engine::Engine, find, select::Selector};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use element::{
    Caller, Error, ErrorKind, HttpRequest, Level, NewJob, Query, Result, code,
    host::{Ask, AskLease, BoxFuture, Call, Form, Host, Increment, Input, Op, SetKey, Write},
};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Serialize, de::DeserializeOwned};
use sha2::Sha256;
use std::{sync::Arc, time::Duration};

/// More random bytes at once are a mistake.
const RANDOM_LIMIT: u32 = 1024;

impl Host for Engine {
    fn ask<'a>(&'a self, call: &'a Call, ask: Ask<'a>) -> BoxFuture<'a, Result<Vec<u8>>> {
        Box::pin(self.answer(call, ask))
    }

    fn now(&self) -> i64 {
        self.options.clock.now()
    }

    fn log(&self, call: &Call, level: Level, text: &str) {
        let Call { app, element, request_id, .. } = call;
        let (app, element, request_id) = (&**app, &**element, &**request_id);
        match level {
            Level::Debug => tracing::debug!(target: "element::log", app, element, request_id, "{text}"),
            Level::Info => tracing::info!(target: "element::log", app, element, request_id, "{text}"),
            Level::Warn => tracing::warn!(target: "element::log", app, element, request_id, "{text}"),
            Level::Error => tracing::error!(target: "element::log", app, element, request_id, "{text}"),
        }
    }
}

impl Engine {
    async fn answer(&self, call: &Call, ask: Ask<'_>) -> Result<Vec<u8>> {
        let Ask { op, a, b, json } = ask;
        let (app, store) = (&*call.app, &self.options.store);
        match op {
            Op::Call => self.call_element(call, a, b, &json).await,
            Op::CallOverridden => Err(nothing_overridden()),
            Op::Find => {
                let (selector, snapshot) = (Selector::parse(a)?, self.snapshot.load());
                let found = snapshot.app(app).map(|it| selector.find(it)).unwrap_or_default();
                give(&found.into_keys().collect::<Vec<_>>())
            }
            Op::Http => {
                let request: HttpRequest = read(&json)?;
                give(&self.outbound.send(&request, self.left(call)).await?)
            }
            Op::Setting => give(&self.setting(a)),
            Op::Random => {
                let count: u32 = read(&json)?;
                if count > RANDOM_LIMIT {
                    return Err(Error::internal(format!("{count} random bytes are more than {RANDOM_LIMIT}")));
                }
                let mut bytes = vec![0; count as usize];
                self.options.random.fill(&mut bytes);
                give(&BASE64_URL_SAFE_NO_PAD.encode(bytes))
            }
            Op::Fingerprint => {
                let secret: String = read(&json)?;
                let key = store.fingerprint_key()?.unwrap_or(self.fingerprint_key);
                let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|e| Error::internal(e.to_string()))?;
                mac.update(secret.as_bytes());
                give(&BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
            }
            Op::Metric => {
                metrics::counter!(a.to_owned(), "app" => app.to_owned()).increment(read(&json)?);
                give(&())
            }
            Op::Progress => give(&self.progress(call, read(&json)?).await?),
            Op::Sleep => {
                tokio::time::sleep(self.options.clock.pass(Duration::from_millis(read(&json)?))).await;
                give(&())
            }
            Op::RecordGet => give(&match read::<Option<u64>>(&json)? {
                Some(at_most_ms) => store.records.get_recent(app, a, b, at_most_ms).await?,
                None => store.records.get(app, a, b).await?,
            }),
            Op::RecordPut => give(&store.records.put(app, a, b, read::<Write>(&json)?).await?),
            Op::RecordDelete => give(&store.records.delete(app, a, b).await?),
            Op::RecordQuery => give(&store.records.query(app, a, &read::<Query>(&json)?).await?),
            Op::RecordCount => give(&store.records.count(app, a, &read(&json)?).await?),
            Op::KeyGet => give(&store.keys.get(&scope(a, app)?, b).await?),
            Op::KeySet => give(&store.keys.set(&scope(a, app)?, b, read::<SetKey>(&json)?).await?),
            Op::KeyTake => give(&store.keys.take(&scope(a, app)?, b).await?),
            Op::KeyDelete => give(&store.keys.delete(&scope(a, app)?, b).await.map(drop)?),
            Op::KeyIncrement => give(&store.keys.increment(&scope(a, app)?, b, read::<Increment>(&json)?).await?),
            Op::LeaseAcquire => {
                let scope = scope(a, app)?;
                let grant = store.keys.lease(&scope, b, read::<AskLease>(&json)?).await?;
                if let Some(grant) = grant {
                    self.leases.given(call, scope, b, grant, self.now());
                }
                give(&grant)
            }
            Op::LeaseRelease => {
                let fence = read(&json)?;
                self.leases.returned(call, fence);
                give(&store.keys.release(&scope(a, app)?, b, fence).await?)
            }
            Op::JobStart => {
                let job: NewJob = read(&json)?;
                let target = match self.target(app, &job.element) {
                    // In its `start`, an element is not there yet for others; what it puts off, it does later.
                    Err(_) if *job.element == *call.element => None,
                    target => Some(target?),
                };
                // Who started it all is enough: a job that puts itself off again must not grow a chain of callers.
                let origin = Arc::new(call.caller.origin().clone());
                let caller = Caller::Element { name: Arc::clone(&call.element), on_behalf_of: origin };
                if let Some(target) = &target {
                    find::allowed(target, &job.method, &caller, app)?;
                }
                give(&store.jobs.add(app, job, caller).await?)
            }
            Op::JobGet => give(&store.jobs.get(app, read(&json)?).await?),
            other => {
                Err(Error::new(ErrorKind::Unavailable, code::UNKNOWN_OPERATION, format!("this host cannot do {other:?}")))
            }
        }
    }

    /// An element calls another one of the same app: internal, and the original caller stays visible.
    async fn call_element(&self, call: &Call, element: &str, method: &str, json: &[u8]) -> Result<Vec<u8>> {
        let target = self.target(&call.app, element)?;
        let caller = as_caller(call);
        let (method, instance) = (find::allowed(&target, method, &caller, &call.app)?, &target.instance);
        let next = Call { element: instance.key.full_name.shared(), caller, ..call.clone() };
        dispatch::carry_out(&self.me()?, instance, method, Input::Bytes(json), Form::Bytes, next).await?.into_bytes()
    }
}

/// What is lent to an element whose Type stands in the place of another one.
#[derive(Debug)]
pub(crate) struct Above {
    pub(crate) engine: Arc<Engine>,
    pub(crate) instance: Arc<Instance>,
}

impl Host for Above {
    fn ask<'a>(&'a self, call: &'a Call, ask: Ask<'a>) -> BoxFuture<'a, Result<Vec<u8>>> {
        match ask.op {
            Op::CallOverridden => Box::pin(async move { self.call_overridden(call, ask.a, &ask.json).await }),
            _ => self.engine.ask(call, ask),
        }
    }

    fn now(&self) -> i64 {
        self.engine.now()
    }

    fn log(&self, call: &Call, level: Level, text: &str) {
        self.engine.log(call, level, text);
    }
}

impl Above {
    /// The same call goes on, one Type further: it is the same caller's, and nobody is asked whether it is allowed, since
    /// that was asked of the Type that stands before.
    async fn call_overridden(&self, call: &Call, method: &str, json: &[u8]) -> Result<Vec<u8>> {
        let below = self.instance.overridden.as_ref().ok_or_else(nothing_overridden)?;
        let found = find::method(&below.ty, method, &below.key.full_name)?;
        run(&self.engine, below, found, Input::Bytes(json), Form::Bytes, call.clone()).await?.into_bytes()
    }
}

fn nothing_overridden() -> Error {
    let message = "there is no Type to call that this one stands in the place of: a Type says `overrides` in its attribute \
                   to have it, and it has it in methods, not in `start` and `stop`";
    Error::new(ErrorKind::NotFound, code::NO_ELEMENT, message)
}

/// The element of this call as the caller of the next one.
fn as_caller(call: &Call) -> Caller {
    Caller::Element { name: Arc::clone(&call.element), on_behalf_of: Arc::new(call.caller.clone()) }
}

/// Records and keys of one app are not another's.
fn scope(reach: &str, app: &str) -> Result<String> {
    match reach {
        "app" => Ok(format!("app:{app}")),
        "host" => Ok("host".into()),
        other => Err(Error::internal(format!("a key reaches `app` or `host`, not `{other}`"))),
    }
}

fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T> {
    serde_json::from_slice(json).map_err(|e| Error::internal(format!("an element asked in a way nobody understands: {e}")))
}

fn give<T: Serialize + ?Sized>(answer: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(answer).map_err(|e| Error::internal(e.to_string()))
}
