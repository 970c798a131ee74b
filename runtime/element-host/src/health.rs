//! Is the process alive, and does it serve?
use crate::{caller::bearer, reply, site::Site, vitals};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, header},
    response::{IntoResponse, Response},
};
use element::ErrorKind;
use element_engine::Status;
use serde_json::{Value, json};

/// A proxy that remembers these answers would tell of the past.
pub(crate) const NOW: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// The process answers.
pub(crate) async fn alive() -> impl IntoResponse {
    (NOW, "ok\n")
}

/// Does it serve? What is stale or broken hurts only itself; but without its store nobody logs in. Administrators see more.
pub(crate) async fn ready(State(site): State<Site>, headers: HeaderMap) -> Response {
    let ready = site.runtime.store().trouble().is_none();
    let mut answer = json!({ "ready": ready });
    if bearer(&headers).is_some_and(|token| site.is_admin(token)) {
        let details = details(&site.runtime.status());
        if let (Some(answer), Value::Object(details)) = (answer.as_object_mut(), details) {
            answer.extend(details);
        }
        answer["vitals"] = json!(vitals::ask(&site).await);
    }
    match ready {
        true => (NOW, Json(answer)).into_response(),
        false => (reply::status(ErrorKind::Unavailable), NOW, Json(answer)).into_response(),
    }
}

fn details(status: &Status) -> Value {
    let count = |state: &str| status.troubled.iter().filter(|it| it.state == state).count();
    let mut details = json!({
        "generation": status.generation,
        "apps": status.apps,
        "elements": status.elements,
        "stale": count("stale"),
        "broken": count("broken"),
        "diagnostics": status.diagnostics.len(),
    });
    if let Some(why) = &status.store {
        details["store"] = why.as_str().into();
    }
    details
}
