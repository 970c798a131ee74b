//! What is over goes. Nobody sees it any more either way; this only makes room.
//!
//! Each statement says twice what is over: what was found may be written anew before it is taken away.
use super::{Dialect, Sql};
use element::Result;
use sqlx::SqlStr;

/// How many rows go at once, so that nobody has to wait for long.
const AT_ONCE: u64 = 500;

const OVER: [&str; 2] = [
    "DELETE FROM element_records WHERE sequence IN (SELECT sequence FROM element_records \
     WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2) AND expires_at <= $1 RETURNING 1",
    "DELETE FROM element_jobs WHERE id IN (SELECT id FROM element_jobs \
     WHERE state = 'done' AND due_at <= $1 ORDER BY due_at LIMIT $2) AND state = 'done' RETURNING 1",
];
const KEYS_OVER: [&str; 2] = [
    "DELETE FROM element_keys WHERE (scope, name) IN (SELECT scope, name FROM element_keys \
     WHERE expires_at <= $1 LIMIT $2) AND expires_at <= $1 RETURNING 1",
    // A lease that was free for an hour: whoever asks just now makes its row anew, and must not meet an older number.
    "DELETE FROM element_leases WHERE (scope, name) IN (SELECT scope, name FROM element_leases \
     WHERE expires_at <= $1 - 3600000 LIMIT $2) AND expires_at <= $1 - 3600000 RETURNING 1",
];

/// Takes away some of what is over; is there more?
///
/// # Errors
/// The database cannot be reached, or cannot write.
pub(crate) async fn sweep(sql: &Sql) -> Result<bool> {
    let keys: &[&str] = if sql.database.dialect() == Dialect::Postgres { &KEYS_OVER } else { &[] };
    let mut more = false;
    for &statement in OVER.iter().chain(keys) {
        let args = vec![sql.clock.now().into(), AT_ONCE.into()];
        more |= sql.database.write(SqlStr::from_static(statement), args).await?.len() == AT_ONCE as usize;
    }
    Ok(more)
}
