//! What every command that opens apps shares: which folder, and what the operator provides.
use crate::{http::PublicUrl, keep::Keep, libraries::FromFiles, linked};
use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use element_engine::{Options, Runtime};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

/// Where `serve` listens unless it is told otherwise.
pub const LISTEN: &str = "127.0.0.1:8080";

/// What the operator provides to configs and to Types.
#[derive(Debug, Clone, Default, Args)]
pub struct Provided {
    /// A JSON file with values for `{{NAME}}` in configs.
    #[arg(long, value_name = "FILE")]
    pub vars: Option<PathBuf>,
    /// A variable of the process environment that configs may name as `{{NAME}}`.
    #[arg(long, value_name = "NAME")]
    pub var: Vec<String>,
    /// A folder whose files configs may name as `{{file:NAME}}`.
    #[arg(long, value_name = "DIR")]
    pub secrets_dir: Option<PathBuf>,
    /// The address under which browsers reach this host; `{{PUBLIC_URL}}` in configs.
    #[arg(long, value_name = "URL")]
    pub public_url: Option<PublicUrl>,
    /// A setting of a Type, such as `WECOM_API_BASE`; it wins over the process environment.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    pub settings: Vec<(String, String)>,
    /// Libraries with Types.
    #[command(flatten)]
    pub from_files: FromFiles,
}

/// Opens apps with everything linked, for one call: of the store's jobs it does those that it begins itself. `served_at` is where a server of them listens: what redirect addresses are built
/// from if the operator gave no public URL.
///
/// # Errors
/// The folder or what the operator provides cannot be read, or the program was not linked completely.
pub async fn open(apps: &Path, provided: &Provided, served_at: SocketAddr, keep: &Keep) -> Result<Runtime> {
    has_apps(apps)?;
    let store = keep.open_now().await?;
    open_with(apps, provided, served_at, Options { store, own_jobs_only: true, ..Options::default() }).await
}

/// The same, to stay: edits go live from now on, and every job that is due is done.
///
/// # Errors
/// As [`open`].
pub async fn open_live(apps: &Path, provided: &Provided, served_at: SocketAddr, keep: &Keep) -> Result<Runtime> {
    has_apps(apps)?;
    let store = keep.open().await?;
    open_with(apps, provided, served_at, Options { store, watch: true, ..Options::default() }).await
}

/// The same, to look only: nothing is started, and what is served elsewhere is not disturbed.
///
/// # Errors
/// As [`open`].
pub async fn look(apps: &Path, provided: &Provided) -> Result<Runtime> {
    has_apps(apps)?;
    open_with(apps, provided, LISTEN.parse()?, Options { only_look: true, ..Options::default() }).await
}

/// Asked before anything is made elsewhere.
fn has_apps(apps: &Path) -> Result<()> {
    if !apps.is_dir() {
        bail!("there is no folder `{}`: give the folder of your apps, or run this where `apps` is", apps.display());
    }
    Ok(())
}

async fn open_with(apps: &Path, provided: &Provided, served_at: SocketAddr, options: Options) -> Result<Runtime> {
    let vars = vars(provided, served_at)?;
    // Types may ask where the host is, too.
    let here = vars.get(PUBLIC_URL).map(|it| (PUBLIC_URL.to_owned(), it.clone()));
    let options = Options {
        vars,
        secrets_dir: provided.secrets_dir.clone(),
        settings: provided.settings.iter().cloned().chain(here).collect(),
        environment: true,
        libraries: provided.from_files.libraries()?,
        ..options
    };
    Ok(Runtime::open(apps, linked::registry()?, options).await)
}

impl Provided {
    /// The address under which browsers reach a host that listens there: what was said on the command line, else
    /// `PUBLIC_URL` of the variables, else where it listens.
    ///
    /// # Errors
    /// The variables cannot be read, or what they say is no such address.
    pub fn public_url(&self, served_at: SocketAddr) -> Result<PublicUrl> {
        if let Some(it) = &self.public_url {
            return Ok(it.clone());
        }
        if let Some(it) = given(self)?.get(PUBLIC_URL) {
            return it.parse().map_err(|e| anyhow!("the variable `{PUBLIC_URL}`: {e}"));
        }
        // 0.0.0.0 listens everywhere, but is no address to go to.
        let ip = if served_at.ip().is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { served_at.ip() };
        format!("http://{}", SocketAddr::new(ip, served_at.port())).parse().map_err(anyhow::Error::msg)
    }
}

/// The variable that says where browsers reach the host.
const PUBLIC_URL: &str = "PUBLIC_URL";

/// Configs and pages have the same idea of where the host is.
fn vars(provided: &Provided, served_at: SocketAddr) -> Result<BTreeMap<String, String>> {
    let mut vars = given(provided)?;
    vars.insert(PUBLIC_URL.to_owned(), provided.public_url(served_at)?.to_string());
    Ok(vars)
}

/// The variables that the operator gives.
fn given(provided: &Provided) -> Result<BTreeMap<String, String>> {
    let mut vars = BTreeMap::new();
    if let Some(file) = &provided.vars {
        let text = std::fs::read_to_string(file).with_context(|| format!("`{}` cannot be read", file.display()))?;
        let values: BTreeMap<String, Value> = serde_json::from_str(&text)
            .with_context(|| format!("`{}` is no JSON object of names and values", file.display()))?;
        for (name, value) in values {
            match value {
                Value::String(it) => drop(vars.insert(name, it)),
                Value::Number(_) | Value::Bool(_) => drop(vars.insert(name, value.to_string())),
                _ => bail!("`{}`: `{name}` is no string, number or boolean", file.display()),
            }
        }
    }
    for name in &provided.var {
        let Ok(value) = std::env::var(name) else {
            bail!("`--var {name}`: the environment has no such variable, or it is not UTF-8");
        };
        vars.insert(name.clone(), value);
    }
    Ok(vars)
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it like `NAME=VALUE`")?;
    Ok((name.to_owned(), value.to_owned()))
}
