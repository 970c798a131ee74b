//! Departments: one of them, or a tree of them, in full or as ids alone.

use serde_json::{Value, json};

use super::Call;
use super::access::{self, Access};
use super::envelope::Fields;
use super::errors::{DEPARTMENT_UNKNOWN, Failure, NO_PRIVILEGE, PARAMETER_WRONG};
use crate::company::{Department, ROOT};

/// `GET /cgi-bin/department/get?access_token&id` (page 95406).
pub(crate) fn get(call: &Call<'_>) -> Result<Fields, Failure> {
    let access = access::check(call, &call.sim.state())?;
    let department = named(call, &access, "id")?;
    Ok(vec![("department", full(&access, department))])
}

/// `GET /cgi-bin/department/list?access_token&id` (page 90208).
pub(crate) fn list(call: &Call<'_>) -> Result<Fields, Failure> {
    let access = access::check(call, &call.sim.state())?;
    access.may_read_contacts()?;
    let shown: Value = tree(call, &access)?.into_iter().map(|department| full(&access, department)).collect();
    Ok(vec![("department", shown)])
}

/// `GET /cgi-bin/department/simplelist?access_token&id` (page 95350).
pub(crate) fn simple_list(call: &Call<'_>) -> Result<Fields, Failure> {
    let access = access::check(call, &call.sim.state())?;
    let short = |department: &Department| {
        let Department { id, parent_id, order, .. } = department;
        json!({ "id": id, "parentid": parent_id, "order": order })
    };
    Ok(vec![("department_id", tree(call, &access)?.into_iter().map(short).collect())])
}

/// The department that a parameter names, if the app may read it.
pub(crate) fn named<'a>(call: &Call<'_>, access: &'a Access, parameter: &str) -> Result<&'a Department, Failure> {
    let id: u32 = call.parameter(parameter).and_then(|id| id.parse().ok()).ok_or(PARAMETER_WRONG)?;
    let department = access.company.department(id).ok_or(DEPARTMENT_UNKNOWN)?;
    if !access.company.shows_department(&access.app, id) {
        return Err(NO_PRIVILEGE.into());
    }
    Ok(department)
}

/// The department that `id` names and all below it; without `id` all that the app may read.
fn tree<'a>(call: &Call<'_>, access: &'a Access) -> Result<Vec<&'a Department>, Failure> {
    let top = match call.parameter("id") {
        Some(_) => named(call, access, "id")?.id,
        None => ROOT,
    };
    let mut found = access.company.below(top);
    found.retain(|department| access.company.shows_department(&access.app, department.id));
    Ok(found)
}

fn full(access: &Access, department: &Department) -> Value {
    let Department { id, name, name_en, parent_id, order } = department;
    let leads = |member: &&crate::Member| member.departments.iter().any(|place| place.id == *id && place.leader);
    let leaders: Vec<_> =
        access.company.members_in(*id).filter(leads).map(|member| access.userid(&member.user_id)).collect();
    json!({
        "id": id,
        "name": name,
        "name_en": name_en,
        "department_leader": leaders,
        "parentid": parent_id,
        "order": order,
    })
}
