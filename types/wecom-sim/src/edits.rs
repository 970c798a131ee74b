//! Changes to the contacts, as an administrator makes them in the console. The apps that see one are told.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::Sim;
use crate::company::{Company, Department};
use crate::directory::Directory;
use crate::member::Member;
use crate::push::Change;
use crate::sim::Refused;
use crate::tags::TagChange;

/// What may be in a body beside a member's own fields.
const NEW_USER_ID: &str = "newUserId";
/// How many members a message names; a company may have thousands.
const NAMED: usize = 20;

impl Sim {
    /// Adds a member, or replaces the one of the same userid; whether there was one. The spelling of a
    /// userid that is there stays: only [`Sim::rename_member`] changes it.
    ///
    /// # Errors
    ///
    /// When there is no such company, or the member does not fit into it.
    pub fn put_member(&self, corp_id: &str, member: Member) -> Result<bool, Refused> {
        self.edit(corp_id, |company| Ok(set_member(company, member, None)))
    }

    /// Gives a member another userid. Leaders and visible ranges follow.
    ///
    /// # Errors
    ///
    /// When there is no such company or member, or the new userid cannot be.
    pub fn rename_member(&self, corp_id: &str, user_id: &str, new_user_id: &str) -> Result<(), Refused> {
        self.edit(corp_id, |company| {
            let member = known(company, user_id)?.clone();
            Ok((set_member(company, member, Some(new_user_id.to_owned())).0, ()))
        })
    }

    /// Removes a member, also as a leader of others and from visible ranges; of those nobody is told.
    ///
    /// # Errors
    ///
    /// When there is no such company or member.
    pub fn remove_member(&self, corp_id: &str, user_id: &str) -> Result<(), Refused> {
        self.edit(corp_id, |company| {
            let user_id = known(company, user_id)?.user_id.clone();
            company.members.retain(|member| member.user_id != user_id);
            for ids in places_of_userids(company) {
                ids.retain(|id| !id.eq_ignore_ascii_case(&user_id));
            }
            Ok((Change::Member { before: Some(user_id), after: None }, ()))
        })
    }

    /// Adds a department, or replaces the one of the same id; whether there was one.
    ///
    /// # Errors
    ///
    /// When there is no such company, or the department does not fit into it.
    pub fn put_department(&self, corp_id: &str, department: Department) -> Result<bool, Refused> {
        self.edit(corp_id, |company| Ok(set_department(company, department)))
    }

    /// Removes a department, also from visible ranges.
    ///
    /// # Errors
    ///
    /// When there is no such company or department, or the department is the root or not empty.
    pub fn remove_department(&self, corp_id: &str, id: u32) -> Result<(), Refused> {
        self.edit(corp_id, |company| {
            let member = company.members.iter().find(|it| it.departments.iter().any(|place| place.id == id));
            let child = company.departments.iter().find(|department| department.parent_id == id);
            let why = match (company.department(id), member, child) {
                (None, ..) => format!("there is no department {id}"),
                (Some(root), ..) if root.parent_id == 0 => "the root department cannot be removed".into(),
                (_, _, Some(child)) => format!("department {id} has department {} below it; remove that first", child.id),
                (_, Some(member), _) => {
                    format!("department {id} has the member `{}`; move or remove its members first", member.user_id)
                }
                _ => {
                    company.departments.retain(|department| department.id != id);
                    for range in company.apps.iter_mut().filter_map(|app| app.visible_range.as_mut()) {
                        range.departments.retain(|there| *there != id);
                    }
                    return Ok((Change::Department(id), ()));
                }
            };
            Err(Refused(why))
        })
    }

    /// Tells of a change of a tag. The company keeps no tags: this makes the event, no more.
    ///
    /// # Errors
    ///
    /// When there is no such company, member or department, or nothing changes.
    pub fn change_tag(&self, corp_id: &str, change: TagChange) -> Result<(), Refused> {
        self.edit(corp_id, |company| {
            change.check(company).map_err(Refused)?;
            Ok((Change::Tag(change), ()))
        })
    }

