//! Stories at random: on a virtual disk with a virtual clock, and on the real ones.
use super::{
    drive::{Drive, RealDrive},
    model::World,
    story::{Event, STORY, begin, events, save},
    virtual_disk::VirtualDisk,
};
use crate::engine::{apps::TimersClock, greeters::journal};
use element::host::{Clock, SystemClock};
use element_engine::{Disk, Files};
use proptest::{prelude::*, test_runner::RngSeed};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, sleep};

static STORIES: AtomicU64 = AtomicU64::new(0);

/// Longer than two sweeps.
const AT_REST: Duration = Duration::from_secs(65);

async fn wait(ms: u64) {
    sleep(Duration::from_millis(ms)).await;
}

/// Lets one thing happen.
async fn happen(event: &Event, drive: &dyn Drive, disk: Option<&VirtualDisk>, id: &str) {
    match event {
        Event::Write { path, text, how } => save(drive, path, &text.replace(STORY, id), *how, wait).await,
        Event::Remove(path) => drive.remove(path),
        Event::Rename(from, to) => drive.rename(from, to),
        Event::Forbid(path, it) => drive.forbid(path, *it),
        Event::RootAway => drive.rename("apps", "away"),
        Event::RootBack => drive.rename("away", "apps"),
        Event::Wait(ms) => wait(*ms).await,
        _ => {
            let Some(disk) = disk else { return };
            match event {
                Event::LoseEvents(count) => disk.lose_events(*count),
                Event::Overflow => disk.overflow(),
                Event::Blind(it) => disk.blind(*it),
                Event::Busy(path, it) => disk.busy(path, *it),
                _ => {}
            }
        }
    }
}

/// Every one that started has stopped, but for those that serve.
fn check_stops(id: &str, serving: usize) {
    let journal = journal(id);
    let count = |what: &str| journal.iter().filter(|it| it.ends_with(what)).count();
    assert_eq!(count("starts"), count("stops") + serving, "{journal:?}");
}

fn holders(world: &World) -> usize {
    let snapshot = world.runtime.snapshot();
    snapshot.instances().into_iter().filter(|it| it.ty.info.full_name == "greeters.HolderType").count()
}

/// `calm`: everything comes to rest after each event.
async fn virtually(events: &[Event], calm: bool) {
    let id = format!("story {}", STORIES.fetch_add(1, Ordering::Relaxed));
    let disk = VirtualDisk::new();
    begin(&disk, &id);
    let clock: Arc<dyn Clock> = Arc::new(TimersClock(Instant::now()));
    let mut world = World::open(Arc::new(disk.clone()) as Arc<dyn Files>, Path::new("/"), clock).await;
    for event in events {
        happen(event, &disk, Some(&disk), &id).await;
        world.lossy |= matches!(event, Event::LoseEvents(_) | Event::Blind(_));
        world.observe().await;
        if calm {
            sleep(AT_REST).await;
            world.observe().await;
            world.check(true).await;
            check_stops(&id, holders(&world));
        }
    }
    sleep(AT_REST).await;
    world.check(false).await;
    let all_told = !world.lossy && !events.iter().any(|it| matches!(it, Event::Overflow));
    assert!(!all_told || world.runtime.watching().sweep_finds == 0, "everything was told, and not everything was heard");
    check_stops(&id, holders(&world));
    world.runtime.close().await;
    check_stops(&id, 0);
}

/// It comes to rest sooner or later, and stays so.
async fn really(events: &[Event]) {
    let id = format!("story {}", STORIES.fetch_add(1, Ordering::Relaxed));
    let drive = RealDrive::new();
    begin(&drive, &id);
    let mut world = World::open(Arc::new(Disk), drive.0.path(), Arc::new(SystemClock)).await;
    for event in events {
        happen(event, &drive, None, &id).await;
        world.observe().await;
    }
    let deadline = Instant::now() + Duration::from_secs(10);
    while !world.is_at_rest().await && Instant::now() < deadline {
        wait(20).await;
    }
    world.check(false).await;
    assert_eq!(world.runtime.watching().sweep_finds, 0, "everything was told, and not everything was heard");
    world.runtime.close().await;
    check_stops(&id, 0);
}

/// The same stories each time, so that a change is judged by what it changes; `STORIES=4` tells four times as many, and
/// others each time.
fn config(cases: u32) -> ProptestConfig {
    let times = std::env::var("STORIES").ok().and_then(|it| it.parse::<u32>().ok());
    let rng_seed = if times.is_some() { RngSeed::Random } else { RngSeed::Fixed(20_261_120) };
    let cases = cases * times.unwrap_or(1);
    ProptestConfig { cases, rng_seed, failure_persistence: None, max_shrink_iters: 400, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(2_500))]
    #[test]
    fn step_by_step_the_end_is_a_fresh_look_or_the_last_good(events in events()) {
        let time = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        time.block_on(virtually(&events, true));
    }

    #[test]
    fn in_a_rush_the_end_is_a_fresh_look_or_the_last_good(events in events()) {
        let time = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        time.block_on(virtually(&events, false));
    }
}

proptest! {
    // A failing one takes as long as it is waited for.
    #![proptest_config(ProptestConfig { max_shrink_iters: 12, ..config(50) })]
    #[test]
    fn the_same_on_a_real_disk(events in events()) {
        let time = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        time.block_on(really(&events));
    }
}
