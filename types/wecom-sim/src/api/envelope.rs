//! How WeCom wraps an answer: HTTP 200, `errcode` and `errmsg` first, errors in headers as well.

use std::future::ready;
use std::io;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, SERVER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream::once;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};

use super::errors::{Failure, NO_PRIVILEGE, TOKEN_WRONG};
use super::{CALLBACK_IPS, Call, suite};

/// What an answer holds besides errcode and errmsg, in the order it is written.
pub(crate) type Fields = Vec<(&'static str, Value)>;

/// What goes back.
pub(crate) enum Reply {
    /// An errcode document; `error` is also said in headers.
    Document { body: Vec<u8>, error: Option<(i64, String)> },
    /// The connection breaks off before a whole answer.
    Dropped,
    /// Unknown path: 404 and nothing else.
    NotFound,
    /// What a proxy on the way would say.
    Proxy(StatusCode),
}

/// The document for what a call came to. `empty` names the lists that a failure shows empty.
pub(crate) fn document(call: &Call<'_>, empty: &[&'static str], result: Result<Fields, Failure>) -> Reply {
    let (errcode, errmsg, fields) = match result {
        Ok(fields) => (0, "ok".to_owned(), fields),
        Err(failure) => {
            let fields = empty.iter().map(|name| (*name, json!([]))).collect();
            (failure.code, message(call, &failure), fields)
        }
    };
    let mut all: Fields = vec![("errcode", errcode.into()), ("errmsg", errmsg.clone().into())];
    if errcode == 0 && suite::SILENT.contains(&call.path) {
        all.clear();
    }
    all.extend(fields);
    // Names are texts and values are JSON already, so writing cannot fail.
    let body = serde_json::to_vec(&InOrder(&all)).unwrap_or_default();
    Reply::Document { body, error: (errcode != 0).then_some((errcode, errmsg)) }
}

/// The text with what WeCom adds: a hint, the caller's address, a link. Two codes get less (captured).
fn message(call: &Call<'_>, failure: &Failure) -> String {
    let Failure { code, text, aside } = failure;
    let hint = call.sim.shared.random.hint(call.now_ms);
    let ip = call.ip;
    let mut message = match *code {
        TOKEN_WRONG if call.path != CALLBACK_IPS => text.to_string(),
        NO_PRIVILEGE => format!("{text}, hint: [{hint}], from ip: {ip}"),
        _ => format!(
            "{text}, hint: [{hint}], from ip: {ip}, more info at \
             https://open.work.weixin.qq.com/devtool/query?e={code}"
        ),
    };
    if let Some(aside) = aside {
        message.push_str(" -- wecom-sim: ");
        message.push_str(aside);
    }
    message
}

/// Pairs as a JSON object that keeps their order, which `serde_json::Map` does not.
struct InOrder<'a>(&'a Fields);

impl Serialize for InOrder<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Reply {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Document { .. } | Self::Dropped => StatusCode::OK,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Proxy(status) => *status,
        }
    }

    pub(crate) fn errcode(&self) -> Option<i64> {
        match self {
            Self::Document { error, .. } => Some(error.as_ref().map_or(0, |(code, _)| *code)),
            Self::Dropped | Self::NotFound | Self::Proxy(_) => None,
        }
    }

    /// The same with half of its body; its length is that of what is left, so HTTP sees no fault.
    pub(crate) fn truncated(mut self) -> Self {
        if let Self::Document { body, .. } = &mut self {
            body.truncate(body.len() / 2);
        }
        self
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let status = self.status();
        let (content_type, body, error) = match self {
            Self::Document { body, error } => (Some("application/json; charset=UTF-8"), Body::from(body), error),
            Self::Dropped => {
                let broken = ready(Err::<Bytes, io::Error>(io::ErrorKind::ConnectionReset.into()));
                (None, Body::from_stream(once(broken)), None)
            }
            Self::NotFound => (None, Body::empty(), None),
            Self::Proxy(_) => {
                let page = format!("<html><head><title>{status}</title></head><body></body></html>\r\n");
                (Some("text/html"), Body::from(page), None)
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(SERVER, HeaderValue::from_static("nginx"));
        if let Some(content_type) = content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        if let Some((code, message)) = error {
            headers.insert(HeaderName::from_static("error-code"), HeaderValue::from(code));
            // An injected text may hold a line break, which a header cannot.
            if let Ok(message) = HeaderValue::from_bytes(message.as_bytes()) {
                headers.insert(HeaderName::from_static("error-msg"), message);
            }
        }
        response
    }
}
