//! What the engine adds to SQLite's driver: the same statements on the same file, through the engine and bare, in turns.
#![allow(missing_docs, reason = "criterion writes a function without one")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot start says so by panicking")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use element::host::{SeededRandom, SystemClock, Write};
use element_store::{OpenStore, Store, StoreAddress};
use futures_util::future::join_all;
use serde_json::{Value, json};
use sqlx::{
    ConnectOptions, Connection, Executor, Row, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{hint::black_box, path::Path, sync::Arc};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const RECORDS: usize = 10_000;
/// How many write at once, and so share a sync.
const BATCH: usize = 128;

const GET: &str = "SELECT key, document, version, sequence, created_at, updated_at, expires_at FROM element_records \
                   WHERE app = $1 AND collection = $2 AND key = $3 AND (expires_at IS NULL OR expires_at > $4)";
const PUT: &str = "INSERT INTO element_records AS it \
                       (app, collection, key, created_at, updated_at, version, document, expires_at) \
                   VALUES ($1, $2, $3, $4, $4, 1, $5, $6) \
                   ON CONFLICT (app, collection, key) DO UPDATE SET document = excluded.document, \
                       version = it.version + 1, updated_at = excluded.updated_at, expires_at = excluded.expires_at \
                   WHERE it.expires_at IS NULL OR it.expires_at > excluded.updated_at RETURNING version";

/// About as large as a session.
fn document() -> Value {
    json!({"user": "zhangsan", "corp": "ww0123456789abcdef", "name": "张三", "roles": ["a", "b"], "since": 1_700_000_000_000_i64})
}

fn key(n: usize) -> String {
    format!("session:{:032x}", n % RECORDS)
}

async fn open(file: &Path) -> Store {
    let open = OpenStore {
        store: StoreAddress::Sqlite(file.into()),
        cache: None,
        master_key: Some("07".repeat(32).parse().unwrap()),
        former_key: None,
    };
    Store::open(open, Arc::new(SystemClock), Arc::new(SeededRandom::new(1))).await.unwrap()
}

fn bare(file: &Path) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new().filename(file).journal_mode(SqliteJournalMode::Wal);
    options.synchronous(SqliteSynchronous::Full).disable_statement_logging()
}

async fn put(store: &Store, n: usize) {
    let write = Write { value: document(), expires_at: Some(i64::MAX), ..Write::default() };
    black_box(store.records.put("acme.demo", "sessions", &key(n), write).await.unwrap());
}

async fn bare_get(pool: &SqlitePool, n: usize) -> (String, String, i64) {
    let query = sqlx::query(GET).bind("acme.demo").bind("sessions").bind(key(n)).bind(1_700_000_000_000_i64);
    let row = query.fetch_all(pool).await.unwrap().pop().unwrap();
    (row.get(0), row.get(1), row.get(2))
}

async fn bare_batch(connection: &mut SqliteConnection, first: usize) {
    connection.execute("BEGIN IMMEDIATE").await.unwrap();
    for n in first..first + BATCH {
        let query = sqlx::query(PUT).bind("acme.demo").bind("sessions").bind(key(n)).bind(1_700_000_000_000_i64);
        let query = query.bind(document().to_string()).bind(i64::MAX);
        black_box(query.fetch_all(&mut *connection).await.unwrap());
    }
    connection.execute("COMMIT").await.unwrap();
}

fn compare(c: &mut Criterion) {
    let tokio = Runtime::new().unwrap();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("bench.db");
    let (store, pool, writer) = tokio.block_on(async {
        let store = open(&file).await;
        join_all((0..RECORDS).map(|n| put(&store, n))).await;
        let pool = SqlitePoolOptions::new().max_connections(4).test_before_acquire(false);
        (store, pool.connect_with(bare(&file)).await.unwrap(), bare(&file).connect().await.unwrap())
    });
    let mut n = 0;
    let mut next = |by: usize| {
        n += by;
        n
    };

    let mut reads = c.benchmark_group("SQLite, one record read");
    reads.bench_function("bare", |b| b.to_async(&tokio).iter(|| bare_get(&pool, next(7919))));
    reads.bench_function("engine", |b| {
        b.to_async(&tokio).iter(|| {
            let n = next(7919);
            let store = &store;
            async move { black_box(store.records.get("acme.demo", "sessions", &key(n)).await.unwrap().unwrap()) }
        });
    });
    reads.bench_function("engine, read a moment ago", |b| {
        b.to_async(&tokio).iter(|| async {
            black_box(store.records.get_recent("acme.demo", "sessions", &key(1), 2_000).await.unwrap().unwrap())
        });
    });
    reads.finish();

    let mut writes = c.benchmark_group(format!("SQLite, {BATCH} writes, one sync"));
    writes.throughput(Throughput::Elements(BATCH as u64));
    let writer = tokio::sync::Mutex::new(writer);
    writes.bench_function("bare", |b| {
        b.to_async(&tokio).iter(|| {
            let first = next(BATCH);
            let writer = &writer;
            async move { bare_batch(&mut *writer.lock().await, first).await }
        });
    });
    writes.bench_function("engine", |b| {
        b.to_async(&tokio).iter(|| {
            let first = next(BATCH);
            let store = &store;
            async move { join_all((first..first + BATCH).map(|n| put(store, n))).await }
        });
    });
    writes.finish();
    tokio.block_on(async { writer.into_inner().close().await.unwrap() });
}

criterion_group!(benches, compare);
criterion_main!(benches);
