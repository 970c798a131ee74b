//! State that lasts: the same rules for every engine, and what happens when a part of it goes away.
mod clear;
mod cluster;
mod conformance;
mod faults;
mod hosts;
mod installs;
mod keys_model;
mod kill;
mod model;
mod opening;
mod records_model;
pub(crate) mod servers;
mod trap;

use element::host::{Clock, Random, SeededRandom};
use element_store::{OpenStore, Store};
use servers::Server;
use std::{
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

/// The master key of every test: 32 times the byte 7.
pub(crate) const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

fn opening(store: &str, cache: Option<&str>) -> OpenStore {
    OpenStore {
        store: store.parse().unwrap(),
        cache: cache.map(|it| it.parse().unwrap()),
        master_key: Some(KEY.parse().unwrap()),
        former_key: None,
    }
}

fn random() -> Arc<dyn Random> {
    Arc::new(SeededRandom::new(1))
}

/// Opens a store with the key of every test.
async fn open(store: &str, cache: Option<&str>, clock: Arc<impl Clock>) -> Result<Store, String> {
    Store::open(opening(store, cache), clock, random()).await
}

/// Everything in this Redis is forgotten.
fn empty(redis: &Server) {
    let said = Command::new("redis-cli").args(["-p", &redis.port.to_string(), "FLUSHALL"]).output().unwrap();
    assert!(said.status.success(), "{said:?}");
}

/// Waits until it is so, for at most three minutes: other tests want the machine as well.
async fn until(what: &str, so: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(180);
    while !so().await {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
