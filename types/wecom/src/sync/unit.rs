//! One department: what it is, and who is in it.
use super::{
    Counts, Sync, SyncFailure, member,
    summary::note,
    tree::{self, Node},
};
use crate::{
    Member, QywxInnerDepartmentModel, contacts, department_model::Told, errors::is_about_one, keeping::Keeping, wire::lacks,
};
use element::{Result, code};
use serde_json::Value;

/// More members than WeCom tells at once (page 90313).
const TOO_LARGE: i64 = 45029;
/// So many members are asked for at once where they have to be asked for one by one.
const AT_ONCE: usize = 4;

/// What came of a department.
#[element::data]
#[derive(Default, PartialEq)]
pub(crate) struct Unit {
    /// Who was met here first.
    pub(crate) members: Vec<String>,
    pub(crate) departments: Counts,
    pub(crate) counts: Counts,
    pub(crate) failures: Vec<SyncFailure>,
}

/// Brings a department and its members up to date. Gives its number beside what came of it.
///
/// # Errors
/// What concerns more than this department and its members: the store, the network, the app's permissions.
pub(super) async fn department(sync: &Sync<'_>, node: Node) -> Result<(i64, Unit)> {
    let mut unit = Unit::default();
    let kept = match tree::told(sync.pace, node.id).await {
        Ok(told) => {
            // Where it stands in the tree of what the app may see, the tree itself says.
            let told = Told { parent_id: node.parent_id, order: node.order, ..told };
            Some(QywxInnerDepartmentModel::keep(sync.client, &told, sync.keeping).await?)
        }
        Err(e) if is_about_one(e.code) => {
            note(&mut unit.failures, SyncFailure::of_department(node.id, &e));
            None
        }
        Err(e) => return Err(e),
    };
    let listed = match whole(sync, node.id, &mut unit).await {
        Err(e) if matches!(e.code, TOO_LARGE | code::ANSWER_TOO_LARGE) => one_by_one(sync, node.id, &mut unit).await,
        other => other,
    };
    match (kept, listed) {
        (Some(outcome), Ok(())) => unit.departments.count(outcome),
        (None, Ok(())) => unit.departments.failed += 1,
        // Its members are asked for one by one in the end, as all are who were not met.
        (_, Err(e)) if is_about_one(e.code) => {
            unit.departments.failed += 1;
            note(&mut unit.failures, SyncFailure::of_department(node.id, &e));
        }
        (_, Err(e)) => return Err(e),
    }
    Ok((node.id, unit))
}

/// All members at once, with everything that the app may know of them.
async fn whole(sync: &Sync<'_>, id: i64, unit: &mut Unit) -> Result<()> {
    // What a callback brought up to date while this list is written knows better.
    let keeping = Keeping { as_of: Some(sync.client.ctx.now()), ..sync.keeping };
    for (user_id, fields) in list(sync, "/cgi-bin/user/list", id).await? {
        if sync.meet(&user_id) {
            let user = contacts::profile(&user_id, fields);
            unit.counts.count(Member::keep(sync.client, &user, keeping).await?);
            unit.members.push(user_id);
        }
    }
    Ok(())
}

/// The same for a department that is too large: who is in it first, then each of them.
async fn one_by_one(sync: &Sync<'_>, id: i64, unit: &mut Unit) -> Result<()> {
    let members = list(sync, "/cgi-bin/user/simplelist", id).await?;
    let new: Vec<String> = members.into_iter().map(|(user_id, _)| user_id).filter(|it| sync.meet(it)).collect();
    unit.members.extend(new.iter().cloned());
    member::each(sync, new, AT_ONCE, &mut unit.counts, &mut unit.failures).await
}

/// `user/list` or `user/simplelist` (pages 90337, 90336): one department, nothing below it.
async fn list(sync: &Sync<'_>, path: &str, id: i64) -> Result<Vec<(String, serde_json::Map<String, Value>)>> {
    let request = sync.client.get(path).query("department_id", &id.to_string());
    let Some(Value::Array(all)) = sync.pace.call(&request).await?.remove("userlist") else { return Err(lacks("userlist")) };
    let member = |it: Value| match it {
        Value::Object(fields) => Some((fields.get("userid")?.as_str().filter(|it| !it.is_empty())?.to_owned(), fields)),
        _ => None,
    };
    all.into_iter().map(|it| member(it).ok_or_else(|| lacks("userlist[].userid"))).collect()
}
