//! An app on a real disk that is followed, and called all the time.
use super::{
    drive::{Drive, RealDrive},
    model::World,
};
use element::host::SystemClock;
use element_engine::{Disk, Mode};
use serde_json::json;
use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{task::JoinHandle, time::Instant};

/// A config of a greeter.
pub(crate) fn greeting(word: &str) -> String {
    format!("{{\"greeting\": \"{word}\"}}\n")
}

/// An app with two greeters in it, followed, and called all the time.
pub(crate) struct Live {
    pub(crate) drive: RealDrive,
    pub(crate) world: World,
    stop: Arc<AtomicBool>,
    failures: Arc<Mutex<Vec<String>>>,
    caller: JoinHandle<u64>,
}

impl Live {
    pub(crate) async fn open() -> Self {
        let drive = RealDrive::new();
        drive.write("apps/a/app.json", r#"{"appId": "acme.a"}"#);
        for name in ["Hi", "Ho"] {
            drive.write(&format!("apps/a/{name}/e.json"), r#"{"type": "greeters.PoliteType"}"#);
            drive.write(&format!("apps/a/{name}/{name}.json"), &greeting(name));
        }
        Self::of(drive).await
    }

    pub(crate) async fn of(drive: RealDrive) -> Self {
        let world = World::open(Arc::new(Disk), drive.0.path(), Arc::new(SystemClock)).await;
        let (stop, failures) = (Arc::<AtomicBool>::default(), Arc::<Mutex<Vec<String>>>::default());
        let (runtime, stopped, failed) = (world.runtime.clone(), Arc::clone(&stop), Arc::clone(&failures));
        let caller = tokio::spawn(async move {
            let mut calls = 0;
            while !stopped.load(Ordering::Relaxed) {
                for name in ["Hi", "Ho"] {
                    let answer = async { runtime.app("acme.a")?.get_element(name)?.call("greet", json!({})).await }.await;
                    if let Err(e) = answer {
                        failed.lock().unwrap().push(format!("{name}: {e}"));
                    }
                    calls += 1;
                }
                tokio::task::yield_now().await;
            }
            calls
        });
        Self { drive, world, stop, failures, caller }
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.drive.path(path)
    }

    /// What an element says now.
    pub(crate) async fn says(&self, name: &str) -> String {
        let answer = async { self.world.runtime.app("acme.a")?.get_element(name)?.call("greet", json!({})).await }.await;
        answer.map_or_else(|e| e.to_string(), |it| it.as_str().unwrap().to_owned())
    }

    /// Waits until an element says this.
    #[track_caller]
    pub(crate) fn until_it_says(&self, name: &str, expected: &str) -> impl Future<Output = ()> {
        let (caller, deadline) = (std::panic::Location::caller(), Instant::now() + Duration::from_secs(20));
        async move {
            loop {
                let says = self.says(name).await;
                if says == expected {
                    return;
                }
                assert!(Instant::now() < deadline, "{name} says {says:?} and not {expected:?}, {caller}");
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
    }

    /// Waits until everything has come to rest.
    pub(crate) async fn rest(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !self.world.is_at_rest().await && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.world.check(false).await;
    }

    /// Everything has come to rest, no call has failed, and nothing was found but what was told.
    pub(crate) async fn end(mut self) {
        self.rest().await;
        self.stop.store(true, Ordering::Relaxed);
        let calls = self.caller.await.unwrap();
        let failures = std::mem::take(&mut *self.failures.lock().unwrap());
        assert!(failures.is_empty() && calls > 0, "{} of {calls} calls failed: {}", failures.len(), failures[0]);
        let watching = self.world.runtime.watching();
        assert_eq!((watching.mode, watching.sweep_finds), (Mode::Native, 0), "{watching:?}");
        self.world.runtime.close().await;
    }
}
