//! Bringing the app's models up to what WeCom tells: one member, or a tree of departments with everybody in it.
//!
//! A department is one unit of work: what it is, who is in it, and a record that says it is done. So a run that was
//! broken off goes on where it stopped, and what WeCom says is written as it comes. What the models still hold then and
//! WeCom did not name, it is asked for once more before it goes: an app may see single members of departments that it
//! does not see, and somebody may have moved meanwhile.
mod gone;
mod member;
mod pace;
mod run;
pub(crate) mod schedule;
mod summary;
mod tree;
mod unit;

pub(crate) use member::one as one_member;
pub(crate) use pace::{Pace, Patience};
pub(crate) use run::Run;
pub use summary::{Counts, SyncFailure, SyncSummary};
pub(crate) use tree::one as one_department;

use crate::{client::Client, keeping::Keeping};
use element::Result;
use futures_util::{StreamExt, stream};
use std::{
    collections::{BTreeSet, HashSet},
    sync::{Mutex, PoisonError},
};
use tree::Node;
use unit::Unit;

/// So many departments are under way at once. WeCom answers a call in about 50 ms, so that they come to some 200 calls
/// in a second, which a minute's limit of 10,000 allows; and logins need connections, too.
const AT_ONCE: usize = 8;

/// Everything that a department's unit of work needs.
#[derive(Debug)]
pub(crate) struct Sync<'a> {
    pub(crate) client: &'a Client<'a>,
    pub(crate) pace: &'a Pace<'a>,
    pub(crate) keeping: Keeping,
    /// Who was met so far: somebody in two departments is one member.
    seen: Mutex<HashSet<String>>,
}

impl Sync<'_> {
    /// Is it the first time that this member is met?
    fn meet(&self, user_id: &str) -> bool {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(user_id.to_owned())
    }

    fn has_met(&self, user_id: &str) -> bool {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).contains(user_id)
    }
}

/// Syncs a department with all below it, or everything that the app may see. `patience` is for "too often".
///
/// # Errors
/// `Conflict` while the same is under way; whatever concerns the whole of it and not one department or member. What was
/// done is done then, and the next call goes on from there.
pub(crate) async fn all(
    client: &Client<'_>,
    root: Option<i64>,
    keeping: Keeping,
    patience: Patience,
) -> Result<SyncSummary> {
    let run = Run::begin(client, root, keeping).await?;
    let pace = Pace::of(client, &run, patience);
    let outcome = go_through(client, &pace, &run, root, keeping).await;
    // An error of ours must not hide the one that it was about.
    let ended = run.end(outcome.is_ok()).await;
    let summary = outcome?;
    ended.map(|()| summary)
}

async fn go_through(
    client: &Client<'_>,
    pace: &Pace<'_>,
    run: &Run<'_>,
    root: Option<i64>,
    keeping: Keeping,
) -> Result<SyncSummary> {
    let tree = tree::fetch(pace, root).await?;
    let there: BTreeSet<i64> = tree.iter().map(|it| it.id).collect();
    let mut before = run.units().await?;
    // What has left the tree since is looked at as everything else that is not there.
    before.retain(|id, _| there.contains(id));
    let mut summary = SyncSummary { dry_run: keeping.dry_run, resumed: !before.is_empty(), ..Default::default() };
    let sync = Sync { client, pace, keeping, seen: Mutex::default() };
    for unit in before.values() {
        for member in &unit.members {
            sync.meet(member);
        }
        summary.add(unit);
    }
    let todo: Vec<Node> = tree.iter().filter(|it| !before.contains_key(&it.id)).copied().collect();
    // What goes away in the end is one step, too.
    let (mut count, total) = (before.len() as u64, tree.len() as u64 + 1);
    client.ctx.progress(count, total).await?;
    let mut units = stream::iter(todo).map(|node| unit::department(&sync, node)).buffer_unordered(AT_ONCE);
    while let Some(unit) = units.next().await {
        let (id, unit) = unit?;
        run.done(id, &unit).await?;
        summary.add(&unit);
        count += 1;
        client.ctx.progress(count, total).await?;
    }
    drop(units);
    let within = gone::departments(&sync, root, there, &mut summary).await?;
    gone::members(&sync, root, &within, &mut summary).await?;
    client.ctx.progress(total, total).await?;
    Ok(summary)
}
