//! Jobs as rows of one table.
use super::{Arg, Dialect, Row, Sql};
use crate::{DONE_STAYS_MS, Leased, limits, lost_worker, news::News, seal::Place};
use async_trait::async_trait;
use element::{Caller, Error, ErrorParts, Job, JobState, NewJob, Progress, Result};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};
use std::{sync::Arc, time::Duration};

const COLUMNS: &str = "id, app, element, method, args, caller, state, due_at, run_at, max_attempts, attempts, fence, \
                       done, total, result, error, created_at";
/// Still its worker's: `$1` the job, `$2` the fence.
const HELD: &str = "id = $1 AND fence = $2 AND state = 'running'";

/// A job that this host cannot read waits so long for another one, in milliseconds.
const UNREADABLE_MS: i64 = 30_000;

/// Where a job's documents are.
fn place<'a>(app: &'a str, what: &'a str) -> Place<'a> {
    ["job", app, what, ""]
}

/// See [`Jobs`](crate::Jobs).
#[derive(Debug)]
pub(crate) struct SqlJobs {
    sql: Arc<Sql>,
    /// What this process changes; others look again now and then.
    news: News,
}

impl SqlJobs {
    pub(crate) fn new(sql: Arc<Sql>) -> Self {
        Self { sql, news: News::default() }
    }

    /// Changes one job if the condition of the statement holds; did it?
    async fn change(&self, sql: impl Into<String>, args: Vec<Arg>) -> Result<bool> {
        self.sql.seal()?;
        let sql = AssertSqlSafe(sql.into()).into_sql_str();
        Ok(!self.sql.database.write(sql, args).await?.is_empty())
    }

    fn leased(&self, row: &Row) -> Result<Leased> {
        Ok(Leased { job: self.job(row)?, fence: row.count(11)? })
    }

    fn job(&self, row: &Row) -> Result<Job> {
        let (id, app) = (row.count(0)?, row.text(1)?);
        let seal = self.sql.seal()?;
        let text = |it: Option<String>| it.ok_or_else(|| Error::internal(format!("the job {id} is not whole")));
        let due_at = row.maybe_number(7)?;
        let state = match &*row.text(6)? {
            "waiting" => JobState::Waiting,
            "running" => JobState::Running { leased_until: due_at.unwrap_or_default() },
            "done" => JobState::Done { result: seal.open(place(&app, "result"), &text(row.maybe_text(14)?)?)? },
            _ => JobState::Dead,
        };
        Ok(Job {
            call: NewJob {
                element: row.text(2)?,
                method: row.text(3)?,
                args: seal.open(place(&app, "args"), &row.text(4)?)?,
                run_at: row.number(8)?,
                max_attempts: few(row.count(9)?),
            },
            caller: read(&row.text(5)?)?,
            state,
            progress: Progress { done: row.count(12)?, total: row.count(13)? },
            attempts: few(row.count(10)?),
            error: row.maybe_text(15)?.as_deref().map(read).transpose()?,
            created_at: row.number(16)?,
            app,
            id,
        })
    }

    /// What has been due for the longest time, running from now on; also if it has used up its attempts. `only`: this job,
    /// if it is due.
    async fn take(&self, only: Option<u64>, until: i64) -> Result<Option<Leased>> {
        let lock = match self.sql.database.dialect() {
            // There is one writer.
            Dialect::Sqlite => "",
            Dialect::Postgres => "FOR UPDATE SKIP LOCKED",
        };
        let sql = format!(
            "UPDATE element_jobs SET state = 'running', due_at = $2, attempts = attempts + 1, fence = fence + 1 \
             WHERE id = (SELECT id FROM element_jobs WHERE state IN ('waiting', 'running') AND due_at <= $1 \
                         AND ($3 IS NULL OR id = $3) ORDER BY due_at, id LIMIT 1 {lock}) RETURNING {COLUMNS}"
        );
        let now = self.sql.clock.now();
        let only = only.map(|it| i64::try_from(it).unwrap_or(i64::MAX));
        let args = vec![now.into(), until.into(), only.into()];
        let rows = self.sql.database.write(AssertSqlSafe(sql).into_sql_str(), args).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        match self.leased(row) {
            Ok(leased) => Ok(Some(leased)),
            // It is not for this host, which has another key or is older: a failed attempt, as any other.
            Err(e) => {
                crate::Jobs::fail(self, row.count(0)?, row.count(11)?, (*e).clone(), now.saturating_add(UNREADABLE_MS))
                    .await?;
                Err(e)
            }
        }
    }

    /// A job that was lost in its last attempt.
    async fn bury(&self, job: &Job, fence: u64) -> Result<()> {
        let attempts = job.call.max_attempts;
        let args = vec![job.id.into(), fence.into(), attempts.into(), write(&lost_worker(attempts))?.into()];
        let sql = format!(
            "UPDATE element_jobs SET state = 'dead', due_at = NULL, attempts = $3, error = $4 WHERE {HELD} RETURNING id"
        );
        let died = self.change(sql, args).await?;
        self.news.tell(died);
        Ok(())
    }
}

