//! Which company is meant, where a way in is for people of many: they say it by its organisation code.
use super::Visitor;
use crate::cookies;
use axum::http::HeaderValue;
use element::{AppId, Result};
use serde_json::{Value, json};
use url::form_urlencoded;

/// No code is longer, in characters.
const LONGEST: usize = 64;
/// What the form sends beside the code, so that an address with a code that somebody was given is told apart from it.
const ASKED: &str = "asked";

/// The form that asks for the code.
pub(super) struct Form {
    /// What the address says besides, and goes on saying.
    pub(super) hidden: Vec<(&'static str, String)>,
    /// What was typed, or what was right the last time.
    pub(super) typed: String,
    pub(super) longest: usize,
    /// Why what was typed is of no use.
    pub(super) wrong: Option<&'static str>,
}

impl Form {
    pub(super) fn of(visitor: &Visitor, wrong: Option<&'static str>) -> Self {
        let kept = ["way", "return"].into_iter().filter_map(|it| Some((it, visitor.parameter(it)?.to_owned())));
        let hidden = kept.chain([(ASKED, "1".to_owned())]).collect();
        let typed = typed(visitor).map(|it| it.chars().take(LONGEST).collect()).or_else(|| remembered(visitor));
        Self { hidden, typed: typed.unwrap_or_default(), longest: LONGEST, wrong }
    }
}

/// What stands in the address.
fn typed(visitor: &Visitor) -> Option<&str> {
    visitor.parameter("org").map(str::trim).filter(|it| !it.is_empty())
}

/// The code in the address, for a way in that takes one. For another one it is none.
///
/// # Errors
/// There is no such way in (any more).
pub(super) fn code<'a>(visitor: &'a Visitor, app: &AppId, way: &str) -> Result<Option<&'a str>> {
    let Some(code) = typed(visitor) else { return Ok(None) };
    let element = visitor.site.runtime.app(app.as_str())?.get_element(way)?;
    let methods = &element.instance().ty.info.methods;
    let takes = |it: &element::def::MethodInfo| it.name == "getLoginConfig" && it.args["properties"]["orgCode"].is_object();
    Ok(Some(code).filter(|_| methods.iter().any(takes)))
}

/// Too long for any company's.
pub(super) fn is_too_long(code: &str) -> bool {
    code.chars().count() > LONGEST
}

/// The arguments of `getLoginConfig`.
pub(super) fn arguments(code: Option<&str>) -> Value {
    code.map_or_else(|| json!({}), |it| json!({ "orgCode": it }))
}

/// Does this page answer the form? Browsers count where the answer leads as where the form goes, and ours may go nowhere
/// else: so it leads nowhere by itself.
pub(super) fn was_asked(visitor: &Visitor) -> bool {
    visitor.parameter(ASKED).is_some()
}

/// The page that asks for the code once more.
pub(super) fn ask_again(visitor: &Visitor) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(["way", "return"].into_iter().filter_map(|it| Some((it, visitor.parameter(it)?))));
    format!("?{}", query.finish())
}

/// What makes a code that was right stand in the form the next time.
pub(super) fn remember(visitor: &Visitor, code: &str) -> HeaderValue {
    let written: String = form_urlencoded::byte_serialize(code.as_bytes()).collect();
    cookies::set(&visitor.site.public_url, cookies::ORG_CODE, &written, Some(cookies::YEAR))
}

fn remembered(visitor: &Visitor) -> Option<String> {
    let written = cookies::read(&visitor.site.public_url, &visitor.parts.headers, cookies::ORG_CODE)?;
    let code = form_urlencoded::parse(written.as_bytes()).next()?.0.into_owned();
    Some(code).filter(|it| !is_too_long(it))
}
