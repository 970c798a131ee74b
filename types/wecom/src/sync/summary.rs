//! What a sync came to.
use super::Unit;
use crate::{errors::is_about_one, keeping::Outcome};
use element::{Error, Result};

/// What a sync of departments came to. What a run did before it was broken off counts.
#[element::data]
#[derive(Default, PartialEq)]
pub struct SyncSummary {
    /// Nothing was written: this is what would have come of it.
    pub dry_run: bool,
    /// An earlier run was broken off, and this one went on with it.
    pub resumed: bool,
    /// Departments.
    pub departments: Counts,
    /// Members; one in several departments counts once.
    pub members: Counts,
    /// What failed, the first hundred of them. The models keep what they had.
    pub failures: Vec<SyncFailure>,
}

/// How many came to what.
#[element::data]
#[derive(Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Not there before.
    pub added: u64,
    /// WeCom told something new, or it was written by force.
    pub changed: u64,
    /// WeCom does not show them to the app any more.
    pub removed: u64,
    /// Nothing was written.
    pub unchanged: u64,
    /// WeCom refused them, see `failures`.
    pub failed: u64,
}

/// One department or member that WeCom refused.
#[element::data]
#[derive(PartialEq, Eq)]
pub struct SyncFailure {
    /// The department.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dept_id: Option<i64>,
    /// The member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// WeCom's number.
    pub code: i64,
    /// What it means and what to do.
    pub message: String,
}

/// More failures than this are counted only.
const MOST: usize = 100;

/// Notes a failure, if there are not too many.
pub(super) fn note(failures: &mut Vec<SyncFailure>, failure: SyncFailure) {
    if failures.len() < MOST {
        failures.push(failure);
    }
}

impl Counts {
    pub(crate) fn count(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Added => &mut self.added,
            Outcome::Changed => &mut self.changed,
            Outcome::Removed => &mut self.removed,
            Outcome::Unchanged => &mut self.unchanged,
        } += 1;
    }

    /// Counts what came of one of them, and notes it if WeCom refused that one alone.
    ///
    /// # Errors
    /// Whatever concerns more than that one.
    pub(super) fn settle(
        &mut self,
        outcome: Result<Outcome>,
        failures: &mut Vec<SyncFailure>,
        failure: impl FnOnce(&Error) -> SyncFailure,
    ) -> Result<()> {
        match outcome {
            Ok(outcome) => self.count(outcome),
            Err(e) if is_about_one(e.code) => {
                self.failed += 1;
                note(failures, failure(&e));
            }
            Err(e) => return Err(e),
        }
        Ok(())
    }

    fn add(&mut self, other: &Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.removed += other.removed;
        self.unchanged += other.unchanged;
        self.failed += other.failed;
    }
}

impl SyncFailure {
    pub(crate) fn of_department(dept_id: i64, error: &Error) -> Self {
        Self { dept_id: Some(dept_id), user_id: None, code: error.code, message: error.message.clone() }
    }

    pub(crate) fn of_member(user_id: &str, error: &Error) -> Self {
        Self { dept_id: None, user_id: Some(user_id.into()), code: error.code, message: error.message.clone() }
    }
}

impl SyncSummary {
    pub(super) fn add(&mut self, unit: &Unit) {
        self.departments.add(&unit.departments);
        self.members.add(&unit.counts);
        unit.failures.iter().for_each(|it| note(&mut self.failures, it.clone()));
    }
}
