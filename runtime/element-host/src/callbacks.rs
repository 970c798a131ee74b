//! What providers pushed, for administrators: they list it, look at one, and have what failed tried again.
//!
//! Which element takes callbacks is seen by its methods ([`auths::callbacks`]), never by what it is called.
use crate::{
    health::NOW,
    operate::refuse_others,
    reply::{self, Started},
    site::Site,
};
use auths::callbacks::{CallbackPage, CallbackRecord, CallbackState, GET_CALL_BACK, LIST_CALL_BACKS, RETRY_CALL_BACK};
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use element::{
    Caller, Error, ErrorKind, Result, code,
    host::{Form, Input},
};
use element_engine::{App, ElementHandle, Invocation};
use futures_util::future::join_all;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// How many callbacks a list has unless it is asked for more, and at most.
const LIMIT: u32 = 100;
const MOST: u32 = 1_000;

/// The addresses.
pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/callbacks", get(list))
        .route("/callbacks/{app}/{record}", get(show))
        .route("/callbacks/{app}/{record}/retry", post(retry))
}

/// A callback, and whose it is.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) app: String,
    /// The element that took it.
    pub(crate) element: String,
    #[serde(flatten)]
    pub(crate) record: CallbackRecord,
}

/// The newest callbacks of one app, or of all.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct List {
    /// The newest first.
    pub(crate) records: Vec<Told>,
    /// Give it as `after` for the next page. It is there only if one element alone was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
    /// There are more than these.
    pub(crate) more: bool,
    /// How many elements take callbacks and were asked; one that several apps see counts for each.
    pub(crate) asked: usize,
    /// Those that did not answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) failed: Vec<Failed>,
}

/// An element that did not answer.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Failed {
    pub(crate) app: String,
    pub(crate) element: String,
    pub(crate) error: String,
}

/// Which callbacks; an empty word is none.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    app: String,
    element: String,
    state: String,
    after: String,
    limit: String,
}

/// An element that takes callbacks, as an app sees it.
#[derive(Clone)]
struct Taker {
    app: String,
    name: String,
    handle: ElementHandle,
}

async fn list(State(site): State<Site>, Query(which): Query<Which>, headers: HeaderMap) -> Response {
    answer(&site, &headers, |request_id| newest(site.clone(), which, request_id)).await
}

