//! Pushes that get lost, come twice, late or in another order: delivery is best effort, and receivers must live with it.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::queue::Push;

/// The longest wait: a test that waits longer has hung.
const LONGEST_MS: u64 = 600_000;

/// What happens to the next `times` pushes, of whichever callback. Disturbances take effect one after
/// the other, in the order given.
///
/// As JSON: `{"kind": "drop", "times": 2}`, `"twice"`, `"reverse"`, or `{"kind": "wait", "ms": 250}`;
/// `times` is 1 when left out.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub enum Disturbance {
    /// They are not sent.
    Drop {
        /// How many are still to be hit.
        #[serde(default = "once")]
        times: u32,
    },
    /// Each is sent twice, one right after the other.
    Twice {
        /// How many are still to be hit.
        #[serde(default = "once")]
        times: u32,
    },
    /// They are held back until all of them are there, and then go out last first.
    Reverse {
        /// How many are still to be hit.
        #[serde(default = "once")]
        times: u32,
    },
    /// Each waits before it is sent, and those behind it wait as well.
    Wait {
        /// How many are still to be hit.
        #[serde(default = "once")]
        times: u32,
        /// How long, in real milliseconds.
        ms: u64,
    },
}

impl Disturbance {
    /// What is wrong with it, and what to write.
    pub(crate) fn check(&self) -> Result<(), String> {
        match self {
            Self::Drop { times: 0 } | Self::Twice { times: 0 } | Self::Wait { times: 0, .. } => {
                Err("times must be 1 or more".into())
            }
            Self::Reverse { times: 0 | 1 } => Err("times must be 2 or more: one alone has no other order".into()),
            Self::Wait { ms, .. } if *ms > LONGEST_MS => Err(format!("ms must be at most {LONGEST_MS}")),
            _ => Ok(()),
        }
    }

    fn times(&mut self) -> &mut u32 {
        match self {
            Self::Drop { times } | Self::Twice { times } | Self::Reverse { times } | Self::Wait { times, .. } => times,
        }
    }
}

/// What becomes of a push that has just been made.
#[derive(Debug)]
pub(crate) enum Fate {
    Send,
    Lost,
    Twice,
    Late(u64),
    /// It is to be given to [`Disturbances::hold`].
    Held,
}

#[derive(Debug, Default)]
pub(crate) struct Disturbances {
    waiting: VecDeque<Disturbance>,
    held: Vec<Push>,
}

impl Disturbances {
    pub(crate) fn add(&mut self, disturbance: Disturbance) -> usize {
        self.waiting.push_back(disturbance);
        self.waiting.len()
    }

    pub(crate) fn fate(&self) -> Fate {
        match self.waiting.front() {
            None => Fate::Send,
            Some(Disturbance::Drop { .. }) => Fate::Lost,
            Some(Disturbance::Twice { .. }) => Fate::Twice,
            Some(Disturbance::Reverse { .. }) => Fate::Held,
            Some(Disturbance::Wait { ms, .. }) => Fate::Late(*ms),
        }
    }

    /// One push was hit; whether that was the disturbance's last one.
    pub(crate) fn count(&mut self) -> bool {
        let Some(first) = self.waiting.front_mut() else { return false };
        *first.times() -= 1;
        let over = *first.times() == 0;
        if over {
            self.waiting.pop_front();
        }
        over
    }

    pub(crate) fn hold(&mut self, push: Push) {
        self.held.push(push);
    }

    /// What was held back, last first.
    pub(crate) fn release(&mut self) -> Vec<Push> {
        let mut held = std::mem::take(&mut self.held);
        held.reverse();
        held
    }

    /// Takes all back; how many there were.
    pub(crate) fn clear(&mut self) -> usize {
        std::mem::take(&mut self.waiting).len()
    }
}

fn once() -> u32 {
    1
}
