//! `--simulate`: a WeCom on this machine, and every WeCom Instance pointed at it.
use crate::open::Provided;
use anyhow::{Context, Result};
use std::{net::SocketAddr, time::Duration};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle, time::timeout};
use wecom_sim::Sim;

/// The settings that point WeCom's Types, linked or from a library, at another WeCom.
pub const SETTINGS: &[&str] = &["WECOM_API_BASE", "WECOM_LOGIN_BASE", "WECOM_OPEN_BASE", "WECOM_OPEN_WORK_BASE"];

/// How long it may finish what it answers.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// A simulator that runs.
#[derive(Debug)]
pub(super) struct Simulator {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Simulator {
    /// Lets it finish what it answers, and waits a little for that: nobody depends on it any more.
    pub(super) async fn end(self) -> Result<()> {
        drop(self.stop);
        match timeout(LAST_ANSWERS, self.task).await {
            Ok(ended) => Ok(ended?),
            Err(_) => Ok(()),
        }
    }
}

/// Starts the simulator.
pub(super) async fn start(at: SocketAddr, provided: &mut Provided) -> Result<Simulator> {
    let listener = TcpListener::bind(at)
        .await
        .with_context(|| format!("the simulator cannot listen at `{at}` (`--simulate=127.0.0.1:0` takes any free port)"))?;
    let url = format!("http://{}", listener.local_addr()?);
    for name in SETTINGS {
        provided.settings.push(((*name).to_owned(), url.clone()));
    }
    tracing::info!("simulating WeCom at {url}: its phone is at {url}/sim/phone, and what it sees at {url}/");
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(async move {
        if let Err(e) = Sim::demo().serve(listener, async { drop(stopped.await) }).await {
            tracing::error!("the simulator ended: {e}");
        }
    });
    Ok(Simulator { stop, task })
}
