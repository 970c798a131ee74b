//! The departments of a company and who is in them, as nested lists that stay short however large the company is.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use super::company::Room;
use super::words::{Words, ZH, fill};
use crate::company::{Company, Department};
use crate::member::{Member, Membership};

/// How many members a department lists.
const LISTED: usize = 20;
/// A company of no more members is shown with all departments open.
const SMALL: usize = 50;

/// A step through the tree, from top to bottom.
pub(crate) enum Piece<'a> {
    /// What follows is below this department, up to its [`Piece::Leave`].
    Enter(Entered<'a>),
    /// Departments that are left out here.
    More(String),
    Leave,
}

/// A department, and those who are in it themselves.
pub(crate) struct Entered<'a> {
    pub(crate) name: &'a str,
    pub(crate) id: u32,
    /// How many members are in it or below it.
    pub(crate) members: String,
    pub(crate) open: bool,
    pub(crate) people: Vec<Person<'a>>,
    /// Said of those who are left out.
    pub(crate) more: Option<String>,
}

pub(crate) struct Person<'a> {
    pub(crate) name: &'a str,
    pub(crate) user_id: &'a str,
    pub(crate) leader: bool,
    /// Empty for those who are active, as nearly all are.
    pub(crate) status: &'static str,
}

struct Walk<'a, 'r> {
    w: &'static Words,
    room: &'r mut Room,
    all_open: bool,
    below: HashMap<u32, Vec<&'a Department>>,
    people: HashMap<u32, Vec<(&'a Member, &'a Membership)>>,
    counts: HashMap<u32, usize>,
    pieces: Vec<Piece<'a>>,
}

/// The tree from its root; what it takes is taken from `room`.
pub(crate) fn walk<'a>(w: &'static Words, company: &'a Company, room: &mut Room) -> Vec<Piece<'a>> {
    let mut below: HashMap<_, Vec<_>> = HashMap::new();
    for department in &company.departments {
        below.entry(department.parent_id).or_default().push(department);
    }
    below.values_mut().for_each(|them| them.sort_by_key(|it| Reverse(it.order)));
    let mut people: HashMap<_, Vec<_>> = HashMap::new();
    for member in &company.members {
        for place in &member.departments {
            people.entry(place.id).or_default().push((member, place));
        }
    }
    people.values_mut().for_each(|them| them.sort_by_key(|(_, place)| (Reverse(place.leader), Reverse(place.order))));
    let all_open = company.members.len() <= SMALL;
    let mut walk = Walk { w, room, all_open, below, people, counts: counts(company), pieces: Vec::new() };
    walk.level(0, true);
    walk.pieces
}

/// How many members are in each department or below it. Who is in two of them counts once above both.
fn counts(company: &Company) -> HashMap<u32, usize> {
    let parents: HashMap<_, _> = company.departments.iter().map(|it| (it.id, it.parent_id)).collect();
    let mut counts = HashMap::new();
    for member in &company.members {
        let mut seen = BTreeSet::new();
        for place in &member.departments {
            let mut at = place.id;
            // A circle ends where it closes.
            while at != 0 && seen.insert(at) {
                at = parents.get(&at).copied().unwrap_or_default();
            }
        }
        seen.into_iter().for_each(|id| *counts.entry(id).or_default() += 1);
    }
    counts
}

impl<'a> Walk<'a, '_> {
    fn level(&mut self, parent: u32, top: bool) {
        let departments = self.below.get(&parent).cloned().unwrap_or_default();
        // A whole level before what is below it: a large first department leaves room for its sisters.
        let shown = departments.len().min(self.room.departments);
        self.room.departments -= shown;
        for department in &departments[..shown] {
            let entered = self.entered(department, top || self.all_open);
            self.pieces.push(Piece::Enter(entered));
            self.level(department.id, false);
            self.pieces.push(Piece::Leave);
        }
        let left = departments.len() - shown;
        if left > 0 {
            self.pieces.push(Piece::More(fill(self.w.home.more_departments, &[&left.to_string()])));
        }
    }

    fn entered(&mut self, department: &'a Department, open: bool) -> Entered<'a> {
        let w = self.w;
        let all = self.people.get(&department.id).map(Vec::as_slice).unwrap_or_default();
        let shown = all.len().min(LISTED).min(self.room.members);
        self.room.members -= shown;
        let person = |(member, place): &(&'a Member, &'a Membership)| Person {
            name: &member.name,
            user_id: &member.user_id,
            leader: place.leader,
            status: match member.status {
                2 => w.home.status_2,
                4 => w.home.status_4,
                5 => w.home.status_5,
                _ => "",
            },
        };
        let left = all.len() - shown;
        let members = self.counts.get(&department.id).copied().unwrap_or_default();
        Entered {
            name: department_name(w, department),
            id: department.id,
            members: fill(w.home.members, &[&members.to_string()]),
            open,
            people: all[..shown].iter().map(person).collect(),
            more: (left > 0).then(|| fill(w.home.more_members, &[&left.to_string()])),
        }
    }
}

/// What people call a department.
pub(crate) fn department_name<'a>(w: &Words, department: &'a Department) -> &'a str {
    let english = w.code != ZH.code && !department.name_en.is_empty();
    if english { &department.name_en } else { &department.name }
}
