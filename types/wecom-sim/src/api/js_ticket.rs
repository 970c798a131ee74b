//! The tickets that pages sign with (page 90506).

use super::Call;
use super::access::{self, Access};
use super::envelope::Fields;
use super::errors::{Failure, PARAMETER_WRONG};
use crate::js_tickets::Of;
use crate::state::State;

/// `GET /cgi-bin/get_jsapi_ticket?access_token`: the company's, whichever app asks.
pub(crate) fn of_company(call: &Call<'_>) -> Result<Fields, Failure> {
    let mut state = call.sim.state();
    let access = access::check(call, &state)?;
    give(call, &mut state, Of::Company(access.key.corp().to_owned()))
}

/// `GET /cgi-bin/ticket/get?access_token&type=agent_config`: the app's.
pub(crate) fn of_app(call: &Call<'_>) -> Result<Fields, Failure> {
    let mut state = call.sim.state();
    let Access { key, .. } = access::check(call, &state)?;
    if call.parameter("type") != Some("agent_config") {
        return Err(PARAMETER_WRONG.into());
    }
    give(call, &mut state, Of::App(key))
}

fn give(call: &Call<'_>, state: &mut State, of: Of) -> Result<Fields, Failure> {
    let (ticket, left) = state.js_tickets.get(of, call.now_ms, || call.sim.shared.random.js_ticket());
    Ok(vec![("ticket", ticket.into()), ("expires_in", left.into())])
}
