//! The one that holds something, and writes down when it begins and ends.
use super::Greeter;
use element::{Ctx, Error, ErrorKind, Result, code};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

static JOURNAL: Mutex<BTreeMap<String, Vec<String>>> = Mutex::new(BTreeMap::new());

/// What happened to the holders with this id; each test has its own.
pub(crate) fn journal(id: &str) -> Vec<String> {
    JOURNAL.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned().unwrap_or_default()
}

/// Holds something.
#[element::config]
pub(crate) struct Holder {
    /// Which part of the journal is its own.
    id: String,
    /// What it is called in there.
    #[serde(default)]
    label: String,
    /// What goes wrong.
    wrong: Option<Wrong>,
}

/// What goes wrong.
#[element::data]
#[derive(Copy, PartialEq)]
pub(crate) enum Wrong {
    /// `start` gives an error.
    StartFails,
    /// `start` panics.
    StartPanics,
    /// `stop` panics.
    StopPanics,
}

impl Holder {
    fn note(&self, what: &str) {
        let line = format!("{} {what}", self.label).trim().to_owned();
        JOURNAL.lock().unwrap_or_else(PoisonError::into_inner).entry(self.id.clone()).or_default().push(line);
    }
}

#[element::ty("greeters.HolderType", meta = Greeter)]
impl Holder {
    async fn greet(&self) -> Result<String> {
        Ok(format!("Holding {}", self.label))
    }

    /// Works for a while.
    async fn work(&self, ctx: &Ctx, ms: u64) -> Result<String> {
        self.note("works");
        ctx.sleep(Duration::from_millis(ms)).await?;
        self.note("worked");
        Ok(self.label.clone())
    }

    #[start]
    async fn begin(&self, _ctx: &Ctx) -> Result<()> {
        match self.wrong {
            Some(Wrong::StartFails) => Err(Error::new(ErrorKind::Upstream, code::UPSTREAM, "the door is locked")),
            Some(Wrong::StartPanics) => panic!("over the pin 4711"),
            _ => {
                self.note("starts");
                Ok(())
            }
        }
    }

    #[stop]
    async fn end(&self) -> Result<()> {
        self.note("stops");
        assert!(self.wrong != Some(Wrong::StopPanics), "over the pin 4711");
        Ok(())
    }
}
