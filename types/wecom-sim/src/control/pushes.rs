//! What there is to say about callbacks: verify, disturb, probe, and what was pushed.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use super::Done;
use super::handlers::agent_number;
use super::input;
use crate::{Disturbance, Probe, Sim};

pub(crate) fn routes() -> Router<Sim> {
    Router::new()
        .route("/companies/{corp_id}/apps/{agent_id}/callback/verify", post(verify))
        .route("/pushes", get(pushes))
        .route("/pushes/disturb", post(disturb).delete(clear))
        .route("/pushes/probe", post(probe))
}

async fn verify(
    State(sim): State<Sim>,
    Path((corp_id, agent_id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Done {
    // Nothing is asked for in it; but only who declares JSON may make the simulator send something.
    input::text(&headers, &body)?;
    sim.verify_callback(&corp_id, agent_number(&agent_id)?).await?;
    Ok(Json(json!({ "verified": true })))
}

/// `GET /sim/pushes`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PushesQuery {
    #[serde(default)]
    after: u64,
}

async fn pushes(State(sim): State<Sim>, uri: Uri) -> Done {
    let query = Query::<PushesQuery>::try_from_uri(&uri);
    let Query(PushesQuery { after }) = query.map_err(|error| format!("{error}; write for example ?after=0"))?;
    let pushes: Vec<_> = sim.read_pushes(|log| log.all().filter(|push| push.seq > after).cloned().collect());
    Ok(Json(json!({ "pushes": pushes })))
}

async fn disturb(State(sim): State<Sim>, headers: HeaderMap, body: Bytes) -> Done {
    let disturbance: Disturbance = input::json(&headers, &body, r#"{"kind":"drop","times":2}"#)?;
    Ok(Json(json!({ "pending": sim.disturb_pushes(disturbance)? })))
}

async fn clear(State(sim): State<Sim>) -> Done {
    Ok(Json(json!({ "removed": sim.clear_disturbances() })))
}

/// `POST /sim/pushes/probe`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ProbeBody {
    corp_id: Option<String>,
    agent_id: Option<u32>,
    suite_id: Option<String>,
    kind: Probe,
}

async fn probe(State(sim): State<Sim>, headers: HeaderMap, body: Bytes) -> Done {
    let body: ProbeBody = input::json(&headers, &body, r#"{"kind":"wrongSignature"}"#)?;
    let probed = match (&body.suite_id, body.corp_id.is_some() || body.agent_id.is_some()) {
        (None, _) => sim.probe(body.corp_id.as_deref(), body.agent_id, body.kind).await?,
        (Some(suite_id), false) => sim.probe_template(suite_id, body.kind).await?,
        (Some(_), true) => return Err("write suiteId for a template, or corpId and agentId for an app".to_owned().into()),
    };
    Ok(Json(json!(probed)))
}
