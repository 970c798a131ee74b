//! What is seen is not always what somebody meant: editors write in steps, and for a moment a file is empty or away. So
//! whatever may be half of a save is looked at again before it is believed; what is better than before counts at once.
use crate::tree::{Config, ElementFiles, Folder, Says};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::time::Instant;

/// When to look again, from the first sight on. After the last it is believed.
const AGAIN: [Duration; 3] = [Duration::from_millis(100), Duration::from_millis(250), Duration::from_millis(600)];

/// Folders that are not believed yet.
#[derive(Debug, Default)]
pub(crate) struct Doubts(BTreeMap<Arc<str>, Doubt>);

/// What seems to have happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubtful {
    /// Something is there, with mistakes.
    Broken,
    /// Something that was there is away.
    Lost,
    /// All of it is.
    Away,
}

#[derive(Debug)]
struct Doubt {
    what: Doubtful,
    since: Instant,
    looked: usize,
}

impl Doubts {
    /// Doubts it from now on, unless that is over: then it is believed, and the answer is no.
    pub(crate) fn doubt(&mut self, folder: &Arc<str>, what: Doubtful, now: Instant) -> bool {
        let doubt = self.0.entry(Arc::clone(folder)).or_insert(Doubt { what, since: now, looked: 0 });
        if doubt.what != what {
            // It was broken for a while, or half of it was away, and now it is away, as in the middle of the save that mends it.
            *doubt = Doubt { what, since: now, looked: 0 };
        }
        let doubted = now < doubt.since + AGAIN[AGAIN.len() - 1];
        if !doubted {
            self.0.remove(folder);
        }
        doubted
    }

    pub(crate) fn has(&self, folder: &str) -> bool {
        self.0.contains_key(folder)
    }

    pub(crate) fn settle(&mut self, folder: &str) {
        self.0.remove(folder);
    }

    pub(crate) fn all(&self) -> Vec<Arc<str>> {
        self.0.keys().map(Arc::clone).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// When to look next.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.0.values().map(Doubt::next).min()
    }

    /// Since when there are doubts.
    pub(crate) fn first(&self) -> Option<Instant> {
        self.0.values().map(|it| it.since).min()
    }

    /// What was doubted long enough.
    pub(crate) fn over(&self, now: Instant) -> Vec<Arc<str>> {
        let over = self.0.iter().filter(|(_, it)| it.since + AGAIN[AGAIN.len() - 1] <= now);
        over.map(|(folder, _)| Arc::clone(folder)).collect()
    }

    /// What is to be looked at by now.
    pub(crate) fn due(&mut self, now: Instant) -> Vec<Arc<str>> {
        let due = self.0.iter_mut().filter(|(_, it)| it.next() <= now);
        let due = due.map(|(folder, it)| {
            while it.looked + 1 < AGAIN.len() && it.next() <= now {
                it.looked += 1;
            }
            Arc::clone(folder)
        });
        due.collect()
    }
}

impl Doubt {
    fn next(&self) -> Instant {
        self.since + AGAIN[self.looked]
    }
}

/// What may be half of a save.
pub(crate) fn doubtful(folder: &str, before: Option<&Folder>, now: &Folder) -> Option<Doubtful> {
    match (&now.says, before.map(|it| &it.says)) {
        (Says::Unseen, _) => Some(Doubtful::Lost),
        (Says::Element(it), _) if it.document.is_none() || it.config == Config::Broken => Some(Doubtful::Broken),
        (Says::Element(now), Some(Says::Element(before))) => {
            (has_config(before) && !has_config(now)).then_some(Doubtful::Lost)
        }
        // One file of a new folder is written after the other.
        (Says::Element(now), _) => (!has_config(now)).then_some(Doubtful::Lost),
        (Says::Nothing, Some(Says::Element(_) | Says::App { .. })) => Some(Doubtful::Away),
        (Says::Nothing, Some(Says::Unseen)) => (!now.diagnostics.is_empty()).then_some(Doubtful::Lost),
        (Says::Nothing, None) => (!folder.is_empty() && !now.diagnostics.is_empty()).then_some(Doubtful::Broken),
        _ => None,
    }
}

fn has_config(it: &ElementFiles) -> bool {
    it.config != Config::Absent
}
