//! The engine as whoever embeds it meets it: folders in, answers and diagnostics out.
pub(crate) mod apps;
pub(crate) mod greeters;
pub(crate) mod show;

mod broken_bytes;
mod cases;
mod disk;
mod disk_or_memory;
mod links;

mod access;
mod calls;
mod deadlines;
mod finding;
mod hooks;
mod inheritance;
mod panics;
mod reload;

mod ctx;
mod jobs;
mod loopback;
pub(crate) mod same_through_bytes;
