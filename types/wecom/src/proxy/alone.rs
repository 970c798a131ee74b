//! What is done by one at a time, of all callers on all hosts.
use element::{Ctx, Error, ErrorKind, Result, code};
use std::time::Duration;

/// Longer than everything that is done alone takes.
const LEASE: Duration = Duration::from_secs(60);
/// How long to wait for whoever is at it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Does something that nobody else does at the same time.
///
/// # Errors
/// `Unavailable` if somebody else does not come to an end.
pub(super) async fn alone<T>(ctx: &Ctx, name: &str, act: impl AsyncFnOnce() -> Result<T>) -> Result<T> {
    let Some(lease) = ctx.keys().lease(name, LEASE, PATIENCE).await? else {
        let message = "this is being worked on; try again in a moment";
        return Err(Error::new(ErrorKind::Unavailable, code::UNAVAILABLE, message));
    };
    let outcome = act().await;
    // If it cannot be given back now, it ends with the call.
    let _ = lease.release().await;
    outcome
}
