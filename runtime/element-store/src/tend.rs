//! Tends a store that lasts: tries until it is ready, notices when it cannot be reached and when it can again, and takes
//! away what is over.
use crate::ready::{Parts, Trouble, why};
use element::Result;
use std::{
    sync::{Arc, Weak},
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};

/// How often it is looked whether the store answers, and how long its answer may take.
const LOOK: Duration = Duration::from_secs(1);
const ANSWER: Duration = Duration::from_secs(6);
/// The first pause before it is tried again to reach it, and the longest: it doubles.
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How often what is over is taken away.
const SWEEP: Duration = Duration::from_secs(60);

/// How a store stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// It answers.
    Ready,
    /// It does not answer now, for this reason; it is tried again.
    Away(String),
    /// It cannot be used as it is, and waiting does not help: in words for the operator.
    Unusable(String),
}

impl Condition {
    fn of(ready: Result<(), Trouble>) -> Self {
        match ready {
            Ok(()) => Self::Ready,
            Err(Trouble::Passing(why)) => Self::Away(why),
            Err(Trouble::Final(why)) => Self::Unusable(why),
        }
    }
}

/// A store that is tended, as long as this is held.
#[derive(Debug)]
pub(crate) struct Tending {
    parts: Parts,
    condition: watch::Sender<Condition>,
}

impl Tending {
    /// Tries once to make it ready, and goes on trying if that may help.
    ///
    /// # Errors
    /// In words for the operator, if it does not.
    pub(crate) async fn begin(parts: Parts) -> Result<Arc<Self>, String> {
        let condition = match Condition::of(parts.make_ready().await) {
            Condition::Unusable(why) => return Err(why),
            it => it,
        };
        tell(&Condition::Ready, &condition);
        count(&condition);
        let tending = Arc::new(Self { parts, condition: watch::Sender::new(condition) });
        tokio::spawn(tend(Arc::downgrade(&tending)));
        Ok(tending)
    }

    pub(crate) fn condition(&self) -> watch::Receiver<Condition> {
        self.condition.subscribe()
    }

    /// What hosts that share the store make keyed hashes with.
    pub(crate) fn fingerprint_key(&self) -> Result<[u8; 32]> {
        Ok(self.parts.seal.get()?.fingerprint_key)
    }

    /// Looks how it stands. What was ready once is only asked whether it answers: it comes back as it was.
    async fn look(&self, was_ready: bool) -> Condition {
        if !was_ready {
            // It takes the time that it takes: a key that is changed has all documents closed anew.
            return Condition::of(self.parts.make_ready().await);
        }
        match timeout(ANSWER, self.parts.ping()).await {
            Ok(Ok(())) => Condition::Ready,
            Ok(Err(e)) => Condition::Away(why(&e)),
            Err(_) => Condition::Away("it does not answer in time".to_owned()),
        }
    }

    /// Tells a change, once.
    fn is(&self, now: Condition) {
        self.condition.send_if_modified(|before| {
            let kind = std::mem::discriminant::<Condition>;
            let changed = kind(before) != kind(&now);
            if changed {
                tell(before, &now);
            }
            count(&now);
            *before = now;
            changed
        });
    }

    /// Is there more to take away?
    async fn sweep(&self) -> bool {
        let swept = self.parts.sweep().await;
        swept
            .inspect_err(|e| tracing::debug!(internal = %e.internal, "what is over cannot be taken away now: {e}"))
            .unwrap_or(false)
    }
}

/// Until the store is let go of, or found to be unusable.
async fn tend(tending: Weak<Tending>) {
    let (mut pause, mut sweep_at, mut was_ready) = (PAUSE, Instant::now() + SWEEP, false);
    loop {
        let Some(it) = tending.upgrade() else { return };
        let ready = *it.condition.borrow() == Condition::Ready;
        drop(it);
        if ready {
            (pause, was_ready) = (PAUSE, true);
        }
        sleep(if ready { LOOK } else { pause }).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
        let Some(it) = tending.upgrade() else { return };
        it.is(it.look(was_ready).await);
        if matches!(*it.condition.borrow(), Condition::Unusable(_)) {
            return;
        }
        if Instant::now() >= sweep_at && !it.sweep().await {
            sweep_at = Instant::now() + SWEEP;
        }
    }
}

fn count(now: &Condition) {
    metrics::gauge!("element_store_ready").set(f64::from(u8::from(*now == Condition::Ready)));
}

fn tell(before: &Condition, now: &Condition) {
    match now {
        Condition::Ready if before == now => {}
        Condition::Ready => tracing::info!("the store can be reached again"),
        Condition::Away(why) => {
            tracing::warn!("the store cannot be reached; calls that need it fail, and it is tried again: {why}");
        }
        Condition::Unusable(why) => tracing::error!("the store cannot be used: {why}"),
    }
}
