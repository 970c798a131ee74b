//! The envelope, and which HTTP status each kind of failure has: the only place that knows either.
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use element::{Error, ErrorKind, code};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::time::Instant;

/// Says which request an answer belongs to.
pub(crate) const REQUEST_ID: &str = "x-request-id";

/// One request, from its beginning.
#[derive(Debug, Clone)]
pub(crate) struct Started {
    pub(crate) request_id: String,
    at: Instant,
}

impl Started {
    pub(crate) fn now() -> Self {
        Self { request_id: uuid::Uuid::new_v4().simple().to_string(), at: Instant::now() }
    }

    /// Milliseconds since then.
    pub(crate) fn duration(&self) -> u128 {
        self.at.elapsed().as_millis()
    }
}

/// A request that is no call: HTTP itself is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadRequest {
    TooLarge,
    ContentType,
    /// Not this verb; whether GET would do.
    Method {
        get: bool,
    },
    Address,
    Interrupted,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    errcode: i64,
    errmsg: &'a str,
    request_id: &'a str,
    /// Milliseconds since 1970.
    sys_time: i64,
    /// Milliseconds.
    duration: u128,
}

/// The result of a call; `data` is JSON.
pub(crate) fn success(started: &Started, data: &[u8]) -> Response {
    envelope(started, StatusCode::OK, 0, "", data)
}

/// The failure of a call. `internal` stays in the log.
pub(crate) fn failure(started: &Started, error: &Error) -> Response {
    envelope(started, status(error.kind), error.code, &error.message, b"{}")
}

/// A mistake of ours that no call reports: it goes to the log here.
pub(crate) fn inside(request_id: &str, internal: &str) -> Error {
    tracing::error!(request_id, internal, "something went wrong inside");
    Error::internal(internal.to_owned())
}

/// The result of a method as what it promised to be. An app may bring an element of its own in the place of ours.
pub(crate) fn read<R: DeserializeOwned>(request_id: &str, method: &str, result: Value) -> Result<R, Error> {
    // What exactly is wrong with it may have a proof in it.
    serde_json::from_value(result)
        .map_err(|_| inside(request_id, &format!("`{method}` did not give what it promises: is it another one's?")))
}

/// What is wrong with a request before it is a call.
pub(crate) fn bad_request(started: &Started, what: BadRequest) -> Response {
    let (status, message) = match what {
        BadRequest::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "the body is too large: 1 MiB at most"),
        BadRequest::ContentType => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the arguments are a JSON object: send it with `content-type: application/json`",
        ),
        BadRequest::Method { get: false } => {
            (StatusCode::METHOD_NOT_ALLOWED, "send a POST; only methods that say so answer GET")
        }
        BadRequest::Method { get: true } => (StatusCode::METHOD_NOT_ALLOWED, "send a POST or a GET"),
        BadRequest::Address => (StatusCode::BAD_REQUEST, "the address is not UTF-8 once its `%` signs are read"),
        BadRequest::Interrupted => (StatusCode::BAD_REQUEST, "the body did not arrive whole"),
    };
    let mut response = envelope(started, status, code::BAD_REQUEST, message, b"{}");
    if let BadRequest::Method { get } = what {
        let allow = HeaderValue::from_static(if get { "GET, POST" } else { "POST" });
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

/// What a raw method answers goes back as it is. Should a browser show it, it is no page of this host: it runs nothing.
pub(crate) fn raw(started: &Started, it: element::Response) -> Response {
    let ty = HeaderValue::from_str(&it.content_type).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let status = StatusCode::from_u16(it.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = answer(started, status, ty, it.body);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
    response
}

pub(crate) const fn status(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::InvalidArgs => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Refused => StatusCode::FORBIDDEN,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Upstream => StatusCode::BAD_GATEWAY,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
        // `Internal`, and whatever a newer `element` adds before this table knows it.
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn envelope(started: &Started, status: StatusCode, errcode: i64, errmsg: &str, data: &[u8]) -> Response {
    let sys_time = element::host::Clock::now(&element::host::SystemClock);
    let head = Head { errcode, errmsg, request_id: &started.request_id, sys_time, duration: started.duration() };
    // The head is an object of plain members; the result is JSON already, and goes in before its last brace as it is.
    let mut body = serde_json::to_vec(&head).unwrap_or_default();
    body.pop();
    body.extend_from_slice(b",\"data\":");
    body.extend_from_slice(data);
    body.push(b'}');
    answer(started, status, HeaderValue::from_static("application/json"), body)
}

fn answer(started: &Started, status: StatusCode, ty: HeaderValue, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, ty);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::from_str(&started.request_id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}
