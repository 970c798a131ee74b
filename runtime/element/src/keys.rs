//! Ephemeral keys and leases: what every host must agree on for a while (tokens, states, login codes).
use crate::{Ctx, Result, host::Op, secret::for_store};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::time::Duration;

/// Who sees a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reach {
    /// The addressed app only.
    App,
    /// Every app of the host. Only for what does not belong to an app, such as a token of an outside system.
    Host,
}

/// How a key is set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetKey {
    /// The value.
    pub value: Value,
    /// How long it stays, in milliseconds.
    pub ttl_ms: u64,
    /// Only if there is none yet.
    #[serde(default)]
    pub if_absent: bool,
    /// Only while this lease of the same reach is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under: Option<Held>,
}

/// A lease as its holder knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Held {
    /// The lease's name.
    pub name: String,
    /// The number it was given with.
    pub fence: u64,
}

/// How a counter grows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Increment {
    /// By how much.
    pub by: i64,
    /// How long the counter stays, in milliseconds from its first increment.
    pub ttl_ms: u64,
}

/// How a lease is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AskLease {
    /// How long it is held at most, in milliseconds: a holder that died gives it back this way.
    pub ttl_ms: u64,
    /// How long to wait for it, in milliseconds.
    pub wait_ms: u64,
}

/// A lease that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// The fencing token: larger with every grant of the same name, so that a holder who lost it can be told.
    pub fence: u64,
    /// When it ends by itself, in milliseconds since 1970.
    pub expires_at: i64,
}

/// Ephemeral keys; see [`Ctx::keys`] and [`Ctx::host_keys`].
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    pub(crate) ctx: &'a Ctx,
    pub(crate) reach: Reach,
}

impl<'a> Keys<'a> {
    fn reach(self) -> &'static str {
        match self.reach {
            Reach::App => "app",
            Reach::Host => "host",
        }
    }

    /// The value, if it is still there.
    ///
    /// # Errors
    /// The store cannot be reached, or the value is no `T`.
    pub async fn get<T: DeserializeOwned>(self, key: &str) -> Result<Option<T>> {
        self.ctx.ask(Op::KeyGet, self.reach(), key, &()).await
    }

    /// Sets the value for `ttl`. A [`Secret`](crate::Secret) in it is encrypted at rest.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub async fn set(self, key: &str, value: &(impl Serialize + Sync), ttl: Duration) -> Result<()> {
        self.put(key, value, ttl, false, None).await.map(drop)
    }

    /// Sets the value for `ttl` if there is none; was it set?
    ///
    /// # Errors
    /// The store cannot be reached.
    pub async fn set_if_absent(self, key: &str, value: &(impl Serialize + Sync), ttl: Duration) -> Result<bool> {
        self.put(key, value, ttl, true, None).await
    }

    async fn put(
        self,
        key: &str,
        value: &(impl Serialize + Sync),
        ttl: Duration,
        if_absent: bool,
        under: Option<Held>,
    ) -> Result<bool> {
        let set = SetKey { value: for_store(value)?, ttl_ms: millis(ttl), if_absent, under };
        self.ctx.ask(Op::KeySet, self.reach(), key, &set).await
    }

    /// Gives the value and takes it away; of many who ask at once exactly one gets it.
    ///
    /// # Errors
    /// The store cannot be reached, or the value is no `T`.
    pub async fn take<T: DeserializeOwned>(self, key: &str) -> Result<Option<T>> {
        self.ctx.ask(Op::KeyTake, self.reach(), key, &()).await
    }

    /// Takes it away.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub async fn delete(self, key: &str) -> Result<()> {
        self.ctx.ask(Op::KeyDelete, self.reach(), key, &()).await
    }

    /// Adds to a counter that starts at 0 and ends `ttl` after its first increment. Gives the new count.
    ///
    /// # Errors
    /// The store cannot be reached, or the key holds something else.
    pub async fn increment(self, key: &str, by: i64, ttl: Duration) -> Result<i64> {
        self.ctx.ask(Op::KeyIncrement, self.reach(), key, &Increment { by, ttl_ms: millis(ttl) }).await
    }

    /// Holds `name` alone, on all hosts together, for at most `ttl`; waits for it up to `wait`.
    /// `None`: somebody else had it all that time.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub async fn lease(self, name: &'a str, ttl: Duration, wait: Duration) -> Result<Option<Lease<'a>>> {
        let ask = AskLease { ttl_ms: millis(ttl), wait_ms: millis(wait) };
        let grant: Option<Grant> = self.ctx.ask(Op::LeaseAcquire, self.reach(), name, &ask).await?;
        Ok(grant.map(|grant| Lease { keys: self, name, grant }))
    }
}

/// A length of time as it goes to the host.
pub(crate) fn millis(it: Duration) -> u64 {
    u64::try_from(it.as_millis()).unwrap_or(u64::MAX)
}

/// A lease that is held. Give it back with [`Lease::release`]; forgotten, it ends with its time.
#[derive(Debug)]
#[must_use = "release it, or nobody else gets it until its time is over"]
pub struct Lease<'a> {
    keys: Keys<'a>,
    name: &'a str,
    /// What was given.
    pub grant: Grant,
}

impl Lease<'_> {
    /// Sets a value while the lease is still held, in one step; was it? Whoever lost it meanwhile writes over nothing.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub async fn set(&self, key: &str, value: &(impl Serialize + Sync), ttl: Duration) -> Result<bool> {
        let held = Held { name: self.name.to_owned(), fence: self.grant.fence };
        self.keys.put(key, value, ttl, false, Some(held)).await
    }

    /// Gives it back; was it still held?
    ///
    /// # Errors
    /// The store cannot be reached; the lease then ends with its time.
    pub async fn release(self) -> Result<bool> {
        self.keys.ctx.ask(Op::LeaseRelease, self.keys.reach(), self.name, &self.grant.fence).await
    }
}
