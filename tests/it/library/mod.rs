//! Types from dynamic libraries.
mod built;
mod same;

pub(crate) use built::{built, wecom};
