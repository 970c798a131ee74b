//! A host with libraries and a load of calls on it: whatever happens to files meanwhile, every call is answered well.
use super::built::{built, compiled, root};
use element_engine::{Diagnostic, ElementHandle, Invocation, Libraries, Options, Registry, Runtime};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;
use tokio::task::JoinSet;

/// The app that is served.
pub(super) const APP: &[(&str, &str)] = &[
    ("app.json", r#"{"appId": "acme.demo"}"#),
    ("Good/e.json", r#"{"type": "odd.GoodType"}"#),
    ("Good/Good.json", r#"{"word": "x"}"#),
    ("Hi/e.json", r#"{"type": "greeters.PoliteType"}"#),
    ("Hi/Hi.json", r#"{"greeting": "Hi"}"#),
    ("Odd/e.json", r#"{"type": "greeters.OddType"}"#),
];

/// A library in C of `odd.c`, with these definitions.
pub(crate) fn odd(defined: &[&str]) -> PathBuf {
    let mut name = String::from("odd");
    for it in defined {
        name.extend(it.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }));
    }
    compiled(&name, &root().join("tests/it/library/odd.c"), defined)
}

pub(crate) struct Loaded {
    pub(crate) dir: TempDir,
    pub(crate) runtime: Runtime,
    stop: Arc<AtomicBool>,
    /// How many calls were answered well.
    answered: Arc<AtomicU64>,
    callers: JoinSet<()>,
}

impl Loaded {
    /// A good library in C and one in Rust, and callers that never stop.
    pub(crate) async fn start() -> Self {
        let dir = TempDir::new().unwrap();
        for (file, text) in APP {
            let file = dir.path().join("apps/demo").join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        fs::create_dir(dir.path().join("libraries")).unwrap();
        put(&built("greeters"), &dir.path().join("libraries/libgreeters.so"));
        let runtime = open(dir.path(), true).await;
        assert!(told(&runtime, dir.path()).contains("there is no Type `odd.GoodType`"));
        // Nobody asks for a reload.
        put(&odd(&[]), &dir.path().join("libraries/libodd.so"));
        crate::site::until("the library is live", || told(&runtime, dir.path()).is_empty()).await;
        let (stop, answered) = (Arc::<AtomicBool>::default(), Arc::<AtomicU64>::default());
        let mut it = Self { dir, runtime, stop, answered, callers: JoinSet::new() };
        for number in 0..4 {
            let (good, hi) = (it.get("Good"), it.get("Hi"));
            let (runtime, stop, answered) = (it.runtime.clone(), Arc::clone(&it.stop), Arc::clone(&it.answered));
            it.callers.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let args = json!({"n": number, "text": "安妮"});
                    // One that was there from the beginning, and one of now.
                    assert_eq!(good.call("echo", args.clone()).await.unwrap(), args);
                    let now = runtime.app("acme.demo").unwrap().get_element("Good").unwrap();
                    assert!(now.call("greet", json!({})).await.unwrap().is_string());
                    assert_eq!(now.call("otherThread", json!({})).await.unwrap(), "from another thread");
                    assert_eq!(hi.call("greet", json!({"name": "Ann"})).await.unwrap(), "Hi, Ann");
                    answered.fetch_add(1, Ordering::Relaxed);
                    // Enough to be in the middle of something at any time, and no more: others test beside us.
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            });
        }
        it.go_on().await;
        it
    }

    pub(crate) fn get(&self, full_name: &str) -> ElementHandle {
        self.runtime.app("acme.demo").unwrap().get_element(full_name).unwrap()
    }

    /// What a method of an element does, in a line.
    pub(crate) async fn call(&self, full_name: &str, method: &str, args: Value) -> String {
        // What never comes is not waited for; everything else has time, however busy the machine is.
        let in_vain = ["never", "afterEnd", "waitForEver"].contains(&method);
        let timeout = Some(Duration::from_millis(if in_vain { 400 } else { 30_000 }));
        let invocation = Invocation { timeout, ..Invocation::default() };
        let text = args.to_string();
        let input = element::host::Input::Bytes(text.as_bytes());
        let answer = self.get(full_name).invoke(method, input, element::host::Form::Bytes, invocation).await;
        match answer.and_then(element::host::Output::into_bytes) {
            Ok(it) => String::from_utf8(it).unwrap(),
            Err(e) => format!("{:?} {}: {} [{}]", e.kind, e.code, e.message, e.internal),
        }
    }

    pub(crate) fn library(&self, name: &str) -> PathBuf {
        self.dir.path().join("libraries").join(name)
    }

    /// What is wrong now.
    pub(crate) fn told(&self) -> String {
        told(&self.runtime, self.dir.path())
    }

    /// What is in service, and what is wrong, is what somebody finds who starts now.
    pub(crate) async fn is_as_fresh(&self) {
        let fresh = open(self.dir.path(), false).await;
        let all = |runtime: &Runtime| -> Vec<String> {
            let snapshot = runtime.snapshot();
            let of_apps = snapshot.apps().into_iter().flat_map(|it| it.elements()).cloned().collect::<Vec<_>>();
            let built_in = snapshot.built_in().into_iter().cloned();
            let code = |it: &element_engine::Element| it.ty.as_ref().and_then(|it| it.library.clone());
            of_apps
                .into_iter()
                .chain(built_in)
                .map(|it| format!("{} {} {:?}", it.full_name, it.state.word(), code(&it)))
                .collect()
        };
        assert_eq!(all(&self.runtime), all(&fresh));
        assert_eq!(self.told(), told(&fresh, self.dir.path()));
        fresh.close().await;
    }

    /// Waits until what is wrong is this.
    pub(crate) async fn wait_for(&self, what: &str, so: impl Fn(&Self) -> bool) {
        crate::site::until(what, || so(self)).await;
    }

    /// Every caller goes on: calls that began now are answered.
    pub(crate) async fn go_on(&self) {
        let before = self.answered.load(Ordering::Relaxed);
        self.wait_for("callers go on", |it| it.answered.load(Ordering::Relaxed) > before + 8).await;
    }

    /// Stops, and makes sure that every single call was answered well.
    pub(crate) async fn end(mut self) {
        self.go_on().await;
        self.stop.store(true, Ordering::Relaxed);
        while let Some(ended) = self.callers.join_next().await {
            ended.unwrap();
        }
        self.runtime.close().await;
    }
}

async fn open(dir: &Path, watch: bool) -> Runtime {
    let libraries = Libraries { folder: Some(dir.join("libraries")), ..Libraries::default() };
    let options = Options { libraries, watch, ..Options::default() };
    Runtime::open(dir.join("apps"), Registry::default(), options).await
}

fn told(runtime: &Runtime, dir: &Path) -> String {
    let snapshot = runtime.snapshot();
    let lines = snapshot.diagnostics().into_iter().map(|it| shown(it, dir));
    lines.collect()
}

fn shown(it: &Diagnostic, dir: &Path) -> String {
    format!("{it}\n").replace(&*dir.to_string_lossy(), "DIR")
}

/// Puts a file in its place as a whole.
pub(crate) fn put(from: &Path, to: &Path) {
    let new = to.with_extension("new");
    fs::copy(from, &new).unwrap();
    fs::rename(new, to).unwrap();
}
