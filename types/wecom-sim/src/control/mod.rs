//! The control API under `/sim/`, and who may use what is there. Its routes stand in the crate's documentation.

mod contacts;
mod handlers;
mod input;
mod logins;
mod overview;
mod pushes;
mod templates;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use serde_json::Value;

use crate::Sim;
use crate::serve::peer;
use input::Wrong;

/// A company of tens of thousands of members.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// What a control answers.
type Done = Result<Json<Value>, Wrong>;

/// Who may use the control API.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Door {
    /// Everyone.
    Open,
    /// Callers on this machine that also say so in `Host`.
    Local,
    /// Nobody.
    Shut,
}

pub(crate) fn router(door: Door) -> Router<Sim> {
    Router::new()
        .route("/codes", post(handlers::issue_code))
        .route("/journal", get(handlers::read_journal).delete(handlers::clear_journal))
        .route("/clock", post(handlers::advance))
        .route("/companies", get(handlers::companies).post(handlers::put_company))
        .route("/companies/{corp_id}/apps/{agent_id}", patch(handlers::change_app))
        .route("/overview", get(overview::read))
        .route("/faults", get(handlers::faults).post(handlers::add_fault).delete(handlers::clear_faults))
        .route("/jsapi", post(handlers::check_js_signature))
        .route("/limits", get(handlers::limits).patch(handlers::change_limits))
        .route("/qr", get(logins::open))
        .route("/qr/{key}", post(logins::act))
        .route("/tokens/revoke", post(handlers::revoke))
        .route("/tokens/expire", post(handlers::expire))
        .merge(contacts::routes())
        .merge(pushes::routes())
        .merge(templates::routes())
        .fallback(async || Wrong::at(StatusCode::NOT_FOUND, ROUTES))
        .method_not_allowed_fallback(async || Wrong::at(StatusCode::METHOD_NOT_ALLOWED, ROUTES))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn_with_state(door, guard))
}

const ROUTES: &str = "there is no such control; there are POST /sim/codes, GET and DELETE \
    /sim/journal, POST /sim/clock, GET and POST /sim/companies, PATCH \
    /sim/companies/{corpId}/apps/{agentId}, GET, POST and DELETE /sim/faults, POST /sim/jsapi, GET and \
    PATCH /sim/limits, GET /sim/qr, POST /sim/qr/{key}, POST /sim/tokens/revoke, POST \
    /sim/tokens/expire, PUT and DELETE /sim/companies/{corpId}/members/{userId} \
    and /sim/companies/{corpId}/departments/{id}, POST /sim/companies/{corpId}/tags/{tagId}, POST \
    /sim/companies/{corpId}/apps/{agentId}/callback/verify, GET /sim/pushes, POST and DELETE \
    /sim/pushes/disturb, POST /sim/pushes/probe, PUT /sim/provider, GET /sim/templates, PUT \
    /sim/templates/{suiteId}/callback, POST /sim/templates/{suiteId}/ticket and \
    /sim/templates/{suiteId}/installs, PATCH and DELETE /sim/templates/{suiteId}/installs/{corpId}, POST \
    /sim/templates/{suiteId}/installs/{corpId}/reset, GET /sim/overview; and, for people, GET /, GET \
    /sim/phone and GET /sim/install";

/// Lets nobody through who may not use what is under `/sim/`.
pub(crate) async fn guard(State(door): State<Door>, request: Request, next: Next) -> Response {
    let open = match door {
        Door::Open => true,
        Door::Local => is_local(&request),
        Door::Shut => false,
    };
    if open {
        return next.run(request).await;
    }
    let why = "the control API is served on a loopback address under a loopback name only; \
        start wecom-sim with --public-control to open it to everyone who reaches it";
    Wrong::at(StatusCode::FORBIDDEN, why).into_response()
}

fn is_local(request: &Request) -> bool {
    let near = peer(request.extensions()).is_none_or(|ip| ip.is_loopback());
    near && names_loopback(request.headers(), request.uri())
}

/// A page in a browser can bind its own name to 127.0.0.1, but it cannot change what `Host` says.
fn names_loopback(headers: &HeaderMap, uri: &Uri) -> bool {
    // HTTP/2 puts the name into the address. A caller without any name is no browser.
    let said = headers.get(header::HOST).map(|host| host.to_str().unwrap_or("?"));
    let Some(host) = said.or(uri.authority().map(|authority| authority.as_str())) else { return true };
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    let name = name.unwrap_or_default();
    let address = name.parse::<std::net::IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|ip| ip.to_canonical().is_loopback())
}
