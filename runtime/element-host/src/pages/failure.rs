//! What went wrong, in the reader's language, with the next step. Details are for the log; here are a number and the
//! request's id, under which the log has them.
use super::{
    Visitor,
    answer::{Answer, Frame},
    words::{Said, Words},
};
use askama::Template;
use axum::response::Response;
use element::{AppId, Error, ErrorKind, code};

#[derive(Template)]
#[template(path = "failure.html")]
struct Page<'a> {
    frame: Frame<'a>,
    title: &'a str,
    text: String,
    /// Where to go, and what the button says.
    next: Option<(String, &'static str)>,
    administrator: Option<Administrator<'a>>,
    number: i64,
    request_id: &'a str,
}

/// What whoever runs the company or the app can do about it.
struct Administrator<'a> {
    /// Nothing, where the page says it already.
    text: Option<String>,
    /// The page of the provider's console.
    console: Option<&'a str>,
}

/// Where somebody was when it went wrong.
pub(super) struct Place<'a> {
    pub(super) app: &'a AppId,
    /// Where the login would have led.
    pub(super) return_to: Option<&'a str>,
    /// Can the same address be asked for again?
    pub(super) repeatable: bool,
}

/// The page for a failure.
pub(super) fn show(visitor: &Visitor, place: Option<Place<'_>>, error: &Error) -> Response {
    report(visitor, place.as_ref(), error);
    let words = visitor.words;
    let Said { title, text } = said(words, error);
    let page = Page {
        frame: Frame::of(visitor),
        title,
        text: told(words, error).unwrap_or_else(|| (*text).to_owned()),
        next: place.and_then(|it| next(visitor, &it, error)),
        administrator: administrator(words, error),
        number: error.code,
        request_id: &visitor.started.request_id,
    };
    Answer { status: Some(error.kind), ..Answer::new(visitor, page) }.send()
}

/// What a page said no with, for whoever looks for what people complain of. What is wrong with the host or a provider has
/// been reported where it happened.
fn report(visitor: &Visitor, place: Option<&Place<'_>>, error: &Error) {
    let (kind, code, request_id) = (error.kind, error.code, &*visitor.started.request_id);
    let app = place.map_or("", |it| it.app.as_str());
    match kind {
        ErrorKind::Internal | ErrorKind::Upstream | ErrorKind::Unavailable | ErrorKind::Timeout => {}
        ErrorKind::NotFound => tracing::debug!(app, ?kind, code, request_id, "{error}"),
        _ => tracing::info!(app, ?kind, code, request_id, "{error}"),
    }
}

pub(super) fn said(words: &'static Words, error: &Error) -> &'static Said {
    match error.code {
        code::STATE_MISSING => &words.state_missing,
        code::STATE_INVALID => &words.state_invalid,
        code::DECLINED => &words.declined,
        code::LOGIN_CODE_INVALID => &words.login_code_invalid,
        code::CORP_UNKNOWN => &words.corp_unknown,
        code::NOT_A_MEMBER => &words.not_a_member,
        code::NOT_KNOWN => &words.not_known,
        code::LOGIN_INACTIVE => &words.inactive,
        code::LOGIN_ELSEWHERE => &words.elsewhere,
        code::OTHER_ORIGIN => &words.other_origin,
        code::ORG_UNKNOWN => &words.corp_unknown,
        code::NO_APP | code::NO_ELEMENT => &words.nothing_here,
        code::NOT_INSTALLED => &words.not_set_up,
        // A provider's refusal that ends when somebody mends it, and not by itself.
        _ if error.kind == ErrorKind::Upstream && error.console.is_some() => &words.not_set_up,
        _ => match error.kind {
            ErrorKind::RateLimited => &words.too_often,
            ErrorKind::Upstream | ErrorKind::Unavailable | ErrorKind::Timeout => &words.not_now,
            ErrorKind::Internal => &words.inside,
            _ => &words.refused,
        },
    }
}

/// What a provider's refusal says to whoever logs in. The other kinds speak to whoever runs the app.
fn told(words: &Words, error: &Error) -> Option<String> {
    if is_ours(error) || error.kind != ErrorKind::Refused { None } else { in_words_of(words, error) }
}

/// What it says to whoever runs the app, with the page where it is mended.
fn administrator<'a>(words: &Words, error: &'a Error) -> Option<Administrator<'a>> {
    let console = error.console.as_deref();
    let is_for_others = is_ours(error) || error.kind == ErrorKind::Refused;
    let text = if is_for_others && error.code != code::NOT_INSTALLED { None } else { in_words_of(words, error) };
    (text.is_some() || console.is_some()).then_some(Administrator { text, console })
}

/// One of our own numbers; the others are a provider's.
fn is_ours(error: &Error) -> bool {
    (20_001..=20_999).contains(&error.code)
}

fn in_words_of(words: &Words, error: &Error) -> Option<String> {
    if words.lang == "zh" {
        return error.chinese.as_ref().map(ToString::to_string);
    }
    // Messages begin small, because programs put something before them.
    let mut letters = error.message.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect())
}

fn next(visitor: &Visitor, place: &Place<'_>, error: &Error) -> Option<(String, &'static str)> {
    if matches!(error.code, code::NO_APP | code::NO_ELEMENT | code::LOGIN_ELSEWHERE) {
        return None;
    }
    let passes = error.kind.is_passing() || error.kind == ErrorKind::Internal;
    if passes && place.repeatable {
        return Some((visitor.here(), visitor.words.try_again));
    }
    Some((visitor.login_page(place.app, place.return_to), visitor.words.login_again))
}
