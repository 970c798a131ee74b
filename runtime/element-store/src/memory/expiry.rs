//! What ends when, in the order of time, so that what is over is found without looking at everything.
use std::collections::BTreeMap;

/// When something ends, and which of those that end then it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct End {
    at: i64,
    ticket: u64,
}

impl End {
    /// From this time on it is not there any more, in milliseconds since 1970.
    pub(super) const fn at(self) -> i64 {
        self.at
    }

    /// Whether it is not there any more.
    pub(super) const fn is_over(self, now: i64) -> bool {
        self.at <= now
    }
}

/// The ends of all things of one kind. Whoever takes a thing away before its time takes its end away too: there are never
/// more ends than things.
#[derive(Debug)]
pub(super) struct Expiry<T> {
    ends: BTreeMap<End, T>,
    tickets: u64,
}

impl<T> Default for Expiry<T> {
    fn default() -> Self {
        Self { ends: BTreeMap::new(), tickets: 0 }
    }
}

impl<T> Expiry<T> {
    pub(super) fn add(&mut self, at: i64, thing: T) -> End {
        self.tickets += 1;
        let end = End { at, ticket: self.tickets };
        self.ends.insert(end, thing);
        end
    }

    pub(super) fn remove(&mut self, end: End) {
        self.ends.remove(&end);
    }

    /// Something that is over; its end is gone with this.
    pub(super) fn take_over(&mut self, now: i64) -> Option<T> {
        let first = self.ends.first_entry()?;
        first.key().is_over(now).then(|| first.remove())
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }
}
