//! The command `element` as somebody at a terminal meets it.
#![allow(clippy::unwrap_used, reason = "a test that panics is how it says no")]
mod call;
mod look;
mod offers;
pub(crate) mod program;
mod serve;
mod token;
