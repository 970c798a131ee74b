//! Suite tickets: pushed every ten minutes, good for thirty (page 90628).

use std::collections::HashMap;

/// How often a template with a callback is given a new one.
pub(crate) const EVERY_MS: u64 = 600_000;
/// How long one can be used.
const LIFETIME_MS: u64 = 1_800_000;
/// How many of the latest can be used: two besides the newest.
const LATEST: usize = 3;
/// How many are kept of one template; the oldest go first.
const KEPT: usize = 100;

/// A ticket of the history.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    pub(crate) text: String,
    pub(crate) made_ms: u64,
}

/// The tickets of each template, oldest first.
#[derive(Default)]
pub(crate) struct SuiteTickets {
    made: HashMap<String, Vec<Ticket>>,
}

impl SuiteTickets {
    pub(crate) fn add(&mut self, suite_id: &str, text: String, now_ms: u64) {
        let made = self.made.entry(suite_id.to_owned()).or_default();
        made.push(Ticket { text, made_ms: now_ms });
        let over = made.len().saturating_sub(KEPT);
        made.drain(..over);
    }

    pub(crate) fn newest(&self, suite_id: &str) -> Option<&Ticket> {
        self.made.get(suite_id)?.last()
    }

    /// Whether a call may use it.
    pub(crate) fn is_good(&self, suite_id: &str, text: &str, now_ms: u64) -> bool {
        let mut latest = self.made.get(suite_id).into_iter().flatten().rev().take(LATEST);
        latest.any(|ticket| ticket.text == text && now_ms.saturating_sub(ticket.made_ms) < LIFETIME_MS)
    }

    /// How long until it is time for the next one, in milliseconds.
    pub(crate) fn due_in(&self, suite_id: &str, now_ms: u64) -> u64 {
        let newest = self.newest(suite_id);
        newest.map_or(0, |ticket| ticket.made_ms.saturating_add(EVERY_MS).saturating_sub(now_ms))
    }

    /// Forgets the tickets of templates that are no more.
    pub(crate) fn keep(&mut self, is_there: impl Fn(&str) -> bool) {
        self.made.retain(|suite_id, _| is_there(suite_id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_three_are_good_for_half_an_hour() {
        let mut tickets = SuiteTickets::default();
        for (text, minute) in [("a", 0), ("b", 10), ("c", 20), ("d", 21)] {
            tickets.add("dk1", text.into(), minute * 60_000);
        }
        let good = |minute: u64| -> String {
            let texts = ["a", "b", "c", "d"].into_iter();
            texts.filter(|text| tickets.is_good("dk1", text, minute * 60_000)).collect()
        };
        assert_eq!([21, 39, 40, 50, 51].map(good), ["bcd", "bcd", "cd", "d", ""]);
        assert!(!tickets.is_good("dk2", "d", 21 * 60_000), "another template's");
        assert_eq!(tickets.due_in("dk1", 30 * 60_000), 60_000);
        assert_eq!((tickets.due_in("dk1", u64::MAX), tickets.due_in("dk2", 0)), (0, 0));
    }

    #[test]
    fn there_is_an_end_to_the_history() {
        let mut tickets = SuiteTickets::default();
        (0..150).for_each(|it| tickets.add("dk1", format!("t{it}"), it));
        assert_eq!(tickets.made["dk1"].len(), KEPT);
        assert_eq!(tickets.newest("dk1").map(|it| it.text.as_str()), Some("t149"));
    }
}
