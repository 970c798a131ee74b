//! What stands around a push: the query with the signature, and the document that holds the sealed text.

use url::Url;
use url::form_urlencoded::Serializer;

use super::callback::{Callback, PushFormat};
use super::crypt::signature;
use super::document::Document;
use crate::Sim;
use crate::company::{App, Company};
use crate::suite::{Names, Template};

/// Who gets a push, and under which names.
#[derive(Clone, Debug)]
pub(crate) struct Receiver {
    /// Names the queue, in the log too: `corpId/agentId`, or the suiteId.
    pub(crate) name: String,
    pub(crate) callback: Callback,
    /// Sealed in with the text, and `ToUserName` inside and outside: the company as the app is told it,
    /// or the suiteId.
    pub(crate) receive_id: String,
    /// `AgentID` outside; a template has none.
    pub(crate) agent: String,
    /// Whether it is a template: those must answer `success`.
    pub(crate) is_template: bool,
}

impl Receiver {
    /// An app with this callback, which is told of its company by these names.
    pub(crate) fn of_app(company: &Company, app: &App, callback: &Callback, names: &Names) -> Self {
        Self {
            name: format!("{}/{}", company.corp_id, app.agent_id),
            callback: callback.clone(),
            receive_id: names.corp(&company.corp_id),
            agent: app.agent_id.to_string(),
            is_template: false,
        }
    }

    /// A template with this callback.
    pub(crate) fn of_template(template: &Template, callback: Callback) -> Self {
        let suite_id = &template.suite_id;
        let (name, receive_id) = (suite_id.clone(), suite_id.clone());
        Self { name, callback, receive_id, agent: String::new(), is_template: true }
    }
}

/// What is new in every request.
#[derive(Clone, Debug)]
pub(crate) struct Stamp {
    pub(crate) unix_seconds: u64,
    pub(crate) nonce: String,
    pub(crate) prefix: [u8; 16],
}

impl Sim {
    pub(crate) fn stamp(&self) -> Stamp {
        let random = &self.shared.random;
        Stamp { unix_seconds: self.now_ms() / 1000, nonce: random.digits(), prefix: random.prefix() }
    }
}

/// A text, sealed and signed.
#[derive(Clone, Debug)]
pub(crate) struct Sealed {
    pub(crate) timestamp: String,
    pub(crate) nonce: String,
    pub(crate) signature: String,
    pub(crate) text: String,
}

impl Sealed {
    /// Seals for `receive_id`, which a probe may have wrong.
    ///
    /// # Errors
    ///
    /// When the callback's key is none; one that was checked is.
    pub(crate) fn new(callback: &Callback, stamp: &Stamp, message: &str, receive_id: &str) -> Result<Self, String> {
        let text = callback.key()?.seal(&stamp.prefix, message, receive_id);
        let timestamp = stamp.unix_seconds.to_string();
        let signature = signature(callback.token.reveal(), &timestamp, &stamp.nonce, &text);
        Ok(Self { timestamp, nonce: stamp.nonce.clone(), signature, text })
    }

    fn query(&self) -> [(&'static str, &str); 3] {
        [("msg_signature", &self.signature), ("timestamp", &self.timestamp), ("nonce", &self.nonce)]
    }
}

/// A request as it goes out.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    pub(crate) url: Url,
    /// The content type and the text of a POST; a GET has none.
    pub(crate) body: Option<(&'static str, String)>,
}

/// The POST of a sealed document.
pub(crate) fn post(receiver: &Receiver, sealed: &Sealed) -> Result<Outgoing, String> {
    let text = |value: &str| value.into();
    let (kind, body) = match receiver.callback.format {
        PushFormat::Xml => {
            let fields = vec![
                ("ToUserName", text(&receiver.receive_id)),
                ("AgentID", text(&receiver.agent)),
                ("Encrypt", text(&sealed.text)),
            ];
            ("text/xml", Document(fields))
        }
        PushFormat::Json => {
            let fields = vec![
                ("tousername", text(&receiver.receive_id)),
                ("encrypt", text(&sealed.text)),
                ("agentid", text(&receiver.agent)),
            ];
            ("application/json", Document(fields))
        }
    };
    let url = address(&receiver.callback, &sealed.query(), "")?;
    Ok(Outgoing { url, body: Some((kind, body.write(receiver.callback.format))) })
}

/// The GET that verifies an address: the sealed text is `echostr`.
pub(crate) fn get(callback: &Callback, sealed: &Sealed) -> Result<Outgoing, String> {
    let query = sealed.query().into_iter().chain([("echostr", sealed.text.as_str())]);
    Ok(Outgoing { url: address(callback, &query.collect::<Vec<_>>(), "")?, body: None })
}

/// The same with every `+` of the text as it is, which form decoding takes for a space.
pub(crate) fn get_with_raw_plus(callback: &Callback, sealed: &Sealed) -> Result<Outgoing, String> {
    let raw = Serializer::new(String::new()).append_pair("echostr", &sealed.text).finish().replace("%2B", "+");
    Ok(Outgoing { url: address(callback, &sealed.query(), &raw)?, body: None })
}

/// The callback's own address with this query after its own.
fn address(callback: &Callback, query: &[(&'static str, &str)], raw: &str) -> Result<Url, String> {
    let mut url = Url::parse(&callback.url).map_err(|error| format!("callback: url `{}`: {error}", callback.url))?;
    url.query_pairs_mut().extend_pairs(query);
    if !raw.is_empty() {
        let whole = format!("{}&{raw}", url.query().unwrap_or_default());
        url.set_query(Some(&whole));
    }
    Ok(url)
}
