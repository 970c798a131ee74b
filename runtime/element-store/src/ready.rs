//! Making a store that lasts ready: its tables are brought up to date and its key is checked before anything is done.
use crate::{
    MasterKey,
    redis::RedisKeys,
    seal::{LateSeal, Seal, id_of},
    sql::{
        Dialect, Sql,
        rotate::rotate,
        schema::{about, migrate, remember},
        sweep,
    },
};
use element::{Error, ErrorKind, Result, host::Random};
use sqlx::SqlStr;
use std::{path::PathBuf, sync::Arc, time::Duration};

/// How far apart clocks may be before it is worth a word.
const APART: Duration = Duration::from_secs(2);
/// What the store remembers its key by.
const KEY: &str = "key";
/// What it remembers the next key by, from the moment on that something may be closed with it.
const NEXT_KEY: &str = "next key";

/// Where the master key comes from.
#[derive(Debug)]
pub(crate) enum KeySource {
    Given(MasterKey),
    /// Made with the first start.
    File(PathBuf),
}

impl KeySource {
    /// In words for the operator.
    fn place(&self) -> String {
        match self {
            Self::Given(_) => "ELEMENT_MASTER_KEY".to_owned(),
            Self::File(file) => format!("`{}`", file.display()),
        }
    }
}

/// What a store that lasts is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) sql: Option<Arc<Sql>>,
    pub(crate) redis: Option<Arc<RedisKeys>>,
    pub(crate) seal: Arc<LateSeal>,
    pub(crate) key: KeySource,
    pub(crate) former_key: Option<MasterKey>,
    pub(crate) random: Arc<dyn Random>,
}

/// Why it is not ready.
pub(crate) enum Trouble {
    /// It may be ready later.
    Passing(String),
    /// In words for the operator.
    Final(String),
}

impl Parts {
    /// Tries once. What is done stays done: records can be used while Redis is still away.
    pub(crate) async fn make_ready(&self) -> Result<(), Trouble> {
        match &self.sql {
            _ if self.seal.get().is_err() => self.seal.set(self.make_tables_ready().await?),
            Some(sql) => sql.ping().await.map_err(|e| Trouble::Passing(why(&e)))?,
            None => {}
        }
        let Some(redis) = &self.redis else { return Ok(()) };
        redis.ping().await.map_err(|e| match RedisKeys::passes(&e) {
            true => Trouble::Passing(why(&e)),
            false => Trouble::Final(format!("its cache `{}`: {}", redis.address, why(&e))),
        })
    }

    async fn make_tables_ready(&self) -> Result<Arc<Seal>, Trouble> {
        let Some(sql) = &self.sql else {
            return Ok(self.seal_of(&self.first_key().map_err(Trouble::Final)?));
        };
        let trouble = |e: Error| Trouble::of(sql, &e);
        sql.knock().await.map_err(trouble)?;
        migrate(sql).await.map_err(trouble)?.map_err(Trouble::Final)?;
        let key = self.check_key(sql).await?;
        let seal = self.seal_of(&key);
        if sql.database.dialect() == Dialect::Postgres {
            compare_clocks(sql).await.map_err(trouble)?;
        }
        if self.former_key.is_some() {
            change_key(sql, seal.clone(), id_of(&key)).await.map_err(trouble)?;
        }
        Ok(seal)
    }

    fn seal_of(&self, key: &MasterKey) -> Arc<Seal> {
        Arc::new(Seal::new(key, self.former_key.as_ref(), self.random.clone()))
    }

    /// The master key, if it is the one that the store was begun with, or the one after it.
    async fn check_key(&self, sql: &Sql) -> Result<MasterKey, Trouble> {
        let trouble = |e: Error| Trouble::of(sql, &e);
        if let Some(id) = sql.about(KEY).await.map_err(trouble)? {
            let next = sql.about(NEXT_KEY).await.map_err(trouble)?;
            return self.known_key(&id, next.as_deref()).map_err(Trouble::Final);
        }
        let mut alone = sql.database.alone().await.map_err(trouble)?;
        // Another host may have begun meanwhile.
        if let Some(id) = about(&mut *alone, KEY).await.map_err(trouble)? {
            return self.known_key(&id, None).map_err(Trouble::Final);
        }
        let key = self.first_key().map_err(Trouble::Final)?;
        remember(&mut *alone, KEY, &id_of(&key)).await.map_err(trouble)?;
        alone.commit().await.map_err(trouble)?;
        Ok(key)
    }

