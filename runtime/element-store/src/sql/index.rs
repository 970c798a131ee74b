//! Looking records up by their fields: the condition, and the index that makes it quick.
use super::{Arg, Dialect, Sql};
use crate::lock;
use element::{Error, Result};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};
use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write as _,
    sync::{Arc, Mutex},
};

/// Text as it stands in a statement. An index serves only a condition that is word for word its own, so names of
/// collections and fields cannot be arguments.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A top-level field, as the JSON text that it is kept as; NULL if the document has none. Text against text is exact:
/// `1` is not `"1"`, and no number is too large.
fn field(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::Sqlite => format!("(document -> {})", quoted(&format!("$.{}", Value::from(name)))),
        // `json`, not `jsonb`: it keeps the text as it is.
        Dialect::Postgres => format!("((document::json -> {})::text)", quoted(name)),
    }
}

/// What an index is kept of. PostgreSQL has no room for long values in one, so it keeps a hash.
fn indexed(dialect: Dialect, value: &str) -> String {
    match dialect {
        Dialect::Sqlite => value.to_owned(),
        Dialect::Postgres => format!("md5({value})"),
    }
}

/// Found by what an index is kept of, and compared as it is.
fn equal(dialect: Dialect, field: &str, value: &str) -> String {
    let quick = format!("{} = {}", indexed(dialect, field), indexed(dialect, value));
    match dialect {
        Dialect::Sqlite => quick,
        Dialect::Postgres => format!("{quick} AND {field} = {value}"),
    }
}

/// The condition for a collection and a filter, its values from `$first` on.
pub(super) fn condition(
    dialect: Dialect,
    collection: &str,
    filter: &BTreeMap<String, Value>,
    first: usize,
) -> Result<(String, Vec<Arg>)> {
    let mut condition = format!("collection = {}", quoted(collection));
    let mut values = Vec::with_capacity(filter.len());
    for (at, (name, value)) in filter.iter().enumerate() {
        let equal = equal(dialect, &field(dialect, name), &format!("${}", first + at));
        write!(condition, " AND {equal}").map_err(|e| Error::internal(e.to_string()))?;
        values.push(value.to_string().into());
    }
    Ok((condition, values))
}

/// The indexes that this process has seen to.
#[derive(Debug, Default)]
pub(super) struct Indexes(Mutex<HashSet<(String, String)>>);

impl Indexes {
    /// Has those made that are missing, one after the other, beside the write that asked for it. The database keeps them from
    /// then on, whoever writes. While PostgreSQL makes one of many records, nobody writes records.
    pub(super) fn make(self: &Arc<Self>, sql: &Arc<Sql>, collection: &str, fields: &[String]) {
        let is_new = |field: &&String| lock(&self.0).insert((collection.to_owned(), (*field).clone()));
        let missing: Vec<String> = fields.iter().filter(is_new).cloned().collect();
        if missing.is_empty() {
            return;
        }
        let (known, sql, collection) = (Arc::clone(self), Arc::clone(sql), collection.to_owned());
        tokio::spawn(async move {
            for field in missing {
                if let Err(e) = make(&sql, &collection, &field).await {
                    let (why, internal) = (&e.message, &*e.internal);
                    tracing::warn!(
                        collection,
                        field,
                        internal,
                        "an index cannot be made, the next write tries again: {why}"
                    );
                    lock(&known.0).remove(&(collection.clone(), field));
                }
            }
        });
    }
}

async fn make(sql: &Sql, collection: &str, name: &str) -> Result<()> {
    let hash = Sha256::digest(format!("{collection}\0{name}"));
    let index = hash.iter().take(12).fold("element_records_by_".to_owned(), |all, it| format!("{all}{it:02x}"));
    let dialect = sql.database.dialect();
    let (collection, field) = (quoted(collection), indexed(dialect, &field(dialect, name)));
    let statement = format!(
        "CREATE INDEX IF NOT EXISTS {index} ON element_records (app, ({field}), key) WHERE collection = {collection}"
    );
    let statement = AssertSqlSafe(statement).into_sql_str();
    if dialect == Dialect::Sqlite {
        return sql.database.write(statement, Vec::new()).await.map(drop);
    }
    // Asked first, because the other statement keeps everybody from writing, whether it makes something or not.
    let there = SqlStr::from_static("SELECT 1 WHERE to_regclass($1) IS NOT NULL");
    if !sql.database.read(there, vec![index.into()]).await?.is_empty() {
        return Ok(());
    }
    // Two hosts that make the same index at once would meet in the database's own tables.
    let mut alone = sql.database.alone().await?;
    alone.run(statement, Vec::new()).await?;
    alone.commit().await
}
