//! The engine's side of what a library asks: an operation's number, two words and JSON, handed on through a `Ctx`.
//!
//! A `Ctx` does not give away its host, so each operation goes through the method of `Ctx` that is made for it.
use super::loopback::{read, write};
use element::{
    Ctx, Error, HttpRequest, Keys, Lease, Progress, Query, Result,
    host::{AskLease, Held, Increment, Op, SetKey, Write},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
    time::Duration,
};

/// Every number that was asked for in this process.
pub(crate) static ASKED: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// The far side knows a lease by app, reach, name and number only; this side holds it.
type Leases = BTreeMap<(String, String, String, u64), Lease<'static>>;
static HELD: Mutex<Leases> = Mutex::new(BTreeMap::new());

pub(crate) async fn ask(ctx: &Ctx, number: u32, a: &str, b: &str, json: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
    ASKED.lock().unwrap().insert(number);
    let answer = async { answer(ctx, Op::from_number(number)?, a, b, json).await };
    answer.await.map_err(|e| write(&e).unwrap_or_default())
}

async fn answer(ctx: &Ctx, op: Op, a: &str, b: &str, json: &[u8]) -> Result<Vec<u8>> {
    let (records, keys) = (ctx.records(a), if a == "host" { ctx.host_keys() } else { ctx.keys() });
    match op {
        Op::Call => write(&ctx.element(a).call::<Value>(b, &read::<Value>(json)?).await?),
        Op::CallOverridden => write(&ctx.overridden().call::<Value>(a, &read::<Value>(json)?).await?),
        Op::Find => write(&ctx.find_elements(a).await?),
        Op::Http => write(&ctx.http(&read::<HttpRequest>(json)?).await?),
        Op::Setting => write(&ctx.setting(a).await?),
        Op::Random => write(&ctx.random(read(json)?).await?),
        Op::Fingerprint => write(&ctx.fingerprint(&read::<String>(json)?).await?),
        Op::Metric => write(&ctx.metric(a, read(json)?).await?),
        Op::Progress => {
            let Progress { done, total } = read(json)?;
            write(&ctx.progress(done, total).await?)
        }
        Op::Sleep => write(&ctx.sleep(Duration::from_millis(read(json)?)).await?),
        Op::RecordGet => match read(json)? {
            Some(ms) => write(&records.get_recent::<Value>(b, Duration::from_millis(ms)).await?),
            None => write(&records.get::<Value>(b).await?),
        },
        Op::RecordPut => {
            let Write { value, expect, expires_at, indexed } = read(json)?;
            let indexed: Vec<_> = indexed.iter().map(String::as_str).collect();
            write(&records.indexed(&indexed).write(b, &value, expect, expires_at).await?)
        }
        Op::RecordDelete => write(&records.delete(b).await?),
        Op::RecordQuery => write(&records.query::<Value>(&read::<Query>(json)?).await?),
        Op::RecordCount => write(&records.count(&read(json)?).await?),
        Op::KeyGet => write(&keys.get::<Value>(b).await?),
        Op::KeySet => {
            let SetKey { value, ttl_ms, if_absent, under } = read(json)?;
            let ttl = Duration::from_millis(ttl_ms);
            if let Some(Held { name, fence }) = under {
                let place = (ctx.app().into(), a.into(), name, fence);
                let Some(lease) = HELD.lock().unwrap().remove(&place) else { return write(&false) };
                let set = lease.set(b, &value, ttl).await;
                HELD.lock().unwrap().insert(place, lease);
                return write(&set?);
            }
            if if_absent {
                return write(&keys.set_if_absent(b, &value, ttl).await?);
            }
            keys.set(b, &value, ttl).await?;
            write(&true)
        }
        Op::KeyTake => write(&keys.take::<Value>(b).await?),
        Op::KeyDelete => write(&keys.delete(b).await?),
        Op::KeyIncrement => {
            let Increment { by, ttl_ms } = read(json)?;
            write(&keys.increment(b, by, Duration::from_millis(ttl_ms)).await?)
        }
        Op::LeaseAcquire => acquire(ctx, a, b, &read(json)?).await,
        Op::LeaseRelease => {
            let held = HELD.lock().unwrap().remove(&(ctx.app().into(), a.into(), b.into(), read(json)?));
            match held {
                Some(lease) => write(&lease.release().await?),
                None => write(&false),
            }
        }
        Op::JobStart => write(&ctx.jobs().start(&read(json)?).await?),
        Op::JobGet => write(&ctx.jobs().get(read(json)?).await?),
        other => Err(Error::internal(format!("{other:?} is new: hand it on here"))),
    }
}

async fn acquire(ctx: &Ctx, reach: &str, name: &str, ask: &AskLease) -> Result<Vec<u8>> {
    // A lease borrows its `Ctx` and its name, and may be given back in another call: for a test these may stay for ever.
    let (ctx, kept): (&'static Ctx, &'static str) = (Box::leak(Box::new(ctx.clone())), name.to_owned().leak());
    let keys: Keys<'static> = if reach == "host" { ctx.host_keys() } else { ctx.keys() };
    let lease = keys.lease(kept, Duration::from_millis(ask.ttl_ms), Duration::from_millis(ask.wait_ms)).await?;
    let grant = lease.as_ref().map(|it| it.grant);
    if let Some(lease) = lease {
        HELD.lock().unwrap().insert((ctx.app().into(), reach.into(), name.into(), lease.grant.fence), lease);
    }
    write(&grant)
}
