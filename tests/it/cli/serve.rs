//! `element serve`: coming up, answering, and going down.
use super::program::{Host, answer, ask, element, run, told, until};
use crate::site::DEMO_PATH;
use expect_test::expect;
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    time::Duration,
};
use tempfile::TempDir;

#[test]
fn it_comes_up_logs_somebody_in_and_stops_when_asked() {
    for signal in ["TERM", "INT"] {
        let data = TempDir::new().unwrap();
        let host = Host::start(data.path(), &["--log", "json"]);
        let post = |path: &str, body: Value| -> Value {
            serde_json::from_str(&answer(ask(host.address, "POST", path, &body.to_string()))).unwrap()
        };
        let config = post(&format!("{DEMO_PATH}/getLoginConfig"), json!({}));
        let back = format!("http://{}/api/auth/qywx/callback", host.address);
        assert_eq!(config["data"]["redirectUri"], back);
        // As the first line of the log says it.
        let code = answer(ask(host.wecom, "POST", "/sim/codes", r#"{"userId":"zhangsan"}"#));
        let code: Value = serde_json::from_str(&code).unwrap();
        let args = json!({"code": code["code"], "state": config["data"]["state"]});
        assert_eq!(post(&format!("{DEMO_PATH}/getLoginCode"), args)["data"]["userId"], "zhangsan");
        assert_eq!(post(&format!("{DEMO_PATH}/getAccessToken"), json!({}))["errcode"], 20007);

        host.signal(signal);
        let (exit, log) = host.end();
        assert_eq!(exit, Some(0), "{log}");
        for line in log.lines() {
            let line: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
            assert!(line["timestamp"].is_string() && line["level"].is_string() && line["message"].is_string(), "{line}");
        }
        assert_eq!(log.matches(r#""message":"answered""#).count(), 3, "one line for each request\n{log}");
    }
}

#[test]
fn a_running_call_is_finished_before_it_stops() {
    let data = TempDir::new().unwrap();
    let mut host = Host::start(data.path(), &[]);
    let config: Value =
        serde_json::from_str(&answer(ask(host.address, "POST", &format!("{DEMO_PATH}/getLoginConfig"), ""))).unwrap();
    let code = answer(ask(host.wecom, "POST", "/sim/codes", r#"{"userId":"zhangsan"}"#));
    let code: Value = serde_json::from_str(&code).unwrap();
    let slow = r#"{"path": "/cgi-bin/gettoken", "latencyMs": 700}"#;
    assert_eq!(answer(ask(host.wecom, "POST", "/sim/faults", slow)), r#"{"pending":1}"#);

    let args = json!({"code": code["code"], "state": config["data"]["state"]});
    let call = ask(host.address, "POST", &format!("{DEMO_PATH}/getLoginCode"), &args.to_string());
    until("WeCom was asked for a token", || answer(ask(host.wecom, "GET", "/sim/faults", "")) == r#"{"faults":[]}"#);
    host.signal("TERM");
    host.wait_for("stopping");
    // Two more calls to WeCom follow the slow one, so the simulator has to outlive the stop as well.
    let reply: Value = serde_json::from_str(&answer(call)).unwrap();
    assert_eq!(reply["data"]["userId"], "zhangsan", "{reply}");
    let (exit, log) = host.end();
    assert_eq!(exit, Some(0), "{log}");
    assert!(log.lines().last().unwrap().contains("answered"), "{log}");
}

#[test]
fn a_client_that_says_half_a_request_does_not_keep_it_up() {
    let data = TempDir::new().unwrap();
    let mut host = Host::start(data.path(), &[]);
    let mut client = TcpStream::connect(host.address).unwrap();
    write!(client, "POST {DEMO_PATH}/getLoginConfig HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{{").unwrap();
    // A whole request on another connection: by its answer the first one was taken as well.
    answer(ask(host.address, "GET", "/healthz", ""));
    host.signal("TERM");
    host.wait_for("stopping");
    host.signal("INT");
    let (exit, log) = host.end();
    assert_eq!(exit, Some(0), "{log}");
}

#[test]
fn a_client_that_never_comes_to_its_request_is_sent_away() {
    let data = TempDir::new().unwrap();
    let host = Host::start(data.path(), &[]);
    let mut client = TcpStream::connect(host.address).unwrap();
    write!(client, "POST {DEMO_PATH}/getLoginConfig HTTP/1.1\r\nhost: a\r\n").unwrap();
    client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut said = Vec::new();
    client.read_to_end(&mut said).unwrap();
    assert!(said.is_empty() || said.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&said));
    answer(ask(host.address, "GET", "/healthz", ""));
}

#[test]
fn what_it_cannot_do_is_said_plainly() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = TempDir::new().unwrap();
    let serve = |args: &[&str]| {
        let mut command = element(&["serve", "--data"]);
        told(&command.arg(data.path()).args(args).output().unwrap(), data.path()).replace(&address, "ADDRESS")
    };
    expect![[r#"
        ! error: cannot listen at `ADDRESS` (`--listen 127.0.0.1:0` takes any free port): Address already in use (os error 98)
        exit 1
    "#]].assert_eq(&serve(&["--listen", &address]));
    expect![[r#"
        ! error: the simulator cannot listen at `ADDRESS` (`--simulate=127.0.0.1:0` takes any free port): Address already in use (os error 98)
        exit 1
    "#]].assert_eq(&serve(&["--listen", "127.0.0.1:0", &format!("--simulate={address}")]));
    expect![[r#"
        ! error: there is no folder `no/such/folder`: give the folder of your apps, or run this where `apps` is
        exit 1
    "#]]
    .assert_eq(&serve(&["--listen", "127.0.0.1:0", "no/such/folder"]));
    expect![[r#"
        ! error: invalid value 'localhost' for '--listen <ADDR>': write an IP address and a port, such as `127.0.0.1:8080`
        ! 
        ! For more information, try '--help'.
        exit 2
    "#]]
    .assert_eq(&serve(&["--listen", "localhost"]));
    expect![[r#"
        ! error: `apps` cannot be read: Is a directory (os error 21)
        exit 1
    "#]]
    .assert_eq(&serve(&["--listen", "127.0.0.1:0", "--secrets-dir", "no/such/folder", "--vars", "apps"]));
    expect![[r#"
        ! error: unrecognized subcommand 'serv'
        ! 
        !   tip: a similar subcommand exists: 'serve'
        ! 
        ! Usage: element <COMMAND>
        ! 
        ! For more information, try '--help'.
        exit 2
    "#]]
    .assert_eq(&run(&["serv"], Path::new("/nowhere")));
}
