//! What goes into a statement, and what comes out of it.
use element::{Error, Result};
use sqlx::{
    Arguments, ColumnIndex, Database, Decode, Type,
    postgres::{PgArguments, PgRow},
    sqlite::{SqliteArguments, SqliteRow},
};

/// A value for a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Arg {
    Text(String),
    Number(i64),
    MaybeNumber(Option<i64>),
    MaybeText(Option<String>),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Arg {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

/// Our numbers that are never negative count things; none of them comes near the end of 63 bits.
impl From<u64> for Arg {
    fn from(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Arg {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<Option<i64>> for Arg {
    fn from(number: Option<i64>) -> Self {
        Self::MaybeNumber(number)
    }
}

impl From<Option<String>> for Arg {
    fn from(text: Option<String>) -> Self {
        Self::MaybeText(text)
    }
}

macro_rules! arguments {
    ($name:ident, $all:ty) => {
        pub(crate) fn $name(args: Vec<Arg>) -> Result<$all> {
            let mut all = <$all>::default();
            for arg in args {
                let added = match arg {
                    Arg::Text(it) => all.add(it),
                    Arg::Number(it) => all.add(it),
                    Arg::MaybeNumber(it) => all.add(it),
                    Arg::MaybeText(it) => all.add(it),
                };
                added.map_err(|e| Error::internal(format!("a value does not fit a statement: {e}")))?;
            }
            Ok(all)
        }
    };
}

arguments!(for_sqlite, SqliteArguments);
arguments!(for_postgres, PgArguments);

/// A row, read by the numbers of its columns.
#[derive(Debug)]
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    pub(crate) fn text(&self, column: usize) -> Result<String> {
        match self {
            Self::Sqlite(it) => read(it, column),
            Self::Postgres(it) => read(it, column),
        }
    }

    pub(crate) fn maybe_text(&self, column: usize) -> Result<Option<String>> {
        match self {
            Self::Sqlite(it) => read(it, column),
            Self::Postgres(it) => read(it, column),
        }
    }

    pub(crate) fn number(&self, column: usize) -> Result<i64> {
        match self {
            Self::Sqlite(it) => read(it, column),
            Self::Postgres(it) => read(it, column),
        }
    }

    pub(crate) fn maybe_number(&self, column: usize) -> Result<Option<i64>> {
        match self {
            Self::Sqlite(it) => read(it, column),
            Self::Postgres(it) => read(it, column),
        }
    }

    /// A number of things.
    pub(crate) fn count(&self, column: usize) -> Result<u64> {
        let number = self.number(column)?;
        u64::try_from(number).map_err(|_| Error::internal(format!("the store counts {number} of something")))
    }
}

fn read<'r, R, T>(row: &'r R, column: usize) -> Result<T>
where
    R: sqlx::Row,
    usize: ColumnIndex<R>,
    T: Decode<'r, R::Database> + Type<R::Database>,
    R::Database: Database,
{
    row.try_get(column).map_err(|e| Error::internal(format!("the store holds something that nobody understands: {e}")))
}
