//! Keeping what WeCom tells as records: written when it says something new, and what came of it.
use element::{ErrorKind, Expect, Record, Records, Result};
use serde::{Serialize, de::DeserializeOwned};

/// What is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeping {
    /// What is new.
    Changes,
    /// What says nothing new, too.
    Everything,
    /// Nothing: only what would come of it is asked.
    DryRun,
}

/// What came of one member or department.
#[element::data]
#[derive(Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was not there before.
    Added,
    /// WeCom told something new of it, or it was written by force.
    Changed,
    /// WeCom does not show it to the app any more, and its record is gone.
    Removed,
    /// Nothing was written.
    Unchanged,
}

/// So often it is tried again when somebody else writes the same record.
const TRIES: u32 = 5;

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
    let mut tries = 0;
    loop {
        let before: Option<Record<T>> = records.get(key).await?;
        let expect = before.as_ref().map_or(Expect::Absent, |it| Expect::Version(it.version));
        let (value, unchanged) = told(before.as_ref().map(|it| &it.value));
        if unchanged && how != Keeping::Everything {
            return Ok(Outcome::Unchanged);
        }
        let outcome = if before.is_some() { Outcome::Changed } else { Outcome::Added };
        if how == Keeping::DryRun {
            return Ok(outcome);
        }
        tries += 1;
        match records.write(key, &value, expect, None).await {
            Err(e) if e.kind == ErrorKind::Conflict && tries < TRIES => {}
            other => return other.map(|_| outcome),
        }
    }
}

/// Takes a record away; nothing to take away is nothing changed.
///
/// # Errors
/// The store cannot be reached.
pub(crate) async fn remove(records: &Records<'_>, key: &str, how: Keeping) -> Result<Outcome> {
    let was_there = match how {
        Keeping::DryRun => records.get::<serde_json::Value>(key).await?.is_some(),
        Keeping::Changes | Keeping::Everything => records.delete(key).await?,
    };
    Ok(if was_there { Outcome::Removed } else { Outcome::Unchanged })
}
