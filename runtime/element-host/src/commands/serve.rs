//! `element serve`
use super::{simulate, stop::AskedToStop};
use crate::{
    admin::AdminToken,
    connections,
    http::{CALLS_A_MINUTE, Limits, Origin, PublicUrl, Site, standalone},
    keep::Keep,
    logging::{self, Log},
    metrics::Metrics,
    open::{LISTEN, Provided, open_live},
    pages::path_of,
};
use anyhow::{Context, Result, bail};
use auths::Login;
use clap::Args;
use element_engine::{DEADLINE, Snapshot};
use element_store::StoreAddress;
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    process::ExitCode,
};
use tokio::{net::TcpListener, sync::oneshot, time::sleep};

/// Of more apps than this, the log does not tell the login page: whoever has so many knows their addresses.
const LOGINS_SHOWN: usize = 5;

/// Serve a folder of apps over HTTP.
#[derive(Debug, Args)]
pub struct Serve {
    /// The folder of the apps.
    #[arg(default_value = "apps")]
    apps: PathBuf,
    /// Where to listen.
    #[arg(long, default_value = LISTEN, value_name = "ADDR", value_parser = address)]
    listen: SocketAddr,
    #[command(flatten)]
    keep: Keep,
    /// Start a WeCom simulator with a demo company, and point every WeCom Instance at it.
    #[arg(
        long,
        value_name = "ADDR",
        value_parser = address,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "127.0.0.1:8090"
    )]
    simulate: Option<SocketAddr>,
    /// Another site whose pages may call this host, and be returned to after a login.
    #[arg(long, value_name = "URL")]
    allow_origin: Vec<Origin>,
    /// How many calls a minute one address may make to what needs no login; 0: as many as it likes.
    #[arg(long, value_name = "CALLS", default_value_t = CALLS_A_MINUTE)]
    rate_limit: u32,
    /// The address of a proxy of your own, whose `X-Forwarded-For` tells who calls.
    #[arg(long, value_name = "IP")]
    proxy: Vec<IpAddr>,
    /// How log lines look.
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    log: Log,
    #[command(flatten)]
    provided: Provided,
}

impl Serve {
    pub(super) async fn run(mut self) -> Result<ExitCode> {
        logging::start(self.log, "info");
        let mut asked = AskedToStop::listen()?;
        let admin = AdminToken::read_or_make(&self.keep.data)?;
        let listener = TcpListener::bind(self.listen)
            .await
            .with_context(|| format!("cannot listen at `{}` (`--listen 127.0.0.1:0` takes any free port)", self.listen))?;
        let address = listener.local_addr()?;
        let metrics = Metrics::start()?;
        let simulator = match self.simulate {
            None => None,
            Some(at) => Some(simulate::start(at, &mut self.provided).await?),
        };
        let runtime = tokio::select! {
            it = open_live(&self.apps, &self.provided, address, &self.keep) => it?,
            () = asked.next() => return Ok(ExitCode::SUCCESS),
        };
        let snapshot = runtime.snapshot();
        let public_url = self.provided.public_url(address)?;
        announce(&snapshot, &public_url, address);
        match self.keep.place()? {
            StoreAddress::Memory => tracing::info!("what elements keep is in memory: it ends with this process"),
            it => tracing::info!("what elements keep is in {it}"),
        }
        let site = Site {
            runtime: runtime.clone(),
            admin: Some(admin),
            public_url,
            origins: self.allow_origin,
            limits: Limits::new(self.rate_limit, self.proxy),
            metrics: Some(metrics),
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let until = async { drop(stopped.await) };
        let server = tokio::spawn(connections::serve(listener, standalone(site), until));
        if let Some(simulator) = &simulator {
            simulator.introduce(&runtime, address);
        }
        tokio::select! {
            () = asked.next() => {}
            why = runtime.store().unusable() => bail!("the store cannot be used: {why}"),
        }
        tracing::info!("stopping: running calls are finished first; ask once more to stop at once");
        runtime.freeze();
        drop(stop);
        tokio::select! {
            it = server => it?,
            () = asked.next() => {}
            // A client that never ends its request must not keep us for ever; no call lasts longer.
            () = sleep(DEADLINE) => tracing::warn!("not every client went away; stopping all the same"),
        }
        let end = async {
            // Calls that were still running may have needed the simulator.
            if let Some(simulator) = simulator {
                simulator.end().await?;
            }
            runtime.close().await;
            anyhow::Ok(())
        };
        tokio::select! {
            it = end => it?,
            () = asked.next() => {}
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "write an IP address and a port, such as `127.0.0.1:8080`")
}

/// Where everything is, and what whoever starts this should know.
fn announce(snapshot: &Snapshot, public_url: &PublicUrl, address: SocketAddr) {
    tracing::info!(apps = snapshot.apps().len(), listening = %address, "serving at {public_url}");
    let with_login = snapshot.apps().into_iter().filter(|it| !it.find(<dyn Login>::FULL_NAME).is_empty());
    for app in with_login.take(LOGINS_SHOWN) {
        tracing::info!("people log in at {public_url}{}", path_of(&app.id, "login"));
    }
    if public_url.is_exposed() {
        tracing::warn!(
            "people reach this host without TLS: whoever listens on the way takes their sessions; put a proxy with TLS in front"
        );
    }
}
