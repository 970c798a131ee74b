//! Ids alone: who works where, and the openids that members have in WeChat.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::Call;
use super::access::{self, Access};
use super::envelope::Fields;
use super::errors::{API_FORBIDDEN, Failure, NOT_BOUND, PARAMETER_WRONG, USERID_MISSING, USERID_WRONG};
use crate::company::AppKind;
use crate::directory::member_openid;
use crate::member::Member;

/// The most rows of one answer, and what is given when no limit is asked for.
const MOST: u64 = 10_000;

/// `POST /cgi-bin/user/list_id?access_token` with `{"cursor"?, "limit"?}` (page 96067): a row for each
/// membership. The cursor names the last row given, so that changes in between do no harm.
pub(crate) fn list(call: &Call<'_>) -> Result<Fields, Failure> {
    let access = access::check(call, &call.sim.state())?;
    if access.app.kind != AppKind::ContactSync {
        return Err(API_FORBIDDEN.into());
    }
    let limit = match call.value("limit") {
        Value::Null => MOST,
        limit => limit.as_u64().filter(|limit| (1..=MOST).contains(limit)).ok_or(PARAMETER_WRONG)?,
    };
    let after = match call.field("cursor") {
        None => (String::new(), 0),
        Some(cursor) => read_cursor(cursor).ok_or(PARAMETER_WRONG)?,
    };
    let rows = access.company.members_from(&after.0).flat_map(|(id, member)| {
        let mut departments: Vec<_> = member.departments.iter().map(|place| place.id).collect();
        departments.sort_unstable();
        departments.dedup();
        departments.into_iter().map(move |department| (id, department, member))
    });
    let mut rows = rows.skip_while(|(id, department, _)| (*id, *department) <= (after.0.as_str(), after.1));
    let (mut shown, mut last) = (Vec::new(), None);
    for (id, department, member) in rows.by_ref().take(usize::try_from(limit).unwrap_or(usize::MAX)) {
        shown.push(json!({ "userid": member.user_id, "department": department }));
        last = Some((id, department));
    }
    let next = last.filter(|_| rows.next().is_some()).map(|(id, department)| write_cursor(id, department));
    Ok(vec![("next_cursor", next.unwrap_or_default().into()), ("dept_user", shown.into())])
}

fn write_cursor(id: &str, department: u32) -> String {
    URL_SAFE_NO_PAD.encode(format!("{department}/{id}"))
}

fn read_cursor(cursor: &str) -> Option<(String, u32)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (department, id) = text.split_once('/')?;
    Some((id.to_owned(), department.parse().ok()?))
}

/// `POST /cgi-bin/user/convert_to_openid?access_token` with `{"userid"}` (page 90202).
pub(crate) fn to_openid(call: &Call<'_>) -> Result<Fields, Failure> {
    let access = access::check(call, &call.sim.state())?;
    let userid = call.field("userid").ok_or(USERID_MISSING)?;
    let member = access.member(userid)?;
    has_openid(&access, member)?;
    Ok(vec![("openid", member_openid(&access.company.corp_id, member).into())])
}

/// `POST /cgi-bin/user/convert_to_userid?access_token` with `{"openid"}` (page 90202).
pub(crate) fn to_userid(call: &Call<'_>) -> Result<Fields, Failure> {
    let access = access::check(call, &call.sim.state())?;
    let openid = call.field("openid").ok_or(PARAMETER_WRONG)?;
    let member = access.company.member_of_openid(openid).ok_or(USERID_WRONG)?;
    has_openid(&access, member)?;
    Ok(vec![("userid", access.userid(&member.user_id).into())])
}

fn has_openid(access: &Access, member: &Member) -> Result<(), Failure> {
    access.may_see(member)?;
    if member.wechat_bound { Ok(()) } else { Err(NOT_BOUND.into()) }
}
