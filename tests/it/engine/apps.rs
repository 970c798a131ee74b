//! Apps in memory that a test edits, and a runtime over them.
use element::{
    Result,
    def::Linked,
    host::{Clock, Object, SeededRandom},
};
use element_engine::{ElementHandle, Entry, Files, MemoryFiles, Options, Registry, Runtime, Snapshot, Stamp};
use element_store::Store;
use serde_json::Value;
use std::{
    io,
    path::Path,
    sync::{Arc, RwLock},
    time::Duration,
};
use tokio::time::Instant;

/// The app of most tests; elements are written behind it.
pub(crate) const DEMO: &str = "//- /apps/demo/app.json\n{\"appId\": \"acme.demo\"}\n";

/// An element `full_name` of the app [`DEMO`], with a config.
pub(crate) fn element(full_name: &str, ty: &str, config: &str) -> String {
    let folder = format!("/apps/demo/{}", full_name.replace('.', "/"));
    let name = full_name.rsplit('.').next().unwrap();
    format!("//- {folder}/e.json\n{{\"type\": \"{ty}\"}}\n//- {folder}/{name}.json\n{config}\n")
}

/// Files that change while a runtime looks at them.
#[derive(Debug, Default)]
pub(crate) struct Edited(RwLock<MemoryFiles>);

impl Edited {
    pub(crate) fn put(&self, path: &str, content: impl Into<Vec<u8>>) {
        self.0.write().unwrap().put(path, content);
    }

    pub(crate) fn remove(&self, path: &str) {
        self.0.write().unwrap().remove(path);
    }
}

impl Files for Edited {
    fn list(&self, dir: &Path) -> io::Result<Vec<Entry>> {
        self.0.read().unwrap().list(dir)
    }

    fn read(&self, file: &Path, limit: u64) -> io::Result<(Vec<u8>, Stamp)> {
        self.0.read().unwrap().read(file, limit)
    }

    fn stamp(&self, path: &Path) -> io::Result<Stamp> {
        self.0.read().unwrap().stamp(path)
    }
}

/// Shows the time that tokio's timers see, so that both stand still and move together under paused time.
#[derive(Debug)]
pub(crate) struct TimersClock(pub(crate) Instant);

impl Clock for TimersClock {
    fn now(&self) -> i64 {
        1_700_000_000_000 + i64::try_from(self.0.elapsed().as_millis()).unwrap()
    }
}

/// What `greeters` registers, each object wrapped, and nothing that other modules of this binary link.
pub(crate) fn registry(wrap: fn(Arc<dyn Object>) -> Arc<dyn Object>) -> Registry {
    let mut registry = Registry::default();
    for linked in element::def::linked() {
        if let Linked::Meta(def) = linked
            && def.full_name.starts_with("greeters.")
        {
            registry.add_meta((*def).into()).unwrap();
        }
    }
    for linked in element::def::linked() {
        if let Linked::Type(def) = linked
            && def.full_name.starts_with("greeters.")
        {
            let build = move |config: &Value| (def.build)(config).map(wrap).map_err(|e| e.to_string());
            registry.add_type((*def).into(), Arc::new(build)).unwrap();
        }
    }
    registry
}

pub(crate) struct Apps {
    pub(crate) files: Arc<Edited>,
    pub(crate) runtime: Runtime,
    registry: Registry,
    options: Options,
}

impl Apps {
    /// Opens the files of `text`, each under a line `//- /apps/…`.
    pub(crate) async fn open(text: &str) -> Self {
        Self::open_with(text, |_| ()).await
    }

    pub(crate) async fn open_with(text: &str, set: impl FnOnce(&mut Options)) -> Self {
        Self::open_as(registry(|it| it), MemoryFiles::parse(text), set).await
    }

    pub(crate) async fn open_as(registry: Registry, files: MemoryFiles, set: impl FnOnce(&mut Options)) -> Self {
        let files = Arc::new(Edited(RwLock::new(files)));
        let clock = Arc::new(TimersClock(Instant::now()));
        let mut options = Options {
            store: Store::memory(Arc::<TimersClock>::clone(&clock)),
            files: Arc::<Edited>::clone(&files),
            random: Arc::new(SeededRandom::new(1)),
            clock,
            ..Options::default()
        };
        set(&mut options);
        let runtime = Runtime::open("/apps", registry.clone(), options.clone()).await;
        Self { files, runtime, registry, options }
    }

    /// What somebody sees who knows nothing.
    pub(crate) async fn fresh(&self) -> Arc<Snapshot> {
        Runtime::open("/apps", self.registry.clone(), self.options.clone()).await.snapshot()
    }

    /// Writes one file and looks again.
    pub(crate) async fn edit(&self, path: &str, content: impl Into<Vec<u8>>) -> Arc<Snapshot> {
        self.files.put(path, content);
        self.runtime.reload().await
    }

    /// An element of `acme.demo`.
    pub(crate) fn get(&self, full_name: &str) -> Result<ElementHandle> {
        self.runtime.app("acme.demo")?.get_element(full_name)
    }

    /// A call by the operator.
    pub(crate) async fn call(&self, full_name: &str, method: &str, args: Value) -> Result<Value> {
        self.get(full_name)?.call(method, args).await
    }
}

/// Waits until it is so, for at most ten seconds.
#[track_caller]
pub(crate) fn until(what: &'static str, mut so: impl FnMut() -> bool) -> impl Future<Output = ()> {
    let waited = tokio::time::timeout(Duration::from_secs(10), async move {
        while !so() {
            tokio::task::yield_now().await;
        }
    });
    async move { waited.await.unwrap_or_else(|_| panic!("waited in vain until {what}")) }
}
