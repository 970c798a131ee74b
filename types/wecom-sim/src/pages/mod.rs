//! What people see: login pages, the simulated phone, the simulator itself. One table, one way in.
//!
//! A visit goes: read it → refuse foreign forms → answer → journal. A new page is a function and a
//! row in [`PAGES`].

mod asked;
mod client;
mod company;
mod files;
mod home;
mod home_words;
mod html;
mod install;
mod install_words;
mod login;
mod oauth;
mod phone;
mod poll;
mod problem;
mod provider;
mod target;
mod tree;
mod words;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{MethodFilter, get, on, post};
use futures_util::future::BoxFuture;

use crate::Sim;
use crate::control::{Door, guard};
use crate::journal::{self, JournalEntry};
use Answer::{Later, Now};
use asked::Asked;
use html::May;
use problem::Problem;

struct Page {
    method: MethodFilter,
    path: &'static str,
    /// Whether a visit is worth an entry in the journal.
    kept: bool,
    answer: Answer,
}

enum Answer {
    Now(fn(&Sim, &Asked) -> Response),
    /// Once somebody else has answered.
    Later(for<'a> fn(&'a Sim, &'a Asked) -> BoxFuture<'a, Response>),
}

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;

/// `/` and those under `/sim/` are behind the same door as the control API.
static PAGES: &[Page] = &[
    Page { method: GET, path: "/wwlogin/sso/login", kept: true, answer: Now(login::current) },
    Page { method: GET, path: "/wwlogin/sso/qrcode", kept: false, answer: Now(poll::image) },
    Page { method: GET, path: "/wwopen/sso/qrConnect", kept: true, answer: Now(login::legacy) },
    Page { method: GET, path: "/wwopen/sso/qrImg", kept: false, answer: Now(poll::image) },
    Page { method: GET, path: "/connect/oauth2/authorize", kept: true, answer: Now(oauth::authorize) },
    Page { method: POST, path: "/connect/oauth2/consent", kept: true, answer: Now(oauth::consent) },
    Page { method: POST, path: "/sim/client", kept: false, answer: Now(client::choose) },
    Page { method: GET, path: "/sim/client/forget", kept: false, answer: Now(client::forget) },
    Page { method: GET, path: "/", kept: false, answer: Now(home::page) },
    Page { method: GET, path: "/sim", kept: false, answer: Now(home::moved) },
    Page { method: GET, path: "/sim/", kept: false, answer: Now(home::moved) },
    Page { method: GET, path: "/sim/watch", kept: false, answer: Now(home::journal) },
    Page { method: GET, path: "/sim/phone", kept: false, answer: Now(phone::show) },
    Page { method: POST, path: "/sim/phone/scan", kept: true, answer: Now(phone::scan) },
    Page { method: POST, path: "/sim/phone/confirm", kept: true, answer: Now(phone::confirm) },
    Page { method: POST, path: "/sim/phone/refuse", kept: true, answer: Now(phone::refuse) },
    Page { method: GET, path: "/sim/install", kept: true, answer: Now(install::show) },
    Page { method: POST, path: "/sim/install", kept: true, answer: Now(install::authorize) },
    Page { method: POST, path: "/sim/install/change", kept: true, answer: Now(install::change) },
    Page { method: POST, path: "/sim/install/reset", kept: true, answer: Now(install::reset) },
    Page { method: POST, path: "/sim/install/cancel", kept: true, answer: Now(install::cancel) },
    Page { method: POST, path: "/sim/provider/callback", kept: true, answer: Later(provider::save_callback) },
    Page { method: POST, path: "/sim/provider/ticket", kept: true, answer: Now(provider::push_ticket) },
    Page { method: GET, path: "/static/{name}", kept: false, answer: Now(files::file) },
];

pub(crate) fn router(door: Door) -> Router<Sim> {
    let (mut open, mut guarded) = (Router::new(), Router::new());
    for page in PAGES {
        let visited = on(page.method, move |State(sim), request| visit(sim, page, request));
        if page.path == "/" || page.path.starts_with("/sim/") {
            guarded = guarded.route(page.path, visited);
        } else {
            open = open.route(page.path, visited);
        }
    }
    // Status polls wait, and would drown everything else in the journal.
    open.route("/wwlogin/monoApi/sso/login/getWebQrCodeStatus", post(poll::current))
        .route("/wwopen/sso/l/qrConnect", get(poll::legacy))
        .merge(guarded.layer(from_fn_with_state(door, guard)))
}

async fn visit(sim: Sim, page: &Page, request: Request) -> Response {
    let asked = Asked::read(request).await;
    let response = if asked.method == Method::POST && !asked.is_from_here() {
        let w = asked.words();
        let problem = Problem::new(w, w.other_origin).line(w.other_origin_note);
        problem.status(StatusCode::FORBIDDEN).page(May::default())
    } else {
        match page.answer {
            Answer::Now(answer) => answer(&sim, &asked),
            Answer::Later(answer) => answer(&sim, &asked).await,
        }
    };
    if page.kept {
        let given: Vec<_> = asked.form.iter().chain(&asked.query).cloned().collect();
        let entry = JournalEntry {
            seq: 0,
            unix_ms: sim.now_ms(),
            method: asked.method.to_string(),
            path: page.path.to_owned(),
            query: journal::masked(&given),
            status: response.status().as_u16(),
            errcode: None,
        };
        sim.journal_lock().record(entry, sim.shared.options.journal_capacity);
    }
    response
}
