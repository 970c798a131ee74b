//! Misbehaviour on demand: the next calls of an API answer something else, or late.

use serde::{Deserialize, Serialize};

use crate::api;

/// The longest delay: a test that waits longer has hung.
const LONGEST_MS: u64 = 600_000;

/// The path of a fault that hits whatever is called.
const ANY: &str = "*";

/// What happens to the next `times` calls of `path`. Faults of one path are served in the order given.
///
/// As JSON: `{"path": "/cgi-bin/user/get", "times": 2, "errcode": -1}`, or in place of `errcode`
/// (with `errmsg` if wanted) `"httpStatus": 502`, `"truncate": true` or `"drop": true`; `"latencyMs":
/// 250` alone or with any of them; `times` is 1 when left out. The path `*` is any call.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Fault {
    /// One of the APIs served, such as `/cgi-bin/gettoken`, or `*` for any of them.
    pub path: String,
    /// How many calls are still to be hit.
    pub times: u32,
    /// How long the call waits first, in real milliseconds.
    pub latency_ms: u64,
    /// What it then answers.
    pub effect: Effect,
}

/// What a faulty call answers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Effect {
    /// What it would have answered anyway; for latency.
    None,
    /// This errcode, and nothing is done: a code is not consumed.
    Errcode {
        /// Such as -1, 42001, 45009.
        code: i64,
        /// In place of the usual text.
        message: Option<String>,
    },
    /// This HTTP status with a small HTML page, as a proxy in between would; nothing is done.
    HttpStatus(u16),
    /// The call is done, and its answer breaks off in the middle.
    Truncate,
    /// The call is done, and the connection breaks off without a whole answer.
    Drop,
}

/// A fault as it stands in JSON.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    path: String,
    #[serde(default = "once")]
    times: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    latency_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    errcode: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    errmsg: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    http_status: Option<u16>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    truncate: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    drop: bool,
}

impl TryFrom<Written> for Fault {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { path, times, latency_ms, errcode, errmsg, http_status, truncate, drop } = written;
        let effect = match (errcode, http_status, truncate, drop) {
            (Some(code), None, false, false) => Effect::Errcode { code, message: errmsg.clone() },
            (None, Some(status), false, false) => Effect::HttpStatus(status),
            (None, None, true, false) => Effect::Truncate,
            (None, None, false, true) => Effect::Drop,
            (None, None, false, false) if latency_ms.is_some() => Effect::None,
            _ => return Err("write one of errcode, httpStatus, truncate and drop, or latencyMs alone".into()),
        };
        if errmsg.is_some() && errcode.is_none() {
            return Err("errmsg goes with errcode".into());
        }
        Ok(Self { path, times, latency_ms: latency_ms.unwrap_or(0), effect })
    }
}

impl From<Fault> for Written {
    fn from(fault: Fault) -> Self {
        let Fault { path, times, latency_ms, effect } = fault;
        let latency_ms = (latency_ms > 0 || effect == Effect::None).then_some(latency_ms);
        let (truncate, drop) = (effect == Effect::Truncate, effect == Effect::Drop);
        let (errcode, errmsg, http_status) = match effect {
            Effect::Errcode { code, message } => (Some(code), message, None),
            Effect::HttpStatus(status) => (None, None, Some(status)),
            Effect::None | Effect::Truncate | Effect::Drop => (None, None, None),
        };
        Self { path, times, latency_ms, errcode, errmsg, http_status, truncate, drop }
    }
}

impl Fault {
    /// What is wrong with it, and what to write. A misspelled path would otherwise wait for ever.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.path != ANY && !api::paths().any(|path| path == self.path) {
            let paths = api::paths().collect::<Vec<_>>().join(", ");
            return Err(format!("path `{}` is not served; write one of {paths}, or * for any", self.path));
        }
        if self.times == 0 {
            return Err("times must be 1 or more".into());
        }
        if self.latency_ms > LONGEST_MS {
            return Err(format!("latencyMs must be at most {LONGEST_MS}"));
        }
        match &self.effect {
            Effect::Errcode { code: 0, .. } => Err("errcode 0 is success; write another".into()),
            Effect::HttpStatus(status) if !(200..600).contains(status) => Err("httpStatus must be 200 to 599".into()),
            _ => Ok(()),
        }
    }
}

fn once() -> u32 {
    1
}

#[derive(Default)]
pub(crate) struct Faults {
    waiting: Vec<Fault>,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) -> usize {
        self.waiting.push(fault);
        self.waiting.len()
    }

    /// The fault that hits this call, if any.
    pub(crate) fn next(&mut self, path: &str) -> Option<Fault> {
        let at = self.waiting.iter().position(|fault| fault.path == path || fault.path == ANY)?;
        let hit = self.waiting[at].clone();
        self.waiting[at].times -= 1;
        if self.waiting[at].times == 0 {
            self.waiting.remove(at);
        }
        Some(hit)
    }

    pub(crate) fn waiting(&self) -> &[Fault] {
        &self.waiting
    }

    pub(crate) fn clear(&mut self) -> usize {
        std::mem::take(&mut self.waiting).len()
    }
}
