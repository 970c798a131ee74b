//! A method's arguments as a request brings them: a JSON body, a query, or the whole request for a raw method.
use crate::{browser, reply::BadRequest};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Query,
    http::{HeaderMap, Method as Verb, header, request::Parts},
};
use element::def::MethodKind;
use serde_json::{Map, Value};
use std::{collections::BTreeMap, time::Duration};

/// A larger body is refused, in bytes.
const BODY_LIMIT: usize = 1 << 20;
/// Somebody who sends a body more slowly than this holds up nobody.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Headers that prove who somebody is. They are the host's business: an element learns who calls from its `Ctx`, and the
/// proofs of other apps' sessions come along in the same header.
const PROOFS: [&str; 3] = ["authorization", "cookie", browser::HEADER];

/// What the method gets.
pub(crate) enum Arguments {
    Json(Vec<u8>),
    Raw(Box<element::Request>),
}

impl Arguments {
    /// Reads them. `schema` is the method's own: it says which words of a query are numbers.
    pub(crate) async fn read(parts: &Parts, body: Body, kind: MethodKind, schema: &Value) -> Result<Self, BadRequest> {
        let (Parts { method: verb, headers, .. }, query) = (parts, parts.uri.query());
        if verb == Verb::GET && kind != MethodKind::Raw {
            return Ok(Self::Json(typed(pairs(query), schema)));
        }
        let announced = headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
        if announced.is_some_and(|it| it > BODY_LIMIT as u64) {
            return Err(BadRequest::TooLarge);
        }
        let body = read(body, BODY_LIMIT).await?;
        if kind == MethodKind::Raw {
            let told = headers.iter().filter(|(name, _)| !PROOFS.contains(&name.as_str()));
            let text = told.filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
            let (method, headers) = (verb.as_str().into(), text.collect());
            return Ok(Self::Raw(Box::new(element::Request { method, query: pairs(query), headers, body: body.into() })));
        }
        if !body.is_empty() && !is_json(headers) {
            return Err(BadRequest::ContentType);
        }
        Ok(Self::Json(body.into()))
    }
}

/// The whole body, if it is no larger and comes in time.
pub(crate) async fn read(body: Body, limit: usize) -> Result<Bytes, BadRequest> {
    let read = tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, limit)).await;
    read.map_err(|_| BadRequest::Interrupted)?.map_err(|e| why(&e))
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
fn typed(query: BTreeMap<String, String>, schema: &Value) -> Vec<u8> {
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
