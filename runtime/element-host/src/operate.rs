//! What administrators ask of a running host: how it goes, what changes, how much there was, and to look again.
use crate::{
    callbacks,
    caller::bearer,
    health::NOW,
    metrics,
    reply::{self, Started},
    site::Site,
    vitals::{self, Condition},
};
use axum::{
    Json, Router,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use element::{Error, ErrorKind, code};
use futures_util::stream;
use serde::Deserialize;
use std::convert::Infallible;
use tokio::sync::broadcast::error::RecvError;

/// The addresses of administrators.
pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/status", get(status))
        .route("/explain/{app}/{element}", get(explain))
        .route("/changes", get(changes))
        .route("/reload", post(reload))
        .route("/metrics", get(count))
        .merge(callbacks::routes())
}

/// Says no to everyone else.
pub(crate) fn refuse_others(site: &Site, headers: &HeaderMap) -> Result<(), Box<Response>> {
    if bearer(headers).is_some_and(|token| site.is_admin(token)) {
        return Ok(());
    }
    let message = "this is for administrators: send the token of `data/admin.token` as `Authorization: Bearer`";
    let error = Error::new(ErrorKind::Unauthenticated, code::NOT_ALLOWED, message);
    Err(Box::new(reply::failure(&Started::now(), &error)))
}

async fn status(State(site): State<Site>, headers: HeaderMap) -> Response {
    match refuse_others(&site, &headers) {
        Ok(()) => {
            let vitals = vitals::ask(&site).await;
            (NOW, Json(Condition { status: site.runtime.status(), vitals })).into_response()
        }
        Err(no) => *no,
    }
}

/// Where every part of an element comes from.
async fn explain(State(site): State<Site>, Path((app, element)): Path<(String, String)>, headers: HeaderMap) -> Response {
    if let Err(no) = refuse_others(&site, &headers) {
        return *no;
    }
    match site.runtime.explain(&app, &element) {
        Ok(it) => (NOW, Json(it)).into_response(),
        Err(e) => reply::failure(&Started::now(), &e),
    }
}

#[derive(Debug, Deserialize)]
struct HowLong {
    #[serde(default)]
    wait: bool,
}

/// Looks again. With `?wait=true` it answers when every edit that was made before is live, or known to be wrong.
async fn reload(State(site): State<Site>, Query(HowLong { wait }): Query<HowLong>, headers: HeaderMap) -> Response {
    if let Err(no) = refuse_others(&site, &headers) {
        return *no;
    }
    let runtime = site.runtime.clone();
    // On its own task: a client that goes away does not leave it half done.
    let looking = tokio::spawn(async move { runtime.catch_up().await });
    if !wait {
        return (NOW, Json(site.runtime.status())).into_response();
    }
    match looking.await {
        Ok(_) => (NOW, Json(site.runtime.status())).into_response(),
        Err(e) => {
            let started = Started::now();
            let error = reply::inside(&started.request_id, &format!("a reload's task ended: {e}"));
            reply::failure(&started, &error)
        }
    }
}

/// One line of JSON for each change, as it happens, until the host stops.
async fn changes(State(site): State<Site>, headers: HeaderMap) -> Response {
    if let Err(no) = refuse_others(&site, &headers) {
        return *no;
    }
    let lines = stream::unfold(site.runtime.subscribe(), async |mut commits| {
        let line = match commits.recv().await {
            Ok(commit) => serde_json::to_string(&*commit).ok()?,
            Err(RecvError::Lagged(missed)) => format!(r#"{{"missed":{missed}}}"#),
            Err(RecvError::Closed) => return None,
        };
        Some((Ok::<_, Infallible>(line + "\n"), commits))
    });
    (NOW, [(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(lines)).into_response()
}

/// What is counted, and what elements tell of themselves.
async fn count(State(site): State<Site>, headers: HeaderMap) -> Response {
    if let Err(no) = refuse_others(&site, &headers) {
        return *no;
    }
    match &site.metrics {
        Some(it) => {
            let mut text = it.text();
            text.push_str(&metrics::gauges(&vitals::ask(&site).await, &text));
            (NOW, [(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
        }
        None => {
            let message = "this program collects its metrics elsewhere";
            reply::failure(&Started::now(), &Error::new(ErrorKind::NotFound, code::NO_ELEMENT, message))
        }
    }
}
