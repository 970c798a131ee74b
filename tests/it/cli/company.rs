//! A set of apps that build on each other, as somebody at a terminal sees it, and as it changes while it is served.
//!
//! `tests/cases/company/console.txt` is the terminal: commands, and what they print. `UPDATE_EXPECT=1` writes what they do.
use super::{
    live::Edited,
    program::{element, told},
};
use expect_test::expect_file;
use std::{fs, path::Path};

const CASE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cases/company");

#[test]
fn every_command_prints_what_the_console_shows() {
    let console = Path::new(CASE).join("console.txt");
    let text = fs::read_to_string(&console).unwrap();
    let mut shown = text.lines().take_while(|it| !it.starts_with("$ ")).collect::<Vec<_>>().join("\n");
    for line in text.lines().filter(|it| it.starts_with("$ element ")) {
        let args: Vec<&str> = line["$ element ".len()..].split(' ').collect();
        let said = told(&element(&args).current_dir(CASE).output().unwrap(), Path::new(CASE));
        let said = without_chance(said.strip_suffix("exit 0\n").unwrap_or(&said));
        shown.push_str(&format!("\n{line}\n{said}"));
    }
    for secret in ["secret-of-the-base", "secret-of-globex", "secret-of-partners"] {
        assert!(!shown.contains(secret), "a secret is shown");
    }
    expect_file![console].assert_eq(&shown);
}

/// Times, and lines of code that is edited.
fn without_chance(said: &str) -> String {
    let mut shown = String::new();
    for line in said.lines() {
        let kept = [".rs:", "\"since\": ", "      \"line\": "].iter().find_map(|it| Some(line.find(it)? + it.len()));
        let is_code = line.contains(".rs:") || line.contains("since") || line.starts_with("        \"line\": ");
        match kept.filter(|_| is_code) {
            Some(end) => {
                shown.push_str(&format!("{}N{}", &line[..end], line[end..].trim_start_matches(|c: char| c.is_ascii_digit())))
            }
            None => shown.push_str(line),
        }
        shown.push('\n');
    }
    shown
}

#[test]
fn an_edit_of_the_base_is_live_where_it_is_inherited_and_nowhere_else() {
    let mut it = Edited::of(&Path::new(CASE).join("apps"));
    let agents = |it: &Edited| {
        let agent = |app: &str| {
            let config = it.ask(&["call", app, "auths.loginTypes.CompanyLogin", "authConfig"]);
            config.split('"').find(|it| it.starts_with("1000")).unwrap_or(&config).to_owned()
        };
        ["acme.base", "acme.crm", "acme.erp", "globex.portal"].map(agent)
    };
    assert_eq!(agents(&it), ["1000002", "1000002", "1000002", "1000007"]);
    let config = it.folder.path().join("apps/base/auths/loginTypes/CompanyLogin/CompanyLogin.json");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, text.replace("1000002", "1000042")).unwrap();
    it.host.wait_for("acme.base auths.loginTypes.CompanyLogin is edited");
    assert_eq!(agents(&it), ["1000042", "1000042", "1000042", "1000007"]);
    let said = it.ask(&["explain", "acme.crm", "auths.loginTypes.CompanyLogin"]);
    assert!(
        said.contains("generation 2 of 2") && said.contains("1000042") && said.contains("http://HOST/api/acme/crm/"),
        "{said}"
    );
}
