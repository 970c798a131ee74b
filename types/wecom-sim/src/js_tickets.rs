//! JS-SDK tickets: what a page's signature is made with, for two hours (page 90506).

use std::collections::HashMap;

use crate::tokens::AppKey;

/// How long a ticket can be used.
pub(crate) const LIFETIME_MS: u64 = 7_200_000;

/// Whose ticket it is.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Of {
    /// A company's, for `wx.config`; by its corpid in lower case.
    Company(String),
    /// An app's, for `wx.agentConfig`.
    App(AppKey),
}

struct Ticket {
    text: String,
    expires_ms: u64,
}

#[derive(Default)]
pub(crate) struct JsTickets {
    current: HashMap<Of, Ticket>,
}

impl JsTickets {
    /// The ticket and the seconds it has left; inside the window it is the same one each time.
    pub(crate) fn get(&mut self, of: Of, now_ms: u64, make: impl FnOnce() -> String) -> (String, u64) {
        let fresh = || Ticket { text: make(), expires_ms: now_ms.saturating_add(LIFETIME_MS) };
        self.current.retain(|_, ticket| now_ms < ticket.expires_ms);
        let ticket = self.current.entry(of).or_insert_with(fresh);
        (ticket.text.clone(), ticket.expires_ms.saturating_sub(now_ms).div_ceil(1000))
    }

    /// The ticket, if one was asked for and has not expired.
    pub(crate) fn live(&self, of: &Of, now_ms: u64) -> Option<&str> {
        self.current.get(of).filter(|ticket| now_ms < ticket.expires_ms).map(|ticket| ticket.text.as_str())
    }

    /// Forgets the ticket of an app that is no more.
    pub(crate) fn forget(&mut self, app: &AppKey) {
        self.current.remove(&Of::App(app.clone()));
    }
}
