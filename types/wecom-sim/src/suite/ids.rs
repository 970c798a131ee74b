//! The ids that a provider knows others by: the same each time, and of no use to another provider (page 97104).

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha1::{Digest, Sha1};

use crate::directory::Directory;
use crate::member::Member;

/// How many characters follow the two that say what it is an id of.
const LENGTH: usize = 30;

/// A company as a provider knows it: `wp` and 30 characters. Other than the plain corpid it has a case.
pub(crate) fn corp(provider: &str, corp_id: &str) -> String {
    made("wp", &[provider, corp_id])
}

/// A member of a company as a provider knows them: `wo` and 30 characters.
pub(crate) fn member(provider: &str, corp_id: &str, user_id: &str) -> String {
    made("wo", &[provider, corp_id, user_id])
}

/// Case is folded first, for the plain ids are the same whatever their case. A slash stands in none.
fn made(prefix: &str, parts: &[&str]) -> String {
    let text = format!("{prefix}/{}", parts.join("/").to_ascii_lowercase());
    let (first, second) = (Sha1::digest(&text), Sha1::digest(format!("{text}/")));
    let mut id = prefix.to_owned() + &URL_SAFE_NO_PAD.encode([first, second].concat());
    id.truncate(prefix.len() + LENGTH);
    id
}

/// Under which ids an app is told of its company: their own, or those for its provider.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// The provider's corpid.
    pub(crate) provider: Option<Arc<str>>,
}

impl Names {
    pub(crate) fn corp(&self, corp_id: &str) -> String {
        match &self.provider {
            Some(provider) => corp(provider, corp_id),
            None => corp_id.to_owned(),
        }
    }

    /// Who belongs to a linked company, as `CorpId/userid`, is told of as they are.
    pub(crate) fn member(&self, corp_id: &str, user_id: &str) -> String {
        match &self.provider {
            Some(provider) if !user_id.contains('/') => member(provider, corp_id, user_id),
            _ => user_id.to_owned(),
        }
    }

    /// Who is meant by an id that an app gives. One that is told other ids than the plain ones knows
    /// none of those.
    pub(crate) fn find<'a>(&self, company: &'a Directory, user_id: &str) -> Option<&'a Member> {
        match &self.provider {
            Some(provider) => company.member_for(provider, user_id),
            None => company.member(user_id),
        }
    }

    /// A member with every userid as the app is told it.
    pub(crate) fn told<'a>(&self, corp_id: &str, member: &'a Member) -> Cow<'a, Member> {
        if self.provider.is_none() {
            return Cow::Borrowed(member);
        }
        let id = |user_id: &String| self.member(corp_id, user_id);
        let direct_leader = member.direct_leader.iter().map(id).collect();
        Cow::Owned(Member { user_id: id(&member.user_id), direct_leader, ..member.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_their_shape_and_are_one_providers() {
        let id = corp("ww1", "wwA");
        assert!(id.len() == 32 && id.starts_with("wp"), "{id}");
        assert!(member("ww1", "wwA", "ann").starts_with("wo"));
        assert_eq!((&id, member("ww1", "wwa", "Ann")), (&corp("ww1", "WWA"), member("WW1", "wwA", "ANN")));
        let others = [corp("ww2", "wwA"), corp("ww1", "wwB"), member("ww1", "wwA", "ann"), member("ww1", "wwB", "ann")];
        let distinct: std::collections::BTreeSet<_> = others.iter().chain([&id]).map(|it| &it[2..]).collect();
        assert_eq!(distinct.len(), 5);
        assert!(id.bytes().any(|b| b.is_ascii_uppercase()) && id.bytes().any(|b| b.is_ascii_lowercase()), "{id}");
    }
}
