//! The key was changed: what the one before it closed is closed anew.
use super::{Arg, Row, Sql};
use crate::seal::{Place, Seal};
use element::Result;
use sqlx::{AssertSqlSafe, SqlSafeStr};

/// How many rows are looked at at once, so that no statement takes long.
const AT_ONCE: u64 = 2_000;

/// A column with documents: the table, its number, what stands for the parts of the place, and the column.
const CLOSED: [(&str, &str, [&str; 4], &str); 3] = [
    ("element_records", "sequence", ["'record'", "app", "collection", "key"], "document"),
    ("element_jobs", "id", ["'job'", "app", "'args'", "''"], "args"),
    ("element_jobs", "id", ["'job'", "app", "'result'", "''"], "result"),
];

/// Closes everything with the current key. It may be begun anew at any time: what is done is not found again. Gives how
/// many documents it were.
///
/// What opens with neither key is told and left as it is: it was lost before.
///
/// # Errors
/// The database cannot be reached or cannot write.
pub(crate) async fn rotate(sql: &Sql, seal: &Seal) -> Result<u64> {
    let Some(mark) = seal.mark_of_before() else { return Ok(0) };
    let mut changed = 0;
    for (table, number, place, column) in CLOSED {
        let place = place.join(", ");
        let part = format!(
            "SELECT MAX({number}) FROM (SELECT {number} FROM {table} WHERE {number} > $1 ORDER BY {number} LIMIT $2) AS part"
        );
        let find = format!(
            "SELECT {number}, {column}, {place} FROM {table} WHERE {number} > $1 AND {number} <= $2 AND {column} LIKE $3"
        );
        // Whoever wrote meanwhile has closed it with the current key.
        let write = format!("UPDATE {table} SET {column} = $3 WHERE {number} = $1 AND {column} = $2 RETURNING 1");
        let mut last = 0;
        loop {
            let rows = read(sql, &part, vec![last.into(), AT_ONCE.into()]).await?;
            let Some(end) = rows.first().map_or(Ok(None), |it| it.maybe_number(0))? else { break };
            for row in read(sql, &find, vec![last.into(), end.into(), format!("%{mark}%").into()]).await? {
                let (at, before) = (row.number(0)?, row.text(1)?);
                let after = match close_anew(seal, &row, &before) {
                    Ok(it) => it,
                    Err(e) => {
                        tracing::error!(table, row = at, internal = %e.internal, "a secret is lost: it opens with neither key");
                        continue;
                    }
                };
                let args: Vec<Arg> = vec![at.into(), before.into(), after.into()];
                changed += sql.database.write(AssertSqlSafe(write.clone()).into_sql_str(), args).await?.len() as u64;
            }
            last = end;
        }
    }
    Ok(changed)
}

async fn read(sql: &Sql, statement: &str, args: Vec<Arg>) -> Result<Vec<Row>> {
    sql.database.read(AssertSqlSafe(statement.to_owned()).into_sql_str(), args).await
}

fn close_anew(seal: &Seal, row: &Row, before: &str) -> Result<String> {
    let parts = [row.text(2)?, row.text(3)?, row.text(4)?, row.text(5)?];
    let place: Place<'_> = parts.each_ref().map(String::as_str);
    seal.close(place, &seal.open(place, before)?)
}
