//! WeCom's refusals: number, meaning, and what to do (page 90313). One table for all calls.
//!
//! WeCom's number passes through as the error's `code`. Its own words go to the log: they may change any time, and
//! they speak to whoever made the app, not to whoever uses it.
use crate::wire::Refusal;
use element::{Error, ErrorKind, code};
use std::{fmt::Write as _, net::IpAddr};

/// One number that WeCom says no with.
#[derive(Debug)]
struct Known {
    code: i64,
    kind: ErrorKind,
    meaning: &'static str,
    /// The next step, with the page of the console (`work.weixin.qq.com/wework_admin`) where there is one.
    remedy: &'static str,
}

const fn known(code: i64, kind: ErrorKind, meaning: &'static str, remedy: &'static str) -> Known {
    Known { code, kind, meaning, remedy }
}

use ErrorKind::{InvalidArgs, NotFound, RateLimited, Refused, Unavailable, Upstream};

const AGAIN: &str = "log in again: a code is valid for one use within five minutes";
const SECRET: &str = "correct `corpId` and `corpSecret`: 我的企业 → 企业信息, and 应用管理 → the app → Secret; the same config is \
                      tried again after 15 seconds, then more and more rarely, a changed one at once";
const TOKEN: &str = "it was fetched anew and refused again: look whether something else uses or resets this app's Secret";
const CALL: &str = "the request does not fit WeCom's interface; tell the maintainers with the log's line";
const RANGE: &str = "an administrator adds them at 应用管理 → the app → 可见范围";
const TRUSTED: &str = "enter it at 应用管理 → the app → 企业可信IP and wait a minute";
const WAIT: &str = "wait: a limit per minute ends after a minute, one per hour after an hour";
const PERMISSION: &str = "give the app this permission, or use one that has it: 应用管理 → the app";
const COMPANY: &str = "ask WeCom why, and have it lifted: 我的企业";

/// By number. What stands here can be the answer to a call of this crate.
const TABLE: &[Known] = &[
    known(-1, Unavailable, "WeCom is busy", "try again in a few seconds; three retries were made"),
    known(
        40001,
        Upstream,
        "WeCom refuses the app's secret: wrong, reset, of another company, or the app is stopped",
        SECRET,
    ),
    known(40003, InvalidArgs, "this is no userid", "give `userId` as WeCom's contacts show it (账号)"),
    known(40013, Upstream, "WeCom knows no company with this `corpId`", SECRET),
    known(40014, Upstream, "WeCom does not know the app's access token", TOKEN),
    known(40029, Refused, "the code is unknown, expired or used", AGAIN),
    known(40035, Upstream, "a parameter is wrong", CALL),
    known(40056, Upstream, "there is no app with this `agentId`", "correct `agentId`: 应用管理 → the app → AgentId"),
    known(40058, Upstream, "a parameter is wrong", CALL),
    known(40063, Upstream, "a parameter is missing", CALL),
    known(40091, Upstream, "the app's secret belongs to another company", SECRET),
    known(41001, Upstream, "the access token is missing", CALL),
    known(41002, Upstream, "`corpId` is missing", SECRET),
    known(41004, Upstream, "`corpSecret` is missing", SECRET),
    known(41008, Refused, "the code is missing", AGAIN),
    known(41009, InvalidArgs, "the userid is missing", "give `userId` as WeCom's contacts show it (账号)"),
    known(42001, Upstream, "the app's access token expired", TOKEN),
    known(42003, Refused, "the code expired", AGAIN),
    known(42022, Refused, "the code was used before", AGAIN),
    known(45009, RateLimited, "too many calls to WeCom", WAIT),
    known(
        45031,
        Upstream,
        "WeCom finds the app's secret too weak",
        "reset it at 应用管理 → the app → Secret, and change `corpSecret`",
    ),
    known(45033, RateLimited, "too many calls to WeCom at the same time", "try again in a few seconds"),
    known(48002, Upstream, "the app may not make this call", PERMISSION),
    known(48005, Upstream, "WeCom gave this call up", CALL),
    known(48006, Upstream, "the app was idle for long, and WeCom took this permission back", PERMISSION),
    known(
        48009,
        Upstream,
        "contact sync may not make this call from a new address",
        "use the Secret of an app: 应用管理 → the app → Secret",
    ),
    known(
        50001,
        Refused,
        "the code is of another app, or the domain of `redirectUri` is not registered for this one",
        "log in through this login's own page; an administrator registers the domain, with its port, at 应用管理 → the app → \
         企业微信授权登录 and 网页授权及JS-SDK",
    ),
    known(50002, Refused, "the member is outside the app's visible range", RANGE),
    known(50003, Upstream, "the app is disabled", "enable it at 应用管理 → the app"),
    known(60011, Refused, "the app may not see this member", RANGE),
    known(60020, Upstream, "WeCom does not trust the address that the call comes from", TRUSTED),
    known(60021, Refused, "the member is outside the app's visible range", RANGE),
    known(60031, Upstream, "WeCom barred the app from its interfaces", COMPANY),
    known(60111, NotFound, "there is no member with this userid", "look for it in the console's contacts: 通讯录"),
    known(301_002, Upstream, "the secret is not of the app with this `agentId`", SECRET),
    known(301_007, Upstream, "the company is dissolved or barred", COMPANY),
    known(301_042, Upstream, "WeCom does not trust the address that the call comes from", TRUSTED),
];

