//! What a template learns of an install: its permanent code, its app, and who administers the company.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::Call;
use super::super::envelope::Fields;
use super::super::errors::{
    AGENT_MISSING, AGENT_WRONG, AUTH_CODE_WRONG, CORPID_MISSING, CORPID_WRONG, Failure, NOT_AUTHORIZED,
    PERMANENT_CODE_MISSING, PERMANENT_CODE_WRONG,
};
use super::template;
use crate::company::{App, ROOT};
use crate::directory::Directory;
use crate::member::Member;
use crate::phone::has_client;
use crate::state::State;
use crate::suite::{Names, Template};
use crate::tokens::AppKey;

/// An install, and under which ids it is told of.
pub(super) struct Found {
    pub(super) key: AppKey,
    company: Arc<Directory>,
    app: App,
    names: Names,
    state: Option<String>,
}

/// `POST /cgi-bin/service/get_permanent_code?suite_access_token` with `{"auth_code"}` (page 90603). Of an
/// install of a template it has no access_token.
pub(super) fn permanent_code(call: &Call<'_>) -> Result<Fields, Failure> {
    let found = exchanged(call)?;
    let mut fields = vec![
        ("permanent_code", found.app.secret.reveal().into()),
        ("auth_corp_info", found.company_in_full()),
        ("auth_info", found.info()),
        ("auth_user_info", found.authorizer()),
    ];
    fields.extend(found.state.map(|state| ("state", state.into())));
    Ok(fields)
}

/// `POST /cgi-bin/service/v2/get_permanent_code?suite_access_token` with `{"auth_code"}` (page 100776). It
/// does not say which app it is; `v2/get_auth_info` does.
pub(super) fn permanent_code_v2(call: &Call<'_>) -> Result<Fields, Failure> {
    let found = exchanged(call)?;
    let mut fields = vec![
        ("permanent_code", found.app.secret.reveal().into()),
        ("auth_corp_info", json!({ "corpid": found.corp_id(), "corp_name": found.company.name })),
        ("auth_user_info", found.authorizer()),
    ];
    fields.extend(found.state.map(|state| ("state", state.into())));
    Ok(fields)
}

fn exchanged(call: &Call<'_>) -> Result<Found, Failure> {
    let mut state = call.sim.state();
    let template = template(call, &state)?;
    let code = call.field("auth_code").ok_or(AUTH_CODE_WRONG)?;
    let key = state.suites.auth_codes.take(code, &template.suite_id, call.now_ms).ok_or(AUTH_CODE_WRONG)?;
    find(&state, &key).ok_or_else(|| AUTH_CODE_WRONG.into())
}

/// `POST /cgi-bin/service/get_auth_info?suite_access_token` with `{"auth_corpid", "permanent_code"}` (page
/// 90604).
pub(super) fn info(call: &Call<'_>) -> Result<Fields, Failure> {
    let state = call.sim.state();
    let found = named(call, &state, &template(call, &state)?)?;
    Ok(vec![("auth_corp_info", found.company_in_full()), ("auth_info", found.info())])
}

/// `POST /cgi-bin/service/v2/get_auth_info?suite_access_token` (page 100795): the same and the company's
/// other names.
pub(super) fn info_v2(call: &Call<'_>) -> Result<Fields, Failure> {
    let mut fields = info(call)?;
    if let Some((_, company)) = fields.first_mut() {
        company["corp_ex_name"] = json!({ "name_list": [company["corp_name"]] });
    }
    Ok(fields)
}

