//! User tickets: what a member let an app know on the consent page, for half an hour (page 96443).

use std::collections::HashMap;

use crate::tokens::AppKey;

/// How long a ticket can be used.
pub(crate) const LIFETIME_MS: u64 = 1_800_000;
/// How long an expired ticket is known as expired (84014) before it is just unknown (84015).
const REMEMBERED_MS: u64 = 86_400_000;

/// What a member may grant, each on its own, by the names WeCom gives these fields.
pub(crate) const GRANTS: &[&str] = &["gender", "avatar", "qr_code", "mobile", "email", "biz_mail", "address"];

/// Which of [`GRANTS`] a member granted.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Consent(Vec<&'static str>);

impl Consent {
    /// Of the names given, those that can be granted.
    pub(crate) fn to<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let names: Vec<_> = names.collect();
        Self(GRANTS.iter().copied().filter(|grant| names.contains(grant)).collect())
    }

    pub(crate) fn covers(&self, grant: &str) -> bool {
        self.0.contains(&grant)
    }
}

/// What a ticket stands for.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    pub(crate) app: AppKey,
    pub(crate) user_id: String,
    pub(crate) consent: Consent,
    pub(crate) expires_ms: u64,
}

#[derive(Default)]
pub(crate) struct Tickets {
    issued: HashMap<String, Ticket>,
}

impl Tickets {
    pub(crate) fn issue(&mut self, text: String, app: AppKey, user_id: String, consent: Consent, now_ms: u64) {
        self.issued.retain(|_, ticket| now_ms < ticket.expires_ms.saturating_add(REMEMBERED_MS));
        let expires_ms = now_ms.saturating_add(LIFETIME_MS);
        self.issued.insert(text, Ticket { app, user_id, consent, expires_ms });
    }

    /// The ticket, expired or not, if it is one of this app's.
    pub(crate) fn of(&self, app: &AppKey, text: &str) -> Option<Ticket> {
        self.issued.get(text).filter(|ticket| ticket.app == *app).cloned()
    }

    /// Every ticket that can still be used, with its text.
    pub(crate) fn live(&self, now_ms: u64) -> impl Iterator<Item = (&str, &Ticket)> {
        let live = self.issued.iter().filter(move |(_, ticket)| now_ms < ticket.expires_ms);
        live.map(|(text, ticket)| (text.as_str(), ticket))
    }

    /// Forgets the tickets of an app that is no more.
    pub(crate) fn forget(&mut self, app: &AppKey) {
        self.issued.retain(|_, ticket| ticket.app != *app);
    }
}
