//! `/api/<org>/<app>/<full name with />/<method>`: an HTTP request becomes a call, its result an answer.
use crate::{
    caller::caller,
    http::{BODY_LIMIT, Site},
    reply::{self, BadRequest, Started},
};
use axum::{
    body::{Body, to_bytes},
    extract::{Path, Query, Request, State, rejection::PathRejection},
    http::{HeaderMap, Method as Verb, header},
    response::Response,
};
use element::{Error, ErrorKind, Form, Input, MethodKind, Output, code};
use element_engine::{ElementHandle, Invocation, Method};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, time::Duration};

/// Somebody who sends a body more slowly than this holds up nobody.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Answers one request, and writes one line about it.
pub(crate) async fn answer(
    State(site): State<Site>,
    address: Result<Path<(String, String, String)>, PathRejection>,
    request: Request,
) -> Response {
    let started = Started::now();
    let Ok(Path((org, app, path))) = address else { return reply::bad_request(&started, BadRequest::Address) };
    let app = format!("{org}.{app}");
    let verb = request.method().clone();
    let response = match call(&site, &started, &app, &path, request).await {
        Ok(Output::Raw(it)) => reply::raw(&started, *it),
        Ok(it) => match it.into_bytes() {
            Ok(data) => reply::success(&started, &data),
            Err(e) => reply::failure(&started, &e),
        },
        Err(Failure::Call(e)) => reply::failure(&started, &e),
        Err(Failure::Http(what)) => reply::bad_request(&started, what),
    };
    let (status, ms, request_id) = (response.status().as_u16(), started.duration(), started.request_id);
    // Whoever sends long addresses does not fill the log.
    let (app, path) = (cut(&app), cut(&path));
    tracing::info!(%verb, app, path, status, ms, request_id, "answered");
    response
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(200)]
}

enum Failure {
    Call(Error),
    Http(BadRequest),
}

impl From<Error> for Failure {
    fn from(e: Error) -> Self {
        Self::Call(e)
    }
}

async fn call(site: &Site, started: &Started, app: &str, path: &str, request: Request) -> Result<Output, Failure> {
    let (element, method) = path.rsplit_once('/').filter(|(_, method)| !method.is_empty()).ok_or_else(|| {
        Error::new(
            ErrorKind::NotFound,
            code::NO_METHOD,
            "the address ends with the element and its method: …/<full name with />/<method>",
        )
    })?;
    // Each method has one address, so that whoever guards an address in front of this host guards the method. Names are
    // letters, digits and `_`, which nobody has to write in another way.
    if element.contains('.') || request.uri().path().contains('%') {
        let message = "an element is addressed by its full name, as it is, with `/` in place of each `.`";
        return Err(Error::new(ErrorKind::NotFound, code::NO_ELEMENT, message).into());
    }
    let element = site.runtime.app(app)?.get_element(&element.replace('/', "."))?;
    let (parts, body) = request.into_parts();
    let caller = caller(site, app, &parts.headers).await;
    let found = element.instance().ty.method(method).cloned();
    let is_raw = found.as_ref().is_some_and(|it| it.kind == MethodKind::Raw);
    let get = found.as_ref().is_some_and(|it| is_raw || it.get);
    let arguments = match (&parts.method, &found) {
        (&Verb::GET, Some(_)) if !get => return Err(Failure::Http(BadRequest::Method { get })),
        (&Verb::GET | &Verb::POST, _) => {
            Arguments::read(&parts.method, parts.uri.query(), &parts.headers, body, is_raw).await?
        }
        _ => return Err(Failure::Http(BadRequest::Method { get })),
    };
    let arguments = match (arguments, &found) {
        (Arguments::Query(query), Some(it)) => Arguments::Json(typed(query, &element, it)),
        (other, _) => other,
    };
    let invocation = Invocation { request_id: started.request_id.as_str().into(), ..Invocation::by(caller) };
    let method = method.to_owned();
    // On its own task: a client that goes away does not cancel a call.
    let call = tokio::spawn(async move {
        match arguments {
            Arguments::Json(bytes) => element.invoke(&method, Input::Bytes(&bytes), Form::Bytes, invocation).await,
            Arguments::Raw(request) => element.invoke(&method, Input::Raw(request), Form::Bytes, invocation).await,
            // A method that is not there: the call says so.
            Arguments::Query(_) => element.invoke(&method, Input::Bytes(b""), Form::Bytes, invocation).await,
        }
    });
    Ok(call.await.map_err(|e| Error::internal(format!("the task of a call ended: {e}")))??)
}

enum Arguments {
    Json(Vec<u8>),
    Query(BTreeMap<String, String>),
    Raw(Box<element::Request>),
}

impl Arguments {
    async fn read(verb: &Verb, query: Option<&str>, headers: &HeaderMap, body: Body, is_raw: bool) -> Result<Self, Failure> {
        if verb == Verb::GET && !is_raw {
            return Ok(Self::Query(pairs(query)));
        }
        let too_large = headers
            .get(header::CONTENT_LENGTH)
            .and_then(|it| it.to_str().ok()?.parse().ok())
            .is_some_and(|it: u64| it > BODY_LIMIT as u64);
        if too_large {
            return Err(Failure::Http(BadRequest::TooLarge));
        }
        let read = tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, BODY_LIMIT)).await;
        let body = read.map_err(|_| Failure::Http(BadRequest::Interrupted))?.map_err(|e| Failure::Http(why(&e)))?;
        if is_raw {
            let known =
                headers.iter().filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
            let request = element::Request {
                method: verb.as_str().into(),
                query: pairs(query),
                headers: known.collect(),
                body: body.into(),
            };
            return Ok(Self::Raw(Box::new(request)));
        }
        if !body.is_empty() && !is_json(headers) {
            return Err(Failure::Http(BadRequest::ContentType));
        }
        Ok(Self::Json(body.into()))
    }
}

fn why(e: &axum::Error) -> BadRequest {
    let mut source: Option<&dyn std::error::Error> = Some(e);
    while let Some(it) = source {
        if it.to_string().contains("length limit") {
            return BadRequest::TooLarge;
        }
        source = it.source();
    }
    BadRequest::Interrupted
}

fn is_json(headers: &HeaderMap) -> bool {
    let ty = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    ty.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

fn pairs(query: Option<&str>) -> BTreeMap<String, String> {
    let uri = format!("/?{}", query.unwrap_or_default());
    let pairs = uri.parse().ok().and_then(|uri| Query::<BTreeMap<String, String>>::try_from_uri(&uri).ok());
    pairs.map(|it| it.0).unwrap_or_default()
}

/// A query knows only text: what the method's schema wants as a number or a boolean is read as one.
fn typed(query: BTreeMap<String, String>, element: &ElementHandle, method: &Method) -> Vec<u8> {
    let schema = &element.instance().ty.info.methods[method.number as usize].args;
    let wants_text = |name: &str| {
        let ty = &schema["properties"][name]["type"];
        ty.as_str().map_or_else(|| ty.as_array().is_none_or(|all| all.contains(&"string".into())), |it| it == "string")
    };
    let value = |name: &str, text: String| match serde_json::from_str(&text) {
        Ok(it @ (Value::Number(_) | Value::Bool(_))) if !wants_text(name) => it,
        _ => Value::String(text),
    };
    let arguments: Map<String, Value> = query.into_iter().map(|(name, text)| (name.clone(), value(&name, text))).collect();
    Value::Object(arguments).to_string().into_bytes()
}
