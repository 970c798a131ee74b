//! The way of a push: into the queue of its callback, out in order, again when nothing good came back.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Notify;

use super::disturb::{Disturbance, Disturbances, Fate};
use super::envelope::{self, Receiver, Sealed};
use super::log::{PushAttempt, PushEntry, PushLog, PushOutcome};
use super::news::TICKET;
use super::send::{Answer, Sender};
use crate::Sim;
use crate::sim::Refused;

/// How often a push is sent again (page 96238).
const RETRIES: u32 = 3;

/// What a template's callback must answer; any other text is taken for an error.
const SUCCESS: &str = "success";

/// A document on its way.
#[derive(Clone, Debug)]
pub(crate) struct Push {
    pub(crate) to: Receiver,
    pub(crate) document: String,
    /// Its entry in the log.
    seq: u64,
    /// How long it waits before it is sent.
    wait_ms: u64,
    /// Whether it must be answered at once, as news of installs must.
    quick: bool,
}

/// The pushes of one callback: each waits for the one before it.
#[derive(Debug, Default)]
struct Line {
    waiting: VecDeque<Push>,
    /// Whether a task is at it.
    busy: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Inner {
    lines: BTreeMap<String, Line>,
    disturbances: Disturbances,
    log: PushLog,
}

#[derive(Debug, Default)]
pub(crate) struct Pushes {
    inner: Mutex<Inner>,
    pub(crate) sender: Sender,
    /// Something waits and nobody is at it, because it came from outside of a runtime.
    work: Notify,
    /// A task has come to its end.
    done: Notify,
}

impl Pushes {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sim {
    /// The pushes remembered, in the order of their events: the last thousand.
    pub fn pushes(&self) -> Vec<PushEntry> {
        self.read_pushes(|log| log.all().cloned().collect())
    }

    /// Reads the pushes remembered where they are.
    pub(crate) fn read_pushes<T>(&self, read: impl FnOnce(&PushLog) -> T) -> T {
        read(&self.shared.pushes.lock().log)
    }

    /// Waits until every push that is under way was delivered or given up. Those that a disturbance
    /// holds back are not waited for. It may take long: a test gives it a deadline.
    pub async fn pushes_done(&self) {
        loop {
            let mut done = std::pin::pin!(self.shared.pushes.done.notified());
            done.as_mut().enable();
            if self.shared.pushes.lock().lines.is_empty() {
                return;
            }
            self.start_sending();
            done.await;
        }
    }

    /// Disturbs the next pushes; how many disturbances wait.
    ///
    /// # Errors
    ///
    /// When a number is out of range.
    pub fn disturb_pushes(&self, disturbance: Disturbance) -> Result<usize, Refused> {
        disturbance.check().map_err(Refused)?;
        Ok(self.shared.pushes.lock().disturbances.add(disturbance))
    }

    /// Takes all disturbances back, and lets go what they hold, last first; how many there were.
    pub fn clear_disturbances(&self) -> usize {
        let mut inner = self.shared.pushes.lock();
        let removed = inner.disturbances.clear();
        inner.release();
        drop(inner);
        self.start_sending();
        removed
    }

    /// Puts a document into the queue of its receiver, unless a disturbance is in the way.
    pub(crate) fn push(&self, to: Receiver, event: &str, document: String) {
        let unix_ms = self.now_ms();
        let mut inner = self.shared.pushes.lock();
        let seq = inner.log.record(unix_ms, &to.name, event, &document);
        let quick = to.is_template && event != TICKET;
        let push = Push { to, document, seq, wait_ms: 0, quick };
        let fate = inner.disturbances.fate();
        let last = inner.disturbances.count();
        match fate {
            Fate::Send => inner.put(push),
            Fate::Lost => inner.log.set(seq, PushOutcome::Dropped),
            Fate::Late(wait_ms) => inner.put(Push { wait_ms, ..push }),
            Fate::Twice => {
                let seq = inner.log.record(unix_ms, &push.to.name, event, &push.document);
                inner.put(push.clone());
                inner.put(Push { seq, ..push });
            }
            Fate::Held => {
                inner.log.set(seq, PushOutcome::Held);
                inner.disturbances.hold(push);
                if last {
                    inner.release();
                }
            }
        }
        drop(inner);
        self.start_sending();
    }

