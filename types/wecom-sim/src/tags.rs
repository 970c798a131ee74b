//! A change of who belongs to a tag (page 96304).

use serde::Deserialize;

use crate::company::Company;

/// Who comes to a tag and who goes. `tagId` stands in the path.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TagChange {
    /// Above 0.
    #[serde(skip)]
    pub tag_id: u32,
    /// Members by userid that come.
    pub add_members: Vec<String>,
    /// Members by userid that go.
    pub remove_members: Vec<String>,
    /// Departments that come.
    pub add_departments: Vec<u32>,
    /// Departments that go.
    pub remove_departments: Vec<u32>,
}

impl TagChange {
    /// What is wrong with it, and what to write.
    pub(crate) fn check(&self, company: &Company) -> Result<(), String> {
        let members = || self.add_members.iter().chain(&self.remove_members);
        let departments = || self.add_departments.iter().chain(&self.remove_departments);
        if self.tag_id == 0 {
            return Err("a tag's id is above 0".into());
        }
        if members().next().is_none() && departments().next().is_none() {
            return Err("write addMembers, removeMembers, addDepartments or removeDepartments".into());
        }
        if let Some(id) = members().find(|id| !company.members.iter().any(|it| it.user_id.eq_ignore_ascii_case(id))) {
            return Err(format!("there is no member `{id}`"));
        }
        match departments().find(|id| company.department(**id).is_none()) {
            Some(id) => Err(format!("there is no department {id}")),
            None => Ok(()),
        }
    }
}
