//! `--simulate`: a WeCom on this machine, and every WeCom Instance pointed at it.
use super::path_of;
use crate::open::Provided;
use anyhow::{Context, Result};
use auths::callbacks::RETRY_CALL_BACK;
use element::host::{Clock, SystemClock};
use element_engine::Runtime;
use serde_json::json;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle, time::timeout};
use wecom_sim::{Callback, Sim, Template};

/// The settings that point WeCom's Types, linked or from a library, at another WeCom.
pub const SETTINGS: &[&str] = &["WECOM_API_BASE", "WECOM_LOGIN_BASE", "WECOM_OPEN_BASE", "WECOM_OPEN_WORK_BASE"];

/// The method that WeCom is given the address of.
const NOTIFY: &str = "notify";
/// What is given back.
const WORD: &str = "1616140317555161061";

/// How long it may finish what it answers.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// A simulator that runs.
#[derive(Debug)]
pub(super) struct Simulator {
    sim: Sim,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Simulator {
    /// As somebody does in WeCom's console: each template that pushes nowhere yet gets the address of the first element that
    /// takes callbacks and answers as only one with its Token can.
    pub(super) fn introduce(&self, runtime: &Runtime, served_at: SocketAddr) {
        let ip: IpAddr = if served_at.ip().is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { served_at.ip() };
        let (here, sim, runtime) = (SocketAddr::new(ip, served_at.port()), self.sim.clone(), runtime.clone());
        tokio::spawn(async move {
            let provider = sim.provider();
            let Some(provider) = &provider else { return };
            for template in provider.templates().iter().filter(|it| it.callback_url.is_none()) {
                let Some(path) = taker_of(&runtime, template, provider.corp_id()).await else { continue };
                let url = format!("http://{here}{path}");
                match sim.save_template_callback(&template.suite_id, &url).await {
                    Ok(()) => tracing::info!("the simulated template {} pushes to {url}", template.suite_id),
                    Err(e) => tracing::warn!("the simulated template {} pushes nowhere: {e}", template.suite_id),
                }
            }
        });
    }

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
    let sim = Sim::demo();
    let serving = sim.clone();
    let task = tokio::spawn(async move {
        if let Err(e) = serving.serve(listener, async { drop(stopped.await) }).await {
            tracing::error!("the simulator ended: {e}");
        }
    });
    Ok(Simulator { sim, stop, task })
}

/// Where the first element is called that knows a template's Token and key: it gives back a word that is sealed for the provider.
async fn taker_of(runtime: &Runtime, template: &Template, provider: &str) -> Option<String> {
    let Template { token, encoding_aes_key, format, .. } = template.clone();
    let callback = Callback { url: String::new(), token, encoding_aes_key, format, trimmed: None };
    let timestamp = (SystemClock.now() / 1000).to_string();
    let (signature, sealed) = callback.seal(WORD, provider, &timestamp, "0").ok()?;
    let args = json!({"msg_signature": signature, "timestamp": timestamp, "nonce": "0", "echostr": sealed});
    for app in runtime.snapshot().apps() {
        let handle = runtime.app(app.id.as_str()).ok()?;
        for element in app.offering(RETRY_CALL_BACK) {
            let name = element.full_name.as_str();
            let Ok(element) = handle.get_element(name) else { continue };
            if element.call(NOTIFY, args.clone()).await.is_ok_and(|it| it == WORD) {
                return Some(path_of(app.id.as_str(), name, NOTIFY));
            }
        }
    }
    None
}
