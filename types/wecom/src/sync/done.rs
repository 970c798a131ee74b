//! What a run has done so far, so that another one goes on if it is broken off.
//!
//! A run is a record; each department that is done is another one, with the members that were met there. Both go when
//! the run has come to its end. An ephemeral key keeps a second run out: whoever died does not renew it.
use super::unit::Unit;
use crate::{client::Client, keeping::Keeping};
use element::{Error, ErrorKind, Page, Query, Record, Records, Result, code};
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

const RUNS: &str = "wecom.syncs";
const UNITS: &str = "wecom.syncs.done";
/// A run that was broken off longer ago than this is not gone on with: WeCom's contacts are others by then.
const GOES_ON_MS: i64 = 60 * 60 * 1000;
/// A run that says nothing for so long is dead.
const ALIVE: Duration = Duration::from_secs(180);
/// The ids of more members than this may not fit into a record.
const MOST_MEMBERS: usize = 5_000;
/// It says so no more often than this.
const SAYS_SO_EVERY_MS: i64 = 30_000;

/// A run as it is kept.
#[element::data]
struct Begun {
    /// When, in milliseconds since 1970.
    at: i64,
    /// Whether what is unchanged is written too: such a run goes on with no other one.
    everything: bool,
}

/// A department that is done, as it is kept.
#[element::data]
struct Done {
    /// The run's key.
    run: String,
    dept_id: i64,
    unit: Unit,
}

/// A run that is under way.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    client: &'a Client<'a>,
    /// `<corpId>/<deptId>`, or `<corpId>/all`; `None`: a dry run leaves nothing behind.
    key: Option<String>,
    said_at: AtomicI64,
}

impl<'a> Run<'a> {
    /// Begins, or goes on with what was broken off.
    ///
    /// # Errors
    /// `Conflict`: the same is under way. The store cannot be reached.
    pub(crate) async fn begin(client: &'a Client<'a>, root: Option<i64>, keeping: Keeping) -> Result<Self> {
        let key = format!("{}/{}", client.corp_id, root.map_or("all".into(), |it| it.to_string()));
        let said_at = AtomicI64::new(client.ctx.now());
        if keeping == Keeping::DryRun {
            return Ok(Self { client, key: None, said_at });
        }
        let (alone, now) = (client.ctx.keys().set_if_absent(&alive(&key), &true, ALIVE).await?, client.ctx.now());
        if !alone {
            let message = "this sync is under way already: wait for it; one that was broken off is free after three minutes";
            return Err(Error::new(ErrorKind::Conflict, code::CONFLICT, message));
        }
        let run = Self { client, key: Some(key.clone()), said_at };
        let (runs, everything) = (client.ctx.records(RUNS), keeping == Keeping::Everything);
        let before: Option<Record<Begun>> = runs.get(&key).await?;
        if before.is_none_or(|it| it.value.at + GOES_ON_MS < now || it.value.everything != everything) {
            run.forget_units(&key).await?;
            runs.put(&key, &Begun { at: now, everything }).await?;
        }
        Ok(run)
    }

    /// What was done before it was broken off, by department.
    pub(super) async fn units(&self) -> Result<BTreeMap<i64, Unit>> {
        let mut units = BTreeMap::new();
        let Some(key) = &self.key else { return Ok(units) };
        let filter = [("run".to_owned(), key.as_str().into())].into();
        let mut query = Query { filter, limit: 200, ..Query::default() };
        loop {
            let page: Page<Done> = self.records().query(&query).await?;
            units.extend(page.records.into_iter().map(|it| (it.value.dept_id, it.value.unit)));
            match page.next {
                Some(next) => query.after = Some(next),
                None => return Ok(units),
            }
        }
    }

    /// A department is done. A very large one is done again if the run is broken off.
    pub(super) async fn done(&self, dept_id: i64, unit: &Unit) -> Result<()> {
        let Some(key) = &self.key else { return Ok(()) };
        if unit.members.len() > MOST_MEMBERS {
            return self.lives().await;
        }
        let done = Done { run: key.clone(), dept_id, unit: unit.clone() };
        self.records().put(&format!("{key}/{dept_id}"), &done).await?;
        self.lives().await
    }

    /// Says that it goes on, so that nobody takes it for dead.
    pub(super) async fn lives(&self) -> Result<()> {
        let (Some(key), now) = (&self.key, self.client.ctx.now()) else { return Ok(()) };
        if now - self.said_at.load(Ordering::Relaxed) < SAYS_SO_EVERY_MS {
            return Ok(());
        }
        self.said_at.store(now, Ordering::Relaxed);
        self.client.ctx.keys().set(&alive(key), &true, ALIVE).await
    }

    /// It is over: well, and there is nothing left to go on with; or not.
    pub(super) async fn end(&self, well: bool) -> Result<()> {
        let Some(key) = &self.key else { return Ok(()) };
        if well {
            self.client.ctx.records(RUNS).delete(key).await?;
            self.forget_units(key).await?;
        }
        self.client.ctx.keys().delete(&alive(key)).await
    }

    async fn forget_units(&self, key: &str) -> Result<()> {
        self.records().delete_all([("run".to_owned(), key.into())].into()).await.map(drop)
    }

    fn records(&self) -> Records<'a> {
        self.client.ctx.records(UNITS).indexed(&["run"])
    }
}

fn alive(key: &str) -> String {
    format!("wecom/sync/{key}")
}
