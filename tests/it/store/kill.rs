//! A program that is killed in the midst of writing: what was acknowledged is there, whole, and nothing is damaged.
use super::{KEY, open};
use element::host::SystemClock;
use serde_json::json;
use std::{
    collections::BTreeMap,
    hash::{BuildHasher, RandomState},
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::Duration,
};
use tempfile::TempDir;

const KILLS: u32 = 200;

/// Lets it write for a while and kills it: after so many lines, and so many microseconds later. Gives the lines that it said.
fn write_and_kill(store: &str, run: u32, lines_first: usize, then: Duration) -> Vec<String> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_writer"));
    let mut child = program.args([store, KEY, &run.to_string()]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said: Vec<_> = lines.by_ref().take(lines_first).map(Result::unwrap).collect();
    thread::sleep(then);
    child.kill().unwrap();
    child.wait().unwrap();
    said.extend(lines.map_while(Result::ok));
    assert!(said.len() >= lines_first, "it ended by itself");
    said
}

fn sound(file: &Path) {
    let said = Command::new("sqlite3").arg(file).arg("PRAGMA integrity_check").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&said.stdout), "ok\n", "{}", String::from_utf8_lossy(&said.stderr));
}

/// Programs that begin on one empty file at the same time: nobody is turned away, whoever makes the tables.
#[test]
fn many_programs_begin_on_an_empty_file_at_once() {
    for round in 0..10 {
        let folder = TempDir::new().unwrap();
        let address = format!("sqlite:{}", folder.path().join("element.db").display());
        let start = |run| {
            let address = address.clone();
            thread::spawn(move || write_and_kill(&address, run, 30, Duration::ZERO))
        };
        for program in (0..4).map(start).collect::<Vec<_>>() {
            assert!(program.join().unwrap().len() >= 30, "round {round}");
        }
        sound(&folder.path().join("element.db"));
    }
}

#[tokio::test]
async fn two_hundred_kills_lose_nothing_that_was_acknowledged() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("element.db");
    let address = format!("sqlite:{}", file.display());
    let (mut records, mut jobs, mut versions) = (Vec::new(), Vec::new(), BTreeMap::<String, u64>::new());
    for run in 0..KILLS {
        // Anywhere between two syncs, or in one.
        let random = RandomState::new().hash_one(run);
        let (lines_first, then) = (1 + random % 60, Duration::from_micros((random >> 32) % 5_000));
        for line in write_and_kill(&address, run, usize::try_from(lines_first).unwrap(), then) {
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
    assert!(records.len() > 500 && jobs.len() > 500, "{} records, {} jobs", records.len(), jobs.len());
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
