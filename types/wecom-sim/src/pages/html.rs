//! A page on its way out, with what a browser must know about it.

use askama::Template;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

/// What a page may do beyond showing itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct May<'a> {
    /// Stand in a frame of any site, as login pages do.
    pub(crate) be_framed: bool,
    /// Send a form whose answer leads to another site. Chrome holds redirects to `form-action` too.
    pub(crate) lead_away: bool,
    /// Run the one script in it that carries this.
    pub(crate) nonce: Option<&'a str>,
}

pub(crate) fn html(status: StatusCode, page: &impl Template, may: May<'_>) -> Response {
    match page.render() {
        Ok(body) => safe(status, "text/html; charset=utf-8", &policy(may), body),
        Err(error) => {
            tracing::error!(%error, "a page could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

pub(crate) fn svg(body: String) -> Response {
    safe(StatusCode::OK, "image/svg+xml", "default-src 'none'", body)
}

/// To another address. A text that cannot be one does not get into a header.
pub(crate) fn redirect(status: StatusCode, to: String) -> Response {
    let Ok(location) = HeaderValue::try_from(to) else { return StatusCode::BAD_REQUEST.into_response() };
    let mut response = safe(status, "text/plain; charset=utf-8", &policy(May::default()), String::new());
    response.headers_mut().insert(LOCATION, location);
    response
}

fn policy(may: May<'_>) -> String {
    let nonce = may.nonce.map(|nonce| format!(" 'nonce-{nonce}'")).unwrap_or_default();
    let forms = if may.lead_away { "*" } else { "'self'" };
    let frames = if may.be_framed { "*" } else { "'none'" };
    format!(
        "default-src 'none'; style-src 'self'; script-src 'self'{nonce}; img-src 'self'; connect-src 'self'; \
         form-action {forms}; base-uri 'none'; frame-ancestors {frames}"
    )
}

fn safe(status: StatusCode, kind: &'static str, policy: &str, body: String) -> Response {
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    let fixed: [(HeaderName, &'static str); 4] = [
        (CONTENT_TYPE, kind),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not `no-referrer`: browsers would then say `Origin: null` with our own forms.
        (REFERRER_POLICY, "same-origin"),
        (CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // The parts are our own texts and a base64 nonce, which fit into a header.
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// JSON that can stand inside a script element: no `<` in it can end the element.
pub(crate) fn in_script(value: &serde_json::Value) -> String {
    value.to_string().replace('<', "\\u003c")
}
