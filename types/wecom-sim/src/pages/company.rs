//! A company on the simulator's own page: who is in it, and its apps with all that decides about their calls.

use std::fmt::Display;

use super::target::{company_name, title};
use super::tree::{self, Piece, department_name};
use super::words::{Words, fill};
use crate::Options;
use crate::company::{App, AppKind, Company};
use crate::push::{Callback, PushFormat};
use crate::secret::Demo;

/// How many ids a line lists.
const LISTED: usize = 20;
/// A company of no more apps is shown with all of them open.
const FEW_APPS: usize = 3;

/// What one page can hold of all companies together. What does not fit is counted.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) departments: usize,
    pub(crate) members: usize,
    pub(crate) apps: usize,
    /// Members that a field proposes while one types.
    pub(crate) proposals: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { departments: 200, members: 300, apps: 50, proposals: 300 }
    }
}

/// A company as the template wants it.
pub(crate) struct Shown<'a> {
    pub(crate) name: String,
    pub(crate) corp_id: &'a str,
    pub(crate) size: String,
    pub(crate) tree: Vec<Piece<'a>>,
    pub(crate) apps: Vec<ShownApp<'a>>,
    /// Said of apps that are left out.
    pub(crate) more_apps: Option<String>,
    /// Userids and names.
    pub(crate) proposals: Vec<(&'a str, &'a str)>,
}

pub(crate) struct ShownApp<'a> {
    pub(crate) agent_id: u32,
    pub(crate) title: String,
    pub(crate) enabled: bool,
    pub(crate) open: bool,
    /// As far as it may be shown.
    pub(crate) secret: &'a str,
    /// Whether people can log in to it.
    pub(crate) logs_in: bool,
    /// Whether it has a callback.
    pub(crate) called_back: bool,
    /// Unix seconds.
    pub(crate) created: Option<u64>,
    /// Names and values.
    pub(crate) facts: Vec<(&'static str, String)>,
}

/// How a page shows companies.
pub(crate) struct View<'o> {
    pub(crate) w: &'static Words,
    /// The secrets that are none.
    pub(crate) demo: Demo,
    pub(crate) options: &'o Options,
}

pub(crate) fn shown<'a>(view: &View<'_>, company: &'a Company, room: &mut Room) -> Shown<'a> {
    let w = view.w;
    let apps = company.apps.len().min(room.apps);
    room.apps -= apps;
    let proposals = company.members.len().min(room.proposals);
    room.proposals -= proposals;
    let left = company.apps.len() - apps;
    let open = company.apps.len() <= FEW_APPS;
    Shown {
        name: company_name(w, company),
        corp_id: &company.corp_id,
        size: fill(w.home.company_size, &[&company.members.len().to_string(), &company.departments.len().to_string()]),
        tree: tree::walk(w, company, room),
        apps: company.apps[..apps].iter().map(|app| shown_app(view, company, app, open)).collect(),
        more_apps: (left > 0).then(|| fill(w.home.more_apps, &[&left.to_string()])),
        proposals: company.members[..proposals].iter().map(|it| (it.user_id.as_str(), it.name.as_str())).collect(),
    }
}

fn shown_app<'a>(view: &View<'_>, company: &Company, app: &'a App, open: bool) -> ShownApp<'a> {
    let w = view.w;
    let logs_in = app.logs_in();
    let fields = match app {
        app if app.sees_ids_alone() => w.home.fields_ids,
        app if app.sees_full_profile() => w.home.fields_all,
        _ => w.home.fields_few,
    };
    let domains = app.redirect_domains.as_ref();
    let mut facts = vec![
        (w.home.kind, kind(w, app).to_owned()),
        (w.home.state, if app.enabled { w.home.enabled } else { w.home.disabled }.to_owned()),
        (w.home.fields, fields.to_owned()),
        (w.home.range, range(w, company, app)),
        (w.home.trusted, trusted(view, app)),
    ];
    if logs_in {
        facts.push((w.home.domains, domains.map_or_else(|| w.home.any_domain.to_owned(), |domains| list(w, domains))));
    }
    facts.push((w.home.callback, app.callback.as_ref().map_or_else(|| w.home.no_callback.to_owned(), callback)));
    ShownApp {
        agent_id: app.agent_id,
        title: title(app),
        enabled: app.enabled,
        open,
        secret: app.secret.shown(&view.demo),
        logs_in,
        called_back: app.callback.is_some(),
        created: app.created_at,
        facts,
    }
}

fn kind(w: &'static Words, app: &App) -> &'static str {
    match app.kind {
        AppKind::SelfBuilt => w.home.self_built,
        AppKind::ContactSync => w.home.contact_sync,
        AppKind::Customized => w.home.customized,
    }
}

/// From where calls may come.
fn trusted(view: &View<'_>, app: &App) -> String {
    let w = view.w;
    if app.kind == AppKind::Customized {
        return w.home.provider_trusts.to_owned();
    }
    match app.trusted_ips.is_empty() {
        false => list(w, &app.trusted_ips),
        true if view.options.require_trusted_ips && app.is_strict() => w.home.no_address.to_owned(),
        true => w.home.any_address.to_owned(),
    }
}

/// Where it is, and how what comes there is written.
fn callback(callback: &Callback) -> String {
    let format = match callback.format {
        PushFormat::Xml => "XML",
        PushFormat::Json => "JSON",
    };
    format!("{} ({format})", callback.url)
}

/// Whose profile the app may read.
fn range(w: &'static Words, company: &Company, app: &App) -> String {
    let Some(range) = app.range() else { return w.home.everyone.to_owned() };
    let department = |id: &u32| match company.departments.iter().find(|department| department.id == *id) {
        Some(department) => format!("{} ({id})", department_name(w, department)),
        None => id.to_string(),
    };
    let member = |id: &String| match company.members.iter().find(|member| member.user_id.eq_ignore_ascii_case(id)) {
        Some(member) => format!("{} ({id})", member.name),
        None => id.clone(),
    };
    // No more is looked up than is listed.
    let some = range.departments.iter().map(department).chain(range.members.iter().map(member)).take(LISTED);
    let all = range.departments.len() + range.members.len();
    if all == 0 { w.home.nobody.to_owned() } else { cut(w, some, all) }
}

fn list(w: &'static Words, all: &[impl Display]) -> String {
    if all.is_empty() { w.home.none.to_owned() } else { cut(w, all.iter().take(LISTED), all.len()) }
}

/// The first of `all`, and how many more there are.
fn cut(w: &'static Words, first: impl Iterator<Item = impl Display>, all: usize) -> String {
    let mut texts: Vec<_> = first.map(|it| it.to_string()).collect();
    if all > texts.len() {
        texts.push(fill(w.home.more, &[&(all - texts.len()).to_string()]));
    }
    texts.join(", ")
}
