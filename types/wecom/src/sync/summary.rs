//! What a sync came to.
use super::Unit;
use crate::keeping::Outcome;
use element::Error;

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
pub(super) const MOST: usize = 100;

impl Counts {
    pub(crate) fn count(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Added => &mut self.added,
            Outcome::Changed => &mut self.changed,
            Outcome::Removed => &mut self.removed,
            Outcome::Unchanged => &mut self.unchanged,
        } += 1;
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
        unit.failures.iter().for_each(|it| self.note(it.clone()));
    }

    pub(super) fn note(&mut self, failure: SyncFailure) {
        if self.failures.len() < MOST {
            self.failures.push(failure);
        }
    }
}
