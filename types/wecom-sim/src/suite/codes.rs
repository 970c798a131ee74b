//! The codes of an installation: one to begin it with, and one that is given for the permanent code.

use std::collections::HashMap;

use crate::tokens::AppKey;

/// How long a pre-auth code can be used (page 90601).
pub(crate) const PRE_AUTH_MS: u64 = 1_200_000;
/// How long an auth code can be used (page 90603).
pub(crate) const AUTH_MS: u64 = 600_000;
/// How long an expired pre-auth code is known as expired (42007) before it is just unknown (40077).
const REMEMBERED_MS: u64 = 86_400_000;

/// What a pre-auth code turned out to be.
#[derive(Debug, PartialEq)]
pub(crate) enum PreAuth {
    Good,
    Expired,
    Unknown,
}

/// What can be begun with, of which template.
#[derive(Default)]
pub(crate) struct PreAuthCodes {
    made: HashMap<String, (String, u64)>,
}

impl PreAuthCodes {
    pub(crate) fn issue(&mut self, code: String, suite_id: &str, now_ms: u64) {
        self.made.retain(|_, (_, expires_ms)| now_ms < expires_ms.saturating_add(REMEMBERED_MS));
        self.made.insert(code, (suite_id.to_owned(), now_ms.saturating_add(PRE_AUTH_MS)));
    }

    pub(crate) fn look_up(&self, code: &str, suite_id: &str, now_ms: u64) -> PreAuth {
        match self.made.get(code).filter(|(of, _)| of == suite_id) {
            None => PreAuth::Unknown,
            Some((_, expires_ms)) if *expires_ms <= now_ms => PreAuth::Expired,
            Some(_) => PreAuth::Good,
        }
    }
}

struct Issued {
    suite_id: String,
    app: AppKey,
    expires_ms: u64,
}

/// Auth codes: single use.
#[derive(Default)]
pub(crate) struct AuthCodes {
    issued: HashMap<String, Issued>,
}

impl AuthCodes {
    pub(crate) fn issue(&mut self, code: String, suite_id: &str, app: AppKey, now_ms: u64) {
        self.issued.retain(|_, issued| now_ms < issued.expires_ms);
        let issued = Issued { suite_id: suite_id.to_owned(), app, expires_ms: now_ms.saturating_add(AUTH_MS) };
        self.issued.insert(code, issued);
    }

    /// Takes the code away and tells which app it is of. Another template's stays.
    pub(crate) fn take(&mut self, code: &str, suite_id: &str, now_ms: u64) -> Option<AppKey> {
        self.issued.get(code).filter(|issued| issued.suite_id == suite_id)?;
        let issued = self.issued.remove(code)?;
        (now_ms < issued.expires_ms).then_some(issued.app)
    }

    /// Forgets the codes of an app that is no more.
    pub(crate) fn forget(&mut self, app: &AppKey) {
        self.issued.retain(|_, issued| issued.app != *app);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_auth_code_is_taken_once_in_time_by_its_template() {
        let mut codes = AuthCodes::default();
        let app = AppKey::new("ww1", 1);
        codes.issue("late".into(), "dk1", app.clone(), 0);
        assert_eq!(codes.take("late", "dk1", AUTH_MS), None);
        codes.issue("good".into(), "dk1", app.clone(), 1);
        assert_eq!(codes.take("good", "dk2", 2), None);
        assert_eq!(codes.take("good", "dk1", AUTH_MS), Some(app.clone()));
        assert_eq!(codes.take("good", "dk1", 2), None);
        codes.issue("gone".into(), "dk1", app.clone(), 1);
        codes.forget(&app);
        assert_eq!(codes.take("gone", "dk1", 2), None);
    }
}