    /// A task for every callback that has pushes and none at work. Outside of a runtime whoever serves
    /// is asked to do it.
    fn start_sending(&self) {
        let pushes = &self.shared.pushes;
        let Ok(runtime) = Handle::try_current() else { return pushes.work.notify_one() };
        let mut idle = Vec::new();
        for (name, line) in pushes.lock().lines.iter_mut().filter(|(_, line)| !line.busy) {
            line.busy = true;
            idle.push(AtWork { sim: self.clone(), name: name.clone(), over: false });
        }
        for at_work in idle {
            runtime.spawn(at_work.send_all());
        }
    }

    /// Starts what comes from outside of a runtime, for as long as it is awaited.
    pub(crate) async fn keep_sending(&self) {
        loop {
            self.start_sending();
            self.shared.pushes.work.notified().await;
        }
    }
}

impl Inner {
    fn put(&mut self, push: Push) {
        self.lines.entry(push.to.name.clone()).or_default().waiting.push_back(push);
    }

    fn release(&mut self) {
        for push in self.disturbances.release() {
            self.log.set(push.seq, PushOutcome::Waiting);
            self.put(push);
        }
    }
}

/// A task at work on the queue of one callback. When it is dropped before the end, with its runtime,
/// another one can take over.
struct AtWork {
    sim: Sim,
    name: String,
    over: bool,
}

impl AtWork {
    async fn send_all(mut self) {
        while let Some(push) = self.next() {
            let outcome = self.send(&push).await;
            let mut inner = self.sim.shared.pushes.lock();
            inner.log.set(push.seq, outcome);
            if let Some(line) = inner.lines.get_mut(&self.name) {
                line.waiting.pop_front();
            }
        }
    }

    /// The next push, which stays in the queue until it is done with. Without one the work is over.
    fn next(&mut self) -> Option<Push> {
        let mut inner = self.sim.shared.pushes.lock();
        let next = inner.lines.get(&self.name).and_then(|line| line.waiting.front().cloned());
        if next.is_none() {
            inner.lines.remove(&self.name);
            self.over = true;
        }
        next
    }

    async fn send(&self, push: &Push) -> PushOutcome {
        let (sim, options) = (&self.sim, &self.sim.shared.options);
        tokio::time::sleep(Duration::from_millis(push.wait_ms)).await;
        let deadline = if push.quick { options.suite_deadline_ms } else { options.push_deadline_ms };
        for retry in 0..=RETRIES {
            if retry > 0 {
                tokio::time::sleep(Duration::from_millis(options.push_retry_ms)).await;
            }
            let unix_ms = sim.now_ms();
            let answer = sim.post(push, Duration::from_millis(deadline)).await;
            sim.shared.pushes.lock().log.tried(push.seq, PushAttempt::new(unix_ms, &answer));
            if answer.is_ok_and(|answer| push.to.takes(&answer)) {
                return PushOutcome::Delivered;
            }
        }
        tracing::warn!(to = push.to.name, url = push.to.callback.url, "a push was given up; see GET /sim/pushes");
        PushOutcome::Failed
    }
}

impl Receiver {
    /// Whether it has taken a push: any 200 will do, but of a template's.
    fn takes(&self, answer: &Answer) -> bool {
        answer.status == 200 && (!self.is_template || answer.body == SUCCESS)
    }
}

impl Sim {
    /// The same document every time, sealed and signed anew. Whether WeCom does so is not documented.
    async fn post(&self, push: &Push, deadline: Duration) -> Result<Answer, String> {
        let sealed = Sealed::new(&push.to.callback, &self.stamp(), &push.document, &push.to.receive_id)?;
        self.shared.pushes.sender.send(&envelope::post(&push.to, &sealed)?, deadline).await
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        let pushes = &self.sim.shared.pushes;
        if !self.over {
            if let Some(line) = pushes.lock().lines.get_mut(&self.name) {
                line.busy = false;
            }
            pushes.work.notify_one();
        }
        pushes.done.notify_waiters();
    }
}
