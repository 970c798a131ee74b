//! What the QR pages ask for while they are open: the image, and how far the login has come.

use std::collections::HashMap;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use qrcode::render::svg;
use serde::Serialize;
use serde_json::Value;
use url::form_urlencoded;

use super::asked::Asked;
use super::html;
use crate::Sim;
use crate::qr::QrStatus;

/// How long an answer waits for news.
const PATIENCE: Duration = Duration::from_secs(1);
/// A callback's name is a plain one, so that nothing else can be written into the script.
const LONGEST_NAME: usize = 64;

/// The QR code of `?key=`: the phone's address, so that a real camera finds it too.
pub(crate) fn image(sim: &Sim, asked: &Asked) -> Response {
    let key = asked.get("key").unwrap_or_default();
    if sim.qr_status(key).0 == QrStatus::Expired {
        return StatusCode::NOT_FOUND.into_response();
    }
    let address = format!("http://{}/sim/phone?key={key}", asked.host());
    match qrcode::QrCode::new(&address) {
        // Black on white in any color scheme, with its quiet zone: that is what cameras read.
        Ok(code) => html::svg(code.render::<svg::Color<'_>>().min_dimensions(240, 240).build()),
        // Only a `Host` of thousands of bytes does not fit.
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// `POST /wwlogin/monoApi/sso/login/getWebQrCodeStatus`, with JSON or a form.
pub(crate) async fn current(State(sim): State<Sim>, body: Bytes) -> Response {
    let (key, last) = match serde_json::from_slice::<Value>(&body) {
        Ok(json) => {
            let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
            (text("webKey"), text("lastStatus"))
        }
        Err(_) => {
            let text = |wanted: &str| {
                let mut pairs = form_urlencoded::parse(&body).filter(|(name, _)| name == wanted);
                pairs.next().map(|(_, value)| value.into_owned()).unwrap_or_default()
            };
            (text("webKey"), text("lastStatus"))
        }
    };
    let news = news(&sim, &key, &last).await;
    ([(CACHE_CONTROL, "no-store")], Json(HashMap::from([("data", news)]))).into_response()
}

/// `GET /wwopen/sso/l/qrConnect?callback&key[&lastStatus]`: a script that calls `callback`.
pub(crate) async fn legacy(State(sim): State<Sim>, uri: Uri) -> Response {
    let query = Query::<Vec<(String, String)>>::try_from_uri(&uri).unwrap_or_default().0;
    let find = |wanted: &str| query.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value);
    let callback = match find("callback") {
        "" => "jsonpCallback",
        name if is_name(name) => name,
        _ => return (StatusCode::BAD_REQUEST, "callback must be a name of up to 64 letters").into_response(),
    };
    // This page is older than desktop clients that offer to log in.
    let mut news = news(&sim, find("key"), find("lastStatus")).await;
    if news.status == QrStatus::Desktop.name() {
        news.status = QrStatus::Scanned.name();
    }
    let headers =
        [(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "no-store"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    // Texts alone, so writing cannot fail.
    let news = serde_json::to_string(&news).unwrap_or_default();
    (headers, format!("{callback}({news})")).into_response()
}

fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    name.len() <= LONGEST_NAME && name.chars().all(plain) && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// How far a login has come, in the order WeCom writes it.
#[derive(Serialize)]
struct News {
    status: &'static str,
    /// Empty until there is one.
    auth_code: String,
}

/// The status, at once if it is not the one last seen, else when it changes or patience ends.
async fn news(sim: &Sim, key: &str, last: &str) -> News {
    let wait = async {
        loop {
            let changed = sim.shared.qr_changed.notified();
            tokio::pin!(changed);
            // Listening starts before looking, so that no change falls in between.
            changed.as_mut().enable();
            if sim.qr_status(key).0.name() != last {
                return;
            }
            changed.await;
        }
    };
    // Patience that ended is no failure: the status is told either way.
    let _ = tokio::time::timeout(PATIENCE, wait).await;
    let (status, auth_code) = sim.qr_status(key);
    News { status: status.name(), auth_code }
}
