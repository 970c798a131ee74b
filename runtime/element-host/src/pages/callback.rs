//! Where a provider sends people back to. The state says which app, which way in and which page the login belongs to;
//! only methods of the login Meta are used.
use super::{
    Visitor, company,
    enter::enter,
    failure::{self, Place},
};
use auths::{LoginResult, state};
use axum::response::Response;
use element::{AppId, Caller, Error, ErrorKind, Result, code};
use serde_json::json;

pub(super) async fn arrive(visitor: Visitor) -> Response {
    let (app, started) = match begin(&visitor).await {
        Ok(it) => it,
        Err(e) => {
            let app = visitor.last_app();
            let place = app.as_ref().map(|app| Place { app, return_to: None, repeatable: true });
            return failure::show(&visitor, place, &e);
        }
    };
    match go_on(&visitor, &app, &started).await {
        Ok(it) => it,
        Err(e) => {
            let place = Place { app: &app, return_to: started.return_to.as_deref(), repeatable: true };
            failure::show(&visitor, Some(place), &e)
        }
    }
}

/// The login that the state belongs to.
async fn begin(visitor: &Visitor) -> Result<(AppId, state::Started)> {
    visitor.count()?;
    let Some(state) = visitor.parameter("state") else {
        return Err(Error::new(ErrorKind::Refused, code::STATE_MISSING, "a callback came without a state"));
    };
    let found = auths::started(&visitor.site.runtime.ctx(), state).await;
    let found =
        found.inspect_err(|e| tracing::warn!(code = e.code, internal = &*e.internal, "no login can be ended: {e}"))?;
    let started = found.ok_or_else(unknown)?;
    Ok((started.app.parse().map_err(|_| unknown())?, started))
}

fn unknown() -> Error {
    Error::new(ErrorKind::Refused, code::STATE_INVALID, "a callback came with a state that nobody knows (any more)")
}

async fn go_on(visitor: &Visitor, app: &AppId, started: &state::Started) -> Result<Response> {
    let mark = visitor.parameter("state").unwrap_or_default();
    let Some(code) = visitor.parameter("code") else {
        if !visitor.is(started.browser.as_deref()) {
            return Err(unknown());
        }
        // Nothing comes of it any more; whoever declined begins anew.
        state::end(&visitor.site.runtime.ctx(), mark).await?;
        return Err(Error::new(ErrorKind::Refused, code::DECLINED, "the person declined at the provider"));
    };
    let args = json!({ "code": code, "state": mark });
    let result: LoginResult = visitor.call(app, &started.element, "getLoginCode", args, Caller::Anonymous).await?;
    let Some(login_code) = result.login_code else {
        let message = "the provider recognised somebody who is no member";
        return Err(Error::new(ErrorKind::Refused, code::NOT_A_MEMBER, message));
    };
    let back = started.return_to.as_deref();
    match result.corp_list.as_slice() {
        [only] => enter(visitor, app, &login_code.0, &only.corp_id, back).await,
        several => Ok(company::ask(visitor, app, &login_code.0, several, back)),
    }
}
