//! The tickets that pages sign with (page 90506).

use super::Call;
use super::access::{self, Access};
use super::envelope::Fields;
use super::errors::{Failure, PARAMETER_WRONG, TOO_OFTEN};
use crate::js_tickets::Of;
use crate::limits::Caller;
use crate::state::State;
use crate::tokens::AppKey;

/// `GET /cgi-bin/get_jsapi_ticket?access_token`: the company's, whichever app asks.
pub(crate) fn of_company(call: &Call<'_>) -> Result<Fields, Failure> {
    let mut state = call.sim.state();
    let access = access::check(call, &state)?;
    give(call, &mut state, &access.key, Of::Company(access.key.corp().to_owned()))
}

/// `GET /cgi-bin/ticket/get?access_token&type=agent_config`: the app's.
pub(crate) fn of_app(call: &Call<'_>) -> Result<Fields, Failure> {
    let mut state = call.sim.state();
    let Access { key, .. } = access::check(call, &state)?;
    if call.parameter("type") != Some("agent_config") {
        return Err(PARAMETER_WRONG.into());
    }
    give(call, &mut state, &key, Of::App(key.clone()))
}

/// 400 of each kind in an hour for a company, and 100 for an app.
fn give(call: &Call<'_>, state: &mut State, app: &AppKey, of: Of) -> Result<Fields, Failure> {
    let callers = [Caller::TicketsOfApp(app.clone()), Caller::TicketsOfCompany(app.corp().to_owned())];
    if !callers.into_iter().all(|caller| state.calls.take(caller, call.path, call.now_ms)) {
        return Err(TOO_OFTEN.into());
    }
    let (ticket, left) = state.js_tickets.get(of, call.now_ms, || call.sim.shared.random.js_ticket());
    Ok(vec![("ticket", ticket.into()), ("expires_in", left.into())])
}
