//! Opening a store: which engine for which address, tables and key put right, and a task that tends it.
use crate::{
    CacheAddress, MasterKey, Store, StoreAddress,
    postgres::{Postgres, PostgresKeys},
    ready::{KeySource, Parts},
    redis::RedisKeys,
    seal::LateSeal,
    sql::{Database, Sql, SqlJobs, SqlRecords},
    sqlite::Sqlite,
    tend::Tending,
};
use element::host::{Clock, Random};
use std::sync::Arc;

/// What the operator says of a store.
#[derive(Debug, Clone)]
pub struct OpenStore {
    /// Where records and jobs are.
    pub store: StoreAddress,
    /// Where ephemeral keys are; `None`: in PostgreSQL if that is the store, else in memory.
    pub cache: Option<CacheAddress>,
    /// The master key, if it is given; else it is in a file beside SQLite's. PostgreSQL needs one.
    pub master_key: Option<MasterKey>,
    /// The master key of before: what it closed is closed anew.
    pub former_key: Option<MasterKey>,
}

impl Store {
    /// Opens the store and tends it as long as it is held. If its servers cannot be reached now, it is tried again until
    /// they can: until then everything that is asked of it is `Unavailable`, see [`Store::condition`].
    ///
    /// # Errors
    /// In words for the operator, what no waiting helps against: a wrong or missing key, a file that is damaged or cannot
    /// be written, a schema that a newer program made, a server that says no.
    pub async fn open(open: OpenStore, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Self, String> {
        let shown = open.store.to_string();
        let told = |e: String| format!("the store `{shown}`: {e}");
        let seal = Arc::new(LateSeal::default());
        let database: Option<Box<dyn Database>> = match &open.store {
            StoreAddress::Memory => None,
            StoreAddress::Sqlite(file) => Some(Box::new(Sqlite::open(file).await.map_err(told)?)),
            StoreAddress::Postgres(server) => {
                let options = server.as_str().parse().map_err(|e: sqlx::Error| told(e.to_string()))?;
                Some(Box::new(Postgres::open(options)))
            }
        };
        let sql = database.map(|it| Arc::new(Sql::new(it, clock.clone(), seal.clone())));
        let redis = match &open.cache {
            Some(CacheAddress::Redis(server)) => {
                let keys = RedisKeys::open(server, clock.clone(), seal.clone());
                Some(Arc::new(keys.map_err(|e| format!("the cache `{server}`: {e}"))?))
            }
            Some(CacheAddress::Memory) | None => None,
        };
        let key = match (open.master_key, &open.store) {
            (Some(it), _) => KeySource::Given(it),
            // What is kept in memory and in Redis is for a while: a key for this process will do.
            (None, StoreAddress::Memory) => KeySource::Given(MasterKey::draw(&*random)),
            (None, StoreAddress::Sqlite(file)) => KeySource::File(file.with_file_name(MASTER_KEY)),
            (None, StoreAddress::Postgres(_)) => return Err(told(NO_KEY.to_owned())),
        };
        let mut store = Self::memory(clock);
        if let Some(sql) = &sql {
            store.records = Arc::new(SqlRecords::new(sql.clone()));
            store.jobs = Arc::new(SqlJobs::new(sql.clone()));
        }
        match (&redis, &sql, &open.store) {
            (Some(redis), ..) => store.keys = redis.clone(),
            (None, Some(sql), StoreAddress::Postgres(_)) if open.cache.is_none() => {
                store.keys = Arc::new(PostgresKeys::new(sql.clone()));
            }
            _ => {}
        }
        if sql.is_some() || redis.is_some() {
            let parts = Parts { sql, redis, seal, key, former_key: open.former_key, random };
            store.tended = Some(Tending::begin(parts).await.map_err(told)?);
        }
        Ok(store)
    }
}

/// The file of the master key, beside SQLite's.
const MASTER_KEY: &str = "master.key";

const NO_KEY: &str = "it needs a key to encrypt secrets with: set ELEMENT_MASTER_KEY, on every host the same, to 32 bytes in \
                      base64 (`head -c 32 /dev/urandom | base64` makes some)";
