//! Files as editors, deploys and administrators really change them, on a real disk, while somebody calls all the time.
use super::{
    called::{Live, greeting},
    drive::{Drive, RealDrive},
};
use crate::site::until;
use std::{fs, os::unix::fs::symlink, path::Path, process::Command, time::Duration};

const HI: &str = "apps/a/Hi/Hi.json";

fn run(program: &str, args: &[&str], paths: &[&Path]) {
    assert!(Command::new(program).args(args).args(paths).status().unwrap().success(), "{program}");
}

/// Each way to save a file, one after the other: all are seen, at once.
#[tokio::test(flavor = "multi_thread")]
async fn every_way_to_save() {
    type Save = fn(&Path, &str);
    let saves: [(&str, Save); 8] = [
        ("in place, as VS Code does", |file, text| fs::write(file, text).unwrap()),
        ("empty for a moment", |file, text| {
            fs::write(file, "").unwrap();
            std::thread::sleep(Duration::from_millis(120));
            fs::write(file, text).unwrap();
        }),
        ("half for a moment", |file, text| {
            fs::write(file, &text[..9]).unwrap();
            std::thread::sleep(Duration::from_millis(120));
            fs::write(file, text).unwrap();
        }),
        ("renamed over", |file, text| {
            let new = file.with_extension("tmp");
            fs::write(&new, text).unwrap();
            fs::rename(new, file).unwrap();
        }),
        ("as vim does", |file, text| {
            let (probe, backup) = (file.with_file_name("4913"), file.with_extension("json~"));
            fs::write(&probe, "").unwrap();
            fs::remove_file(probe).unwrap();
            fs::rename(file, &backup).unwrap();
            std::thread::sleep(Duration::from_millis(120));
            fs::write(file, text).unwrap();
            fs::remove_file(backup).unwrap();
        }),
        ("sed -i", |file, text| {
            let word = text.split('"').nth(3).unwrap();
            run("sed", &["-i", &format!("s/: \"[^\"]*\"/: \"{word}\"/")], &[file]);
        }),
        ("cp -p of an older file", |file, text| {
            let old = file.with_extension("old");
            fs::write(&old, text).unwrap();
            run("touch", &["-d", "2001-01-01"], &[&old]);
            run("cp", &["-p"], &[&old, file]);
        }),
        ("dd over it, not truncated", |file, text| {
            let new = file.with_extension("new");
            fs::write(&new, text).unwrap();
            let (from, to) = (format!("if={}", new.display()), format!("of={}", file.display()));
            run("dd", &["conv=notrunc", "status=none", &from, &to], &[]);
        }),
    ];
    let live = Live::open().await;
    for (i, (_, save)) in saves.iter().enumerate() {
        let (file, text) = (live.path(HI), greeting(&format!("W{i}")));
        let save = *save;
        tokio::task::spawn_blocking(move || save(&file, &text)).await.unwrap();
        live.until_it_says("Hi", &format!("W{i}, you")).await;
    }
    live.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_config_map_is_swapped_twice() {
    let drive = RealDrive::new();
    drive.write("apps/a/app.json", r#"{"appId": "acme.a"}"#);
    drive.write("apps/a/Ho/e.json", r#"{"type": "greeters.OddType"}"#);
    let element = drive.path("apps/a/Hi");
    let version = |name: &str| {
        drive.write(&format!("apps/a/Hi/..{name}/e.json"), r#"{"type": "greeters.PoliteType"}"#);
        drive.write(&format!("apps/a/Hi/..{name}/Hi.json"), &greeting(name));
    };
    version("one");
    symlink("..one", element.join("..data")).unwrap();
    symlink("..data/e.json", element.join("e.json")).unwrap();
    symlink("..data/Hi.json", element.join("Hi.json")).unwrap();
    for name in ["two", "three"] {
        version(name);
    }
    let live = Live::of(drive).await;
    for (name, old) in [("two", "one"), ("three", "two")] {
        symlink(format!("..{name}"), element.join("..data_tmp")).unwrap();
        fs::rename(element.join("..data_tmp"), element.join("..data")).unwrap();
        fs::remove_dir_all(element.join(format!("..{old}"))).unwrap();
        live.until_it_says("Hi", &format!("{name}, you")).await;
    }
    live.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_are_renamed_and_moved_in() {
    let live = Live::open().await;
    live.drive.write("stage/New/e.json", r#"{"type": "greeters.PoliteType"}"#);
    live.drive.write("stage/New/New.json", &greeting("New"));
    fs::create_dir(live.path("apps/a/n")).unwrap();
    fs::rename(live.path("stage/New"), live.path("apps/a/n/New")).unwrap();
    live.until_it_says("n.New", "New, you").await;
    fs::rename(live.path("apps/a/n"), live.path("apps/a/m")).unwrap();
    live.until_it_says("m.New", "New, you").await;
    live.until_it_says("n.New", "there is no element `n.New` in `acme.a`; did you mean `m.New`?").await;
    // What is told of it after that is told under the new name.
    live.drive.write("apps/a/m/New/New.json", &greeting("Newer"));
    live.until_it_says("m.New", "Newer, you").await;
    // A whole app, too; nobody who calls it notices.
    fs::rename(live.path("apps/a"), live.path("apps/moved")).unwrap();
    live.drive.write("apps/moved/Hi/Hi.json", &greeting("Moved"));
    live.until_it_says("Hi", "Moved, you").await;
    live.end().await;
}

/// A look at everything gives all watches once more, and they go on telling.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_looks_at_everything_hears_of_the_next_edit() {
    let live = Live::open().await;
    for word in ["one", "two", "three"] {
        live.world.runtime.catch_up().await;
        live.drive.write(HI, &greeting(word));
        live.until_it_says("Hi", &format!("{word}, you")).await;
    }
    live.end().await;
}

/// As deploys do: the app is a link, and the link changes.
#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_is_a_link_is_led_elsewhere() {
    let drive = RealDrive::new();
    for release in ["r1", "r2", "r3"] {
        for name in ["Hi", "Ho"] {
            drive.write(&format!("{release}/{name}/e.json"), r#"{"type": "greeters.PoliteType"}"#);
            drive.write(&format!("{release}/{name}/{name}.json"), &greeting(release));
        }
        drive.write(&format!("{release}/app.json"), r#"{"appId": "acme.a"}"#);
    }
    symlink("../r1", drive.path("apps/a")).unwrap();
    let live = Live::of(drive).await;
    for release in ["r2", "r3"] {
        symlink(format!("../{release}"), live.path("new")).unwrap();
        fs::rename(live.path("new"), live.path("apps/a")).unwrap();
        live.until_it_says("Ho", &format!("{release}, you")).await;
    }
    live.drive.write("r3/Hi/Hi.json", &greeting("edited"));
    live.until_it_says("Hi", "edited, you").await;
    live.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_that_lead_round_change_nothing() {
    let live = Live::open().await;
    symlink("..", live.path("apps/a/up")).unwrap();
    symlink("round", live.path("apps/a/round")).unwrap();
    symlink("../Ho", live.path("apps/a/Hi/Linked")).unwrap();
    live.drive.write(HI, &greeting("still"));
    live.until_it_says("Hi", "still, you").await;
    live.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_folders_come_at_once() {
    let live = Live::open().await;
    for i in 0..2_000 {
        let folder = format!("stage/many/n{}/E{i}", i % 20);
        live.drive.write(&format!("{folder}/e.json"), r#"{"type": "greeters.PoliteType"}"#);
        live.drive.write(&format!("{folder}/E{i}.json"), &greeting("many"));
    }
    run("cp", &["-r"], &[&live.path("stage/many"), &live.path("apps/a/many")]);
    live.until_it_says("many.n19.E1999", "many, you").await;
    live.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_huge_config_is_refused_and_hurts_nothing() {
    let live = Live::open().await;
    fs::write(live.path(HI), vec![b' '; 50 << 20]).unwrap();
    until("it is stale", || !live.world.runtime.status().troubled.is_empty()).await;
    assert_eq!(live.says("Hi").await, "Hi, you");
    let wrong: Vec<String> = live.world.runtime.snapshot().diagnostics().iter().map(ToString::to_string).collect();
    assert_eq!(wrong, ["a/Hi/Hi.json: error[unreadable]: this cannot be read: it is larger than 1024 KiB"]);
    live.drive.write(HI, &greeting("small"));
    live.until_it_says("Hi", "small, you").await;
    live.end().await;
}

/// For root there is nothing that may not be read; then nothing changes.
#[tokio::test(flavor = "multi_thread")]
async fn permission_is_taken_and_given_back() {
    let live = Live::open().await;
    for (path, mistake) in [
        ("apps/a/Hi", "a/Hi: error[unreadable]: this cannot be read: no permission"),
        (HI, "a/Hi/Hi.json: error[unreadable]: this cannot be read: no permission"),
        ("apps/a", "a: error[unreadable]: this cannot be read: no permission"),
    ] {
        live.drive.forbid(path, true);
        if fs::read_dir(live.path(path)).is_err() && fs::read(live.path(path)).is_err() {
            let wrong = || live.world.runtime.snapshot().diagnostics().iter().map(ToString::to_string).collect::<Vec<_>>();
            until(mistake, || wrong() == [mistake]).await;
        }
        live.drive.forbid(path, false);
        until("nothing is stale", || live.world.runtime.status().troubled.is_empty()).await;
    }
    live.drive.write(HI, &greeting("again"));
    live.until_it_says("Hi", "again, you").await;
    live.end().await;
}

/// Longer than anybody waits for quiet, and longer than anything is doubted.
#[tokio::test(flavor = "multi_thread")]
async fn a_config_that_changes_faster_than_it_can_be_read() {
    let live = Live::open().await;
    let file = live.path(HI);
    let writer = tokio::task::spawn_blocking(move || {
        let end = std::time::Instant::now() + Duration::from_millis(1_500);
        while std::time::Instant::now() < end {
            for word in ["x".repeat(3_000), "y".repeat(9)] {
                fs::write(&file, greeting(&word)).unwrap();
            }
        }
        fs::write(&file, greeting("last")).unwrap();
    });
    writer.await.unwrap();
    live.until_it_says("Hi", "last, you").await;
    live.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_folder_of_all_apps_goes_and_comes_back() {
    let live = Live::open().await;
    run("cp", &["-r"], &[&live.path("apps"), &live.path("copy")]);
    fs::remove_dir_all(live.path("apps")).unwrap();
    until("both are stale", || live.world.runtime.status().troubled.len() >= 2).await;
    fs::rename(live.path("copy"), live.path("apps")).unwrap();
    until("nothing is stale", || live.world.runtime.status().troubled.is_empty()).await;
    live.drive.write(HI, &greeting("back"));
    live.until_it_says("Hi", "back, you").await;
    live.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_edits_in_one_deploy_are_few_commits() {
    let drive = RealDrive::new();
    drive.write("apps/a/app.json", r#"{"appId": "acme.a"}"#);
    let config = |i: usize, word: &str| (format!("apps/a/n/E{i}/E{i}.json"), greeting(word));
    for name in ["Hi", "Ho"] {
        drive.write(&format!("apps/a/{name}/e.json"), r#"{"type": "greeters.OddType"}"#);
    }
    for i in 0..1_000 {
        drive.write(&format!("apps/a/n/E{i}/e.json"), r#"{"type": "greeters.PoliteType"}"#);
        let (path, text) = config(i, "before");
        drive.write(&path, &text);
    }
    let live = Live::of(drive).await;
    let mut commits = live.world.runtime.subscribe();
    for i in 0..1_000 {
        let (path, text) = config(i, "after");
        live.drive.write(&path, &text);
    }
    let (mut seen, mut changed) = (0, 0);
    while changed < 1_000 {
        let commit = tokio::time::timeout(Duration::from_secs(20), commits.recv()).await.unwrap().unwrap();
        seen += 1;
        changed += commit.changes.len();
    }
    assert_eq!(changed, 1_000, "each once");
    assert!(seen <= 20, "{seen} commits");
    live.end().await;
}
