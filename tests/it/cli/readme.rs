//! The README is true: its commands run, and what it shows is what comes.
use super::{
    live::Edited,
    program::{Host, answer, ask, element},
};
use crate::store::servers::{postgres, redis};
use std::{fs, path::Path, process::Command};
use tempfile::TempDir;

fn readme() -> String {
    fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap()
}

/// The block of the README that holds `text`, without its fences.
fn block(text: &str) -> String {
    let readme = readme();
    let block = readme.split("```").skip(1).step_by(2).find(|it| it.contains(text));
    block.unwrap().split_once('\n').unwrap().1.to_owned()
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn its_shell_logs_somebody_in() {
    let data = TempDir::new().unwrap();
    let host = Host::start(data.path(), &[]);
    let script = block("# Somebody scans it.");
    let script =
        script.replace("127.0.0.1:8080", &host.address.to_string()).replace("127.0.0.1:8090", &host.wecom.to_string());
    let said = said(Command::new("bash").args(["-eu", "-c", &script]));
    let lines: Vec<serde_json::Value> = serde_json::Deserializer::from_str(&said)
        .into_iter()
        .map(|it| it.unwrap_or_else(|e| panic!("{e}: {said}")))
        .collect();
    assert_eq!((&lines[0]["data"]["userId"], &lines[0]["data"]["name"]), (&"zhangsan".into(), &"张三".into()), "{said}");
    assert_eq!(lines[1]["data"]["userId"], "zhangsan", "{said}");
}

#[test]
fn its_first_mistake_is_told_as_it_says() {
    let root = TempDir::new().unwrap();
    let folder = root.path().join("apps/demo/auths/loginTypes/Qywx");
    fs::create_dir_all(&folder).unwrap();
    fs::write(root.path().join("apps/demo/app.json"), r#"{"appId": "acme.demo"}"#).unwrap();
    fs::write(folder.join("e.json"), r#"{"title": "Q", "type": "auths.loginTypes.QywxInnerType"}"#).unwrap();
    let config =
        block("\"corpSecret\": \"{{file:sales-secret}}\"").replace("ww…", "ww1").replace("{{file:sales-secret}}", "s");
    fs::write(folder.join("Qywx.json"), config.replace("corpId", "corpID")).unwrap();
    let said = said(element(&["check"]).current_dir(root.path()));
    assert_eq!(block("element check"), format!("$ element check\n{said}"));
}

#[test]
fn its_example_says_what_it_says() {
    let said = said(&mut Command::new(env!("CARGO_BIN_EXE_hello-under-test")));
    assert_eq!(block("$ cargo run -p examples"), format!("$ cargo run -p examples --example hello\n{said}"));
}

#[test]
fn its_explanation_is_part_of_what_is_said() {
    let block = block("$ element explain");
    let (command, shown) = block.split_once('\n').unwrap();
    let said = said(&mut element(&command.trim_start_matches("$ element ").split(' ').collect::<Vec<_>>()));
    for part in shown.split("…\n").map(str::trim_end).filter(|it| !it.is_empty()) {
        assert!(said.contains(part), "{part}\nis not in\n{said}");
    }
}

#[test]
fn its_edits_are_live() {
    let mut it = Edited::start();
    let block = block("$ sed -i");
    let (commands, status) = block.split_once("$ element status\n").unwrap();
    for (command, said) in commands.lines().zip(["is edited", "is stale"]) {
        let command = command.trim_start_matches("$ ").split("    #").next().unwrap();
        let output = said_by(&it, command);
        assert_eq!(output, "", "{command}");
        it.host.wait_for(said);
    }
    assert_eq!(status.replace("1 s ago", "N s ago") + "exit 0\n", it.ask(&["status"]));
}

/// The simulated WeCom finds the app that knows its template's Token, and what follows from an installation is done in a moment.
#[test]
fn its_one_app_for_many_companies_logs_a_company_in() {
    let data = TempDir::new().unwrap();
    let start = block("serve examples/saas --simulate");
    let start = start.trim().trim_start_matches("cargo run -- ");
    let mut command = element(&start.replace("--simulate", "--simulate=127.0.0.1:0").split(' ').collect::<Vec<_>>());
    command.args(["--listen", "127.0.0.1:0", "--data"]).arg(data.path()).env_remove("ELEMENT_STORE");
    let mut host = Host::of(&mut command);
    host.wait_for("the simulated template dk7e57c0de00000002 pushes to");
    let script = block("saas=\"acme.saas");
    let (install, rest) = script.split_once("cargo run -- callbacks list").unwrap();
    let run = |script: String| {
        let program = format!("element() {{ \"$PROGRAM\" \"$@\" --data \"$DATA\"; }}\n{script}");
        let script = program
            .replace("cargo run -- ", "element ")
            .replace("127.0.0.1:8080", &host.address.to_string())
            .replace("127.0.0.1:8090", &host.wecom.to_string());
        let mut command = Command::new("bash");
        command.args(["-eu", "-c", &script]).env("PROGRAM", env!("CARGO_BIN_EXE_element-under-test"));
        said(command.env("DATA", data.path()))
    };
    let installed = run(install.to_owned());
    assert!(installed.contains(r#""authCorpId":"wp"#), "{installed}");
    let here = install.lines().find(|it| it.starts_with("here=")).unwrap();
    super::program::until("the callback is done", || {
        run(format!("{here}\nelement callbacks list --state done $here")).contains("create_auth")
    });
    let saas = install.lines().find(|it| it.starts_with("saas=")).unwrap();
    let said = run(format!("{saas}\n{here}\ncargo run -- callbacks list{rest}"));
    assert!(said.contains(r#""agentId": "10000"#), "{said}");
    assert!(said.contains(r#""suiteId": "dk7e57c0de00000002""#) && said.contains("create_auth"), "{said}");
    let page = answer(ask(host.address, "GET", "/acme/saas/login?org=acme", ""));
    assert!(page.contains("wwlogin/sso/login"), "{page}");
}

/// In the folder where the apps are.
fn said_by(it: &Edited, command: &str) -> String {
    said(Command::new("sh").args(["-c", command]).current_dir(it.folder.path()))
}

/// Two hosts, each started as it says; the servers have other names and the ports are free ones.
#[test]
fn its_more_than_one_machine_shares_a_store() {
    let (postgres, redis, data) = (postgres(), redis(), TempDir::new().unwrap());
    let script = block("export ELEMENT_STORE=");
    let made = "$(head -c 32 /dev/urandom | base64)";
    assert!(script.contains(made));
    let key = said(Command::new("sh").args(["-c", &format!("echo {made}")]));
    key.trim().parse::<element_store::MasterKey>().unwrap();
    let script = script
        .replace(made, key.trim())
        .replace("element:secret@db.example", &format!("element:hunter2@127.0.0.1:{}", postgres.port))
        .replace("cache.example", &format!("127.0.0.1:{}", redis.port))
        .replace("0.0.0.0:8080", "127.0.0.1:0");
    let start = |name: &str| {
        let program = format!("element() {{ exec \"$PROGRAM\" \"$@\"; }}\n{} --data {name}", script.trim_end());
        let mut command = Command::new("bash");
        command.args(["-eu", "-c", &program]).env("PROGRAM", env!("CARGO_BIN_EXE_element-under-test"));
        std::os::unix::fs::symlink(Path::new(env!("CARGO_MANIFEST_DIR")).join("../apps"), data.path().join("apps")).ok();
        Host::without_simulator(command.current_dir(data.path()))
    };
    for host in [start("a"), start("b")] {
        assert_eq!(answer(ask(host.address, "GET", "/readyz", "")), r#"{"ready":true}"#);
    }
    assert!(!data.path().join("a/element.db").exists(), "nothing is kept on the machine");
}

#[test]
fn its_links_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = readme();
    let links: Vec<&str> = text.split("](").skip(1).filter_map(|it| it.split(')').next()).collect();
    assert!(links.len() >= 4);
    for link in links.into_iter().filter(|it| !it.starts_with("http")) {
        assert!(root.join(link).exists(), "{link}");
    }
}
