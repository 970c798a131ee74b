//! Profiles: `GET /cgi-bin/user/get?access_token&userid` (page 96255).

use serde_json::{Value, json};

use super::envelope::Fields;
use super::errors::{Failure, NO_PRIVILEGE, USERID_MISSING, USERID_UNKNOWN};
use super::{Call, access};
use crate::company::App;
use crate::member::{Member, Membership};

/// The lists of a profile that are there, empty, in an error (probed).
pub(crate) const EMPTY: &[&str] = &["department", "order", "is_leader_in_dept", "direct_leader"];

pub(crate) fn get(call: &Call<'_>) -> Result<Fields, Failure> {
    let access = access::check(call, &call.sim.state())?;
    let userid = call.parameter("userid").ok_or(USERID_MISSING)?;
    let member = access.company.member(userid).ok_or(USERID_UNKNOWN)?;
    if !access.company.visible(&access.app, member) {
        return Err(NO_PRIVILEGE.into());
    }
    Ok(profile(&access.app, member))
}

/// A member as `app` may see them: the same fields in `user/get` and `user/list`.
fn profile(app: &App, member: &Member) -> Fields {
    let places = |of: fn(&Membership) -> u32| -> Value { member.departments.iter().map(of).collect::<Vec<_>>().into() };
    let main = member.main_department.or(member.departments.first().map(|place| place.id));
    let mut fields = vec![
        ("userid", json!(member.user_id)),
        ("name", json!(member.name)),
        ("department", places(|place| place.id)),
        ("order", places(|place| place.order)),
        ("position", json!(member.position)),
        ("is_leader_in_dept", places(|place| place.leader.into())),
        ("direct_leader", json!(member.direct_leader)),
        ("telephone", json!(member.telephone)),
        ("alias", json!(member.alias)),
        ("main_department", json!(main)),
        ("extattr", if member.extattr.is_null() { json!({ "attrs": [] }) } else { member.extattr.clone() }),
        ("status", json!(member.status)),
    ];
    if app.sees_full_profile() {
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
