//! Any path and any body over HTTP: a clear answer, never a panic, never a 500.
#![no_main]
use axum::{body::Body, http::Request};
use element_engine::{MemoryFiles, Options, Registry, Runtime};
use element_host::http::{Site, standalone};
use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, LazyLock};
use tower::ServiceExt;

/// Made once: its schemas cost more than everything else here.
static REGISTRY: LazyLock<Registry> = LazyLock::new(|| element_host::linked::registry().unwrap());

const GOOD: &str = include_str!("good.txt");
const METHODS: [&str; 3] = ["a/Good/getLoginCode", "auths/loginTypes/services/AuthSvc/loginByCode", "a/Good/getLoginConfig"];

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else { return };
    let (path, body) = match METHODS.get(usize::from(*which)) {
        Some(method) => (format!("/api/acme/other/{method}"), bytes),
        None => match std::str::from_utf8(bytes) {
            Ok(path) => (format!("/{path}"), &b"{}"[..]),
            Err(_) => return,
        },
    };
    let request = Request::post(path).header("content-type", "application/json").body(Body::from(body.to_vec()));
    let Ok(request) = request else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = Options { files: Arc::new(MemoryFiles::parse(GOOD)), ..Options::default() };
        let runtime = Runtime::open("/apps", REGISTRY.clone(), options).await;
        let answer = standalone(Site { runtime, admin: None }).oneshot(request).await.unwrap();
        assert_ne!(answer.status().as_u16(), 500);
    });
});
