//! The one who writes.
//!
//! All writes of this process go through one task. It takes what waits, carries it out in one transaction, and answers when
//! that is on the disk: a thousand who write at once wait for a few syncs and not for a thousand.
use super::{failed, primary, rows};
use crate::sql::{Arg, Row, for_sqlite};
use element::{Error, Result};
use sqlx::{Executor, SqlStr, SqliteConnection};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio::sync::{mpsc, oneshot};

/// How many writes share one sync at most.
const BATCH: usize = 256;
/// How many writes wait at most; who comes then waits outside.
const QUEUE: usize = 1024;

/// The way to the task that writes. It ends when nobody holds this any more.
#[derive(Debug)]
pub(super) struct Writer {
    wishes: mpsc::Sender<Wish>,
    /// A transaction could not be written, and nothing shows that it would be now: most that comes next may change nothing.
    trouble: Arc<AtomicBool>,
}

type Answer = Result<Vec<Row>>;

/// A statement that waits for its turn.
struct Wish {
    sql: SqlStr,
    args: Vec<Arg>,
    answer: oneshot::Sender<Answer>,
}

impl Writer {
    pub(super) fn start(mut connection: SqliteConnection) -> Self {
        let (wishes, mut asked) = mpsc::channel(QUEUE);
        let trouble = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&trouble);
        tokio::spawn(async move {
            let mut batch = Vec::new();
            while asked.recv_many(&mut batch, BATCH).await > 0 {
                if !carry_out(&mut connection, std::mem::take(&mut batch)).await {
                    told.store(true, Ordering::Relaxed);
                }
            }
        });
        Self { wishes, trouble }
    }

    pub(super) fn is_in_trouble(&self) -> bool {
        self.trouble.load(Ordering::Relaxed)
    }

    /// Something was written since.
    pub(super) fn is_well(&self) {
        self.trouble.store(false, Ordering::Relaxed);
    }

    pub(super) async fn write(&self, sql: SqlStr, args: Vec<Arg>) -> Answer {
        let (answer, told) = oneshot::channel();
        let gone = || Error::internal("the writer of the store is gone");
        self.wishes.send(Wish { sql, args, answer }).await.map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }
}

/// One transaction. A statement that fails changes nothing and leaves the others alone; if the whole cannot be written,
/// nothing is, and everybody is told. Was it?
async fn carry_out(connection: &mut SqliteConnection, batch: Vec<Wish>) -> bool {
    let mut waiting = batch.into_iter();
    let mut done = Vec::new();
    let whole = async {
        connection.execute(SqlStr::from_static("BEGIN IMMEDIATE")).await?;
        for Wish { sql, args, answer } in &mut waiting {
            let rows = match for_sqlite(args) {
                Ok(args) => rows(&mut *connection, sql, args).await,
                Err(e) => {
                    done.push((Err(e), answer));
                    continue;
                }
            };
            match rows {
                Err(e) if ends_the_transaction(&e) => {
                    done.push((Ok(Vec::new()), answer));
                    return Err(e);
                }
                rows => done.push((rows.map_err(|e| failed(&e)), answer)),
            }
        }
        connection.execute(SqlStr::from_static("COMMIT")).await.map(drop)
    };
    let failure = whole.await.err().map(|e| failed(&e));
    if failure.is_some() {
        // SQLite may have done that by itself; then there is nothing to roll back.
        drop(connection.execute(SqlStr::from_static("ROLLBACK")).await);
    }
    let untouched = waiting.map(|it| (Ok(Vec::new()), it.answer));
    for (answer, to) in done.into_iter().chain(untouched) {
        // Whoever went away meanwhile wants no answer.
        drop(to.send(match &failure {
            Some(failure) => Err(failure.clone()),
            None => answer,
        }));
    }
    failure.is_none()
}

/// After these SQLite ends the whole transaction: what came next would be carried out by itself, and be there although its
/// sender is told that it is not.
fn ends_the_transaction(e: &sqlx::Error) -> bool {
    // NOMEM, INTERRUPT, IOERR, FULL.
    matches!(primary(e), Some(7 | 9 | 10 | 13))
}
