//! Styles and scripts: part of the program, so that pages and they always fit.
use crate::site::Site;
use axum::{
    Router,
    http::{HeaderName, header},
    response::IntoResponse,
    routing::get,
};

const STYLE: &str = include_str!("../../assets/page.css");
const LOGIN: &str = include_str!("../../assets/login.js");
const ELEMENT: &str = include_str!("../../assets/element.js");
const ICON: &str = include_str!("../../assets/icon.svg");

/// Asked for anew after each start, and otherwise rarely.
fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    let headers: [(HeaderName, &str); 3] = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text)
}

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/-/page.css", get(async || file("text/css; charset=utf-8", STYLE)))
        .route("/-/login.js", get(async || file("text/javascript; charset=utf-8", LOGIN)))
        .route("/-/icon.svg", get(async || file("image/svg+xml", ICON)))
        .route("/element.js", get(element))
}

/// The module for pages of one's own. It may be loaded from anywhere: there is nothing in it but code.
async fn element() -> impl IntoResponse {
    ([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], file("text/javascript; charset=utf-8", ELEMENT))
}
