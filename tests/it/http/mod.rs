//! The host as whoever sends it HTTP meets it.
mod access;
mod addresses;
mod bodies;
mod door;
mod envelope;
mod failures;
mod health;
mod other_kinds;
mod vitals;
