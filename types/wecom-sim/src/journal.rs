//! What was asked and answered, newest last, so that a test can say what should have happened.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use crate::secret::MASK;

/// Longer texts are cut: the journal is bounded in bytes too, not only in entries.
const LONGEST: usize = 512;

/// One call under `/cgi-bin/`, or one visit to a login page or of the phone to it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JournalEntry {
    /// 1 and up, never used twice, not even after the journal was cleared.
    pub seq: u64,
    /// When it was answered, by the simulator's clock.
    pub unix_ms: u64,
    /// `GET`, `POST`…
    pub method: String,
    /// Without the query.
    pub path: String,
    /// The parameters of the query and of a form; tokens and secrets are `***`. Of a repeated one the first counts.
    pub query: BTreeMap<String, String>,
    /// The HTTP status answered.
    pub status: u16,
    /// The errcode answered, 0 for success; `None` where the answer was no such document.
    pub errcode: Option<i64>,
}

#[derive(Default)]
pub(crate) struct Journal {
    entries: VecDeque<JournalEntry>,
    last: u64,
}

impl Journal {
    pub(crate) fn record(&mut self, mut entry: JournalEntry, capacity: usize) {
        self.last += 1;
        entry.seq = self.last;
        self.entries.push_back(entry);
        while self.entries.len() > capacity {
            self.entries.pop_front();
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &JournalEntry> {
        self.entries.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The number of the newest entry there ever was, 0 before the first.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    pub(crate) fn clear(&mut self) -> usize {
        std::mem::take(&mut self.entries).len()
    }
}

/// A query as it may be kept.
pub(crate) fn masked(query: &[(String, String)]) -> BTreeMap<String, String> {
    let mut kept = BTreeMap::new();
    for (name, value) in query {
        let shown = if is_secret(name) { MASK } else { cut(value) };
        kept.entry(cut(name).to_owned()).or_insert_with(|| shown.to_owned());
    }
    kept
}

/// By the end of the name, so that the suite's and provider's parameters are covered as well.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["token", "secret", "ticket", "permanent_code", "auth_code"].iter().any(|end| name.ends_with(end))
}

/// The text, or its beginning.
pub(crate) fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_forgets_the_oldest_and_counts_on() {
        let mut journal = Journal::default();
        let entry = JournalEntry {
            seq: 0,
            unix_ms: 0,
            method: "GET".into(),
            path: "/cgi-bin/gettoken".into(),
            query: BTreeMap::new(),
            status: 200,
            errcode: Some(0),
        };
        for _ in 0..5 {
            journal.record(entry.clone(), 3);
        }
        assert_eq!(journal.all().map(|e| e.seq).collect::<Vec<_>>(), [3, 4, 5]);
        assert_eq!(journal.clear(), 3);
        journal.record(entry, 3);
        assert_eq!(journal.all().map(|e| e.seq).collect::<Vec<_>>(), [6]);
    }

    #[test]
    fn what_is_masked_and_what_is_cut() {
        let long = "é".repeat(LONGEST);
        let query = |name: &str, value: &str| masked(&[(name.into(), value.into())])[cut(name)].clone();
        for name in [
            "access_token",
            "corpsecret",
            "Corpsecret",
            "suite_access_token",
            "suite_ticket",
            "pre_auth_code",
            "permanent_code",
        ] {
            assert_eq!(query(name, "value"), MASK, "{name}");
        }
        assert_eq!(query("userid", "zhangsan"), "zhangsan");
        assert_eq!(query("userid", &long).len(), LONGEST);
    }
}
