//! Jobs: calls of internal methods that are made later, at least once, even if the host dies meanwhile.
use crate::{Caller, Ctx, ErrorParts, Result, host::Op};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A call to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewJob {
    /// The element's full name.
    pub element: String,
    /// Its method.
    pub method: String,
    /// The method's arguments, a JSON object.
    pub args: Value,
    /// Not before this time, in milliseconds since 1970.
    pub run_at: i64,
    /// After this many failures it is dead and waits for a person.
    pub max_attempts: u32,
}

/// Where a job stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum JobState {
    /// Waits for its time, or for its next try.
    Waiting,
    /// Somebody works on it until then (milliseconds since 1970), unless the lease is renewed.
    #[serde(rename_all = "camelCase")]
    Running {
        /// When the lease ends.
        leased_until: i64,
    },
    /// Done.
    Done {
        /// What the method gave.
        result: Value,
    },
    /// Failed for good: a person decides.
    Dead,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Steps done.
    pub done: u64,
    /// Steps in all; 0 while nobody knows.
    pub total: u64,
}

/// A job as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Its number.
    pub id: u64,
    /// The app it belongs to.
    pub app: String,
    /// What to call.
    #[serde(flatten)]
    pub call: NewJob,
    /// Who asked for it: whom the method sees as its caller.
    pub caller: Caller,
    /// Where it stands.
    pub state: JobState,
    /// How far it is.
    pub progress: Progress,
    /// How often it was begun.
    pub attempts: u32,
    /// The last failure.
    pub error: Option<ErrorParts>,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
}

/// The jobs of the addressed app; see [`Ctx::jobs`].
#[derive(Debug, Clone, Copy)]
pub struct Jobs<'a> {
    pub(crate) ctx: &'a Ctx,
}

impl Jobs<'_> {
    /// Puts a call on the list; it is durable when this returns. Gives the job's number.
    ///
    /// # Errors
    /// There is no such element or method, or the store cannot be reached.
    pub async fn start(&self, job: &NewJob) -> Result<u64> {
        self.ctx.ask(Op::JobStart, &job.element, &job.method, job).await
    }

    /// How a job stands; `None`: no such job in this app.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub async fn get(&self, id: u64) -> Result<Option<Job>> {
        self.ctx.ask(Op::JobGet, "", "", &id).await
    }
}
