//! The stylesheet, the icon and the scripts.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};

use super::asked::Asked;
use crate::Sim;

/// The names of the files under `static/`, with what is in them.
const FILES: &[(&str, &str)] = &[
    ("pages.css", include_str!("../../static/pages.css")),
    ("icon.svg", include_str!("../../static/icon.svg")),
    ("qr.js", include_str!("../../static/qr.js")),
    ("page.js", include_str!("../../static/page.js")),
    ("home.js", include_str!("../../static/home.js")),
    ("journal.js", include_str!("../../static/journal.js")),
    ("pushes.js", include_str!("../../static/pushes.js")),
    ("fold.js", include_str!("../../static/fold.js")),
    ("companies.js", include_str!("../../static/companies.js")),
];

/// `GET /static/{name}`.
pub(crate) fn file(_: &Sim, asked: &Asked) -> Response {
    let name = asked.uri.path().trim_start_matches("/static/");
    let Some((_, text)) = FILES.iter().find(|(known, _)| *known == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/javascript; charset=utf-8",
    };
    // They change with the program, so a browser asks each time.
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache"), (X_CONTENT_TYPE_OPTIONS, "nosniff")], *text).into_response()
}
