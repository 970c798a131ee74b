//! What events say of a change to the contacts (pages 96302, 96303 and 96304).

use super::document::{Document, Field, Leaf};
use crate::company::Department;
use crate::member::{Member, Membership};

/// How much an app is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    /// No more than `UserID` and `Department`, or `Id` and `ParentId`.
    pub(crate) trimmed: bool,
    /// Also what is withheld from new apps. What a call would not tell, an event does not tell.
    pub(crate) full_profile: bool,
}

/// An event without its head.
#[derive(Debug, PartialEq)]
pub(crate) struct Event {
    pub(crate) change_type: &'static str,
    fields: Vec<Field>,
}

impl Event {
    /// The whole document; `to` is the corpid.
    pub(crate) fn document(self, to: &str, unix_seconds: u64) -> Document {
        let mut fields: Vec<Field> = vec![
            ("ToUserName", to.into()),
            ("FromUserName", "sys".into()),
            ("CreateTime", unix_seconds.into()),
            ("MsgType", "event".into()),
            ("Event", "change_contact".into()),
            ("ChangeType", self.change_type.into()),
        ];
        fields.extend(self.fields);
        Document(fields)
    }
}

/// `create_user`, `update_user` or `delete_user`; `None` when there is nothing to tell.
pub(crate) fn of_member(before: Option<&Member>, after: Option<&Member>, view: View) -> Option<Event> {
    let (change_type, fields) = match (before, after) {
        (None, None) => return None,
        (Some(gone), None) => ("delete_user", vec![user_id(gone)]),
        (None, Some(new)) => {
            let told = profile(new, view).into_iter().filter(|(_, leaf)| *leaf != Leaf::from(""));
            ("create_user", [user_id(new)].into_iter().chain(told).collect())
        }
        (Some(old), Some(new)) => {
            let mut fields = vec![user_id(old)];
            if old.user_id != new.user_id {
                fields.push(("NewUserID", new.user_id.as_str().into()));
            }
            fields.extend(changed(profile(old, view), profile(new, view)));
            // A trimmed event comes for every change, though it may say of whom only.
            let all = View { trimmed: false, full_profile: true };
            let silent = fields.len() == 1 && !(view.trimmed && profile(old, all) != profile(new, all));
            if silent {
                return None;
            }
            ("update_user", fields)
        }
    };
    Some(Event { change_type, fields })
}

/// `create_party`, `update_party` or `delete_party`; `None` when there is nothing to tell.
pub(crate) fn of_department(before: Option<&Department>, after: Option<&Department>, view: View) -> Option<Event> {
    let id = |department: &Department| ("Id", department.id.into());
    let told = |department: &Department| -> Vec<Field> {
        let name = (!view.trimmed).then(|| ("Name", department.name.as_str().into()));
        name.into_iter().chain([("ParentId", department.parent_id.into())]).collect()
    };
    let (change_type, fields) = match (before, after) {
        (None, None) => return None,
        (Some(gone), None) => ("delete_party", vec![id(gone)]),
        (None, Some(new)) => {
            let order = (!view.trimmed).then(|| ("Order", new.order.into()));
            ("create_party", [id(new)].into_iter().chain(told(new)).chain(order).collect())
        }
        (Some(old), Some(new)) => {
            let mut fields = vec![id(new)];
            fields.extend(changed(told(old), told(new)));
            if fields.len() == 1 {
                return None;
            }
            ("update_party", fields)
        }
    };
    Some(Event { change_type, fields })
}

/// `update_tag`: the lists are of those that the app may see; `None` when nobody is left.
pub(crate) fn of_tag(tag_id: u32, lists: [(&'static str, Vec<String>); 4]) -> Option<Event> {
    let lists = lists.into_iter().filter(|(_, ids)| !ids.is_empty());
    let fields: Vec<Field> =
        [("TagId", tag_id.into())].into_iter().chain(lists.map(|(name, ids)| (name, ids.join(",").into()))).collect();
    (fields.len() > 1).then_some(Event { change_type: "update_tag", fields })
}

fn user_id(member: &Member) -> Field {
    ("UserID", member.user_id.as_str().into())
}

/// Both are of the same fields in the same order.
fn changed(before: Vec<Field>, after: Vec<Field>) -> impl Iterator<Item = Field> {
    before.into_iter().zip(after).filter(|(before, after)| before != after).map(|(_, after)| after)
}

/// All there is to tell of a member, in WeCom's order.
fn profile(member: &Member, view: View) -> Vec<Field> {
    let places = |of: fn(&Membership) -> u32| -> Leaf {
        member.departments.iter().map(|place| of(place).to_string()).collect::<Vec<_>>().join(",").into()
    };
    let department = ("Department", places(|place| place.id));
    if view.trimmed {
        return vec![department];
    }
    let main = member.main_department.or(member.departments.first().map(|place| place.id));
    let text = |value: &str| Leaf::from(value);
    // Told only to those who see the full profile.
    let withheld = |name: &'static str, leaf: Leaf| view.full_profile.then_some((name, leaf));
    let always = |name: &'static str, leaf: Leaf| Some((name, leaf));
    let fields = [
        always("Name", text(&member.name)),
        Some(department),
        always("MainDepartment", main.unwrap_or_default().into()),
        always("IsLeaderInDept", places(|place| place.leader.into())),
        always("DirectLeader", member.direct_leader.join(",").into()),
        always("Position", text(&member.position)),
        withheld("Mobile", text(&member.mobile)),
        withheld("Gender", u32::from(member.gender).into()),
        withheld("Email", text(&member.email)),
        withheld("BizMail", text(&member.biz_mail)),
        always("Status", u32::from(member.status).into()),
        withheld("Avatar", text(&member.avatar)),
        always("Alias", text(&member.alias)),
        always("Telephone", text(&member.telephone)),
        withheld("Address", text(&member.address)),
    ];
    fields.into_iter().flatten().collect()
}
