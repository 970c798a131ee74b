//! Who sent a request: an administrator, somebody logged in to this app, or anyone.
use crate::site::Site;
use axum::http::{HeaderMap, header};
use element::{Caller, Result, Session};
use serde_json::{Value, json};

/// Who it is, for this app. A token that proves nothing is nobody's: what is refused then is refused to anyone.
///
/// # Errors
/// The session cannot be looked up now; that is no reason to tell anyone to log in again.
pub(crate) async fn caller(site: &Site, app: &str, headers: &HeaderMap) -> Result<Caller> {
    let Some(token) = bearer(headers) else { return Ok(Caller::Anonymous) };
    if site.is_admin(token) {
        return Ok(Caller::Admin);
    }
    Ok(session(site, app, token).await?.map_or(Caller::Anonymous, Caller::Session))
}

/// Asked through ordinary dispatch, so that an app may bring its own `AuthSvc`; without one, nobody is logged in.
async fn session(site: &Site, app: &str, token: &str) -> Result<Option<Session>> {
    let Ok(service) = site.runtime.app(app)?.get_element(auths::AuthSvc::FULL_NAME) else { return Ok(None) };
    let found = service.call("checkSession", json!({ "token": token })).await?;
    let text = |key: &str| found.get(key).and_then(Value::as_str).map(Into::into);
    let (Some(user), Some(corp)) = (text("userId"), text("corpId")) else { return Ok(None) };
    Ok(Some(Session { app: app.into(), user, corp }))
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
