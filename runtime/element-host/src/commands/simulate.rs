//! `--simulate`: a WeCom on this machine, and every WeCom Instance pointed at it.
use crate::{linked, open::Provided};
use anyhow::{Context, Result};
use std::net::SocketAddr;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use wecom_sim::Sim;

/// A simulator that runs.
#[derive(Debug)]
pub(super) struct Simulator {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Simulator {
    /// Lets it finish what it answers, and waits for that.
    pub(super) async fn end(self) -> Result<()> {
        drop(self.stop);
        Ok(self.task.await?)
    }
}

/// Starts the simulator.
pub(super) async fn start(at: SocketAddr, provided: &mut Provided) -> Result<Simulator> {
    let listener = TcpListener::bind(at)
        .await
        .with_context(|| format!("the simulator cannot listen at `{at}` (`--simulate=127.0.0.1:0` takes any free port)"))?;
    let url = format!("http://{}", listener.local_addr()?);
    for name in linked::SETTINGS {
        provided.settings.push(((*name).to_owned(), url.clone()));
    }
    tracing::info!(
        "simulating WeCom at {url}: POST {url}/sim/codes with {{\"userId\":\"zhangsan\"}} gives a code to log in with"
    );
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(async move {
        if let Err(e) = Sim::demo().serve(listener, async { drop(stopped.await) }).await {
            tracing::error!("the simulator ended: {e}");
        }
    });
    Ok(Simulator { stop, task })
}
