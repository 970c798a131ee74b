//! Logins per second over sockets, against a simulated WeCom: config, code, login code, session. Beside it, in turn, what
//! users of `wechatpy` do for the same, without a server and a session: the identity behind a code, and the member. The
//! simulator, the host and the clients share the machine, so only the ratio says something. `tests/load` runs it.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot start says so by panicking")]
#![allow(clippy::print_stdout, reason = "its result is what it prints")]

use element_engine::{Options, Runtime};
use element_host::{
    commands::SIMULATED,
    http::{Limits, Site, standalone},
    linked,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    future::pending,
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{JoinSet, spawn_blocking},
};
use wecom_sim::{CodeFor, Sim};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const LOGIN: &str = "auths/loginTypes/QywxInnerExample";
const CONNECTIONS: usize = 16;
const TURN: Duration = Duration::from_secs(4);
const TURNS: usize = 3;

/// A connection that stays open, and the browser that it belongs to.
struct Client {
    stream: TcpStream,
    browser: String,
    buffer: Vec<u8>,
}

impl Client {
    async fn call(&mut self, method: &str, args: Value) -> Value {
        let (body, browser) = (args.to_string(), &self.browser);
        let request = format!(
            "POST /api/acme/demo/{method} HTTP/1.1\r\nhost: load\r\nx-login-browser: {browser}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await.unwrap();
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).await.unwrap();
            assert!(read > 0, "the connection was closed");
            filled += read;
            let text = String::from_utf8_lossy(&self.buffer[..filled]);
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length = head.split_once("content-length: ").unwrap().1.lines().next().unwrap();
            if body.len() == length.parse::<usize>().unwrap() {
                let mut answer: Value = serde_json::from_str(body).unwrap();
                assert_eq!(answer["errcode"], 0, "{answer}");
                return answer["data"].take();
            }
        }
    }

    async fn log_in(&mut self, sim: &Sim) {
        let config = self.call(&format!("{LOGIN}/getLoginConfig"), json!({})).await;
        let code = sim.issue_code(CodeFor::member("zhangsan")).unwrap();
        let args = json!({"code": code, "state": config["state"]});
        let who = self.call(&format!("{LOGIN}/getLoginCode"), args).await;
        let args = json!({"loginCode": who["loginCode"]});
        let session = self.call("auths/loginTypes/services/AuthSvc/loginByCode", args).await;
        assert_eq!(session["success"], true);
    }
}

async fn ours(address: SocketAddr, sim: &Sim) -> f64 {
    let (mut clients, begin) = (JoinSet::new(), Instant::now());
    for number in 0..CONNECTIONS {
        let sim = sim.clone();
        clients.spawn(async move {
            let stream = TcpStream::connect(address).await.unwrap();
            let mut client =
                Client { stream, browser: format!("the-browser-of-client-{number}"), buffer: vec![0; 64 << 10] };
            let mut count = 0_u32;
            while begin.elapsed() < TURN {
                client.log_in(&sim).await;
                count += 1;
            }
            count
        });
    }
    let count: u32 = clients.join_all().await.into_iter().sum();
    f64::from(count) / begin.elapsed().as_secs_f64()
}

/// The same by two processes of Python; `None`: wechatpy is not installed.
async fn theirs(wecom: SocketAddr) -> Option<f64> {
    let library = Path::new(ROOT).join("target/wechatpy");
    if !library.exists() {
        return None;
    }
    let mut python = std::process::Command::new("python3");
    python.arg(Path::new(ROOT).join("tests/wechatpy/logins.py")).arg(format!("http://{wecom}"));
    python.arg(TURN.as_secs().to_string()).arg("2").env("PYTHONPATH", library);
    let output = spawn_blocking(move || python.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    told["perSecond"].as_f64()
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

#[tokio::main]
async fn main() {
    // `cargo test` runs benchmarks to see whether they work; this one only measures.
    if !std::env::args().any(|it| it == "--bench") {
        return;
    }
    let sim = Sim::demo();
    // WeCom's own limits would be met in a moment.
    let limits = u32::MAX;
    sim.set_limits(wecom_sim::Limits {
        corp_per_minute: limits,
        corp_per_hour: limits,
        ip_per_minute: limits,
        ip_per_hour: limits,
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let wecom = listener.local_addr().unwrap();
    tokio::spawn(sim.clone().serve(listener, pending()));

    let settings = SIMULATED.iter().map(|&name| (name.to_owned(), format!("http://{wecom}"))).collect();
    let vars = BTreeMap::from([("PUBLIC_URL".into(), "http://127.0.0.1:8080".into())]);
    let options = Options { vars, settings, ..Options::default() };
    let runtime = Runtime::open(Path::new(ROOT).join("apps"), linked::registry().unwrap(), options).await;
    // All calls come from one address here.
    let site = Site { limits: Limits::new(0, []), ..Site::new(runtime, "http://127.0.0.1:8080".parse().unwrap()) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, standalone(site)).await });

    let (mut with_us, mut with_them) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        with_us.push(ours(address, &sim).await);
        with_them.extend(theirs(wecom).await);
    }
    let with_us = median(with_us);
    println!("logins over HTTP, with a session      {with_us:>9.0} /s");
    if with_them.is_empty() {
        println!("wechatpy is not installed: `tests/wechatpy/install` does it");
        return;
    }
    let with_them = median(with_them);
    println!("wechatpy, identity and member alone   {with_them:>9.0} /s");
    println!("ratio                                 {:>9.2}", with_us / with_them);
}
