//! Where a provider sends people back to. The state says which app, which way in and which page the login belongs to;
//! only methods of the login Meta are used.
use super::{
    Visitor, company,
    failure::{self, Place},
    lead_to, path_of,
};
use crate::cookies;
use auths::{AuthSvc, LoginResult, state::Started};
use axum::{http::HeaderValue, response::Response};
use element::{Caller, Error, ErrorKind, Result, code};
use serde_json::json;

pub(super) async fn arrive(visitor: Visitor) -> Response {
    let started = match begin(&visitor).await {
        Ok(it) => it,
        Err(e) => {
            let app = visitor.last_app();
            let place = app.as_deref().map(|app| Place { app, return_to: None, repeatable: true });
            return failure::show(&visitor, place, &e);
        }
    };
    let back = started.return_to.as_deref();
    match go_on(&visitor, &started).await {
        Ok(it) => it,
        Err(e) => failure::show(&visitor, Some(Place { app: &started.app, return_to: back, repeatable: true }), &e),
    }
}

/// The login that the state belongs to.
async fn begin(visitor: &Visitor) -> Result<Started> {
    visitor.count()?;
    let Some(state) = visitor.parameter("state") else {
        return Err(Error::new(ErrorKind::Refused, code::STATE_MISSING, "a callback came without a state"));
    };
    auths::started(&visitor.site.runtime.ctx(), state).await?.ok_or_else(unknown)
}

fn unknown() -> Error {
    Error::new(ErrorKind::Refused, code::STATE_INVALID, "a callback came with a state that nobody knows (any more)")
}

async fn go_on(visitor: &Visitor, started: &Started) -> Result<Response> {
    let state = visitor.parameter("state").unwrap_or_default();
    let Some(code) = visitor.parameter("code") else {
        // Nothing comes of it any more; whoever declined begins anew.
        auths::state::end(&visitor.site.runtime.ctx(), state).await?;
        return Err(match visitor.is(started.browser.as_deref()) {
            true => Error::new(ErrorKind::Refused, code::DECLINED, "the person declined at the provider"),
            false => unknown(),
        });
    };
    let args = json!({ "code": code, "state": state });
    let result = visitor.call(&started.app, &started.element, "getLoginCode", args, Caller::Anonymous).await?;
    let result: LoginResult = serde_json::from_value(result)
        .map_err(|e| Error::internal(format!("`getLoginCode` gave what is no LoginResult: {e}")))?;
    let Some(login_code) = result.login_code else {
        let message = "the provider recognised somebody who is no member";
        return Err(Error::new(ErrorKind::Refused, code::NOT_A_MEMBER, message));
    };
    let back = started.return_to.as_deref();
    match result.corp_list.as_slice() {
        [only] => enter(visitor, &started.app, &login_code.0, &only.corp_id, back).await,
        several => Ok(company::ask(visitor, &started.app, &login_code.0, several, back)),
    }
}

/// Begins the session, and leads on to where the login was to lead.
pub(super) async fn enter(
    visitor: &Visitor,
    app: &str,
    login_code: &str,
    corp: &str,
    return_to: Option<&str>,
) -> Result<Response> {
    let args = json!({ "loginCode": login_code, "corp": corp, "platform": visitor.platform() });
    let session = visitor.call(app, AuthSvc::FULL_NAME, "loginByCode", args, Caller::Anonymous).await?;
    let (Some(token), Some(expires_at)) = (session["token"].as_str(), session["expiresAt"].as_i64()) else {
        return Err(Error::internal("`loginByCode` gave no token"));
    };
    let seconds = (expires_at - visitor.site.runtime.ctx().now()) / 1000;
    let cookie: HeaderValue = cookies::set(&visitor.site.public_url, &cookies::session(app), token, Some(seconds));
    let profile = || visitor.path(&format!("{}/profile", path_of(app)));
    Ok(lead_to(visitor, &return_to.map_or_else(profile, Into::into), [cookie]))
}
