//! Who sent a request: an administrator, somebody logged in to this app, or anyone.
use crate::{cookies, reply, site::Site};
use auths::SessionInfo;
use axum::http::{HeaderMap, Method, header, request::Parts};
use element::{
    Caller, Error, ErrorKind, Result, Session, code,
    host::{Form, Input},
};
use element_engine::Invocation;
use serde_json::json;

/// Who it is, for this app. A token that proves nothing is nobody's: what is refused then is refused to anyone.
///
/// # Errors
/// `Refused`: a cookie came along with what another site's page sent. Or the session cannot be looked up now; that is no
/// reason to tell anyone to log in again.
pub(crate) async fn caller(site: &Site, app: &str, parts: &Parts, request_id: &str) -> Result<Caller> {
    if let Some(token) = bearer(&parts.headers) {
        if site.is_admin(token) {
            return Ok(Caller::Admin);
        }
        return of_token(site, app, token, request_id).await;
    }
    let Some(token) = cookies::read(&site.public_url, &parts.headers, &cookies::session(app)) else {
        return Ok(Caller::Anonymous);
    };
    if parts.method != Method::GET && !site.public_url.is_own(&parts.headers) {
        return Err(other_origin());
    }
    of_token(site, app, &token, request_id).await
}

async fn of_token(site: &Site, app: &str, token: &str, request_id: &str) -> Result<Caller> {
    match session(site, app, token, request_id).await {
        Ok(Some(it)) => Ok(Caller::Session(as_caller(app, &it))),
        Ok(None) => Ok(Caller::Anonymous),
        // The way in that began the session is closed: it counts for nothing, but hurts nothing that anyone may do.
        Err(e) if e.kind == ErrorKind::Refused => Ok(Caller::Anonymous),
        Err(e) => Err(e),
    }
}

/// The session behind a token. Asked through ordinary dispatch, so that an app may bring its own `AuthSvc`; without one,
/// nobody is logged in.
///
/// # Errors
/// `Refused` if the way in that began it is closed; or it cannot be looked up now.
pub(crate) async fn session(site: &Site, app: &str, token: &str, request_id: &str) -> Result<Option<SessionInfo>> {
    let Ok(service) = site.runtime.app(app)?.get_element(auths::AuthSvc::FULL_NAME) else { return Ok(None) };
    let (args, method) = (json!({ "token": token }), "checkSession");
    let invocation = Invocation { request_id: request_id.into(), ..Invocation::default() };
    let found = service.invoke(method, Input::Value(&args), Form::Value, invocation).await?.into_value()?;
    reply::read(request_id, method, found)
}

fn as_caller(app: &str, it: &SessionInfo) -> Session {
    Session {
        app: app.into(),
        user: it.user_id.as_str().into(),
        corp: it.corp_id.as_str().into(),
        id: it.id.as_str().into(),
    }
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

pub(crate) fn other_origin() -> Error {
    let message = "this came from another site's page, with a cookie of this one: such a page sends `authorization: Bearer` \
                   and no cookies";
    Error::new(ErrorKind::Refused, code::OTHER_ORIGIN, message)
}
