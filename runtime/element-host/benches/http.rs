//! What HTTP adds to a call: the same call in-process and through the router, without a socket.
#![allow(missing_docs, reason = "criterion writes a function without one")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot start says so by panicking")]

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    handler::Handler,
    routing::any_service,
};
use criterion::{Criterion, criterion_group, criterion_main};
use element_engine::{Options, Runtime};
use element_host::{
    http::{Limits, Site, standalone},
    linked,
};
use serde_json::json;
use std::{collections::BTreeMap, hint::black_box};

/// All calls come from one address here.
fn site(runtime: Runtime) -> Site {
    Site { limits: Limits::new(0, []), ..Site::new(runtime, "http://127.0.0.1:8080".parse().unwrap()) }
}

const APPS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../apps");

fn calls(criterion: &mut Criterion) {
    let tokio = tokio::runtime::Runtime::new().unwrap();
    let runtime = tokio.block_on(async {
        let vars = BTreeMap::from([("PUBLIC_URL".into(), "http://127.0.0.1:8080".into())]);
        Runtime::open(APPS, linked::registry().unwrap(), Options { vars, ..Options::default() }).await
    });
    let element = runtime.app("acme.demo").unwrap().get_element("auths.loginTypes.QywxInnerExample").unwrap();
    criterion.bench_function("getLoginConfig in-process", |bencher| {
        bencher.to_async(&tokio).iter(|| async { black_box(element.call("getLoginConfig", json!({})).await.unwrap()) });
    });

    let router = any_service(standalone(site(runtime)));
    let request = || {
        let request = Request::post("/api/acme/demo/auths/loginTypes/QywxInnerExample/getLoginConfig");
        request.header("content-type", "application/json").body(Body::from("{}")).unwrap()
    };
    criterion.bench_function("getLoginConfig through the router", |bencher| {
        bencher.to_async(&tokio).iter(|| async {
            let response = Handler::call(router.clone(), request(), ()).await;
            assert_eq!(response.status(), 200);
            black_box(to_bytes(response.into_body(), usize::MAX).await.unwrap())
        });
    });
}

criterion_group!(benches, calls);
criterion_main!(benches);
