//! The ready-made host: HTTP and the command line around a [`Runtime`](element_engine::Runtime).
//!
//! A program that has its own web server merges [`http::router`] into it; `examples/embed.rs` shows how.

pub mod admin;
mod api;
mod arguments;
mod browser;
mod callbacks;
mod caller;
pub mod commands;
mod connections;
mod cookies;
mod health;
pub mod http;
pub mod keep;
pub mod libraries;
mod limits;
pub mod linked;
pub mod logging;
pub mod metrics;
pub mod open;
mod operate;
mod origin;
mod pages;
mod reply;
mod site;
mod vitals;
