//! A company as it is looked up in: by userid, by department, up and down the tree, at the cost of a
//! few steps whatever its size.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use crate::company::{App, Company, Department};
use crate::member::Member;
use crate::random::openid_of;
use crate::suite::ids;

/// A company and its [`Index`]. Both are fixed: a changed company is put in whole, as a new one.
#[derive(Debug)]
pub(crate) struct Directory {
    company: Arc<Company>,
    index: Index,
    /// Members by the ids that the provider knows them by, once somebody asks by one.
    for_provider: OnceLock<HashMap<String, usize>>,
}

impl Deref for Directory {
    type Target = Company;

    fn deref(&self) -> &Company {
        &self.company
    }
}

impl Directory {
    pub(crate) fn new(company: Company) -> Self {
        let index = Index::of(&company);
        Self { company: Arc::new(company), index, for_provider: OnceLock::new() }
    }

    pub(crate) fn company(&self) -> &Arc<Company> {
        &self.company
    }

    /// Userids are matched whatever their case (page 96255).
    pub(crate) fn member(&self, user_id: &str) -> Option<&Member> {
        self.index.member(user_id).map(|at| &self.members[at])
    }

    /// Whom the provider knows by this id. There is one provider at a time; for another one the
    /// directory is made anew.
    pub(crate) fn member_for(&self, provider: &str, id: &str) -> Option<&Member> {
        let all = || {
            let known = |(at, member): (usize, &Member)| (ids::member(provider, &self.corp_id, &member.user_id), at);
            self.members.iter().enumerate().map(known).collect()
        };
        self.for_provider.get_or_init(all).get(id).map(|at| &self.members[*at])
    }

    /// Members with their userids in lower case, in that order, from behind `after` on.
    pub(crate) fn members_from<'a>(&'a self, after: &str) -> impl Iterator<Item = (&'a str, &'a Member)> {
        let from = self.index.members.range::<str, _>((std::ops::Bound::Included(after), std::ops::Bound::Unbounded));
        from.map(|(id, at)| (id.as_str(), &self.members[*at]))
    }

    /// Whose openid it is.
    pub(crate) fn member_of_openid(&self, openid: &str) -> Option<&Member> {
        self.index.openids.get(openid).map(|at| &self.members[*at])
    }

    pub(crate) fn department(&self, id: u32) -> Option<&Department> {
        self.index.departments.get(&id).map(|at| &self.departments[at.0])
    }

    /// Those who work in a department itself, in the order given.
    pub(crate) fn members_in(&self, department: u32) -> impl Iterator<Item = &Member> {
        let places = self.index.members_in.get(&department).map_or(&[][..], Vec::as_slice);
        places.iter().map(|at| &self.members[*at])
    }

    /// A department and all below it, each above its own.
    pub(crate) fn below(&self, id: u32) -> Vec<&Department> {
        let (mut found, mut seen, mut waiting) = (Vec::new(), HashSet::new(), vec![id]);
        while let Some(id) = waiting.pop() {
            // A company that nobody checked may hold a circle.
            if let Some(department) = self.department(id).filter(|_| seen.insert(id)) {
                found.push(department);
                waiting.extend(self.index.children.get(&id).into_iter().flatten().rev());
            }
        }
        found
    }

    /// Whether `app` may read the profile of `member`.
    pub(crate) fn visible(&self, app: &App, member: &Member) -> bool {
        let Some(range) = app.range() else { return true };
        let placed = member.departments.iter().any(|place| self.shows_department(app, place.id));
        placed || range.members.iter().any(|id| id.eq_ignore_ascii_case(&member.user_id))
    }

    /// Whether `app` may read department `id`: one of its range, or below one.
    pub(crate) fn shows_department(&self, app: &App, id: u32) -> bool {
        let Some(range) = app.range() else { return true };
        self.index.path_up(id).iter().any(|id| range.departments.contains(id))
    }
}

/// Where in a company what stands.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// By userid in lower case.
    members: BTreeMap<String, usize>,
    openids: HashMap<String, usize>,
    members_in: HashMap<u32, Vec<usize>>,
    /// With the parent of each.
    departments: HashMap<u32, (usize, u32)>,
    children: HashMap<u32, Vec<u32>>,
}

impl Index {
    /// Of two with the same id the first counts.
    pub(crate) fn of(company: &Company) -> Self {
        let mut index = Self::default();
        for (at, department) in company.departments.iter().enumerate() {
            index.departments.entry(department.id).or_insert((at, department.parent_id));
            index.children.entry(department.parent_id).or_default().push(department.id);
        }
        for (at, member) in company.members.iter().enumerate() {
            index.members.entry(member.user_id.to_ascii_lowercase()).or_insert(at);
            index.openids.entry(member_openid(&company.corp_id, member)).or_insert(at);
            for place in &member.departments {
                let members = index.members_in.entry(place.id).or_default();
                // Named twice, a member still works there once.
                if members.last() != Some(&at) {
                    members.push(at);
                }
            }
        }
        index
    }

    pub(crate) fn member(&self, user_id: &str) -> Option<usize> {
        self.members.get(&user_id.to_ascii_lowercase()).copied()
    }

    pub(crate) fn has_department(&self, id: u32) -> bool {
        self.departments.contains_key(&id)
    }

    /// A department and all above it. A circle ends where it closes.
    pub(crate) fn path_up(&self, id: u32) -> Vec<u32> {
        let mut path = vec![id];
        let mut at = id;
        while let Some((_, parent)) = self.departments.get(&at) {
            at = *parent;
            if at == 0 || path.contains(&at) {
                break;
            }
            path.push(at);
        }
        path
    }
}

/// The openid of a member who bound WeChat: the same one each time, unique in the company. A slash
/// stands in no userid, so it is nobody else's.
pub(crate) fn member_openid(corp_id: &str, member: &Member) -> String {
    openid_of(corp_id, &format!("member/{}", member.user_id.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_walked_in_order_and_circles_end() {
        let demo = Directory::new(Company::demo());
        let ids = |id| demo.below(id).iter().map(|department| department.id).collect::<Vec<_>>();
        assert_eq!((ids(1), ids(2), ids(9)), (vec![1, 2, 4, 3], vec![2, 4], vec![]));
        assert_eq!(demo.members_in(2).map(|m| m.user_id.as_str()).collect::<Vec<_>>(), ["zhangsan", "lisi"]);
        assert_eq!(demo.member("WANGWU").map(|m| m.user_id.as_str()), Some("WangWu"));
        let openid = member_openid(demo.corp_id(), &demo.members()[2]);
        assert_eq!(demo.member_of_openid(&openid).map(|m| m.user_id.as_str()), Some("WangWu"));

        let mut company = Company::demo();
        company.departments[1].parent_id = 4;
        let circle = Directory::new(company);
        assert_eq!(circle.below(2).len(), 2);
        assert_eq!(circle.index.path_up(4), [4, 2]);
    }
}
