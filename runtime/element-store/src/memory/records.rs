//! Records in memory.
use super::{
    AT_ONCE,
    expiry::{End, Expiry},
    place::{At, Place},
};
use crate::{check_expected, limits, lock};
use async_trait::async_trait;
use element::{
    Page, Query, Record, Result,
    host::{Clock, Write},
};
use hashbrown::HashMap;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fmt,
    ops::Bound,
    sync::{Arc, Mutex},
};

/// See [`Store::memory`](crate::Store::memory).
pub(crate) struct MemoryRecords {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    collections: HashMap<Place, Collection>,
    expiry: Expiry<(Place, Arc<str>)>,
}

/// Stays when its last record goes, because no sequence is given twice. Collections are named by programs, so they are few.
#[derive(Default)]
struct Collection {
    last_sequence: u64,
    records: BTreeMap<Arc<str>, Entry>,
    by_sequence: HashMap<u64, Arc<str>>,
}

impl Collection {
    fn take(&mut self, key: &str) -> Option<Entry> {
        let entry = self.records.remove(key)?;
        self.by_sequence.remove(&entry.record.sequence);
        Some(entry)
    }

    /// The records behind `after` in the order of their keys; with a sequence, the one that has it.
    fn range(&self, after: Option<&str>, sequence: Option<u64>) -> impl Iterator<Item = &Entry> {
        let only = sequence.map(|it| self.by_sequence.get(&it).map_or("", |key| key));
        // No record has the empty key.
        let start = match only {
            Some(key) => Bound::Included(key),
            None => after.map_or(Bound::Unbounded, Bound::Excluded),
        };
        let end = only.map_or(Bound::Unbounded, Bound::Included);
        let behind = move |key: &str| after.is_none_or(|after| key > after);
        self.records.range::<str, _>((start, end)).filter(move |(key, _)| behind(key)).map(|(_, entry)| entry)
    }
}

struct Entry {
    /// Shared, so that it is copied after the lock was given back.
    record: Arc<Record>,
    end: Option<End>,
}

impl Entry {
    fn is_over(&self, now: i64) -> bool {
        self.end.is_some_and(|end| end.is_over(now))
    }
}

impl State {
    fn clean(&mut self, now: i64) {
        for _ in 0..AT_ONCE {
            let Some((place, key)) = self.expiry.take_over(now) else { break };
            if let Some(collection) = self.collections.get_mut(&place) {
                collection.take(&key);
            }
        }
    }

    /// Takes the record away, and gives it if it was still there for others.
    fn remove(&mut self, at: At<'_>, key: &str, now: i64) -> Option<Entry> {
        let entry = self.collections.get_mut(&at)?.take(key)?;
        if let Some(end) = entry.end {
            self.expiry.remove(end);
        }
        (!entry.is_over(now)).then_some(entry)
    }

    fn put(&mut self, at: At<'_>, key: &str, write: Write, now: i64) -> Result<u64> {
        self.clean(now);
        let found = self.collections.get(&at).and_then(|it| it.records.get(key)).filter(|it| !it.is_over(now));
        check_expected(at.name, write.expect, found.map(|it| it.record.version))?;
        let before = self.remove(at, key, now);
        let place = Place::from(&at);
        let key: Arc<str> = key.into();
        let end = write.expires_at.map(|at| self.expiry.add(at, (place.clone(), key.clone())));
        let collection = self.collections.entry(place).or_default();
        let (version, sequence, created_at) = match before {
            Some(Entry { record, .. }) => (record.version + 1, record.sequence, record.created_at),
            None => {
                collection.last_sequence += 1;
                (1, collection.last_sequence, now)
            }
        };
        let record = Record {
            key: (*key).to_owned(),
            value: write.value,
            version,
            sequence,
            created_at,
            updated_at: now,
            expires_at: write.expires_at,
        };
        collection.by_sequence.insert(sequence, key.clone());
        collection.records.insert(key, Entry { record: Arc::new(record), end });
        Ok(version)
    }

