//! The calls under `/cgi-bin/`: one table, one way in.
//!
//! A call goes: find it in the table → let a fault speak → count it → answer → journal. A new call is a
//! function and a row in [`ENDPOINTS`]; those of the suite side have a table of their own.

mod access;
mod addresses;
mod agent;
mod contacts;
mod departments;
mod envelope;
mod errors;
mod identity;
mod ids;
mod js_ticket;
mod quota;
mod suite;
mod ticket;
mod token;

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::{Query, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use serde_json::Value;

use crate::Sim;
use crate::faults::Effect;
use crate::journal::{self, JournalEntry};
use crate::serve::peer;
use envelope::{Fields, Reply};
use errors::Failure;

/// A call as its function sees it.
pub(crate) struct Call<'a> {
    pub(crate) sim: &'a Sim,
    pub(crate) path: &'static str,
    pub(crate) ip: IpAddr,
    /// Under which name the simulator was reached.
    pub(crate) host: &'a str,
    pub(crate) now_ms: u64,
    query: &'a [(String, String)],
    body: &'a Value,
}

impl Call<'_> {
    /// A parameter of the query; an empty one is a missing one.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A text of the body, which is JSON; an empty one is a missing one.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.body[name].as_str().filter(|value| !value.is_empty())
    }

    /// A value of the body; null when it is not there.
    pub(crate) fn value(&self, name: &str) -> &Value {
        &self.body[name]
    }
}

struct Endpoint {
    path: &'static str,
    /// Lists that are there, empty, even when the call fails.
    empty: &'static [&'static str],
    answer: fn(&Call<'_>) -> Result<Fields, Failure>,
}

const ENDPOINTS: &[Endpoint] = &[
    Endpoint { path: "/cgi-bin/gettoken", empty: &[], answer: token::get },
    Endpoint { path: identity::CURRENT, empty: &[], answer: identity::current },
    Endpoint { path: "/cgi-bin/user/getuserinfo", empty: &[], answer: identity::legacy },
    Endpoint { path: "/cgi-bin/auth/getuserdetail", empty: &[], answer: ticket::detail },
    Endpoint { path: "/cgi-bin/user/getuserdetail", empty: &[], answer: ticket::detail },
    Endpoint { path: "/cgi-bin/department/get", empty: &[], answer: departments::get },
    Endpoint { path: "/cgi-bin/department/list", empty: &["department"], answer: departments::list },
    Endpoint { path: "/cgi-bin/department/simplelist", empty: &["department_id"], answer: departments::simple_list },
    Endpoint { path: "/cgi-bin/user/get", empty: contacts::EMPTY, answer: contacts::get },
    Endpoint { path: "/cgi-bin/user/list", empty: &["userlist"], answer: contacts::list },
    Endpoint { path: "/cgi-bin/user/simplelist", empty: &["userlist"], answer: contacts::simple_list },
    Endpoint { path: "/cgi-bin/user/list_id", empty: &["dept_user"], answer: ids::list },
    Endpoint { path: "/cgi-bin/user/convert_to_openid", empty: &[], answer: ids::to_openid },
    Endpoint { path: "/cgi-bin/user/convert_to_userid", empty: &[], answer: ids::to_userid },
    Endpoint { path: "/cgi-bin/agent/get", empty: &[], answer: agent::get },
    Endpoint { path: "/cgi-bin/get_jsapi_ticket", empty: &[], answer: js_ticket::of_company },
    Endpoint { path: "/cgi-bin/ticket/get", empty: &[], answer: js_ticket::of_app },
    Endpoint { path: "/cgi-bin/get_api_domain_ip", empty: &["ip_list"], answer: addresses::of_api },
    Endpoint { path: CALLBACK_IPS, empty: &["ip_list"], answer: addresses::of_callbacks },
];

/// The one call whose 40014 was captured with a hint.
const CALLBACK_IPS: &str = "/cgi-bin/getcallbackip";

/// User tickets are the longest thing that comes in a body.
const LONGEST_BODY: usize = 64 * 1024;

/// The paths served, for faults and for messages.
pub(crate) fn paths() -> impl Iterator<Item = &'static str> {
    endpoints().map(|endpoint| endpoint.path)
}

fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    ENDPOINTS.iter().chain(suite::ENDPOINTS)
}

/// Answers everything that is no control and no page. Any method will do: nearly all parameters come
/// from the query.
pub(crate) async fn answer(State(sim): State<Sim>, request: Request) -> Response {
    let ip = peer(request.extensions()).unwrap_or(Ipv4Addr::LOCALHOST.into());
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    if !path.starts_with("/cgi-bin/") {
        return Reply::NotFound.into_response();
    }
    // A query that is no query has no parameters; WeCom says which one is missing.
    let query = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).unwrap_or_default().0;
    let reply = match endpoints().find(|endpoint| endpoint.path == path) {
        None => Reply::NotFound,
        Some(endpoint) => {
            // A body that is no JSON, or too long to be one of ours, has no fields.
            let body = to_bytes(body, LONGEST_BODY).await.unwrap_or_default();
            let body = serde_json::from_slice(&body).unwrap_or_default();
            let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
            let host = host.or(parts.uri.authority().map(|it| it.as_str())).unwrap_or("localhost");
            run(&sim, endpoint, (ip, host), &query, &body).await
        }
    };
    let entry = JournalEntry {
        seq: 0,
        unix_ms: sim.now_ms(),
        method: parts.method.to_string(),
        path: journal::cut(path).to_owned(),
        query: journal::masked(&query),
        status: reply.status().as_u16(),
        errcode: reply.errcode(),
    };
    sim.journal_lock().record(entry, sim.shared.options.journal_capacity);
    reply.into_response()
}

async fn run(sim: &Sim, endpoint: &Endpoint, (ip, host): (IpAddr, &str), query: &[(String, String)], body: &Value) -> Reply {
    let fault = sim.faults_lock().next(endpoint.path);
    let effect = match fault {
        None => Effect::None,
        Some(fault) => {
            if fault.latency_ms > 0 {
                tokio::time::sleep(Duration::from_millis(fault.latency_ms)).await;
            }
            fault.effect
        }
    };
    // Read after the wait: a token may have expired in the meantime.
    let call = Call { sim, path: endpoint.path, ip, host, now_ms: sim.now_ms(), query, body };
    let answered = || {
        let result = quota::check(&call).and_then(|()| (endpoint.answer)(&call));
        envelope::document(&call, endpoint.empty, result)
    };
    match effect {
        Effect::None => answered(),
        Effect::Truncate => answered().truncated(),
        Effect::Drop => {
            answered();
            Reply::Dropped
        }
        Effect::HttpStatus(status) => Reply::Proxy(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY)),
        Effect::Errcode { code, message } => {
            let failure = Failure::injected(code, message);
            envelope::document(&call, endpoint.empty, Err(failure))
        }
    }
}
