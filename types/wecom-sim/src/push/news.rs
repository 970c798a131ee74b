//! What templates are told: tickets, and what becomes of their installs (pages 90628, 90642, 97175).

use super::document::{Document, Field, Leaf};
use super::envelope::Receiver;
use crate::Sim;
use crate::suite::Template;

/// The event that comes every ten minutes.
pub(crate) const TICKET: &str = "suite_ticket";

/// One thing to tell. A company is named as the provider knows it.
#[derive(Debug)]
pub(crate) enum News<'a> {
    Ticket(&'a str),
    Created { auth_code: &'a str, state: Option<&'a str> },
    Changed { auth_corp_id: &'a str },
    Cancelled { auth_corp_id: &'a str },
    Reset { auth_code: &'a str },
}

impl News<'_> {
    /// `InfoType`.
    pub(crate) fn info_type(&self) -> &'static str {
        match self {
            Self::Ticket(_) => TICKET,
            Self::Created { .. } => "create_auth",
            Self::Changed { .. } => "change_auth",
            Self::Cancelled { .. } => "cancel_auth",
            Self::Reset { .. } => "reset_permanent_code",
        }
    }

    /// The whole document, its fields in the order of WeCom's samples.
    pub(crate) fn document(&self, suite_id: &str, unix_seconds: u64) -> Document {
        let text = |value: &str| Leaf::from(value);
        let (suite, info) = (("SuiteId", text(suite_id)), ("InfoType", text(self.info_type())));
        let time = ("TimeStamp", Leaf::from(unix_seconds));
        let fields: Vec<Field> = match self {
            // WeCom's sample has a space there, so readers must bear one.
            Self::Ticket(ticket) => {
                vec![suite, ("InfoType", Leaf::Spaced(TICKET)), time, ("SuiteTicket", text(ticket))]
            }
            Self::Created { auth_code, state } => {
                let state = state.map(|state| ("State", text(state)));
                let head = [suite, ("AuthCode", text(auth_code)), info, time];
                head.into_iter().chain(state).chain([("ExtraInfo", text(""))]).collect()
            }
            Self::Changed { auth_corp_id } | Self::Cancelled { auth_corp_id } => {
                vec![suite, info, time, ("AuthCorpId", text(auth_corp_id))]
            }
            Self::Reset { auth_code } => vec![suite, ("AuthCode", text(auth_code)), info, time],
        };
        Document(fields)
    }
}

impl Sim {
    /// Pushes it to the template's callback; without one nobody is told. May be called under the lock
    /// of the state.
    pub(crate) fn tell_template(&self, template: &Template, news: &News<'_>) {
        let Some(callback) = template.callback() else { return };
        let document = news.document(&template.suite_id, self.now_ms() / 1000).write(template.format);
        self.push(Receiver::of_template(template, callback), news.info_type(), document);
    }
}
