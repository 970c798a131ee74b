//! Requests per second over sockets: a login's config, and beside it an axum handler that answers as many bytes and
//! does nothing else. Both run in turn on the same machine, so only their ratio says something. `tests/load` runs it.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot start says so by panicking")]
#![allow(clippy::print_stdout, reason = "its result is what it prints")]

use axum::{Router, routing::post};
use element_engine::{Options, Runtime};
use element_host::{
    http::{Limits, Site, standalone},
    linked,
};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// All calls come from one address here.
fn site(runtime: Runtime) -> Site {
    Site { limits: Limits::new(0, []), ..Site::new(runtime, "http://127.0.0.1:8080".parse().unwrap()) }
}

const APPS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../apps");
const PATH: &str = "/api/acme/demo/auths/loginTypes/QywxInnerExample/getLoginConfig";
const CONNECTIONS: usize = 64;
const TURN: Duration = Duration::from_secs(2);
const TURNS: usize = 3;

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// One request, and the length of its answer with its head.
async fn ask(stream: &mut TcpStream, buffer: &mut [u8]) -> usize {
    let request = format!("POST {PATH} HTTP/1.1\r\nhost: load\r\ncontent-length: 0\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let (mut filled, mut whole) = (0, usize::MAX);
    while filled < whole {
        let read = stream.read(&mut buffer[filled..]).await.unwrap();
        assert!(read > 0, "the connection was closed");
        filled += read;
        let text = String::from_utf8_lossy(&buffer[..filled]);
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            assert!(head.starts_with("HTTP/1.1 200"), "{head}");
            let length = head.split_once("content-length: ").unwrap().1.lines().next().unwrap();
            whole = head.len() + 4 + length.parse::<usize>().unwrap();
        }
    }
    whole
}

async fn per_second(address: SocketAddr) -> f64 {
    let (mut clients, begin) = (JoinSet::new(), Instant::now());
    for _ in 0..CONNECTIONS {
        clients.spawn(async move {
            let (mut stream, mut buffer, mut count) = (TcpStream::connect(address).await.unwrap(), vec![0; 16 << 10], 0_u32);
            while begin.elapsed() < TURN {
                ask(&mut stream, &mut buffer).await;
                count += 1;
            }
            count
        });
    }
    let count: u32 = clients.join_all().await.into_iter().sum();
    f64::from(count) / begin.elapsed().as_secs_f64()
}

#[tokio::main]
async fn main() {
    // `cargo test` runs benchmarks to see whether they work; this one only measures.
    if !std::env::args().any(|it| it == "--bench") {
        return;
    }
    let vars = BTreeMap::from([("PUBLIC_URL".into(), "http://127.0.0.1:8080".into())]);
    let runtime = Runtime::open(APPS, linked::registry().unwrap(), Options { vars, ..Options::default() }).await;
    let element = serve(standalone(site(runtime))).await;
    let length = ask(&mut TcpStream::connect(element).await.unwrap(), &mut vec![0; 16 << 10]).await;
    let bare = serve(Router::new().route(PATH, post(async move || "x".repeat(length)))).await;

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        ours.push(per_second(element).await);
        theirs.push(per_second(bare).await);
    }
    let median = |mut all: Vec<f64>| {
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    let (ours, theirs) = (median(ours), median(theirs));
    println!("getLoginConfig      {ours:>9.0} requests/s");
    println!("bare axum handler   {theirs:>9.0} requests/s");
    println!("ratio               {:>9.2}", ours / theirs);
}
