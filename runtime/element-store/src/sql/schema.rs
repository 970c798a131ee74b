//! The tables, and how they came to be: steps that are only ever added.
use super::{Alone, Dialect, Row, Sql};
use element::{Error, ErrorKind, Result};
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

/// How a table was made and changed, in order. A store remembers how many of these it has seen. `{…}` stands for what
/// the databases say differently.
const STEPS: &[&[&str]] = &[&[
    "CREATE TABLE element_records (
        sequence {id},
        app TEXT NOT NULL,
        collection TEXT NOT NULL,
        key {ordered text} NOT NULL,
        document TEXT NOT NULL,
        version BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        expires_at BIGINT,
        UNIQUE (app, collection, key)
    )",
    "CREATE INDEX element_records_end ON element_records (expires_at) WHERE expires_at IS NOT NULL",
    // `due_at`: when somebody may take it, or, if it is done, when it goes; NULL if it is dead.
    "CREATE TABLE element_jobs (
        id {id},
        app TEXT NOT NULL,
        element TEXT NOT NULL,
        method TEXT NOT NULL,
        args TEXT NOT NULL,
        caller TEXT NOT NULL,
        state TEXT NOT NULL,
        due_at BIGINT,
        run_at BIGINT NOT NULL,
        max_attempts BIGINT NOT NULL,
        attempts BIGINT NOT NULL,
        fence BIGINT NOT NULL,
        done BIGINT NOT NULL,
        total BIGINT NOT NULL,
        result TEXT,
        error TEXT,
        created_at BIGINT NOT NULL
    )",
    "CREATE INDEX element_jobs_due ON element_jobs (due_at, id) WHERE state IN ('waiting', 'running')",
    "CREATE INDEX element_jobs_done ON element_jobs (due_at) WHERE state = 'done'",
    // A whole number is in `number`, so that it can be added to; anything else is in `value`.
    "{postgres} CREATE TABLE element_keys (
        scope TEXT NOT NULL,
        name TEXT NOT NULL,
        value TEXT,
        number BIGINT,
        expires_at BIGINT NOT NULL,
        PRIMARY KEY (scope, name)
    )",
    "{postgres} CREATE INDEX element_keys_end ON element_keys (expires_at)",
    "{postgres} CREATE TABLE element_leases (
        scope TEXT NOT NULL,
        name TEXT NOT NULL,
        fence BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        PRIMARY KEY (scope, name)
    )",
    "{postgres} CREATE INDEX element_leases_end ON element_leases (expires_at)",
    // The engines in memory and in Redis count from the clock's microseconds on: whoever moves here from there with a new
    // database goes on growing.
    "{postgres} CREATE SEQUENCE element_fence START WITH {now in microseconds}",
]];

/// Brings the tables up to date.
///
/// # Errors
/// The database cannot be reached. `Ok(Err(…))`: it was made by a newer program, in words for the operator.
pub(crate) async fn migrate(sql: &Sql) -> Result<Result<(), String>> {
    let known = STEPS.len();
    let seen = match number(sql.about(SCHEMA).await?)? {
        // Nobody has to wait for whoever starts last.
        seen if seen == known => return Ok(Ok(())),
        seen if seen > known => seen,
        _ => {
            let mut alone = sql.database.alone().await?;
            alone.run(SqlStr::from_static(ABOUT), Vec::new()).await?;
            let seen = number(about(&mut *alone, SCHEMA).await?)?;
            let missing: Vec<&str> = STEPS.get(seen..).unwrap_or_default().concat();
            for statement in missing {
                if let Some(statement) = in_dialect(statement, sql.database.dialect(), sql.clock.now()) {
                    alone.run(AssertSqlSafe(statement).into_sql_str(), Vec::new()).await?;
                }
            }
            if seen < known {
                remember(&mut *alone, SCHEMA, &known.to_string()).await?;
                alone.commit().await?;
            }
            seen
        }
    };
    Ok(match seen > known {
        true => Err(format!(
            "it was made by a newer version of this program: its schema is {seen}, and this program knows up to {known}; \
             update this host"
        )),
        false => Ok(()),
    })
}

/// How many steps a store has seen.
fn number(remembered: Option<String>) -> Result<usize> {
    let Some(text) = remembered else { return Ok(0) };
    text.parse().map_err(|_| Error::internal(format!("the store says that its schema is {text:?}")))
}

/// `None`: it is for the other one.
fn in_dialect(statement: &str, dialect: Dialect, now: i64) -> Option<String> {
    let (id, ordered) = match dialect {
        Dialect::Sqlite => ("INTEGER PRIMARY KEY AUTOINCREMENT", "TEXT"),
        Dialect::Postgres => ("BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "TEXT COLLATE \"C\""),
    };
    let statement = match statement.strip_prefix("{postgres} ") {
        Some(_) if dialect == Dialect::Sqlite => return None,
        Some(it) => it,
        None => statement,
    };
    let now = now.max(1).saturating_mul(1000).to_string();
    Some(statement.replace("{id}", id).replace("{ordered text}", ordered).replace("{now in microseconds}", &now))
}

/// What the store remembers of itself: its schema, and which key it was begun with.
const ABOUT: &str = "CREATE TABLE IF NOT EXISTS element_about (name TEXT PRIMARY KEY, value TEXT NOT NULL)";
const SCHEMA: &str = "schema";
const ASK_ABOUT: &str = "SELECT value FROM element_about WHERE name = $1";

impl Sql {
    /// Is there somebody at all? Tells why not, where whoever waits for one of many connections is only told that there is none.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub(crate) async fn knock(&self) -> Result<()> {
        self.database.ping(SqlStr::from_static("SELECT 1"), SqlStr::from_static("SELECT 1")).await
    }

    /// What the store remembers of itself; `None` also if it is no store yet.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub(crate) async fn about(&self, name: &str) -> Result<Option<String>> {
        match self.database.read(SqlStr::from_static(ASK_ABOUT), vec![name.into()]).await {
            Ok(rows) => rows.first().map(|it| it.text(0)).transpose(),
            // There is no such table; whatever else it may be, making it will tell.
            Err(e) if e.kind == ErrorKind::Internal => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Does it answer, and can it be written to?
    ///
    /// # Errors
    /// It does not, or it cannot.
    pub(crate) async fn ping(&self) -> Result<()> {
        let read = "SELECT value FROM element_about WHERE name = 'schema'";
        // Another value each time: what changes nothing is not written.
        let write = format!(
            "INSERT INTO element_about (name, value) VALUES ('ping', '{}') \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            self.clock.now()
        );
        self.database.ping(SqlStr::from_static(read), AssertSqlSafe(write).into_sql_str()).await
    }
}

/// The same for whoever is alone.
pub(crate) async fn about(alone: &mut dyn Alone, name: &str) -> Result<Option<String>> {
    let rows = alone.run(SqlStr::from_static(ASK_ABOUT), vec![name.into()]).await?;
    rows.first().map(|it: &Row| it.text(0)).transpose()
}

pub(crate) async fn remember(alone: &mut dyn Alone, name: &str, value: &str) -> Result<()> {
    let sql = "INSERT INTO element_about (name, value) VALUES ($1, $2) \
               ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    alone.run(SqlStr::from_static(sql), vec![name.into(), value.into()]).await.map(drop)
}
