//! The stylesheet, the icon and the scripts.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};

use super::asked::Asked;
use crate::Sim;

const SCRIPT: &str = "text/javascript; charset=utf-8";

pub(crate) fn style(_: &Sim, _: &Asked) -> Response {
    file("text/css; charset=utf-8", include_str!("../../static/pages.css"))
}

pub(crate) fn icon(_: &Sim, _: &Asked) -> Response {
    file("image/svg+xml", include_str!("../../static/icon.svg"))
}

pub(crate) fn qr(_: &Sim, _: &Asked) -> Response {
    file(SCRIPT, include_str!("../../static/qr.js"))
}

pub(crate) fn page(_: &Sim, _: &Asked) -> Response {
    file(SCRIPT, include_str!("../../static/page.js"))
}

pub(crate) fn home(_: &Sim, _: &Asked) -> Response {
    file(SCRIPT, include_str!("../../static/home.js"))
}

pub(crate) fn journal(_: &Sim, _: &Asked) -> Response {
    file(SCRIPT, include_str!("../../static/journal.js"))
}

pub(crate) fn pushes(_: &Sim, _: &Asked) -> Response {
    file(SCRIPT, include_str!("../../static/pushes.js"))
}

pub(crate) fn fold(_: &Sim, _: &Asked) -> Response {
    file(SCRIPT, include_str!("../../static/fold.js"))
}

pub(crate) fn companies(_: &Sim, _: &Asked) -> Response {
    file(SCRIPT, include_str!("../../static/companies.js"))
}

fn file(kind: &'static str, text: &'static str) -> Response {
    // They change with the program, so a browser asks each time.
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache"), (X_CONTENT_TYPE_OPTIONS, "nosniff")], text).into_response()
}
