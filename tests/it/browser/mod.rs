//! What people see, in a real browser. Each case keeps a picture in `target/screenshots`.
mod driver;
mod failures;

pub(crate) use driver::{Browser, Look};
