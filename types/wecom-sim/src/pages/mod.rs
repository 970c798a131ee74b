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
mod login;
mod oauth;
mod phone;
mod poll;
mod problem;
mod target;
mod tree;
mod words;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{MethodFilter, get, on, post};

use crate::Sim;
use crate::control::{Door, guard};
use crate::journal::{self, JournalEntry};
use asked::Asked;
use html::May;
use problem::Problem;

struct Page {
    method: MethodFilter,
    path: &'static str,
    /// Whether a visit is worth an entry in the journal.
    kept: bool,
    answer: fn(&Sim, &Asked) -> Response,
}

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;

/// `/` and those under `/sim/` are behind the same door as the control API.
static PAGES: &[Page] = &[
    Page { method: GET, path: "/wwlogin/sso/login", kept: true, answer: login::current },
    Page { method: GET, path: "/wwlogin/sso/qrcode", kept: false, answer: poll::image },
    Page { method: GET, path: "/wwopen/sso/qrConnect", kept: true, answer: login::legacy },
    Page { method: GET, path: "/wwopen/sso/qrImg", kept: false, answer: poll::image },
    Page { method: GET, path: "/connect/oauth2/authorize", kept: true, answer: oauth::authorize },
    Page { method: POST, path: "/connect/oauth2/consent", kept: true, answer: oauth::consent },
    Page { method: POST, path: "/sim/client", kept: false, answer: client::choose },
    Page { method: GET, path: "/sim/client/forget", kept: false, answer: client::forget },
    Page { method: GET, path: "/", kept: false, answer: home::page },
    Page { method: GET, path: "/sim", kept: false, answer: home::moved },
    Page { method: GET, path: "/sim/", kept: false, answer: home::moved },
    Page { method: GET, path: "/sim/watch", kept: false, answer: home::journal },
    Page { method: GET, path: "/sim/phone", kept: false, answer: phone::show },
    Page { method: POST, path: "/sim/phone/scan", kept: true, answer: phone::scan },
    Page { method: POST, path: "/sim/phone/confirm", kept: true, answer: phone::confirm },
    Page { method: POST, path: "/sim/phone/refuse", kept: true, answer: phone::refuse },
    Page { method: GET, path: "/static/{name}", kept: false, answer: files::file },
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
        (page.answer)(&sim, &asked)
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
