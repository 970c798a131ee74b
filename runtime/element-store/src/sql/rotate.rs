//! The key was changed: what the one before it closed is closed anew.
use super::{Arg, Row, Sql};
use crate::seal::{Place, Seal};
use element::Result;
use sqlx::{AssertSqlSafe, SqlSafeStr};

/// How many rows are looked at at once.
const AT_ONCE: usize = 200;

/// A column with documents: the table, its number, what stands for the parts of the place, and the column.
const CLOSED: [(&str, &str, [&str; 4], &str); 3] = [
    ("element_records", "sequence", ["'record'", "app", "collection", "key"], "document"),
    ("element_jobs", "id", ["'job'", "app", "'args'", "''"], "args"),
    ("element_jobs", "id", ["'job'", "app", "'result'", "''"], "result"),
];

/// Closes everything with the current key. It may be begun anew at any time: what is done is not found again. Gives how
/// many documents it were.
///
/// # Errors
/// The database cannot be reached or cannot write; or a document opens with neither key.
pub(crate) async fn rotate(sql: &Sql, seal: &Seal) -> Result<u64> {
    let Some(mark) = seal.mark_of_before() else { return Ok(0) };
    let mut changed = 0;
    for (table, number, place, column) in CLOSED {
        let place = place.join(", ");
        let find = format!(
            "SELECT {number}, {column}, {place} FROM {table} WHERE {number} > $1 AND {column} LIKE $2 \
             ORDER BY {number} LIMIT {AT_ONCE}"
        );
        // Whoever wrote meanwhile has closed it with the current key.
        let write = format!("UPDATE {table} SET {column} = $3 WHERE {number} = $1 AND {column} = $2 RETURNING 1");
        let mut last = 0;
        loop {
            let args: Vec<Arg> = vec![last.into(), format!("%{mark}%").into()];
            let rows = sql.database.read(AssertSqlSafe(find.clone()).into_sql_str(), args).await?;
            for row in &rows {
                last = row.number(0)?;
                let before = row.text(1)?;
                let after = close_anew(seal, row, &before)?;
                let args: Vec<Arg> = vec![last.into(), before.into(), after.into()];
                changed += sql.database.write(AssertSqlSafe(write.clone()).into_sql_str(), args).await?.len() as u64;
            }
            if rows.len() < AT_ONCE {
                break;
            }
        }
    }
    Ok(changed)
}

fn close_anew(seal: &Seal, row: &Row, before: &str) -> Result<String> {
    let parts = [row.text(2)?, row.text(3)?, row.text(4)?, row.text(5)?];
    let place: Place<'_> = parts.each_ref().map(String::as_str);
    seal.close(place, &seal.open(place, before)?)
}
