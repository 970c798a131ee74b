//! The login page of an app: every way in that is open, through the login Meta.
use super::{
    Visitor,
    answer::{Answer, Frame, lead_to},
    app::{AtApp, path_of, title_of},
    failure::{self, Place, said},
};
use crate::{cookies, site::Site};
use askama::Template;
use auths::{Login, LoginConfig};
use axum::{http::HeaderValue, response::Response};
use element::{AppId, Caller, Error, ErrorKind, Result, code};
use element_engine::AppHandle;
use serde_json::json;
use url::Url;

/// One way in.
struct Way {
    title: String,
    address: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "login.html")]
struct Page<'a> {
    frame: Frame<'a>,
    app: &'a str,
    /// Who is logged in meanwhile finds it there.
    profile: String,
    notice: Option<&'static str>,
    ways: Vec<Way>,
    /// The page with the QR code, for a window of its own.
    qr: Option<String>,
    /// The same for a frame.
    panel: Option<String>,
    /// Where a login goes on without a QR code: this browser is the provider's own client, or the login is another site's.
    in_client: Option<String>,
    /// How long this login is good for.
    seconds: Option<i64>,
}

pub(super) async fn show(AtApp(visitor, app): AtApp) -> Response {
    match answer(&visitor, &app).await {
        Ok(it) => it,
        Err(e) => {
            let back = visitor.way_back();
            failure::show(&visitor, Some(Place { app: &app, return_to: back.as_deref(), repeatable: true }), &e)
        }
    }
}

async fn answer(visitor: &Visitor, app: &AppId) -> Result<Response> {
    if visitor.site.public_url.other_name_of_this_machine(&visitor.parts.headers) {
        let path = visitor.parts.uri.path_and_query().map_or("/", |it| it.as_str());
        return Ok(lead_to(visitor, &format!("{}{path}", visitor.site.public_url), []));
    }
    let handle = visitor.site.runtime.app(app.as_str())?;
    visitor.count()?;
    let (mut notice, mut cookies) = (None, Vec::<HeaderValue>::new());
    match visitor.session(app).await {
        Ok(Some(_)) => return Ok(lead_to(visitor, &after_login(visitor, app), [])),
        Err(e) if e.kind != ErrorKind::Refused => return Err(e),
        Ok(None) | Err(_) if visitor.token(app).is_some() => {
            notice = Some(visitor.words.session_over);
            cookies.push(cookies::remove(&visitor.site.public_url, &cookies::session(app.as_str())));
        }
        Ok(None) | Err(_) => {}
    }
    if visitor.parameter("out").is_some() {
        notice = Some(visitor.words.logged_out);
    }
    cookies.extend(visitor.welcome());
    cookies.push(cookies::set(&visitor.site.public_url, cookies::LAST_APP, app.as_str(), None));
    let names = ways_in(visitor, &handle).await;
    let empty = Page::of(visitor, &handle);
    let Some(chosen) = chosen(&names, visitor.parameter("way")) else {
        return Ok(Answer { status: Some(ErrorKind::Unavailable), ..Answer::new(visitor, empty) }.send());
    };
    let ways = ways(visitor, &handle, &names, chosen);
    let config: LoginConfig = match visitor.call(app, chosen, "getLoginConfig", json!({}), Caller::Anonymous).await {
        Ok(it) => it,
        // The other ways may be open.
        Err(e) if !ways.is_empty() => {
            let page = Page { notice: Some(said(visitor.words, &e).title), ways, ..empty };
            return Ok(Answer { status: Some(e.kind), cookies, ..Answer::new(visitor, page) }.send());
        }
        Err(e) => return Err(e),
    };
    if let Some(there) = config.redirect_uri.as_deref().filter(|it| !visitor.site.public_url.is_here(it)) {
        let there = listed(visitor, chosen, there);
        return match there {
            Ok(address) if ways.is_empty() => Ok(lead_to(visitor, &address, cookies)),
            Err(e) if ways.is_empty() => Err(e),
            // The other ways begin here.
            there => {
                let notice = Some(visitor.words.elsewhere.title);
                let page = Page { notice, ways, in_client: there.ok(), ..empty };
                Ok(Answer { cookies, ..Answer::new(visitor, page) }.send())
            }
        };
    }
    if let (Some(state), Some(back)) = (&config.state, visitor.way_back()) {
        auths::state::remember_return(&visitor.site.runtime.ctx(), state, &back).await?;
    }
    let here = config.in_client_agent.as_deref().is_some_and(|it| visitor.is_in_client(it));
    let in_client = config.in_client_url.filter(|_| here);
    // Whoever has just left is not logged in again at once.
    let left = visitor.parameter("out").is_some();
    if let (Some(address), 1, false) = (&in_client, names.len(), left) {
        return Ok(lead_to(visitor, address, cookies));
    }
    let in_language = |it: String| format!("{it}&lang={}", visitor.words.lang);
    let panel = config.panel_url.map(in_language).filter(|_| in_client.is_none());
    let frame = panel.as_deref().and_then(|it| Some(Url::parse(it).ok()?.origin().ascii_serialization()));
    let now = visitor.site.runtime.ctx().now();
    let page = Page {
        notice,
        ways,
        qr: config.qr_url.map(in_language).filter(|_| in_client.is_none()),
        panel,
        in_client,
        seconds: config.state_expires_at.map(|at| (at - now).max(0) / 1000),
        ..empty
    };
    Ok(Answer { frame, cookies, ..Answer::new(visitor, page) }.send())
}

