//! What WeCom's replies mean. Every reply is HTTP 200 and a JSON object; `errcode` decides, `errmsg` is for people and
//! may change any time (page 97159), and no field but those that a call needs may be relied on.
use element::{Error, ErrorKind, HttpReply, HttpRequest, code};
use serde_json::{Map, Value};

/// The fields of a good reply.
pub(crate) type Fields = Map<String, Value>;

/// WeCom said no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: i64,
    /// WeCom's own words, without the secrets that the request carried.
    pub(crate) errmsg: String,
}

/// Why there are no fields.
#[derive(Debug)]
pub(crate) enum Failure {
    /// WeCom said no.
    Refused(Refusal),
    /// There was no answer, or one that is not WeCom's.
    Other(Error),
}

impl From<Error> for Failure {
    fn from(it: Error) -> Self {
        Self::Other(it)
    }
}

/// More of WeCom's words than this goes nowhere, not even into the log.
const ERRMSG_MAX: usize = 1000;

/// Reads the reply to `request`. Nothing of the body is repeated but `errmsg`, and that without secrets.
pub(crate) fn read(request: &HttpRequest, reply: &HttpReply) -> Result<Fields, Failure> {
    if reply.status != 200 {
        return Err(unexpected(reply, "the status is not 200").into());
    }
    let mut fields = match reply.json::<Value>() {
        Ok(Value::Object(fields)) => fields,
        Ok(_) => return Err(unexpected(reply, "the body is JSON, but no object").into()),
        Err(e) => return Err(unexpected(reply, &format!("the body is no JSON: {e}")).into()),
    };
    // Some calls leave `errcode` out when all is well (pages 97162, 96237).
    let code = match fields.remove("errcode") {
        None | Some(Value::Null) => 0,
        Some(it) => it.as_i64().ok_or_else(|| unexpected(reply, "`errcode` is no whole number"))?,
    };
    let errmsg = fields.remove("errmsg");
    if code == 0 {
        return Ok(fields);
    }
    let errmsg = without_secrets(request, errmsg.as_ref().and_then(Value::as_str).unwrap_or_default());
    Err(Failure::Refused(Refusal { code, errmsg }))
}

/// An answer that is not what WeCom documents; `why` goes to the log only.
pub(crate) fn unexpected(reply: &HttpReply, why: &str) -> Error {
    let kind = reply.headers.get("content-type").map_or("", String::as_str);
    let kind: String = kind.chars().filter(|c| !c.is_control()).take(80).collect();
    let detail = format!("{why} (status {}, content type `{kind}`, {} bytes)", reply.status, reply.body.0.len());
    Error::new(
        ErrorKind::Upstream,
        code::UPSTREAM,
        "WeCom's answer cannot be understood; try again in a minute, and if it stays so, look whether a proxy stands between",
    )
    .because(detail)
}

/// A good reply that lacks what it is for.
pub(crate) fn lacks(field: &str) -> Error {
    Error::new(ErrorKind::Upstream, code::UPSTREAM, "WeCom's answer lacks what was asked for; try again in a minute")
        .because(format!("no usable `{field}` in a reply with errcode 0"))
}

/// Takes a text out. Empty is as good as absent; a number counts as its digits.
pub(crate) fn take_text(fields: &mut Fields, name: &str) -> Option<String> {
    match fields.remove(name)? {
        Value::String(it) if !it.is_empty() => Some(it),
        Value::Number(it) => Some(it.to_string()),
        _ => None,
    }
}

/// What a request carries that nobody else may read.
const SECRETS: [&str; 11] = [
    "access_token",
    "suite_access_token",
    "provider_access_token",
    "corpsecret",
    "code",
    "user_ticket",
    "suite_secret",
    "suite_ticket",
    "provider_secret",
    "auth_code",
    "permanent_code",
];

