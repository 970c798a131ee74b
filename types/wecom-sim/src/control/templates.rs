//! The provider, its templates and their installs: what its console does, and what a customer's
//! administrator does.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::{get, patch, post, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Done;
use super::input;
use crate::secret::Demo;
use crate::{Callback, InstallChange, NewInstall, Provider, Sim};

pub(crate) fn routes() -> Router<Sim> {
    Router::new()
        .route("/provider", put(put_provider))
        .route("/templates", get(templates))
        .route("/templates/{suite_id}/callback", put(save_callback))
        .route("/templates/{suite_id}/ticket", post(push_ticket))
        .route("/templates/{suite_id}/installs", post(install))
        .route("/templates/{suite_id}/installs/{corp_id}", patch(change).delete(cancel))
        .route("/templates/{suite_id}/installs/{corp_id}/reset", post(reset))
}

type Ids = Path<(String, String)>;

async fn put_provider(State(sim): State<Sim>, headers: HeaderMap, body: Bytes) -> Done {
    let provider = Provider::from_json(&input::text(&headers, &body)?)?;
    let corp_id = provider.corp_id().to_owned();
    let replaced = sim.put_provider(provider);
    Ok(Json(json!({ "corpId": corp_id, "replaced": replaced })))
}

async fn templates(State(sim): State<Sim>) -> Done {
    let Some(provider) = sim.provider() else { return Ok(Json(json!({ "templates": [] }))) };
    let demo = Demo::read();
    let mut shown = json!(*provider);
    shown["secret"] = provider.secret.shown(&demo).into();
    for (at, template) in provider.templates.iter().enumerate() {
        let shown = &mut shown["templates"][at];
        shown["secret"] = template.secret.shown(&demo).into();
        shown["token"] = template.token.shown(&demo).into();
        shown["encodingAESKey"] = template.encoding_aes_key.shown(&demo).into();
        shown["ticket"] = newest(&sim, &template.suite_id);
        shown["installs"] = json!(sim.installs(&template.suite_id));
    }
    Ok(Json(shown))
}

/// When the newest ticket was made; null before there is one.
fn newest(sim: &Sim, suite_id: &str) -> Value {
    let state = sim.state();
    let newest = state.suites.tickets.newest(suite_id);
    newest.map_or(Value::Null, |ticket| json!({ "unixMs": ticket.made_ms }))
}

/// `PUT /sim/templates/{suiteId}/callback`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CallbackBody {
    url: String,
}

async fn save_callback(State(sim): State<Sim>, Path(suite_id): Path<String>, headers: HeaderMap, body: Bytes) -> Done {
    let CallbackBody { url } = input::json(&headers, &body, r#"{"url":"http://127.0.0.1:8080/suite"}"#)?;
    sim.save_template_callback(&suite_id, &url).await?;
    Ok(Json(json!({ "verified": true })))
}

async fn push_ticket(State(sim): State<Sim>, Path(suite_id): Path<String>, headers: HeaderMap, body: Bytes) -> Done {
    // Nothing is asked for in it; but only who declares JSON may make the simulator send something.
    input::text(&headers, &body)?;
    Ok(Json(json!({ "suiteTicket": sim.push_ticket(&suite_id)? })))
}

/// `POST /sim/templates/{suiteId}/installs`: the company, and how. The fields of [`NewInstall`] stand
/// beside the company's, and serde cannot refuse unknown ones of what it flattens.
async fn install(State(sim): State<Sim>, Path(suite_id): Path<String>, headers: HeaderMap, body: Bytes) -> Done {
    let example = r#"{"corpId":"ww5a1d0e0f1a2b3c4d","state":"s1","visibleRange":{"departments":[2]}}"#;
    let mut body: serde_json::Map<String, Value> = input::json(&headers, &body, example)?;
    let Some(Value::String(corp_id)) = body.remove("corpId") else {
        return Err(format!("write which company; for example {example}").into());
    };
    let new: NewInstall =
        serde_json::from_value(body.into()).map_err(|error| format!("{error}; write for example {example}"))?;
    verify(&sim, &suite_id, &corp_id, new.callback.as_ref()).await?;
    Ok(Json(json!(sim.install(&suite_id, &corp_id, new)?)))
}

async fn change(State(sim): State<Sim>, Path((suite_id, corp_id)): Ids, headers: HeaderMap, body: Bytes) -> Done {
    let example = r#"{"enabled":false,"visibleRange":{"departments":[2]}}"#;
    let change: InstallChange = input::json(&headers, &body, example)?;
    sim.state().installed(&suite_id, &corp_id)?;
    verify(&sim, &suite_id, &corp_id, change.callback.as_ref()).await?;
    Ok(Json(json!(sim.change_install(&suite_id, &corp_id, change)?)))
}

async fn cancel(State(sim): State<Sim>, Path((suite_id, corp_id)): Ids) -> Done {
    sim.cancel_install(&suite_id, &corp_id)?;
    Ok(Json(json!({ "removed": 1 })))
}

async fn reset(State(sim): State<Sim>, Path((suite_id, corp_id)): Ids, headers: HeaderMap, body: Bytes) -> Done {
    input::text(&headers, &body)?;
    Ok(Json(json!(sim.reset_install(&suite_id, &corp_id)?)))
}

/// A callback of an install is verified as the console does; without one there is nothing to verify.
async fn verify(sim: &Sim, suite_id: &str, corp_id: &str, callback: Option<&Callback>) -> Result<(), crate::sim::Refused> {
    let Some(callback) = callback else { return Ok(()) };
    let receive_id = {
        let state = sim.state();
        state.suites.named(suite_id)?;
        state.suites.names_of_templates().corp(&state.resolve_company(Some(corp_id))?.corp_id)
    };
    sim.verify_address(callback, &receive_id).await
}
