//! The router, built by a function, so that tests and other programs use it without a socket.
use crate::{
    api,
    browser::HEADER,
    health, operate, pages,
    reply::{self, REQUEST_ID},
};
pub use crate::{
    limits::{CALLS_A_MINUTE, Limits},
    origin::{Origin, PublicUrl},
    site::Site,
};
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, header},
    response::Response,
    routing::{any, get},
};
use element::{Error, ErrorKind, code};
use std::time::Duration;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// Everything that the host answers over HTTP: calls at `/api/…`, the login pages at `/<org>/<app>/…`, `/element.js`,
/// `/healthz`, `/readyz`, and for administrators `/status`, `/changes`, `/reload`, `/metrics` and `/callbacks`. Merge it into a router of your own, and serve that with
/// `into_make_service_with_connect_info::<SocketAddr>()`: without the callers' addresses there are no limits for each.
pub fn router(site: Site) -> Router {
    routes(&site).with_state(site)
}

/// [`router`] and an answer for every other address, for a host that has no router of its own.
pub fn standalone(site: Site) -> Router {
    routes(&site).fallback(nothing_here).with_state(site)
}

fn routes(site: &Site) -> Router<Site> {
    let calls = match site.origins.as_slice() {
        [] => any(api::answer),
        listed => any(api::answer).layer(other_sites(listed)),
    };
    Router::new()
        .route("/api/{org}/{app}/{*method}", calls)
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(operate::routes())
        .merge(pages::routes())
}

/// What browsers allow the pages of other sites: those that are listed may call, and prove who they are by what they
/// send themselves. Cookies are for our own pages.
fn other_sites(listed: &[Origin]) -> CorsLayer {
    let origins = listed.iter().filter_map(|it| HeaderValue::from_str(&it.to_string()).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, HeaderName::from_static(HEADER)])
        .expose_headers([HeaderName::from_static(REQUEST_ID)])
        .max_age(Duration::from_secs(600))
}

async fn nothing_here(State(site): State<Site>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let accepts = parts.headers.get(header::ACCEPT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    if accepts.contains("text/html") {
        return pages::nothing_here(&site, &mut parts).await;
    }
    let message =
        "there is nothing at this address: a method is called with POST /api/<org>/<app>/<element with />/<method>";
    reply::failure(&reply::Started::now(), &Error::new(ErrorKind::NotFound, code::NO_ELEMENT, message))
}
