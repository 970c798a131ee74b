//! The one writer: looks, works out, builds, and swaps one pointer. Whoever calls is never waited for and never disturbed.
use crate::{
    Commit, Element, LibraryInfo, Options, Registry, Severity, State,
    build::{Built, build},
    built_in::built_in,
    engine::Engine,
    instance::drain,
    ledger::{Ledger, Touched},
    library::{Looking, mapped_images},
    plan::Plan,
    read::{self, LIBRARIES},
    resolve::resolve,
    scan::{How, Scan, Unit},
    tree::app_of,
    view::Offered,
};
use element::AppId;
use std::{path::Path, sync::Arc};
use tokio::{sync::OwnedMutexGuard, time::Instant};

/// More changes at once are counted in the log, not told one by one.
const TOLD: usize = 20;

/// Where to look this time.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) units: Vec<Unit>,
    pub(crate) secrets: bool,
    pub(crate) libraries: bool,
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
        Self { units: vec![root], secrets: true, libraries: true, retry: true, at_once, first: Instant::now() }
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
    if first_load || built.new_code || !built.changes.is_empty() || !built.news.is_empty() {
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
    let mut libraries = None;
    if work.libraries {
        let before = ledger.shelf.diagnostics();
        if let Some((was, is)) = engine.look_at_libraries(&mut ledger.shelf, work.at_once) {
            ledger.take_code(was.differs_in(&is), &mut touched);
            tell_libraries(&was, &is);
        }
        let now = ledger.shelf.diagnostics();
        libraries = (before != now).then_some(now);
    }
    if work.retry {
        let Ledger { failed, index, .. } = &mut *ledger;
        failed.retain(|it| *it.view == *app_of(&it.folder) || index.is_adapted(it));
        touched.users(ledger.failed.iter());
    }
    // A service that did not start may do so later.
    let bad = |it: &Element| matches!(it.state, State::Stale(_) | State::Broken);
    touched.code |= suspect || work.retry && engine.snapshot.load().built_in().into_iter().any(|it| bad(it));
    if suspect {
        touched.everything = true;
        touched.folders.extend(ledger.tree.all_in("").map(|(path, _)| Arc::clone(path)));
    }
    let registry = engine.registry();
    let Options { files, libraries: allowed, .. } = options;
    let (root, now, at_once) = (&*engine.root, Instant::now(), work.at_once);
    let looking = Looking { files: &**files, root, libraries: allowed, registry: &registry, now, at_once };
    look_at_code_of_apps(&mut ledger, &looking, &mut touched);
    let mut plan = Plan::default();
    if !touched.is_empty() || ledger.index.is_reshaped() {
        let Ledger { tree, index, doubts, of_apps, .. } = &mut *ledger;
        let code = Offered { registry: &registry, of_apps };
        plan = resolve(tree, index, code, &options.vars, &touched, &doubts.all());
    }
    plan.notes.extend(libraries.map(|it| (LIBRARIES.into(), it)));
    if touched.code || engine.snapshot.load().generation == 0 {
        plan.built_in = Some(built_in(&registry));
    }
    ledger.suspect = false;
    Looked { ledger, plan, found: touched.found, unchanged: touched.unchanged }
}

/// Libraries that apps bring are looked at again where something about them may be other than before.
fn look_at_code_of_apps(ledger: &mut Ledger, looking: &Looking<'_>, touched: &mut Touched) {
    let Ledger { tree, index, of_apps, .. } = ledger;
    let mut others: Vec<Arc<str>> = of_apps.due(looking.now);
    if touched.code || touched.everything || !touched.apps.is_empty() {
        others.extend(of_apps.folders().cloned());
    }
    for folder in others {
        touched.users(&index.users_of(&folder));
        touched.folders.insert(folder);
    }
    for folder in &touched.folders {
        // Of two that claim to be one app, only the one that serves is it.
        let app = app_of(folder);
        let is_it = |id: &&AppId| index.folders(id).count() == 1 || index.has_served(app);
        of_apps.look(folder, index.id(app).filter(is_it), tree, looking);
    }
}

/// One line for each library that is new.
fn tell_libraries(was: &Registry, is: &Registry) {
    for it in is.libraries().filter(|new| !was.libraries().any(|old| old == *new)) {
        let LibraryInfo { path, name, version, sha256, .. } = it;
        tracing::info!(%path, sha256, signed_by = it.signed_by, "library {name} {version} is loaded");
    }
    metrics::gauge!("element_libraries_loaded").set(is.libraries().count() as f64);
    metrics::gauge!("element_libraries_mapped").set(mapped_images() as f64);
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
