//! Ephemeral keys and leases in PostgreSQL: every method is one statement.
use crate::{
    keys::{Counter, refuse_increment},
    limits,
    seal::Seal,
    sql::{Arg, Row, Sql},
    turns::Turns,
};
use async_trait::async_trait;
use element::{
    Result,
    host::{AskLease, Grant, Increment, SetKey},
};
use serde_json::Value;
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};
use std::sync::Arc;

/// See [`Keys`](crate::Keys).
#[derive(Debug)]
pub(crate) struct PostgresKeys {
    sql: Arc<Sql>,
    turns: Turns,
}

impl PostgresKeys {
    pub(crate) fn new(sql: Arc<Sql>) -> Self {
        Self { sql, turns: Turns::default() }
    }

    async fn write(&self, sql: impl Into<String> + Send, args: Vec<Arg>) -> Result<Vec<Row>> {
        self.sql.seal()?;
        self.sql.database.write(AssertSqlSafe(sql.into()).into_sql_str(), args).await
    }

    /// From the columns `value` and `number`.
    fn value(&self, scope: &str, name: &str, row: &Row) -> Result<Option<Value>> {
        match row.maybe_number(1)? {
            Some(number) => Ok(Some(number.into())),
            None => Ok(self.sql.seal()?.open_or_forget(scope, name, &row.maybe_text(0)?.unwrap_or_default())),
        }
    }

    async fn grant(&self, scope: &str, name: &str, ttl_ms: u64) -> Result<Option<Grant>> {
        let now = self.sql.clock.now();
        let expires_at = limits::ends_at(now, ttl_ms);
        // The number is drawn once the row is ours: drawn before, it might come after a larger one.
        let sql = "INSERT INTO element_leases AS it (scope, name, fence, expires_at) \
                   VALUES ($1, $2, nextval('element_fence'), $3) \
                   ON CONFLICT (scope, name) DO UPDATE SET fence = nextval('element_fence'), expires_at = excluded.expires_at \
                   WHERE it.expires_at <= $4 RETURNING fence";
        let rows = self.write(sql, vec![scope.into(), name.into(), expires_at.into(), now.into()]).await?;
        rows.first().map(|it| Ok(Grant { fence: it.count(0)?, expires_at })).transpose()
    }
}

#[async_trait]
impl crate::Keys for PostgresKeys {
    async fn get(&self, scope: &str, name: &str) -> Result<Option<Value>> {
        limits::key(name)?;
        self.sql.seal()?;
        let sql = "SELECT value, number FROM element_keys WHERE scope = $1 AND name = $2 AND expires_at > $3";
        let args = vec![scope.into(), name.into(), self.sql.clock.now().into()];
        let rows = self.sql.database.read(SqlStr::from_static(sql), args).await?;
        rows.first().map_or(Ok(None), |it| self.value(scope, name, it))
    }

    async fn set(&self, scope: &str, name: &str, set: SetKey) -> Result<bool> {
        limits::set(name, &set)?;
        let number = set.value.as_i64();
        let text = match number {
            Some(_) => None,
            None => Some(self.sql.seal()?.close(Seal::of_key(scope, name), &set.value)?),
        };
        let now = self.sql.clock.now();
        let mut args: Vec<Arg> =
            vec![scope.into(), name.into(), text.into(), number.into(), limits::ends_at(now, set.ttl_ms).into()];
        let mut sql = String::from("INSERT INTO element_keys AS it (scope, name, value, number, expires_at) ");
        match set.under {
            None => sql += "VALUES ($1, $2, $3, $4, $5)",
            // Whoever takes the lease over waits for this statement, or this one sees that it did.
            Some(held) => {
                sql += "SELECT $1, $2, $3, $4, $5 FROM (SELECT 1 FROM element_leases WHERE scope = $1 AND name = $6 \
                        AND fence = $7 AND expires_at > $8 FOR SHARE) AS held";
                args.extend([held.name.into(), held.fence.into(), now.into()]);
            }
        }
        sql += " ON CONFLICT (scope, name) DO UPDATE SET value = excluded.value, number = excluded.number, \
                expires_at = excluded.expires_at";
        if set.if_absent {
            args.push(now.into());
            sql += &format!(" WHERE it.expires_at <= ${}", args.len());
        }
        sql += " RETURNING 1";
        Ok(!self.write(sql, args).await?.is_empty())
    }

    async fn take(&self, scope: &str, name: &str) -> Result<Option<Value>> {
        limits::key(name)?;
        let sql = "DELETE FROM element_keys WHERE scope = $1 AND name = $2 RETURNING value, number, expires_at";
        let rows = self.write(sql, vec![scope.into(), name.into()]).await?;
        match rows.first() {
            Some(it) if it.number(2)? > self.sql.clock.now() => self.value(scope, name, it),
            _ => Ok(None),
        }
    }

    async fn delete(&self, scope: &str, name: &str) -> Result<bool> {
        limits::key(name)?;
        let sql = "DELETE FROM element_keys WHERE scope = $1 AND name = $2 RETURNING expires_at";
        let rows = self.write(sql, vec![scope.into(), name.into()]).await?;
        rows.first().map_or(Ok(false), |it| Ok(it.number(0)? > self.sql.clock.now()))
    }

    async fn increment(&self, scope: &str, name: &str, increment: Increment) -> Result<i64> {
        limits::key(name)?;
        limits::ttl(increment.ttl_ms)?;
        let now = self.sql.clock.now();
        let sql = "INSERT INTO element_keys AS it (scope, name, number, expires_at) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (scope, name) DO UPDATE SET value = NULL, \
                       number = CASE WHEN it.expires_at <= $5 THEN excluded.number ELSE it.number + excluded.number END, \
                       expires_at = CASE WHEN it.expires_at <= $5 THEN excluded.expires_at ELSE it.expires_at END \
                   WHERE it.expires_at <= $5 \
                       OR (excluded.number >= 0 AND it.number <= 9223372036854775807 - excluded.number) \
                       OR (excluded.number < 0 AND it.number >= -9223372036854775808 - excluded.number) \
                   RETURNING number";
        let ends_at = limits::ends_at(now, increment.ttl_ms);
        loop {
            let args = vec![scope.into(), name.into(), increment.by.into(), ends_at.into(), now.into()];
            if let Some(row) = self.write(sql, args).await?.first() {
                return row.number(0);
            }
            match self.get(scope, name).await? {
                Some(value) if value.is_i64() => return Err(refuse_increment(Counter::AtItsEnd)),
                Some(_) => return Err(refuse_increment(Counter::NoNumber)),
                // Somebody took it away between the two.
                None => {}
            }
        }
    }

    async fn lease(&self, scope: &str, name: &str, ask: AskLease) -> Result<Option<Grant>> {
        limits::key(name)?;
        limits::ttl(ask.ttl_ms)?;
        self.turns.wait(scope, name, ask.wait_ms, || self.grant(scope, name, ask.ttl_ms)).await
    }

    async fn release(&self, scope: &str, name: &str, fence: u64) -> Result<bool> {
        limits::key(name)?;
        // The row stays for a while: made anew at once, it might be given a number that was drawn before this one's.
        let sql = "UPDATE element_leases SET expires_at = $4 WHERE scope = $1 AND name = $2 AND fence = $3 \
                   AND expires_at > $4 RETURNING 1";
        let args = vec![scope.into(), name.into(), fence.into(), self.sql.clock.now().into()];
        let held = !self.write(sql, args).await?.is_empty();
        if held {
            self.turns.released(scope, name);
        }
        Ok(held)
    }
}
