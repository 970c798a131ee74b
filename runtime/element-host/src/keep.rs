//! Where a host keeps what lasts, as its operator says.
use anyhow::{Result, anyhow, bail};
use clap::Args;
use element::host::SystemClock;
use element_engine::SystemRandom;
use element_store::{CacheAddress, Condition, MasterKey, OpenStore, Store, StoreAddress};
use std::{env, fmt, path::PathBuf, str::FromStr, sync::Arc};

/// The variable of the process environment with the master key. A command line can be seen by everybody on the machine.
const MASTER_KEY: &str = "ELEMENT_MASTER_KEY";
/// The variable with the master key of before, while it is changed.
const FORMER_KEY: &str = "ELEMENT_FORMER_KEY";

/// Where a host keeps what lasts.
#[derive(Clone, Args)]
pub struct Keep {
    /// The folder where the host keeps what is its own: the administrators' token, and its database.
    #[arg(long, default_value = "data", value_name = "DIR")]
    pub data: PathBuf,
    /// Where records and jobs are kept: `sqlite:FILE` (in the folder of `--data` if it is not said), `postgres://…` for
    /// several hosts together, or `memory`.
    #[arg(long, env = "ELEMENT_STORE", hide_env_values = true, value_name = "URL")]
    store: Option<String>,
    /// Where ephemeral keys are kept: `redis://…` for several hosts together, or `memory`; if it is not said, in
    /// PostgreSQL if that is the store, else in memory.
    #[arg(long, env = "ELEMENT_CACHE", hide_env_values = true, value_name = "URL")]
    cache: Option<String>,
}

/// Addresses may hold a password.
impl fmt::Debug for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keep").field("data", &self.data).finish_non_exhaustive()
    }
}

impl Keep {
    /// Where records and jobs are.
    ///
    /// # Errors
    /// What the operator says is no address.
    pub fn place(&self) -> Result<StoreAddress> {
        match &self.store {
            Some(it) => parse("--store", it),
            None => Ok(StoreAddress::Sqlite(self.data.join("element.db"))),
        }
    }

    /// Opens it. Servers that cannot be reached now may be there later: [`Store::condition`] tells.
    ///
    /// # Errors
    /// What no waiting helps against, see [`Store::open`]; or what the operator says is no address or no key.
    pub async fn open(&self) -> Result<Store> {
        let store = self.place()?;
        let cache: Option<CacheAddress> = self.cache.as_deref().map(|it| parse("--cache", it)).transpose()?;
        if matches!((&store, &cache), (StoreAddress::Postgres(_), Some(CacheAddress::Memory))) {
            tracing::warn!("ephemeral keys are in memory, where no other host sees them: logins work on one host only");
        }
        let (master_key, former_key) = (key(MASTER_KEY)?, key(FORMER_KEY)?);
        if matches!(cache, Some(CacheAddress::Redis(_))) && master_key.is_none() {
            tracing::warn!(
                "what is kept in Redis is encrypted with this host's own key; hosts that share it need one {MASTER_KEY}"
            );
        }
        let open = OpenStore { store, cache, master_key, former_key };
        Store::open(open, Arc::new(SystemClock), Arc::new(SystemRandom)).await.map_err(|e| anyhow!(e))
    }

    /// The same, for who cannot wait.
    ///
    /// # Errors
    /// As [`open`](Self::open); or the store cannot be reached.
    pub async fn open_now(&self) -> Result<Store> {
        let store = self.open().await?;
        let condition = store.condition().borrow().clone();
        match condition {
            Condition::Ready => Ok(store),
            Condition::Away(why) => bail!("the store cannot be reached: {why}"),
            Condition::Unusable(why) => bail!("the store cannot be used: {why}"),
        }
    }
}

/// What it says stays out of the message: it may hold a password.
fn parse<T: FromStr<Err = String>>(option: &str, text: &str) -> Result<T> {
    text.parse().map_err(|e| anyhow!("`{option}`: {e}"))
}

fn key(name: &str) -> Result<Option<MasterKey>> {
    match env::var(name) {
        Err(env::VarError::NotPresent) => Ok(None),
        // What it says stays out of this message, too.
        Err(env::VarError::NotUnicode(_)) => bail!("`{name}` is no text"),
        Ok(text) => text.trim().parse().map(Some).map_err(|e| anyhow!("`{name}`: {e}")),
    }
}
