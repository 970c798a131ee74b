//! What is believed when, step by step, on a virtual disk with a virtual clock.
use super::{drive::Drive, model::World, virtual_disk::VirtualDisk};
use crate::engine::{apps::TimersClock, greeters::journal};
use element_engine::{Commit, Files, Mode, What};
use serde_json::json;
use std::{path::Path, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

const HI: &str = "apps/a/Hi/Hi.json";

async fn world(disk: &VirtualDisk, id: &str) -> World {
    disk.write("apps/a/app.json", r#"{"appId": "acme.a"}"#);
    disk.write("apps/a/Hi/e.json", r#"{"type": "greeters.HolderType"}"#);
    disk.write(HI, &holder(id, "0"));
    World::open(Arc::new(disk.clone()) as Arc<dyn Files>, Path::new("/"), Arc::new(TimersClock(Instant::now()))).await
}

fn holder(id: &str, label: &str) -> String {
    format!(r#"{{"id": "{id}", "label": "{label}"}}"#)
}

async fn wait(ms: u64) {
    sleep(Duration::from_millis(ms)).await;
}

async fn says(world: &World) -> String {
    let element = world.runtime.app("acme.a").unwrap().get_element("Hi").unwrap();
    element.call("greet", json!({})).await.unwrap().as_str().unwrap().to_owned()
}

fn whats(commit: &Commit) -> Vec<What> {
    commit.changes.iter().map(|it| it.what).collect()
}

#[tokio::test(start_paused = true)]
async fn an_edit_waits_for_quiet_and_no_longer_than_the_ceiling() {
    let (disk, id) = (VirtualDisk::new(), "an_edit_waits_for_quiet");
    let world = world(&disk, id).await;
    disk.write(HI, &holder(id, "1"));
    wait(49).await;
    assert_eq!(says(&world).await, "Holding 0");
    wait(2).await;
    assert_eq!(says(&world).await, "Holding 1");
    // Never quiet: an edit every 30 ms.
    let began = Instant::now();
    for i in 2.. {
        disk.write(HI, &holder(id, &i.to_string()));
        wait(30).await;
        if says(&world).await != "Holding 1" {
            break;
        }
    }
    assert!((300..340).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_bad_edit_counts_after_a_while_and_a_good_one_at_once() {
    let (disk, id) = (VirtualDisk::new(), "a_bad_edit_counts_after_a_while");
    let world = world(&disk, id).await;
    let mut commits = world.runtime.subscribe();
    disk.write(HI, "{");
    wait(600).await;
    assert!(commits.try_recv().is_err(), "it may be half of a save");
    assert_eq!(world.runtime.watching().doubted, 1);
    wait(60).await;
    let commit = commits.try_recv().unwrap();
    assert_eq!((whats(&commit), commit.diagnostics.len()), (vec![What::Stale], 1));
    let trouble = &world.runtime.status().troubled[0];
    assert_eq!((&*trouble.state, trouble.serves), ("stale", Some(1)));
    assert_eq!(says(&world).await, "Holding 0");
    disk.write(HI, &holder(id, "0"));
    wait(51).await;
    assert_eq!(whats(&commits.try_recv().unwrap()), [What::Healed]);
    assert_eq!(journal(id), ["0 starts"], "what is as it was is the same object");
}

#[tokio::test(start_paused = true)]
async fn every_half_of_a_save_while_somebody_calls() {
    let (disk, id) = (VirtualDisk::new(), "every_half_of_a_save");
    let mut world = world(&disk, id).await;
    let text = holder(id, "1");
    for end in 0..text.len() {
        disk.write(HI, &text[..end]);
        for _ in 0..14 {
            wait(50).await;
            assert_eq!(says(&world).await, "Holding 0");
        }
        world.check(true).await;
    }
    disk.write(HI, &text);
    wait(51).await;
    assert_eq!(says(&world).await, "Holding 1");
    world.check(true).await;
    world.runtime.close().await;
    assert_eq!(journal(id), ["0 starts", "1 starts", "0 stops", "1 stops"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_told_is_found() {
    let (disk, id) = (VirtualDisk::new(), "what_is_not_told_is_found");
    let world = world(&disk, id).await;
    disk.lose_events(1);
    disk.write(HI, &holder(id, "1"));
    wait(29_000).await;
    assert_eq!(says(&world).await, "Holding 0");
    wait(1_500).await;
    assert_eq!(says(&world).await, "Holding 1");
    let watching = world.runtime.watching();
    assert_eq!((watching.mode, watching.sweeps, watching.sweep_finds), (Mode::Native, 1, 1));
    // Whoever says that something is missing is asked for everything at once.
    disk.lose_events(1);
    disk.write(HI, &holder(id, "2"));
    disk.overflow();
    wait(51).await;
    assert_eq!((says(&world).await, world.runtime.watching().overflows), ("Holding 2".into(), 1));
}

#[tokio::test(start_paused = true)]
async fn where_nothing_is_told_somebody_looks_all_the_time() {
    let (disk, id) = (VirtualDisk::new(), "where_nothing_is_told");
    disk.blind(true);
    let world = world(&disk, id).await;
    disk.write(HI, &holder(id, "1"));
    wait(2_100).await;
    let watching = world.runtime.watching();
    assert_eq!((watching.mode, watching.reason.as_deref()), (Mode::Polling, Some("this disk is silent")));
    assert_eq!(says(&world).await, "Holding 1");
    disk.blind(false);
    disk.lose_events(0);
    wait(2_100).await;
    assert_eq!(world.runtime.watching().mode, Mode::Native);
}

#[tokio::test(start_paused = true)]
async fn whoever_catches_up_has_every_edit_made_before() {
    let (disk, id) = (VirtualDisk::new(), "whoever_catches_up");
    let world = world(&disk, id).await;
    disk.write(HI, &holder(id, "1"));
    world.runtime.catch_up().await;
    assert_eq!(says(&world).await, "Holding 1");
    disk.write(HI, "{");
    let began = Instant::now();
    assert_eq!(world.runtime.catch_up().await.diagnostics().len(), 1);
    assert!((600..700).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn one_that_does_not_start_is_tried_again() {
    let (disk, id) = (VirtualDisk::new(), "one_that_does_not_start");
    let world = world(&disk, id).await;
    disk.write(HI, &format!(r#"{{"id": "{id}", "label": "1", "wrong": "startFails"}}"#));
    wait(100).await;
    assert_eq!((says(&world).await, world.runtime.status().troubled.len()), ("Holding 0".into(), 1));
    let mut commits = world.runtime.subscribe();
    // It fails again, which is no news.
    wait(65_000).await;
    assert!(commits.try_recv().is_err());
    assert_eq!(world.runtime.status().troubled.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn one_that_is_held_for_very_long_stops_all_the_same() {
    let (disk, id) = (VirtualDisk::new(), "one_that_is_held_for_very_long");
    let world = world(&disk, id).await;
    let held = world.runtime.app("acme.a").unwrap().get_element("Hi").unwrap();
    disk.write(HI, &holder(id, "1"));
    wait(9 * 60_000).await;
    assert_eq!(journal(id), ["0 starts", "1 starts"]);
    wait(2 * 60_000).await;
    assert_eq!(journal(id), ["0 starts", "1 starts", "0 stops"]);
    drop(held);
    wait(1_000).await;
    assert_eq!(journal(id), ["0 starts", "1 starts", "0 stops"], "once");
}

#[tokio::test(start_paused = true)]
async fn nothing_changes_any_more_once_it_is_frozen() {
    let (disk, id) = (VirtualDisk::new(), "nothing_changes_any_more");
    let world = world(&disk, id).await;
    let mut commits = world.runtime.subscribe();
    world.runtime.freeze();
    disk.write(HI, &holder(id, "1"));
    wait(100_000).await;
    assert_eq!(says(&world).await, "Holding 0");
    assert!(commits.recv().await.is_err(), "whoever listens is told that it is over");
}
