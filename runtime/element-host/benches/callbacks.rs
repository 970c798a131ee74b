//! Callbacks of WeCom: how many a second a host verifies and keeps durably before it answers, and how long it takes to verify
//! and decrypt one, beside `wechatpy` doing the same. Host and clients share the machine. `tests/load` runs it.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot start says so by panicking")]
#![allow(clippy::print_stdout, reason = "its result is what it prints")]

use element::{
    Caller, Ctx, Error, Level, Result,
    host::{Ask, BoxFuture, Call, Clock, Host, SystemClock},
};
use element_engine::{MemoryFiles, Options, Runtime, SystemRandom};
use element_host::{
    http::{Limits, Site, standalone},
    linked,
};
use element_store::{OpenStore, Store, StoreAddress};
use serde_json::{Value, json};
use std::{
    io::Write,
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use url::form_urlencoded::byte_serialize;
use wecom::{Asked, QywxProxy};
use wecom_sim::{Callback, PushFormat};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const SUITE: &str = "dk0123456789abcdef";
const PATH: &str = "/api/acme/demo/auths/loginTypes/QywxProxyType/services/QywxProxyAuthService/notify";
const TURN: Duration = Duration::from_secs(4);

fn callback() -> Callback {
    Callback {
        url: "http://127.0.0.1/".into(),
        token: "DemoTemplateToken".into(),
        encoding_aes_key: "demoTemplateKeyThatIsInTheSource00000000001".into(),
        format: PushFormat::Xml,
        trimmed: None,
    }
}

fn config() -> Value {
    json!({
        "authConfig": {
            "suiteId": SUITE, "suiteSecret": "a-secret", "token": "DemoTemplateToken",
            "encodingAESKey": "demoTemplateKeyThatIsInTheSource00000000001",
        },
        "redirectUri": "https://login.acme.test/api/auth/qywx/callback",
    })
}

/// What WeCom says of a company's authorization, signed: its query, and its body.
fn push(number: usize) -> ([(&'static str, String); 3], String) {
    let timestamp = (SystemClock.now() / 1000).to_string();
    let document = format!(
        "<xml><SuiteId><![CDATA[{SUITE}]]></SuiteId><InfoType><![CDATA[change_auth]]></InfoType>\
         <TimeStamp>{timestamp}</TimeStamp><AuthCorpId><![CDATA[wp{number:030}]]></AuthCorpId></xml>"
    );
    let (signature, sealed) = callback().seal(&document, SUITE, &timestamp, "1372623149").unwrap();
    let body =
        format!("<xml><ToUserName>{SUITE}</ToUserName><AgentID></AgentID><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>");
    ([("msg_signature", signature), ("timestamp", timestamp), ("nonce", "1372623149".into())], body)
}

/// Sends pushes one after the other, each another one, until the turn is over.
async fn sender(address: SocketAddr, begin: Instant, first: usize) -> usize {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (mut buffer, mut count) = (vec![0; 4096], 0);
    while begin.elapsed() < TURN {
        let (query, body) = push(first + count);
        let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let query: Vec<String> = query.iter().map(|(name, it)| format!("{name}={}", encode(it))).collect();
        let head =
            format!("POST {PATH}?{} HTTP/1.1\r\nhost: load\r\ncontent-length: {}\r\n\r\n", query.join("&"), body.len());
        stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        let read = stream.read(&mut buffer).await.unwrap();
        let answer = String::from_utf8_lossy(&buffer[..read]);
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("success"), "{answer}");
        count += 1;
    }
    count
}

/// Callbacks that were verified, kept and answered, in a second; SQLite, as a host has it unless it is told otherwise.
async fn kept(connections: usize) -> f64 {
    let data = TempDir::new().unwrap();
    let store = StoreAddress::Sqlite(data.path().join("element.db"));
    let open = OpenStore { store, cache: None, master_key: None, former_key: None };
    let files = MemoryFiles::parse(&format!(
        "\n//- /apps/demo/app.json\n{{\"appId\": \"acme.demo\"}}\n//- /apps/demo/auths/Customers/e.json\n\
         {{\"type\": \"auths.loginTypes.QywxProxyType\"}}\n//- /apps/demo/auths/Customers/Customers.json\n{}\n",
        config()
    ));
    let options = Options {
        files: Arc::new(files),
        store: Store::open(open, Arc::new(SystemClock), Arc::new(SystemRandom)).await.unwrap(),
        ..Options::default()
    };
    let runtime = Runtime::open("/apps", linked::registry().unwrap(), options).await;
    let site = Site { limits: Limits::new(0, []), ..Site::new(runtime, "http://127.0.0.1:8080".parse().unwrap()) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, standalone(site)).await });
    let (mut senders, begin) = (JoinSet::new(), Instant::now());
    for number in 0..connections {
        senders.spawn(sender(address, begin, number * 10_000_000));
    }
    let count: usize = senders.join_all().await.into_iter().sum();
    count as f64 / begin.elapsed().as_secs_f64()
}

