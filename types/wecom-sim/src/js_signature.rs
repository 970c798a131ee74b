//! Whether a page signed as the JS-SDK asks (page 90506): what WeCom's client would say to it.

use base16ct::lower;
use serde::{Deserialize, Deserializer, Serialize};
use sha1::{Digest as _, Sha1};

use crate::js_tickets::Of;
use crate::redirect::{self, NotAllowed};
use crate::sim::Refused;
use crate::{Sim, state::State};

/// What a page signed, and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JsSignature {
    /// The company; `None` is the only one there is.
    pub corp_id: Option<String>,
    /// The app; `None` is the company's only one, or the demo app of the demo company.
    pub agent_id: Option<u32>,
    /// With which ticket.
    pub ticket: JsTicket,
    /// The address of the page. What follows a `#` is no part of what is signed.
    pub url: String,
    /// Any text.
    pub noncestr: String,
    /// Unix seconds, as they were signed; in JSON a number will do as well.
    #[serde(deserialize_with = "text_or_number")]
    pub timestamp: String,
    /// 40 lower-case hexadecimal digits.
    pub signature: String,
}

/// Which ticket a page signs with.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "camelCase")]
pub enum JsTicket {
    /// The company's, for `wx.config`: from `get_jsapi_ticket`.
    Corp,
    /// The app's, for `wx.agentConfig`: from `ticket/get?type=agent_config`.
    Agent,
}

/// What came of a check.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct JsVerdict {
    /// Whether WeCom's client would take it.
    pub valid: bool,
    /// If not: the errcode (page 90313) and what it means here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Sim {
    /// Checks a page's signature against the live ticket, and its host against
    /// [`redirect_domains`](crate::App::redirect_domains) if the app has any.
    ///
    /// # Errors
    ///
    /// When there is no such company or app.
    pub fn check_js_signature(&self, signed: &JsSignature) -> Result<JsVerdict, Refused> {
        let state = self.state();
        let key = state.resolve_key(signed.corp_id.as_deref(), signed.agent_id)?;
        let tickets = [Of::Company(key.corp().to_owned()), Of::App(key)];
        let why = signed.fault(&state, &tickets, self.now_ms()).err();
        Ok(JsVerdict { valid: why.is_none(), why })
    }
}

impl JsSignature {
    fn fault(&self, state: &State, [company, app]: &[Of; 2], now_ms: u64) -> Result<(), String> {
        let (ours, theirs, call) = match self.ticket {
            JsTicket::Corp => (company, app, "get_jsapi_ticket"),
            JsTicket::Agent => (app, company, "ticket/get?type=agent_config"),
        };
        let signs = |of: &Of| state.js_tickets.live(of, now_ms).map(|ticket| self.sign(ticket));
        if signs(theirs).is_some_and(|signature| signature == self.signature) {
            return Err(format!("42012: it was signed with the other ticket; get this one with /cgi-bin/{call}"));
        }
        let Some(signature) = signs(ours) else {
            return Err(format!("42012: there is no live ticket; get one with /cgi-bin/{call}"));
        };
        if signature != self.signature {
            let same = signature.eq_ignore_ascii_case(&self.signature);
            let case = if same { "; write its digits in lower case" } else { "" };
            return Err(format!("40093: it is not the sha1 of {}{case}", self.text("***")));
        }
        let (company, agent) = state.resolve(self.corp_id.as_deref(), self.agent_id).map_err(|Refused(why)| why)?;
        let app = company.app(agent).ok_or("the app is gone")?;
        redirect::check(app, &self.url).map(|_| ()).map_err(|why| match why {
            NotAllowed::NoAddress => "80001: url is no http or https address".to_owned(),
            NotAllowed::OtherDomain(domain) => format!("80001: {domain} is none of the app's redirectDomains"),
        })
    }

    fn sign(&self, ticket: &str) -> String {
        lower::encode_string(&Sha1::digest(self.text(ticket)))
    }

    fn text(&self, ticket: &str) -> String {
        let url = self.url.split('#').next().unwrap_or_default();
        format!("jsapi_ticket={ticket}&noncestr={}&timestamp={}&url={url}", self.noncestr, self.timestamp)
    }
}

fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "timestamp is a text or a number")]
    enum Either {
        Text(String),
        Number(u64),
    }
    Ok(match Either::deserialize(deserializer)? {
        Either::Text(text) => text,
        Either::Number(number) => number.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_page_90506() {
        let signed = JsSignature {
            corp_id: None,
            agent_id: None,
            ticket: JsTicket::Corp,
            url: "http://mp.weixin.qq.com?params=value#top".into(),
            noncestr: "Wm3WZYTPz0wzccnW".into(),
            timestamp: "1414587457".into(),
            signature: String::new(),
        };
        let ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";
        assert_eq!(signed.sign(ticket), "0f9de62fce790f9a083d5c99e95740ceb90c27ed");
    }
}
