//! Tends a store that lasts: puts tables and key right before anything is done, notices when it cannot be reached and when
//! it can again, and takes away what is over.
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
use std::{
    path::PathBuf,
    sync::{Arc, Weak},
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};

/// How often it is looked whether the store answers, and how long its answer may take.
const LOOK: Duration = Duration::from_secs(1);
const ANSWER: Duration = Duration::from_secs(4);
/// The first pause before it is tried again to reach it, and the longest: it doubles.
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How far apart clocks may be before it is worth a word.
const APART: Duration = Duration::from_secs(2);
/// How often what is over is taken away.
const SWEEP: Duration = Duration::from_secs(60);

/// How a store stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// It answers.
    Ready,
    /// It does not answer now, for this reason; it is tried again.
    Away(String),
    /// It cannot be used as it is, and waiting does not help: in words for the operator.
    Unusable(String),
}

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

/// What is tended, and with what.
#[derive(Debug)]
pub(crate) struct Tended {
    pub(crate) sql: Option<Arc<Sql>>,
    pub(crate) redis: Option<Arc<RedisKeys>>,
    pub(crate) seal: Arc<LateSeal>,
    pub(crate) key: KeySource,
    pub(crate) former_key: Option<MasterKey>,
    pub(crate) random: Arc<dyn Random>,
}

/// A store that is tended, as long as this is held.
#[derive(Debug)]
pub(crate) struct Tending {
    it: Tended,
    condition: watch::Sender<Condition>,
}

/// Why it is not ready.
enum Trouble {
    Passing(String),
    Final(String),
}

impl Tended {
    /// Tries once to make it ready, and goes on trying if that may help.
    ///
    /// # Errors
    /// In words for the operator, if it does not.
    pub(crate) async fn begin(self) -> Result<Arc<Tending>, String> {
        let condition = match self.make_ready().await {
            Ok(()) => Condition::Ready,
            Err(Trouble::Passing(why)) => Condition::Away(why),
            Err(Trouble::Final(why)) => return Err(why),
        };
        tell(&Condition::Ready, &condition);
        count(&condition);
        let tending = Arc::new(Tending { it: self, condition: watch::Sender::new(condition) });
        tokio::spawn(tend(Arc::downgrade(&tending)));
        Ok(tending)
    }

    async fn make_ready(&self) -> Result<(), Trouble> {
        let seal = match &self.sql {
            None => match &self.key {
                KeySource::Given(key) => self.seal_of(key),
                KeySource::File(_) => return Err(Trouble::Final("there is no database to keep a key beside".to_owned())),
            },
            Some(sql) => {
                let trouble = |e: Error| Trouble::of(sql, &e);
                migrate(sql).await.map_err(trouble)?.map_err(Trouble::Final)?;
                let key = self.check_key(sql).await?;
                let seal = self.seal_of(&key);
                if sql.database.dialect() == Dialect::Postgres {
                    compare_clocks(sql).await.map_err(trouble)?;
                }
                if self.former_key.is_some() {
                    change_key(sql, seal.clone(), id_of(&key)).await.map_err(trouble)?;
                }
                seal
            }
        };
        if let Some(redis) = &self.redis {
            redis.ping().await.map_err(|e| Trouble::Passing(e.internal.clone().into_owned()))?;
        }
        self.seal.set(seal);
        Ok(())
    }

    fn seal_of(&self, key: &MasterKey) -> Arc<Seal> {
        Arc::new(Seal::new(key, self.former_key.as_ref(), self.random.clone()))
    }

