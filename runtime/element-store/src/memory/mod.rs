//! The engine that keeps everything in the process: for tests, and for what may be lost with the process.
//!
//! Each part is one lock around plain maps; what is done under it is short, and large values are copied after it is given
//! back. No task runs in the background: what is over is passed over by every reader, and every write takes away up to
//! [`AT_ONCE`] entries that are over. A write adds one entry at most, so entries that are over never pile up beyond those
//! that were alive together, and no single write pays for all of them.
mod expiry;
mod jobs;
mod keys;
mod leases;
mod place;
mod records;

pub(crate) use jobs::MemoryJobs;
pub(crate) use keys::MemoryKeys;
pub(crate) use records::MemoryRecords;

/// How many entries that are over one write takes away at most.
const AT_ONCE: usize = 16;
