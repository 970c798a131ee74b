//! Edits while `serve` runs, and what its log, `status` and `reload` say of them.
use super::program::{Host, answer, ask_with, element, told, until};
use crate::{library::as_if_linked, site::apps};
use expect_test::expect;
use std::{fs, path::Path, path::PathBuf, process::Command};
use tempfile::TempDir;

/// A host over a copy of the repository's apps, which a test edits.
pub(crate) struct Edited {
    pub(crate) folder: TempDir,
    pub(crate) host: Host,
}

impl Edited {
    pub(crate) fn start() -> Self {
        Self::of(&apps())
    }

    pub(crate) fn of(apps: &Path) -> Self {
        let folder = TempDir::new().unwrap();
        let copy = folder.path().join("apps");
        assert!(Command::new("cp").arg("-rT").args([apps, &copy]).status().unwrap().success());
        let host = Host::start(&folder.path().join("data"), &[copy.to_str().unwrap()]);
        Self { folder, host }
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("apps/demo/auths/loginTypes/QywxInnerExample/QywxInnerExample.json")
    }

    /// Changes what stands in the config, and waits for the log to say what came of it.
    pub(crate) fn edit(&mut self, from: &str, to: &str, said: &str) -> String {
        let text = fs::read_to_string(self.config()).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(self.config(), text.replace(from, to)).unwrap();
        self.host.wait_for(said)
    }

    /// A command to this host; chance and time taken out.
    pub(crate) fn ask(&self, args: &[&str]) -> String {
        let server = format!("http://{}", self.host.address);
        let data = self.folder.path().join("data");
        let output = element(args).args(["--server", &server, "--data"]).arg(&data).output().unwrap();
        let mut said = told(&output, self.folder.path()).replace(&self.host.address.to_string(), "HOST");
        for seconds in 0..20 {
            said = said.replace(&format!("{seconds} s ago"), "N s ago");
        }
        said
    }
}

#[test]
fn a_bad_edit_is_stale_everywhere_and_a_good_one_heals() {
    let mut it = Edited::start();
    expect![[r#"
        generation 1: 2 apps, 4 elements; edits are noticed: native
        exit 0
    "#]]
    .assert_eq(&it.ask(&["status"]));
    let line = it.edit(r#""agentId": "1000002""#, r#""agentId": 1000003"#, "QywxInnerExample is edited");
    assert!(line.contains(" INFO ") && line.contains("generation=2") && line.contains("ms="), "{line}");

    let line = it.edit("1000003", "1000003,,", "QywxInnerExample is stale: generation 2 still serves");
    assert!(line.contains(" WARN "), "{line}");
    let line = it.host.wait_for("bad-json");
    let file = "apps/demo/auths/loginTypes/QywxInnerExample/QywxInnerExample.json:4:22: error[bad-json]";
    assert!(line.contains(" WARN ") && line.contains(file), "{line}");
    expect![[r#"
        generation 3: 2 apps, 4 elements; edits are noticed: native

        APP        ELEMENT                            STATE                       SINCE
        acme.demo  auths.loginTypes.QywxInnerExample  stale, generation 2 serves  N s ago

        demo/auths/loginTypes/QywxInnerExample/QywxInnerExample.json:4:22: error[bad-json]: this is no JSON: key must be a string
            help: there is a comma too many
        exit 0
    "#]].assert_eq(&it.ask(&["status"]));
    assert!(it.ask(&["reload", "--wait"]).ends_with("help: there is a comma too many\nexit 1\n"));

    it.edit("1000003,,", "1000002", "QywxInnerExample is in service again");
    expect![[r#"
        generation 4: 2 apps, 4 elements; edits are noticed: native
        exit 0
    "#]]
    .assert_eq(&it.ask(&["reload", "--wait"]));
    expect![[r#"
        the host looks at all files again: `element status` shows what comes of it
        exit 0
    "#]]
    .assert_eq(&it.ask(&["reload"]));
}

#[test]
fn whoever_watches_is_told_of_each_change_until_the_host_stops() {
    let mut it = Edited::start();
    let server = format!("http://{}", it.host.address);
    let mut watch = element(&["status", "--watch", "--server", &server, "--data"]);
    let watch = watch.arg(it.folder.path().join("data")).stdout(std::process::Stdio::piped());
    let mut watch = watch.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let lines = std::io::BufRead::lines(std::io::BufReader::new(watch.stdout.take().unwrap())).map(|it| it.unwrap());
    let mut lines = lines.map(|it| as_if_linked(&it)).filter(|it| !it.is_empty());
    assert_eq!(lines.next().unwrap(), "generation 1: 2 apps, 4 elements; edits are noticed: native");
    it.edit(r#""agentId": "1000002""#, r#""agentId": "1000003""#, "is edited");
    assert!(lines.next().unwrap().starts_with("generation 2, "));
    assert_eq!(lines.next().unwrap(), "  acme.demo auths.loginTypes.QywxInnerExample is edited");
    it.host.signal("TERM");
    let (exit, log) = it.host.end();
    assert_eq!(exit, Some(0), "{log}");
    assert_eq!(lines.next(), None);
    assert_eq!(watch.wait().unwrap().code(), Some(1));
}

#[test]
fn only_administrators_ask() {
    let it = Edited::start();
    for (verb, path) in
        [("GET", "/status"), ("GET", "/changes"), ("GET", "/metrics"), ("GET", "/explain/acme.demo/x"), ("POST", "/reload")]
    {
        let reply = answer(ask_with(it.host.address, verb, path, "", "authorization: Bearer 0\r\n"));
        assert!(reply.contains(r#""errcode":20"#) && !reply.contains("generation"), "{path}: {reply}");
    }
    let nowhere = TempDir::new().unwrap();
    let other = nowhere.path().join("admin.token");
    fs::write(&other, "0".repeat(64)).unwrap();
    fs::set_permissions(&other, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let server = format!("http://{}", it.host.address);
    let ask = |args: &[&str], data: &Path| told(&element(args).arg("--data").arg(data).output().unwrap(), nowhere.path());
    expect![[r#"
        ! error: that host does not know the token in `DIR`: `--data` names the folder where it keeps its own
        exit 1
    "#]]
    .assert_eq(&ask(&["status", "--server", &server], nowhere.path()));
    expect![[r#"
        ! error: no host answers at `http://127.0.0.1:9`: error sending request for url (http://127.0.0.1:9/reload?wait=true)
        exit 1
    "#]]
    .assert_eq(
        &ask(&["reload", "--wait", "--server", "http://127.0.0.1:9"], nowhere.path())
            .lines()
            .map(|it| it.split(": client error").next().unwrap().to_owned() + "\n")
            .collect::<String>(),
    );
}

#[test]
fn what_is_counted_is_there_for_prometheus() {
    let mut it = Edited::start();
    it.edit(r#""agentId": "1000002""#, r#""agentId": "1000003""#, "is edited");
    let token = fs::read_to_string(it.folder.path().join("data/admin.token")).unwrap();
    let bearer = format!("authorization: Bearer {}\r\n", token.trim());
    let metrics = || answer(ask_with(it.host.address, "GET", "/metrics", "", &bearer));
    until("the edit is counted", || metrics().contains("element_reload_applied_total 7"));
    let text = metrics();
    for line in [
        "element_reload_rejected_total 0",
        "element_reload_overflows_total 0",
        "element_reload_sweep_finds_total 0",
        "element_watch_mode{mode=\"native\"} 1",
        "# TYPE element_reload_events_total counter",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
}
