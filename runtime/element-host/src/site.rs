//! What the addresses of a host are about: the apps in service, who their administrator is, and who else may ask.
use crate::{
    admin::AdminToken,
    limits::Limits,
    metrics::Metrics,
    origin::{Origin, PublicUrl},
};
use element_engine::Runtime;

/// What the pages and addresses of a host are about.
#[derive(Debug, Clone)]
pub struct Site {
    /// The apps in service.
    pub runtime: Runtime,
    /// Without one, nobody is an administrator.
    pub admin: Option<AdminToken>,
    /// The address under which browsers reach it.
    pub public_url: PublicUrl,
    /// Other sites whose pages may call it, and may be returned to after a login.
    pub origins: Vec<Origin>,
    /// How often one address may call.
    pub limits: Limits,
    /// What `/metrics` shows.
    pub metrics: Option<Metrics>,
}

impl Site {
    /// A site without an administrator, for its own pages only, with the usual limits.
    #[must_use]
    pub fn new(runtime: Runtime, public_url: PublicUrl) -> Self {
        Self { runtime, admin: None, public_url, origins: Vec::new(), limits: Limits::default(), metrics: None }
    }

    pub(crate) fn is_admin(&self, token: &str) -> bool {
        self.admin.as_ref().is_some_and(|it| it.is(token))
    }
}
