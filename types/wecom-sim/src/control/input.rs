//! What comes in to the control API, and how a mistake in it is told.

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::codes::{CodeFor, Who};
use crate::limits::Limits;
use crate::sim::Refused;

/// A mistake: `{"error": "what is wrong and what to write"}`.
#[derive(Debug)]
pub(crate) struct Wrong {
    status: StatusCode,
    what: String,
}

impl Wrong {
    pub(crate) fn at(status: StatusCode, what: impl Into<String>) -> Self {
        Self { status, what: what.into() }
    }
}

impl From<String> for Wrong {
    fn from(what: String) -> Self {
        Self::at(StatusCode::BAD_REQUEST, what)
    }
}

impl From<Refused> for Wrong {
    fn from(Refused(what): Refused) -> Self {
        what.into()
    }
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.what }))).into_response()
    }
}

/// The body as text. It must be declared as JSON: a page elsewhere in the browser cannot do that
/// without asking first, and nobody answers it.
pub(crate) fn text(headers: &HeaderMap, body: &[u8]) -> Result<String, Wrong> {
    let declared = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = declared.unwrap_or_default().split(';').next().unwrap_or_default();
    if !kind.trim().eq_ignore_ascii_case("application/json") {
        return Err("write the header `content-type: application/json`".to_owned().into());
    }
    String::from_utf8(body.to_vec()).map_err(|_| "the body must be JSON in UTF-8".to_owned().into())
}

/// The body as `T`; `example` is what to write when it is not one.
pub(crate) fn json<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8], example: &str) -> Result<T, Wrong> {
    let read = serde_json::from_str(&text(headers, body)?);
    read.map_err(|error| format!("{error}; write for example {example}").into())
}

/// `POST /sim/codes`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CodeBody {
    corp_id: Option<String>,
    agent_id: Option<u32>,
    user_id: Option<String>,
    openid: Option<String>,
    external_user_id: Option<String>,
}

impl TryFrom<CodeBody> for CodeFor {
    type Error = Wrong;

    fn try_from(body: CodeBody) -> Result<Self, Wrong> {
        let CodeBody { corp_id, agent_id, user_id, openid, external_user_id } = body;
        let who = match (user_id, openid, external_user_id) {
            (Some(user_id), None, None) => Who::Member(user_id),
            (None, openid, external_user_id) if openid.is_some() || external_user_id.is_some() => {
                Who::Outsider { openid, external_user_id }
            }
            _ => {
                let what = "write userId for a member, or openid and/or externalUserId for someone else";
                return Err(what.to_owned().into());
            }
        };
        Ok(Self { corp_id, agent_id, who })
    }
}

/// An app to act on; what is left out must leave no choice.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AppBody {
    pub(crate) corp_id: Option<String>,
    pub(crate) agent_id: Option<u32>,
}

/// `POST /sim/clock`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ClockBody {
    pub(crate) advance_ms: u64,
}

/// `PATCH /sim/limits`: what is left out stays.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LimitsBody {
    corp_per_minute: Option<u32>,
    corp_per_hour: Option<u32>,
    ip_per_minute: Option<u32>,
    ip_per_hour: Option<u32>,
}

impl LimitsBody {
    pub(crate) fn over(self, now: Limits) -> Limits {
        Limits {
            corp_per_minute: self.corp_per_minute.unwrap_or(now.corp_per_minute),
            corp_per_hour: self.corp_per_hour.unwrap_or(now.corp_per_hour),
            ip_per_minute: self.ip_per_minute.unwrap_or(now.ip_per_minute),
            ip_per_hour: self.ip_per_hour.unwrap_or(now.ip_per_hour),
        }
    }
}

/// `GET /sim/journal`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct JournalQuery {
    pub(crate) path: Option<String>,
    #[serde(default)]
    pub(crate) after: u64,
    #[serde(default = "page")]
    pub(crate) limit: usize,
}

fn page() -> usize {
    1000
}
