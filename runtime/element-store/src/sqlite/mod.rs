//! SQLite: one file, one writer, many readers.
mod writer;

#[cfg(test)]
mod tests;

use crate::{
    sql::{Alone, Arg, Database, Dialect, Row, for_sqlite},
    unavailable,
};
use async_trait::async_trait;
use element::{Error, Result};
use sqlx::{
    ConnectOptions, Connection, Executor, SqlStr, SqliteConnection, SqlitePool,
    error::DatabaseError,
    sqlite::{SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{fs, io, os::unix::fs::OpenOptionsExt, path::Path, time::Duration};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep},
};
use writer::Writer;

/// How long to wait while another process writes.
const BUSY: Duration = Duration::from_secs(5);
/// Before it is tried again where SQLite itself waits for nobody.
const PAUSE: Duration = Duration::from_millis(10);
/// How many read at once.
const READERS: u32 = 4;

/// A database in a file.
#[derive(Debug)]
pub(crate) struct Sqlite {
    options: SqliteConnectOptions,
    readers: SqlitePool,
    writer: Writer,
    /// Looks whether the file can be read; nobody else waits for it.
    watch: Mutex<SqliteConnection>,
}

impl Sqlite {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// It cannot be made or opened, or is none of SQLite's: in words for the operator.
    pub(crate) async fn open(file: &Path) -> Result<Self, String> {
        make(file).map_err(|e| format!("it cannot be opened: {e}"))?;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .busy_timeout(BUSY)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            // After a burst the log does not keep the room that it took.
            .pragma("journal_size_limit", "67108864")
            .disable_statement_logging();
        let writer = Writer::start(connect(&options).await.map_err(|e| in_words(&e))?);
        let watch = Mutex::new(connect(&options).await.map_err(|e| in_words(&e))?);
        let reader = options.clone().pragma("query_only", "ON");
        let readers = SqlitePoolOptions::new().max_connections(READERS).test_before_acquire(false).connect_lazy_with(reader);
        Ok(Self { options, readers, writer, watch })
    }
}

/// Connects, and goes over to WAL the first time: for that SQLite waits for nobody, so it is tried again while another
/// process does the same.
async fn connect(options: &SqliteConnectOptions) -> Result<SqliteConnection, sqlx::Error> {
    let until = Instant::now() + BUSY;
    loop {
        match options.connect().await {
            Err(e) if primary(&e) == Some(5) && Instant::now() < until => sleep(PAUSE).await,
            other => return other,
        }
    }
}

/// The file, readable by its owner only: what elements keep is nobody else's business. What SQLite puts beside it gets the
/// same rights.
fn make(file: &Path) -> io::Result<()> {
    if let Some(folder) = file.parent().filter(|it| !it.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    fs::OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(file).map(drop)
}

async fn rows<'c>(
    on: impl Executor<'c, Database = sqlx::Sqlite>,
    sql: SqlStr,
    args: SqliteArguments,
) -> Result<Vec<Row>, sqlx::Error> {
    Ok(sqlx::query_with(sql, args).fetch_all(on).await?.into_iter().map(Row::Sqlite).collect())
}

#[async_trait]
impl Database for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn read(&self, sql: SqlStr, args: Vec<Arg>) -> Result<Vec<Row>> {
        rows(&self.readers, sql, for_sqlite(args)?).await.map_err(|e| failed(&e))
    }

    async fn write(&self, sql: SqlStr, args: Vec<Arg>) -> Result<Vec<Row>> {
        self.writer.write(sql, args).await
    }

    /// Reads; and writes, if that went wrong the last time.
    async fn ping(&self, read: SqlStr, write: SqlStr) -> Result<()> {
        rows(&mut *self.watch.lock().await, read, for_sqlite(Vec::new())?).await.map_err(|e| failed(&e))?;
        if self.writer.is_in_trouble() {
            self.writer.write(write, Vec::new()).await?;
            self.writer.is_well();
        }
        Ok(())
    }

    /// Only another process that writes goes away by itself.
    fn passes(&self, error: &Error) -> bool {
        error.internal.starts_with(IN_USE)
    }

    async fn alone(&self) -> Result<Box<dyn Alone>> {
        let mut connection = connect(&self.options).await.map_err(|e| failed(&e))?;
        connection.execute(SqlStr::from_static("BEGIN IMMEDIATE")).await.map_err(|e| failed(&e))?;
        Ok(Box::new(Transaction(connection)))
    }
}

/// A connection of its own, inside a transaction. Closed without a commit, it has changed nothing.
struct Transaction(SqliteConnection);

#[async_trait]
impl Alone for Transaction {
    async fn run(&mut self, sql: SqlStr, args: Vec<Arg>) -> Result<Vec<Row>> {
        rows(&mut self.0, sql, for_sqlite(args)?).await.map_err(|e| failed(&e))
    }

    async fn commit(mut self: Box<Self>) -> Result<()> {
        self.0.execute(SqlStr::from_static("COMMIT")).await.map_err(|e| failed(&e))?;
        self.0.close().await.map_err(|e| failed(&e))
    }
}

const IN_USE: &str = "another process does not let go of it";

/// SQLite's primary result codes that are no mistake of ours.
fn primary(e: &sqlx::Error) -> Option<u32> {
    let code = e.as_database_error().and_then(DatabaseError::code)?;
    code.parse::<u32>().ok().map(|it| it & 0xFF)
}

/// What went wrong, in words for the operator.
fn in_words(e: &sqlx::Error) -> String {
    let what = match primary(e) {
        Some(8) => "it can only be read: give whoever runs this host the right to write the file and its folder",
        Some(5 | 6) => IN_USE,
        Some(10) => "it cannot be read or written",
        Some(11 | 26) => {
            "it is damaged, or no database: put a backup in its place, or move it away, and its `-wal` and `-shm` with \
             it, to begin anew"
        }
        Some(13) => "the disk is full",
        Some(14) => "it cannot be opened",
        _ => return e.to_string(),
    };
    let said = e.as_database_error().map_or_else(|| e.to_string(), |it| it.message().to_owned());
    format!("{what} ({said})")
}

/// The same for whoever called.
fn failed(e: &sqlx::Error) -> Error {
    match (e, primary(e)) {
        (_, Some(5 | 6 | 8 | 10 | 11 | 13 | 14 | 26)) | (sqlx::Error::PoolTimedOut | sqlx::Error::Io(_), _) => {
            unavailable(in_words(e))
        }
        _ => Error::internal(format!("the store: {e}")),
    }
}
