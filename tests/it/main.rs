//! The house as its users meet it, in one binary: linking is what tests wait for.
#![allow(clippy::unwrap_used, reason = "a test that panics is how it says no")]

mod browser;
mod cli;
mod engine;
mod examples;
mod house;
mod http;
mod library;
mod live;
mod pages;
mod secrets;
mod seeds;
mod site;
mod store;
mod sync;
mod ui;
mod wechatpy;
mod wecom;
