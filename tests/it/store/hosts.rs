//! Hosts as operators run them, and their store that comes and goes.
use super::{
    KEY,
    servers::{Server, postgres, redis},
    until,
};
use crate::{
    cli::program::{Host, element, run},
    site::{AUTH_PATH, Ask, DEMO_PATH, serve_wecom, try_send},
};
use element_host::commands::SIMULATED;
use serde_json::{Value, json};
use std::{fs, net::SocketAddr, os::unix::process::CommandExt, process::Command};
use tempfile::TempDir;
use wecom_sim::{CodeFor, Sim};

pub(super) const BROWSER: &str = "the browser of this test";

/// What hosts share.
pub(super) struct Shared {
    pub(super) postgres: Server,
    pub(super) redis: Server,
    pub(super) sim: Sim,
    wecom: SocketAddr,
    /// A folder for each host.
    data: TempDir,
}

impl Shared {
    pub(super) async fn new() -> Self {
        let sim = Sim::demo();
        let wecom = serve_wecom(sim.clone()).await;
        Self { postgres: postgres(), redis: redis(), sim, wecom, data: TempDir::new().unwrap() }
    }

    pub(super) fn start(&self, name: &str) -> Host {
        let cache = format!("redis://127.0.0.1:{}", self.redis.port);
        Host::without_simulator(self.command(name).args(["--cache", &cache]))
    }

    pub(super) fn start_without_redis(&self, name: &str) -> Host {
        Host::without_simulator(&mut self.command(name))
    }

    /// The token of this host's administrators.
    pub(super) fn admin(&self, name: &str) -> String {
        fs::read_to_string(self.data.path().join(name).join("admin.token")).unwrap()
    }

    fn command(&self, name: &str) -> Command {
        let mut command = element(&["serve", "--listen", "127.0.0.1:0", "--rate-limit", "0", "--data"]);
        command.arg(self.data.path().join(name));
        command.args(["--public-url", "https://login.acme.test"]);
        // Passwords are better not on a command line.
        command.env("ELEMENT_STORE", format!("postgres://element:hunter2@127.0.0.1:{}/element", self.postgres.port));
        command.env("ELEMENT_MASTER_KEY", KEY);
        for setting in SIMULATED {
            command.env(setting, format!("http://{}", self.wecom));
        }
        command
    }

    /// A login over HTTP, from the config to the session's token; `None` if a part of it was not answered well.
    pub(super) async fn log_in(&self, at: SocketAddr, browser: &str) -> Option<String> {
        let post = async |path: String, args: Value| -> Option<Value> {
            let reply = try_send(at, &Ask::post(path, &args.to_string()).browser(browser)).await?.json()?;
            (reply["errcode"] == 0).then(|| reply["data"].clone())
        };
        let config = post(format!("{DEMO_PATH}/getLoginConfig"), json!({})).await?;
        let code = self.sim.issue_code(CodeFor::member("zhangsan")).unwrap();
        let who = post(format!("{DEMO_PATH}/getLoginCode"), json!({"code": code, "state": config["state"]})).await?;
        let session = post(format!("{AUTH_PATH}/loginByCode"), json!({"loginCode": who["loginCode"]})).await?;
        session["token"].as_str().map(str::to_owned)
    }
}

/// Whom a session belongs to, by this host; or what it says instead.
pub(super) async fn user_of(at: SocketAddr, token: &str) -> Result<String, String> {
    let ask = Ask::post(format!("{AUTH_PATH}/currentUser"), "{}").bearer(token);
    let json = try_send(at, &ask).await.and_then(|it| it.json()).ok_or("no answer")?;
    json["data"]["userId"].as_str().map(str::to_owned).ok_or_else(|| json.to_string())
}

async fn ready(at: SocketAddr) -> (u16, Value) {
    let reply = try_send(at, &Ask::get("/readyz")).await.unwrap();
    (reply.status, reply.json().unwrap())
}