async fn show(
    State(site): State<Site>,
    Path((app, record)): Path<(String, String)>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Response {
    answer(&site, &headers, async |request_id| Ok(find(&site, &app, &record, &which, &request_id).await?.1)).await
}

/// Does once more what a callback asked for, and gives its record as it is then.
async fn retry(
    State(site): State<Site>,
    Path((app, record)): Path<(String, String)>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Response {
    answer(&site, &headers, async |request_id| {
        let (taker, found) = find(&site, &app, &record, &which, &request_id).await?;
        let number = found.record.record_id;
        taker.call::<Value>(RETRY_CALL_BACK, json!({ "recordId": number }), &request_id).await?;
        taker.get(number, &request_id).await
    })
    .await
}

async fn answer<T: Serialize>(site: &Site, headers: &HeaderMap, act: impl AsyncFnOnce(String) -> Result<T>) -> Response {
    if let Err(no) = refuse_others(site, headers) {
        return *no;
    }
    let started = Started::now();
    match act(started.request_id.clone()).await {
        Ok(it) => (NOW, Json(it)).into_response(),
        Err(e) => reply::failure(&started, &e),
    }
}

async fn newest(site: Site, which: Which, request_id: String) -> Result<List> {
    let state: Option<CallbackState> = match &*which.state {
        "" => None,
        word => Some(serde_json::from_value(word.into()).map_err(|_| {
            Error::invalid_args("`state` is `waiting`, `done` or `dead`; without it, callbacks in every state are listed")
        })?),
    };
    let limit = match &*which.limit {
        "" => LIMIT,
        word => word.parse().ok().filter(|it| (1..=MOST).contains(it)).ok_or_else(|| {
            Error::invalid_args(format!("`limit` is a number from 1 to {MOST}; without it, {LIMIT} are listed"))
        })?,
    };
    let takers = match &*which.app {
        "" => takers_of_all(&site, &which.element),
        app => takers(&site, app, &which.element)?,
    };
    let mut args = json!({ "limit": limit });
    if let Some(state) = state {
        args["state"] = json!(state);
    }
    if !which.after.is_empty() {
        if takers.len() != 1 {
            let message = "`after` goes on where the list of one element ended: name its `app`, and its `element` where the \
                           app has several that take callbacks";
            return Err(Error::invalid_args(message));
        }
        args["after"] = which.after.into();
    }
    let pages = takers.iter().map(|it| it.call::<CallbackPage>(LIST_CALL_BACKS, args.clone(), &request_id));
    let pages: Vec<_> = takers.iter().zip(join_all(pages).await).collect();
    let mut list = List { asked: pages.len(), ..List::default() };
    for (taker, page) in pages {
        match page {
            Ok(page) => {
                list.more |= page.next.is_some();
                list.next = page.next.filter(|_| list.asked == 1);
                list.records.extend(page.records.into_iter().map(|it| taker.told(it)));
            }
            // One alone has nothing else to show.
            Err(e) if list.asked == 1 => return Err(e),
            Err(e) => {
                list.failed.push(Failed { app: taker.app.clone(), element: taker.name.clone(), error: e.message.clone() })
            }
        }
    }
    if list.asked > 1 {
        // Stable: of one element, each stays behind the newer ones.
        list.records.sort_by_key(|it| std::cmp::Reverse(it.record.received_at));
        list.more |= list.records.len() > limit as usize;
        list.records.truncate(limit as usize);
    }
    Ok(list)
}

/// The callback with this number, and who took it.
async fn find(site: &Site, app: &str, number: &str, which: &Which, request_id: &str) -> Result<(Taker, Told)> {
    let number: u64 = number.parse().map_err(|_| {
        Error::invalid_args("a callback is named by its number: `recordId` in the list, such as `/callbacks/acme.demo/123`")
    })?;
    let mut found = Vec::new();
    for taker in takers(site, app, &which.element)? {
        match taker.get(number, request_id).await {
            Ok(it) => found.push((taker, it)),
            Err(e) if e.code == code::NO_RECORD => {}
            Err(e) => return Err(e),
        }
    }
    match found.len() {
        0 => {
            let message =
                format!("`{app}` has no callback {number}: `element callbacks list --app {app}` shows those that it has");
            Err(Error::new(ErrorKind::NotFound, code::NO_RECORD, message))
        }
        1 => Ok(found.swap_remove(0)),
        _ => {
            let names = found.iter().map(|(it, _)| format!("`{}`", it.name)).collect::<Vec<_>>().join(", ");
            let message =
                format!("several elements of `{app}` have a callback {number}: say whose with `element`, one of {names}");
            Err(Error::new(ErrorKind::Conflict, code::CONFLICT, message))
        }
    }
}

/// The elements of an app that take callbacks; with a name, that one alone.
fn takers(site: &Site, app: &str, name: &str) -> Result<Vec<Taker>> {
    let handle = site.runtime.app(app)?;
    let takers = takers_in(site, handle.app(), name);
    if takers.is_empty() {
        let which = if name.is_empty() { "no element".to_owned() } else { format!("no element `{name}`") };
        let message = format!(
            "`{app}` has {which} that takes callbacks: such an element has the methods `{LIST_CALL_BACKS}`, \
             `{GET_CALL_BACK}` and `{RETRY_CALL_BACK}`"
        );
        return Err(Error::new(ErrorKind::NotFound, code::NO_ELEMENT, message));
    }
    Ok(takers)
}

fn takers_of_all(site: &Site, name: &str) -> Vec<Taker> {
    site.runtime.snapshot().apps().into_iter().flat_map(|it| takers_in(site, it, name)).collect()
}

fn takers_in(site: &Site, app: &App, name: &str) -> Vec<Taker> {
    let offering = app.offering(RETRY_CALL_BACK).into_iter().filter(|it| name.is_empty() || it.full_name.as_str() == name);
    let taker = |name: String| {
        let handle = site.runtime.app(app.id.as_str()).and_then(|it| it.get_element(&name)).ok()?;
        Some(Taker { app: app.id.to_string(), name, handle })
    };
    offering.filter_map(|it| taker(it.full_name.to_string())).collect()
}

impl Taker {
    fn told(&self, record: CallbackRecord) -> Told {
        Told { app: self.app.clone(), element: self.name.clone(), record }
    }

    async fn get(&self, number: u64, request_id: &str) -> Result<Told> {
        Ok(self.told(self.call(GET_CALL_BACK, json!({ "recordId": number }), request_id).await?))
    }

    async fn call<R: DeserializeOwned>(&self, method: &'static str, args: Value, request_id: &str) -> Result<R> {
        let (handle, id) = (self.handle.clone(), request_id.into());
        let invocation = Invocation { request_id: id, ..Invocation::by(Caller::Admin) };
        // On its own task: an administrator who goes away does not leave it half done.
        let call =
            tokio::spawn(
                async move { handle.invoke(method, Input::Value(&args), Form::Value, invocation).await?.into_value() },
            );
        let result = call.await.map_err(|e| reply::inside(request_id, &format!("a call's task ended: {e}")))?;
        reply::read(request_id, method, result?)
    }
}
