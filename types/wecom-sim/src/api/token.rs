//! `GET /cgi-bin/gettoken?corpid&corpsecret` (page 91039).

use super::Call;
use super::envelope::Fields;
use super::errors::{APP_DISABLED, CORPID_MISSING, CORPID_WRONG, Failure, SECRET_MISSING, SECRET_WRONG, TOO_OFTEN};
use crate::advice::{self, Advice};
use crate::company::AppKind;
use crate::tokens::AppKey;

/// The secret is looked for before the corpid, even when both are missing (probed). Trusted
/// addresses are not checked here; they are on the calls that follow.
pub(crate) fn get(call: &Call<'_>) -> Result<Fields, Failure> {
    let options = &call.sim.shared.options;
    let secret = call.parameter("corpsecret").ok_or(SECRET_MISSING)?;
    let corp_id = call.parameter("corpid").ok_or(CORPID_MISSING)?;
    let mut state = call.sim.state();
    if state.callers.blocked(call.ip, options.bad_secrets_per_hour, call.now_ms) {
        return Err(TOO_OFTEN.into());
    }
    let Some(company) = state.company(corp_id).cloned() else {
        return Err(Failure::from(CORPID_WRONG).with_aside(how_to_add(call, corp_id)));
    };
    // Only what came by an install knows the company by its provider's id.
    let by_provider = !company.corp_id.eq_ignore_ascii_case(corp_id);
    let mut apps = company.apps.iter().filter(|app| !by_provider || app.kind == AppKind::Customized);
    let Some(app) = apps.find(|app| app.secret.matches(secret)) else {
        state.callers.wrong_secret(call.ip, options.bad_secrets_per_hour, call.now_ms);
        let apps: Vec<_> = company.apps.iter().map(|app| app.agent_id.to_string()).collect();
        let aside = format!(
            "this is the secret of no app of {}; its apps are {}, see GET /sim/companies",
            company.corp_id,
            apps.join(", ")
        );
        return Err(Failure::from(SECRET_WRONG).with_aside(aside));
    };
    if !app.enabled {
        return Err(APP_DISABLED.into());
    }
    let key = AppKey::new(&company.corp_id, app.agent_id);
    let make = || call.sim.shared.random.access_token();
    let (token, left) = state.tokens.get(&key, call.now_ms, options.rotate_tokens, make);
    Ok(vec![("access_token", token.into()), ("expires_in", left.into())])
}

/// The secret that came with the corpid is never repeated.
fn how_to_add(call: &Call<'_>, corp_id: &str) -> String {
    match advice::add_company(call.sim.shared.address.get(), corp_id) {
        Advice::Command(command) => format!("this company is not simulated; add it with: {command}"),
        Advice::Data(data) => {
            format!("this company is not simulated; start wecom-sim with --company and a file that holds {data}")
        }
    }
}
