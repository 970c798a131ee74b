//! `element status`
use super::{Format, found_in, many, print, remote::Host, table};
use crate::vitals::{Condition, Told as Vitals};
use anyhow::{Result, bail};
use clap::Args;
use element::host::{Clock, SystemClock};
use element_engine::{Commit, Troubled};
use serde::Deserialize;
use std::process::ExitCode;

/// Show what a running host serves and what it does not, and whether it notices edits.
#[derive(Debug, Args)]
pub struct Status {
    /// Go on, with a line for each change.
    #[arg(long)]
    watch: bool,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    host: Host,
}

impl Status {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let remote = self.host.remote();
        // Whatever changes between the two is told twice rather than never.
        let changes = if self.watch { Some(remote.lines("/changes").await?) } else { None };
        let condition: Condition = remote.get("/status").await?;
        match self.format {
            Format::Json if self.watch => print(&serde_json::to_string(&condition)?)?,
            Format::Json => print(&serde_json::to_string_pretty(&condition)?)?,
            Format::Text => print(&(text(&condition.status) + &vitals(&condition.vitals)))?,
        }
        let Some(mut changes) = changes else { return Ok(ExitCode::SUCCESS) };
        while let Some(line) = changes.next().await? {
            match self.format {
                Format::Json => print(&line)?,
                Format::Text => print(&line_of_change(&serde_json::from_str(&line)?))?,
            }
        }
        bail!("the host has stopped")
    }
}

/// How it goes, for people.
pub(super) fn text(status: &element_engine::Status) -> String {
    let (apps, elements) = (many(status.apps as u64, "app"), many(status.elements as u64, "element"));
    let mut text = format!("generation {}: {apps}, {elements}; edits are noticed: {}", status.generation, status.watch.mode);
    if let Some(reason) = &status.watch.reason {
        text.push_str(&format!(" ({reason})"));
    }
    if let Some(why) = &status.store {
        text.push_str(&format!("\nthe store cannot be reached, and calls that need it fail: {why}"));
    }
    for it in &status.libraries.loaded {
        text.push_str(&format!("\n{} {}{}", it.name, it.version, found_in(it)));
    }
    if status.libraries.retained > 0 {
        let more: String = match status.libraries.retained {
            1 => "1 library".into(),
            it => format!("{it} libraries"),
        };
        text.push_str(&format!("\n{more} that nothing is made of any more: they go when the host is started again"));
    }
    if !status.troubled.is_empty() {
        let head = ["APP", "ELEMENT", "STATE", "SINCE"].map(String::from).to_vec();
        let rows: Vec<Vec<String>> = std::iter::once(head).chain(status.troubled.iter().map(row)).collect();
        text.push_str(&format!("\n\n{}", table(&rows)));
    }
    if !status.diagnostics.is_empty() {
        text.push_str(&format!("\n\n{}", lines(&status.diagnostics)));
    }
    text
}

/// What elements tell of themselves, under all the rest.
fn vitals(told: &[Vitals]) -> String {
    if told.is_empty() {
        return String::new();
    }
    let head = ["APP", "ELEMENT", "VITAL", "OF", "VALUE"].map(String::from).to_vec();
    let row = |Vitals { app, element, vital }: &Vitals| {
        let value = vital.value.map_or_else(|| "never".into(), |it| it.to_string());
        vec![app.clone(), element.clone(), vital.name.clone(), vital.of.clone(), value]
    };
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(told.iter().map(row)).collect();
    format!("\n\n{}", table(&rows))
}

fn lines(of: &[impl ToString]) -> String {
    of.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn row(it: &Troubled) -> Vec<String> {
    let state = match it.serves {
        Some(serves) => format!("{}, generation {serves} serves", it.state),
        None => it.state.clone(),
    };
    vec![it.app.to_string(), it.element.to_string(), state, ago(SystemClock.now() - it.since)]
}

pub(super) fn ago(ms: i64) -> String {
    match ms / 1_000 {
        it @ ..120 => format!("{} s ago", it.max(0)),
        it @ ..7_200 => format!("{} min ago", it / 60),
        it @ ..172_800 => format!("{} h ago", it / 3_600),
        it => format!("{} days ago", it / 86_400),
    }
}

/// A line of `/changes`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    Missed { missed: u64 },
    Commit(Commit),
}

/// One line, for people.
fn line_of_change(it: &Told) -> String {
    let commit = match it {
        Told::Missed { missed } => return format!("{missed} changes were missed"),
        Told::Commit(it) => it,
    };
    let mut text = format!("generation {}, {} ms after the edit", commit.generation, commit.ms);
    commit.changes.iter().for_each(|it| text.push_str(&format!("\n  {it}")));
    if !commit.diagnostics.is_empty() {
        text.push_str(&format!("\n{}", lines(&commit.diagnostics)));
    }
    text
}
