//! Any bytes in any one file of an app: the neighbour still answers.
#![no_main]
use element_engine::{MemoryFiles, Options, Registry, Runtime};
use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, LazyLock};

/// Made once: its schemas cost more than everything else here.
static REGISTRY: LazyLock<Registry> = LazyLock::new(|| element_host::linked::registry().unwrap());

const GOOD: &str = include_str!("good.txt");
const FILES: [&str; 4] = ["demo/app.json", "demo/a/Bad/e.json", "demo/a/Bad/Bad.json", "demo/a/Bad/sub/Under/e.json"];

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else { return };
    let mut files = MemoryFiles::parse(GOOD);
    let file = FILES[usize::from(*which) % FILES.len()];
    files.put(format!("/apps/{file}"), bytes);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = Options { files: Arc::new(files), ..Options::default() };
        let engine = Runtime::open("/apps", REGISTRY.clone(), options).await;
        let neighbour = engine.app("acme.other").unwrap().get_element("a.Good").unwrap();
        neighbour.call("getLoginConfig", serde_json::json!({})).await.unwrap();
        for diagnostic in engine.snapshot().diagnostics() {
            assert!(!diagnostic.to_string().contains("planted-secret"));
        }
    });
});
