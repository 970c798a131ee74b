//! Is the process alive, and does it serve?
use crate::{caller::bearer, site::Site};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, header},
    response::IntoResponse,
};
use element_engine::Status;
use serde_json::{Value, json};

/// A proxy that remembers these answers would tell of the past.
pub(crate) const NOW: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// The process answers.
pub(crate) async fn alive() -> impl IntoResponse {
    (NOW, "ok\n")
}

/// It serves. What is stale or broken hurts only itself, so the answer is yes all the same; administrators see more.
pub(crate) async fn ready(State(site): State<Site>, headers: HeaderMap) -> impl IntoResponse {
    let details = bearer(&headers).is_some_and(|token| site.is_admin(token)).then(|| details(&site.runtime.status()));
    let mut answer = json!({ "ready": true });
    if let (Some(answer), Some(Value::Object(details))) = (answer.as_object_mut(), details) {
        answer.extend(details);
    }
    (NOW, Json(answer))
}

fn details(status: &Status) -> Value {
    let count = |state: &str| status.troubled.iter().filter(|it| it.state == state).count();
    json!({
        "generation": status.generation,
        "apps": status.apps,
        "elements": status.elements,
        "stale": count("stale"),
        "broken": count("broken"),
        "diagnostics": status.diagnostics.len(),
    })
}
