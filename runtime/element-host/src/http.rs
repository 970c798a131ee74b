//! The router, built by a function, so that tests and other programs use it without a socket.
use crate::{admin::AdminToken, api, health, reply};
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{any, get},
};
use element::{Error, ErrorKind, code};
use element_engine::Runtime;

/// A larger body is refused, in bytes.
pub const BODY_LIMIT: usize = 1 << 20;

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

/// Everything that the host answers over HTTP: `/api/…`, `/healthz`, `/readyz`. Merge it into a router of your own.
pub fn router(site: Site) -> Router {
    Router::new()
        .route("/api/{org}/{app}/{*method}", any(api::answer))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .with_state(site)
}

/// [`router`] and an answer for every other address, for a host that has no router of its own.
pub fn standalone(site: Site) -> Router {
    router(site).fallback(nothing_here)
}

async fn nothing_here() -> Response {
    let message =
        "there is nothing at this address: a method is called with POST /api/<org>/<app>/<element with />/<method>";
    reply::failure(&reply::Started::now(), &Error::new(ErrorKind::NotFound, code::NO_ELEMENT, message)).into_response()
}
