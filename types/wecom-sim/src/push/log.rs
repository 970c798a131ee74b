//! What was pushed, how often, and what came back.

use std::collections::VecDeque;

use serde::Serialize;

use crate::journal::cut;

/// How many pushes are remembered; the oldest go first.
const CAPACITY: usize = 1000;

/// One push: an event for one callback, of an app or of a template.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PushEntry {
    /// 1 and up, in the order of the events.
    pub seq: u64,
    /// When the event happened, by the simulator's clock.
    pub unix_ms: u64,
    /// Whose callback: `corpId/agentId`, or the suiteId of a template.
    pub to: String,
    /// What it tells, such as `create_user` or `suite_ticket`.
    pub event: String,
    /// The document as it was before it was sealed.
    pub document: String,
    /// How far it is.
    pub outcome: PushOutcome,
    /// Every time it was sent, oldest first.
    pub attempts: Vec<PushAttempt>,
}

/// How far a push is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PushOutcome {
    /// It waits for those before it, for an answer or for the next try.
    Waiting,
    /// A disturbance holds it back.
    Held,
    /// 200 came back, with `success` from a template.
    Delivered,
    /// All tries are used up.
    Failed,
    /// A disturbance lost it.
    Dropped,
}

/// One request and what came back.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PushAttempt {
    /// When it was sent, by the simulator's clock.
    pub unix_ms: u64,
    /// The HTTP status; `None` when there was no answer.
    pub status: Option<u16>,
    /// The beginning of the body; when there was no answer, why.
    pub body: String,
}

impl PushAttempt {
    pub(crate) fn new(unix_ms: u64, answer: &Result<super::send::Answer, String>) -> Self {
        let (status, body) = match answer {
            Ok(answer) => (Some(answer.status), &answer.body),
            Err(why) => (None, why),
        };
        Self { unix_ms, status, body: cut(body).to_owned() }
    }
}

/// How much there is to say, for who asks again and again.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct PushCounts {
    /// The pushes remembered.
    count: usize,
    /// Those of them that wait or are held back.
    waiting: usize,
    /// The number of the newest one there ever was, 0 before the first.
    last: u64,
}

#[derive(Debug, Default)]
pub(crate) struct PushLog {
    entries: VecDeque<PushEntry>,
    last: u64,
}

impl PushLog {
    /// The number of the new entry.
    pub(crate) fn record(&mut self, unix_ms: u64, to: &str, event: &str, document: &str) -> u64 {
        self.last += 1;
        self.entries.push_back(PushEntry {
            seq: self.last,
            unix_ms,
            to: to.to_owned(),
            event: event.to_owned(),
            document: document.to_owned(),
            outcome: PushOutcome::Waiting,
            attempts: Vec::new(),
        });
        if self.entries.len() > CAPACITY {
            self.entries.pop_front();
        }
        self.last
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &PushEntry> {
        self.entries.iter()
    }

    pub(crate) fn counts(&self) -> PushCounts {
        let under_way = |entry: &&PushEntry| matches!(entry.outcome, PushOutcome::Waiting | PushOutcome::Held);
        let waiting = self.entries.iter().filter(under_way).count();
        PushCounts { count: self.entries.len(), waiting, last: self.last }
    }

    /// An entry that was forgotten in the meantime stays so.
    pub(crate) fn set(&mut self, seq: u64, outcome: PushOutcome) {
        if let Some(entry) = self.find(seq) {
            entry.outcome = outcome;
        }
    }

    pub(crate) fn tried(&mut self, seq: u64, attempt: PushAttempt) {
        if let Some(entry) = self.find(seq) {
            entry.attempts.push(attempt);
        }
    }

    fn find(&mut self, seq: u64) -> Option<&mut PushEntry> {
        let first = self.entries.front()?.seq;
        self.entries.get_mut(usize::try_from(seq.checked_sub(first)?).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_forgets_the_oldest_and_finds_the_others() {
        let mut log = PushLog::default();
        for number in 1..=CAPACITY + 2 {
            assert_eq!(log.record(0, "ww1/1", "create_user", ""), number as u64);
        }
        log.set(2, PushOutcome::Failed);
        log.set(3, PushOutcome::Delivered);
        assert_eq!(log.all().count(), CAPACITY);
        let first = log.all().next().map(|entry| (entry.seq, entry.outcome));
        assert_eq!(first, Some((3, PushOutcome::Delivered)));
        assert!(log.all().skip(1).all(|entry| entry.outcome == PushOutcome::Waiting));
    }
}