    /// The master key, if it is the one that the store was begun with, or the one after it.
    async fn check_key(&self, sql: &Sql) -> Result<MasterKey, Trouble> {
        let trouble = |e: Error| Trouble::of(sql, &e);
        if let Some(id) = sql.about(KEY).await.map_err(trouble)? {
            return self.known_key(&id).map_err(Trouble::Final);
        }
        let mut alone = sql.database.alone().await.map_err(trouble)?;
        // Another host may have begun meanwhile.
        if let Some(id) = about(&mut *alone, KEY).await.map_err(trouble)? {
            return self.known_key(&id).map_err(Trouble::Final);
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

    /// The key of a store that was begun with the key `id`.
    fn known_key(&self, id: &str) -> Result<MasterKey, String> {
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
        if id == id_of(&key) || self.former_key.as_ref().is_some_and(|it| id == id_of(it)) {
            return Ok(key);
        }
        let (key, place) = (id_of(&key), self.key.place());
        Err(format!(
            "its secrets were encrypted with the key `{id}`, and the one in {place} is `{key}`: give the right one; to \
             change it, give the new one there and the old one as ELEMENT_FORMER_KEY"
        ))
    }

    /// Does everything answer?
    async fn ping(&self) -> Result<()> {
        if let Some(sql) = &self.sql {
            sql.ping().await?;
        }
        if let Some(redis) = &self.redis {
            redis.ping().await?;
        }
        Ok(())
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
    let changed = rotate(sql, &seal).await?;
    let mut alone = sql.database.alone().await?;
    remember(&mut *alone, KEY, &id).await?;
    alone.commit().await?;
    tracing::info!(changed, "the store's secrets are encrypted with the new key: ELEMENT_FORMER_KEY can be left out now");
    Ok(())
}

/// What the store remembers its key by.
const KEY: &str = "key";

impl Trouble {
    fn of(sql: &Sql, e: &Error) -> Self {
        let why = e.internal.clone().into_owned();
        if e.kind == ErrorKind::Unavailable && sql.database.passes(e) { Self::Passing(why) } else { Self::Final(why) }
    }
}

impl Tending {
    pub(crate) fn condition(&self) -> watch::Receiver<Condition> {
        self.condition.subscribe()
    }

    /// What hosts that share the store make keyed hashes with.
    pub(crate) fn fingerprint_key(&self) -> Result<[u8; 32]> {
        Ok(self.it.seal.get()?.fingerprint_key)
    }

    /// Looks how it stands.
    async fn look(&self) -> Condition {
        let answer = match self.it.seal.get() {
            Err(_) => timeout(ANSWER * 10, self.it.make_ready()).await,
            Ok(_) => timeout(ANSWER, self.it.ping())
                .await
                .map(|it| it.map_err(|e| Trouble::Passing(e.internal.clone().into_owned()))),
        };
        match answer {
            Ok(Ok(())) => Condition::Ready,
            Ok(Err(Trouble::Passing(why))) => Condition::Away(why),
            Ok(Err(Trouble::Final(why))) => Condition::Unusable(why),
            Err(_) => Condition::Away("it does not answer in time".to_owned()),
        }
    }

    /// Tells a change, once.
    fn is(&self, now: Condition) {
        self.condition.send_if_modified(|before| {
            let kind = std::mem::discriminant::<Condition>;
            let changed = kind(before) != kind(&now);
            if changed {
                tell(before, &now);
            }
            count(&now);
            *before = now;
            changed
        });
    }

    async fn sweep(&self) {
        if let Some(sql) = &self.it.sql
            && let Err(e) = sweep(sql).await
        {
            tracing::debug!(internal = %e.internal, "what is over cannot be taken away now: {e}");
        }
    }
}

/// Until the store is let go of, or found to be unusable.
async fn tend(tending: Weak<Tending>) {
    let (mut pause, mut swept) = (PAUSE, Instant::now());
    loop {
        let Some(it) = tending.upgrade() else { return };
        let ready = *it.condition.borrow() == Condition::Ready;
        drop(it);
        pause = if ready { LOOK } else { (pause * 2).min(LONGEST_PAUSE) };
        sleep(pause).await;
        let Some(it) = tending.upgrade() else { return };
        let condition = it.look().await;
        match &condition {
            Condition::Ready if !ready => pause = PAUSE,
            Condition::Ready if swept.elapsed() >= SWEEP => {
                it.sweep().await;
                swept = Instant::now();
            }
            Condition::Ready => {}
            Condition::Away(_) if ready => pause = PAUSE,
            Condition::Away(_) => {}
            Condition::Unusable(_) => {
                it.is(condition);
                return;
            }
        }
        it.is(condition);
    }
}

fn count(now: &Condition) {
    metrics::gauge!("element_store_ready").set(f64::from(u8::from(*now == Condition::Ready)));
}

fn tell(before: &Condition, now: &Condition) {
    match now {
        Condition::Ready if before == now => {}
        Condition::Ready => tracing::info!("the store can be reached again"),
        Condition::Away(why) => {
            tracing::warn!("the store cannot be reached; calls that need it fail, and it is tried again: {why}");
        }
        Condition::Unusable(why) => tracing::error!("the store cannot be used: {why}"),
    }
}
