//! What it costs that a Type is in a library and not linked: the same source, both ways, in one process.
#![allow(missing_docs)]
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use element::host::{Form, Input};
use element_engine::{ElementHandle, Invocation, Libraries, MemoryFiles, Options, Registry, Runtime, ask_library};
use greeters as _;
use serde_json::json;
use std::{
    hint::black_box,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

const FILES: &str = r#"//- /apps/demo/app.json
{"appId": "acme.demo"}
//- /apps/demo/Hi/e.json
{"type": "greeters.PoliteType"}
//- /apps/demo/Hi/Hi.json
{"greeting": "Hi"}
//- /apps/demo/Hold/e.json
{"type": "greeters.HolderType"}
//- /apps/demo/Hold/Hold.json
{"id": "library"}
"#;

/// Built as its readers are told to.
fn library() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target = root.join("target/libraries");
    let build = ["rustc", "-p", "greeters", "--release", "--crate-type", "cdylib", "--quiet", "--target-dir"];
    let built = Command::new(env!("CARGO")).args(build).arg(&target).current_dir(&root).status();
    assert!(built.is_ok_and(|it| it.success()), "the library is built");
    target.join("release/libgreeters.so")
}

async fn open(registry: Registry) -> Runtime {
    let files = Arc::new(MemoryFiles::parse(FILES));
    let runtime = Runtime::open("/apps", registry, Options { files, ..Options::default() }).await;
    assert!(runtime.snapshot().diagnostics().is_empty());
    runtime
}

fn element(runtime: &Runtime, name: &str) -> ElementHandle {
    runtime.app("acme.demo").and_then(|it| it.get_element(name)).expect("the element")
}

fn calls(criterion: &mut Criterion) {
    let time = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let libraries = Libraries { files: vec![library()], ..Libraries::default() };
    let (from_library, wrong) = Registry::default().with(&libraries);
    assert!(wrong.is_empty(), "{wrong:?}");
    let runtimes = [
        ("linked", time.block_on(open(Registry::linked().expect("greeters")))),
        ("library", time.block_on(open(from_library))),
    ];
    let invocation = || Invocation { request_id: "r".into(), ..Invocation::default() };
    // A hundred bytes there, a hundred back.
    let arguments = json!({"who": "A".repeat(90)}).to_string();
    let mut group = criterion.benchmark_group("100 bytes");
    for (name, runtime) in &runtimes {
        let hi = element(runtime, "Hi");
        group.bench_function(*name, |b| {
            b.to_async(&time)
                .iter(|| hi.invoke("greet", Input::Bytes(black_box(arguments.as_bytes())), Form::Bytes, invocation()));
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("a call that waits");
    for (name, runtime) in &runtimes {
        let hold = element(runtime, "Hold");
        group.bench_function(*name, |b| {
            b.to_async(&time).iter(|| hold.invoke("work", Input::Bytes(br#"{"ms":0}"#), Form::Bytes, invocation()));
        });
    }
    group.finish();
}

/// Another library each time: one that is known is not mapped again.
fn load(criterion: &mut Criterion) {
    let bytes = std::fs::read(library()).expect("the library");
    let mut number = 0_u64;
    let mut group = criterion.benchmark_group("load");
    group.sample_size(20);
    group.bench_function("load and describe", |b| {
        b.iter_batched(
            || {
                number += 1;
                [&bytes[..], &number.to_le_bytes()].concat()
            },
            |bytes| ask_library("libgreeters.so", &bytes).expect("a library"),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, calls, load);
criterion_main!(benches);
