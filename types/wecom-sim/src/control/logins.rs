//! QR logins from outside: what a phone or a desktop client does, for tests in any language.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::json;

use super::Done;
use super::input;
use crate::Sim;

const EXAMPLE: &str =
    r#"{"action":"scan","userId":"zhangsan"}, or bindDesktop in place of scan; or {"action":"confirm"}, refuse or expire"#;

/// `POST /sim/qr/{key}`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Act {
    action: Action,
    user_id: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "camelCase")]
enum Action {
    Scan,
    BindDesktop,
    Confirm,
    Refuse,
    Expire,
}

pub(crate) async fn open(State(sim): State<Sim>) -> Done {
    Ok(Json(json!({ "logins": sim.open_qr_logins() })))
}

pub(crate) async fn act(State(sim): State<Sim>, Path(key): Path<String>, headers: HeaderMap, body: Bytes) -> Done {
    let Act { action, user_id } = input::json(&headers, &body, EXAMPLE)?;
    let member = match (action, &user_id) {
        (Action::Scan | Action::BindDesktop, Some(user_id)) => user_id,
        (Action::Scan | Action::BindDesktop, None) => return Err(format!("write as whom; for example {EXAMPLE}").into()),
        (_, Some(_)) => return Err(format!("userId goes with scan and bindDesktop; write for example {EXAMPLE}").into()),
        (_, None) => "",
    };
    match action {
        Action::Scan => sim.scan(&key, member)?,
        Action::BindDesktop => sim.bind_desktop(&key, member)?,
        Action::Confirm => sim.confirm(&key)?,
        Action::Refuse => sim.refuse(&key)?,
        Action::Expire => sim.expire_qr(&key)?,
    }
    let (status, code) = sim.qr_status(&key);
    let mut answer = json!({ "key": key, "status": status });
    if !code.is_empty() {
        answer["code"] = code.into();
    }
    if let Some(goes_to) = sim.goes_to(&key) {
        answer["goesTo"] = goes_to.into();
    }
    Ok(Json(answer))
}
