//! Work for the other side: tried at once, and moved to threads of its own only if it has to wait.
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Waker},
};
use tokio::{runtime::Handle, task::AbortHandle};

/// Runs what the other side called; no panic crosses.
pub fn guarded<T>(otherwise: T, run: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or(otherwise)
}

/// Begins a piece of work. Nearly every one comes to its end on this very thread, which costs a fraction of waking another.
/// `None`: it is over.
pub fn begin(runtime: &Handle, work: impl Future<Output = ()> + Send + 'static) -> Option<AbortHandle> {
    // Timers and sockets work during the first try.
    let _inside = runtime.enter();
    let mut work: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(work);
    if work.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
        return None;
    }
    // It is polled again at once, so nobody misses that the first waker woke nobody.
    Some(runtime.spawn(work).abort_handle())
}
