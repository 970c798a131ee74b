//! `element serve`
use super::simulate;
use crate::{
    admin::AdminToken,
    http::{Site, whole},
    logging::{self, Log},
    open::{Provided, open},
};
use anyhow::{Context, Result};
use clap::Args;
use element_engine::{Severity, Snapshot};
use std::{net::SocketAddr, path::PathBuf, process::ExitCode};
use tokio::{net::TcpListener, sync::watch};

/// Serve a folder of apps over HTTP.
#[derive(Debug, Args)]
pub struct Serve {
    /// The folder of the apps.
    #[arg(default_value = "apps")]
    apps: PathBuf,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR")]
    listen: SocketAddr,
    /// Where the host keeps what is its own: the administrators' token.
    #[arg(long, default_value = "data", value_name = "DIR")]
    data: PathBuf,
    /// Start a WeCom simulator with a demo company, and point every WeCom Instance at it.
    #[arg(long, value_name = "ADDR", num_args = 0..=1, require_equals = true, default_missing_value = "127.0.0.1:8090")]
    simulate: Option<SocketAddr>,
    /// How log lines look.
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    log: Log,
    #[command(flatten)]
    provided: Provided,
}

impl Serve {
    pub(super) async fn run(mut self) -> Result<ExitCode> {
        logging::start(self.log, "info");
        let admin = AdminToken::read_or_make(&self.data)?;
        let listener =
            TcpListener::bind(self.listen).await.with_context(|| format!("`{}` is not free to listen on", self.listen))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let simulator = match self.simulate {
            None => None,
            Some(at) => Some(simulate::start(at, &mut self.provided, stopped.clone()).await?),
        };
        let url = format!("http://{address}");
        let runtime = open(&self.apps, &self.provided, &url).await?;
        let snapshot = runtime.snapshot();
        report(&snapshot);
        tracing::info!(apps = snapshot.apps().len(), "serving at {}", self.provided.public_url.as_deref().unwrap_or(&url));
        let site = Site { runtime: runtime.clone(), admin: Some(admin) };
        let until = {
            let mut stopped = stopped;
            async move { drop(stopped.wait_for(|it| *it).await) }
        };
        let server = tokio::spawn(async move { axum::serve(listener, whole(site)).with_graceful_shutdown(until).await });
        asked_to_stop().await?;
        tracing::info!("stopping: running calls are finished first");
        stop.send_replace(true);
        server.await??;
        if let Some(simulator) = simulator {
            simulator.await?;
        }
        runtime.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// Each mistake once, loud enough that nobody overlooks it.
fn report(snapshot: &Snapshot) {
    for diagnostic in &snapshot.diagnostics {
        match diagnostic.severity {
            Severity::Error => tracing::warn!(code = diagnostic.code, "{diagnostic}"),
            Severity::Warning => tracing::info!(code = diagnostic.code, "{diagnostic}"),
        }
    }
}

/// Waits for Ctrl-C or for the signal that service managers send.
async fn asked_to_stop() -> Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            it = tokio::signal::ctrl_c() => it?,
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await?;
    Ok(())
}
