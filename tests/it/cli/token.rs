//! The administrators' token.
use super::program::{Host, element, told};
use expect_test::expect;
use std::{fs, os::unix::fs::PermissionsExt};
use tempfile::TempDir;

#[test]
fn it_is_made_for_its_owner_alone_and_kept() {
    let data = TempDir::new().unwrap();
    let folder = data.path().join("made/here");
    let file = folder.join("admin.token");
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let host = Host::start(&folder, &[]);
        tokens.push(fs::read_to_string(&file).unwrap());
        host.signal("TERM");
        let (_, log) = host.end();
        assert!(!log.contains(tokens[0].trim()), "{log}");
    }
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600);
    assert!(tokens[0].len() == 65 && tokens[0] == tokens[1]);
}

#[test]
fn one_that_others_may_read_or_that_is_none_is_refused() {
    let data = TempDir::new().unwrap();
    let file = data.path().join("admin.token");
    let serve = || {
        let mut command = element(&["serve", "--listen", "127.0.0.1:0", "--data"]);
        told(&command.arg(data.path()).output().unwrap(), data.path())
    };
    fs::write(&file, "0".repeat(64)).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    expect![[r#"
        ! error: others may read `DIR/admin.token`: run `chmod 600 DIR/admin.token`, or take the file away and a new token is made
        exit 1
    "#]].assert_eq(&serve());
    fs::write(&file, "short").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    expect![[r#"
        ! error: `DIR/admin.token` holds no token: take the file away and a new one is made
        exit 1
    "#]]
    .assert_eq(&serve());
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    expect![[r#"
        ! error: the administrators' token: `DIR/admin.token` cannot be read: Is a directory (os error 21)
        exit 1
    "#]]
    .assert_eq(&serve());
}
