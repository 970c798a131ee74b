//! Edits of the contacts, for whom the console is too far away.

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::{post, put};
use serde_json::json;

use super::Done;
use super::input::{self, Wrong};
use crate::{Sim, TagChange};

pub(crate) fn routes() -> Router<Sim> {
    Router::new()
        .route("/companies/{corp_id}/members/{user_id}", put(put_member).delete(remove_member))
        .route("/companies/{corp_id}/departments/{id}", put(put_department).delete(remove_department))
        .route("/companies/{corp_id}/tags/{id}", post(change_tag))
}

type Ids = Path<(String, String)>;

async fn put_member(State(sim): State<Sim>, Path((corp_id, user_id)): Ids, headers: HeaderMap, body: Bytes) -> Done {
    let fields = input::json(&headers, &body, r#"{"name":"Ann","departments":[{"id":2}]}"#)?;
    let (user_id, replaced) = sim.put_member_fields(&corp_id, &user_id, fields)?;
    Ok(Json(json!({ "userId": user_id, "replaced": replaced })))
}

async fn remove_member(State(sim): State<Sim>, Path((corp_id, user_id)): Ids) -> Done {
    sim.remove_member(&corp_id, &user_id)?;
    Ok(Json(json!({ "removed": 1 })))
}

async fn put_department(State(sim): State<Sim>, Path((corp_id, id)): Ids, headers: HeaderMap, body: Bytes) -> Done {
    let id = number(&id)?;
    let fields = input::json(&headers, &body, r#"{"name":"Lab","parentId":1}"#)?;
    let replaced = sim.put_department_fields(&corp_id, id, fields)?;
    Ok(Json(json!({ "id": id, "replaced": replaced })))
}

async fn remove_department(State(sim): State<Sim>, Path((corp_id, id)): Ids) -> Done {
    sim.remove_department(&corp_id, number(&id)?)?;
    Ok(Json(json!({ "removed": 1 })))
}

async fn change_tag(State(sim): State<Sim>, Path((corp_id, id)): Ids, headers: HeaderMap, body: Bytes) -> Done {
    let example = r#"{"addMembers":["zhangsan"],"removeDepartments":[2]}"#;
    let change: TagChange = input::json(&headers, &body, example)?;
    let tag_id = number(&id)?;
    sim.change_tag(&corp_id, TagChange { tag_id, ..change })?;
    Ok(Json(json!({ "tagId": tag_id })))
}

fn number(id: &str) -> Result<u32, Wrong> {
    id.parse().map_err(|_| format!("`{id}` is no id; a department or a tag has a number").into())
}
