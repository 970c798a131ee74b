//! What an engine for records does.
use async_trait::async_trait;
use element::{Error, ErrorKind, Expect, Page, Query, Record, Result, code, host::Write};
use serde_json::Value;
use std::{collections::BTreeMap, fmt::Debug};

/// JSON documents in named collections, each collection of one app.
///
/// A record whose time is over is not there any more, for any of these methods. Every method refuses names and documents
/// beyond the [`limits`](crate::limits) with `InvalidArgs`, and gives `Unavailable` when the engine cannot be reached.
/// What a method has answered is durable as far as the engine is; no half-written record is ever read.
#[async_trait]
pub trait Records: Send + Sync + Debug {
    /// The record with this key.
    ///
    /// # Errors
    /// Those of every method.
    async fn get(&self, app: &str, collection: &str, key: &str) -> Result<Option<Record>>;

    /// The same, and it may be as old as `at_most_ms`; what was written or taken away through this engine counts as
    /// soon as that was answered.
    ///
    /// # Errors
    /// Those of every method.
    async fn get_recent(&self, app: &str, collection: &str, key: &str, at_most_ms: u64) -> Result<Option<Record>>;

    /// Writes if `write.expect` holds, and gives the new version: 1 for a record that was not there, one more for each
    /// write since. The sequence is given when the record is made, grows within the collection and is never given twice.
    /// The record ends when this write says: an end that an earlier write set is forgotten. Values under
    /// [`SECRET_MARK`](element::SECRET_MARK) are encrypted where they are kept outside of the process.
    ///
    /// # Errors
    /// `Conflict` with [`code::CONFLICT`] if the expectation does not hold (see [`check_expected`]); nothing is changed
    /// then. And those of every method.
    async fn put(&self, app: &str, collection: &str, key: &str, write: Write) -> Result<u64>;

    /// Takes the record away; was there one?
    ///
    /// # Errors
    /// Those of every method.
    async fn delete(&self, app: &str, collection: &str, key: &str) -> Result<bool>;

    /// A page of records, keys in the order of their bytes. The limit is brought into 1 to 1,000; `next` is there only
    /// if another record follows.
    ///
    /// A record fits the filter if it is an object that has every field with exactly this value: `1` is not `"1"`, and a
    /// field that is missing is not `null`. See [`limits::filter`](crate::limits::filter) for what can be asked. A sequence
    /// leads to its record at once, however many there are; what else is asked for has to be true of it, too.
    ///
    /// # Errors
    /// `InvalidArgs` for a filter that no engine can look up. And those of every method.
    async fn query(&self, app: &str, collection: &str, query: &Query) -> Result<Page>;

    /// How many records fit the filter.
    ///
    /// # Errors
    /// As for [`query`](Self::query).
    async fn count(&self, app: &str, collection: &str, filter: &BTreeMap<String, Value>) -> Result<u64>;
}

/// Whether a write may go on where a record of version `found` is (`None`: where none is). Every engine asks here, so that
/// all refuse in the same words. The key is left out of them: some keys are nobody's business.
///
/// # Errors
/// `Conflict` with [`code::CONFLICT`], naming what was expected and what is there.
pub fn check_expected(collection: &str, expect: Expect, found: Option<u64>) -> Result<()> {
    let expected = match (expect, found) {
        (Expect::Any, _) | (Expect::Absent, None) => return Ok(()),
        (Expect::Version(wanted), Some(version)) if wanted == version => return Ok(()),
        (Expect::Absent, Some(_)) => "no record".to_owned(),
        (Expect::Version(wanted), _) => format!("version {wanted}"),
    };
    let there = found.map_or_else(|| "there is none".to_owned(), |version| format!("version {version} is there"));
    Err(Error::new(
        ErrorKind::Conflict,
        code::CONFLICT,
        format!("{collection}: {expected} was expected, and {there}; read it again and repeat the change"),
    ))
}
