//! The engine as whoever embeds it meets it: folders in, answers and diagnostics out.
#![allow(clippy::unwrap_used, reason = "a test that panics is how it says no")]

mod apps;
mod greeters;
mod show;

mod broken_bytes;
mod cases;
mod disk;
mod disk_or_memory;

mod access;
mod calls;
mod deadlines;
mod finding;
mod hooks;
mod panics;
mod reload;

mod ctx;
mod doors;
mod jobs;
mod loopback;
mod same_through_bytes;
