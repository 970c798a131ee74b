//! Leases end with the call that took them, however it ends: a caller that went away, or a deadline that passed in the
//! middle, must not keep everybody else waiting until the lease is over by itself.
use element::host::{Call, Grant};
use element_store::Keys;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::runtime::Handle;

/// A lease that somebody holds.
struct Held {
    scope: String,
    name: String,
    grant: Grant,
}

/// The leases that calls hold, by where their `Call` lies: that is one and the same for a call and all clones of its `Ctx`.
#[derive(Default)]
pub(crate) struct Leases {
    held: Mutex<HashMap<usize, Vec<Held>>>,
    /// So that a call without a lease, as nearly every call is, need not lock anything.
    count: AtomicUsize,
}

fn place(call: &Call) -> usize {
    std::ptr::from_ref(call) as usize
}

impl Leases {
    /// `call` was given a lease.
    pub(crate) fn given(&self, call: &Call, scope: String, name: &str, grant: Grant, now: i64) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        // A task that outlives its call may take one, and nobody sees its end: the lease's own end is enough then.
        held.retain(|_, leases| {
            leases.retain(|it| it.grant.expires_at > now);
            !leases.is_empty()
        });
        held.entry(place(call)).or_default().push(Held { scope, name: name.into(), grant });
        self.count.store(held.len(), Ordering::Release);
    }

    /// `call` gave a lease back.
    pub(crate) fn returned(&self, call: &Call, fence: u64) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(leases) = held.get_mut(&place(call)) {
            leases.retain(|it| it.grant.fence != fence);
            if leases.is_empty() {
                held.remove(&place(call));
            }
        }
        self.count.store(held.len(), Ordering::Release);
    }

    fn left_by(&self, place: usize) -> Vec<Held> {
        if self.count.load(Ordering::Acquire) == 0 {
            return Vec::new();
        }
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let left = held.remove(&place).unwrap_or_default();
        self.count.store(held.len(), Ordering::Release);
        left
    }
}

/// Ends a call's leases when it is dropped.
pub(crate) struct EndLeases<'a> {
    leases: &'a Leases,
    keys: &'a Arc<dyn Keys>,
    handle: &'a Handle,
    place: usize,
}

impl<'a> EndLeases<'a> {
    pub(crate) fn of(leases: &'a Leases, keys: &'a Arc<dyn Keys>, handle: &'a Handle, call: &Call) -> Self {
        Self { leases, keys, handle, place: place(call) }
    }
}

impl Drop for EndLeases<'_> {
    fn drop(&mut self) {
        let left = self.leases.left_by(self.place);
        if left.is_empty() {
            return;
        }
        let keys = Arc::clone(self.keys);
        self.handle.spawn(async move {
            for Held { scope, name, grant } in left {
                if let Err(e) = keys.release(&scope, &name, grant.fence).await {
                    tracing::warn!(code = e.code, internal = %e.internal, "a lease cannot be given back, it ends by itself: {e}");
                }
            }
        });
    }
}
