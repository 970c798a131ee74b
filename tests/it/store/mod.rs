//! State that lasts: the same rules for every engine, and what happens when a part of it goes away.
mod conformance;
pub(crate) mod servers;

use element::host::{Clock, SeededRandom};
use element_store::{OpenStore, Store};
use servers::Server;
use std::{process::Command, sync::Arc};

/// The master key of every test: 32 times the byte 7.
pub(crate) const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

/// Opens a store with the key of every test.
async fn open(store: &str, cache: Option<&str>, clock: Arc<impl Clock>) -> Result<Store, String> {
    let place = OpenStore {
        store: store.parse().unwrap(),
        cache: cache.map(|it| it.parse().unwrap()),
        master_key: Some(KEY.parse().unwrap()),
        former_key: None,
    };
    Store::open(place, clock, Arc::new(SeededRandom::new(1))).await
}

/// Everything in this Redis is forgotten.
fn empty(redis: &Server) {
    let said = Command::new("redis-cli").args(["-p", &redis.port.to_string(), "FLUSHALL"]).output().unwrap();
    assert!(said.status.success(), "{said:?}");
}
