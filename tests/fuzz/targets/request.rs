//! Any path, any body, any query and any cookie over HTTP: a clear answer, never a panic, never a 500.
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
const PAGES: [&str; 3] = ["acme/other/login", "api/auth/x/callback", "acme/other/profile"];
const HEADERS: [&str; 4] = ["cookie", "accept-language", "x-login-browser", "host"];

/// What the first byte chooses, and the rest fills in.
fn request(which: u8, bytes: &[u8]) -> Option<Request<Body>> {
    let which = usize::from(which);
    let text = || std::str::from_utf8(bytes).ok();
    let json = || Request::post("/").header("content-type", "application/json");
    let body = Body::from(bytes.to_vec());
    let request = match which {
        0..3 => json().uri(format!("/api/acme/other/{}", METHODS[which])).body(body),
        3..6 => Request::get(format!("/{}?{}", PAGES[which - 3], text()?)).header("accept", "text/html").body(Body::empty()),
        6..10 => Request::get(format!("/{}?state=x&code=y", PAGES[which % 3]))
            .header(HEADERS[which - 6], bytes)
            .body(Body::empty()),
        10 => Request::post("/acme/other/login")
            .header("origin", "https://a.test")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body),
        _ => json().uri(format!("/{}", text()?)).body(Body::from("{}")),
    };
    request.ok()
}

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else { return };
    let Some(request) = request(*which, bytes) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = Options { files: Arc::new(MemoryFiles::parse(GOOD)), ..Options::default() };
        let runtime = Runtime::open("/apps", REGISTRY.clone(), options).await;
        let site = Site::new(runtime, "https://a.test".parse().unwrap());
        let answer = standalone(site).oneshot(request).await.unwrap();
        assert_ne!(answer.status().as_u16(), 500);
    });
});
