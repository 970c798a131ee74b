//! Every engine obeys the same rules.
use super::{
    open,
    servers::{postgres, psql, redis},
};
use element::host::ManualClock;
use element_store::conformance;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tempfile::TempDir;

/// Where every next case finds an empty place: databases and folders are made, Redis is emptied.
static NEXT: AtomicUsize = AtomicUsize::new(0);

fn next() -> usize {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite() {
    let folder = TempDir::new().unwrap();
    let make = async |clock: Arc<ManualClock>| {
        let file = folder.path().join(format!("{}.db", next()));
        open(&format!("sqlite:{}", file.display()), None, clock).await.unwrap()
    };
    conformance::run(200, make).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgresql() {
    let server = postgres();
    // In a schema of its own.
    let make = async |clock: Arc<ManualClock>| {
        let name = format!("case{}", next());
        psql(&server, "element", &format!("CREATE SCHEMA {name}"));
        let options = format!("?options=-csearch_path%3D{name}");
        let address = format!("postgres://element:hunter2@127.0.0.1:{}/element{options}", server.port);
        open(&address, None, clock).await.unwrap()
    };
    conformance::run(200, make).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgresql_and_redis() {
    let (server, redis) = (postgres(), redis());
    let make = async |clock: Arc<ManualClock>| {
        let name = format!("case{}", next());
        psql(&server, "element", &format!("CREATE SCHEMA {name}"));
        super::empty(&redis);
        let options = format!("?options=-csearch_path%3D{name}");
        let address = format!("postgres://element:hunter2@127.0.0.1:{}/element{options}", server.port);
        open(&address, Some(&format!("redis://127.0.0.1:{}", redis.port)), clock).await.unwrap()
    };
    conformance::run(200, make).await;
}
