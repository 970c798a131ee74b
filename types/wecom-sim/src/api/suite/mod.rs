//! The calls of a provider: for its templates, and for the companies that installed one.
//!
//! A call with a suite token is checked in this order: token present (41022), valid (40082) and not
//! expired (42009), address trusted (60020), then its parameters. Those with a provider token answer as
//! business calls do: 41001, 40014, 42001.

mod auth;
mod company;
mod install;
mod tokens;

use std::sync::Arc;

use super::Call;
use super::access::provider_address;
use super::envelope::Fields;
use super::errors::{
    API_FORBIDDEN, Failure, SUITE_TOKEN_EXPIRED, SUITE_TOKEN_MISSING, SUITE_TOKEN_WRONG, TOKEN_EXPIRED, TOKEN_MISSING,
    TOKEN_WRONG,
};
use super::{Endpoint, access};
use crate::state::State;
use crate::suite::{Provider, Template};
use crate::tokens::Token;

const SUITE_TOKEN: &str = "/cgi-bin/service/get_suite_token";
const PROVIDER_TOKEN: &str = "/cgi-bin/service/get_provider_token";

/// The calls that leave errcode out when all is well (pages 97162, 96237).
pub(crate) const SILENT: &[&str] = &[SUITE_TOKEN, PROVIDER_TOKEN];

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint { path: SUITE_TOKEN, empty: &[], answer: tokens::of_suite },
    Endpoint { path: PROVIDER_TOKEN, empty: &[], answer: tokens::of_provider },
    Endpoint { path: "/cgi-bin/service/get_corp_token", empty: &[], answer: tokens::of_company },
    Endpoint { path: "/cgi-bin/service/get_pre_auth_code", empty: &[], answer: install::pre_auth_code },
    Endpoint { path: "/cgi-bin/service/set_session_info", empty: &[], answer: install::session_info },
    Endpoint { path: "/cgi-bin/service/get_customized_auth_url", empty: &[], answer: install::address },
    Endpoint { path: "/cgi-bin/service/get_permanent_code", empty: &[], answer: auth::permanent_code },
    Endpoint { path: "/cgi-bin/service/v2/get_permanent_code", empty: &[], answer: auth::permanent_code_v2 },
    Endpoint { path: "/cgi-bin/service/get_auth_info", empty: &[], answer: auth::info },
    Endpoint { path: "/cgi-bin/service/v2/get_auth_info", empty: &[], answer: auth::info_v2 },
    Endpoint { path: "/cgi-bin/service/get_admin_list", empty: &["admin"], answer: auth::admins },
    Endpoint { path: "/cgi-bin/service/auth/getuserinfo3rd", empty: &[], answer: third_party },
    Endpoint { path: "/cgi-bin/service/getuserinfo3rd", empty: &[], answer: third_party },
    Endpoint { path: "/cgi-bin/service/auth/getuserdetail3rd", empty: &[], answer: third_party },
    Endpoint { path: "/cgi-bin/service/getuserdetail3rd", empty: &[], answer: third_party },
    Endpoint { path: "/cgi-bin/service/corpid_to_opencorpid", empty: &[], answer: company::open_corpid },
    Endpoint {
        path: "/cgi-bin/batch/userid_to_openuserid",
        empty: &["open_userid_list", "invalid_userid_list"],
        answer: company::open_userids,
    },
    Endpoint { path: "/cgi-bin/agent/get_permissions", empty: &["app_permissions"], answer: company::permissions },
];

/// The template that calls with a suite token.
fn template(call: &Call<'_>, state: &State) -> Result<Template, Failure> {
    let token = call.parameter("suite_access_token").ok_or(SUITE_TOKEN_MISSING)?;
    let suite_id = match state.suites.suite_tokens.look_up(token, call.now_ms) {
        Token::Of(suite_id) => suite_id,
        Token::Expired => return Err(SUITE_TOKEN_EXPIRED.into()),
        Token::Unknown => return Err(SUITE_TOKEN_WRONG.into()),
    };
    let template = state.suites.template(&suite_id).ok_or(SUITE_TOKEN_WRONG)?;
    provider_address(call, state)?;
    Ok(template.clone())
}

/// The provider that calls with its own token. WeCom documents no codes for a wrong one.
fn provider(call: &Call<'_>, state: &State) -> Result<Arc<Provider>, Failure> {
    let token = call.parameter("provider_access_token").ok_or(TOKEN_MISSING)?;
    match state.suites.provider_tokens.look_up(token, call.now_ms) {
        Token::Of(_) => {}
        Token::Expired => return Err(TOKEN_EXPIRED.into()),
        Token::Unknown => return Err(TOKEN_WRONG.into()),
    }
    provider_address(call, state)?;
    state.suites.provider.clone().ok_or_else(|| TOKEN_WRONG.into())
}

/// What third-party suites ask who logs in with. A template must not (page 97165), and there is no other
/// suite here.
fn third_party(call: &Call<'_>) -> Result<Fields, Failure> {
    template(call, &call.sim.state())?;
    let aside = "an install of a template takes auth/getuserinfo with its own access_token";
    Err(Failure::from(API_FORBIDDEN).with_aside(aside.into()))
}
