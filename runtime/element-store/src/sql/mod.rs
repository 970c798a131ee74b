//! Records and jobs in a database. What is asked is written once, in SQL that SQLite and PostgreSQL both understand; a
//! [`Database`] carries it out.
//!
//! Nearly everything is one statement, so that a database needs no lock of ours: it holds, or it changed nothing.
mod index;
mod jobs;
mod records;
pub(crate) mod rotate;
mod row;
pub(crate) mod schema;
mod sweep;

pub(crate) use jobs::SqlJobs;
pub(crate) use records::SqlRecords;
pub(crate) use row::{Arg, Row, for_postgres, for_sqlite};
pub(crate) use sweep::sweep;

use crate::seal::{LateSeal, Seal};
use async_trait::async_trait;
use element::{Error, Result, host::Clock};
use sqlx::SqlStr;
use std::{fmt::Debug, sync::Arc};

/// What the two say differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// Carries statements out. Every method gives `Unavailable` when the database cannot be reached, or cannot write.
#[async_trait]
pub(crate) trait Database: Send + Sync + Debug {
    fn dialect(&self) -> Dialect;

    /// What a statement finds that changes nothing.
    async fn read(&self, sql: SqlStr, args: Vec<Arg>) -> Result<Vec<Row>>;

    /// What a statement gives that may change something; durable when this returns.
    async fn write(&self, sql: SqlStr, args: Vec<Arg>) -> Result<Vec<Row>>;

    /// Does it answer, and can it be written to? Looked at beside all who read and write, who may be many.
    async fn ping(&self, read: SqlStr, write: SqlStr) -> Result<()>;

    /// Can this error, of the first thing that was asked, pass by itself?
    fn passes(&self, error: &Error) -> bool;

    /// A transaction that nobody else's runs beside, of this host or another one.
    async fn alone(&self) -> Result<Box<dyn Alone>>;
}

/// See [`Database::alone`]. Dropped, it has changed nothing.
#[async_trait]
pub(crate) trait Alone: Send {
    /// Carries out one statement.
    async fn run(&mut self, sql: SqlStr, args: Vec<Arg>) -> Result<Vec<Row>>;

    /// What was run is durable when this returns.
    async fn commit(self: Box<Self>) -> Result<()>;
}

/// A database with what is needed to use it.
#[derive(Debug)]
pub(crate) struct Sql {
    pub(crate) database: Box<dyn Database>,
    pub(crate) clock: Arc<dyn Clock>,
    late_seal: Arc<LateSeal>,
}

impl Sql {
    pub(crate) fn new(database: Box<dyn Database>, clock: Arc<dyn Clock>, late_seal: Arc<LateSeal>) -> Self {
        Self { database, clock, late_seal }
    }

    pub(crate) fn seal(&self) -> Result<&Seal> {
        self.late_seal.get()
    }
}