/// WeCom's refusal as an error. `own`: it came from WeCom itself; what another WeCom, such as a simulator, adds after
/// ` -- ` is for whoever pointed us there, and is shown.
pub(crate) fn explain(refusal: &Refusal, own: bool) -> Error {
    let Refusal { code, errmsg } = refusal;
    let (kind, mut message) = match TABLE.iter().find(|it| it.code == *code) {
        Some(it) => (it.kind, format!("{}{}; {} (WeCom {code})", it.meaning, address(*code, errmsg), it.remedy)),
        None => (
            Upstream,
            format!("WeCom refuses with {code}; its meaning: https://open.work.weixin.qq.com/devtool/query?e={code}"),
        ),
    };
    if let Some((_, aside)) = errmsg.split_once(" -- ").filter(|_| !own) {
        // Writing into a text cannot fail.
        let _ = write!(message, " -- {aside}");
    }
    let error = Error::new(kind, *code, message).because(format!("WeCom {code}: {errmsg}"));
    match chinese(*code) {
        Some(it) => error.in_chinese(it),
        None => error,
    }
}

/// What somebody who only wants to log in is told in Chinese; the rest is for whoever runs the app.
const fn chinese(code: i64) -> Option<&'static str> {
    match code {
        40029 | 41008 | 42003 | 42022 => Some("登录凭证无效、已过期或已被使用；它只能在五分钟内使用一次，请重新登录"),
        50001 => Some(
            "登录凭证属于另一个应用，或者回调域名没有登记；请从本登录页重新登录，仍然不行时请企业管理员在“应用管理 → 该应用 → \
             企业微信授权登录”和“网页授权及JS-SDK”中登记域名（含端口）",
        ),
        _ => None,
    }
}

/// The address that WeCom saw, for the refusals that are about it: nobody behind a NAT knows it otherwise.
fn address(code: i64, errmsg: &str) -> String {
    let seen = || errmsg.split_once("from ip: ")?.1.split([',', ' ', ';']).next()?.parse::<IpAddr>().ok();
    if !matches!(code, 60020 | 301_042) {
        return String::new();
    }
    seen().map(|ip| format!(", {ip}")).unwrap_or_default()
}

/// The same error for somebody who logs in: a member whom the app may not see is refused, not unfound.
pub(crate) fn for_a_login(error: Error) -> Error {
    if !matches!(error.code, 40003 | 50002 | 60011 | 60021 | 60111) {
        return error;
    }
    let message = format!(
        "you are outside the app's visible range; ask an administrator to add you at 应用管理 → the app → 可见范围 (WeCom {})",
        error.code
    );
    Error::new(Refused, error.code, message)
        .in_chinese("你不在该应用的可见范围内；请企业管理员在“应用管理 → 该应用 → 可见范围”中添加你")
        .because(error.internal.clone())
}

/// For somebody who logs in and was a member.
pub(crate) fn no_member_any_more() -> Error {
    let message = "this account is disabled or left the company; an administrator looks at it in the contacts: 通讯录";
    Error::new(Refused, code::NOT_A_MEMBER, message).in_chinese("该账号已被禁用或已离开企业；请企业管理员在“通讯录”中查看")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(code: i64, errmsg: &str) -> Refusal {
        Refusal { code, errmsg: errmsg.into() }
    }

    #[test]
    fn the_table_is_in_order_and_says_what_to_do() {
        assert!(TABLE.is_sorted_by(|a, b| a.code < b.code));
        for it in TABLE {
            let error = explain(&refusal(it.code, "WeCom's words"), true);
            assert_eq!((error.kind, error.code), (it.kind, it.code));
            assert!(error.message.contains(it.meaning) && error.message.contains(it.remedy), "{error}");
            assert!(!error.message.contains("WeCom's words") && error.internal.contains("WeCom's words"));
            for text in [it.meaning, it.remedy] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{text}");
            }
        }
    }

    #[test]
    fn an_untrusted_address_is_named_if_wecom_told_it() {
        for (errmsg, expected) in [
            (
                "not allow to access from your ip, hint: [1], from ip: 1.2.3.4, more info at https://x",
                ", 1.2.3.4; enter it at",
            ),
            ("from ip: 2001:db8::1", ", 2001:db8::1; enter it at"),
            ("from ip: <script>", "comes from; enter it at"),
            ("", "comes from; enter it at"),
        ] {
            let message = explain(&refusal(60020, errmsg), true).message.clone();
            assert!(message.contains(expected), "{message}");
        }
    }

    #[test]
    fn unknown_numbers_pass_through_with_a_link() {
        let error = explain(&refusal(99_999, "?"), true);
        assert_eq!((error.kind, error.code), (Upstream, 99_999));
        assert!(error.message.ends_with("https://open.work.weixin.qq.com/devtool/query?e=99999"), "{error}");
    }

    #[test]
    fn only_another_wecom_than_the_real_one_may_add_to_the_message() {
        let it = refusal(40013, "invalid corpid -- wecom-sim: add it with: curl …");
        assert!(explain(&it, false).message.ends_with(" -- wecom-sim: add it with: curl …"));
        assert!(!explain(&it, true).message.contains("curl"));
    }

    #[test]
    fn a_member_out_of_sight_is_refused_at_login_and_nothing_else_changes() {
        for (code, kind) in [(60111, Refused), (60011, Refused), (50002, Refused), (60020, Upstream), (45009, RateLimited)] {
            let error = for_a_login(explain(&refusal(code, "words"), true));
            assert_eq!((error.kind, error.code), (kind, code));
            assert!(error.internal.contains("words"));
        }
    }
}
