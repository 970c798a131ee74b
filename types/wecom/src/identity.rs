//! From the code that came back to whose it is: `auth/getuserinfo` (page 91023; 96442 and 98177 for apps made by others).
use crate::{
    client::Client,
    wire::{Fields, lacks, take_text},
};
use element::{Error, Result, Secret};

/// Whom a code belongs to.
#[element::data]
#[derive(PartialEq, Eq)]
pub(crate) enum Who {
    /// A member of the company. WeCom tells this of members outside the app's visible range, too.
    Member {
        user_id: String,
        /// Half an hour's leave to read what the member granted: only after a login inside the client with consent.
        #[serde(default)]
        user_ticket: Option<Secret>,
    },
    /// A member of another company that this one shares the app with.
    Linked { corp_id: String, user_id: String },
    /// No member. `external_user_id` only of a customer whose contact person the app may see.
    Outsider { openid: Option<String>, external_user_id: Option<String> },
}

/// A code has at most 512 bytes (page 91023). Junk goes neither to WeCom, nor does it use up a state.
///
/// # Errors
/// `InvalidArgs`, with the argument's name.
pub(crate) fn must_be_code(name: &str, code: &str) -> Result<()> {
    if (1..=512).contains(&code.len()) {
        return Ok(());
    }
    Err(Error::invalid_args(format!(
        "`{name}`: expected the code that WeCom sent back; without one the person has refused, and logs in again"
    )))
}

/// Asks WeCom. A code is good for one use within five minutes.
///
/// # Errors
/// `Refused` for a bad code; see `Client::call`.
pub(crate) async fn of_code(client: &Client<'_>, code: &str) -> Result<Who> {
    let request = client.get("/cgi-bin/auth/getuserinfo").query("code", code);
    who(client.app.corp_id, client.call(&request).await?)
}

/// Reads the reply. The older call writes `UserId` and `OpenId`; a proxy that still answers so is understood.
pub(crate) fn who(corp_id: &str, mut fields: Fields) -> Result<Who> {
    let mut either = |new, old| take_text(&mut fields, new).or_else(|| take_text(&mut fields, old));
    if let Some(user_id) = either("userid", "UserId") {
        // No userid has a slash in it, so a slash is what stands between a company and its member.
        let user_ticket = take_text(&mut fields, "user_ticket").map(Secret::from);
        return Ok(match user_id.split_once('/') {
            None => Who::Member { user_id, user_ticket },
            Some((corp, user)) if corp == corp_id => Who::Member { user_id: user.into(), user_ticket },
            Some((corp, user)) => Who::Linked { corp_id: corp.into(), user_id: user.into() },
        });
    }
    let (openid, external_user_id) = (either("openid", "OpenId"), take_text(&mut fields, "external_userid"));
    if openid.is_none() && external_user_id.is_none() {
        return Err(lacks("userid"));
    }
    Ok(Who::Outsider { openid, external_user_id })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[track_caller]
    fn check(reply: Value, expected: impl Into<Option<Who>>) {
        let Value::Object(fields) = reply else { panic!("an object") };
        assert_eq!(who("ww1", fields).ok(), expected.into());
    }

    #[test]
    fn members_linked_members_and_outsiders_are_told_apart() {
        let member = || Who::Member { user_id: "li".into(), user_ticket: None };
        let asked = Who::Member { user_id: "li".into(), user_ticket: Some("T".to_owned().into()) };
        let outsider = |openid: Option<&str>, external: Option<&str>| Who::Outsider {
            openid: openid.map(Into::into),
            external_user_id: external.map(Into::into),
        };
        check(json!({"userid": "li"}), member());
        check(json!({"UserId": "li", "DeviceId": ""}), member());
        check(json!({"userid": "ww1/li"}), member());
        check(json!({"userid": "li", "user_ticket": "T", "expires_in": 1800}), asked);
        check(json!({"userid": "ww2/li"}), Who::Linked { corp_id: "ww2".into(), user_id: "li".into() });
        check(json!({"userid": "", "openid": "o"}), outsider(Some("o"), None));
        check(json!({"OpenId": "o", "external_userid": "wm1"}), outsider(Some("o"), Some("wm1")));
        check(json!({"external_userid": "wm1"}), outsider(None, Some("wm1")));
        check(json!({}), None);
        check(json!({"userid": ["li"], "openid": null}), None);
    }
}
