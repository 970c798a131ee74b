//! Where a customer's administrator installs a template, and changes, resets or cancels what is installed.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use url::form_urlencoded::Serializer;

use super::asked::Asked;
use super::html::{May, html, redirect};
use super::problem::Problem;
use super::target::{company_name, unknown_company};
use super::words::{Words, fill};
use crate::company::{App, ROOT, VisibleRange};
use crate::directory::Directory;
use crate::sim::Refused;
use crate::suite::{Provider, Template as Suite};
use crate::{InstallChange, NewInstall, Sim};

/// How many companies are listed.
const LISTED: usize = 200;

/// A list to choose from: of templates, then of companies.
#[derive(Template)]
#[template(path = "install_choose.html")]
struct Choose {
    w: &'static Words,
    title: String,
    note: String,
    done: &'static str,
    rows: Vec<Row>,
    more: Option<&'static str>,
    other: Option<String>,
}

struct Row {
    name: String,
    id: String,
    tag: &'static str,
    address: String,
}

/// One template in one company.
#[derive(Template)]
#[template(path = "install.html")]
struct Page {
    w: &'static Words,
    title: String,
    company: String,
    lines: Vec<String>,
    done: &'static str,
    /// Whether the provider is told of what is done here.
    told: bool,
    hidden: Vec<(&'static str, String)>,
    installed: Option<App>,
    departments: String,
    members: String,
    other: String,
}

/// `GET /sim/install?suite_id&state[&corp_id]`; also what `get_customized_auth_url` leads to.
pub(crate) fn show(sim: &Sim, asked: &Asked) -> Response {
    let w = asked.words();
    shown(sim, asked, w).unwrap_or_else(|problem| problem.page(May::default()))
}

/// `POST /sim/install` with `suite_id`, `corp_id`, `state`, `departments`, `members`.
pub(crate) fn authorize(sim: &Sim, asked: &Asked) -> Response {
    act(asked, "installed", |suite_id, corp_id| {
        let state = asked.get("state").map(str::to_owned);
        let new = NewInstall { state, visible_range: range(asked)?, ..NewInstall::default() };
        sim.install(suite_id, corp_id, new).map(|_| ())
    })
}

/// `POST /sim/install/change` with `suite_id`, `corp_id`, `enabled`, `departments`, `members`.
pub(crate) fn change(sim: &Sim, asked: &Asked) -> Response {
    act(asked, "changed", |suite_id, corp_id| {
        let everyone = VisibleRange { departments: vec![ROOT], members: Vec::new() };
        let change = InstallChange {
            enabled: Some(asked.get("enabled").is_some()),
            visible_range: Some(range(asked)?.unwrap_or(everyone)),
            ..InstallChange::default()
        };
        sim.change_install(suite_id, corp_id, change).map(|_| ())
    })
}

/// `POST /sim/install/reset` with `suite_id` and `corp_id`.
pub(crate) fn reset(sim: &Sim, asked: &Asked) -> Response {
    act(asked, "reset", |suite_id, corp_id| sim.reset_install(suite_id, corp_id).map(|_| ()))
}

/// `POST /sim/install/cancel` with `suite_id` and `corp_id`.
pub(crate) fn cancel(sim: &Sim, asked: &Asked) -> Response {
    act(asked, "cancelled", |suite_id, corp_id| sim.cancel_install(suite_id, corp_id))
}

/// Does it and shows what there is then.
fn act(asked: &Asked, done: &str, what: impl FnOnce(&str, &str) -> Result<(), Refused>) -> Response {
    let w = asked.words();
    let (suite_id, corp_id) = match (asked.get("suite_id"), asked.get("corp_id")) {
        (None, _) => return Problem::missing(w, "suite_id").page(May::default()),
        (_, None) => return Problem::missing(w, "corp_id").page(May::default()),
        (Some(suite_id), Some(corp_id)) => (suite_id, corp_id),
    };
    let here = [("suite_id", suite_id), ("corp_id", corp_id), ("lang", w.code)];
    match what(suite_id, corp_id) {
        Ok(()) => redirect(StatusCode::SEE_OTHER, address(here.into_iter().chain([("done", done)]))),
        Err(Refused(why)) => {
            let page = Problem::new(w, w.install.not_done).line(why);
            page.next(w.install.back, address(here)).page(May::default())
        }
    }
}

/// Whom the app is to see; `None` is everyone.
fn range(asked: &Asked) -> Result<Option<VisibleRange>, Refused> {
    let listed = |name: &str| -> Vec<String> {
        let text = asked.get(name).unwrap_or_default().replace('，', ",");
        text.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect()
    };
    let departments: Result<Vec<u32>, _> = listed("departments").iter().map(|id| id.parse()).collect();
    let departments = departments.map_err(|_| Refused(asked.words().install.bad_departments.into()))?;
    let members = listed("members");
    let all = departments.is_empty() && members.is_empty();
    Ok((!all).then_some(VisibleRange { departments, members }))
}

fn shown(sim: &Sim, asked: &Asked, w: &'static Words) -> Result<Response, Box<Problem>> {
    let Some(provider) = sim.provider() else {
        return Err(Problem::new(w, w.install.no_provider).line(w.install.no_provider_note));
    };
    let until: Option<u64> = asked.get("until").and_then(|until| until.parse().ok());
    if until.is_some_and(|until| until <= sim.now_ms() / 1000) {
        return Err(Problem::new(w, w.install.too_old).line(w.install.too_old_note));
    }
    match &offered(asked, w, &provider)?[..] {
        [suite] => match asked.get("corp_id") {
            None => Ok(choose_company(sim, asked, w, suite)),
            Some(corp_id) => {
                let company = sim.state().company(corp_id).cloned();
                let company = company.ok_or_else(|| unknown_company(sim, w, corp_id))?;
                Ok(page(sim, asked, w, suite, &company))
            }
        },
        several => Ok(choose_template(asked, w, &provider, several)),
    }
}

/// The templates that `suite_id` names, with commas between them; all there are without it.
fn offered<'a>(asked: &Asked, w: &'static Words, provider: &'a Provider) -> Result<Vec<&'a Suite>, Box<Problem>> {
    let Some(named) = asked.get("suite_id") else { return Ok(provider.templates.iter().collect()) };
    let find = |id: &'_ str| {
        provider.templates.iter().find(|template| template.suite_id == id).ok_or_else(|| {
            let known: Vec<_> = provider.templates.iter().map(|template| template.suite_id.as_str()).collect();
            let page = Problem::new(w, fill(w.install.unknown_template, &[id]));
            page.line(fill(w.install.known_templates, &[&known.join(", ")]))
        })
    };
    named.split(',').map(find).collect()
}

