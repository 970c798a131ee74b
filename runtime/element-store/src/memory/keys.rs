//! Ephemeral keys in memory.
use super::{
    AT_ONCE,
    expiry::{End, Expiry},
    leases::Leases,
    place::{At, Place},
};
use crate::{
    keys::{Counter, refuse_increment},
    limits, lock,
};
use async_trait::async_trait;
use element::{
    Result,
    host::{AskLease, Clock, Grant, Increment, SetKey},
};
use hashbrown::HashMap;
use serde_json::Value;
use std::{
    fmt,
    sync::{Arc, Mutex},
};

/// See [`Store::memory`](crate::Store::memory).
pub(crate) struct MemoryKeys {
    clock: Arc<dyn Clock>,
    values: Mutex<Values>,
    leases: Leases,
}

#[derive(Default)]
struct Values {
    entries: HashMap<Place, Entry>,
    expiry: Expiry<Place>,
}

struct Entry {
    /// Shared, so that it is copied after the lock was given back.
    value: Arc<Value>,
    end: End,
}

impl Values {
    fn clean(&mut self, now: i64) {
        for _ in 0..AT_ONCE {
            let Some(place) = self.expiry.take_over(now) else { break };
            self.entries.remove(&place);
        }
    }

    fn get_mut(&mut self, at: At<'_>, now: i64) -> Option<&mut Entry> {
        self.entries.get_mut(&at).filter(|it| !it.end.is_over(now))
    }

    fn remove(&mut self, at: At<'_>, now: i64) -> Option<Arc<Value>> {
        let entry = self.entries.remove(&at)?;
        self.expiry.remove(entry.end);
        (!entry.end.is_over(now)).then_some(entry.value)
    }

    /// Puts a value where [`Self::remove`] found none or took it away.
    fn insert(&mut self, at: At<'_>, value: Value, ends_at: i64) {
        let place = Place::from(&at);
        let end = self.expiry.add(ends_at, place.clone());
        self.entries.insert(place, Entry { value: Arc::new(value), end });
    }

    fn set(&mut self, at: At<'_>, set: SetKey, now: i64) -> bool {
        self.clean(now);
        if set.if_absent && self.get_mut(at, now).is_some() {
            return false;
        }
        self.remove(at, now);
        self.insert(at, set.value, limits::ends_at(now, set.ttl_ms));
        true
    }

    fn increment(&mut self, at: At<'_>, increment: &Increment, now: i64) -> Result<i64> {
        self.clean(now);
        if let Some(entry) = self.get_mut(at, now) {
            let count = entry.value.as_i64().ok_or_else(|| refuse_increment(Counter::NoNumber))?;
            let sum = count.checked_add(increment.by).ok_or_else(|| refuse_increment(Counter::AtItsEnd))?;
            entry.value = Arc::new(sum.into());
            return Ok(sum);
        }
        self.remove(at, now);
        self.insert(at, increment.by.into(), limits::ends_at(now, increment.ttl_ms));
        Ok(increment.by)
    }
}

impl MemoryKeys {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { leases: Leases::new(clock.clone()), clock, values: Mutex::default() }
    }
}

#[async_trait]
impl crate::Keys for MemoryKeys {
    async fn get(&self, scope: &str, name: &str) -> Result<Option<Value>> {
        limits::key(name)?;
        let now = self.clock.now();
        let found = lock(&self.values).get_mut(At { scope, name }, now).map(|it| it.value.clone());
        Ok(found.map(Arc::unwrap_or_clone))
    }

    async fn set(&self, scope: &str, name: &str, set: SetKey) -> Result<bool> {
        limits::set(name, &set)?;
        let now = self.clock.now();
        let mut values = lock(&self.values);
        // Looked at while nobody else can set: whoever loses the lease from here on comes after this.
        if set.under.as_ref().is_some_and(|it| !self.leases.is_held(At { scope, name: &it.name }, it.fence, now)) {
            return Ok(false);
        }
        Ok(values.set(At { scope, name }, set, now))
    }

    async fn take(&self, scope: &str, name: &str) -> Result<Option<Value>> {
        limits::key(name)?;
        let now = self.clock.now();
        let found = lock(&self.values).remove(At { scope, name }, now);
        Ok(found.map(Arc::unwrap_or_clone))
    }

    async fn delete(&self, scope: &str, name: &str) -> Result<bool> {
        limits::key(name)?;
        let now = self.clock.now();
        Ok(lock(&self.values).remove(At { scope, name }, now).is_some())
    }

    async fn increment(&self, scope: &str, name: &str, increment: Increment) -> Result<i64> {
        limits::key(name)?;
        limits::ttl(increment.ttl_ms)?;
        let now = self.clock.now();
        lock(&self.values).increment(At { scope, name }, &increment, now)
    }

    async fn lease(&self, scope: &str, name: &str, ask: AskLease) -> Result<Option<Grant>> {
        limits::key(name)?;
        limits::ttl(ask.ttl_ms)?;
        Ok(self.leases.lease(At { scope, name }, &ask).await)
    }

    async fn release(&self, scope: &str, name: &str, fence: u64) -> Result<bool> {
        limits::key(name)?;
        Ok(self.leases.release(At { scope, name }, fence))
    }
}

impl fmt::Debug for MemoryKeys {
    /// Counts only: values have no place in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = lock(&self.values).entries.len();
        f.debug_struct("MemoryKeys").field("values", &values).field("leases", &self.leases).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Keys;
    use element::host::ManualClock;
    use serde_json::json;

    #[tokio::test]
    async fn what_is_over_is_taken_away_as_time_goes() {
        let clock = Arc::new(ManualClock::at(0));
        let keys = MemoryKeys::new(clock.clone());
        for round in 0..1000 {
            keys.set("s", &format!("{round}"), SetKey { value: json!(1), ttl_ms: 10, ..SetKey::default() }).await.unwrap();
            keys.set("s", "always", SetKey { value: json!(1), ttl_ms: 10, ..SetKey::default() }).await.unwrap();
            keys.increment("s", &format!("count {round}"), Increment { by: 1, ttl_ms: 5 }).await.unwrap();
            clock.advance(1);
        }
        let values = lock(&keys.values);
        let kept = values.entries.len();
        assert!(kept <= 18 && values.expiry.len() == kept, "{kept} values, {} ends", values.expiry.len());
    }
}