fn without_secrets(request: &HttpRequest, errmsg: &str) -> String {
    let body: Option<Fields> = request.body.as_ref().and_then(|it| serde_json::from_str(&it.0).ok());
    let in_body = body.iter().flatten().filter_map(|(name, value)| Some((&**name, value.as_str()?)));
    let carried = request.query.iter().map(|(name, value)| (&**name, &*value.0)).chain(in_body);
    let mut text = errmsg.to_owned();
    for (_, value) in carried.filter(|(name, value)| SECRETS.contains(name) && !value.is_empty()) {
        text = text.replace(value, "******");
    }
    text.chars().filter(|c| !c.is_control()).take(ERRMSG_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{contacts, identity, token};
    use element::HiddenText;
    use proptest::prelude::*;
    use serde_json::json;

    pub(crate) fn reply(status: u16, body: impl Into<String>) -> HttpReply {
        HttpReply { status, headers: Default::default(), body: HiddenText(body.into()) }
    }

    fn request() -> HttpRequest {
        HttpRequest::new("GET", "https://w/cgi-bin/x").query("access_token", "TOKEN-1").query("userid", "li")
    }

    #[track_caller]
    fn check(status: u16, body: &str, expected: &str) {
        let got = match read(&request(), &reply(status, body)) {
            Ok(fields) => format!("fields {}", Value::Object(fields)),
            Err(Failure::Refused(it)) => format!("refused {} {}", it.code, it.errmsg),
            Err(Failure::Other(e)) => {
                assert_eq!((e.kind, e.code), (ErrorKind::Upstream, code::UPSTREAM));
                e.internal.to_string()
            }
        };
        assert_eq!(got, expected);
    }

    #[test]
    fn errcode_decides() {
        check(200, r#"{"errcode":0,"errmsg":"ok","userid":"li"}"#, r#"fields {"userid":"li"}"#);
        check(200, r#"{"userid":"li"}"#, r#"fields {"userid":"li"}"#);
        check(200, r#"{"errcode":60111,"errmsg":"userid not found","department":[]}"#, "refused 60111 userid not found");
        check(200, r#"{"errcode":-1}"#, "refused -1 ");
        check(200, r#"{"errcode":40014,"errmsg":"bad TOKEN-1 of li"}"#, "refused 40014 bad ****** of li");
        check(502, "<html>", "the status is not 200 (status 502, content type ``, 6 bytes)");
        check(404, "", "the status is not 200 (status 404, content type ``, 0 bytes)");
        check(200, "[]", "the body is JSON, but no object (status 200, content type ``, 2 bytes)");
        check(
            200,
            r#"{"errcode":0,"access_tok"#,
            "the body is no JSON: EOF while parsing a string at line 1 column 24 (status 200, content type ``, 24 bytes)",
        );
        check(200, r#"{"errcode":"0"}"#, "`errcode` is no whole number (status 200, content type ``, 15 bytes)");
    }

    /// Replies made of the fields that the calls look at, with values of every kind in them.
    fn likely() -> impl Strategy<Value = String> {
        const NAMES: [&str; 16] = [
            "errcode",
            "errmsg",
            "access_token",
            "expires_in",
            "userid",
            "openid",
            "external_userid",
            "name",
            "mobile",
            "department",
            "main_department",
            "gender",
            "status",
            "is_leader_in_dept",
            "avatar",
            "extattr",
        ];
        let leaf = prop_oneof![
            Just(json!(null)),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-2i64..3).prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
            Just(json!("ww1/li")),
        ];
        let value = leaf.prop_recursive(3, 12, 4, |inner| proptest::collection::vec(inner, 0..4).prop_map(Value::from));
        proptest::collection::vec((proptest::sample::select(&NAMES[..]), value), 0..8)
            .prop_map(|pairs| Value::Object(pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()).to_string())
    }

    /// Any answer gives a value or a clean error, whichever call it is the answer to.
    fn survives(status: u16, body: &str) -> Result<(), TestCaseError> {
        let fields = match read(&request(), &reply(status, body)) {
            Ok(fields) => fields,
            Err(Failure::Refused(it)) => {
                prop_assert!(it.code != 0 && it.errmsg.chars().count() <= ERRMSG_MAX);
                let made = crate::credential::Made::ForIt;
                let error = crate::errors::explain(&it, crate::errors::Told { by_wecom: true, inside: true, made });
                prop_assert!(error.code == it.code && !error.message.is_empty());
                return Ok(());
            }
            Err(Failure::Other(e)) => {
                prop_assert!(e.kind == ErrorKind::Upstream && !e.internal.is_empty());
                return Ok(());
            }
        };
        prop_assert_eq!(contacts::profile("li", fields.clone()).user_id.is_empty(), false);
        if let Err(e) = identity::who("ww1", fields.clone()) {
            prop_assert_eq!(e.kind, ErrorKind::Upstream);
        }
        match token::Token::of(fields, "access_token", 1, 0) {
            Ok((token, lifetime)) => {
                prop_assert!(!token.text.expose().is_empty() && token.expires_at >= 1000 && lifetime.as_secs() <= 86_400);
            }
            Err(e) => prop_assert_eq!(e.kind, ErrorKind::Upstream),
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_value_or_a_clean_error(status in 100u16..600, bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            survives(status, &String::from_utf8_lossy(&bytes))?;
            survives(200, &String::from_utf8_lossy(&bytes))?;
        }

        #[test]
        fn any_likely_reply_is_a_value_or_a_clean_error(body in likely(), cut in 0.0f64..=1.0) {
            survives(200, &body)?;
            let half: String = body.chars().take((body.chars().count() as f64 * cut) as usize).collect();
            survives(200, &half)?;
        }
    }

    #[test]
    fn deep_nesting_is_no_harm() {
        survives(200, &"[".repeat(100_000)).unwrap();
        survives(200, &r#"{"a":"#.repeat(100_000)).unwrap();
    }
}
