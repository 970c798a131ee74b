//! Follows the files: when something was told, when something is to be looked at once more, and all the time a little, in
//! case that something was not told.
use crate::{
    Mode,
    engine::Engine,
    ledger::Ledger,
    reload::{Work, run},
    scan::{How, Unit},
    tree::{Says, Tree},
    watch::{Marked, Marks},
};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Weak},
    time::Duration,
};
use tokio::{
    sync::OwnedMutexGuard,
    time::{Instant, sleep_until},
};

/// So many folders are looked at in one go; in between, edits have their turn.
const SLICE: usize = 512;

/// A mount may come or go, and watches may run out, at any time; nobody needs to know that at once.
const LOOK_AROUND: Duration = Duration::from_secs(1);

/// How often all folders are looked at, and at most which part of one core's time that may take.
struct Pace {
    every: Duration,
    /// One part in so many.
    share: u32,
}

/// Where changes are told, to make sure.
const SURE: Pace = Pace { every: Duration::from_secs(30), share: 200 };
/// Where they are not.
const POLL: Pace = Pace { every: Duration::from_secs(2), share: 20 };

/// What looking at one folder takes at least, before anybody has measured it.
const A_FOLDER: Duration = Duration::from_micros(12);

/// Runs until the engine is gone or frozen.
pub(crate) async fn follow(engine: Weak<Engine>, marks: Marks) {
    let mut sweep = Sweep::new();
    let (mut mode, mut looked_around) = (Mode::Off, None);
    loop {
        let Some(held) = engine.upgrade() else { return };
        let frozen = held.frozen.clone();
        if frozen.is_cancelled() {
            return;
        }
        if looked_around.is_none_or(|it: Instant| it.elapsed() > LOOK_AROUND) {
            mode = look_around(&held);
            looked_around = Some(Instant::now());
        }
        let (doubts, folders, is_gone) = {
            let ledger = held.writer.lock().await;
            let is_gone = ledger.tree.get("").is_some_and(|it| it.says == Says::Unseen);
            (ledger.next_doubt(), ledger.tree.len(), is_gone)
        };
        // Whoever has made a new folder for all apps wants to see them.
        sweep.pace(if is_gone { Mode::Polling } else { mode }, folders);
        let marked = marks.due();
        // Nobody else may hold the engine while nothing happens.
        drop(held);
        let due = [marked, doubts, Some(sweep.next)].into_iter().flatten().min().unwrap_or(sweep.next);
        tokio::select! {
            () = frozen.cancelled() => return,
            () = sleep_until(due) => {}
            () = marks.next(), if marked.is_none() => continue,
        }
        let Some(held) = engine.upgrade() else { return };
        let ledger = Arc::clone(&held.writer).lock_owned().await;
        let now = Instant::now();
        if marks.due().is_some_and(|it| it <= now) {
            told(&held, ledger, marks.take()).await;
            // New folders may have taken the last watch.
            looked_around = None;
        } else if ledger.next_doubt().is_some_and(|it| it <= now) {
            drop(doubted(&held, ledger, now).await);
        } else if sweep.next <= now {
            sweep.slice(&held, ledger, &marks).await;
        }
    }
}

/// How changes are noticed from now on. Said once, whenever that changes.
fn look_around(engine: &Engine) -> Mode {
    let reason = match &engine.watch {
        Some(watch) => watch.blind(),
        None => engine.not_watched.clone(),
    };
    let before = engine.counters.get();
    let mode = if reason.is_some() { Mode::Polling } else { Mode::Native };
    if (before.mode, &before.reason) == (mode, &reason) {
        return mode;
    }
    match &reason {
        Some(reason) if before.mode != Mode::Polling => {
            tracing::warn!("edits are found by looking at all files again and again, which takes seconds: {reason}");
        }
        None if before.mode == Mode::Polling => tracing::info!("edits are told by the file system again"),
        _ => {}
    }
    engine.counters.count(|it| (it.mode, it.reason) = (mode, reason));
    mode
}

/// Looks where something was told.
async fn told(engine: &Arc<Engine>, ledger: OwnedMutexGuard<Ledger>, marked: Marked) {
    engine.counters.count(|it| {
        it.events += marked.events;
        it.overflows += marked.overflows;
    });
    let first = marked.first.unwrap_or_else(Instant::now);
    let mut units = units(&marked, &engine.root, &ledger.tree);
    if marked.anywhere {
        engine.counters.count(|it| it.sweeps += 1);
        for folder in ledger.tree.after(None) {
            units.entry(Arc::clone(folder)).or_insert(How::ByStamp);
        }
    }
    let about = |dir: &Path| marked.places.keys().any(|it| it == dir || it.parent() == Some(dir));
    let secrets = marked.anywhere || engine.secrets_dir.as_deref().is_some_and(about);
    let dirs = engine.options.libraries.dirs();
    let libraries = !dirs.is_empty() && (marked.anywhere || dirs.iter().any(|it| about(it)));
    let units = units.into_iter().map(|(folder, how)| Unit { folder, how }).collect();
    run(engine, ledger, Work { units, secrets, libraries, retry: false, at_once: false, first }).await;
}

