//! What every business call checks before its own parameters.

use std::sync::Arc;

use super::Call;
use super::errors::{
    API_FORBIDDEN_TO_SYNC, APP_DISABLED, Failure, IP_NOT_TRUSTED, NO_PRIVILEGE, TOKEN_EXPIRED, TOKEN_MISSING, TOKEN_WRONG,
};
use crate::company::App;
use crate::directory::Directory;
use crate::member::Member;
use crate::state::State;
use crate::tokens::{AppKey, Token};

/// The app that calls.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) company: Arc<Directory>,
    pub(crate) app: App,
    pub(crate) key: AppKey,
}

impl Access {
    /// Members outside of the app's visible range are none of its business.
    pub(crate) fn may_see(&self, member: &Member) -> Result<(), Failure> {
        if self.company.visible(&self.app, member) { Ok(()) } else { Err(NO_PRIVILEGE.into()) }
    }

    /// Contact-sync of today is given ids alone.
    pub(crate) fn may_read_contacts(&self) -> Result<(), Failure> {
        if self.app.sees_ids_alone() { Err(API_FORBIDDEN_TO_SYNC.into()) } else { Ok(()) }
    }
}

/// Token there → valid → not expired → address trusted → app enabled. Only the query is looked at:
/// a token in a header or a body is a missing one.
pub(crate) fn check(call: &Call<'_>, state: &State) -> Result<Access, Failure> {
    let token = call.parameter("access_token").ok_or(TOKEN_MISSING)?;
    let key = match state.tokens.look_up(token, call.now_ms) {
        Token::Of(key) => key,
        Token::Expired => return Err(TOKEN_EXPIRED.into()),
        Token::Unknown => return Err(TOKEN_WRONG.into()),
    };
    let company = state.company(key.corp()).ok_or(TOKEN_WRONG)?;
    let app = company.app(key.agent()).ok_or(TOKEN_WRONG)?;
    let trusted = state.trusted_ips.counting(&key, &app.trusted_ips, call.now_ms);
    let all = trusted.is_empty() && !(call.sim.shared.options.require_trusted_ips && app.is_strict());
    if !all && !trusted.iter().any(|ip| ip.to_canonical() == call.ip) {
        return Err(IP_NOT_TRUSTED.into());
    }
    if !app.enabled {
        return Err(APP_DISABLED.into());
    }
    Ok(Access { company: Arc::clone(company), app: app.clone(), key })
}
