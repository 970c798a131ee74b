//! Whether a call is one too many: before anything else is looked at.

use super::Call;
use super::errors::{Failure, TOO_OFTEN};
use super::identity::CURRENT;
use crate::limits::Caller;
use crate::tokens::{AppKey, Token};

/// Counts the call for the caller's address, and for the company once a token or a corpid names one.
/// A valid code at `auth/getuserinfo` is exempt (page 90454).
pub(crate) fn check(call: &Call<'_>) -> Result<(), Failure> {
    let mut state = call.sim.state();
    let app = call.parameter("access_token").and_then(|token| match state.tokens.look_up(token, call.now_ms) {
        Token::Of(app) => Some(app),
        Token::Expired | Token::Unknown => None,
    });
    let code = call.parameter("code").filter(|_| call.path == CURRENT);
    if let (Some(app), Some(code)) = (&app, code)
        && state.codes.is_good(code, app, call.now_ms)
    {
        return Ok(());
    }
    // A corpid that nobody knows would fill the memory with names.
    let named = || call.parameter("corpid").and_then(|id| state.company(id)).map(|company| AppKey::new(&company.corp_id, 0));
    let company = app.or_else(named).map(|app| Caller::Company(app.corp().to_owned()));
    let callers = [Some(Caller::Address(call.ip)), company];
    let fits = callers.into_iter().flatten().all(|caller| state.calls.take(caller, call.path, call.now_ms));
    if fits { Ok(()) } else { Err(TOO_OFTEN.into()) }
}
