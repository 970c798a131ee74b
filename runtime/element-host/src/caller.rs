//! Who sent a request: an administrator, somebody logged in to this app, or anyone.
use crate::http::Site;
use axum::http::{HeaderMap, header};
use element::{Caller, Session};
use serde_json::{Value, json};

/// Who it is, for this app. A token that proves nothing is nobody's: what is refused then is refused to anyone.
pub(crate) async fn caller(site: &Site, app: &str, headers: &HeaderMap) -> Caller {
    let Some(token) = bearer(headers) else { return Caller::Anonymous };
    if site.is_admin(token) {
        return Caller::Admin;
    }
    session(site, app, token).await.map_or(Caller::Anonymous, Caller::Session)
}

/// Asked through ordinary dispatch, so that an app may bring its own `AuthSvc`.
async fn session(site: &Site, app: &str, token: &str) -> Option<Session> {
    let service = site.runtime.app(app).ok()?.get_element(auths::AuthSvc::FULL_NAME).ok()?;
    let found = service.call("checkSession", json!({ "token": token })).await.ok()?;
    let text = |key: &str| found.get(key).and_then(Value::as_str).map(Into::into);
    Some(Session { app: app.into(), user: text("userId")?, corp: text("corpId")? })
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
