//! PostgreSQL: one database for any number of hosts.
mod keys;

pub(crate) use keys::PostgresKeys;

use crate::{
    sql::{Alone, Arg, Database, Dialect, Row, for_postgres},
    unavailable,
};
use async_trait::async_trait;
use element::{Error, Result};
use sqlx::{
    ConnectOptions, Connection, Executor, PgConnection, PgPool, Row as _, SqlStr,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{future::ready, time::Duration};
use tokio::{sync::Mutex, time::timeout};

/// How many statements at once.
const CONNECTIONS: u32 = 16;
/// How long to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(5);
/// A connection that was used this short a time ago is believed to be there.
const FRESH: Duration = Duration::from_secs(1);
/// No statement takes longer, but what is done alone; the database itself ends one a little earlier.
const LONGEST: Duration = Duration::from_secs(12);
/// Locks what only one host does at a time: "element" in numbers.
const LOCK: &str = "SELECT pg_advisory_xact_lock(28548138)";

/// A database on a server.
#[derive(Debug)]
pub(crate) struct Postgres {
    options: PgConnectOptions,
    pool: PgPool,
    /// Looks whether the server is there; nobody else waits for it.
    watch: Mutex<Option<PgConnection>>,
}

impl Postgres {
    /// Connects when it is asked for something.
    pub(crate) fn open(options: PgConnectOptions) -> Self {
        let options = options
            .application_name("element")
            .options([
                ("statement_timeout", "10s"),
                ("lock_timeout", "8s"),
                ("idle_in_transaction_session_timeout", "30s"),
                // Names of collections and fields are quoted in statements: a backslash is a backslash.
                ("standard_conforming_strings", "on"),
            ])
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .before_acquire(|connection, about| match about.idle_for < FRESH {
                true => Box::pin(ready(Ok(true))),
                // A server that was restarted has closed it. Not there is no error: another connection is made.
                false => Box::pin(async { Ok(connection.ping().await.is_ok()) }),
            });
        Self { pool: pool.connect_lazy_with(options.clone()), options, watch: Mutex::default() }
    }

    async fn rows(&self, sql: SqlStr, args: Vec<Arg>) -> Result<Vec<Row>, sqlx::Error> {
        let args = for_postgres(args).map_err(|e| sqlx::Error::Encode(e.to_string().into()))?;
        in_time(sqlx::query_with(sql, args).fetch_all(&self.pool)).await.map(rows)
    }
}

fn rows(rows: Vec<sqlx::postgres::PgRow>) -> Vec<Row> {
    rows.into_iter().map(Row::Postgres).collect()
}

async fn in_time<T>(it: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    timeout(LONGEST, it).await.unwrap_or_else(|_| Err(sqlx::Error::Protocol(format!("no answer within {LONGEST:?}"))))
}

#[async_trait]
impl Database for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn read(&self, sql: SqlStr, args: Vec<Arg>) -> Result<Vec<Row>> {
        match self.rows(sql.clone(), args.clone()).await {
            // The connection was lost, not the database: what only reads may be asked again.
            Err(sqlx::Error::Io(_)) => self.rows(sql, args).await,
            other => other,
        }
        .map_err(|e| failed(&e))
    }

    async fn write(&self, sql: SqlStr, args: Vec<Arg>) -> Result<Vec<Row>> {
        self.rows(sql, args).await.map_err(|e| failed(&e))
    }

    fn passes(&self, error: &Error) -> bool {
        !FINAL.iter().any(|code| error.internal.ends_with(&format!("({code})")))
    }

    /// A server that only reads is none for us, and tells before somebody writes.
    async fn ping(&self, read: SqlStr, _write: SqlStr) -> Result<()> {
        let mut watch = self.watch.lock().await;
        let looked = in_time(async {
            let mut connection = match watch.take() {
                Some(it) => it,
                None => self.options.connect().await?,
            };
            connection.execute(read).await?;
            let asked = connection.fetch_one(SqlStr::from_static("SHOW transaction_read_only")).await?;
            *watch = Some(connection);
            asked.try_get::<String, _>(0)
        });
        match looked.await.map_err(|e| failed(&e))?.as_str() {
            "off" => Ok(()),
            _ => Err(unavailable("PostgreSQL only reads: it is a standby, or somebody made it so")),
        }
    }

    /// On a connection of its own, which tells what is wrong with it, as one of the pool does not.
    async fn alone(&self) -> Result<Box<dyn Alone>> {
        let begun = in_time(async {
            let mut connection = self.options.connect().await?;
            connection.execute(SqlStr::from_static("BEGIN")).await?;
            // What is done alone may take its time: an index of many rows, a table that is changed.
            connection.execute(SqlStr::from_static("SET LOCAL statement_timeout = 0")).await?;
            connection.execute(SqlStr::from_static(LOCK)).await?;
            Ok(connection)
        });
        Ok(Box::new(Transaction(begun.await.map_err(|e| failed(&e))?)))
    }
}

/// A transaction that holds our lock until its end. Closed without a commit, it has changed nothing.
struct Transaction(PgConnection);

#[async_trait]
impl Alone for Transaction {
    async fn run(&mut self, sql: SqlStr, args: Vec<Arg>) -> Result<Vec<Row>> {
        let query = sqlx::query_with(sql, for_postgres(args)?);
        query.fetch_all(&mut self.0).await.map(rows).map_err(|e| failed(&e))
    }

    async fn commit(mut self: Box<Self>) -> Result<()> {
        let end = async {
            self.0.execute(SqlStr::from_static("COMMIT")).await?;
            self.0.close().await
        };
        in_time(end).await.map_err(|e| failed(&e))
    }
}

/// The server will not have us as we come: wrong password, nobody of this name, no such database, no right to it. Not our
/// mistake either, and nothing that waiting helps against.
const FINAL: [&str; 4] = ["28P01", "28000", "3D000", "42501"];

/// Classes of errors that are no mistake of ours: connection, not enough of something, operator's wish, the machine
/// itself, and a server that only reads.
fn is_passing(code: &str) -> bool {
    ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class))
        || ["25006", "55P03", "40001", "40P01"].contains(&code)
        || FINAL.contains(&code)
}

fn failed(e: &sqlx::Error) -> Error {
    // The driver's own text names a line of PostgreSQL's source as well.
    match e.as_database_error().map(|it| (it.message(), it.code().unwrap_or_default())) {
        Some((what, code)) if is_passing(&code) => unavailable(format!("PostgreSQL says: {what} ({code})")),
        Some((what, code)) => Error::internal(format!("PostgreSQL says: {what} ({code})")),
        None if matches!(e, sqlx::Error::Encode(_) | sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)) => {
            Error::internal(format!("the store: {e}"))
        }
        None if matches!(e, sqlx::Error::PoolTimedOut) => {
            unavailable(format!("no connection to PostgreSQL was to be had within {PATIENCE:?}"))
        }
        None => unavailable(format!("PostgreSQL: {e}")),
    }
}
