//! The Types that the engine's tests are made of: the same source that those link, as a crate that is built as a library.
#[path = "../it/engine/greeters/mod.rs"]
#[allow(unused, clippy::unwrap_used, reason = "it is for tests, and some of it for those in the same process")]
mod greeters;
