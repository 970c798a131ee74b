//! Departments: `GET /cgi-bin/department/get?access_token&id` (page 95406).

use serde_json::json;

use super::envelope::Fields;
use super::errors::{DEPARTMENT_UNKNOWN, Failure, NO_PRIVILEGE, PARAMETER_WRONG};
use super::{Call, access};

pub(crate) fn get(call: &Call<'_>) -> Result<Fields, Failure> {
    let access = access::check(call, &call.sim.state())?;
    let company = &access.company;
    let id: u32 = call.parameter("id").and_then(|id| id.parse().ok()).ok_or(PARAMETER_WRONG)?;
    let department = company.department(id).ok_or(DEPARTMENT_UNKNOWN)?;
    if !company.shows_department(&access.app, id) {
        return Err(NO_PRIVILEGE.into());
    }
    let leads = |member: &&crate::Member| member.departments.iter().any(|place| place.id == id && place.leader);
    let leaders: Vec<_> = company.members.iter().filter(leads).map(|member| &member.user_id).collect();
    let fields = json!({
        "id": id,
        "name": department.name,
        "name_en": department.name_en,
        "department_leader": leaders,
        "parentid": department.parent_id,
        "order": department.order,
    });
    Ok(vec![("department", fields)])
}
