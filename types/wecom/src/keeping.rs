//! Keeping what WeCom tells as records: written when it says something new, and what came of it.
use crate::client::Client;
use element::{ErrorKind, Expect, Record, Records, Result};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeSet;

/// What is to be written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Keeping {
    /// What says nothing new, too.
    pub(crate) everything: bool,
    /// Nothing is written: only what would come of it is asked.
    pub(crate) dry_run: bool,
    /// When it was told, in milliseconds since 1970. A record that was written later knows better.
    pub(crate) as_of: Option<i64>,
}

/// What came of one member or department.
#[element::data]
#[derive(Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was not there before.
    Added,
    /// WeCom told something new of it, or it was written by force.
    Changed,
    /// WeCom does not show it to the app any more; the record is gone, unless another app of the company sees it.
    Removed,
    /// Nothing was written.
    Unchanged,
}

/// So often it is tried again when somebody else writes the same record.
const TRIES: u32 = 5;

/// Writes what `next` makes of the record that is there; `None` leaves it. Gives what is there then.
///
/// # Errors
/// The store cannot be reached, or others write this record all the time: it is tried so often.
pub(crate) async fn rewrite<T: Serialize + DeserializeOwned + Sync>(
    records: &Records<'_>,
    key: &str,
    tries: u32,
    mut next: impl FnMut(Option<&Record<T>>) -> Option<T>,
) -> Result<Option<T>> {
    let mut tried = 0;
    loop {
        let before: Option<Record<T>> = records.get(key).await?;
        let Some(value) = next(before.as_ref()) else { return Ok(before.map(|it| it.value)) };
        let expect = before.map_or(Expect::Absent, |it| Expect::Version(it.version));
        tried += 1;
        match records.write(key, &value, expect, None).await {
            Err(e) if e.kind == ErrorKind::Conflict && tried < tries => {}
            other => return other.map(|_| Some(value)),
        }
    }
}

/// Writes a record. `told` makes it of the one before, and says whether it is the same.
///
/// # Errors
/// The store cannot be reached, or others write this record all the time.
pub(crate) async fn keep<T: Serialize + DeserializeOwned + Sync>(
    records: &Records<'_>,
    key: &str,
    how: Keeping,
    told: impl Fn(Option<&T>) -> (T, bool),
) -> Result<Outcome> {
    let mut outcome = Outcome::Unchanged;
    rewrite(records, key, TRIES, |before: Option<&Record<T>>| {
        let (value, unchanged) = told(before.map(|it| &it.value));
        let is_newer = before.is_some_and(|it| how.as_of.is_some_and(|told_at| it.updated_at > told_at));
        outcome = match before {
            _ if is_newer || unchanged && !how.everything => Outcome::Unchanged,
            Some(_) => Outcome::Changed,
            None => Outcome::Added,
        };
        (outcome != Outcome::Unchanged && !how.dry_run).then_some(value)
    })
    .await?;
    Ok(outcome)
}

/// An app of the company does not see it any more: the record goes with the last app that did.
///
/// # Errors
/// The store cannot be reached, or others write this record all the time.
pub(crate) async fn forget<T: SeenBy + Serialize + DeserializeOwned + Sync>(
    records: &Records<'_>,
    key: &str,
    agent_id: &str,
    how: Keeping,
) -> Result<Outcome> {
    let mut tries = 0;
    loop {
        let Some(mut record) = records.get::<T>(key).await? else { return Ok(Outcome::Unchanged) };
        let seen_by = record.value.seen_by();
        if !seen_by.remove(agent_id) {
            return Ok(Outcome::Unchanged);
        }
        let is_last = seen_by.is_empty();
        if how.dry_run {
            return Ok(Outcome::Removed);
        }
        tries += 1;
        if is_last {
            // Whoever begins to see it right now writes it again with the next sync.
            records.delete(key).await?;
            return Ok(Outcome::Removed);
        }
        match records.write(key, &record.value, Expect::Version(record.version), None).await {
            Err(e) if e.kind == ErrorKind::Conflict && tries < TRIES => {}
            other => return other.map(|_| Outcome::Removed),
        }
    }
}

/// A record that several apps of one company share.
pub(crate) trait SeenBy {
    /// The agentIds of those that see it.
    fn seen_by(&mut self) -> &mut BTreeSet<String>;
}

/// Those that saw it before, and this one.
pub(crate) fn seen_by(before: Option<&BTreeSet<String>>, client: &Client<'_>) -> BTreeSet<String> {
    let mut all = before.cloned().unwrap_or_default();
    all.insert(client.app.agent_id.to_owned());
    all
}
