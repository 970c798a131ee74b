//! Requests that a receiver must see through: forged, old, misdirected, malformed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::callback::Callback;
use super::envelope::{self, Outgoing, Receiver, Sealed, Stamp};
use super::event::{self, View};
use super::log::PushAttempt;
use super::news::News;
use crate::Sim;
use crate::member::Member;
use crate::sim::Refused;

/// How old the timestamp of [`Probe::OldTimestamp`] is: WeCom names no bound, but a day is beyond any.
const OLD_SECONDS: u64 = 86_400;
/// A company that the callback is not of.
const STRANGER: &str = "ww0000000000000000";
/// The member that probes tell of; no company has one of that name.
const NOBODY: &str = "sim-probe";

/// What is wrong with the request, if anything. But for `RawPlus` it is the POST of an event about a
/// member `sim-probe`, who does not exist.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Probe {
    /// The last digit of the signature is another.
    WrongSignature,
    /// It is signed and sealed well, but for the company `ww0000000000000000`.
    WrongReceiveId,
    /// The GET of a verification with the `+` of `echostr` as they are, not as `%2B`. Nothing is wrong
    /// with it otherwise: a receiver should answer with the document.
    RawPlus,
    /// The very same request twice.
    Replay,
    /// It is signed well, a day ago.
    OldTimestamp,
    /// The body is signed and sealed well, and begins with a DOCTYPE that declares an entity.
    Doctype,
    /// The body is no envelope.
    Garbage,
}

/// What came of a probe.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Probed {
    /// What was sealed.
    pub document: String,
    /// Of a replay: what came back for the first of the two.
    pub first: Option<PushAttempt>,
    /// What came back.
    #[serde(flatten)]
    pub answer: PushAttempt,
}

impl Sim {
    /// Sends one such request now, past the queue, and tells what came back. `None` for company and app
    /// as in [`CodeFor`](crate::CodeFor).
    ///
    /// # Errors
    ///
    /// When there is no such app, or it has no callback. That nothing came back is no error here.
    pub async fn probe(&self, corp_id: Option<&str>, agent_id: Option<u32>, probe: Probe) -> Result<Probed, Refused> {
        let receiver = self.receiver(corp_id, agent_id)?;
        let verify_id = receiver.receive_id.clone();
        self.probe_at(&receiver, &verify_id, probe).await
    }

    /// The same to the callback of a template. It is the POST of a `change_auth` of a company `sim-probe`,
    /// which does not exist.
    ///
    /// # Errors
    ///
    /// When there is no such template, or it has no callback.
    pub async fn probe_template(&self, suite_id: &str, probe: Probe) -> Result<Probed, Refused> {
        let (provider, template) = self.state().suites.named(suite_id)?;
        let Some(callback) = template.callback() else {
            let what = format!("{suite_id} has no callback; give it one: PUT /sim/templates/{suite_id}/callback");
            return Err(Refused(what + r#" {"url":"http://127.0.0.1:8080/suite"}"#));
        };
        self.probe_at(&Receiver::of_template(&template, callback), &provider.corp_id, probe).await
    }

    async fn probe_at(&self, receiver: &Receiver, verify_id: &str, probe: Probe) -> Result<Probed, Refused> {
        let (document, outgoing) = self.made_for(receiver, verify_id, probe).map_err(Refused)?;
        let first = match probe {
            Probe::Replay => Some(self.ask(&outgoing).await),
            _ => None,
        };
        Ok(Probed { document, first, answer: self.ask(&outgoing).await })
    }

    async fn ask(&self, outgoing: &Outgoing) -> PushAttempt {
        let unix_ms = self.now_ms();
        let deadline = Duration::from_millis(self.shared.options.push_deadline_ms);
        PushAttempt::new(unix_ms, &self.shared.pushes.sender.send(outgoing, deadline).await)
    }

    fn made_for(&self, receiver: &Receiver, verify_id: &str, probe: Probe) -> Result<(String, Outgoing), String> {
        let mut stamp = self.stamp();
        if probe == Probe::OldTimestamp {
            stamp.unix_seconds = stamp.unix_seconds.saturating_sub(OLD_SECONDS);
        }
        if probe == Probe::RawPlus {
            return self.verification_with_plus(&receiver.callback, verify_id);
        }
        let document = document(receiver, &stamp);
        let receive_id = if probe == Probe::WrongReceiveId { STRANGER } else { &receiver.receive_id };
        let mut sealed = Sealed::new(&receiver.callback, &stamp, &document, receive_id)?;
        if probe == Probe::WrongSignature {
            let last = if sealed.signature.ends_with('0') { '1' } else { '0' };
            sealed.signature.pop();
            sealed.signature.push(last);
        }
        let mut outgoing = envelope::post(receiver, &sealed)?;
        outgoing.body = match probe {
            Probe::Doctype => Some(("text/xml", with_doctype(receiver, &sealed.text))),
            Probe::Garbage => Some(("text/xml", "<xml><Encrypt>\u{0}".into())),
            _ => outgoing.body,
        };
        Ok((document, outgoing))
    }

    /// Seals until there is a `+`: of ninety characters of base64, three out of four have one.
    fn verification_with_plus(&self, callback: &Callback, verify_id: &str) -> Result<(String, Outgoing), String> {
        loop {
            let plain = self.shared.random.echo();
            let sealed = Sealed::new(callback, &self.stamp(), &plain, verify_id)?;
            if sealed.text.contains('+') {
                return Ok((plain, envelope::get_with_raw_plus(callback, &sealed)?));
            }
        }
    }
}

fn document(receiver: &Receiver, stamp: &Stamp) -> String {
    if receiver.is_template {
        let news = News::Changed { auth_corp_id: NOBODY };
        return news.document(&receiver.receive_id, stamp.unix_seconds).write(receiver.callback.format);
    }
    let nobody = Member::new(NOBODY);
    let event = event::of_member(Some(&nobody), None, View { trimmed: false, full_profile: false });
    let document = event.map(|event| event.document(&receiver.receive_id, stamp.unix_seconds));
    document.map(|document| document.write(receiver.callback.format)).unwrap_or_default()
}

/// A reader that expands entities sees a whole envelope.
fn with_doctype(receiver: &Receiver, sealed: &str) -> String {
    format!(
        "<!DOCTYPE xml [<!ENTITY to \"{}\">]><xml><ToUserName>&to;</ToUserName><AgentID>{}</AgentID>\
         <Encrypt><![CDATA[{sealed}]]></Encrypt></xml>",
        receiver.receive_id, receiver.agent
    )
}