async fn get(at: SocketAddr, path: &str) -> u16 {
    try_send(at, &Ask::get(path)).await.unwrap().status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_store_a_host_says_so_goes_on_and_heals() {
    let mut shared = Shared::new().await;
    shared.postgres.kill();
    let mut host = shared.start("a");
    let at = host.address;
    assert_eq!(ready(at).await, (503, json!({"ready": false})));
    assert_eq!(get(at, "/healthz").await, 200);
    assert_eq!(shared.log_in(at, BROWSER).await, None);
    shared.postgres.start();
    host.wait_for("the store can be reached again");
    assert_eq!(ready(at).await, (200, json!({"ready": true})));
    let token = shared.log_in(at, BROWSER).await.unwrap();

    for _ in 0..2 {
        shared.postgres.kill();
        host.wait_for("the store cannot be reached; calls that need it fail, and it is tried again");
        assert_eq!(ready(at).await, (503, json!({"ready": false})));
        let (server, data) = (format!("http://{at}"), shared.data.path().join("a"));
        let status = run(&["status", "--server", &server, "--data", &data.to_string_lossy()], &data);
        assert!(status.contains("\nthe store cannot be reached, and calls that need it fail: "), "{status}");
        // What was read a moment ago counts for a moment.
        until("a session cannot be looked up", async || user_of(at, &token).await.is_err()).await;
        let reply = try_send(at, &Ask::post(format!("{AUTH_PATH}/currentUser"), "{}").bearer(&token)).await.unwrap();
        let json = reply.json().unwrap();
        assert_eq!((reply.status, &json["errcode"]), (503, &json!(20011)), "{json}");
        assert_eq!(json["errmsg"], "what this call needs cannot be read or written now; try again in a moment");
        // What needs no database goes on: a state is in Redis.
        let config = try_send(at, &Ask::post(format!("{DEMO_PATH}/getLoginConfig"), "{}").browser(BROWSER)).await.unwrap();
        assert_eq!(config.status, 200, "{:?}", config.json());
        assert_eq!(get(at, "/acme/demo/login").await, 200);
        shared.postgres.start();
        host.wait_for("the store can be reached again");
        assert_eq!(user_of(at, &token).await, Ok("zhangsan".into()));
    }

    shared.redis.kill();
    host.wait_for("the store cannot be reached");
    assert_eq!(user_of(at, &token).await, Ok("zhangsan".into()), "a session is no matter of Redis");
    assert_eq!(shared.log_in(at, BROWSER).await, None);
    shared.redis.start();
    host.wait_for("the store can be reached again");
    assert!(shared.log_in(at, BROWSER).await.is_some(), "it has forgotten everything, and fetches a token anew");
    host.signal("TERM");
    let (exit, log) = host.end();
    assert_eq!(exit, Some(0), "{log}");
    assert!(!log.contains("hunter2") && !log.contains(KEY), "{log}");
}

/// A key that is wrong is found out when the database is there at last.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_with_a_wrong_key_ends() {
    let mut shared = Shared::new().await;
    drop(shared.start("a"));
    shared.postgres.kill();
    let mut command = element(&["serve", "--listen", "127.0.0.1:0", "--data"]);
    command.arg(shared.data.path().join("b"));
    command.env("ELEMENT_STORE", format!("postgres://element:hunter2@127.0.0.1:{}/element", shared.postgres.port));
    command.env("ELEMENT_MASTER_KEY", KEY.replace('B', "C"));
    let host = Host::without_simulator(&mut command);
    shared.postgres.start();
    let (exit, log) = host.end();
    assert_eq!(exit, Some(1), "{log}");
    assert!(log.contains("error: the store cannot be used: its secrets were encrypted with the key"), "{log}");
}

/// With the store that a host has unless it is told otherwise, a kill takes nothing from whoever is logged in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_outlive_a_kill() {
    let data = TempDir::new().unwrap();
    let start = || Host::start(data.path(), &[]);
    let host = start();
    let code = try_send(host.wecom, &Ask::post("/sim/codes", r#"{"userId":"zhangsan"}"#)).await.unwrap().json().unwrap();
    let post = async |path: String, args: Value| {
        let reply = try_send(host.address, &Ask::post(path, &args.to_string()).browser(BROWSER)).await.unwrap();
        reply.data()
    };
    let config = post(format!("{DEMO_PATH}/getLoginConfig"), json!({})).await;
    let args = json!({"code": code["code"], "state": config["state"]});
    let who = post(format!("{DEMO_PATH}/getLoginCode"), args).await;
    let session = post(format!("{AUTH_PATH}/loginByCode"), json!({"loginCode": who["loginCode"]})).await;
    let token = session["token"].as_str().unwrap();
    // As a kill: nothing is put away.
    host.signal("KILL");
    host.end();
    let host = start();
    assert_eq!(user_of(host.address, token).await, Ok("zhangsan".into()));
    drop(host);

    // Whoever looks from the command line sees the same records.
    let model = "auths.loginTypes.QywxInnerType.QywxInnerAuthModel";
    let mut call = element(&["call", "acme.demo", model, "query", r#"{"filter": {"userId": "zhangsan"}}"#, "--data"]);
    let output = call.arg(data.path()).env_remove("ELEMENT_STORE").output().unwrap();
    let page: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(page["records"][0]["value"]["name"], "张三", "{page}");
    assert_eq!(page["records"][0]["value"]["accessToken"], Value::Null);
}

#[test]
fn a_file_that_can_only_be_read_is_told() {
    let data = TempDir::new().unwrap();
    drop(Host::start(data.path(), &[]));
    // Root may write everything: somebody else asks, with a copy of the program, whose folder may be root's alone.
    let program = data.path().join("element");
    fs::copy(env!("CARGO_BIN_EXE_element-under-test"), &program).unwrap();
    let run = |script: &str| {
        assert!(Command::new("sh").args(["-ec", script]).current_dir(data.path()).status().unwrap().success())
    };
    run("chmod 755 . element; chmod 444 element.db* master.key");
    let mut command = Command::new(&program);
    let store = format!("sqlite:{}", data.path().join("element.db").display());
    command.args(["serve", "--listen", "127.0.0.1:0", "apps", "--store", &store]).env("ELEMENT_MASTER_KEY", KEY);
    run("mkdir -p elsewhere/apps elsewhere/data; chmod 777 elsewhere/data");
    command.current_dir(data.path().join("elsewhere"));
    if Command::new("id").arg("-u").output().unwrap().stdout == b"0\n" {
        command.uid(65534).gid(65534);
    }
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("element.db`: it cannot be opened: Permission denied"), "{told}");
}

#[test]
fn an_address_that_is_none_is_told_without_its_password() {
    let data = TempDir::new().unwrap();
    for args in [["--store", "postgres://u:hunter2@h:port/d"], ["--cache", "redis:hunter2"], ["--store", "hunter2"]] {
        let output = element(&["serve", "--data"]).arg(data.path()).args(args).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(1) && told.contains(args[0]) && !told.contains("hunter2"), "{told}");
    }
}
