//! Records: JSON documents of an app, in named collections, that last.
use crate::{Ctx, Result, host::Op, keys::millis, secret::for_store};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};

/// One document as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Record<T = Value> {
    /// Its key, unique in the collection.
    pub key: String,
    /// The document.
    pub value: T,
    /// 1 when made, one more with every write.
    pub version: u64,
    /// A number that grows with every record made in this collection; short enough to hand to a person.
    pub sequence: u64,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
    /// When it was last written, in milliseconds since 1970.
    pub updated_at: i64,
    /// From then on it is not there any more, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
}

/// What must be true of the stored record for a write to happen; otherwise the write is a conflict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Expect {
    /// Anything.
    #[default]
    Any,
    /// There is none yet.
    Absent,
    /// It has this version.
    Version(u64),
}

/// One write.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Write {
    /// The document.
    pub value: Value,
    /// The condition.
    #[serde(default)]
    pub expect: Expect,
    /// When it stops being there, in milliseconds since 1970; `None`: never.
    #[serde(default)]
    pub expires_at: Option<i64>,
    /// The top-level fields by which records of this collection are looked up often, see [`Records::indexed`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexed: Vec<String>,
}

/// Which records, and how many at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Query {
    /// Top-level fields and the values they must have.
    pub filter: BTreeMap<String, Value>,
    /// Only keys after this one: the `next` of the page before.
    pub after: Option<String>,
    /// How many at most, 1 to 1,000.
    pub limit: u32,
    /// Only the record with this [`sequence`](Record::sequence): a number that somebody read off a list and gives back. It
    /// is found as quickly as by its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequence: Option<u64>,
}

impl Default for Query {
    fn default() -> Self {
        Self { filter: BTreeMap::new(), after: None, limit: 100, sequence: None }
    }
}

/// A page of records in the order of their keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page<T = Value> {
    /// The records.
    pub records: Vec<Record<T>>,
    /// Give it as `after` for the next page; `None`: this was the last.
    pub next: Option<String>,
}

/// One collection of the addressed app; see [`Ctx::records`].
#[derive(Debug, Clone, Copy)]
pub struct Records<'a> {
    pub(crate) ctx: &'a Ctx,
    pub(crate) collection: &'a str,
    pub(crate) indexed: &'a [&'a str],
}

impl<'a> Records<'a> {
    /// The same collection, whose records are looked up often by these top-level fields: a database keeps an index of
    /// each, from the first write on that says so. Every field can be looked up without one, too, by looking at every
    /// record of the collection.
    #[must_use]
    pub const fn indexed(self, fields: &'a [&'a str]) -> Self {
        Self { indexed: fields, ..self }
    }

    /// The record with this key.
    ///
    /// # Errors
    /// The store cannot be reached, or the document is no `T`.
    pub async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<Record<T>>> {
        self.ctx.ask(Op::RecordGet, self.collection, key, &()).await
    }

    /// The same, and it may be as old as `at_most`: what this host read a moment ago saves the way to the store. What this
    /// host itself wrote or took away meanwhile counts at once.
    ///
    /// # Errors
    /// As for [`get`](Self::get).
    pub async fn get_recent<T: DeserializeOwned>(&self, key: &str, at_most: Duration) -> Result<Option<Record<T>>> {
        self.ctx.ask(Op::RecordGet, self.collection, key, &Some(millis(at_most))).await
    }

    /// Writes, whatever is there. Gives the new version. A [`Secret`](crate::Secret) in it is encrypted at rest.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub async fn put(&self, key: &str, value: &(impl Serialize + Sync)) -> Result<u64> {
        self.write(key, value, Expect::Any, None).await
    }

    /// Writes if `expect` holds. Gives the new version.
    ///
    /// # Errors
    /// `Conflict` if `expect` does not hold; or the store cannot be reached.
    pub async fn write(
        &self,
        key: &str,
        value: &(impl Serialize + Sync),
        expect: Expect,
        expires_at: Option<i64>,
    ) -> Result<u64> {
        let indexed = self.indexed.iter().map(|&it| it.to_owned()).collect();
        let write = Write { value: for_store(value)?, expect, expires_at, indexed };
        self.ctx.ask(Op::RecordPut, self.collection, key, &write).await
    }

    /// Takes the record away; was there one?
    ///
    /// # Errors
    /// The store cannot be reached.
    pub async fn delete(&self, key: &str) -> Result<bool> {
        self.ctx.ask(Op::RecordDelete, self.collection, key, &()).await
    }

    /// A page of records.
    ///
    /// # Errors
    /// The store cannot be reached, or a document is no `T`.
    pub async fn query<T: DeserializeOwned>(&self, query: &Query) -> Result<Page<T>> {
        self.ctx.ask(Op::RecordQuery, self.collection, "", query).await
    }

    /// The record with this [`sequence`](Record::sequence), the number that is short enough to hand to a person.
    ///
    /// # Errors
    /// As for [`get`](Self::get).
    pub async fn by_sequence<T: DeserializeOwned>(&self, sequence: u64) -> Result<Option<Record<T>>> {
        let query = Query { sequence: Some(sequence), limit: 1, ..Query::default() };
        Ok(self.query(&query).await?.records.into_iter().next())
    }

    /// Takes away every record with these values. Gives how many there were.
    ///
    /// # Errors
    /// The store cannot be reached; some may be gone then, and a second time takes the rest.
    pub async fn delete_all(&self, filter: BTreeMap<String, Value>) -> Result<u64> {
        let query = Query { filter, ..Query::default() };
        let mut count = 0;
        loop {
            // Always the first page: what was on it is gone the next time.
            let page = self.query::<Value>(&query).await?;
            for record in &page.records {
                count += u64::from(self.delete(&record.key).await?);
            }
            if page.next.is_none() {
                return Ok(count);
            }
        }
    }

    /// How many records have these values.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub async fn count(&self, filter: &BTreeMap<String, Value>) -> Result<u64> {
        self.ctx.ask(Op::RecordCount, self.collection, "", filter).await
    }
}
