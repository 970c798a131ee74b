//! What a store says when it is opened, and what it keeps.
use super::{
    KEY, open, opening,
    servers::{Server, postgres, psql},
};
use element::{
    Caller, ErrorKind, Expect, NewJob,
    host::{SystemClock, Write},
};
use element_store::{OpenStore, Store};
use expect_test::expect;
use serde_json::json;
use std::{fs, os::unix::fs::PermissionsExt, path::Path, sync::Arc};
use tempfile::TempDir;
use tokio::task::JoinSet;

const OTHER_KEY: &str = "0808080808080808080808080808080808080808080808080808080808080808";
const SECRET: &str = "hunter2-hunter2-hunter2";

fn sqlite(folder: &Path) -> String {
    format!("sqlite:{}/element.db", folder.display())
}

fn address(server: &Server) -> String {
    format!("postgres://element:hunter2@127.0.0.1:{}/element", server.port)
}

async fn refused(open: OpenStore) -> String {
    Store::open(open, Arc::new(SystemClock), super::random()).await.expect_err("it is refused")
}

/// Folders are named differently each time, and so are keys: by what is derived from them.
fn shown(told: &str, folder: &Path) -> String {
    let told = told.replace(&*folder.to_string_lossy(), "DIR");
    let id = |it: &&str| it.len() == 16 && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_');
    told.split('`').map(|it| if id(&it) { "ID" } else { it }).collect::<Vec<_>>().join("`")
}

fn secret() -> Write {
    Write { value: json!({"name": "n", "token": {"$secret": SECRET}}), ..Write::default() }
}

