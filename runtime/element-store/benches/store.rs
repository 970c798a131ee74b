//! What the memory engine costs, through the traits as every caller meets them.
use criterion::{Criterion, criterion_group, criterion_main};
use element::host::{AskLease, SetKey, SystemClock, Write};
use element_store::Store;
use serde_json::{Value, json};
use std::{hint::black_box, sync::Arc};
use tokio::runtime::{Builder, Runtime};

/// About as large as a session.
fn document() -> Value {
    json!({"user": "zhangsan", "corp": "ww0123456789abcdef", "name": "张三", "roles": ["a", "b"], "since": 1_700_000_000_000_i64})
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().build().expect("a runtime can be built")
}

fn records(c: &mut Criterion) {
    const MANY: usize = 10_000;
    let runtime = runtime();
    let records = &Store::memory(Arc::new(SystemClock)).records;
    let keys: Vec<_> = (0..MANY).map(|n| format!("session:{n:032x}")).collect();
    let put = async |key: &str| {
        let write = Write { value: document(), expires_at: Some(i64::MAX), ..Write::default() };
        records.put("acme.demo", "sessions", key, write).await.expect("the record fits")
    };
    runtime.block_on(async {
        for key in &keys {
            put(key).await;
        }
    });
    let mut next = keys.iter().cycle();
    let mut key = || next.next().expect("it goes round").as_str();
    c.bench_function("record put", |b| b.to_async(&runtime).iter(|| put(key())));
    c.bench_function("record get", |b| b.to_async(&runtime).iter(|| records.get("acme.demo", "sessions", black_box(key()))));
}

fn keys(c: &mut Criterion) {
    let runtime = runtime();
    let keys = &Store::memory(Arc::new(SystemClock)).keys;
    let set = || SetKey { value: document(), ttl_ms: 3_600_000, ..SetKey::default() };
    runtime.block_on(keys.set("host", "token", set())).expect("the value fits");
    c.bench_function("key get", |b| b.to_async(&runtime).iter(|| keys.get("host", black_box("token"))));
    c.bench_function("key set and take", |b| {
        b.to_async(&runtime).iter(async || {
            keys.set("app:acme.demo", "state", set()).await.expect("the value fits");
            keys.take("app:acme.demo", "state").await
        });
    });
    c.bench_function("lease and release", |b| {
        b.to_async(&runtime).iter(async || {
            let grant = keys.lease("host", "token", AskLease { ttl_ms: 10_000, wait_ms: 0 }).await.expect("the name fits");
            let fence = grant.expect("nobody else asks").fence;
            keys.release("host", "token", fence).await
        });
    });
}

criterion_group!(benches, records, keys);
criterion_main!(benches);
