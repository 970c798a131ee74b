//! Names of departments: `department/get` (page 95351), remembered for a while, because everybody of one department
//! comes to work at nine.
use crate::client::Client;
use auths::{DepartmentId, User};
use element::{
    ErrorKind::{InvalidArgs, NotFound, Refused, Upstream},
    HttpRequest, Result, code,
};
use std::time::Duration;

/// How long a name, or a refusal to tell it, is believed.
const MEMORY: Duration = Duration::from_secs(60 * 60);
/// Somebody in more departments than this goes without their names.
const MOST: usize = 5;
/// A name is worth waiting for so long, in milliseconds.
const PATIENCE_MS: u64 = 1_500;

/// Adds the names of the departments, if WeCom tells them all. They are for people to read: without them a login goes on.
pub(crate) async fn with_names(client: &Client<'_>, mut user: User) -> User {
    let ids = user.department.as_deref().unwrap_or_default();
    if ids.is_empty() || ids.len() > MOST {
        return user;
    }
    let mut names = Vec::new();
    for id in ids {
        let DepartmentId::Number(id) = id else { return user };
        match name(client, *id).await {
            Ok(Some(name)) => names.push(name),
            // What went wrong is nothing that whoever logs in could mend.
            Ok(None) | Err(_) => return user,
        }
    }
    user.department_names = Some(names);
    user
}

/// The name of a department; `None` if WeCom does not tell it to this app.
async fn name(client: &Client<'_>, id: i64) -> Result<Option<String>> {
    // The token's key stands for the app: what one app may see says nothing about another one.
    let (keys, key) = (client.ctx.host_keys(), format!("{}|department|{id}", client.app_key));
    if let Some(known) = keys.get::<String>(&key).await? {
        return Ok(shown(known));
    }
    let mut request = request(client, id);
    request.timeout_ms = PATIENCE_MS;
    let name = match client.call(&request).await {
        Ok(fields) => fields.get("department").and_then(|it| it["name"].as_str()).unwrap_or_default().to_owned(),
        // WeCom's own refusals stay; what is only in the way now does not.
        Err(e) if e.code == code::UPSTREAM || !matches!(e.kind, Upstream | Refused | NotFound | InvalidArgs) => {
            return Err(e);
        }
        Err(_) => String::new(),
    };
    keys.set(&key, &name, MEMORY).await?;
    Ok(shown(name))
}

/// What asks for a department.
pub(crate) fn request(client: &Client<'_>, id: i64) -> HttpRequest {
    client.get("/cgi-bin/department/get").query("id", &id.to_string())
}

/// What was not told is remembered as an empty name.
fn shown(name: String) -> Option<String> {
    Some(name).filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        QywxInner,
        tests::{inner, is, refuse, wecom},
    };
    use serde_json::json;

    async fn names(inner: &QywxInner, host: &crate::test_host::TestHost) -> Option<Vec<String>> {
        inner.get_user_info(&host.ctx(), "zhangsan").await.unwrap().department_names
    }

    #[tokio::test(start_paused = true)]
    async fn names_are_asked_for_once_and_in_the_order_of_the_departments() {
        let host = wecom(|seen| {
            is(seen, "/user/get").then(|| json!({"userid": "zhangsan", "department": [7, 2]})).or_else(|| {
                let id = seen.query.get("id")?;
                Some(json!({"department": {"id": 0, "name": format!("Department {id}")}}))
            })
        });
        for _ in 0..3 {
            let expected = ["Department 7", "Department 2"].map(str::to_owned).to_vec();
            assert_eq!(names(&inner(), &host).await, Some(expected));
        }
        assert_eq!(host.count("/department/get"), 2);
        host.advance(MEMORY);
        names(&inner(), &host).await;
        assert_eq!(host.count("/department/get"), 4, "names change");
    }

    #[tokio::test(start_paused = true)]
    async fn without_names_a_profile_is_a_profile() {
        for code in [60011, 60123, 48002, 45009, 99_999] {
            let host = wecom(move |seen| is(seen, "/department/get").then(|| refuse(code, seen)).flatten());
            assert_eq!(names(&inner(), &host).await, None, "{code}");
            names(&inner(), &host).await;
            let believed = if code == 45009 { 2 } else { 1 };
            assert_eq!(host.count("/department/get"), believed, "{code}");
        }
        // No answer at all is no refusal.
        let host = wecom(|seen| (is(seen, "/department/get") && seen.before == 0).then(|| json!("no JSON")));
        assert_eq!(names(&inner(), &host).await, None);
        assert_eq!(names(&inner(), &host).await, Some(vec!["Acme".to_owned()]));
        for odd in [json!({}), json!({"department": []}), json!({"department": {"name": 7}})] {
            let host = wecom(move |seen| is(seen, "/department/get").then(|| odd.clone()));
            assert_eq!(names(&inner(), &host).await, None);
        }
        let many: Vec<u32> = (1..=6).collect();
        let host = wecom(move |seen| is(seen, "/user/get").then(|| json!({"userid": "zhangsan", "department": many})));
        assert_eq!((names(&inner(), &host).await, host.count("/department/get")), (None, 0));
    }
}