/// Many programs that open one empty place at once make one store of it, and lose nothing.
async fn many_at_once(store: &str) {
    let open = |n: usize| {
        let store = store.to_owned();
        async move {
            let store = open(&store, None, Arc::new(SystemClock)).await.unwrap();
            let write = Write { value: json!(n), expect: Expect::Absent, indexed: vec!["user".into()], expires_at: None };
            store.records.put("a", "c", &n.to_string(), write).await.unwrap();
            store
        }
    };
    let stores = (0..8).map(open).collect::<JoinSet<_>>().join_all().await;
    for store in stores {
        assert_eq!(store.records.count("a", "c", &Default::default()).await, Ok(8));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_hosts_begin_on_an_empty_database_at_once() {
    let folder = TempDir::new().unwrap();
    many_at_once(&sqlite(folder.path())).await;
    many_at_once(&address(&postgres())).await;
}

#[tokio::test]
async fn a_newer_schema_is_left_alone() {
    let (folder, server) = (TempDir::new().unwrap(), postgres());
    for store in [sqlite(folder.path()), address(&server)] {
        open(&store, None, Arc::new(SystemClock)).await.unwrap();
    }
    let newer = "UPDATE element_about SET value = '99' WHERE name = 'schema'";
    psql(&server, "element", newer);
    let told = refused(opening(&address(&server), None)).await.replace(&server.port.to_string(), "PORT");
    expect!["the store `postgres://element:***@127.0.0.1:PORT/element`: it was made by a newer version of this program: its schema is 99, and this program knows up to 1; update this host"].assert_eq(&told);
    let said = std::process::Command::new("sqlite3").arg(folder.path().join("element.db")).arg(newer).output().unwrap();
    assert!(said.status.success(), "{said:?}");
    expect!["the store `sqlite:DIR/element.db`: it was made by a newer version of this program: its schema is 99, and this program knows up to 1; update this host"].assert_eq(&shown(&refused(opening(&sqlite(folder.path()), None)).await, folder.path()));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("element.db");
    let junk = "no database ".repeat(1000);
    fs::write(&file, &junk).unwrap();
    expect!["the store `sqlite:DIR/element.db`: it is damaged, or no database: put a backup in its place, or move it away, and its `-wal` and `-shm` with it, to begin anew (file is not a database)"].assert_eq(&shown(&refused(opening(&sqlite(folder.path()), None)).await, folder.path()));
    assert_eq!(fs::read_to_string(&file).unwrap(), junk);
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    expect!["the store `sqlite:DIR/element.db`: it cannot be opened: Is a directory (os error 21)"]
        .assert_eq(&shown(&refused(opening(&sqlite(folder.path()), None)).await, folder.path()));
    // A folder cannot be made where a file is.
    fs::write(folder.path().join("file"), "").unwrap();
    expect!["the store `sqlite:DIR/file/element.db`: it cannot be opened: File exists (os error 17)"]
        .assert_eq(&shown(&refused(opening(&sqlite(&folder.path().join("file")), None)).await, folder.path()));
}

/// Pages that a disk has lost: what stands elsewhere can be read, and nothing is read that was not written.
#[tokio::test]
async fn a_damaged_file_gives_what_is_whole_and_tells_the_rest() {
    const RECORDS: usize = 600;
    let folder = TempDir::new().unwrap();
    let document = |n: usize| json!({"n": n, "text": n.to_string().repeat(1000)});
    let store = open(&sqlite(folder.path()), None, Arc::new(SystemClock)).await.unwrap();
    for n in 0..RECORDS {
        let write = Write { value: document(n), ..Write::default() };
        store.records.put("a", "c", &format!("{n}"), write).await.unwrap();
    }
    drop(store);
    let file = folder.path().join("element.db");
    // Everything into the one file, as a host does that ends.
    let said = std::process::Command::new("sqlite3").arg(&file).arg("PRAGMA wal_checkpoint(TRUNCATE)").output().unwrap();
    assert!(said.status.success(), "{said:?}");
    let damaged = fs::OpenOptions::new().write(true).open(&file).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&damaged, &vec![0; 40 * 4096], 100 * 4096).unwrap();

    let store = open(&sqlite(folder.path()), None, Arc::new(SystemClock)).await.unwrap();
    let mut told = 0;
    for n in 0..RECORDS {
        match store.records.get("a", "c", &format!("{n}")).await {
            Ok(found) => assert_eq!(found.expect("it was written").value, document(n)),
            Err(e) => {
                assert!(e.kind == ErrorKind::Unavailable && e.internal.contains("it is damaged"), "{e:?}");
                told += 1;
            }
        }
    }
    assert!((1..RECORDS / 2).contains(&told), "{told} of {RECORDS} are damaged");
}

#[tokio::test]
async fn a_server_that_says_no_is_not_asked_again() {
    let server = postgres();
    for (store, expected) in [
        (
            address(&server).replace("hunter2", "hunter3"),
            expect![[
                r#"the store `postgres://element:***@127.0.0.1:PORT/element`: PostgreSQL says: password authentication failed for user "element" (28P01)"#
            ]],
        ),
        (
            format!("{}s", address(&server)),
            expect![[
                r#"the store `postgres://element:***@127.0.0.1:PORT/elements`: PostgreSQL says: database "elements" does not exist (3D000)"#
            ]],
        ),
    ] {
        let told = refused(opening(&store, None)).await.replace(&server.port.to_string(), "PORT");
        expected.assert_eq(&told);
    }
    let without = OpenStore { master_key: None, ..opening(&address(&server), None) };
    let told = refused(without).await.replace(&server.port.to_string(), "PORT");
    expect!["the store `postgres://element:***@127.0.0.1:PORT/element`: it needs a key to encrypt secrets with: set ELEMENT_MASTER_KEY, on every host the same, to 32 bytes in base64 (`head -c 32 /dev/urandom | base64` makes some)"].assert_eq(&told);
}

#[tokio::test]
async fn the_key_of_a_file_is_beside_it_for_its_owner_alone() {
    let folder = TempDir::new().unwrap();
    let file = || OpenStore { master_key: None, ..opening(&sqlite(folder.path()), None) };
    let key = folder.path().join("master.key");
    {
        let store = Store::open(file(), Arc::new(SystemClock), super::random()).await.unwrap();
        store.records.put("a", "c", "k", secret()).await.unwrap();
    }
    for name in ["master.key", "element.db", "element.db-wal"] {
        let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600, "{name}");
        assert!(!String::from_utf8_lossy(&fs::read(folder.path().join(name)).unwrap()).contains(SECRET), "{name}");
    }
    let again = Store::open(file(), Arc::new(SystemClock), super::random()).await.unwrap();
    assert_eq!(again.records.get("a", "c", "k").await.unwrap().unwrap().value, secret().value);

    let text = fs::read_to_string(&key).unwrap();
    fs::write(&key, OTHER_KEY).unwrap();
    expect!["the store `sqlite:DIR/element.db`: its secrets were encrypted with the key `ID`, and the one in `DIR/master.key` is `ID`: give the right one; to change it, give the new one there and the old one as ELEMENT_FORMER_KEY"].assert_eq(&shown(&refused(file()).await, folder.path()));
    fs::write(&key, "short").unwrap();
    expect!["the store `sqlite:DIR/element.db`: `DIR/master.key`: expected 32 bytes in base64 or hex; `head -c 32 /dev/urandom | base64` makes a new key"].assert_eq(&shown(&refused(file()).await, folder.path()));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    expect!["the store `sqlite:DIR/element.db`: others may read `DIR/master.key`: run `chmod 600 DIR/master.key`"]
        .assert_eq(&shown(&refused(file()).await, folder.path()));
    fs::remove_file(&key).unwrap();
    expect!["the store `sqlite:DIR/element.db`: its secrets were encrypted with the key `ID`, and `DIR/master.key`, where that was kept, is not there: put it back, or set ELEMENT_MASTER_KEY"].assert_eq(&shown(&refused(file()).await, folder.path()));
    assert!(!key.exists(), "no new key is made for what an old one closed");
    let given = OpenStore { master_key: Some(text.trim().parse().unwrap()), ..file() };
    Store::open(given, Arc::new(SystemClock), super::random()).await.unwrap();
}

