//! A program that is killed in the midst of writing: what was acknowledged is there, whole, and nothing is damaged.
use super::{KEY, open};
use element::host::SystemClock;
use serde_json::json;
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::Duration,
};
use tempfile::TempDir;

const KILLS: u32 = 200;

/// Lets it write for a while and kills it. Gives the lines that it said.
fn write_and_kill(store: &str, run: u32, for_ms: u64) -> Vec<String> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_writer"));
    let mut child = program.args([store, KEY, &run.to_string()]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = vec![lines.next().expect("it writes").unwrap()];
    let killer = thread::spawn(move || {
        thread::sleep(Duration::from_millis(for_ms));
        child.kill().unwrap();
        child.wait().unwrap();
    });
    said.extend(lines.map_while(Result::ok));
    killer.join().unwrap();
    said
}

fn sound(file: &Path) {
    let said = Command::new("sqlite3").arg(file).arg("PRAGMA integrity_check").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&said.stdout), "ok\n", "{}", String::from_utf8_lossy(&said.stderr));
}

#[tokio::test]
async fn two_hundred_kills_lose_nothing_that_was_acknowledged() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("element.db");
    let address = format!("sqlite:{}", file.display());
    let (mut records, mut jobs, mut versions) = (Vec::new(), Vec::new(), BTreeMap::<String, u64>::new());
    for run in 0..KILLS {
        // Anywhere between two syncs, or in one.
        let for_ms = u64::from(run) * 7919 % 40;
        for line in write_and_kill(&address, run, for_ms) {
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["record", key] => records.push(key.to_owned()),
                ["job", id] => jobs.push(id.parse::<u64>().unwrap()),
                ["version", key, version] => {
                    let version = version.parse().unwrap();
                    let before = versions.insert(key.to_owned(), version);
                    assert!(before.is_none_or(|it| it < version), "{key} went back from {before:?} to {version}");
                }
                _ => panic!("{line}"),
            }
        }
        if run % 20 == 19 {
            sound(&file);
        }
    }
    assert!(records.len() > 1000 && jobs.len() > 1000, "{} records, {} jobs", records.len(), jobs.len());
    let store = open(&address, None, Arc::new(SystemClock)).await.unwrap();
    for key in &records {
        let found = store.records.get("a", "c", key).await.unwrap().unwrap_or_else(|| panic!("{key} is missing"));
        let n: usize = key.rsplit('-').next().unwrap().parse().unwrap();
        let text = found.value["text"].as_str().unwrap();
        assert_eq!((text.len(), &found.value["token"]), (n * 131 % 6000, &json!({"$secret": n.to_string()})), "{key}");
        let filter = [("n".to_owned(), json!(n))].into();
        assert!(n > 3 || store.records.count("a", "c", &filter).await.unwrap() > 0, "the index knows {key}");
    }
    for id in jobs {
        assert!(store.jobs.get("a", id).await.unwrap().is_some(), "job {id} is missing");
    }
    for (key, version) in versions {
        assert!(store.records.get("a", "last", &key).await.unwrap().unwrap().version >= version, "{key}");
    }
}
