//! Callers that send wrong secrets: after too many, `gettoken` answers 45009 to their address for an
//! hour (page 90313; the number, 2000 an hour, is an operator's reply, not documented).

use std::collections::HashMap;
use std::net::IpAddr;

/// Both the time in which wrong secrets are counted and the length of the block.
const HOUR_MS: u64 = 3_600_000;

struct Caller {
    since_ms: u64,
    wrong: u32,
}

#[derive(Default)]
pub(crate) struct Callers {
    callers: HashMap<IpAddr, Caller>,
}

impl Callers {
    pub(crate) fn blocked(&self, ip: IpAddr, limit: u32, now_ms: u64) -> bool {
        let caller = self.callers.get(&ip);
        caller.is_some_and(|caller| caller.wrong >= limit && now_ms.saturating_sub(caller.since_ms) < HOUR_MS)
    }

    pub(crate) fn wrong_secret(&mut self, ip: IpAddr, limit: u32, now_ms: u64) {
        self.callers.retain(|_, caller| now_ms.saturating_sub(caller.since_ms) < HOUR_MS);
        let caller = self.callers.entry(ip).or_insert(Caller { since_ms: now_ms, wrong: 0 });
        caller.wrong += 1;
        if caller.wrong == limit {
            caller.since_ms = now_ms;
        }
    }
}