    /// The key of a store that is begun now.
    fn first_key(&self) -> Result<MasterKey, String> {
        match &self.key {
            KeySource::Given(it) => Ok(it.clone()),
            KeySource::File(file) => match MasterKey::read(file)? {
                Some(it) => Ok(it),
                None => MasterKey::draw(&*self.random).keep(file),
            },
        }
    }

    /// The key of a store that was begun with the key `id`, or that is on the way from that to the next one.
    fn known_key(&self, id: &str, next: Option<&str>) -> Result<MasterKey, String> {
        let key = match &self.key {
            KeySource::Given(it) => it.clone(),
            KeySource::File(file) => MasterKey::read(file)?.ok_or_else(|| {
                let file = file.display();
                format!(
                    "its secrets were encrypted with the key `{id}`, and `{file}`, where that was kept, is not there: put it \
                     back, or set ELEMENT_MASTER_KEY"
                )
            })?,
        };
        let given = [Some(id_of(&key)), self.former_key.as_ref().map(id_of)];
        let has = |wanted: &str| given.iter().flatten().any(|it| it == wanted);
        if let Some(next) = next.filter(|it| *it != id && !(has(it) && has(id))) {
            return Err(format!(
                "its key was being changed from `{id}` to `{next}`, and both are needed until that is done: give the new one \
                 in {}, and the old one as ELEMENT_FORMER_KEY",
                self.key.place()
            ));
        }
        if has(id) {
            return Ok(key);
        }
        let (key, place) = (id_of(&key), self.key.place());
        Err(format!(
            "its secrets were encrypted with the key `{id}`, and the one in {place} is `{key}`: give the right one; to \
             change it, give the new one there and the old one as ELEMENT_FORMER_KEY"
        ))
    }

    /// Does everything answer?
    pub(crate) async fn ping(&self) -> Result<()> {
        if let Some(sql) = &self.sql {
            sql.ping().await?;
        }
        if let Some(redis) = &self.redis {
            redis.ping().await?;
        }
        Ok(())
    }

    /// Takes away some of what is over; is there more?
    pub(crate) async fn sweep(&self) -> Result<bool> {
        match &self.sql {
            Some(sql) if self.seal.get().is_ok() => sweep(sql).await,
            _ => Ok(false),
        }
    }
}

/// Leases and ends of hosts mean the same only if their clocks do.
async fn compare_clocks(sql: &Sql) -> Result<()> {
    let ask = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
    let rows = sql.database.read(SqlStr::from_static(ask), Vec::new()).await?;
    let theirs = rows.first().map_or(Ok(0), |it| it.number(0))?;
    let apart = Duration::from_millis(sql.clock.now().abs_diff(theirs));
    if apart > APART {
        tracing::warn!("this host's clock and the database's are {apart:?} apart; hosts that share a store need one time");
    }
    Ok(())
}

/// Closes with the current key what the former one closed; then the store remembers the current one.
async fn change_key(sql: &Sql, seal: Arc<Seal>, id: String) -> Result<()> {
    let mut alone = sql.database.alone().await?;
    remember(&mut *alone, NEXT_KEY, &id).await?;
    alone.commit().await?;
    let changed = rotate(sql, &seal).await?;
    let mut alone = sql.database.alone().await?;
    remember(&mut *alone, KEY, &id).await?;
    alone.commit().await?;
    tracing::info!(changed, "the store's secrets are encrypted with the new key: ELEMENT_FORMER_KEY can be left out now");
    Ok(())
}

impl Trouble {
    fn of(sql: &Sql, e: &Error) -> Self {
        match e.kind == ErrorKind::Unavailable && sql.database.passes(e) {
            true => Self::Passing(why(e)),
            false => Self::Final(why(e)),
        }
    }
}

/// What the operator reads of an error.
pub(crate) fn why(e: &Error) -> String {
    e.internal.clone().into_owned()
}
