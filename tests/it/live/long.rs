//! What takes long, or needs more rights than a test should have. `tests/long` runs it.
use super::{called::Live, drive::Drive};
use element_engine::Mode;
use std::{fs, process::Command, time::Duration};
use tokio::time::Instant;

/// Gives the mount back, whatever happens.
struct Mounted(std::path::PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

/// As containers have single files of the machine around them: what changes that file is not in any folder of the apps.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "only root may mount: tests/long runs it"]
async fn a_file_that_is_mounted_by_itself() {
    let drive = super::drive::RealDrive::new();
    drive.write("apps/a/app.json", r#"{"appId": "acme.a"}"#);
    for name in ["Hi", "Ho"] {
        drive.write(&format!("apps/a/{name}/e.json"), r#"{"type": "greeters.PoliteType"}"#);
        drive.write(&format!("apps/a/{name}/{name}.json"), r#"{"greeting": "inside"}"#);
    }
    drive.write("outside.json", r#"{"greeting": "outside"}"#);
    let target = drive.path("apps/a/Hi/Hi.json");
    let mounted = Command::new("mount").arg("--bind").args([&drive.path("outside.json"), &target]).status();
    assert!(mounted.unwrap().success(), "only root may mount");
    let mounted = Mounted(target);
    let mut live = Live::of(drive).await;
    live.until_it_says("Hi", "outside, you").await;
    for word in ["one", "two"] {
        live.drive.write("outside.json", &format!("{{\"greeting\": \"{word}\"}}"));
        live.until_it_says("Hi", &format!("{word}, you")).await;
    }
    let watching = live.world.runtime.watching();
    assert_eq!(watching.mode, Mode::Polling, "{watching:?}");
    assert!(watching.reason.is_some_and(|it| it.contains("a file that is mounted there by itself")));
    live.rest().await;
    drop(mounted);
}

/// Far more than the system keeps events for: some are lost, it says so, and everything is found all the same.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: tests/long runs it"]
async fn thirty_thousand_folders_come_and_go() {
    let live = Live::open().await;
    for i in 0..30_000 {
        let folder = live.path(&format!("stage/many/n{}/E{i}", i % 100));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("e.json"), r#"{"type": "greeters.PoliteType"}"#).unwrap();
        fs::write(folder.join(format!("E{i}.json")), r#"{"greeting": "many"}"#).unwrap();
    }
    let copied = Command::new("cp").arg("-r").args([live.path("stage/many"), live.path("apps/a/many")]).status();
    assert!(copied.unwrap().success());
    let elements = |live: &Live| live.world.runtime.status().elements;
    let deadline = Instant::now() + Duration::from_secs(120);
    while elements(&live) < 30_002 {
        assert!(Instant::now() < deadline, "{} of 30,002", elements(&live));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    live.until_it_says("many.n99.E29999", "many, you").await;
    fs::remove_dir_all(live.path("apps/a/many")).unwrap();
    while elements(&live) > 2 {
        assert!(Instant::now() < deadline, "{} are left", elements(&live));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    live.drive.write("apps/a/Hi/Hi.json", r#"{"greeting": "after"}"#);
    live.until_it_says("Hi", "after, you").await;
}
