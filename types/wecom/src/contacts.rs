//! A member's profile: `user/get` (page 96255), in the words that all logins share.
use crate::{
    client::Client,
    department_names, errors,
    wire::{Fields, take_text},
};
use auths::{DepartmentId, User};
use element::{HttpRequest, Result};
use serde_json::Value;

/// The profile of a member.
///
/// # Errors
/// `NotFound` if there is no such member; see `Client::call`.
pub(crate) async fn get(client: &Client<'_>, user_id: &str) -> Result<User> {
    let user = profile(user_id, client.call(&request(client, user_id)).await?);
    Ok(department_names::with_names(client, user).await)
}

/// What asks for it.
pub(crate) fn request(client: &Client<'_>, user_id: &str) -> HttpRequest {
    client.get("/cgi-bin/user/get").query("userid", user_id)
}

/// The profile of a member who logs in.
///
/// # Errors
/// `Refused` if the app may not see the member, or the member was disabled or left: WeCom tells who a code belongs to
/// even then, and the default answer is no.
pub(crate) async fn of_login(client: &Client<'_>, user_id: &str) -> Result<User> {
    let user = get(client, user_id).await.map_err(errors::for_a_login)?;
    match user.status {
        Some(2 | 5) => Err(errors::no_member_any_more()),
        _ => Ok(user),
    }
}

/// Reads the reply. What WeCom withholds is absent there: apps made after 2022-06-20 get no mobile, email, avatar and
/// gender from this call.
pub(crate) fn profile(user_id: &str, mut fields: Fields) -> User {
    // WeCom finds members whatever the case, and tells the id as the company wrote it.
    let user_id = take_text(&mut fields, "userid").unwrap_or_else(|| user_id.into());
    let leads = fields.get("is_leader_in_dept").and_then(Value::as_array);
    let is_leader = leads.map(|it| it.iter().any(|leads| leads == 1));
    let mut user = User {
        user_id,
        name: take_field(&mut fields, "name"),
        mobile: take_field(&mut fields, "mobile"),
        email: take_field(&mut fields, "email"),
        avatar: take_field(&mut fields, "avatar"),
        department: fields.remove("department").as_ref().and_then(department_ids),
        department_names: None,
        main_department: fields.remove("main_department").as_ref().and_then(department),
        position: take_field(&mut fields, "position"),
        gender: take_field(&mut fields, "gender"),
        status: fields.remove("status").and_then(|it| it.as_i64()),
        is_leader,
        not_granted: Vec::new(),
        raw: None,
    };
    user.not_granted = not_granted(&user);
    user.raw = (!fields.is_empty()).then_some(Value::Object(fields));
    user
}

/// A text that may be empty: a member without a position has an empty one, which was granted all the same.
pub(crate) fn take_field(fields: &mut Fields, name: &str) -> Option<String> {
    match fields.remove(name)? {
        Value::String(it) => Some(it),
        Value::Number(it) => Some(it.to_string()),
        _ => None,
    }
}

fn department_ids(ids: &Value) -> Option<Vec<DepartmentId>> {
    ids.as_array().map(|ids| ids.iter().filter_map(department).collect())
}

fn department(id: &Value) -> Option<DepartmentId> {
    match id {
        Value::String(it) => Some(DepartmentId::Text(it.clone())),
        other => other.as_i64().map(DepartmentId::Number),
    }
}

pub(crate) fn not_granted(user: &User) -> Vec<String> {
    let granted = [
        ("name", user.name.is_some()),
        ("mobile", user.mobile.is_some()),
        ("email", user.email.is_some()),
        ("avatar", user.avatar.is_some()),
        ("department", user.department.is_some()),
        ("mainDepartment", user.main_department.is_some()),
        ("position", user.position.is_some()),
        ("gender", user.gender.is_some()),
        ("status", user.status.is_some()),
        ("isLeader", user.is_leader.is_some()),
    ];
    granted.iter().filter(|(_, granted)| !granted).map(|(name, _)| (*name).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(reply: Value, expected: &Value) {
        let Value::Object(fields) = reply else { panic!("an object") };
        assert_eq!(&serde_json::to_value(profile("ZhangSan", fields)).unwrap(), expected);
    }

    #[test]
    fn what_is_granted_is_there_and_what_is_not_is_named() {
        check(
            json!({
                "userid": "zhangsan", "name": "张三", "department": [1, 2], "order": [1, 2], "position": "",
                "mobile": "13800000000", "gender": "1", "email": "z@a.com", "is_leader_in_dept": [0, 1],
                "avatar": "http://a/0", "main_department": 1, "status": 1, "extattr": {"attrs": []},
            }),
            &json!({
                "userId": "zhangsan", "name": "张三", "department": [1, 2], "mainDepartment": 1, "position": "",
                "mobile": "13800000000", "gender": "1", "email": "z@a.com", "isLeader": true, "avatar": "http://a/0",
                "status": 1, "notGranted": [],
                "raw": {"order": [1, 2], "is_leader_in_dept": [0, 1], "extattr": {"attrs": []}},
            }),
        );
        check(
            json!({"userid": "zhangsan", "name": "张三", "department": [], "is_leader_in_dept": [], "status": 4}),
            &json!({
                "userId": "zhangsan", "name": "张三", "department": [], "isLeader": false, "status": 4,
                "notGranted": ["mobile", "email", "avatar", "mainDepartment", "position", "gender"],
                "raw": {"is_leader_in_dept": []},
            }),
        );
        check(
            json!({}),
            &json!({
                "userId": "ZhangSan",
                "notGranted": ["name", "mobile", "email", "avatar", "department", "mainDepartment", "position",
                               "gender", "status", "isLeader"],
            }),
        );
    }
}
