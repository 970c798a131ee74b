//! Tokens of a template, of its provider, and of a company that installed one.

use super::super::Call;
use super::super::access::provider_address;
use super::super::envelope::Fields;
use super::super::errors::{
    CORPID_MISSING, CORPID_WRONG, Failure, SECRET_WRONG, SUITE_MISSING, SUITE_SECRET_MISSING, SUITE_SECRET_WRONG,
    SUITE_TICKET_MISSING, SUITE_TICKET_WRONG, SUITE_WRONG,
};
use super::{auth, template};

/// `POST /cgi-bin/service/get_suite_token` with `{"suite_id", "suite_secret", "suite_ticket"}` (page 97162).
pub(super) fn of_suite(call: &Call<'_>) -> Result<Fields, Failure> {
    let suite_id = call.field("suite_id").ok_or(SUITE_MISSING)?;
    let secret = call.field("suite_secret").ok_or(SUITE_SECRET_MISSING)?;
    let ticket = call.field("suite_ticket").ok_or(SUITE_TICKET_MISSING)?;
    let mut state = call.sim.state();
    let template = state.suites.template(suite_id).ok_or(SUITE_WRONG)?;
    if !template.secret.matches(secret) {
        return Err(SUITE_SECRET_WRONG.into());
    }
    if !state.suites.tickets.is_good(suite_id, ticket, call.now_ms) {
        let aside = "good are the last three tickets, each for 30 minutes; push one: POST /sim/templates/{suiteId}/ticket";
        return Err(Failure::from(SUITE_TICKET_WRONG).with_aside(aside.into()));
    }
    provider_address(call, &state)?;
    let (rotate, make) = (call.sim.shared.options.rotate_tokens, || call.sim.shared.random.access_token());
    let (token, left) = state.suites.suite_tokens.get(&suite_id.to_owned(), call.now_ms, rotate, make);
    Ok(vec![("suite_access_token", token.into()), ("expires_in", left.into())])
}

/// `POST /cgi-bin/service/get_provider_token` with `{"corpid", "provider_secret"}` (page 96237).
pub(super) fn of_provider(call: &Call<'_>) -> Result<Fields, Failure> {
    let corp_id = call.field("corpid").ok_or(CORPID_MISSING)?;
    let secret = call.field("provider_secret").ok_or(SUITE_SECRET_MISSING)?;
    let mut state = call.sim.state();
    let provider = state.suites.provider.clone().filter(|it| it.corp_id.eq_ignore_ascii_case(corp_id));
    let provider = provider.ok_or(CORPID_WRONG)?;
    if !provider.secret.matches(secret) {
        return Err(SECRET_WRONG.into());
    }
    provider_address(call, &state)?;
    let (rotate, make) = (call.sim.shared.options.rotate_tokens, || call.sim.shared.random.access_token());
    let (token, left) = state.suites.provider_tokens.get(&provider.corp_id, call.now_ms, rotate, make);
    Ok(vec![("provider_access_token", token.into()), ("expires_in", left.into())])
}

/// `POST /cgi-bin/service/get_corp_token?suite_access_token` with `{"auth_corpid", "permanent_code"}` (page
/// 90605). It is for third-party apps: for an install of a template it gives a token that opens nothing.
pub(super) fn of_company(call: &Call<'_>) -> Result<Fields, Failure> {
    let mut state = call.sim.state();
    let template = template(call, &state)?;
    let key = auth::named(call, &state, &template)?.key;
    let (rotate, make) = (call.sim.shared.options.rotate_tokens, || call.sim.shared.random.access_token());
    let (token, left) = state.suites.corp_tokens.get(&key, call.now_ms, rotate, make);
    Ok(vec![("access_token", token.into()), ("expires_in", left.into())])
}
