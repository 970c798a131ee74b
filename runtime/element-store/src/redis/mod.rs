//! Ephemeral keys and leases in Redis: each method is one command or one script, which Redis carries out alone.
//!
//! A value is a hash: `value` (JSON text) or `number` (so that it can be added to), and its `end`. The end is compared with
//! our clock, which is the one that counts; Redis's own only makes room.
use crate::{
    ServerAddress,
    keys::{Counter, refuse_increment},
    limits,
    seal::{LateSeal, Seal},
    turns::Turns,
    unavailable,
};
use async_trait::async_trait;
use element::{
    Error, Result,
    host::{AskLease, Clock, Grant, Increment, SetKey},
};
use redis::{
    Client, ErrorKind, FromRedisValue, RedisError, Script, ScriptInvocation,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use serde_json::Value;
use std::{fmt, sync::Arc, time::Duration};

/// How long to wait for an answer, and for a connection.
const PATIENCE: Duration = Duration::from_secs(2);
/// The longest pause before it is tried to connect again.
const PAUSE: Duration = Duration::from_millis(500);
/// What stays longer than this (some 3,000 years) is kept for ever.
const LONGEST_MS: u64 = 100_000_000_000_000;
/// The last fence of all leases.
const FENCE: &str = "element:fence";

/// See [`Keys`](crate::Keys).
pub(crate) struct RedisKeys {
    pub(crate) address: ServerAddress,
    connection: ConnectionManager,
    clock: Arc<dyn Clock>,
    seal: Arc<LateSeal>,
    turns: Turns,
    scripts: Scripts,
}

struct Scripts {
    set: Script,
    take: Script,
    increment: Script,
    lease: Script,
    release: Script,
}

/// Value, number and end, as they are kept.
type Kept = (Option<String>, Option<i64>, Option<String>);

impl RedisKeys {
    /// Connects when it is asked for something.
    ///
    /// # Errors
    /// It is no address of a Redis, in words for the operator.
    pub(crate) fn open(address: &ServerAddress, clock: Arc<dyn Clock>, seal: Arc<LateSeal>) -> Result<Self, String> {
        let config = ConnectionManagerConfig::new()
            .set_response_timeout(Some(PATIENCE))
            .set_connection_timeout(Some(PATIENCE))
            .set_number_of_retries(1)
            .set_max_delay(PAUSE);
        let client = Client::open(address.as_str()).map_err(|e| e.to_string())?;
        let connection = ConnectionManager::new_lazy_with_config(client, config).map_err(|e| e.to_string())?;
        let scripts = Scripts {
            set: Script::new(include_str!("set.lua")),
            take: Script::new(include_str!("take.lua")),
            increment: Script::new(include_str!("increment.lua")),
            lease: Script::new(include_str!("lease.lua")),
            release: Script::new(include_str!("release.lua")),
        };
        Ok(Self { address: address.clone(), connection, clock, seal, turns: Turns::default(), scripts })
    }

    /// Can this error pass by itself?
    pub(crate) fn passes(error: &Error) -> bool {
        !error.internal.starts_with(REFUSED)
    }

    /// Does it answer, and can it be written to?
    ///
    /// # Errors
    /// `Unavailable`.
    pub(crate) async fn ping(&self) -> Result<()> {
        let mut set = redis::cmd("SET");
        set.arg("element:ping").arg(1).arg("PX").arg(60_000);
        self.command(set).await
    }

    async fn command<T: FromRedisValue>(&self, command: redis::Cmd) -> Result<T> {
        command.query_async(&mut self.connection.clone()).await.map_err(|e| failed(&e))
    }

    async fn script<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T> {
        self.seal.get()?;
        script.invoke_async(&mut self.connection.clone()).await.map_err(|e| failed(&e))
    }

    /// The value, if its time is not over.
    fn value(&self, scope: &str, name: &str, (text, number, end): Kept, now: i64) -> Result<Option<Value>> {
        if !is_there(end, now) {
            return Ok(None);
        }
        Ok(match number {
            Some(number) => Some(number.into()),
            None => self.seal.get()?.open_or_forget(scope, name, &text.unwrap_or_default()),
        })
    }

    async fn grant(&self, scope: &str, name: &str, ttl_ms: u64) -> Result<Option<Grant>> {
        let now = self.clock.now();
        let expires_at = limits::ends_at(now, ttl_ms);
        let mut script = self.scripts.lease.key(key("lease", scope, name));
        script.key(FENCE).arg(now).arg(expires_at).arg(stay(ttl_ms));
        let fence: Option<u64> = self.script(&script).await?;
        Ok(fence.map(|fence| Grant { fence, expires_at }))
    }
}

/// Something was kept, and its time is not over.
fn is_there(end: Option<String>, now: i64) -> bool {
    end.and_then(|it| it.parse::<i64>().ok()).is_some_and(|end| end > now)
}

/// The scope's length stands before it, so that no two places are the same text.
fn key(kind: &str, scope: &str, name: &str) -> String {
    format!("element:{kind}:{}:{scope}:{name}", scope.len())
}

fn stay(ttl_ms: u64) -> String {
    if ttl_ms > LONGEST_MS { String::new() } else { ttl_ms.to_string() }
}

/// How an error begins that no waiting helps against.
const REFUSED: &str = "Redis will not have us";

fn failed(e: &RedisError) -> Error {
    if e.kind() == ErrorKind::AuthenticationFailed || matches!(e.code(), Some("NOAUTH" | "WRONGPASS" | "NOPERM")) {
        return unavailable(format!("{REFUSED}: {e}"));
    }
    // What Redis itself says no to may be a mistake of ours, or its state: it loads, it is a replica, it is full.
    unavailable(format!("Redis: {e}"))
}

#[async_trait]
impl crate::Keys for RedisKeys {
    async fn get(&self, scope: &str, name: &str) -> Result<Option<Value>> {
        limits::key(name)?;
        let key = key("key", scope, name);
        let mut command = redis::cmd("HMGET");
        command.arg(key).arg(&["value", "number", "end"]);
        let kept = self.command(command).await?;
        self.value(scope, name, kept, self.clock.now())
    }

    async fn set(&self, scope: &str, name: &str, set: SetKey) -> Result<bool> {
        limits::set(name, &set)?;
        let (field, text) = match set.value.as_i64() {
            Some(number) => ("number", number.to_string()),
            None => ("value", self.seal.get()?.close(Seal::of_key(scope, name), &set.value)?),
        };
        let now = self.clock.now();
        let (lease, fence) = match &set.under {
            Some(held) => (key("lease", scope, &held.name), held.fence.to_string()),
            None => (String::new(), String::new()),
        };
        let mut script = self.scripts.set.key(key("key", scope, name));
        script.key(lease).arg(now).arg(limits::ends_at(now, set.ttl_ms)).arg(stay(set.ttl_ms)).arg(field).arg(text);
        script.arg(if set.if_absent { "yes" } else { "" }).arg(fence);
        self.script(&script).await
    }

    async fn take(&self, scope: &str, name: &str) -> Result<Option<Value>> {
        limits::key(name)?;
        let kept = self.script(&self.scripts.take.key(key("key", scope, name))).await?;
        self.value(scope, name, kept, self.clock.now())
    }

    async fn delete(&self, scope: &str, name: &str) -> Result<bool> {
        limits::key(name)?;
        let (_, _, end): Kept = self.script(&self.scripts.take.key(key("key", scope, name))).await?;
        Ok(is_there(end, self.clock.now()))
    }

    async fn increment(&self, scope: &str, name: &str, increment: Increment) -> Result<i64> {
        limits::key(name)?;
        limits::ttl(increment.ttl_ms)?;
        let now = self.clock.now();
        let mut script = self.scripts.increment.key(key("key", scope, name));
        script.arg(now).arg(limits::ends_at(now, increment.ttl_ms)).arg(stay(increment.ttl_ms)).arg(increment.by);
        let said: String = self.script(&script).await?;
        match &*said {
            "no number" => Err(refuse_increment(Counter::NoNumber)),
            "at its end" => Err(refuse_increment(Counter::AtItsEnd)),
            sum => sum.parse().map_err(|_| Error::internal(format!("Redis counts to {sum:?}"))),
        }
    }

    async fn lease(&self, scope: &str, name: &str, ask: AskLease) -> Result<Option<Grant>> {
        limits::key(name)?;
        limits::ttl(ask.ttl_ms)?;
        self.turns.wait(scope, name, ask.wait_ms, || self.grant(scope, name, ask.ttl_ms)).await
    }

    async fn release(&self, scope: &str, name: &str, fence: u64) -> Result<bool> {
        limits::key(name)?;
        let mut script = self.scripts.release.key(key("lease", scope, name));
        let held = self.script(script.arg(self.clock.now()).arg(fence)).await?;
        if held {
            self.turns.released(scope, name);
        }
        Ok(held)
    }
}

impl fmt::Debug for RedisKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisKeys").finish_non_exhaustive()
    }
}
