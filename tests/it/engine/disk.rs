//! What only a real disk has: files that are no files, and very many folders.
use super::{
    apps::registry,
    show::{diagnostics, everything},
};
use element_engine::{Options, Runtime};
use expect_test::{Expect, expect};
use std::{
    fs,
    os::unix::{
        fs::{PermissionsExt as _, symlink},
        net::UnixListener,
    },
    path::Path,
    process::Command,
    time::Duration,
};
use tempfile::TempDir;

pub(super) fn write(root: &Path, path: &str, content: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// A folder of apps with one good element, which every test here expects to serve.
pub(super) fn demo() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "demo/app.json", r#"{"appId": "acme.demo"}"#);
    write(root.path(), "demo/Good/e.json", r#"{"type": "greeters.PoliteType"}"#);
    write(root.path(), "demo/Good/Good.json", r#"{"greeting": "Good day"}"#);
    root
}

/// A scan that hangs would hang in a thread; so the whole thing has a deadline.
pub(super) async fn open(root: &Path) -> Runtime {
    let opened = Runtime::open(root, registry(|it| it), Options::default());
    tokio::time::timeout(Duration::from_secs(20), opened).await.expect("the scan ends")
}

pub(super) async fn check(root: &TempDir, expected: Expect) {
    let runtime = open(root.path()).await;
    expected.assert_eq(&everything(&runtime).await);
}

#[tokio::test]
async fn an_empty_root_serves_nothing() {
    let root = tempfile::tempdir().unwrap();
    check(
        &root,
        expect![[r#"

        no apps
    "#]],
    )
    .await;
}

#[tokio::test]
async fn the_root_may_be_missing_or_a_file() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("file"), "").unwrap();
    let missing = open(&root.path().join("missing")).await;
    let file = open(&root.path().join("file")).await;
    let both = diagnostics(&missing.snapshot()) + &diagnostics(&file.snapshot());
    expect![[r#"
        .: error[unreadable]: this cannot be read: it does not exist
            help: give the folder that holds the apps
    "#]]
    .assert_eq(&both);
}

#[tokio::test]
async fn folders_where_files_are_expected_and_files_where_folders_are() {
    let root = demo();
    let demo = root.path().join("demo");
    write(&demo, "A/e.json/x", "");
    write(&demo, "B/e.json", r#"{"type": "greeters.PoliteType"}"#);
    write(&demo, "B/B.json/x", "");
    write(root.path(), "other/app.json/x", "");
    write(root.path(), "file", "");
    check(
        &root,
        expect![[r#"
        demo/B/e.json: error[missing-config]: there is no config
            help: write `B.json` beside `e.json`, with `greeting`
        other/app.json: error[unreadable]: this cannot be read: it is a folder

        acme.demo in demo
          B: Instance < greeters.PoliteType < greeters.Meta, broken
          Good: Instance < greeters.PoliteType < greeters.Meta, in service, says "Good day, you"
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_file_that_never_ends_or_never_begins_does_not_hang_the_scan() {
    let root = demo();
    let demo = root.path().join("demo");
    for (folder, file) in [("A", "e.json"), ("B", "B.json")] {
        write(&demo, &format!("{folder}/e.json"), r#"{"type": "greeters.PoliteType"}"#);
        let file = demo.join(folder).join(file);
        drop(fs::remove_file(&file));
        assert!(Command::new("mkfifo").arg(&file).status().unwrap().success());
    }
    write(&demo, "C/e.json", r#"{"type": "greeters.PoliteType"}"#);
    symlink("/dev/zero", demo.join("C/C.json")).unwrap();
    write(&demo, "D/e.json", r#"{"type": "greeters.PoliteType"}"#);
    let _socket = UnixListener::bind(demo.join("D/D.json")).unwrap();
    check(
        &root,
        expect![[r#"
            demo/A/e.json: error[unreadable]: this cannot be read: it is neither a file nor a folder
            demo/B/B.json: error[unreadable]: this cannot be read: it is neither a file nor a folder
            demo/C/C.json: error[foreign-link]: this link leads out of the app's folder, so it is not read
                help: put the file itself here
            demo/D/D.json: error[unreadable]: this cannot be read: it is neither a file nor a folder

            acme.demo in demo
              A: unknown, broken
              B: Instance < greeters.PoliteType < greeters.Meta, broken
              C: Instance < greeters.PoliteType < greeters.Meta, broken
              D: Instance < greeters.PoliteType < greeters.Meta, broken
              Good: Instance < greeters.PoliteType < greeters.Meta, in service, says "Good day, you"
        "#]],
    )
    .await;
}

#[tokio::test]
async fn what_may_not_be_read_hurts_only_itself() {
    let root = demo();
    let demo = root.path().join("demo");
    write(&demo, "A/e.json", r#"{"type": "greeters.OddType"}"#);
    write(&demo, "B/e.json", r#"{"type": "greeters.OddType"}"#);
    fs::set_permissions(demo.join("A"), fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(demo.join("B/e.json"), fs::Permissions::from_mode(0o000)).unwrap();
    let runtime = open(root.path()).await;
    let text = everything(&runtime).await;
    // For root there is nothing that may not be read.
    if fs::read_dir(demo.join("A")).is_err() {
        expect![[r#"
            demo/A: error[unreadable]: this cannot be read: no permission
            demo/B/e.json: error[unreadable]: this cannot be read: no permission

            acme.demo in demo
              B: unknown, broken
              Good: Instance < greeters.PoliteType < greeters.Meta, in service, says "Good day, you"
        "#]]
        .assert_eq(&text);
    } else {
        assert!(text.contains("says \"Good day, you\""), "{text}");
    }
    fs::set_permissions(demo.join("A"), fs::Permissions::from_mode(0o700)).unwrap();
}

#[tokio::test]
async fn names_that_are_no_text_are_told() {
    use std::os::unix::ffi::OsStrExt as _;
    let root = demo();
    let folder = root.path().join("demo").join(std::ffi::OsStr::from_bytes(b"caf\xE9"));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("e.json"), "{}").unwrap();
    check(
        &root,
        expect![[r#"
            demo/caf�: error[bad-name]: the folder's name is not UTF-8, so nothing in it is looked at
                help: rename the folder

            acme.demo in demo
              Good: Instance < greeters.PoliteType < greeters.Meta, in service, says "Good day, you"
        "#]],
    )
    .await;
}

#[tokio::test]
async fn files_that_are_no_text_or_too_large() {
    let root = demo();
    let demo = root.path().join("demo");
    for name in ["Latin1", "Wide", "Mark", "Huge", "Deep", "ManyKeys"] {
        write(&demo, &format!("{name}/e.json"), r#"{"type": "greeters.PoliteType"}"#);
    }
    write(&demo, "Latin1/Latin1.json", b"{\n  \"greeting\": \"caf\xE9\"}");
    write(&demo, "Wide/Wide.json", "{\"greeting\": \"Hi\"}".encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>());
    write(&demo, "Mark/Mark.json", "\u{FEFF}{\"greeting\": \"After a mark\"}");
    write(&demo, "Huge/Huge.json", format!("{{\"greeting\": \"{}\"}}", "x".repeat(1 << 20)));
    write(&demo, "Deep/Deep.json", format!("{{\"greeting\": {}", "[".repeat(100_000)));
    // Not too large, and all different: it must not take long to find out that no key is there twice.
    let many: String = (0..60_000).map(|i| format!("\"k{i}\":0,")).collect();
    write(&demo, "ManyKeys/ManyKeys.json", format!("{{{many}\"greeting\": 5}}"));
    let runtime = open(root.path()).await;
    let text = everything(&runtime).await;
    let (unknown, text): (Vec<&str>, Vec<&str>) =
        text.lines().partition(|it| it.contains("unknown key `k") || it.starts_with("    help: there are `again`"));
    assert_eq!(unknown.len(), 40, "who has read so many needs no more");
    expect![[r#"
        demo/Deep/Deep.json:1:140: error[bad-json]: this is no JSON: recursion limit exceeded
        demo/Huge/Huge.json: error[unreadable]: this cannot be read: it is larger than 1024 KiB
        demo/Latin1/Latin1.json:2:19: error[not-utf8]: the file is not UTF-8
            help: save it as UTF-8
        demo/ManyKeys/ManyKeys.json:1:648904: error[wrong-type]: `greeting` has to be a string, not a number
        demo/Wide/Wide.json:1:1: error[bad-json]: this is no JSON: expected value
            help: this looks like UTF-16: save it as UTF-8

        acme.demo in demo
          Deep: Instance < greeters.PoliteType < greeters.Meta, broken
          Good: Instance < greeters.PoliteType < greeters.Meta, in service, says "Good day, you"
          Huge: Instance < greeters.PoliteType < greeters.Meta, broken
          Latin1: Instance < greeters.PoliteType < greeters.Meta, broken
          ManyKeys: Instance < greeters.PoliteType < greeters.Meta, broken
          Mark: Instance < greeters.PoliteType < greeters.Meta, in service, says "After a mark, you"
          Wide: Instance < greeters.PoliteType < greeters.Meta, broken
    "#]]
    .assert_eq(&(text.join("\n") + "\n"));
}

#[tokio::test]
async fn three_thousand_elements_and_one_mistake() {
    let root = demo();
    let demo = root.path().join("demo");
    for i in 0..3_000 {
        let config = if i == 1_234 { r#"{"greetin": "Hi"}"#.to_owned() } else { format!(r#"{{"greeting": "Hi {i}"}}"#) };
        write(&demo, &format!("many/n{}/Hi{i}/e.json", i % 50), r#"{"type": "greeters.PoliteType"}"#);
        write(&demo, &format!("many/n{}/Hi{i}/Hi{i}.json", i % 50), config);
    }
    let runtime = open(root.path()).await;
    let snapshot = runtime.snapshot();
    expect![[r#"
        demo/many/n34/Hi1234/Hi1234.json:1:2: error[unknown-key]: unknown key `greetin`
            help: did you mean `greeting`? There are `again`, `greeting`, `key`, `loud`, `manner`, `names`, `times`
    "#]]
    .assert_eq(&diagnostics(&snapshot));
    let app = runtime.app("acme.demo").unwrap();
    for i in (0..3_000).filter(|it| *it != 1_234) {
        let element = app.get_element(&format!("many.n{}.Hi{i}", i % 50)).unwrap();
        assert_eq!(element.call("greet", serde_json::json!({})).await.unwrap(), format!("Hi {i}, you"));
    }
}
