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
use url::form_urlencoded;

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

/// The path of a page of an app: `/acme/demo/login`.
pub(crate) fn path_of(app: &AppId, page: &str) -> String {
    format!("/{}/{page}", app.as_str().replacen('.', "/", 1))
}

impl Visitor {
    /// The address of a page of an app.
    pub(super) fn page(&self, app: &AppId, page: &str) -> String {
        self.path(&path_of(app, page))
    }

    /// The address of its login page, and where a login leads then.
    pub(super) fn login_page(&self, app: &AppId, return_to: Option<&str>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let query = return_to.map(|it| format!("?{}", query.append_pair("return", it).finish()));
        self.page(app, "login") + &query.unwrap_or_default()
    }
}

/// What people call an app.
pub(super) fn title_of(app: &App) -> &str {
    if app.title.is_empty() { app.id.as_str() } else { &app.title }
}