fn choose_template(asked: &Asked, w: &'static Words, provider: &Provider, several: &[&Suite]) -> Response {
    let row = |suite: &&Suite| Row {
        name: suite.name.clone(),
        id: suite.suite_id.clone(),
        tag: "",
        address: address(onward(asked, w, &suite.suite_id)),
    };
    let page = Choose {
        w,
        title: w.install.choose_template.to_owned(),
        note: fill(w.install.by_provider, &[provider.corp_id()]),
        done: "",
        rows: several.iter().map(row).collect(),
        more: None,
        other: None,
    };
    html(StatusCode::OK, &page, May::default())
}

fn choose_company(sim: &Sim, asked: &Asked, w: &'static Words, suite: &Suite) -> Response {
    let state = sim.state();
    let row = |company: &Arc<Directory>| {
        let installed = state.suites.app_of(&suite.suite_id, &company.corp_id).is_some();
        let there = onward(asked, w, &suite.suite_id).into_iter().chain([("corp_id", company.corp_id.as_str())]);
        Row {
            name: company_name(w, company),
            id: company.corp_id.clone(),
            tag: if installed { w.install.is_installed } else { "" },
            address: address(there),
        }
    };
    let page = Choose {
        w,
        title: fill(w.install.asks, &[&suite.name]),
        note: w.install.choose_company.to_owned(),
        done: done(asked, w),
        rows: state.companies.iter().take(LISTED).map(row).collect(),
        more: (state.companies.len() > LISTED).then_some(w.install.not_there),
        other: (state.suites.templates().len() > 1).then(|| address([("lang", w.code)])),
    };
    html(StatusCode::OK, &page, May::default())
}

fn page(sim: &Sim, asked: &Asked, w: &'static Words, suite: &Suite, company: &Directory) -> Response {
    let (key, known_as) = {
        let state = sim.state();
        let known_as = state.suites.names_of_templates().corp(&company.corp_id);
        (state.suites.app_of(&suite.suite_id, &company.corp_id).cloned(), known_as)
    };
    let installed = key.and_then(|key| company.app(key.agent())).cloned();
    let name = company_name(w, company);
    let said = asked.get("state").unwrap_or_default();
    let lines = match &installed {
        Some(app) => vec![format!("agentid {}", app.agent_id), fill(w.install.known_as, &[&known_as])],
        None if said.is_empty() => vec![fill(w.install.asks_note, &[&name])],
        None => vec![fill(w.install.asks_note, &[&name]), fill(w.install.state_is, &[said])],
    };
    let range = installed.as_ref().and_then(App::range).cloned().unwrap_or_default();
    let departments: Vec<_> = range.departments.iter().map(u32::to_string).collect();
    let here = [("suite_id", suite.suite_id.as_str()), ("corp_id", &company.corp_id), ("state", said), ("lang", w.code)];
    let page = Page {
        w,
        title: if installed.is_some() { suite.name.clone() } else { fill(w.install.asks, &[&suite.name]) },
        company: format!("{name} ({})", company.corp_id),
        lines,
        done: done(asked, w),
        told: suite.callback_url.is_some(),
        hidden: here.map(|(name, value)| (name, value.to_owned())).into(),
        installed,
        departments: departments.join(", "),
        members: range.members.join(", "),
        other: address(onward(asked, w, &suite.suite_id)),
    };
    html(StatusCode::OK, &page, May::default())
}

/// What was just done, as the address says it.
fn done(asked: &Asked, w: &'static Words) -> &'static str {
    match asked.get("done") {
        Some("installed") => w.install.done_installed,
        Some("changed") => w.install.done_changed,
        Some("reset") => w.install.done_reset,
        Some("cancelled") => w.install.done_cancelled,
        _ => "",
    }
}

/// What every step hands on to the next.
fn onward<'a>(asked: &'a Asked, w: &'static Words, suite_id: &'a str) -> Vec<(&'static str, &'a str)> {
    let given = |name: &'static str| asked.get(name).map(|value| (name, value));
    [("suite_id", suite_id)].into_iter().chain(given("state")).chain(given("until")).chain([("lang", w.code)]).collect()
}

fn address<'a>(parameters: impl IntoIterator<Item = (&'static str, &'a str)>) -> String {
    format!("/sim/install?{}", Serializer::new(String::new()).extend_pairs(parameters).finish())
}
