//! A run and what it has done so far, so that another one goes on if it is broken off.
//!
//! A run is a record; each department that is done is another one, with the members that were met there. Both go when
//! the run has come to its end. The record says until when its run is alive, so that there is one at a time: who lives
//! moves that on, version by version, and whoever finds that somebody else did stops.
use super::unit::Unit;
use crate::{client::Client, keeping::Keeping};
use element::{Error, ErrorKind, Expect, Page, Query, Record, Records, Result, code};
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
    time::Duration,
};

const RUNS: &str = "wecom.syncs";
const UNITS: &str = "wecom.syncs.done";
/// A run that was broken off longer ago than this is not gone on with: WeCom's contacts are others by then.
const GOES_ON_MS: i64 = 60 * 60 * 1000;
/// A run that says nothing for so long is dead.
const ALIVE_MS: i64 = 20_000;
/// It says so that often.
const SAYS_SO_EVERY_MS: i64 = 5_000;
/// How often to look whether a run that may be dead says something.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// The ids of more members than this may not fit into a record.
const MOST_MEMBERS: usize = 5_000;

/// A run as it is kept.
#[element::data]
struct Begun {
    /// When it lived last, in milliseconds since 1970.
    at: i64,
    /// Whether it is over, well or not: nobody has to wait for it.
    over: bool,
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
    /// `<corpId>/<agentId>/<deptId>`, or `…/all`; `None`: a dry run leaves nothing behind.
    key: Option<String>,
    everything: bool,
    version: AtomicU64,
    said_at: AtomicI64,
}

impl<'a> Run<'a> {
    /// Begins, or goes on with what was broken off. A run that may have died is waited for, until it is sure.
    ///
    /// # Errors
    /// `Conflict`: the same is under way. The store cannot be reached.
    pub(crate) async fn begin(client: &'a Client<'a>, root: Option<i64>, keeping: Keeping) -> Result<Self> {
        let (app, everything) = (client.app, keeping.everything);
        let key = format!("{}/{}/{}", app.corp_id, app.agent_id, root.map_or("all".into(), |it| it.to_string()));
        let key = (!keeping.dry_run).then_some(key);
        let (version, said_at) = (AtomicU64::new(0), AtomicI64::new(client.ctx.now()));
        let run = Self { client, key, everything, version, said_at };
        let Some(key) = &run.key else { return Ok(run) };
        let before = run.last(key).await?;
        run.write(key, before.as_ref().map_or(Expect::Absent, |it| Expect::Version(it.version)), false).await?;
        let goes_on = |it: &Begun| it.at + GOES_ON_MS > client.ctx.now() && it.everything == everything;
        if !before.is_some_and(|it| goes_on(&it.value)) {
            run.forget_units(key).await?;
        }
        Ok(run)
    }

    /// The run before, once it is over or dead.
    async fn last(&self, key: &str) -> Result<Option<Record<Begun>>> {
        let (ctx, records) = (self.client.ctx, self.client.ctx.records(RUNS));
        let first: Option<Record<Begun>> = records.get(key).await?;
        let mut last = first.clone();
        loop {
            match (&first, &last) {
                (_, None) => return Ok(None),
                (_, Some(it)) if it.value.over || it.value.at + ALIVE_MS < ctx.now() => return Ok(last),
                (Some(first), Some(it)) if it.version != first.version => return Err(under_way()),
                _ => {}
            }
            ctx.sleep(LOOK_EVERY).await?;
            last = records.get(key).await?;
        }
    }

    async fn write(&self, key: &str, expect: Expect, over: bool) -> Result<()> {
        let begun = Begun { at: self.client.ctx.now(), over, everything: self.everything };
        match self.client.ctx.records(RUNS).write(key, &begun, expect, None).await {
            Ok(version) => {
                self.version.store(version, Ordering::SeqCst);
                Ok(())
            }
            Err(e) if e.kind == ErrorKind::Conflict => Err(under_way()),
            Err(e) => Err(e),
        }
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
    ///
    /// # Errors
    /// `Conflict`: it was taken for dead, and another one goes on. The store cannot be reached.
    pub(super) async fn lives(&self) -> Result<()> {
        let (Some(key), now) = (&self.key, self.client.ctx.now()) else { return Ok(()) };
        let said_at = self.said_at.load(Ordering::SeqCst);
        // One of those who work for it says so.
        if now - said_at < SAYS_SO_EVERY_MS
            || self.said_at.compare_exchange(said_at, now, Ordering::SeqCst, Ordering::SeqCst).is_err()
        {
            return Ok(());
        }
        self.write(key, Expect::Version(self.version.load(Ordering::SeqCst)), false).await
    }

    /// It is over: well, and there is nothing left to go on with; or not. If another one goes on, all of that is its own.
    pub(super) async fn end(&self, well: bool) -> Result<()> {
        let Some(key) = &self.key else { return Ok(()) };
        self.write(key, Expect::Version(self.version.load(Ordering::SeqCst)), true).await?;
        if well {
            self.forget_units(key).await?;
            self.client.ctx.records(RUNS).delete(key).await?;
        }
        Ok(())
    }

    async fn forget_units(&self, key: &str) -> Result<()> {
        self.records().delete_all([("run".to_owned(), key.into())].into()).await.map(drop)
    }

    fn records(&self) -> Records<'a> {
        self.client.ctx.records(UNITS).indexed(&["run"])
    }
}

fn under_way() -> Error {
    let message = "this sync is under way already: wait for it to end";
    Error::new(ErrorKind::Conflict, code::CONFLICT, message)
}
