//! Every Instance that is alive, by its key: apps that see the same thing share it.
use crate::{Instance, plan::InstanceKey};
use hashbrown::HashTable;
use std::{
    fmt,
    hash::BuildHasher,
    sync::{Arc, Mutex, PoisonError, Weak},
};

/// Knows Instances and does not hold them.
#[derive(Default)]
pub(crate) struct Pool {
    alive: Mutex<HashTable<Weak<Instance>>>,
    hasher: foldhash::fast::RandomState,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}

impl Pool {
    /// The Instance with this key, unless it was stopped.
    pub(crate) fn get(&self, key: &InstanceKey) -> Option<Arc<Instance>> {
        let alive = self.alive.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = None;
        alive.find(self.hasher.hash_one(key), |it| {
            found = it.upgrade().filter(|it| it.key == *key && !it.is_stopped());
            found.is_some()
        });
        found
    }

    pub(crate) fn add(&self, instance: &Arc<Instance>) {
        let mut alive = self.alive.lock().unwrap_or_else(PoisonError::into_inner);
        let hash_of = |it: &Weak<Instance>| it.upgrade().map_or(0, |it| self.hasher.hash_one(&it.key));
        if alive.len() == alive.capacity() {
            // Before it grows, what is gone makes room.
            alive.retain(|it| it.strong_count() > 0);
        }
        alive.insert_unique(self.hasher.hash_one(&instance.key), Arc::downgrade(instance), hash_of);
    }
}
