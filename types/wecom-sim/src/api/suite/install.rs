//! What an installation begins with: a pre-auth code, or an address for the customer's administrator.

use serde_json::Value;
use url::form_urlencoded::Serializer;

use super::super::Call;
use super::super::envelope::Fields;
use super::super::errors::{
    Failure, PARAMETER_WRONG, PRE_AUTH_CODE_EXPIRED, PRE_AUTH_CODE_WRONG, STATE_WRONG, TEMPLATE_WRONG, TEMPLATES_MISSING,
};
use super::{provider, template};
use crate::suite::{PRE_AUTH_MS, PreAuth};

/// How long the address of an installation can be used, in seconds (page 98744).
const ADDRESS_SECONDS: u64 = 864_000;
/// How many templates it may be for.
const MOST_TEMPLATES: usize = 9;
/// How long its `state` may be.
const LONGEST_STATE: usize = 32;

/// `GET /cgi-bin/service/get_pre_auth_code?suite_access_token` (page 90601).
pub(super) fn pre_auth_code(call: &Call<'_>) -> Result<Fields, Failure> {
    let mut state = call.sim.state();
    let template = template(call, &state)?;
    let code = call.sim.shared.random.pre_auth_code();
    state.suites.pre_auth_codes.issue(code.clone(), &template.suite_id, call.now_ms);
    Ok(vec![("pre_auth_code", code.into()), ("expires_in", (PRE_AUTH_MS / 1000).into())])
}

/// `POST /cgi-bin/service/set_session_info?suite_access_token` with `{"pre_auth_code", "session_info"}`
/// (page 90602). What it asks for makes no difference here.
pub(super) fn session_info(call: &Call<'_>) -> Result<Fields, Failure> {
    let state = call.sim.state();
    let template = template(call, &state)?;
    let code = call.field("pre_auth_code").ok_or(PRE_AUTH_CODE_WRONG)?;
    match state.suites.pre_auth_codes.look_up(code, &template.suite_id, call.now_ms) {
        PreAuth::Unknown => Err(PRE_AUTH_CODE_WRONG.into()),
        PreAuth::Expired => Err(PRE_AUTH_CODE_EXPIRED.into()),
        PreAuth::Good if call.value("session_info").is_object() => Ok(Vec::new()),
        PreAuth::Good => Err(PARAMETER_WRONG.into()),
    }
}

/// `POST /cgi-bin/service/get_customized_auth_url?provider_access_token` with `{"state",
/// "templateid_list"}` (page 98744).
pub(super) fn address(call: &Call<'_>) -> Result<Fields, Failure> {
    let state = call.sim.state();
    provider(call, &state)?;
    let said = call.field("state").unwrap_or_default();
    if said.len() > LONGEST_STATE || !said.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(STATE_WRONG.into());
    }
    let ids = match call.value("templateid_list") {
        Value::Array(ids) if !ids.is_empty() => ids,
        _ => return Err(TEMPLATES_MISSING.into()),
    };
    if ids.len() > MOST_TEMPLATES {
        return Err(PARAMETER_WRONG.into());
    }
    let known = |id: &Value| id.as_str().filter(|id| state.suites.template(id).is_some()).map(str::to_owned);
    let ids: Option<Vec<_>> = ids.iter().map(known).collect();
    let ids = ids.ok_or(TEMPLATE_WRONG)?.join(",");
    let until = (call.now_ms / 1000).saturating_add(ADDRESS_SECONDS).to_string();
    let mut query = Serializer::new(String::new());
    query.extend_pairs([("suite_id", ids.as_str()), ("state", said), ("until", &until)]);
    let address = format!("http://{}/sim/install?{}", call.host, query.finish());
    Ok(vec![("qrcode_url", address.into()), ("expires_in", ADDRESS_SECONDS.into())])
}
