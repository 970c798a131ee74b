//! What the addresses of a host are about: the apps in service, and who their administrator is.
use crate::admin::AdminToken;
use element_engine::Runtime;

/// What the pages and addresses of a host are about.
#[derive(Debug, Clone)]
pub struct Site {
    /// The apps in service.
    pub runtime: Runtime,
    /// Without one, nobody is an administrator.
    pub admin: Option<AdminToken>,
}

impl Site {
    pub(crate) fn is_admin(&self, token: &str) -> bool {
        self.admin.as_ref().is_some_and(|it| it.is(token))
    }
}
