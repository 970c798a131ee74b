//! What a call costs beside the method itself, and what a folder of elements costs to bring into service.
#![allow(missing_docs)]
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
mod greeter;

use element::host::{Form, Input};
use element_engine::{Invocation, MemoryFiles, Options, Registry, Runtime};
use greeter::Polite;
use serde_json::json;
use std::{hint::black_box, sync::Arc};

fn files(elements: usize) -> MemoryFiles {
    let mut files = MemoryFiles::default();
    files.put("/apps/demo/app.json", r#"{"appId": "acme.demo"}"#);
    for i in 0..elements {
        let folder = format!("/apps/demo/n{}/Hi{i}", i % 100);
        files.put(format!("{folder}/e.json"), r#"{"title": "Hi", "type": "greeters.PoliteType"}"#);
        files.put(format!("{folder}/Hi{i}.json"), format!(r#"{{"greeting": "Hi {i}"}}"#));
    }
    files
}

async fn open(files: MemoryFiles) -> Runtime {
    let options = Options { files: Arc::new(files), ..Options::default() };
    let registry = Registry::linked().expect("one Meta, one Type");
    let runtime = Runtime::open("/apps", registry, options).await;
    assert!(runtime.snapshot().diagnostics().is_empty());
    runtime
}

fn call(criterion: &mut Criterion) {
    let time = tokio::runtime::Runtime::new().expect("a runtime");
    let runtime = time.block_on(open(files(100)));
    let app = runtime.app("acme.demo").expect("the app");
    let element = app.get_element("n7.Hi7").expect("the element");
    let direct = Polite { greeting: "Hi 7".into() };
    let (value, bytes) = (json!({"who": "Ann"}), br#"{"who":"Ann"}"#);
    // Made once, as a host does that has an id for each request anyway.
    let invocation = || Invocation { request_id: "r".into(), ..Invocation::default() };

    let mut group = criterion.benchmark_group("call");
    group.bench_function("the method alone", |b| b.to_async(&time).iter(|| direct.greet(black_box(Some("Ann")))));
    group.bench_function("invoke, bytes", |b| {
        b.to_async(&time).iter(|| element.invoke("greet", Input::Bytes(black_box(bytes)), Form::Bytes, invocation()));
    });
    group.bench_function("invoke, value", |b| {
        b.to_async(&time).iter(|| element.invoke("greet", Input::Value(black_box(&value)), Form::Value, invocation()));
    });
    group.bench_function("by names, call", |b| {
        b.to_async(&time).iter(async || {
            let element = runtime.app("acme.demo")?.get_element("n7.Hi7")?;
            element.call("greet", json!({"who": "Ann"})).await
        });
    });
    group.finish();
}

fn load(criterion: &mut Criterion) {
    let time = tokio::runtime::Runtime::new().expect("a runtime");
    let mut group = criterion.benchmark_group("load");
    group.sample_size(10);
    for elements in [1_000, 10_000] {
        let files = files(elements);
        group.bench_function(format!("{elements} new"), |b| {
            b.to_async(&time).iter_batched(|| files.clone(), open, BatchSize::PerIteration);
        });
        let runtime = time.block_on(open(files));
        group.bench_function(format!("{elements} unchanged"), |b| b.to_async(&time).iter(|| runtime.reload()));
    }
    group.finish();
}

criterion_group!(benches, call, load);
criterion_main!(benches);
