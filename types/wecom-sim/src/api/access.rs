//! What every business call checks before its own parameters.

use std::net::IpAddr;
use std::sync::Arc;

use super::Call;
use super::errors::{
    API_FORBIDDEN, API_FORBIDDEN_TO_SYNC, APP_DISABLED, Failure, IP_NOT_TRUSTED, NO_PRIVILEGE, TOKEN_EXPIRED, TOKEN_MISSING,
    TOKEN_WRONG, USERID_UNKNOWN,
};
use crate::company::{App, AppKind};
use crate::directory::Directory;
use crate::member::Member;
use crate::state::State;
use crate::suite::Names;
use crate::tokens::{AppKey, Token};

/// The app that calls.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) company: Arc<Directory>,
    pub(crate) app: App,
    pub(crate) key: AppKey,
    /// Under which ids it is told of its company.
    names: Names,
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

    /// Calls that are there for installs of templates alone.
    pub(crate) fn is_customized(&self) -> Result<(), Failure> {
        if self.app.kind == AppKind::Customized { Ok(()) } else { Err(API_FORBIDDEN.into()) }
    }

    /// A member's userid as the app is told it.
    pub(crate) fn userid(&self, user_id: &str) -> String {
        self.names.member(&self.company.corp_id, user_id)
    }

    /// The member of a userid that the app gives.
    pub(crate) fn member(&self, userid: &str) -> Result<&Member, Failure> {
        self.names.find(&self.company, userid).ok_or_else(|| {
            let unknown = Failure::from(USERID_UNKNOWN);
            match self.names.provider.is_some() && self.company.member(userid).is_some() {
                true => unknown
                    .with_aside("this app knows members by ids of its provider's own; write the one it was given".into()),
                false => unknown,
            }
        })
    }
}

/// Token there → valid → not expired → good for business → address trusted → app enabled. Only the query
/// is looked at: a token in a header or a body is a missing one.
pub(crate) fn check(call: &Call<'_>, state: &State) -> Result<Access, Failure> {
    let token = call.parameter("access_token").ok_or(TOKEN_MISSING)?;
    let key = match state.tokens.look_up(token, call.now_ms) {
        Token::Of(key) => key,
        Token::Expired => return Err(TOKEN_EXPIRED.into()),
        Token::Unknown => return Err(unknown(call, state, token)),
    };
    let company = state.company(key.corp()).ok_or(TOKEN_WRONG)?;
    let app = company.app(key.agent()).ok_or(TOKEN_WRONG)?;
    if app.kind == AppKind::Customized {
        provider_address(call, state)?;
    } else {
        address(call, state, &key, &app.trusted_ips, app.is_strict())?;
    }
    if !app.enabled {
        return Err(APP_DISABLED.into());
    }
    Ok(Access { company: Arc::clone(company), app: app.clone(), key, names: state.suites.names(app) })
}

/// What `get_corp_token` gave for an install opens nothing: such apps take `gettoken` (page 97164).
fn unknown(call: &Call<'_>, state: &State, token: &str) -> Failure {
    match state.suites.corp_tokens.look_up(token, call.now_ms) {
        Token::Of(_) => {
            let aside = "this token is from get_corp_token; an install of a template takes gettoken with its permanent code";
            Failure::from(API_FORBIDDEN).with_aside(aside.into())
        }
        Token::Expired => TOKEN_EXPIRED.into(),
        Token::Unknown => TOKEN_WRONG.into(),
    }
}

/// Whoever calls for a provider, as its template or as an install of one, does so from the provider's
/// addresses.
pub(crate) fn provider_address(call: &Call<'_>, state: &State) -> Result<(), Failure> {
    let Some(provider) = &state.suites.provider else { return Err(TOKEN_WRONG.into()) };
    address(call, state, &AppKey::of_provider(&provider.corp_id), &provider.trusted_ips, true)
}

fn address(call: &Call<'_>, state: &State, of: &AppKey, latest: &[IpAddr], strict: bool) -> Result<(), Failure> {
    let trusted = state.trusted_ips.counting(of, latest, call.now_ms);
    let all = trusted.is_empty() && !(call.sim.shared.options.require_trusted_ips && strict);
    if all || trusted.iter().any(|ip| ip.to_canonical() == call.ip) { Ok(()) } else { Err(IP_NOT_TRUSTED.into()) }
}