/// `POST /cgi-bin/service/get_admin_list?suite_access_token` with `{"auth_corpid", "agentid"}` (page 90606).
pub(super) fn admins(call: &Call<'_>) -> Result<Fields, Failure> {
    let state = call.sim.state();
    let template = template(call, &state)?;
    let corp_id = call.field("auth_corpid").ok_or(CORPID_MISSING)?;
    let agent = call.value("agentid");
    if agent.is_null() {
        return Err(AGENT_MISSING.into());
    }
    let company = state.company(corp_id).ok_or(CORPID_WRONG)?;
    let key = state.suites.app_of(&template.suite_id, &company.corp_id).ok_or(NOT_AUTHORIZED)?;
    // A number, or a text of one.
    let given = agent.as_u64().or_else(|| agent.as_str()?.parse().ok());
    if given != Some(key.agent().into()) {
        return Err(AGENT_WRONG.into());
    }
    let found = find(&state, key).ok_or(NOT_AUTHORIZED)?;
    let admin = |member: &Member| {
        let id = found.names.member(&found.company.corp_id, &member.user_id);
        json!({ "userid": id, "open_userid": found.open_userid(member), "auth_type": 1 })
    };
    Ok(vec![("admin", found.admin().into_iter().map(admin).collect())])
}

/// The install that a call names by `auth_corpid` and `permanent_code`.
pub(super) fn named(call: &Call<'_>, state: &State, template: &Template) -> Result<Found, Failure> {
    let corp_id = call.field("auth_corpid").ok_or(CORPID_MISSING)?;
    let code = call.field("permanent_code").ok_or(PERMANENT_CODE_MISSING)?;
    let company = state.company(corp_id).ok_or(CORPID_WRONG)?;
    let key = state.suites.app_of(&template.suite_id, &company.corp_id).ok_or(PERMANENT_CODE_WRONG)?;
    let found = find(state, key).filter(|found| found.app.secret.matches(code));
    found.ok_or_else(|| PERMANENT_CODE_WRONG.into())
}

fn find(state: &State, key: &AppKey) -> Option<Found> {
    let company = Arc::clone(state.company(key.corp())?);
    let app = company.app(key.agent())?.clone();
    let (_, said) = state.suites.of_app(key)?;
    let names = state.suites.names_of_templates();
    Some(Found { key: key.clone(), company, app, names, state: said.map(str::to_owned) })
}

impl Found {
    fn corp_id(&self) -> String {
        self.names.corp(&self.company.corp_id)
    }

    /// Who administers the company: it names none, so the first who can use a client does.
    fn admin(&self) -> Option<&Member> {
        self.company.members.iter().find(|member| has_client(member))
    }

    /// Only ids of the provider's own have it.
    fn open_userid(&self, member: &Member) -> String {
        if self.names.provider.is_none() { String::new() } else { self.names.member(&self.company.corp_id, &member.user_id) }
    }

    /// Who authorized.
    fn authorizer(&self) -> Value {
        let Some(admin) = self.admin() else { return json!({}) };
        let id = self.names.member(&self.company.corp_id, &admin.user_id);
        json!({ "userid": id, "open_userid": self.open_userid(admin), "name": admin.name, "avatar": admin.avatar })
    }

    fn company_in_full(&self) -> Value {
        let size = self.company.members.len();
        json!({
            "corpid": self.corp_id(),
            "corp_name": self.company.name,
            "corp_type": "verified",
            "corp_square_logo_url": "",
            "corp_user_max": size.max(200),
            "corp_full_name": self.company.name,
            "verified_end_time": 4_102_444_800_u64,
            "subject_type": 1,
            "corp_wxqrcode": "",
            "corp_scale": if size <= 50 { "1-50人" } else { "50人以上" },
            "corp_industry": "",
            "corp_sub_industry": "",
        })
    }

    /// `auth_info`: the app, and whom it may see.
    fn info(&self) -> Value {
        let users =
            |ids: &[String]| -> Vec<_> { ids.iter().map(|id| self.names.member(&self.company.corp_id, id)).collect() };
        let (parties, users) = match self.app.range() {
            Some(range) => (range.departments.clone(), users(&range.members)),
            None => (vec![ROOT], Vec::new()),
        };
        json!({ "agent": [{
            "agentid": self.app.agent_id,
            "name": self.app.name,
            "round_logo_url": "",
            "square_logo_url": "",
            "auth_mode": 0,
            "is_customized_app": true,
            "auth_from_thirdapp": false,
            "privilege": {
                "level": 1,
                "allow_party": parties,
                "allow_user": users,
                "allow_tag": [],
                "extra_party": [],
                "extra_user": [],
                "extra_tag": [],
            },
        }]})
    }
}
