//! How often a call may be made (page 90454). Whoever goes over is blocked for as long as the calls
//! were counted, a minute or an hour (page 90313, at 45009).

use std::collections::HashMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::Sim;
use crate::tokens::AppKey;

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 3_600_000;
/// Tickets that a company and an app may ask for in an hour.
const TICKETS_OF_COMPANY: u32 = 400;
const TICKETS_OF_APP: u32 = 100;
/// Addresses are callers' to choose, so there is an end to what is kept.
const MOST: usize = 10_000;

/// How many calls of one kind are let through: for each company, and for each caller's address. The
/// default is WeCom's. [`u32::MAX`] is no limit, and 0 lets nothing through.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Limits {
    /// 10,000 by default.
    pub corp_per_minute: u32,
    /// 150,000 by default.
    pub corp_per_hour: u32,
    /// 20,000 by default.
    pub ip_per_minute: u32,
    /// 600,000 by default.
    pub ip_per_hour: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { corp_per_minute: 10_000, corp_per_hour: 150_000, ip_per_minute: 20_000, ip_per_hour: 600_000 }
    }
}

impl Sim {
    /// How often a call may be made now.
    pub fn limits(&self) -> Limits {
        self.state().calls.limits
    }

    /// Other limits. Counting begins anew, so that whoever was blocked no longer is.
    pub fn set_limits(&self, limits: Limits) {
        self.state().calls.set(limits);
    }
}

/// Whose calls are counted together.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Caller {
    Address(IpAddr),
    /// By the corpid in lower case.
    Company(String),
    /// Those of its calls that ask for a ticket.
    TicketsOfCompany(String),
    TicketsOfApp(AppKey),
}

/// What was counted since a point of time.
#[derive(Clone, Copy)]
struct Window {
    since_ms: u64,
    count: u32,
}

impl Window {
    /// One more, if it fits. The first that does not begins a window in which nothing does.
    fn take(&mut self, length_ms: u64, limit: u32, now_ms: u64) -> bool {
        if now_ms.saturating_sub(self.since_ms) >= length_ms {
            *self = Self { since_ms: now_ms, count: 0 };
        }
        if self.count > limit {
            return false;
        }
        self.count = self.count.saturating_add(1);
        let fits = self.count <= limit;
        if !fits {
            self.since_ms = now_ms;
        }
        fits
    }
}

#[derive(Clone, Copy)]
struct Counted {
    minute: Window,
    hour: Window,
}

/// The calls counted so far. Windows with a block as long as they are no crate offers; those that
/// limit rates let a little through all the time.
#[derive(Default)]
pub(crate) struct Calls {
    pub(crate) limits: Limits,
    counted: HashMap<(Caller, &'static str), Counted>,
}

impl Calls {
    /// Other limits, and counting begins anew: whoever was blocked no longer is.
    pub(crate) fn set(&mut self, limits: Limits) {
        *self = Self { limits, counted: HashMap::new() };
    }

    /// Counts one more call; whether it is let through.
    pub(crate) fn take(&mut self, caller: Caller, call: &'static str, now_ms: u64) -> bool {
        let (per_minute, per_hour) = match &caller {
            Caller::Address(_) => (self.limits.ip_per_minute, self.limits.ip_per_hour),
            Caller::Company(_) => (self.limits.corp_per_minute, self.limits.corp_per_hour),
            Caller::TicketsOfCompany(_) => (u32::MAX, TICKETS_OF_COMPANY),
            Caller::TicketsOfApp(_) => (u32::MAX, TICKETS_OF_APP),
        };
        let key = (caller, call);
        if self.counted.len() >= MOST && !self.counted.contains_key(&key) {
            self.make_room(now_ms);
        }
        let begun = Window { since_ms: now_ms, count: 0 };
        let counted = self.counted.entry(key).or_insert(Counted { minute: begun, hour: begun });
        counted.minute.take(MINUTE_MS, per_minute, now_ms) && counted.hour.take(HOUR_MS, per_hour, now_ms)
    }

    /// Forgets what no longer counts; if everything does, the one that has for longest.
    fn make_room(&mut self, now_ms: u64) {
        self.counted.retain(|_, counted| now_ms.saturating_sub(counted.hour.since_ms) < HOUR_MS);
        if self.counted.len() >= MOST {
            let oldest = self.counted.iter().min_by_key(|(_, counted)| counted.hour.since_ms).map(|(key, _)| key.clone());
            oldest.and_then(|key| self.counted.remove(&key));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_lasts_as_long_as_the_window() {
        let limits = Limits { corp_per_minute: 2, corp_per_hour: 3, ..Limits::default() };
        let mut calls = Calls { limits, ..Calls::default() };
        let mut take = |second: u64| calls.take(Caller::Company("ww1".into()), "/a", 9_000_000 + second * 1000);
        // Two in a minute; the third begins a minute of its own.
        assert_eq!([0, 10, 20, 60, 79].map(&mut take), [true, true, false, false, false]);
        // The third in the hour, and the fourth, which blocks for an hour.
        assert_eq!([80, 200, 3700, 3799, 3800].map(&mut take), [true, false, false, false, true]);
    }

    #[test]
    fn no_limit_and_none_at_all() {
        for (limit, expected) in [(u32::MAX, true), (0, false)] {
            let mut window = Window { since_ms: 0, count: limit.saturating_sub(1) };
            assert_eq!([1, 2, 3].map(|now| window.take(MINUTE_MS, limit, now)), [expected; 3]);
        }
    }

    #[test]
    fn there_is_an_end_to_what_is_kept() {
        let mut calls = Calls::default();
        for address in 0..u32::try_from(MOST).unwrap() + 50 {
            calls.take(Caller::Address(IpAddr::V4(address.into())), "/a", 1_000_000 + u64::from(address));
        }
        assert_eq!(calls.counted.len(), MOST);
        assert!(!calls.counted.contains_key(&(Caller::Address(IpAddr::V4(49.into())), "/a")));
        calls.take(Caller::Address(IpAddr::V4(u32::MAX.into())), "/a", 1_000_000 + 2 * HOUR_MS);
        assert_eq!(calls.counted.len(), 1);
    }
}
