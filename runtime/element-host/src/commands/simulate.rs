//! `--simulate`: a WeCom on this machine, and every WeCom Instance pointed at it.
use crate::{linked, open::Provided};
use anyhow::{Context, Result};
use std::net::SocketAddr;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use wecom_sim::Sim;

/// Starts the simulator; it ends when `stopped` says so.
pub(super) async fn start(
    at: SocketAddr,
    provided: &mut Provided,
    mut stopped: watch::Receiver<bool>,
) -> Result<JoinHandle<()>> {
    let listener = TcpListener::bind(at)
        .await
        .with_context(|| format!("`{at}` is not free for the simulator: `--simulate=127.0.0.1:0` takes any"))?;
    let url = format!("http://{}", listener.local_addr()?);
    for name in linked::SETTINGS {
        provided.settings.push(((*name).to_owned(), url.clone()));
    }
    tracing::info!(
        "simulating WeCom at {url}: POST {url}/sim/codes with {{\"userId\":\"zhangsan\"}} gives a code to log in with"
    );
    Ok(tokio::spawn(async move {
        let until = async move { drop(stopped.wait_for(|it| *it).await) };
        if let Err(e) = Sim::demo().serve(listener, until).await {
            tracing::error!("the simulator ended: {e}");
        }
    }))
}
