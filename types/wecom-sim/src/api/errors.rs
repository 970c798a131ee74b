//! The error codes answered here (page 90313) and their texts.
//!
//! WeCom documents the codes; the texts are documented as unstable (page 97159). Those captured from
//! real servers are used as they are, the others are ours.

use std::borrow::Cow;

/// A call that failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: i64,
    pub(crate) text: Cow<'static, str>,
    /// What this simulator adds for the reader, after all that WeCom says.
    pub(crate) aside: Option<String>,
}

impl Failure {
    pub(crate) fn injected(code: i64, message: Option<String>) -> Self {
        let text = message.map_or_else(|| Cow::Borrowed(text_of(code)), Cow::Owned);
        Self { code, text, aside: None }
    }

    pub(crate) fn with_aside(self, aside: String) -> Self {
        Self { aside: Some(aside), ..self }
    }
}

impl From<i64> for Failure {
    fn from(code: i64) -> Self {
        Self::injected(code, None)
    }
}

pub(crate) const SECRET_WRONG: i64 = 40001;
pub(crate) const USERID_WRONG: i64 = 40003;
pub(crate) const CORPID_WRONG: i64 = 40013;
pub(crate) const TOKEN_WRONG: i64 = 40014;
pub(crate) const CODE_WRONG: i64 = 40029;
pub(crate) const AGENT_WRONG: i64 = 40056;
pub(crate) const PARAMETER_WRONG: i64 = 40058;
pub(crate) const PRE_AUTH_CODE_WRONG: i64 = 40077;
pub(crate) const AUTH_CODE_WRONG: i64 = 40078;
pub(crate) const SUITE_SECRET_WRONG: i64 = 40080;
pub(crate) const SUITE_TOKEN_WRONG: i64 = 40082;
pub(crate) const SUITE_WRONG: i64 = 40083;
pub(crate) const PERMANENT_CODE_WRONG: i64 = 40084;
pub(crate) const SUITE_TICKET_WRONG: i64 = 40085;
pub(crate) const TOKEN_MISSING: i64 = 41001;
pub(crate) const CORPID_MISSING: i64 = 41002;
pub(crate) const SECRET_MISSING: i64 = 41004;
pub(crate) const CODE_MISSING: i64 = 41008;
pub(crate) const USERID_MISSING: i64 = 41009;
pub(crate) const AGENT_MISSING: i64 = 41011;
pub(crate) const SUITE_MISSING: i64 = 41021;
pub(crate) const SUITE_TOKEN_MISSING: i64 = 41022;
pub(crate) const SUITE_TICKET_MISSING: i64 = 41023;
pub(crate) const SUITE_SECRET_MISSING: i64 = 41024;
pub(crate) const PERMANENT_CODE_MISSING: i64 = 41025;
pub(crate) const TOKEN_EXPIRED: i64 = 42001;
pub(crate) const PRE_AUTH_CODE_EXPIRED: i64 = 42007;
pub(crate) const SUITE_TOKEN_EXPIRED: i64 = 42009;
pub(crate) const NOT_BOUND: i64 = 43004;
pub(crate) const TOO_OFTEN: i64 = 45009;
pub(crate) const ANSWER_TOO_LARGE: i64 = 45029;
pub(crate) const API_NOT_GRANTED: i64 = 48001;
pub(crate) const API_FORBIDDEN: i64 = 48002;
pub(crate) const NOT_AUTHORIZED: i64 = 48004;
pub(crate) const API_FORBIDDEN_TO_SYNC: i64 = 48009;
pub(crate) const OTHER_APP: i64 = 50001;
pub(crate) const APP_DISABLED: i64 = 50003;
pub(crate) const NO_PRIVILEGE: i64 = 60011;
pub(crate) const IP_NOT_TRUSTED: i64 = 60020;
pub(crate) const USERID_UNKNOWN: i64 = 60111;
pub(crate) const DEPARTMENT_UNKNOWN: i64 = 60123;
pub(crate) const TICKET_EXPIRED: i64 = 84014;
pub(crate) const TICKET_WRONG: i64 = 84015;
pub(crate) const TEMPLATES_MISSING: i64 = 84019;
pub(crate) const TEMPLATE_WRONG: i64 = 84020;
pub(crate) const STATE_WRONG: i64 = 84025;
pub(crate) const TICKET_MISSING: i64 = 84090;
pub(crate) const OTHER_AGENT: i64 = 301_002;

fn text_of(code: i64) -> &'static str {
    match code {
        -1 => "system busy",
        SECRET_WRONG => "invalid credential",
        USERID_WRONG => "invalid userid",
        CORPID_WRONG => "invalid corpid",
        TOKEN_WRONG => "invalid access_token",
        CODE_WRONG => "invalid code",
        AGENT_WRONG => "invalid agentid",
        PARAMETER_WRONG => "invalid Request Parameter",
        PRE_AUTH_CODE_WRONG => "invalid pre_auth_code",
        AUTH_CODE_WRONG => "invalid auth_code",
        SUITE_SECRET_WRONG => "invalid suite_secret",
        SUITE_TOKEN_WRONG => "invalid suite_access_token",
        SUITE_WRONG => "invalid suite_id",
        PERMANENT_CODE_WRONG => "invalid permanent_code",
        SUITE_TICKET_WRONG => "invalid suite_ticket",
        TOKEN_MISSING => "access_token missing",
        CORPID_MISSING => "corpid missing",
        SECRET_MISSING => "corpsecret missing",
        CODE_MISSING => "code missing",
        USERID_MISSING => "userid missing",
        AGENT_MISSING => "agentid missing",
        SUITE_MISSING => "suite_id missing",
        SUITE_TOKEN_MISSING => "suite_access_token missing",
        SUITE_TICKET_MISSING => "suite_ticket missing",
        SUITE_SECRET_MISSING => "secret missing",
        PERMANENT_CODE_MISSING => "permanent_code missing",
        TOKEN_EXPIRED => "access_token expired",
        PRE_AUTH_CODE_EXPIRED => "pre_auth_code expired",
        SUITE_TOKEN_EXPIRED => "suite_access_token expired",
        NOT_BOUND => "user not bind weixin",
        TOO_OFTEN => "api freq out of limit",
        ANSWER_TOO_LARGE => "response too large",
        45033 => "api concurrent out of limit",
        API_NOT_GRANTED => "api unauthorized",
        API_FORBIDDEN => "api forbidden",
        NOT_AUTHORIZED => "authorization relation not exist",
        API_FORBIDDEN_TO_SYNC => "api forbidden for contact sync",
        OTHER_APP => "redirect_uri unauthorized",
        APP_DISABLED => "app is disabled",
        NO_PRIVILEGE => "no privilege to access/modify contact/party/agent",
        IP_NOT_TRUSTED => "not allow to access from your ip",
        USERID_UNKNOWN => "userid not found",
        DEPARTMENT_UNKNOWN => "invalid party id",
        TICKET_EXPIRED => "user_ticket expired",
        TICKET_WRONG => "invalid user_ticket",
        TEMPLATES_MISSING => "templateid_list missing",
        TEMPLATE_WRONG => "invalid templateid",
        STATE_WRONG => "invalid state",
        TICKET_MISSING => "user_ticket missing",
        OTHER_AGENT => "not allow operate another agent with this accesstoken.",
        _ => "error asked for through /sim/faults",
    }
}
