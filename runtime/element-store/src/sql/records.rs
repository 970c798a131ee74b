//! Records as rows of one table.
use super::{
    Arg, Row, Sql,
    index::{Indexes, condition},
};
use crate::{check_expected, limits, recent::Recent, seal::Place};
use async_trait::async_trait;
use element::{Expect, Page, Query, Record, Result, host::Write};
use serde_json::Value;
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};
use std::{collections::BTreeMap, sync::Arc};

/// What [`SqlRecords::record`] reads.
macro_rules! columns {
    () => {
        "key, document, version, sequence, created_at, updated_at, expires_at"
    };
}

/// The record `$1`, `$2`, `$3` that is there now, `$4`.
macro_rules! is_there {
    () => {
        " app = $1 AND collection = $2 AND key = $3 AND (expires_at IS NULL OR expires_at > $4) "
    };
}

/// Where a record's document is.
fn place<'a>(app: &'a str, collection: &'a str, key: &'a str) -> Place<'a> {
    ["record", app, collection, key]
}

/// See [`Records`](crate::Records).
#[derive(Debug)]
pub(crate) struct SqlRecords {
    sql: Arc<Sql>,
    indexes: Arc<Indexes>,
    recent: Recent,
}

/// Where one record is.
#[derive(Clone, Copy)]
struct At<'a> {
    app: &'a str,
    collection: &'a str,
    key: &'a str,
}

impl SqlRecords {
    pub(crate) fn new(sql: Arc<Sql>) -> Self {
        Self { sql, indexes: Arc::default(), recent: Recent::default() }
    }

    fn record(&self, app: &str, collection: &str, row: &Row) -> Result<Record> {
        let key = row.text(0)?;
        Ok(Record {
            value: self.sql.seal()?.open(place(app, collection, &key), &row.text(1)?)?,
            version: row.count(2)?,
            sequence: row.count(3)?,
            created_at: row.number(4)?,
            updated_at: row.number(5)?,
            expires_at: row.maybe_number(6)?,
            key,
        })
    }

    /// One statement that writes if the expectation holds, and gives the version if it did.
    async fn write(&self, at: At<'_>, document: &str, write: &Write, now: i64) -> Result<Option<u64>> {
        let At { app, collection, key } = at;
        let mut args: Vec<Arg> =
            vec![app.into(), collection.into(), key.into(), now.into(), document.into(), write.expires_at.into()];
        let sql = match write.expect {
            Expect::Any => {
                "INSERT INTO element_records AS it \
                     (app, collection, key, created_at, updated_at, version, document, expires_at) \
                 VALUES ($1, $2, $3, $4, $4, 1, $5, $6) \
                 ON CONFLICT (app, collection, key) DO UPDATE SET document = excluded.document, \
                     version = it.version + 1, updated_at = excluded.updated_at, expires_at = excluded.expires_at \
                 WHERE it.expires_at IS NULL OR it.expires_at > excluded.updated_at RETURNING version"
            }
            Expect::Absent => {
                "INSERT INTO element_records (app, collection, key, created_at, updated_at, version, document, expires_at) \
                 VALUES ($1, $2, $3, $4, $4, 1, $5, $6) ON CONFLICT (app, collection, key) DO NOTHING RETURNING version"
            }
            Expect::Version(wanted) => {
                args.push(wanted.into());
                concat!(
                    "UPDATE element_records SET document = $5, version = version + 1, updated_at = $4, expires_at = $6 WHERE",
                    is_there!(),
                    "AND version = $7 RETURNING version"
                )
            }
        };
        let rows = self.sql.database.write(SqlStr::from_static(sql), args).await?;
        rows.first().map(|it| it.count(0)).transpose()
    }

    /// Takes a record away whose time is over, so that another one can be made in its place.
    async fn make_room(&self, At { app, collection, key }: At<'_>, now: i64) -> Result<bool> {
        let sql = "DELETE FROM element_records WHERE app = $1 AND collection = $2 AND key = $3 AND expires_at <= $4 \
                   RETURNING version";
        let args = vec![app.into(), collection.into(), key.into(), now.into()];
        Ok(!self.sql.database.write(SqlStr::from_static(sql), args).await?.is_empty())
    }

    async fn version(&self, At { app, collection, key }: At<'_>, now: i64) -> Result<Option<u64>> {
        let sql = concat!("SELECT version FROM element_records WHERE", is_there!());
        let args = vec![app.into(), collection.into(), key.into(), now.into()];
        self.sql.database.read(SqlStr::from_static(sql), args).await?.first().map(|it| it.count(0)).transpose()
    }

