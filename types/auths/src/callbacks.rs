//! Callbacks as administrators see them, whichever provider they came from.
use std::collections::BTreeMap;

/// Where a callback stands.
#[element::data]
#[derive(Copy, PartialEq, Eq)]
pub enum CallbackState {
    /// It waits for its first try, or for the next one.
    Waiting,
    /// Done.
    Done,
    /// Failed for good: a person decides.
    Dead,
}

/// A callback.
#[element::data]
#[derive(PartialEq, Eq)]
pub struct CallbackRecord {
    /// Its number.
    pub record_id: u64,
    /// Where it stands.
    pub state: CallbackState,
    /// The provider's name of what happened.
    pub event: String,
    /// Which of the provider's apps or suites it came from.
    pub source: String,
    /// The company that it is about.
    pub corp_id: Option<String>,
    /// When it happened, in milliseconds since 1970.
    pub sent_at: Option<i64>,
    /// When it came, in milliseconds since 1970.
    pub received_at: i64,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it was not done the last time.
    pub error: Option<String>,
    /// What came of it.
    pub outcome: Option<String>,
    /// When it was done, in milliseconds since 1970.
    pub done_at: Option<i64>,
    /// What it said; secrets masked.
    pub fields: BTreeMap<String, String>,
}

/// A page of callbacks, the newest first.
#[element::data]
#[derive(PartialEq, Eq)]
pub struct CallbackPage {
    /// The callbacks.
    pub records: Vec<CallbackRecord>,
    /// Give it as `after` for the next page.
    pub next: Option<String>,
}