/// The page of another site on which a login ends. It begins there, too: only that page can say which browser it is.
///
/// # Errors
/// `Refused` if that site is not listed.
fn listed(visitor: &Visitor, way: &str, page: &str) -> Result<String> {
    let Site { public_url, origins, .. } = &visitor.site;
    public_url.way_back(page, origins).ok_or_else(|| {
        tracing::warn!(
            "`{way}` sends people back to {page}, and this host is {public_url}: correct its `redirectUri` or \
             `--public-url`, or list that site with `--allow-origin`"
        );
        let message = "this login ends on the page of another site, and begins there";
        Error::new(ErrorKind::Refused, code::LOGIN_ELSEWHERE, message)
    })
}

impl<'a> Page<'a> {
    /// The page without a way in.
    fn of(visitor: &'a Visitor, handle: &'a AppHandle) -> Self {
        let profile = visitor.path(&format!("{}/profile", path_of(&handle.app().id)));
        let (frame, app) = (Frame::of(visitor), title_of(handle.app()));
        Self { frame, app, profile, notice: None, ways: vec![], qr: None, panel: None, in_client: None, seconds: None }
    }
}

/// Where somebody goes who is logged in.
fn after_login(visitor: &Visitor, app: &AppId) -> String {
    visitor.way_back().unwrap_or_else(|| visitor.path(&format!("{}/profile", path_of(app))))
}

/// The login elements of the app through which people may log in now. One that is broken is no way in, and hurts no
/// other.
async fn ways_in(visitor: &Visitor, handle: &AppHandle) -> Vec<String> {
    let mut names = Vec::new();
    for name in handle.app().find(<dyn Login>::FULL_NAME) {
        let active = visitor.call(&handle.app().id, name.as_str(), "isActive", json!({}), Caller::Operator).await;
        if active.unwrap_or(false) {
            names.push(name.as_str().to_owned());
        }
    }
    names
}

fn chosen<'a>(names: &'a [String], wish: Option<&str>) -> Option<&'a str> {
    let wished = names.iter().find(|it| Some(it.as_str()) == wish);
    wished.or(names.first()).map(String::as_str)
}

/// To choose from, if there is more than one.
fn ways(visitor: &Visitor, handle: &AppHandle, names: &[String], chosen: &str) -> Vec<Way> {
    if names.len() < 2 {
        return Vec::new();
    }
    let way = |name: &String| {
        let title = handle.app().element(name).map(|it| it.title.clone()).filter(|it| !it.is_empty());
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("way", name);
        query.extend_pairs(visitor.parameter("return").map(|it| ("return", it)));
        Way { title: title.unwrap_or_else(|| name.clone()), address: format!("?{}", query.finish()), chosen: name == chosen }
    };
    names.iter().map(way).collect()
}
