//! The login page of an app: every way in that is open, through the login Meta.
use super::{
    Visitor,
    answer::{Answer, Frame, lead_to},
    app::{AtApp, title_of},
    failure::{self, Place, said},
    organisation::{self, Form},
    words::Said,
};
use crate::{cookies, site::Site};
use askama::Template;
use auths::{Login, LoginConfig};
use axum::response::Response;
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

/// What the way that was chosen comes down to.
enum Offer {
    /// A QR code: its page, the same for a frame, and how many seconds this login is good for.
    Qr { page: String, panel: Option<String>, seconds: Option<i64> },
    /// One click, or none: this browser is the provider's own client, or the login is another site's.
    Link(String),
    /// Nothing yet: which company is meant is still to be said.
    Organisation(Form),
    /// Nothing, for now.
    Nothing(&'static Said),
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
    offer: Offer,
    /// Where another organisation code is entered in the place of the one that was right.
    other_org: Option<String>,
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
        return Ok(lead_to(visitor, &format!("{}{}", visitor.site.public_url, visitor.asked_for()), []));
    }
    let handle = visitor.site.runtime.app(app.as_str())?;
    visitor.count()?;
    let mut cookies = vec![cookies::set(&visitor.site.public_url, cookies::LAST_APP, app.as_str(), None)];
    cookies.extend(visitor.welcome());
    let notice = match visitor.session(app).await {
        Ok(Some(_)) => {
            let there = visitor.way_back().unwrap_or_else(|| visitor.page(app, "profile"));
            return Ok(lead_to(visitor, &there, []));
        }
        Err(e) if e.kind != ErrorKind::Refused => return Err(e),
        _ if visitor.parameter("out").is_some() => Some(visitor.words.logged_out),
        _ if visitor.token(app).is_some() => {
            cookies.push(cookies::remove(&visitor.site.public_url, &cookies::session(app.as_str())));
            Some(visitor.words.session_over)
        }
        _ => None,
    };
    let names = ways_in(visitor, &handle).await;
    let (of_code, begun) = way_of_code(visitor, app, &names).await.unzip();
    let chosen = chosen(&names, visitor.parameter("way").or(of_code));
    let mut org = None;
    let (offer, status) = match chosen {
        None => (Offer::Nothing(&visitor.words.no_way), Some(ErrorKind::Unavailable)),
        Some(way) => match offer(visitor, app, way, begun, &mut org).await {
            Ok(offer) => {
                let wrong = matches!(&offer, Offer::Organisation(form) if form.wrong.is_some());
                (offer, wrong.then_some(ErrorKind::NotFound))
            }
            // The other ways may be open.
            Err(e) if names.len() > 1 => (Offer::Nothing(said(visitor.words, &e)), Some(e.kind)),
            Err(e) => return Err(e),
        },
    };
    cookies.extend(org.map(|it| organisation::remember(visitor, it)));
    if let (Offer::Link(address), [_], None, false) =
        (&offer, &names[..], visitor.parameter("out"), organisation::was_asked(visitor))
    {
        // Nothing is to be chosen. Whoever has just left is not logged in again at once.
        return Ok(lead_to(visitor, address, cookies));
    }
    let frame = match &offer {
        Offer::Qr { panel: Some(it), .. } => Url::parse(it).ok().map(|it| it.origin().ascii_serialization()),
        _ => None,
    };
    let page = Page {
        frame: Frame::of(visitor),
        app: title_of(handle.app()),
        profile: visitor.page(app, "profile"),
        notice,
        ways: ways(visitor, &handle, &names, chosen),
        offer,
        other_org: org.map(|_| organisation::ask_again(visitor)),
    };
    Ok(Answer { frame, cookies, status, ..Answer::new(visitor, page) }.send())
}

/// Begins a login, one way, unless it has `begun`. `org` becomes the organisation code, if that was asked for and is right.
async fn offer<'a>(
    visitor: &'a Visitor,
    app: &AppId,
    way: &str,
    begun: Option<LoginConfig>,
    org: &mut Option<&'a str>,
) -> Result<Offer> {
    let code = organisation::code(visitor, app, way)?;
    let unknown = || Offer::Organisation(Form::of(visitor, Some(visitor.words.org_unknown)));
    if code.is_some_and(organisation::is_too_long) {
        return Ok(unknown());
    }
    let config = match begun {
        Some(it) => Ok(it),
        None => begin(visitor, app, way, code).await,
    };
    let config = match config {
        Ok(it) if it.needs_org_code => return Ok(Offer::Organisation(Form::of(visitor, None))),
        Ok(it) => it,
        Err(e) if e.code == code::ORG_UNKNOWN => return Ok(unknown()),
        Err(e) => return Err(e),
    };
    *org = code;
    if let Some(page) = config.redirect_uri.filter(|it| !visitor.site.public_url.is_here(it)) {
        return listed(visitor, way, &page).map(Offer::Link);
    }
    if let (Some(state), Some(back)) = (&config.state, visitor.way_back()) {
        auths::state::remember_return(&visitor.site.runtime.ctx(), state, &back).await?;
    }
    if let Some(address) = config.in_client_url
        && config.in_client_agent.is_some_and(|it| visitor.is_in_client(&it))
    {
        return Ok(Offer::Link(address));
    }
    let in_language = |it: String| format!("{it}&lang={}", visitor.words.lang);
    Ok(match config.qr_url {
        None => Offer::Nothing(&visitor.words.no_way),
        Some(page) => Offer::Qr {
            page: in_language(page),
            panel: config.panel_url.map(in_language),
            seconds: config.state_expires_at.map(|at| visitor.seconds_until(at)),
        },
    })
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

async fn begin(visitor: &Visitor, app: &AppId, way: &str, code: Option<&str>) -> Result<LoginConfig> {
    visitor.call(app, way, "getLoginConfig", organisation::arguments(code), Caller::Anonymous).await
}

/// The way in of the company whose organisation code stands in the address, if nobody wished for another one: each company may
/// have its own. Its login has begun then.
async fn way_of_code<'a>(visitor: &Visitor, app: &AppId, names: &'a [String]) -> Option<(&'a str, LoginConfig)> {
    if visitor.parameter("way").is_some() || names.len() < 2 {
        return None;
    }
    for way in names {
        let Ok(Some(code)) = organisation::code(visitor, app, way) else { continue };
        match begin(visitor, app, way, Some(code)).await {
            Ok(begun) => return Some((way, begun)),
            // Nobody has this code, so no other way in has it.
            Err(e) if e.code == code::ORG_UNKNOWN => return None,
            Err(_) => {}
        }
    }
    None
}

fn chosen<'a>(names: &'a [String], wish: Option<&str>) -> Option<&'a str> {
    let wished = names.iter().find(|it| Some(it.as_str()) == wish);
    wished.or(names.first()).map(String::as_str)
}

/// To choose from, if there is more than one.
fn ways(visitor: &Visitor, handle: &AppHandle, names: &[String], chosen: Option<&str>) -> Vec<Way> {
    if names.len() < 2 {
        return Vec::new();
    }
    let way = |name: &String| {
        let title = handle.app().element(name).map(|it| it.title.clone()).filter(|it| !it.is_empty());
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("way", name);
        query.extend_pairs(visitor.parameter("return").map(|it| ("return", it)));
        Way {
            title: title.unwrap_or_else(|| name.clone()),
            address: format!("?{}", query.finish()),
            chosen: chosen == Some(name),
        }
    };
    names.iter().map(way).collect()
}
