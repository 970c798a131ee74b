//! The host as whoever sends it HTTP meets it.
mod access;
mod addresses;
mod bodies;
pub(crate) mod callbacks;
mod door;
mod envelope;
mod failures;
mod health;
mod other_kinds;
mod vitals;

pub(crate) use vitals::WATCHED;