    /// [`Sim::put_member`] with what is left out as it was, and `newUserId` for another userid.
    pub(crate) fn put_member_fields(
        &self,
        corp_id: &str,
        user_id: &str,
        mut fields: Map<String, Value>,
    ) -> Result<(String, bool), Refused> {
        self.edit(corp_id, |company| {
            let new_id = match fields.remove(NEW_USER_ID) {
                None => None,
                Some(Value::String(new_id)) => Some(new_id),
                Some(other) => return Err(Refused(format!("{NEW_USER_ID} must be a text, not {other}"))),
            };
            let old = known(company, user_id).ok();
            if let Some(other) = fields.get("userId").filter(|given| !same(given, user_id)) {
                let what = format!("userId is {other}, but the path says `{user_id}`; {NEW_USER_ID} gives another one");
                return Err(Refused(what));
            }
            fields.insert("userId".into(), old.map_or(user_id, |old| &old.user_id).into());
            let example = r#"{"name":"Ann","departments":[{"id":2}]}"#;
            let member: Member = overlaid(old.map(|old| json!(old)), fields, example)?;
            let id = new_id.clone().unwrap_or_else(|| member.user_id.clone());
            let (change, replaced) = set_member(company, member, new_id);
            Ok((change, (id, replaced)))
        })
    }

    /// [`Sim::put_department`] with what is left out as it was.
    pub(crate) fn put_department_fields(
        &self,
        corp_id: &str,
        id: u32,
        mut fields: Map<String, Value>,
    ) -> Result<bool, Refused> {
        self.edit(corp_id, |company| {
            if let Some(other) = fields.insert("id".into(), id.into()).filter(|given| *given != json!(id)) {
                return Err(Refused(format!("id is {other}, but the path says {id}; a department keeps its id")));
            }
            let old = company.department(id).map(|old| json!(old));
            let department = overlaid(old, fields, r#"{"name":"Lab","parentId":1}"#)?;
            Ok(set_department(company, department))
        })
    }

    /// Makes a change to a copy; it counts if the company is sound with it.
    fn edit<T>(
        &self,
        corp_id: &str,
        change: impl FnOnce(&mut Company) -> Result<(Change, T), Refused>,
    ) -> Result<T, Refused> {
        let mut state = self.state();
        let before = state.resolve_company(Some(corp_id))?.clone();
        let mut after = Company::clone(before.company());
        let (change, answer) = change(&mut after)?;
        after.fill();
        after.check().map_err(Refused)?;
        let after = Arc::new(Directory::new(after));
        self.tell(&state.suites, &before, &after, &change);
        state.put(after, self.now_ms());
        Ok(answer)
    }
}

fn known<'a>(company: &'a Company, user_id: &str) -> Result<&'a Member, Refused> {
    let found = company.members.iter().find(|member| member.user_id.eq_ignore_ascii_case(user_id));
    found.ok_or_else(|| {
        let some: Vec<_> = company.members.iter().take(NAMED).map(|member| member.user_id.as_str()).collect();
        Refused(format!("{} has no member `{user_id}`; write a userId such as {}", company.corp_id, some.join(", ")))
    })
}

/// Whether there was one, and the change.
fn set_member(company: &mut Company, mut member: Member, new_id: Option<String>) -> (Change, bool) {
    let at = company.members.iter().position(|there| there.user_id.eq_ignore_ascii_case(&member.user_id));
    let before = at.map(|at| company.members[at].user_id.clone());
    if let Some(old_id) = &before {
        member.user_id.clone_from(old_id);
    }
    if let Some(new_id) = new_id {
        for there in places_of_userids(company).flatten().filter(|there| there.eq_ignore_ascii_case(&member.user_id)) {
            there.clone_from(&new_id);
        }
        member.user_id = new_id;
    }
    let change = Change::Member { before, after: Some(member.user_id.clone()) };
    match at {
        Some(at) => company.members[at] = member,
        None => company.members.push(member),
    }
    (change, at.is_some())
}

fn set_department(company: &mut Company, department: Department) -> (Change, bool) {
    let change = Change::Department(department.id);
    let there = company.departments.iter_mut().find(|there| there.id == department.id);
    let replaced = there.is_some();
    match there {
        Some(there) => *there = department,
        None => company.departments.push(department),
    }
    (change, replaced)
}

/// Every list of userids outside of the members themselves.
fn places_of_userids(company: &mut Company) -> impl Iterator<Item = &mut Vec<String>> {
    let leaders = company.members.iter_mut().map(|member| &mut member.direct_leader);
    let ranges = company.apps.iter_mut().filter_map(|app| app.visible_range.as_mut());
    leaders.chain(ranges.map(|range| &mut range.members))
}

fn same(given: &Value, user_id: &str) -> bool {
    given.as_str().is_some_and(|given| given.eq_ignore_ascii_case(user_id))
}

/// `fields` over what there was.
fn overlaid<T: serde::de::DeserializeOwned>(
    old: Option<Value>,
    fields: Map<String, Value>,
    example: &str,
) -> Result<T, Refused> {
    let mut whole = match old {
        Some(Value::Object(old)) => old,
        _ => Map::new(),
    };
    whole.extend(fields);
    let read = serde_json::from_value(Value::Object(whole));
    read.map_err(|error| Refused(format!("{error}; write for example {example}")))
}
