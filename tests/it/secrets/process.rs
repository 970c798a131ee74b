//! The whole program with the most talkative log that there is, of every crate in it.
use crate::{
    cli::program::{Host, answer, ask, element},
    site::{AUTH_PATH, DEMO_PATH},
};
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

#[test]
fn even_a_log_of_everything_holds_no_secret() {
    let data = TempDir::new().unwrap();
    let mut command = element(&["serve", "--simulate=127.0.0.1:0", "--listen", "127.0.0.1:0", "--data"]);
    let host = Host::of(command.arg(data.path()).env("RUST_LOG", "trace"));
    let post = |path: &str, args: &Value| -> Value {
        serde_json::from_str(&answer(ask(host.address, "POST", path, &args.to_string()))).unwrap()
    };
    let code = answer(ask(host.wecom, "POST", "/sim/codes", r#"{"userId":"zhangsan"}"#));
    let code = serde_json::from_str::<Value>(&code).unwrap()["code"].clone();
    let state = post(&format!("{DEMO_PATH}/getLoginConfig"), &json!({}))["data"]["state"].clone();
    let who = post(&format!("{DEMO_PATH}/getLoginCode"), &json!({"code": code, "state": state}));
    let login_code = who["data"]["loginCode"].clone();
    let session = post(&format!("{AUTH_PATH}/loginByCode"), &json!({"loginCode": login_code}))["data"]["token"].clone();
    post(&format!("{AUTH_PATH}/logout"), &json!({"token": session}));

    let admin = fs::read_to_string(data.path().join("admin.token")).unwrap();
    let server = format!("http://{}", host.address);
    let mut call = element(&["call", "acme.demo", "auths.loginTypes.QywxInnerExample", "getAccessToken"]);
    call.args(["--server", &server, "--data"]).arg(data.path()).env("RUST_LOG", "trace");
    let output = call.output().unwrap();
    let token: Value = serde_json::from_slice(&output.stdout).unwrap();
    host.signal("TERM");
    let (exit, mut log) = host.end();
    assert_eq!(exit, Some(0));
    assert!(log.contains("TRACE"), "{log}");
    log.push_str(&String::from_utf8_lossy(&output.stderr));

    let mut secrets = vec![admin.trim().to_owned(), "demo-secret-of-the-simulator-not-real-one-0".to_owned()];
    secrets.extend([code, state, login_code, session, token].iter().map(|it| it.as_str().unwrap().to_owned()));
    super::check(&secrets, &[("the log of the process", log)]);
}
