//! The last step of a login: a session, and its cookie.
use super::{Visitor, answer::lead_to};
use crate::cookies;
use auths::{AuthSvc, LoggedIn};
use axum::response::Response;
use element::{AppId, Caller, Result};
use serde_json::json;

/// Begins the session in the place of the one that the browser had, and leads on to where the login was to lead.
pub(super) async fn enter(
    visitor: &Visitor,
    app: &AppId,
    login_code: &str,
    corp: &str,
    return_to: Option<&str>,
) -> Result<Response> {
    let args = json!({ "loginCode": login_code, "corp": corp, "platform": visitor.platform() });
    let session: LoggedIn = visitor.call(app, AuthSvc::FULL_NAME, "loginByCode", args, Caller::Anonymous).await?;
    if let Some(before) = visitor.token(app) {
        let args = json!({ "token": before });
        // If it cannot be ended now, it ends with its time: no reason to lose the new one.
        let _: Result<bool> = visitor.call(app, AuthSvc::FULL_NAME, "logout", args, Caller::Anonymous).await;
    }
    let seconds = visitor.seconds_until(session.expires_at);
    let name = cookies::session(app.as_str());
    let cookie = cookies::set(&visitor.site.public_url, &name, &session.token.0, Some(seconds));
    Ok(lead_to(visitor, &return_to.map_or_else(|| visitor.page(app, "profile"), Into::into), [cookie]))
}