    /// `SELECT <what>` of the records that are there, behind `after` and fit the filter; with a limit, in the order of their
    /// keys.
    async fn find(&self, what: &str, app: &str, collection: &str, query: &Query, limit: Option<usize>) -> Result<Vec<Row>> {
        self.sql.seal()?;
        // Every key is behind the empty one, which no record has.
        let after = query.after.as_deref().unwrap_or_default();
        let mut args: Vec<Arg> = vec![app.into(), after.into(), self.sql.clock.now().into()];
        let (condition, values) = condition(self.sql.database.dialect(), collection, &query.filter, args.len() + 1)?;
        args.extend(values);
        let mut sql = format!(
            "SELECT {what} FROM element_records WHERE app = $1 AND {condition} AND key > $2 \
             AND (expires_at IS NULL OR expires_at > $3)"
        );
        if let Some(sequence) = query.sequence {
            args.push(sequence.into());
            sql += &format!(" AND sequence = ${}", args.len());
        }
        if let Some(limit) = limit {
            args.push((limit as u64).into());
            sql += &format!(" ORDER BY key LIMIT ${}", args.len());
        }
        self.sql.database.read(AssertSqlSafe(sql).into_sql_str(), args).await
    }
}

#[async_trait]
impl crate::Records for SqlRecords {
    async fn get(&self, app: &str, collection: &str, key: &str) -> Result<Option<Record>> {
        limits::collection(collection)?;
        limits::key(key)?;
        self.sql.seal()?;
        let sql = concat!("SELECT ", columns!(), " FROM element_records WHERE", is_there!());
        let args = vec![app.into(), collection.into(), key.into(), self.sql.clock.now().into()];
        let rows = self.sql.database.read(SqlStr::from_static(sql), args).await?;
        rows.first().map(|it| self.record(app, collection, it)).transpose()
    }

    async fn get_recent(&self, app: &str, collection: &str, key: &str, at_most_ms: u64) -> Result<Option<Record>> {
        let begun = match self.recent.get([app, collection, key], self.sql.clock.now(), at_most_ms) {
            Ok(record) => return Ok(Some(record)),
            Err(begun) => begun,
        };
        let found = self.get(app, collection, key).await?;
        if let Some(record) = &found {
            self.recent.keep(begun, record);
        }
        Ok(found)
    }

    async fn put(&self, app: &str, collection: &str, key: &str, write: Write) -> Result<u64> {
        limits::collection(collection)?;
        limits::key(key)?;
        limits::document(&write.value)?;
        limits::indexed(&write.indexed)?;
        let document = self.sql.seal()?.close(place(app, collection, key), &write.value)?;
        self.indexes.make(&self.sql, collection, &write.indexed);
        let _changes = self.recent.change(app, collection, key);
        let (at, now) = (At { app, collection, key }, self.sql.clock.now());
        loop {
            if let Some(version) = self.write(at, &document, &write, now).await? {
                return Ok(version);
            }
            if self.make_room(at, now).await? {
                continue;
            }
            // Others may have changed it since; then it is tried once more.
            check_expected(collection, write.expect, self.version(at, now).await?)?;
        }
    }

    async fn delete(&self, app: &str, collection: &str, key: &str) -> Result<bool> {
        limits::collection(collection)?;
        limits::key(key)?;
        self.sql.seal()?;
        let _changes = self.recent.change(app, collection, key);
        let sql = concat!("DELETE FROM element_records WHERE", is_there!(), "RETURNING version");
        let args = vec![app.into(), collection.into(), key.into(), self.sql.clock.now().into()];
        Ok(!self.sql.database.write(SqlStr::from_static(sql), args).await?.is_empty())
    }

    async fn query(&self, app: &str, collection: &str, query: &Query) -> Result<Page> {
        limits::collection(collection)?;
        limits::filter(&query.filter)?;
        query.after.as_deref().map_or(Ok(()), limits::key)?;
        let limit = limits::page(query.limit);
        // One more than asked for tells whether there is another page.
        let rows = self.find(columns!(), app, collection, query, Some(limit + 1)).await?;
        let records: Vec<_> = rows.iter().take(limit).map(|it| self.record(app, collection, it)).collect::<Result<_>>()?;
        let next = records.last().filter(|_| rows.len() > limit).map(|it| it.key.clone());
        Ok(Page { records, next })
    }

    async fn count(&self, app: &str, collection: &str, filter: &BTreeMap<String, Value>) -> Result<u64> {
        limits::collection(collection)?;
        limits::filter(filter)?;
        let query = Query { filter: filter.clone(), ..Query::default() };
        let rows = self.find("COUNT(*)", app, collection, &query, None).await?;
        rows.first().map_or(Ok(0), |it| it.count(0))
    }
}
