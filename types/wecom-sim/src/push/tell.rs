//! Who is told of a change to the contacts: the apps that see it and have a callback.

use super::callback::Callback;
use super::envelope::Receiver;
use super::event::{self, Event, View};
use crate::Sim;
use crate::company::App;
use crate::directory::Directory;
use crate::suite::{Names, Suites};
use crate::tags::TagChange;

/// What was changed. Who is not there before was added, who is not there after was removed.
#[derive(Debug)]
pub(crate) enum Change {
    /// A member, by the userids before and after.
    Member { before: Option<String>, after: Option<String> },
    /// A department, by its id.
    Department(u32),
    /// Who belongs to a tag.
    Tag(TagChange),
}

impl Sim {
    /// Pushes the events of a change. Called under the lock of the state, so that they are queued in
    /// the order of the changes.
    pub(crate) fn tell(&self, suites: &Suites, before: &Directory, after: &Directory, change: &Change) {
        for app in after.apps.iter().filter(|app| app.enabled) {
            let (Some(callback), Some(then)) = (&app.callback, before.app(app.agent_id)) else { continue };
            let (names, view) = (suites.names(app), view(app, callback));
            let Some(event) = told((before, then), (after, app), change, view, &names) else { continue };
            let receiver = Receiver::of_app(after, app, callback, &names);
            let change_type = event.change_type;
            let document = event.document(&receiver.receive_id, self.now_ms() / 1000);
            let document = document.write(callback.format);
            self.push(receiver, change_type, document);
        }
    }
}

/// How much an app is told; the one place that knows kinds of apps.
fn view(app: &App, callback: &Callback) -> View {
    View { trimmed: callback.trimmed.unwrap_or(app.sees_ids_alone()), full_profile: app.sees_full_profile() }
}

/// What the app is told: of those that it sees now or saw before, so that it learns who has left its
/// visible range.
fn told(before: (&Directory, &App), after: (&Directory, &App), change: &Change, view: View, names: &Names) -> Option<Event> {
    let ((old, then), (new, now)) = (before, after);
    let named = |member| names.told(&new.corp_id, member);
    match change {
        Change::Member { before, after } => {
            let before = before.as_deref().and_then(|id| old.member(id));
            let after = after.as_deref().and_then(|id| new.member(id));
            let seen = before.is_some_and(|it| old.visible(then, it)) || after.is_some_and(|it| new.visible(now, it));
            if !seen {
                return None;
            }
            event::of_member(before.map(named).as_deref(), after.map(named).as_deref(), view)
        }
        Change::Department(id) => {
            let (before, after) = (old.department(*id), new.department(*id));
            let seen =
                before.is_some() && old.shows_department(then, *id) || after.is_some() && new.shows_department(now, *id);
            seen.then(|| event::of_department(before, after, view)).flatten()
        }
        Change::Tag(tag) => {
            let members = |ids: &[String]| -> Vec<String> {
                let seen = ids.iter().filter_map(|id| new.member(id)).filter(|member| new.visible(now, member));
                seen.map(|member| names.member(&new.corp_id, &member.user_id)).collect()
            };
            let departments = |ids: &[u32]| -> Vec<String> {
                ids.iter().filter(|id| new.shows_department(now, **id)).map(u32::to_string).collect()
            };
            let lists = [
                ("AddUserItems", members(&tag.add_members)),
                ("DelUserItems", members(&tag.remove_members)),
                ("AddPartyItems", departments(&tag.add_departments)),
                ("DelPartyItems", departments(&tag.remove_departments)),
            ];
            event::of_tag(tag.tag_id, lists)
        }
    }
}
