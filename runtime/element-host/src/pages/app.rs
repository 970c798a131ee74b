//! Pages belong to apps: which one an address names, where its pages are, what people call it.
use super::{Visitor, failure, no_page};
use crate::site::Site;
use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
    response::Response,
};
use element::AppId;
use element_engine::App;

/// Somebody at a page of an app. What could be no app's id goes nowhere, neither into the name of a cookie nor into a
/// link.
pub(super) struct AtApp(pub(super) Visitor, pub(super) AppId);

impl FromRequestParts<Site> for AtApp {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        let app = Path::<(String, String)>::from_request_parts(parts, site).await.ok();
        let app = app.and_then(|Path((org, app))| format!("{org}.{app}").parse().ok());
        let Ok(visitor) = Visitor::from_request_parts(parts, site).await;
        match app {
            Some(app) => Ok(Self(visitor, app)),
            None => Err(failure::show(&visitor, None, &no_page())),
        }
    }
}

/// The path of an app's pages: `/acme/demo`.
pub(super) fn path_of(app: &AppId) -> String {
    format!("/{}", app.as_str().replacen('.', "/", 1))
}

/// What people call an app.
pub(super) fn title_of(app: &App) -> &str {
    if app.title.is_empty() { app.id.as_str() } else { &app.title }
}
