//! The controls: each reads its input, does one thing to the [`Sim`], and says what came of it.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::Done;
use super::input::{self, AppBody, ClockBody, CodeBody, JournalQuery, LimitsBody, Wrong};
use crate::codes::LIFETIME_MS;
use crate::company::{AppChange, Company};
use crate::secret::Demo;
use crate::{Fault, JsSignature, Sim};

const APP: &str = r#"{"corpId":"ww5a1d0e0f1a2b3c4d","agentId":1000002}"#;

pub(crate) async fn issue_code(State(sim): State<Sim>, headers: HeaderMap, body: Bytes) -> Done {
    let body: CodeBody = input::json(&headers, &body, r#"{"userId":"zhangsan"}"#)?;
    let code = sim.issue_code(body.try_into()?)?;
    Ok(Json(json!({ "code": code, "expiresIn": LIFETIME_MS / 1000 })))
}

pub(crate) async fn read_journal(State(sim): State<Sim>, uri: Uri) -> Done {
    let query = Query::<JournalQuery>::try_from_uri(&uri);
    let Query(JournalQuery { path, after, limit }) =
        query.map_err(|error| format!("{error}; write for example ?path=/cgi-bin/gettoken&after=0&limit=100"))?;
    let journal = sim.journal_lock();
    let wanted = journal.all().filter(|entry| entry.seq > after && path.as_ref().is_none_or(|path| *path == entry.path));
    let entries: Vec<_> = wanted.take(limit).collect();
    let next = entries.last().map_or(after, |entry| entry.seq);
    Ok(Json(json!({ "entries": entries, "next": next })))
}

pub(crate) async fn clear_journal(State(sim): State<Sim>) -> Done {
    Ok(Json(json!({ "removed": sim.clear_journal() })))
}

pub(crate) async fn advance(State(sim): State<Sim>, headers: HeaderMap, body: Bytes) -> Done {
    let body: ClockBody = input::json(&headers, &body, r#"{"advanceMs":7200000}, forward only"#)?;
    sim.advance(Duration::from_millis(body.advance_ms));
    Ok(Json(json!({ "now": sim.now_ms() })))
}

pub(crate) async fn companies(State(sim): State<Sim>) -> Done {
    let shown: Vec<_> = sim.companies().iter().map(|company| shown(company)).collect();
    Ok(Json(json!({ "companies": shown })))
}

pub(crate) async fn put_company(State(sim): State<Sim>, headers: HeaderMap, body: Bytes) -> Done {
    let company = Company::from_json(&input::text(&headers, &body)?)?;
    let corp_id = company.corp_id().to_owned();
    let replaced = sim.put_company(company);
    Ok(Json(json!({ "corpId": corp_id, "replaced": replaced })))
}

pub(crate) async fn change_app(
    State(sim): State<Sim>,
    Path((corp_id, agent_id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Done {
    let agent_id = agent_number(&agent_id)?;
    let example = r#"{"enabled":false,"trustedIps":["10.0.0.1"],"visibleRange":{"departments":[2]}}"#;
    let change: AppChange = input::json(&headers, &body, example)?;
    if let Some(callback) = &change.callback {
        let receive_id = sim.receive_id(&corp_id, agent_id)?;
        sim.verify_address(callback, &receive_id).await?;
    }
    Ok(Json(json!(sim.change_app(&corp_id, agent_id, change)?)))
}

pub(crate) async fn faults(State(sim): State<Sim>) -> Done {
    Ok(Json(json!({ "faults": sim.faults() })))
}

pub(crate) async fn add_fault(State(sim): State<Sim>, headers: HeaderMap, body: Bytes) -> Done {
    let example = r#"{"path":"/cgi-bin/user/get","times":2,"errcode":-1}"#;
    let fault: Fault = input::json(&headers, &body, example)?;
    Ok(Json(json!({ "pending": sim.add_fault(fault)? })))
}

pub(crate) async fn clear_faults(State(sim): State<Sim>) -> Done {
    Ok(Json(json!({ "removed": sim.clear_faults() })))
}

pub(crate) async fn check_js_signature(State(sim): State<Sim>, headers: HeaderMap, body: Bytes) -> Done {
    let example = r#"{"ticket":"corp","url":"https://app.example/","noncestr":"n","timestamp":1,"signature":"…"}"#;
    let signed: JsSignature = input::json(&headers, &body, example)?;
    Ok(Json(json!(sim.check_js_signature(&signed)?)))
}

pub(crate) async fn limits(State(sim): State<Sim>) -> Done {
    Ok(Json(json!(sim.limits())))
}

pub(crate) async fn change_limits(State(sim): State<Sim>, headers: HeaderMap, body: Bytes) -> Done {
    let change: LimitsBody = input::json(&headers, &body, r#"{"corpPerMinute":10,"ipPerHour":100}"#)?;
    sim.set_limits(change.over(sim.limits()));
    Ok(Json(json!(sim.limits())))
}

pub(crate) async fn revoke(State(sim): State<Sim>, headers: HeaderMap, body: Bytes) -> Done {
    let app: AppBody = input::json(&headers, &body, APP)?;
    let tokens = sim.revoke_tokens(app.corp_id.as_deref(), app.agent_id)?;
    Ok(Json(json!({ "tokens": tokens })))
}

pub(crate) async fn expire(State(sim): State<Sim>, headers: HeaderMap, body: Bytes) -> Done {
    let app: AppBody = input::json(&headers, &body, APP)?;
    let tokens = sim.expire_tokens(app.corp_id.as_deref(), app.agent_id)?;
    Ok(Json(json!({ "tokens": tokens })))
}

pub(crate) fn agent_number(agent_id: &str) -> Result<u32, Wrong> {
    agent_id.parse().map_err(|_| format!("agentId `{agent_id}` is no number").into())
}

/// The company with its secrets masked, but for those that the demo file gives away anyway.
fn shown(company: &Company) -> Value {
    let mut value = json!(company);
    let demo = Demo::read();
    for (at, app) in company.apps().iter().enumerate() {
        value["apps"][at]["secret"] = app.secret.shown(&demo).into();
    }
    value
}
