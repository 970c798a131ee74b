//! Records that this process read a moment ago, for readers whom a moment does not matter.
use element::Record;
use moka::sync::Cache;
use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// How many bytes of documents are kept, about, and how long at most, whoever asks.
const KEPT: u64 = 32 << 20;
const LONGEST: Duration = Duration::from_secs(60);
/// How many places share a count of writes.
const STRIPES: usize = 256;

/// App, collection, key.
type Place = (Box<str>, Box<str>, Box<str>);

#[derive(Debug)]
pub(crate) struct Recent {
    records: Cache<Place, Seen>,
    /// How many writes there were: what was read while one was under way may be from before it.
    writes: Box<[AtomicU64]>,
    hasher: RandomState,
}

#[derive(Debug, Clone)]
struct Seen {
    record: Arc<Record>,
    /// About how large it is.
    size: u32,
    /// When it was asked for, in milliseconds since 1970.
    at: i64,
}

/// What was true when a read began.
pub(crate) struct Begun {
    place: Place,
    writes: u64,
    at: i64,
}

impl Default for Recent {
    fn default() -> Self {
        let size = |_: &Place, seen: &Seen| seen.size;
        let records = Cache::builder().max_capacity(KEPT).weigher(size).time_to_live(LONGEST).build();
        Self { records, writes: (0..STRIPES).map(|_| AtomicU64::new(0)).collect(), hasher: RandomState::new() }
    }
}

fn place(app: &str, collection: &str, key: &str) -> Place {
    (app.into(), collection.into(), key.into())
}

impl Recent {
    fn writes(&self, place: &Place) -> Option<&AtomicU64> {
        usize::try_from(self.hasher.hash_one(place) % STRIPES as u64).ok().and_then(|it| self.writes.get(it))
    }

    /// The record as it was read in the last `at_most` milliseconds; or the read that has to be made begins.
    pub(crate) fn get(&self, at: [&str; 3], now: i64, at_most: u64) -> Result<Record, Begun> {
        let place = place(at[0], at[1], at[2]);
        let seen = self.records.get(&place).filter(|it| now.saturating_sub(it.at).unsigned_abs() < at_most);
        match seen.filter(|it| it.record.expires_at.is_none_or(|end| end > now)) {
            Some(it) => Ok(Arc::unwrap_or_clone(it.record)),
            None => {
                let writes = self.writes(&place).map_or(0, |it| it.load(Ordering::Acquire));
                Err(Begun { place, writes, at: now })
            }
        }
    }

    /// What was read, unless something was written there meanwhile.
    pub(crate) fn keep(&self, Begun { place, writes, at }: Begun, record: &Record) {
        let Some(now) = self.writes(&place) else { return };
        let untouched = || now.load(Ordering::Acquire) == writes;
        if untouched() {
            // A map of values takes more room than its text, and so does a small one.
            let size = u32::try_from(record.value.to_string().len() * 4 + 512).unwrap_or(u32::MAX);
            self.records.insert(place.clone(), Seen { record: Arc::new(record.clone()), size, at });
            // A write that came between the two has forgotten it before it was there.
            if !untouched() {
                self.records.invalidate(&place);
            }
        }
    }

    /// Something is written there, until the end of what this gives.
    pub(crate) fn change(&self, app: &str, collection: &str, key: &str) -> Changing<'_> {
        let changing = Changing { recent: self, place: place(app, collection, key) };
        changing.forget();
        changing
    }
}

/// A write under way. Whether or not it comes to a good end: what was read before counts no more.
pub(crate) struct Changing<'a> {
    recent: &'a Recent,
    place: Place,
}

impl Changing<'_> {
    fn forget(&self) {
        if let Some(writes) = self.recent.writes(&self.place) {
            writes.fetch_add(1, Ordering::AcqRel);
        }
        self.recent.records.invalidate(&self.place);
    }
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        self.forget();
    }
}
