//! What a company must hold to, so that every answer has one meaning.

use std::collections::BTreeSet;

use crate::company::{App, Company, Department, ROOT};
use crate::directory::Index;
use crate::member::{Member, Membership};
use crate::redirect::is_domain;
use crate::secret::MASK;

impl Company {
    /// Puts in what may be left out: a root department, names, a place for every member.
    pub(crate) fn fill(&mut self) {
        if self.departments.is_empty() {
            let (name, name_en) = (self.name.clone(), self.name_en.clone());
            self.departments.push(Department { id: ROOT, name, name_en, parent_id: 0, order: 0 });
        }
        for member in &mut self.members {
            if member.name.is_empty() {
                member.name.clone_from(&member.user_id);
            }
            if member.departments.is_empty() {
                member.departments.push(Membership { id: ROOT, order: 0, leader: false });
            }
        }
    }

    /// What is wrong first, and what to write.
    pub(crate) fn check(&self) -> Result<(), String> {
        if !is_plain_id(&self.corp_id) {
            return Err("corpId must be 1 to 64 letters, digits, `_` or `-`, as in ww0123456789abcdef".into());
        }
        self.check_parts().map_err(|what| format!("company {}: {what}", self.corp_id))
    }

    fn check_parts(&self) -> Result<(), String> {
        if self.apps.is_empty() {
            return Err(r#"it has no app; write "apps": [{"agentId": 1000002, "secret": "…"}]"#.into());
        }
        let index = Index::of(self);
        let mut seen = BTreeSet::new();
        for department in &self.departments {
            let (id, parent) = (department.id, department.parent_id);
            if id == 0 || !seen.insert(id) {
                return Err(format!("department {id}: ids are unique and above 0"));
            }
            if (id == ROOT) != (parent == 0) || index.path_up(id).last() != Some(&ROOT) {
                return Err(format!("department {id}: following parentId must end at the root, which is id 1"));
            }
        }
        let mut seen = BTreeSet::new();
        for member in &self.members {
            let unique = seen.insert(member.user_id.to_ascii_lowercase());
            let checked = check_member(member, unique, &index);
            checked.map_err(|what| format!("member `{}`: {what}", member.user_id))?;
        }
        for (at, app) in self.apps.iter().enumerate() {
            let checked = check_app(app, &self.apps[..at], &index);
            checked.map_err(|what| format!("app {}: {what}", app.agent_id))?;
        }
        Ok(())
    }
}

fn check_member(member: &Member, unique: bool, index: &Index) -> Result<(), String> {
    let Member { user_id: id, departments, main_department: main, direct_leader: leaders, .. } = member;
    // A slash would read as a member of a linked company: `CorpId/userid`.
    if !unique || id.is_empty() || id.len() > 64 || id.contains(['/', ' ']) {
        return Err("userId is unique, 1 to 64 bytes, without `/` or space".into());
    }
    if let Some(place) = departments.iter().find(|place| !index.has_department(place.id)) {
        return Err(format!("there is no department {}", place.id));
    }
    if main.is_some_and(|main| departments.iter().all(|place| place.id != main)) {
        return Err("mainDepartment must be one of its departments".into());
    }
    if leaders.len() > 5 || leaders.iter().any(|leader| index.member(leader).is_none()) {
        return Err("directLeader is up to five userids of this company".into());
    }
    let object = |value: &serde_json::Value| value.is_null() || value.is_object();
    if !object(&member.extattr) || !object(&member.external_profile) {
        return Err("extattr and externalProfile are objects, as WeCom writes them".into());
    }
    if member.gender > 2 || ![1, 2, 4, 5].contains(&member.status) {
        return Err("gender is 0, 1 or 2, and status 1, 2, 4 or 5".into());
    }
    Ok(())
}

fn check_app(app: &App, earlier: &[App], index: &Index) -> Result<(), String> {
    let secret = app.secret.reveal();
    if secret.is_empty() || secret == MASK || secret.contains(char::is_whitespace) {
        return Err("secret is a text without spaces, and not the mask ***".into());
    }
    if earlier.iter().any(|other| other.agent_id == app.agent_id) {
        return Err("agentId is there twice".into());
    }
    if earlier.iter().any(|other| other.secret.matches(secret)) {
        return Err("another app has the same secret; gettoken could not tell them apart".into());
    }
    let mut domains = app.redirect_domains.iter().flatten();
    if let Some(wrong) = domains.find(|domain| !is_domain(domain)) {
        return Err(format!("redirectDomains: `{wrong}` is not a host or host:port, as in login.acme.example"));
    }
    if let Some(callback) = &app.callback {
        callback.check()?;
    }
    let Some(range) = &app.visible_range else { return Ok(()) };
    if let Some(id) = range.departments.iter().find(|id| !index.has_department(**id)) {
        return Err(format!("visibleRange: there is no department {id}"));
    }
    match range.members.iter().find(|id| index.member(id).is_none()) {
        Some(id) => Err(format!("visibleRange: there is no member `{id}`")),
        None => Ok(()),
    }
}

/// Whether a corpid is one that a header, a URL and a shell take as plain text.
pub(crate) fn is_plain_id(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (1..=64).contains(&text.len()) && text.chars().all(plain)
}
