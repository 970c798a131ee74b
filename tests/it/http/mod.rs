//! The host as whoever sends it HTTP meets it.
#![allow(clippy::unwrap_used, reason = "a test that panics is how it says no")]
mod access;
mod addresses;
mod bodies;
mod door;
mod envelope;
mod failures;
mod health;
mod other_kinds;
