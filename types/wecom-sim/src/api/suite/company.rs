//! From the ids that everybody knows to those of the provider, and what an install may do.

use serde_json::{Value, json};

use super::super::Call;
use super::super::envelope::Fields;
use super::super::errors::{API_NOT_GRANTED, CORPID_MISSING, CORPID_WRONG, Failure, PARAMETER_WRONG};
use super::{access, provider};
use crate::suite::ids;

/// How many userids one call may ask about.
const MOST: usize = 1000;

/// What the administrator lets an install read. The names of permissions are this simulator's: they are
/// shown in WeCom's console, and not listed where they could be read.
const PERMISSIONS: &[&str] = &["contact:base:base", "contact:sensitive:user_name", "contact:sensitive:department_name"];

/// `POST /cgi-bin/service/corpid_to_opencorpid?provider_access_token` with `{"corpid"}` (page 97104); for
/// companies that installed a template.
pub(super) fn open_corpid(call: &Call<'_>) -> Result<Fields, Failure> {
    let state = call.sim.state();
    let provider = provider(call, &state)?;
    let corp_id = call.field("corpid").ok_or(CORPID_MISSING)?;
    let company = state.company(corp_id).ok_or(CORPID_WRONG)?;
    if !state.suites.is_customer(&company.corp_id) {
        return Err(API_NOT_GRANTED.into());
    }
    Ok(vec![("open_corpid", ids::corp(&provider.corp_id, &company.corp_id).into())])
}

/// `POST /cgi-bin/batch/userid_to_openuserid?access_token` with `{"userid_list"}` (page 97104), of plain
/// userids.
pub(super) fn open_userids(call: &Call<'_>) -> Result<Fields, Failure> {
    let state = call.sim.state();
    let access = access::check(call, &state)?;
    access.is_customized()?;
    let given = match call.value("userid_list") {
        Value::Array(given) if (1..=MOST).contains(&given.len()) => given,
        _ => return Err(PARAMETER_WRONG.into()),
    };
    let given: Option<Vec<&str>> = given.iter().map(Value::as_str).collect();
    let provider = state.suites.provider.clone().ok_or(API_NOT_GRANTED)?;
    let (mut found, mut invalid) = (Vec::new(), Vec::new());
    for id in given.ok_or(PARAMETER_WRONG)? {
        match access.company.member(id) {
            Some(member) => {
                let open = ids::member(&provider.corp_id, &access.company.corp_id, &member.user_id);
                found.push(json!({ "userid": member.user_id, "open_userid": open }));
            }
            None => invalid.push(json!(id)),
        }
    }
    Ok(vec![("open_userid_list", found.into()), ("invalid_userid_list", invalid.into())])
}

/// `POST /cgi-bin/agent/get_permissions?access_token` (page 99052).
pub(super) fn permissions(call: &Call<'_>) -> Result<Fields, Failure> {
    access::check(call, &call.sim.state())?.is_customized()?;
    Ok(vec![("app_permissions", json!(PERMISSIONS))])
}