    /// The records that are there and that are asked for, however many, in the order of their keys.
    fn find(&self, at: At<'_>, query: &Query, now: i64) -> impl Iterator<Item = &Arc<Record>> {
        let records = self.collections.get(&at).map(|it| it.range(query.after.as_deref(), query.sequence));
        let there = records.into_iter().flatten().filter(move |it| !it.is_over(now)).map(|it| &it.record);
        there.filter(|it| fits(&it.value, &query.filter))
    }
}

fn fits(value: &Value, filter: &BTreeMap<String, Value>) -> bool {
    filter.iter().all(|(field, wanted)| value.as_object().and_then(|it| it.get(field)) == Some(wanted))
}

impl MemoryRecords {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Mutex::default() }
    }
}

#[async_trait]
impl crate::Records for MemoryRecords {
    async fn get(&self, app: &str, collection: &str, key: &str) -> Result<Option<Record>> {
        limits::collection(collection)?;
        limits::key(key)?;
        let now = self.clock.now();
        let found = {
            let state = lock(&self.state);
            let entry = state.collections.get(&At { scope: app, name: collection }).and_then(|it| it.records.get(key));
            entry.filter(|it| !it.is_over(now)).map(|it| it.record.clone())
        };
        Ok(found.map(Arc::unwrap_or_clone))
    }

    /// Nothing is nearer than memory.
    async fn get_recent(&self, app: &str, collection: &str, key: &str, _at_most_ms: u64) -> Result<Option<Record>> {
        self.get(app, collection, key).await
    }

    async fn put(&self, app: &str, collection: &str, key: &str, write: Write) -> Result<u64> {
        limits::collection(collection)?;
        limits::key(key)?;
        limits::document(&write.value)?;
        limits::indexed(&write.indexed)?;
        let now = self.clock.now();
        lock(&self.state).put(At { scope: app, name: collection }, key, write, now)
    }

    async fn delete(&self, app: &str, collection: &str, key: &str) -> Result<bool> {
        limits::collection(collection)?;
        limits::key(key)?;
        let now = self.clock.now();
        Ok(lock(&self.state).remove(At { scope: app, name: collection }, key, now).is_some())
    }

    async fn query(&self, app: &str, collection: &str, query: &Query) -> Result<Page> {
        limits::collection(collection)?;
        limits::filter(&query.filter)?;
        query.after.as_deref().map_or(Ok(()), limits::key)?;
        let limit = limits::page(query.limit);
        let now = self.clock.now();
        let mut found: Vec<_> = {
            let state = lock(&self.state);
            // One more than asked for tells whether there is another page.
            state.find(At { scope: app, name: collection }, query, now).take(limit + 1).cloned().collect()
        };
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|it| it.key.clone());
        Ok(Page { records: found.into_iter().map(Arc::unwrap_or_clone).collect(), next })
    }

    async fn count(&self, app: &str, collection: &str, filter: &BTreeMap<String, Value>) -> Result<u64> {
        limits::collection(collection)?;
        limits::filter(filter)?;
        let query = Query { filter: filter.clone(), ..Query::default() };
        let now = self.clock.now();
        let count = lock(&self.state).find(At { scope: app, name: collection }, &query, now).count();
        Ok(count as u64)
    }
}

impl fmt::Debug for MemoryRecords {
    /// Counts only: documents have no place in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let records: usize = lock(&self.state).collections.values().map(|it| it.records.len()).sum();
        f.debug_struct("MemoryRecords").field("records", &records).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Records;
    use element::host::ManualClock;
    use serde_json::json;

    #[tokio::test]
    async fn what_is_over_is_taken_away_as_time_goes() {
        let clock = Arc::new(ManualClock::at(0));
        let records = MemoryRecords::new(clock.clone());
        for round in 0..1000_i64 {
            let write = Write { value: json!({}), expires_at: Some(round + 10), ..Write::default() };
            records.put("a", "c", &format!("{round}"), write.clone()).await.unwrap();
            records.put("a", "c", "always", write).await.unwrap();
            clock.advance(1);
        }
        let state = lock(&records.state);
        let kept: usize = state.collections.values().map(|it| it.records.len()).sum();
        assert!(kept <= 12 && state.expiry.len() == kept, "{kept} records, {} ends", state.expiry.len());
    }
}
