//! `wecom-sim`: the simulator alone. See the library for what it answers and how it is controlled.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;
use wecom_sim::{Company, Options, Provider, Sim};

/// A WeCom that runs on your own machine.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8090", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// A company to serve, in place of the demo company; may be given several times
    #[arg(long, value_name = "FILE")]
    company: Vec<PathBuf>,
    /// A provider (代开发服务商) and its templates, in place of the demo's
    #[arg(long, value_name = "FILE")]
    provider: Option<PathBuf>,
    /// Make tokens and codes the same on every run
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Let everyone who reaches this address use the control API under /sim/, which has no password
    #[arg(long)]
    public_control: bool,
    /// Wrong secrets in an hour before an address is blocked (45009)
    #[arg(long, default_value_t = 2000, value_name = "NUMBER")]
    bad_secrets_per_hour: u32,
    /// Answer a new token to every gettoken; older ones stay good
    #[arg(long)]
    rotate_tokens: bool,
    /// How long a QR code can be scanned and confirmed
    #[arg(long, default_value_t = 300, value_name = "SECONDS")]
    qr_seconds: u64,
    /// Show the OAuth pages in any browser, not in WeCom's client alone
    #[arg(long)]
    any_browser: bool,
    /// Members in one answer of user/list before it is too large (45029)
    #[arg(long, default_value_t = 10_000, value_name = "NUMBER")]
    largest_list: usize,
    /// How long a changed list of trusted addresses takes to count; about 60 in WeCom
    #[arg(long, default_value_t = 0, value_name = "SECONDS")]
    trusted_ip_delay: u64,
    /// Refuse new apps that trust no address (60020), as WeCom does
    #[arg(long)]
    require_trusted_ips: bool,
    /// Whether the QR page goes back with `appid` beside code and state
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set, value_name = "true|false")]
    append_appid: bool,
    /// How long a push that a callback did not take waits before it is sent again
    #[arg(long, default_value_t = 1000, value_name = "MILLISECONDS")]
    push_retry_ms: u64,
    /// Whether installs of templates are told ids of their provider's own; older ones are told the plain ones
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set, value_name = "true|false")]
    encrypt_ids: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let args = Args::parse();
    let mut companies = Vec::new();
    for file in &args.company {
        companies.push(read(file, Company::from_json).await?);
    }
    let provider = match &args.provider {
        Some(file) => read(file, Provider::from_json).await?,
        None => Provider::demo(),
    };
    if companies.is_empty() {
        companies.push(Company::demo());
    }
    let sim = Sim::new(
        companies,
        Options {
            seed: args.seed,
            public_control: args.public_control,
            bad_secrets_per_hour: args.bad_secrets_per_hour,
            rotate_tokens: args.rotate_tokens,
            qr_lifetime: Duration::from_secs(args.qr_seconds),
            any_browser: args.any_browser,
            largest_list: args.largest_list,
            trusted_ip_delay: Duration::from_secs(args.trusted_ip_delay),
            require_trusted_ips: args.require_trusted_ips,
            append_appid: args.append_appid,
            push_retry_ms: args.push_retry_ms,
            encrypt_ids: args.encrypt_ids,
            ..Options::default()
        },
    );
    sim.put_provider(provider);
    let listener = TcpListener::bind(args.listen).await;
    let listener = listener.with_context(|| format!("cannot listen on {}", args.listen))?;
    announce(&sim, listener.local_addr()?);
    sim.serve(listener, stopped()).await.context("the server broke off")
}

async fn read<T>(file: &Path, from_json: fn(&str) -> Result<T, String>) -> anyhow::Result<T> {
    let text = tokio::fs::read_to_string(file).await;
    let text = text.with_context(|| format!("cannot read {}", file.display()))?;
    from_json(&text).map_err(anyhow::Error::msg).with_context(|| file.display().to_string())
}

/// What is served and a first command to try; no secret, not even the demo's.
fn announce(sim: &Sim, address: SocketAddr) {
    for company in sim.companies() {
        let apps: Vec<_> = company.apps().iter().map(|app| app.agent_id).collect();
        tracing::info!(corp = company.corp_id(), ?apps, "a WeCom at http://{address}");
    }
    for template in sim.provider().iter().flat_map(|provider| provider.templates()) {
        tracing::info!(
            suite = template.suite_id,
            name = template.name,
            "a template to install: http://{address}/sim/install"
        );
    }
    if let [company] = &sim.companies()[..]
        && let [app, ..] = company.apps()
        && let [member, ..] = company.members()
    {
        tracing::info!(
            "try: curl -X POST http://{address}/sim/codes -H 'content-type: application/json' \
             -d '{{\"agentId\":{},\"userId\":\"{}\"}}'",
            app.agent_id,
            member.user_id
        );
    }
    tracing::info!("companies, tokens and every call, live: http://{address}/");
}

async fn stopped() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without the signal the process can only be killed; serve on until then.
        std::future::pending::<()>().await;
    }
}
