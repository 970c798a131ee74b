//! Since when a list of trusted addresses counts: a changed one does so after a while.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::tokens::AppKey;

/// A list that counted before, and until when it still does.
struct Earlier {
    ips: Vec<IpAddr>,
    until_ms: u64,
}

#[derive(Default)]
pub(crate) struct TrustedIps {
    /// How long a change takes.
    pub(crate) delay_ms: u64,
    /// By app, oldest first.
    earlier: HashMap<AppKey, Vec<Earlier>>,
}

impl TrustedIps {
    /// The list of an app was `before` and is now another one.
    pub(crate) fn changed(&mut self, app: &AppKey, before: &[IpAddr], now_ms: u64) {
        let earlier = self.earlier.entry(app.clone()).or_default();
        earlier.retain(|list| now_ms < list.until_ms);
        earlier.push(Earlier { ips: before.to_vec(), until_ms: now_ms.saturating_add(self.delay_ms) });
    }

    /// The list that counts, of an app that has been given `latest`.
    pub(crate) fn counting<'a>(&'a self, app: &AppKey, latest: &'a [IpAddr], now_ms: u64) -> &'a [IpAddr] {
        let mut earlier = self.earlier.get(app).into_iter().flatten();
        earlier.find(|list| now_ms < list.until_ms).map_or(latest, |list| &list.ips)
    }

    /// Forgets the lists of an app that is no more.
    pub(crate) fn forget(&mut self, app: &AppKey) {
        self.earlier.remove(app);
    }
}
