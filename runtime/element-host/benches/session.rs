//! What a session check adds to a request, with the store that a host has unless it is told otherwise: the same request
//! with a session and without one.
#![allow(missing_docs, reason = "criterion writes a function without one")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot start says so by panicking")]

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    handler::Handler,
    routing::any_service,
};
use criterion::{Criterion, criterion_group, criterion_main};
use element_engine::{Options, Runtime, SystemRandom};
use element_host::{
    commands::SIMULATED,
    http::{Limits, Site, standalone},
    linked,
};
use element_store::{OpenStore, Store, StoreAddress};
use serde_json::{Value, json};
use std::{future::pending, hint::black_box, sync::Arc};
use tempfile::TempDir;
use tokio::net::TcpListener;
use wecom_sim::{CodeFor, Sim};

const APPS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../apps");
const LOGIN: &str = "/api/acme/demo/auths/loginTypes/QywxInnerExample";

async fn post(router: &Router, path: &str, args: &Value, token: Option<&str>) -> Value {
    let request = Request::post(path).header("content-type", "application/json");
    let request = request.header("x-login-browser", "the browser of this benchmark");
    let request = match token {
        Some(token) => request.header("authorization", format!("Bearer {token}")),
        None => request,
    };
    let response = Handler::call(any_service(router.clone()), request.body(Body::from(args.to_string())).unwrap(), ()).await;
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let mut reply: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(reply["errcode"], 0, "{reply}");
    reply["data"].take()
}

async fn open(sim: Sim, data: &TempDir) -> Router {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let wecom = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(sim.serve(listener, pending()));
    let store = OpenStore {
        store: StoreAddress::Sqlite(data.path().join("element.db")),
        cache: None,
        master_key: None,
        former_key: None,
    };
    let clock = Arc::new(element::host::SystemClock);
    let options = Options {
        vars: [("PUBLIC_URL".into(), "http://127.0.0.1:8080".into())].into(),
        settings: SIMULATED.iter().map(|&name| (name.to_owned(), wecom.clone())).collect(),
        store: Store::open(store, clock, Arc::new(SystemRandom)).await.unwrap(),
        ..Options::default()
    };
    let runtime = Runtime::open(APPS, linked::registry().unwrap(), options).await;
    standalone(Site { limits: Limits::new(0, []), ..Site::new(runtime, "http://127.0.0.1:8080".parse().unwrap()) })
}

fn checks(criterion: &mut Criterion) {
    // One thread: otherwise each request is mostly the way from one to another and back.
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (sim, data) = (Sim::demo(), TempDir::new().unwrap());
    let (router, token) = tokio.block_on(async {
        let router = open(sim.clone(), &data).await;
        let config = post(&router, &format!("{LOGIN}/getLoginConfig"), &json!({}), None).await;
        let code = sim.issue_code(CodeFor::member("zhangsan")).unwrap();
        let args = json!({"code": code, "state": config["state"]});
        let who = post(&router, &format!("{LOGIN}/getLoginCode"), &args, None).await;
        let args = json!({"loginCode": who["loginCode"]});
        let session = post(&router, "/api/acme/demo/auths/loginTypes/services/AuthSvc/loginByCode", &args, None).await;
        (router, session["token"].as_str().unwrap().to_owned())
    });
    let mut group = criterion.benchmark_group("a request");
    for (name, token) in [("without a session", None), ("with a session", Some(&*token))] {
        group.bench_function(name, |bencher| {
            bencher
                .to_async(&tokio)
                .iter(|| async { black_box(post(&router, &format!("{LOGIN}/getLoginConfig"), &json!({}), token).await) });
        });
    }
    group.finish();
}

criterion_group!(benches, checks);
criterion_main!(benches);
