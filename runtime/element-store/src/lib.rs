//! What lasts: records, ephemeral keys and jobs, as traits, and the engines that keep them.
//!
//! | | records and jobs | ephemeral keys |
//! |---|---|---|
//! | [`memory`](Store::memory) | in the process | in the process |
//! | [`sqlite:…`](StoreAddress::Sqlite) | in a file | in the process, or in Redis |
//! | [`postgres://…`](StoreAddress::Postgres) | in a database that hosts share | there too, or in Redis |
//!
//! Every engine obeys the same rules. They stand at the traits [`Records`], [`Keys`] and [`Jobs`], and the suite in
//! `conformance` (a feature of this crate) checks each of them. Time is what the injected [`element::host::Clock`] shows; only
//! waiting takes real time.
mod address;
#[cfg(feature = "conformance")]
pub mod conformance;
mod jobs;
mod key;
mod keys;
pub mod limits;
mod memory;
mod news;
mod open;
mod postgres;
mod ready;
mod recent;
mod records;
mod redis;
mod seal;
pub mod secret_file;
mod sql;
mod sqlite;
mod tend;
mod turns;

pub use address::{CacheAddress, ServerAddress, StoreAddress};
pub use jobs::{DONE_STAYS_MS, Jobs, Leased, lost_worker};
pub use key::MasterKey;
pub use keys::Keys;
pub use open::OpenStore;
pub use records::{Records, check_expected};
pub use tend::Condition;

use element::{Error, ErrorKind, Result, code, host::Clock};
use std::{
    borrow::Cow,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

/// Everything that lasts, and everything that lasts a while. Each part may be another engine.
#[derive(Clone, Debug)]
pub struct Store {
    /// The documents of the apps.
    pub records: Arc<dyn Records>,
    /// What all hosts agree on for a while.
    pub keys: Arc<dyn Keys>,
    /// The calls that are made later.
    pub jobs: Arc<dyn Jobs>,
    /// `None` in memory: there is nothing that could be away.
    tended: Option<Arc<tend::Tending>>,
}

impl Store {
    /// A store that is gone with the process and shared by nobody else.
    #[must_use]
    pub fn memory(clock: Arc<dyn Clock>) -> Self {
        Self {
            records: Arc::new(memory::MemoryRecords::new(clock.clone())),
            keys: Arc::new(memory::MemoryKeys::new(clock.clone())),
            jobs: Arc::new(memory::MemoryJobs::new(clock)),
            tended: None,
        }
    }

    /// How it stands, and how it comes to stand.
    #[must_use]
    pub fn condition(&self) -> watch::Receiver<Condition> {
        self.tended.as_ref().map_or_else(|| watch::channel(Condition::Ready).1, |it| it.condition())
    }

    /// Why it cannot be read or written now; `None`: it can.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        match &*self.condition().borrow() {
            Condition::Ready => None,
            Condition::Away(why) | Condition::Unusable(why) => Some(why.clone()),
        }
    }

    /// Waits until it is found that it cannot be used and that no waiting helps; why, in words for the operator.
    pub async fn unusable(&self) -> String {
        let mut condition = self.condition();
        let found = condition.wait_for(|it| matches!(it, Condition::Unusable(_))).await.map(|it| it.clone());
        match found {
            Ok(Condition::Unusable(why)) => why,
            // Nobody tends it, so nobody finds anything.
            _ => std::future::pending().await,
        }
    }

    /// What hosts that share this store make keyed hashes with; `None`: nobody shares it.
    ///
    /// # Errors
    /// `Unavailable`: the store was not reached yet.
    pub fn fingerprint_key(&self) -> Result<Option<[u8; 32]>> {
        self.tended.as_ref().map(|it| it.fingerprint_key()).transpose()
    }
}

/// The error of a call that needs what cannot be reached now, or cannot be written to.
fn unavailable(why: impl Into<Cow<'static, str>>) -> Error {
    let message = "what this call needs cannot be read or written now; try again in a moment";
    Error::new(ErrorKind::Unavailable, code::UNAVAILABLE, message).because(why)
}

/// A panic elsewhere does not take the store away from everybody: nothing is left half-changed between two statements.
fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}