#[async_trait]
impl crate::Jobs for SqlJobs {
    async fn add(&self, app: &str, job: NewJob, caller: Caller) -> Result<u64> {
        limits::job(&job)?;
        let args = self.sql.seal()?.close(place(app, "args"), &job.args)?;
        let sql = "INSERT INTO element_jobs (app, element, method, args, caller, state, due_at, run_at, max_attempts, \
                       attempts, fence, done, total, created_at) \
                   VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $6, $7, 0, 0, 0, 0, $8) RETURNING id";
        let now = self.sql.clock.now();
        let args: Vec<Arg> = vec![
            app.into(),
            job.element.into(),
            job.method.into(),
            args.into(),
            write(&caller)?.into(),
            job.run_at.into(),
            job.max_attempts.into(),
            now.into(),
        ];
        let rows = self.sql.database.write(SqlStr::from_static(sql), args).await?;
        let id = rows.first().map_or_else(|| Err(Error::internal("a job without a number")), |it| it.count(0))?;
        self.news.tell(true);
        Ok(id)
    }

    async fn get(&self, app: &str, id: u64) -> Result<Option<Job>> {
        self.sql.seal()?;
        let sql = format!(
            "SELECT {COLUMNS} FROM element_jobs WHERE id = $1 AND app = $2 AND NOT (state = 'done' AND due_at <= $3)"
        );
        let args = vec![id.into(), app.into(), self.sql.clock.now().into()];
        let rows = self.sql.database.read(AssertSqlSafe(sql).into_sql_str(), args).await?;
        rows.first().map(|it| self.job(it)).transpose()
    }

    async fn lease(&self, only: Option<u64>, ttl_ms: u64) -> Result<Option<Leased>> {
        limits::ttl(ttl_ms)?;
        self.sql.seal()?;
        while let Some(leased) = self.take(only, limits::ends_at(self.sql.clock.now(), ttl_ms)).await? {
            if leased.job.attempts <= leased.job.call.max_attempts {
                return Ok(Some(leased));
            }
            self.bury(&leased.job, leased.fence).await?;
        }
        Ok(None)
    }

    async fn renew(&self, id: u64, fence: u64, ttl_ms: u64) -> Result<bool> {
        limits::ttl(ttl_ms)?;
        let until = limits::ends_at(self.sql.clock.now(), ttl_ms);
        let sql = format!("UPDATE element_jobs SET due_at = $3 WHERE {HELD} RETURNING id");
        self.change(sql, vec![id.into(), fence.into(), until.into()]).await
    }

    async fn progress(&self, id: u64, fence: u64, progress: Progress) -> Result<bool> {
        let sql = format!("UPDATE element_jobs SET done = $3, total = $4 WHERE {HELD} RETURNING id");
        self.change(sql, vec![id.into(), fence.into(), progress.done.into(), progress.total.into()]).await
    }

    async fn finish(&self, id: u64, fence: u64, result: Value) -> Result<bool> {
        limits::document(&result)?;
        let seal = self.sql.seal()?;
        let sql = AssertSqlSafe(format!("SELECT app FROM element_jobs WHERE {HELD}")).into_sql_str();
        let rows = self.sql.database.read(sql, vec![id.into(), fence.into()]).await?;
        let Some(row) = rows.first() else { return Ok(false) };
        let result = seal.close(place(&row.text(0)?, "result"), &result)?;
        let gone_at = self.sql.clock.now().saturating_add(DONE_STAYS_MS);
        let sql = format!("UPDATE element_jobs SET state = 'done', due_at = $3, result = $4 WHERE {HELD} RETURNING id");
        let held = self.change(sql, vec![id.into(), fence.into(), gone_at.into(), result.into()]).await?;
        Ok(self.news.tell(held))
    }

    async fn fail(&self, id: u64, fence: u64, error: ErrorParts, retry_at: i64) -> Result<bool> {
        let sql = format!(
            "UPDATE element_jobs SET error = $3, \
                 run_at = CASE WHEN attempts >= max_attempts THEN run_at ELSE $4 END, \
                 due_at = CASE WHEN attempts >= max_attempts THEN NULL ELSE $4 END, \
                 state = CASE WHEN attempts >= max_attempts THEN 'dead' ELSE 'waiting' END \
             WHERE {HELD} RETURNING id"
        );
        let changed = self.change(sql, vec![id.into(), fence.into(), write(&error)?.into(), retry_at.into()]).await?;
        Ok(self.news.tell(changed))
    }

    async fn retry(&self, app: &str, id: u64) -> Result<bool> {
        let sql = "UPDATE element_jobs SET state = 'waiting', attempts = 0, run_at = $3, due_at = $3 \
                   WHERE id = $1 AND app = $2 AND state = 'dead' RETURNING id";
        let changed = self.change(sql, vec![id.into(), app.into(), self.sql.clock.now().into()]).await?;
        Ok(self.news.tell(changed))
    }

    async fn changed(&self, seen: u64, at_most: Duration) -> u64 {
        self.news.wait(seen, at_most).await
    }
}

fn few(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn write(it: &impl Serialize) -> Result<String> {
    serde_json::to_string(it).map_err(|e| Error::internal(e.to_string()))
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| Error::internal(format!("a job of the store cannot be understood: {e}")))
}
