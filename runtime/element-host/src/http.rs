//! The router, built by a function, so that tests and other programs use it without a socket.
pub use crate::site::Site;
use crate::{api, health, reply};
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{any, get},
};
use element::{Error, ErrorKind, code};

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
