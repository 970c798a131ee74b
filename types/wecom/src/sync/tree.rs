//! The departments that an app may see: `department/simplelist` (page 95406) says which, `department/get` what they are.
//! `department/list`, which says both, is slow by WeCom's own word and answers no large company.
use super::Pace;
use crate::{
    QywxInnerDepartmentModel,
    client::Client,
    contacts::take_field,
    department_model::Told,
    department_names,
    errors::is_department_gone,
    keeping::{Keeping, Outcome, forget},
    wire::{Fields, lacks},
};
use element::Result;
use serde_json::Value;

/// A department's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) id: i64,
    pub(super) parent_id: i64,
    pub(super) order: i64,
}

/// A department with all below it, or all that the app may see. Empty, if it is there no longer.
pub(super) async fn fetch(pace: &Pace<'_>, root: Option<i64>) -> Result<Vec<Node>> {
    let request = pace.client.get("/cgi-bin/department/simplelist");
    let request = match root {
        Some(id) => request.query("id", &id.to_string()),
        None => request,
    };
    let fields = match (pace.call(&request).await, root) {
        (Err(e), Some(id)) if is_department_gone(e.code) && is_kept(pace, id).await? => return Ok(Vec::new()),
        (fields, _) => fields?,
    };
    nodes(&fields).ok_or_else(|| lacks("department_id"))
}

async fn is_kept(pace: &Pace<'_>, id: i64) -> Result<bool> {
    let key = key(pace.client, id);
    Ok(QywxInnerDepartmentModel::records(pace.client.ctx).get::<Value>(&key).await?.is_some())
}

fn nodes(fields: &Fields) -> Option<Vec<Node>> {
    let node = |it: &Value| {
        let number = |name: &str| it[name].as_i64();
        Some(Node { id: number("id")?, parent_id: number("parentid").unwrap_or(0), order: number("order").unwrap_or(0) })
    };
    fields.get("department_id")?.as_array()?.iter().map(node).collect()
}

/// What a department is.
pub(super) async fn told(pace: &Pace<'_>, id: i64) -> Result<Told> {
    match pace.call(&department_names::request(pace.client, id)).await?.remove("department") {
        Some(Value::Object(fields)) => Ok(read(id, fields)),
        _ => Err(lacks("department")),
    }
}

fn read(id: i64, mut fields: Fields) -> Told {
    let leaders = fields.get("department_leader").and_then(Value::as_array);
    let leaders = leaders.map(|all| all.iter().filter_map(|it| Some(it.as_str()?.to_owned())).collect());
    let number = |name: &str| fields.get(name).and_then(Value::as_i64).unwrap_or(0);
    let (parent_id, order) = (number("parentid"), number("order"));
    // A name that is not granted is empty; an English one is empty where there is none.
    let name = take_field(&mut fields, "name").filter(|it| !it.is_empty());
    Told { id, parent_id, order, name, name_en: take_field(&mut fields, "name_en"), leaders }
}

/// Brings one department up to what WeCom tells of it now.
///
/// # Errors
/// As for `Client::call`; the store cannot be reached.
pub(crate) async fn one(pace: &Pace<'_>, id: i64, keeping: Keeping) -> Result<Outcome> {
    let client = pace.client;
    match told(pace, id).await {
        Ok(told) => QywxInnerDepartmentModel::keep(client, &told, keeping).await,
        Err(e) if is_department_gone(e.code) => {
            let (records, key) = (QywxInnerDepartmentModel::records(client.ctx), key(client, id));
            forget::<QywxInnerDepartmentModel>(&records, &key, client.app.agent_id, keeping).await
        }
        Err(e) => Err(e),
    }
}

fn key(client: &Client<'_>, id: i64) -> String {
    QywxInnerDepartmentModel::key(client.app.corp_id, id)
}
