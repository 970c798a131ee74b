//! The whole program with the most talkative log that there is, of every crate in it.
use crate::{
    cli::program::{Host, answer, ask, ask_with, element},
    site::{AUTH_PATH, DEMO_PATH},
};
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

fn head(mut stream: std::net::TcpStream) -> String {
    let mut text = String::new();
    std::io::Read::read_to_string(&mut stream, &mut text).unwrap();
    text
}

#[track_caller]
fn between(text: &str, before: &str, after: &str) -> String {
    let rest = text.split(before).nth(1).unwrap_or_else(|| panic!("no `{before}` in {text}"));
    rest.split(after).next().unwrap().split('&').next().unwrap().to_owned()
}

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

    // The same in a browser: what the login page sets as cookies comes back with the callback.
    let page = head(ask_with(host.address, "GET", "/acme/demo/login", "", ""));
    let browser = between(&page, "element-browser=", ";");
    let page_state = between(&page, "state=", "&");
    let cookie = format!("cookie: element-browser={browser}\r\n");
    let page_code = answer(ask(host.wecom, "POST", "/sim/codes", r#"{"userId":"zhangsan"}"#));
    let page_code = between(&page_code, "\"code\":\"", "\"");
    let callback = format!("/api/auth/qywx/callback?code={page_code}&state={page_state}");
    let back = head(ask_with(host.address, "GET", &callback, "", &cookie));
    let page_session = between(&back, "element-session.acme.demo=", ";");

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
    secrets.extend([browser, page_state, page_code, page_session]);
    secrets.extend([code, state, login_code, session, token].iter().map(|it| it.as_str().unwrap().to_owned()));
    super::check(&secrets, &[("the log of the process", log)]);
}
