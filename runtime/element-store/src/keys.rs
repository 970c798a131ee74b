//! What an engine for ephemeral keys and leases does.
use async_trait::async_trait;
use element::{
    Error, ErrorKind, Result, code,
    host::{AskLease, Grant, Increment, SetKey},
};
use serde_json::Value;
use std::fmt::Debug;

/// Values that stay for a while, and leases: what every host must agree on.
///
/// `scope` is composed by the caller (`app:<id>` or `host`); the same name in two scopes is two things, and so are a value
/// and a lease of the same name. What is over is not there any more. Every method refuses names and values beyond the
/// [`limits`](crate::limits) with `InvalidArgs`, and gives `Unavailable` when the engine cannot be reached.
#[async_trait]
pub trait Keys: Send + Sync + Debug {
    /// The value, if it is still there.
    ///
    /// # Errors
    /// Those of every method.
    async fn get(&self, scope: &str, name: &str) -> Result<Option<Value>>;

    /// Sets value and time; was it set? `false` if it was to be set only where none is, and one is there; or only under
    /// a lease of the same scope, and that one is not held (any more) with this fence.
    ///
    /// # Errors
    /// `InvalidArgs` if it is to stay for 0 ms. And those of every method.
    async fn set(&self, scope: &str, name: &str, set: SetKey) -> Result<bool>;

    /// Gives the value and takes it away; of many who ask at once exactly one gets it.
    ///
    /// # Errors
    /// Those of every method.
    async fn take(&self, scope: &str, name: &str) -> Result<Option<Value>>;

    /// Takes it away; was it there?
    ///
    /// # Errors
    /// Those of every method.
    async fn delete(&self, scope: &str, name: &str) -> Result<bool>;

    /// Adds to a whole number that starts at 0 and gives the sum; [`get`](Self::get) reads it as a JSON number. The time
    /// counts from the first increment (or from the `set` that made it); later increments leave it as it is.
    ///
    /// # Errors
    /// `Conflict` if the value is no whole number or the sum does not fit 64 bits; nothing is changed then.
    /// `InvalidArgs` if it is to stay for 0 ms. And those of every method.
    async fn increment(&self, scope: &str, name: &str, increment: Increment) -> Result<i64>;

    /// Asks to hold `name` alone. Waits up to `wait_ms` while somebody else holds it, roughly in the order of asking; `None`:
    /// it was held all that time. A lease whose time is over is free, whether or not its holder knows.
    ///
    /// The fence is larger with every grant of the same name, also when the lease ended by its time or by its release, and
    /// also when the engine was restarted meanwhile: a record may remember it.
    ///
    /// # Errors
    /// `InvalidArgs` if it is to be held for 0 ms. And those of every method.
    async fn lease(&self, scope: &str, name: &str, ask: AskLease) -> Result<Option<Grant>>;

    /// Gives the lease back; was it still held with this fence? `false` changes nothing.
    ///
    /// # Errors
    /// Those of every method.
    async fn release(&self, scope: &str, name: &str, fence: u64) -> Result<bool>;
}

/// Why nothing can be added to a key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Counter {
    NoNumber,
    AtItsEnd,
}

/// Every engine asks here, so that all say the same.
pub(crate) fn refuse_increment(because: Counter) -> Error {
    let message = match because {
        Counter::NoNumber => "the key holds something that is no whole number",
        Counter::AtItsEnd => "the counter has reached its end",
    };
    Error::new(ErrorKind::Conflict, code::CONFLICT, message)
}
