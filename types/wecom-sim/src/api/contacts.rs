//! Profiles: of one member, or of all in a department.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::access::{self, Access};
use super::envelope::Fields;
use super::errors::{ANSWER_TOO_LARGE, Failure, USERID_MISSING};
use super::{Call, departments};
use crate::member::{Member, Membership};

/// The lists of a profile that are there, empty, in an error (probed).
pub(crate) const EMPTY: &[&str] = &["department", "order", "is_leader_in_dept", "direct_leader"];

/// `GET /cgi-bin/user/get?access_token&userid` (page 96255).
pub(crate) fn get(call: &Call<'_>) -> Result<Fields, Failure> {
    let access = access::check(call, &call.sim.state())?;
    access.may_read_contacts()?;
    let userid = call.parameter("userid").ok_or(USERID_MISSING)?;
    let member = access.member(userid)?;
    access.may_see(member)?;
    Ok(profile(&access, member))
}

/// `GET /cgi-bin/user/list?access_token&department_id` (page 90201).
pub(crate) fn list(call: &Call<'_>) -> Result<Fields, Failure> {
    let access = access::check(call, &call.sim.state())?;
    let members = members(call, &access)?;
    if members.len() > call.sim.shared.options.largest_list {
        return Err(ANSWER_TOO_LARGE.into());
    }
    let full = |member: &Member| -> Value {
        profile(&access, member).into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    };
    Ok(vec![("userlist", members.into_iter().map(full).collect())])
}

/// `GET /cgi-bin/user/simplelist?access_token&department_id` (page 90200).
pub(crate) fn simple_list(call: &Call<'_>) -> Result<Fields, Failure> {
    let access = access::check(call, &call.sim.state())?;
    let short = |member: &Member| {
        let departments: Vec<_> = member.departments.iter().map(|place| place.id).collect();
        json!({ "userid": access.userid(&member.user_id), "name": member.name, "department": departments })
    };
    Ok(vec![("userlist", members(call, &access)?.into_iter().map(short).collect())])
}

/// Those in a department itself. `fetch_child=1` is no longer documented; older clients send it, and
/// are given those below as well, each once.
fn members<'a>(call: &Call<'_>, access: &'a Access) -> Result<Vec<&'a Member>, Failure> {
    access.may_read_contacts()?;
    let company = &access.company;
    let department = departments::named(call, access, "department_id")?;
    if call.parameter("fetch_child") != Some("1") {
        return Ok(company.members_in(department.id).collect());
    }
    let mut seen = HashSet::new();
    let all = company.below(department.id).into_iter().flat_map(|below| company.members_in(below.id));
    Ok(all.filter(|member| seen.insert(&member.user_id)).collect())
}

/// A member as the app may see them: the same fields in `user/get` and `user/list`.
fn profile(access: &Access, member: &Member) -> Fields {
    let places = |of: fn(&Membership) -> u32| -> Value { member.departments.iter().map(of).collect::<Vec<_>>().into() };
    let main = member.main_department.or(member.departments.first().map(|place| place.id));
    let mut fields = vec![
        ("userid", json!(access.userid(&member.user_id))),
        ("name", json!(member.name)),
        ("department", places(|place| place.id)),
        ("order", places(|place| place.order)),
        ("position", json!(member.position)),
        ("is_leader_in_dept", places(|place| place.leader.into())),
        ("direct_leader", member.direct_leader.iter().map(|id| access.userid(id)).collect()),
        ("telephone", json!(member.telephone)),
        ("alias", json!(member.alias)),
        ("main_department", json!(main)),
        ("extattr", if member.extattr.is_null() { json!({ "attrs": [] }) } else { member.extattr.clone() }),
        ("status", json!(member.status)),
    ];
    if access.app.sees_full_profile() {
        fields.extend([
            ("mobile", json!(member.mobile)),
            // A text in WeCom, though a number in meaning.
            ("gender", json!(member.gender.to_string())),
            ("email", json!(member.email)),
            ("biz_mail", json!(member.biz_mail)),
            ("avatar", json!(member.avatar)),
            ("qr_code", json!(member.qr_code)),
            ("address", json!(member.address)),
        ]);
    }
    if !member.external_position.is_empty() {
        fields.push(("external_position", json!(member.external_position)));
    }
    if !member.external_profile.is_null() {
        fields.push(("external_profile", member.external_profile.clone()));
    }
    fields
}
