//! SQLite: one file, one writer, many readers.
//!
//! All writes of this process go through one task. It takes what waits, carries it out in one transaction, and answers when
//! that is on the disk: a thousand who write at once wait for a few syncs and not for a thousand.
use crate::{
    sql::{Alone, Arg, Database, Dialect, Row, for_sqlite},
    unavailable,
};
use async_trait::async_trait;
use element::{Error, Result};
use sqlx::{
    ConnectOptions, Connection, Executor, SqlStr, SqliteConnection, SqlitePool,
    error::DatabaseError,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{fs, io, os::unix::fs::OpenOptionsExt, path::Path, time::Duration};
use tokio::sync::{mpsc, oneshot};

/// How long to wait while another process writes.
const BUSY: Duration = Duration::from_secs(5);
/// How many read at once.
const READERS: u32 = 4;
/// How many writes share one sync at most.
const BATCH: usize = 256;
/// How many writes wait at most; who comes then waits outside.
const QUEUE: usize = 1024;

/// A database in a file.
#[derive(Debug)]
pub(crate) struct Sqlite {
    options: SqliteConnectOptions,
    readers: SqlitePool,
    writes: mpsc::Sender<Wish>,
}

/// A statement that waits for the writer.
struct Wish {
    sql: SqlStr,
    args: Vec<Arg>,
    answer: oneshot::Sender<Result<Vec<Row>>>,
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
            // Before everything else: going over to WAL waits for nobody without it.
            .busy_timeout(BUSY)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            // After a burst the log does not keep the room that it took.
            .pragma("journal_size_limit", "67108864")
            .disable_statement_logging();
        let writer = options.connect().await.map_err(|e| in_words(&e))?;
        let reader = options.clone().pragma("query_only", "ON");
        let readers = SqlitePoolOptions::new().max_connections(READERS).test_before_acquire(false).connect_lazy_with(reader);
        let (writes, wishes) = mpsc::channel(QUEUE);
        tokio::spawn(write_all(writer, wishes));
        Ok(Self { options, readers, writes })
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

/// Until nobody is left who could write.
async fn write_all(mut writer: SqliteConnection, mut wishes: mpsc::Receiver<Wish>) {
    let mut batch = Vec::new();
    while wishes.recv_many(&mut batch, BATCH).await > 0 {
        let answers = carry_out(&mut writer, &mut batch).await;
        for (answer, to) in answers {
            // Whoever went away meanwhile wants no answer.
            drop(to.send(answer));
        }
    }
}

type Answers = Vec<(Result<Vec<Row>>, oneshot::Sender<Result<Vec<Row>>>)>;

/// One transaction. A statement that fails changes nothing and leaves the others alone; if the whole cannot be written,
/// nobody is told that it was.
async fn carry_out(writer: &mut SqliteConnection, batch: &mut Vec<Wish>) -> Answers {
    let begun = writer.execute(SqlStr::from_static("BEGIN IMMEDIATE")).await;
    if let Err(e) = begun {
        return batch.drain(..).map(|it| (Err(failed(&e)), it.answer)).collect();
    }
    let mut answers = Vec::with_capacity(batch.len());
    for wish in batch.drain(..) {
        let answer = run(writer, wish.sql, wish.args).await;
        answers.push((answer, wish.answer));
    }
    // On a full disk SQLite may have ended the transaction by itself: then this fails, too.
    if let Err(e) = writer.execute(SqlStr::from_static("COMMIT")).await {
        let rolled_back = writer.execute(SqlStr::from_static("ROLLBACK")).await;
        if let Err(e) = rolled_back {
            tracing::debug!("nothing to roll back: {e}");
        }
        for (answer, _) in &mut answers {
            if answer.is_ok() {
                *answer = Err(failed(&e));
            }
        }
    }
    answers
}

async fn run(connection: &mut SqliteConnection, sql: SqlStr, args: Vec<Arg>) -> Result<Vec<Row>> {
    let rows = sqlx::query_with(sql, for_sqlite(args)?).fetch_all(connection).await;
    rows.map(|rows| rows.into_iter().map(Row::Sqlite).collect()).map_err(|e| failed(&e))
}

#[async_trait]
impl Database for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn read(&self, sql: SqlStr, args: Vec<Arg>) -> Result<Vec<Row>> {
        let rows = sqlx::query_with(sql, for_sqlite(args)?).fetch_all(&self.readers).await;
        rows.map(|rows| rows.into_iter().map(Row::Sqlite).collect()).map_err(|e| failed(&e))
    }

    async fn write(&self, sql: SqlStr, args: Vec<Arg>) -> Result<Vec<Row>> {
        let (answer, told) = oneshot::channel();
        let gone = || Error::internal("the writer of the store is gone");
        self.writes.send(Wish { sql, args, answer }).await.map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }

    /// Only another process that writes goes away by itself.
    fn passes(&self, error: &Error) -> bool {
        error.internal.starts_with(IN_USE)
    }

    async fn alone(&self) -> Result<Box<dyn Alone>> {
        let mut connection = self.options.connect().await.map_err(|e| failed(&e))?;
        connection.execute(SqlStr::from_static("BEGIN IMMEDIATE")).await.map_err(|e| failed(&e))?;
        Ok(Box::new(Transaction(connection)))
    }
}

/// A connection of its own, inside a transaction. Closed without a commit, it has changed nothing.
struct Transaction(SqliteConnection);

#[async_trait]
impl Alone for Transaction {
    async fn run(&mut self, sql: SqlStr, args: Vec<Arg>) -> Result<Vec<Row>> {
        run(&mut self.0, sql, args).await
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OpenStore, Store, StoreAddress};
    use element::{
        ErrorKind,
        host::{SeededRandom, SystemClock, Write},
    };
    use serde_json::json;
    use std::sync::Arc;
    use tempfile::TempDir;

    fn sql(text: &'static str) -> SqlStr {
        SqlStr::from_static(text)
    }

    /// A database whose file may have this many pages more: the disk is full behind them.
    async fn leave_room(database: &Sqlite, pages: i64) {
        let count = database.write(sql("PRAGMA page_count"), Vec::new()).await.unwrap()[0].number(0).unwrap();
        let most = format!("PRAGMA max_page_count = {}", count + pages);
        database.write(sqlx::SqlSafeStr::into_sql_str(sqlx::AssertSqlSafe(most)), Vec::new()).await.unwrap();
    }

    #[tokio::test]
    async fn on_a_full_disk_nothing_is_acknowledged_and_nothing_is_lost() {
        let folder = TempDir::new().unwrap();
        let database = Sqlite::open(&folder.path().join("a.db")).await.unwrap();
        database.write(sql("CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT)"), Vec::new()).await.unwrap();
        leave_room(&database, 20).await;
        let (mut acknowledged, large) = (0, "x".repeat(8000));
        let error = loop {
            let args = vec![Arg::Number(acknowledged), Arg::Text(large.clone())];
            match database.write(sql("INSERT INTO t VALUES ($1, $2)"), args).await {
                Ok(_) => acknowledged += 1,
                Err(e) => break e,
            }
        };
        assert!(acknowledged > 0 && error.kind == ErrorKind::Unavailable, "{error:?}");
        assert!(error.internal.contains("the disk is full"), "{error:?}");
        let count = async || database.read(sql("SELECT COUNT(*) FROM t"), Vec::new()).await.unwrap()[0].number(0).unwrap();
        assert_eq!(count().await, acknowledged);
        // What needs no room goes on, and with room everything does.
        database.write(sql("UPDATE t SET text = 'y' WHERE n = 0"), Vec::new()).await.unwrap();
        leave_room(&database, 1000).await;
        let args = vec![Arg::Number(acknowledged), Arg::Text(large)];
        database.write(sql("INSERT INTO t VALUES ($1, $2)"), args).await.unwrap();
        assert_eq!(count().await, acknowledged + 1);
    }

    /// Of many that share a sync, one that cannot be carried out takes none of the others with it.
    #[tokio::test]
    async fn writes_that_go_together_fail_alone() {
        let folder = TempDir::new().unwrap();
        let database = Arc::new(Sqlite::open(&folder.path().join("a.db")).await.unwrap());
        database.write(sql("CREATE TABLE t (n INTEGER PRIMARY KEY)"), Vec::new()).await.unwrap();
        let writes = (0..1000).map(|n| {
            let database = database.clone();
            async move { database.write(sql("INSERT INTO t VALUES ($1) RETURNING n"), vec![Arg::Number(n / 2)]).await }
        });
        let all = writes.collect::<tokio::task::JoinSet<_>>().join_all().await;
        assert_eq!(all.iter().filter(|it| it.is_ok()).count(), 500);
        let rows = database.read(sql("SELECT COUNT(*) FROM t"), Vec::new()).await.unwrap();
        assert_eq!(rows[0].number(0), Ok(500));
    }

    /// Another process that writes for long makes others wait, and no longer than is said.
    #[tokio::test]
    async fn a_store_that_another_process_holds_is_away_until_it_lets_go() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("a.db");
        let other = Sqlite::open(&file).await.unwrap();
        let held = other.alone().await.unwrap();
        let open = OpenStore {
            store: StoreAddress::Sqlite(file),
            cache: None,
            master_key: Some("07".repeat(32).parse().unwrap()),
            former_key: None,
        };
        let store = Store::open(open, Arc::new(SystemClock), Arc::new(SeededRandom::new(1))).await.unwrap();
        assert!(store.trouble().is_some_and(|it| it.starts_with(IN_USE)), "{:?}", store.trouble());
        drop(held);
        store.condition().wait_for(|it| *it == crate::Condition::Ready).await.unwrap();
        let write = Write { value: json!(1), ..Write::default() };
        assert_eq!(store.records.put("a", "c", "k", write).await, Ok(1));
    }
}
