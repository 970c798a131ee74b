//! What an edit costs with few and with very many Instances loaded, on a real disk: until it is served, the writer's own
//! work, a deploy of a thousand, and doing nothing. `cargo bench -p element-engine --bench reload [-- SIZES]`.
//!
//! Absolute times are the machine's. What says something is how they grow, which is printed beside them.
#![allow(missing_docs)]
#![allow(clippy::print_stdout, reason = "its result is what it prints")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot start says so by panicking")]
mod greeter;

use element_engine::{Commit, Options, Registry, Runtime};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::sync::broadcast::Receiver;

const EDITS: usize = 200;
const DEPLOY: usize = 1_000;
/// Longer than a sweep of the largest tree takes to come round.
const IDLE: Duration = Duration::from_secs(90);

/// Apps of so many Instances each.
struct Tree {
    root: TempDir,
    in_app: usize,
}

impl Tree {
    fn make(size: usize, in_app: usize) -> Self {
        let tree = Self { root: tempfile::tempdir().unwrap(), in_app };
        for i in 0..size {
            let folder = tree.folder(i);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("e.json"), r#"{"title": "Hi", "type": "greeters.PoliteType"}"#).unwrap();
            fs::write(tree.config(i), r#"{"greeting": "Hi"}"#).unwrap();
            if i % in_app == 0 {
                let app = i / in_app;
                fs::write(tree.root.path().join(format!("a{app}/app.json")), format!(r#"{{"appId": "acme.a{app}"}}"#))
                    .unwrap();
            }
        }
        tree
    }

    fn folder(&self, i: usize) -> PathBuf {
        self.root.path().join(format!("a{}/n{}/E{i}", i / self.in_app, i % 100))
    }

    fn config(&self, i: usize) -> PathBuf {
        self.folder(i).join(format!("E{i}.json"))
    }

    /// As deploys do: a new file over the old one. Gives when it was there.
    fn edit(&self, i: usize, word: &str) -> Instant {
        let (file, new) = (self.config(i), self.folder(i).join("new"));
        fs::write(&new, format!(r#"{{"greeting": "{word}"}}"#)).unwrap();
        fs::rename(new, file).unwrap();
        Instant::now()
    }

    async fn says(&self, runtime: &Runtime, i: usize) -> String {
        let app = runtime.app(&format!("acme.a{}", i / self.in_app)).unwrap();
        let element = app.get_element(&format!("n{}.E{i}", i % 100)).unwrap();
        element.call("greet", json!({})).await.unwrap().as_str().unwrap().to_owned()
    }
}

async fn next(commits: &mut Receiver<Arc<Commit>>) -> Arc<Commit> {
    tokio::time::timeout(Duration::from_secs(60), commits.recv()).await.unwrap().unwrap()
}

/// Microseconds of one edit's work, the median.
async fn measure(size: usize, in_app: usize) -> u64 {
    let tree = Tree::make(size, in_app);
    let began = Instant::now();
    let options = Options { watch: true, ..Options::default() };
    let runtime = Runtime::open(tree.root.path(), Registry::linked().unwrap(), options).await;
    assert!(runtime.snapshot().diagnostics().is_empty());
    println!("{size} Instances, {in_app} in an app");
    println!("  loaded and watched after {:.2} s", began.elapsed().as_secs_f64());
    // What loading has told about itself is over.
    tokio::time::sleep(Duration::from_secs(3)).await;

    let mut commits = runtime.subscribe();
    let (mut served, mut work) = (Vec::new(), Vec::new());
    for edit in 0..EDITS {
        let (i, word) = (edit * 7_919 % size, format!("edit {edit}"));
        let at = tree.edit(i, &word);
        let commit = next(&mut commits).await;
        assert_eq!((commit.changes.len(), tree.says(&runtime, i).await), (1, word));
        served.push(at.elapsed());
        work.push(commit.work_us);
    }
    served.sort();
    work.sort_unstable();
    let percent = |of: usize| served[EDITS * of / 100].as_secs_f64() * 1e3;
    println!("  an edit is served after {:.1} ms (median), {:.1} ms (p99); 50 of it are quiet", percent(50), percent(99));
    println!("  the writer works {} µs on it (median), {} µs (p99)", work[EDITS / 2], work[EDITS * 99 / 100]);

    let changed = DEPLOY.min(size);
    let at = Instant::now();
    for i in 0..changed {
        tree.edit(i, "deployed");
    }
    let wrote = at.elapsed();
    let mut seen = 0;
    while seen < changed {
        seen += next(&mut commits).await.changes.len();
    }
    println!(
        "  a deploy of {changed} is live {:.2} s after its first file, {:.2} s after its last",
        at.elapsed().as_secs_f64(),
        (at.elapsed() - wrote).as_secs_f64()
    );

    if size >= 100_000 && in_app < size {
        let (before, at) = (cpu(), Instant::now());
        tokio::time::sleep(IDLE).await;
        let watching = runtime.watching();
        println!(
            "  idle, with sweeps: {:.2} % of a core over {} s; a sweep every {} s, {} finds, {} overflows",
            (cpu() - before).as_secs_f64() / at.elapsed().as_secs_f64() * 100.0,
            IDLE.as_secs(),
            watching.sweep_every_ms / 1_000,
            watching.sweep_finds,
            watching.overflows
        );
    }
    runtime.close().await;
    work[EDITS / 2]
}

/// The time that this process has had of all cores.
fn cpu() -> Duration {
    let stat = fs::read_to_string(Path::new("/proc/self/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

#[tokio::main]
async fn main() {
    let sizes: Vec<usize> = std::env::args().filter_map(|it| it.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 10_000, 100_000] } else { sizes };
    let mut works = Vec::new();
    for &size in &sizes {
        works.push((size, measure(size, 1_000.min(size)).await));
    }
    if let Some(&largest) = sizes.last().filter(|it| **it > 1_000) {
        works.push((largest, measure(largest, largest).await));
    }
    let (_, first) = works[0];
    let ratio = |work: u64| work as f64 / first.max(1) as f64;
    let ratios: Vec<String> = works.iter().map(|(size, work)| format!("{size}: {:.2}", ratio(*work))).collect();
    println!("one edit's work, as a multiple of the first: {} (the last is all of them in one app)", ratios.join(", "));
}
