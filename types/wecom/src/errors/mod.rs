//! WeCom's refusals: number, meaning, what to do and where (page 90313), in English and Chinese. One table for all calls.
//!
//! WeCom's number passes through as the error's `code`. Its own words go to the log: they may change any time, and
//! they speak to whoever made the app, not to whoever uses it.
//!
//! To add a number, add one row, in the order of the numbers, to the file of those who meet it: `people` for what is about
//! somebody who logs in or is looked up, `suite` for what only makers of apps for others meet, `app` for the rest;
//! `made_for_others` says again what is mended elsewhere if the app was made by somebody else. A row is
//!
//! ```text
//! number Kind Place: "meaning", "含义"
//!     => REMEDY;
//! ```
//!
//! - The kind is `Refused` for what whoever logs in can mend, or must hear; `InvalidArgs` for what a caller gave; `NotFound`
//!   for what is not there; `RateLimited` for limits; `Upstream` for the rest: config, permissions, addresses, companies.
//! - The place is the page of the console where it is mended; a page that is not there yet goes into `place`. `{page}` in a
//!   remedy is the way to it.
//! - The remedy says what to do, never again what is wrong. `CALL` stands where only this crate can mend it.
//!
//! The tests say what a row lacks.
use crate::{credential::Made, wire::Refusal};
use element::{Error, ErrorKind, code};
use place::Place;
use std::net::IpAddr;

/// The rows of one file, see above.
macro_rules! table {
    ($($code:literal $kind:ident $place:ident: $en:literal, $zh:literal => $remedy:expr;)+) => {
        pub(super) const TABLE: &[super::Known] = &[$(super::Known {
            code: $code,
            kind: element::ErrorKind::$kind,
            meaning: $crate::errors::text($en, $zh),
            remedy: $remedy,
            place: super::Place::$place,
        }),+];
    };
}

mod app;
mod made_for_others;
mod people;
mod place;
mod suite;
#[cfg(test)]
mod tests;

/// What stands here can be the answer to a call of this crate.
const TABLES: [&[Known]; 3] = [app::TABLE, people::TABLE, suite::TABLE];

/// One number that WeCom says no with.
#[derive(Debug)]
struct Known {
    code: i64,
    kind: ErrorKind,
    meaning: Text,
    /// The next step.
    remedy: Text,
    /// Where to take it.
    place: Place,
}

/// The same in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Text {
    en: &'static str,
    zh: &'static str,
}

const fn text(en: &'static str, zh: &'static str) -> Text {
    Text { en, zh }
}

const CALL: Text = text(
    "the request does not fit WeCom's interface; tell the maintainers with the log's line",
    "请求不符合企业微信接口的要求；请把日志中的这一条告知维护者",
);

fn known(code: i64, made: Made) -> Option<&'static Known> {
    let of_others: &[Known] = if made == Made::ForIt { made_for_others::TABLE } else { &[] };
    [of_others].into_iter().chain(TABLES).flatten().find(|it| it.code == code)
}

impl Known {
    /// The remedy, with the way to the page.
    fn remedy(&self) -> (String, String) {
        let page = self.place.path();
        (self.remedy.en.replace("{page}", page.en), self.remedy.zh.replace("{page}", page.zh))
    }
}

/// Who is told of a refusal, and by which WeCom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    /// It came from WeCom itself. What another WeCom, such as a simulator, adds after ` -- ` is for whoever pointed us
    /// there, and is shown.
    pub(crate) by_wecom: bool,
    /// Elements, administrators and the operator: the address that this host has to the outside is nobody else's business.
    pub(crate) inside: bool,
    /// Who made the app that was refused.
    pub(crate) made: Made,
}

/// WeCom's refusal as an error.
///
/// The Chinese message leaves the number out: where people read it, the number stands beside it.
pub(crate) fn explain(refusal: &Refusal, told: Told) -> Error {
    let Refusal { code, errmsg } = refusal;
    let (kind, mut message, mut chinese) = match known(*code, told.made) {
        Some(it) => {
            let (en, zh) = match address(*code, errmsg) {
                Some(ip) if told.inside => (format!(", {ip}"), format!("（{ip}）")),
                Some(_) => (" (this host's log names it)".into(), "（见本主机的日志）".into()),
                None => Default::default(),
            };
            let (remedy, chinese) = it.remedy();
            (it.kind, format!("{}{en}; {remedy} (WeCom {code})", it.meaning.en), format!("{}{zh}；{chinese}", it.meaning.zh))
        }
        None => {
            let page = format!("https://open.work.weixin.qq.com/devtool/query?e={code}");
            (
                ErrorKind::Upstream,
                format!("WeCom refuses with {code}; its meaning: {page}"),
                format!("企业微信返回错误 {code}；其含义请查询：{page}"),
            )
        }
    };
    if let Some((_, aside)) = errmsg.split_once(" -- ").filter(|_| !told.by_wecom) {
        for text in [&mut message, &mut chinese] {
            text.push_str(" -- ");
            text.push_str(aside);
        }
    }
    let error = Error::new(kind, *code, message).in_chinese(chinese).because(format!("WeCom {code}: {errmsg}"));
    match known(*code, told.made).and_then(|it| it.place.url()) {
        Some(page) => error.mended_at(page),
        None => error,
    }
}

/// The address that WeCom saw, for the refusals that are about it: nobody behind a NAT knows it otherwise.
fn address(code: i64, errmsg: &str) -> Option<IpAddr> {
    if !matches!(code, 60020 | 301_042) {
        return None;
    }
    errmsg.split_once("from ip: ")?.1.split([',', ' ', ';']).next()?.parse().ok()
}

/// There is no such member, or not for this app.
pub(crate) fn is_member_gone(code: i64) -> bool {
    matches!(code, 50002 | 60011 | 60021 | 60111)
}

/// There is no such department (60123 and 60003 are the same to WeCom), or not for this app.
pub(crate) fn is_department_gone(code: i64) -> bool {
    matches!(code, 60003 | 60011 | 60123)
}

/// A refusal of one member or department, and not of everything.
pub(crate) fn is_about_one(code: i64) -> bool {
    is_member_gone(code) || is_department_gone(code) || matches!(code, 40003 | 40066 | 46004)
}

/// The same error for somebody who logs in: a member whom the app may not see is refused, not unfound.
pub(crate) fn for_a_login(error: Error) -> Error {
    if error.code != 40003 && !is_member_gone(error.code) {
        return error;
    }
    let message = format!(
        "you are outside the app's visible range; ask an administrator to add you at 应用管理 → the app → 可见范围 (WeCom {})",
        error.code
    );
    Error::new(ErrorKind::Refused, error.code, message)
        .in_chinese("你不在该应用的可见范围内；请企业管理员在“应用管理 → 该应用 → 可见范围”中添加你")
        .mended_at(Place::Range.url().unwrap_or_default())
        .because(error.internal.clone())
}

/// For somebody who logs in and was a member.
pub(crate) fn no_member_any_more() -> Error {
    let message = "this account is disabled or left the company; an administrator looks at it in the contacts: 通讯录";
    Error::new(ErrorKind::Refused, code::NOT_A_MEMBER, message)
        .in_chinese("该账号已被禁用或已离开企业；请企业管理员在“通讯录”中查看")
        .mended_at(Place::Contacts.url().unwrap_or_default())
}

/// For whoever logs in through an app that their company has not, or not yet.
pub(crate) fn not_installed(message: String, chinese: String) -> Error {
    Error::new(ErrorKind::Refused, code::NOT_INSTALLED, message)
        .in_chinese(chinese)
        .mended_at(Place::Template.url().unwrap_or_default())
}
