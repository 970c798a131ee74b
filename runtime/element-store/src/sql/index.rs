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
    sync::Mutex,
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
        write!(condition, " AND {} = ${}", field(dialect, name), first + at).map_err(|e| Error::internal(e.to_string()))?;
        values.push(value.to_string().into());
    }
    Ok((condition, values))
}

/// The indexes that this process knows to be there.
#[derive(Debug, Default)]
pub(super) struct Indexes(Mutex<HashSet<(String, String)>>);

impl Indexes {
    /// Makes those that are missing. The database keeps them from then on, whoever writes.
    ///
    /// # Errors
    /// The database cannot be reached, or cannot write.
    pub(super) async fn make(&self, sql: &Sql, collection: &str, fields: &[String]) -> Result<()> {
        for field in fields {
            let place = (collection.to_owned(), field.clone());
            if lock(&self.0).contains(&place) {
                continue;
            }
            make(sql, collection, field).await?;
            lock(&self.0).insert(place);
        }
        Ok(())
    }
}

async fn make(sql: &Sql, collection: &str, name: &str) -> Result<()> {
    let hash = Sha256::digest(format!("{collection}\0{name}"));
    let index = hash.iter().take(12).fold("element_records_by_".to_owned(), |all, it| format!("{all}{it:02x}"));
    let (collection, field) = (quoted(collection), field(sql.database.dialect(), name));
    let statement =
        format!("CREATE INDEX IF NOT EXISTS {index} ON element_records (app, {field}, key) WHERE collection = {collection}");
    let statement = AssertSqlSafe(statement).into_sql_str();
    if sql.database.dialect() == Dialect::Sqlite {
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
