//! What lasts: records, ephemeral keys and jobs, as traits, and the engine that keeps them in memory.
//!
//! Every engine obeys the same rules. They stand at the traits [`Records`], [`Keys`] and [`Jobs`], and the suite in
//! `conformance` (a feature of this crate) checks each of them. Time is what the injected [`element::host::Clock`] shows; only
//! waiting takes real time.
#[cfg(feature = "conformance")]
pub mod conformance;
mod jobs;
mod keys;
pub mod limits;
mod memory;
mod records;

pub use jobs::{DONE_STAYS_MS, Jobs, Leased, lost_worker};
pub use keys::Keys;
pub use records::{Records, check_expected};

use element::host::Clock;
use std::sync::Arc;

/// Everything that lasts, and everything that lasts a while. Each part may be another engine.
#[derive(Clone, Debug)]
pub struct Store {
    /// The documents of the apps.
    pub records: Arc<dyn Records>,
    /// What all hosts agree on for a while.
    pub keys: Arc<dyn Keys>,
    /// The calls that are made later.
    pub jobs: Arc<dyn Jobs>,
}

impl Store {
    /// A store that is gone with the process and shared by nobody else.
    #[must_use]
    pub fn memory(clock: Arc<dyn Clock>) -> Self {
        Self {
            records: Arc::new(memory::MemoryRecords::new(clock.clone())),
            keys: Arc::new(memory::MemoryKeys::new(clock.clone())),
            jobs: Arc::new(memory::MemoryJobs::new(clock)),
        }
    }
}
