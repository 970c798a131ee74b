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
    /// Whether it broke off by itself: nobody has to wait for it to say something.
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
        self.write(key, Expect::Version(self.version.load(Ordering::SeqCst)), !well).await?;
        if well {
            // Nobody else begins before the record is gone.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        test_host::TestHost,
        tests::{app, wecom},
    };
    use element::Secret;

    /// What a run may do to the others, with two clients of one app.
    async fn check(test: impl AsyncFn(&TestHost, &Client<'_>, &Client<'_>)) {
        let host = wecom(|_| None);
        let (ctx, secret) = (host.ctx(), Secret::from("s".to_owned()));
        let open = async || Client::open(&ctx, app("ww1", &secret)).await.unwrap();
        test(&host, &open().await, &open().await).await;
    }

    fn unit(member: &str) -> Unit {
        Unit { members: vec![member.into()], ..Unit::default() }
    }

    const ALL: Keeping = Keeping { everything: false, dry_run: false, as_of: None };

    #[tokio::test(start_paused = true)]
    async fn a_run_that_lives_keeps_others_out() {
        check(async |_, one, other| {
            let first = Run::begin(one, None, ALL).await.unwrap();
            // It says so every five seconds, and whoever looks notices; waiting moves the clock.
            let lives = async {
                for _ in 0..20 {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    first.lives().await.unwrap();
                }
            };
            let (second, ()) = tokio::join!(Run::begin(other, None, ALL), lives);
            assert_eq!(second.unwrap_err().kind, ErrorKind::Conflict);
            // Another part of the company, and a dry run, are other runs.
            Run::begin(other, Some(2), ALL).await.unwrap();
            Run::begin(other, None, Keeping { dry_run: true, ..ALL }).await.unwrap();
            first.end(true).await.unwrap();
            Run::begin(other, None, ALL).await.unwrap();
        })
        .await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_that_is_taken_for_dead_stops_and_the_next_one_goes_on() {
        check(async |host, one, other| {
            let first = Run::begin(one, None, ALL).await.unwrap();
            first.done(2, &unit("li")).await.unwrap();
            let second = Run::begin(other, None, ALL).await.unwrap();
            assert_eq!(second.units().await.unwrap().into_keys().collect::<Vec<_>>(), [2]);
            host.advance(Duration::from_secs(6));
            assert_eq!(first.lives().await.unwrap_err().kind, ErrorKind::Conflict);
            assert_eq!(first.end(true).await.unwrap_err().kind, ErrorKind::Conflict);
            assert_eq!(second.units().await.unwrap().len(), 1, "what it did is the second one's now");
            second.end(false).await.unwrap();
            // Broken off by itself: nobody waits. By force, or after more than an hour, it begins anew.
            let before = host.slept().len();
            let third = Run::begin(one, None, ALL).await.unwrap();
            assert_eq!((third.units().await.unwrap().len(), host.slept().len()), (1, before));
            third.end(false).await.unwrap();
            let forced = Run::begin(one, None, Keeping { everything: true, ..ALL }).await.unwrap();
            assert!(forced.units().await.unwrap().is_empty());
            forced.done(3, &unit("wang")).await.unwrap();
            forced.end(false).await.unwrap();
            host.advance(Duration::from_secs(3_601));
            let late = Run::begin(one, None, Keeping { everything: true, ..ALL }).await.unwrap();
            assert!(late.units().await.unwrap().is_empty());
        })
        .await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_very_large_department_is_done_again() {
        check(async |_, one, _| {
            let run = Run::begin(one, None, ALL).await.unwrap();
            let members = (0..=MOST_MEMBERS).map(|n| n.to_string()).collect();
            run.done(2, &Unit { members, ..Unit::default() }).await.unwrap();
            assert!(run.units().await.unwrap().is_empty());
        })
        .await;
    }
}