/// A host that is asked for nothing but the time.
#[derive(Debug)]
struct Nothing;

impl Host for Nothing {
    fn ask<'a>(&'a self, _: &'a Call, ask: Ask<'a>) -> BoxFuture<'a, Result<Vec<u8>>> {
        Box::pin(async move { Err(Error::internal(format!("{:?} is not needed here", ask.op))) })
    }

    fn now(&self) -> i64 {
        SystemClock.now()
    }

    fn log(&self, _: &Call, _: Level, _: &str) {}
}

/// Microseconds for verifying and decrypting one: an address's verification, which keeps nothing.
async fn opened() -> f64 {
    let login: QywxProxy = serde_json::from_value(config()).unwrap();
    let (app, element) = ("acme.demo".into(), "auths.Customers".into());
    let call = Call { app, element, caller: Caller::Anonymous, deadline: None, request_id: "r".into(), browser: None };
    let ctx = Ctx::new(Arc::new(Nothing), call);
    let timestamp = (SystemClock.now() / 1000).to_string();
    let word = "1616140317555161061".repeat(3);
    let (signature, sealed) = callback().seal(&word, SUITE, &timestamp, "1372623149").unwrap();
    let query =
        [("msg_signature", signature), ("timestamp", timestamp), ("nonce", "1372623149".into()), ("echostr", sealed)];
    let asked: Asked = serde_json::from_value(json!({
        "method": "GET", "query": query.into_iter().map(|(name, it)| (name.to_owned(), it.into())).collect::<serde_json::Map<_, Value>>(),
        "body": "",
    }))
    .unwrap();
    let (mut count, begin) = (0_u32, Instant::now());
    while begin.elapsed() < TURN / 2 {
        for _ in 0..100 {
            assert_eq!(login.receive_call_back(&ctx, asked.clone()).await.unwrap().as_deref(), Some(&*word));
        }
        count += 100;
    }
    1e6 * begin.elapsed().as_secs_f64() / f64::from(count)
}

/// The same by wechatpy; `None`: it is not installed.
fn by_wechatpy() -> Option<f64> {
    let library = Path::new(ROOT).join("target/wechatpy");
    if !library.exists() {
        return None;
    }
    let ([(_, signature), (_, timestamp), (_, nonce)], body) = push(0);
    let given = json!({
        "token": "DemoTemplateToken", "encodingAESKey": "demoTemplateKeyThatIsInTheSource00000000001", "receiveId": SUITE,
        "signature": signature, "timestamp": timestamp, "nonce": nonce, "body": body,
    });
    let mut python = Command::new("python3");
    python.arg(Path::new(ROOT).join("tests/wechatpy/callbacks.py")).arg((TURN / 2).as_secs().to_string());
    let mut child = python.env("PYTHONPATH", library).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(given.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice::<Value>(&output.stdout).unwrap()["microseconds"].as_f64()
}

#[tokio::main]
async fn main() {
    // `cargo test` runs benchmarks to see whether they work; this one only measures.
    if !std::env::args().any(|it| it == "--bench") {
        return;
    }
    for connections in [1, 16, 64] {
        println!("callbacks kept and answered, {connections:>2} at once  {:>9.0} /s", kept(connections).await);
    }
    let ours = opened().await;
    println!("verified and decrypted              {ours:>9.1} µs each");
    match by_wechatpy() {
        Some(theirs) => {
            println!("wechatpy                            {theirs:>9.1} µs each");
            println!("ratio                               {:>9.1}", theirs / ours);
        }
        None => println!("wechatpy is not installed: `tests/wechatpy/install` does it"),
    }
}
