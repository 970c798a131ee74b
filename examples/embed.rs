//! The runtime inside somebody else's web server. `cargo run -p examples --example embed -- 127.0.0.1:8080`
//!
//! Then: `curl -X POST localhost:8080/api/acme/demo/auths/loginTypes/QywxInnerExample/getLoginConfig`
use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use element_engine::{Options, Runtime};
use element_host::{
    http::{Site, router},
    linked,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, net::SocketAddr};
use tokio::net::TcpListener;

/// A page of one's own that calls an element from Rust: no HTTP in between, and anything may be called.
async fn login_address(State(runtime): State<Runtime>) -> Result<Json<Value>, (StatusCode, String)> {
    let config = async {
        let element = runtime.app("acme.demo")?.get_element("auths.loginTypes.QywxInnerExample")?;
        element.call("getLoginConfig", json!({})).await
    };
    let config = config.await.map_err(|e| (StatusCode::BAD_GATEWAY, e.to_string()))?;
    Ok(Json(json!({ "scanHere": config["qrUrl"] })))
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "whoever runs this wants to know where it listens")]
async fn main() -> anyhow::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".into());
    let listener = TcpListener::bind(&address).await?;
    let url = format!("http://{}", listener.local_addr()?);

    let options = Options { vars: BTreeMap::from([("PUBLIC_URL".into(), url.clone())]), ..Options::default() };
    let runtime = Runtime::open(concat!(env!("CARGO_MANIFEST_DIR"), "/../apps"), linked::registry()?, options).await;

    // The elements' own addresses beside one's own; nobody is an administrator here.
    let app = Router::new()
        .route("/", get(login_address))
        .with_state(runtime.clone())
        .merge(router(Site::new(runtime.clone(), url.parse().map_err(anyhow::Error::msg)?)));

    println!("listening at {url}");
    let stop = async { drop(tokio::signal::ctrl_c().await) };
    // With the callers' addresses, so that the host's limits are for each of them.
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app).with_graceful_shutdown(stop).await?;
    runtime.close().await;
    Ok(())
}
