//! The one writer: looks, works out, builds, and swaps one pointer. Whoever calls is never waited for and never disturbed.
use crate::{
    Commit, Severity,
    build::{Built, build},
    built_in::built_in,
    engine::Engine,
    instance::drain,
    ledger::{Ledger, Touched},
    plan::Plan,
    read,
    resolve::resolve,
    scan::{How, Scan, Unit},
    tree::app_of,
};
use std::{path::Path, sync::Arc};
use tokio::{sync::OwnedMutexGuard, time::Instant};

/// More changes at once are counted in the log, not told one by one.
const TOLD: usize = 20;

/// Where to look this time.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) units: Vec<Unit>,
    pub(crate) secrets: bool,
    /// Elements that did not start are tried once more.
    pub(crate) retry: bool,
    /// Whatever is seen counts, even if it may be half of a save.
    pub(crate) at_once: bool,
    /// The first sign of what changed.
    pub(crate) first: Instant,
}

impl Work {
    /// Everything, whatever is known.
    pub(crate) fn everything(at_once: bool) -> Self {
        let root = Unit { folder: "".into(), how: How::Whole };
        Self { units: vec![root], secrets: true, retry: true, at_once, first: Instant::now() }
    }
}

/// Does it, under the writer's lock. Gives how many folders say something else than was known.
pub(crate) async fn run(
    engine: &Arc<Engine>,
    ledger: OwnedMutexGuard<Ledger>,
    work: Work,
) -> (OwnedMutexGuard<Ledger>, u64) {
    if engine.frozen.is_cancelled() {
        return (ledger, 0);
    }
    let (first, began) = (work.first, Instant::now());
    let reader = Arc::clone(engine);
    let Looked { mut ledger, plan, found, unchanged } =
        match tokio::task::spawn_blocking(move || look(&reader, ledger, work)).await {
            Ok(it) => it,
            Err(e) => {
                // What is known may be half of it now, and the ledger says so itself.
                tracing::error!("the apps cannot be looked at: {e}; what is in service stays");
                return (Arc::clone(&engine.writer).lock_owned().await, 0);
            }
        };
    let doubted = ledger.doubts.len() as u64;
    engine.counters.count(|it| {
        it.unchanged += unchanged;
        it.doubted = doubted;
    });
    let before = engine.snapshot.load_full();
    let built = build(engine, plan, &before).await;
    for (tried, is_built) in &built.tried {
        if *is_built {
            ledger.failed.remove(tried);
        } else {
            ledger.failed.insert(tried.clone());
        }
    }
    let first_load = before.generation == 0;
    if first_load || !built.changes.is_empty() || !built.news.is_empty() {
        commit(engine, built, first, began, first_load);
    }
    (ledger, found)
}

struct Looked {
    ledger: OwnedMutexGuard<Ledger>,
    plan: Plan,
    found: u64,
    unchanged: u64,
}

fn look(engine: &Engine, mut ledger: OwnedMutexGuard<Ledger>, mut work: Work) -> Looked {
    let suspect = std::mem::replace(&mut ledger.suspect, true);
    if suspect {
        // Somebody panicked in here: nothing that was known counts.
        work = Work { first: work.first, ..Work::everything(work.at_once) };
    }
    let options = &engine.options;
    let (watch, tree) = (engine.watch.as_deref(), &ledger.tree);
    let scan = Scan { files: &*options.files, root: &engine.root, watch, tree };
    let seen = scan.look_at(work.units);
    let mut touched = Touched::default();
    ledger.take(seen, Instant::now(), work.at_once, &mut touched);
    if let Some(dir) = engine.secrets_dir.as_ref().filter(|_| work.secrets) {
        if let Some(watch) = watch {
            watch.add(dir, false);
        }
        ledger.take_secrets(read::secrets(&*options.files, dir), &mut touched);
    }
    if work.retry {
        let Ledger { failed, index, .. } = &mut *ledger;
        failed.retain(|it| *it.view == *app_of(&it.folder) || index.is_adapted(it));
        touched.users(ledger.failed.iter());
    }
    if suspect {
        touched.everything = true;
        touched.folders.extend(ledger.tree.all_in("").map(|(path, _)| Arc::clone(path)));
    }
    let mut plan = Plan::default();
    if !touched.is_empty() || ledger.index.is_reshaped() {
        let Ledger { tree, index, doubts, .. } = &mut *ledger;
        plan = resolve(tree, index, &engine.registry, &options.vars, &touched, &doubts.all());
    }
    if engine.snapshot.load().generation == 0 {
        plan.built_in = Some(built_in(&engine.registry));
    }
    ledger.suspect = false;
    Looked { ledger, plan, found: touched.found, unchanged: touched.unchanged }
}

fn commit(engine: &Arc<Engine>, built: Built, first: Instant, began: Instant, first_load: bool) {
    let Built { snapshot, changes, news, replaced, .. } = built;
    let diagnostics = news.iter().flat_map(|it| snapshot.mistakes_in(it)).cloned().collect();
    let generation = snapshot.generation;
    engine.snapshot.store(Arc::new(snapshot));
    let ms = u64::try_from(first.elapsed().as_millis()).unwrap_or(u64::MAX);
    let work_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    replaced.iter().for_each(|it| drain(engine, it));
    drop(replaced);
    let rejected = changes.iter().filter(|it| it.what.is_rejected()).count() as u64;
    let applied = changes.len() as u64 - rejected;
    engine.counters.count(|it| {
        it.applied += applied;
        it.rejected += rejected;
    });
    let commit = Commit { generation, at: engine.options.clock.now(), ms, work_us, changes, diagnostics };
    if engine.options.watch {
        tell(&commit, &engine.root_as_given, first_load);
    }
    engine.tell_subscribers(commit);
}

/// One line for each change, and each mistake once, loud enough that nobody overlooks it.
fn tell(commit: &Commit, root: &Path, first_load: bool) {
    let Commit { generation, ms, changes, diagnostics, .. } = commit;
    // What is there from the beginning is no change.
    for change in changes.iter().filter(|_| !first_load).take(TOLD) {
        if change.what.is_rejected() {
            tracing::warn!(generation, ms, "{change}");
        } else {
            tracing::info!(generation, ms, "{change}");
        }
    }
    if !first_load && changes.len() > TOLD {
        let rejected = changes.iter().skip(TOLD).filter(|it| it.what.is_rejected()).count();
        let more = changes.len() - TOLD;
        tracing::info!(generation, ms, rejected, "and {more} more changes");
    }
    for diagnostic in diagnostics {
        let (code, text) = (&*diagnostic.code, diagnostic.under(root));
        match diagnostic.severity {
            Severity::Error => tracing::warn!(code, "{text}"),
            Severity::Warning => tracing::info!(code, "{text}"),
        }
    }
}
