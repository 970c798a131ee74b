//! What came of one member, and of a change that WeCom told of.
use crate::{callback::change::ContactChange, keeping::Outcome};

/// What came of one member.
#[element::data]
#[derive(PartialEq, Eq)]
pub struct Synced {
    /// WeCom's `userid`, as it was given.
    pub user_id: String,
    /// What came of the record.
    pub outcome: Outcome,
}

/// What came of a change that WeCom told of.
#[element::data]
#[derive(PartialEq, Eq)]
pub struct Noted {
    /// What WeCom told of.
    pub change: ContactChange,
    /// What came of the record.
    pub outcome: Outcome,
}