/// The key is changed, and everything that was closed opens with the new one alone.
async fn change_the_key(store: &str, sql: impl Fn(&str) -> String) {
    let dump = || sql("SELECT document FROM element_records; SELECT args || COALESCE(result, '') FROM element_jobs");
    let with = async |key: &str, former: Option<&str>| {
        let (master_key, former_key) = (Some(key.parse().unwrap()), former.map(|it| it.parse().unwrap()));
        let open = OpenStore { master_key, former_key, ..opening(store, None) };
        Store::open(open, Arc::new(SystemClock), super::random()).await
    };
    let before = with(KEY, None).await.unwrap();
    for n in 0..450 {
        before.records.put("a", "c", &format!("{n}"), secret()).await.unwrap();
    }
    let job = || NewJob { element: "e".into(), method: "m".into(), args: secret().value, run_at: 0, max_attempts: 1 };
    let done = before.jobs.add("a", job(), Caller::Operator).await.unwrap();
    let waiting = before.jobs.add("a", job(), Caller::Operator).await.unwrap();
    let fence = before.jobs.lease(None, 60_000).await.unwrap().unwrap().fence;
    assert!(before.jobs.finish(done, fence, secret().value).await.unwrap());
    drop(before);
    assert!(with(OTHER_KEY, None).await.err().unwrap().contains("give the right one"), "a wrong key is told");

    let id = |dump: &str| dump.split("\"$sealed\":\"").nth(1).unwrap().split('.').next().unwrap().to_owned();
    let old = id(&dump());
    let remembered = sql("SELECT value FROM element_about WHERE name = 'key'");
    drop(with(OTHER_KEY, Some(KEY)).await.unwrap());
    // As if it had been interrupted before the end: neither key alone opens everything.
    sql(&format!("UPDATE element_about SET value = '{}' WHERE name = 'key'", remembered.trim()));
    for key in [KEY, OTHER_KEY] {
        let told = with(key, None).await.err().unwrap();
        assert!(told.contains("both are needed until that is done"), "{told}");
    }
    drop(with(OTHER_KEY, Some(KEY)).await.unwrap());
    let after = dump();
    assert!(!after.contains(&format!("\"{old}.")) && after.contains("$sealed"), "some is closed with the old key");
    assert!(with(KEY, None).await.err().unwrap().contains("give the right one"));
    let after = with(OTHER_KEY, None).await.unwrap();
    assert_eq!(after.records.count("a", "c", &Default::default()).await, Ok(450));
    for n in 0..450 {
        assert_eq!(after.records.get("a", "c", &n.to_string()).await.unwrap().unwrap().value, secret().value);
    }
    for id in [done, waiting] {
        assert_eq!(after.jobs.get("a", id).await.unwrap().unwrap().call.args, secret().value);
    }
}

#[tokio::test]
async fn a_key_is_changed() {
    let (folder, server) = (TempDir::new().unwrap(), postgres());
    change_the_key(&sqlite(folder.path()), |sql| {
        let mut command = std::process::Command::new("sqlite3");
        // A store that was dropped a moment ago may still be closing the file.
        let said = command.args(["-cmd", ".timeout 20000"]).arg(folder.path().join("element.db")).arg(sql).output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8(said.stdout).unwrap()
    })
    .await;
    change_the_key(&address(&server), |sql| psql(&server, "element", sql)).await;
}