/// Looks once more at what may have been half of a save.
pub(crate) async fn doubted(
    engine: &Arc<Engine>,
    mut ledger: OwnedMutexGuard<Ledger>,
    now: Instant,
) -> OwnedMutexGuard<Ledger> {
    let first = ledger.doubts.first().unwrap_or(now);
    let units = ledger.look_again(now).into_iter().map(|folder| Unit { folder, how: How::Itself }).collect();
    let libraries = ledger.shelf.next().is_some_and(|it| it <= now);
    run(engine, ledger, Work { units, secrets: false, libraries, retry: false, at_once: false, first }).await.0
}

/// The folders that marks are about.
fn units(marked: &Marked, root: &Path, tree: &Tree) -> BTreeMap<Arc<str>, How> {
    let mut units = BTreeMap::new();
    let mut add = |folder: &str, how: How| {
        let known = units.entry(Arc::from(folder)).or_insert(how);
        *known = how.max(*known);
    };
    for (path, replaced) in &marked.places {
        let Ok(below) = path.strip_prefix(root) else { continue };
        let below = below.to_string_lossy();
        if tree.get(&below).is_some() {
            add(&below, if *replaced { How::Whole } else { How::Itself });
        }
        if let Some((parent, _)) = below.rsplit_once('/').or((!below.is_empty()).then_some(("", ""))) {
            add(tree.nearest(parent), How::Itself);
        }
    }
    units
}

/// A look at everything, a slice at a time.
struct Sweep {
    /// The last folder that was looked at; `None`: it has not begun.
    cursor: Option<Arc<str>>,
    next: Instant,
    /// From one sweep to the next.
    every: Duration,
    /// From one slice to the next.
    step: Duration,
    began: Instant,
    /// What it took so far, and what the one before took.
    cost: Duration,
    last_cost: Duration,
}

impl Sweep {
    fn new() -> Self {
        let (now, every, zero) = (Instant::now(), SURE.every, Duration::ZERO);
        Self { cursor: None, next: now + every, every, step: every, began: now, cost: zero, last_cost: zero }
    }

    /// Goes slower where there is more to look at, and faster where nothing is told.
    fn pace(&mut self, mode: Mode, folders: usize) {
        let pace = if mode == Mode::Polling { POLL } else { SURE };
        let least = A_FOLDER * u32::try_from(folders).unwrap_or(u32::MAX);
        let every = pace.every.max(self.last_cost.max(least) * pace.share);
        if every < self.every {
            self.next = self.next.min(Instant::now() + every);
            self.step = self.step.min(every);
        }
        self.every = every;
    }

    async fn slice(&mut self, engine: &Arc<Engine>, ledger: OwnedMutexGuard<Ledger>, marks: &Marks) {
        let begins = self.cursor.is_none();
        if begins {
            let slices = u32::try_from(ledger.tree.len() / SLICE + 1).unwrap_or(u32::MAX);
            (self.began, self.cost, self.step) = (Instant::now(), Duration::ZERO, self.every / slices);
        }
        let folders = ledger.tree.after(self.cursor.as_deref()).take(SLICE);
        let units: Vec<Unit> = folders.map(|it| Unit { folder: Arc::clone(it), how: How::ByStamp }).collect();
        self.cursor = units.last().filter(|_| units.len() == SLICE).map(|it| Arc::clone(&it.folder));
        let ends = self.cursor.is_none();
        let first = Instant::now();
        let was_told = marks.due().is_some();
        let work = Work { units, secrets: begins, libraries: begins, retry: begins, at_once: false, first };
        let (ledger, found) = run(engine, ledger, work).await;
        let folders = ledger.tree.len();
        drop(ledger);
        self.cost += first.elapsed();
        self.next = first + self.step;
        if ends {
            self.last_cost = self.cost;
            self.pace(engine.counters.get().mode, folders);
            self.next = (self.began + self.every).max(Instant::now());
        }
        // What is told just now will be looked at soon anyway.
        let finds = if was_told || marks.due().is_some() { 0 } else { found };
        let every = u64::try_from(self.every.as_millis()).unwrap_or(u64::MAX);
        engine.counters.count(|it| {
            it.sweep_finds += finds;
            it.sweeps += u64::from(ends);
            it.sweep_every_ms = every;
        });
    }
}
