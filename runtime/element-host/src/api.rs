//! `/api/<org>/<app>/<full name with />/<method>`: an HTTP request becomes a call, its result an answer.
use crate::{
    arguments::Arguments,
    browser::Browser,
    caller::caller,
    reply::{self, BadRequest, Started},
    site::Site,
};
use axum::{
    extract::{Path, Request, State, rejection::PathRejection},
    http::{HeaderValue, Method as Verb, header},
    response::Response,
};
use element::{
    Access, Caller, Error, ErrorKind, code,
    def::MethodKind,
    host::{Form, Input, Output},
};
use element_engine::Invocation;

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
    let mut welcome = None;
    let mut response = match call(&site, &started, &app, &path, request, &mut welcome).await {
        Ok(Output::Raw(it)) => reply::raw(&started, *it),
        Ok(it) => match it.into_bytes() {
            Ok(data) => reply::success(&started, &data),
            Err(e) => reply::failure(&started, &e),
        },
        Err(Failure::Call(e)) => reply::failure(&started, &e),
        Err(Failure::Http(what)) => reply::bad_request(&started, what),
    };
    if let Some(cookie) = welcome {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
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

/// `welcome` becomes the cookie that a browser has to keep for the rest of its login.
async fn call(
    site: &Site,
    started: &Started,
    app: &str,
    path: &str,
    request: Request,
    welcome: &mut Option<HeaderValue>,
) -> Result<Output, Failure> {
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
    let caller = caller(site, app, &parts, &started.request_id).await?;
    let found = element.method(method, &caller);
    // A provider pushes as much as there is to tell, from few addresses. What is not a provider's is refused, and counts.
    let is_push = found.as_ref().is_ok_and(|it| it.kind == MethodKind::Raw);
    if caller == Caller::Anonymous && !is_push {
        // Whatever they try.
        site.limits.count(&parts)?;
    }
    let method = found?.clone();
    if method.access == Access::Public && matches!(caller, Caller::Session(_)) {
        site.limits.count(&parts)?;
    }
    match parts.method {
        Verb::POST => {}
        Verb::GET if method.get => {}
        _ => return Err(Failure::Http(BadRequest::Method { get: method.get })),
    }
    let schema = &element.instance().ty.info.methods[method.number as usize].args;
    let arguments = Arguments::read(&parts, body, method.kind, schema).await.map_err(Failure::Http)?;
    let browser = Browser::of(site, &parts.headers)?;
    // A login may begin with any method that everybody may call; a provider's pushes begin none.
    if method.access == Access::Public && !is_push {
        // Another site's form must not exchange the cookie of a login that is under way.
        *welcome = browser
            .welcome
            .filter(|_| !parts.headers.contains_key(header::ORIGIN) || site.public_url.is_own(&parts.headers));
    }
    let request_id = started.request_id.as_str().into();
    let invocation = Invocation { request_id, browser: Some(browser.id), ..Invocation::by(caller) };
    // On its own task: a client that goes away does not cancel a call.
    let call = tokio::spawn(async move {
        match arguments {
            Arguments::Json(bytes) => element.invoke(&method.name, Input::Bytes(&bytes), Form::Bytes, invocation).await,
            Arguments::Raw(request) => element.invoke(&method.name, Input::Raw(request), Form::Bytes, invocation).await,
        }
    });
    let outcome = call.await.map_err(|e| reply::inside(&started.request_id, &format!("a call's task ended: {e}")))?;
    if is_push && outcome.is_err() {
        site.limits.count(&parts)?;
    }
    Ok(outcome?)
}
