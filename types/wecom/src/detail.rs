//! What a member granted on the consent page: `auth/getuserdetail` (page 96443).
use crate::{
    client::Client,
    contacts::{not_granted, take_field},
    wire::Fields,
};
use auths::User;
use element::{Result, Secret};
use serde_json::{Map, Value, json};

/// Adds it to a profile. The member decided field by field, so this counts more than what the app may read of
/// everybody.
///
/// # Errors
/// As for `Client::call`; 84014 and 84015 for a ticket that is over.
pub(crate) async fn add(client: &Client<'_>, user: User, ticket: &Secret) -> Result<User> {
    let request = client.post("/cgi-bin/auth/getuserdetail", &json!({"user_ticket": ticket.expose()}))?;
    Ok(granted(user, client.call(&request).await?))
}

/// Reads the reply. What was not granted is absent there, but for two fields that WeCom then fills in: gender 0 and a
/// picture that everybody has. The first tells nothing, so it takes no knowledge away; the second cannot be told from a
/// member's own.
fn granted(mut user: User, mut fields: Fields) -> User {
    let told = take_field(&mut fields, "gender").filter(|it| it != "0");
    user.gender = told.or(user.gender);
    for (field, name) in [(&mut user.mobile, "mobile"), (&mut user.email, "email"), (&mut user.avatar, "avatar")] {
        let told = take_field(&mut fields, name).filter(|it| !it.is_empty());
        *field = told.or(field.take());
    }
    user.not_granted = not_granted(&user);
    fields.remove("userid");
    if !fields.is_empty() {
        let mut raw = match user.raw.take() {
            Some(Value::Object(it)) => it,
            _ => Map::new(),
        };
        raw.extend(fields);
        user.raw = Some(Value::Object(raw));
    }
    user
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: Value, reply: Value, expected: &Value) {
        let (Value::Object(before), Value::Object(reply)) = (before, reply) else { panic!("objects") };
        let user = granted(crate::contacts::profile("li", before), reply);
        assert_eq!(&serde_json::to_value(user).unwrap(), expected);
    }

    #[test]
    fn what_was_granted_is_added_and_nothing_is_lost() {
        let before = json!({"userid": "li", "name": "Li", "department": [1], "main_department": 1, "position": "",
                            "status": 1, "is_leader_in_dept": [0]});
        check(
            before.clone(),
            json!({"userid": "li", "gender": "2", "avatar": "http://a/0", "mobile": "138", "email": "l@a.com",
                   "biz_mail": "l@mail.a.com", "address": "x"}),
            &json!({
                "userId": "li", "name": "Li", "department": [1], "mainDepartment": 1, "position": "", "status": 1,
                "isLeader": false, "gender": "2", "avatar": "http://a/0", "mobile": "138", "email": "l@a.com",
                "notGranted": [],
                "raw": {"is_leader_in_dept": [0], "biz_mail": "l@mail.a.com", "address": "x"},
            }),
        );
        check(
            before,
            json!({"userid": "li", "gender": "0", "avatar": "http://default", "mobile": ""}),
            &json!({
                "userId": "li", "name": "Li", "department": [1], "mainDepartment": 1, "position": "", "status": 1,
                "isLeader": false, "avatar": "http://default", "notGranted": ["mobile", "email", "gender"],
                "raw": {"is_leader_in_dept": [0]},
            }),
        );
    }
}
