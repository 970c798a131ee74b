//! Types from dynamic libraries.
mod built;
mod examples;
mod header;
mod load;
mod misbehaving;
mod of_apps;
mod refused;
mod replaced;
mod same;
mod signed;

pub(crate) use built::{as_if_linked, built, root, wecom};
