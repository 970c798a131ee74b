//! Login with WeCom, from the page's config to the session and back out, against a WeCom that is simulated.
mod changes;
mod codes;
mod companies;
mod configured;
mod consent;
mod js_sdk;
mod login;
mod outages;
mod proxy;
mod refusals;
mod secret_change;
mod sessions;
mod single_flight;
mod state;
mod sync;
mod sync_refused;

use element::{Error, Result};
use serde_json::Value;

/// An answer in-process as one line: the result, or kind, number and text.
fn told(result: Result<Value>) -> String {
    match result {
        Ok(it) => crate::site::without_chance(&it),
        Err(e) => told_error(&e),
    }
}

fn told_error(e: &Error) -> String {
    crate::site::without_ports(&format!("{:?} {} {}", e.kind, e.code, e.message))
}
