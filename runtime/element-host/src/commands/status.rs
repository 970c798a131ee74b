//! `element status`
use super::{Format, many, print, remote::Host, table};
use anyhow::{Result, bail};
use clap::Args;
use element::host::{Clock, SystemClock};
use serde_json::Value;
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
        let status = remote.get("/status").await?;
        match self.format {
            Format::Json if self.watch => print(&status.to_string())?,
            Format::Json => print(&serde_json::to_string_pretty(&status)?)?,
            Format::Text => print(&text(&status))?,
        }
        let Some(mut changes) = changes else { return Ok(ExitCode::SUCCESS) };
        while let Some(line) = changes.next().await? {
            match self.format {
                Format::Json => print(&line)?,
                Format::Text => print(&commit(&serde_json::from_str(&line)?))?,
            }
        }
        bail!("the host has stopped")
    }
}

/// How it goes, for people.
pub(super) fn text(status: &Value) -> String {
    let number = |value: &Value| value.as_u64().unwrap_or_default();
    let watch = &status["watch"];
    let mut text = format!(
        "generation {}: {}, {}; edits are noticed: {}",
        number(&status["generation"]),
        many(number(&status["apps"]), "app"),
        many(number(&status["elements"]), "element"),
        watch["mode"].as_str().unwrap_or_default(),
    );
    if let Some(reason) = watch["reason"].as_str() {
        text.push_str(&format!(" ({reason})"));
    }
    let troubled = status["troubled"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !troubled.is_empty() {
        let head = ["APP", "ELEMENT", "STATE", "SINCE"].map(String::from).to_vec();
        let rows: Vec<Vec<String>> = std::iter::once(head).chain(troubled.iter().map(row)).collect();
        text.push_str(&format!("\n\n{}", table(&rows)));
    }
    let diagnostics = diagnostics(status);
    if !diagnostics.is_empty() {
        text.push_str(&format!("\n\n{diagnostics}"));
    }
    text
}

fn row(it: &Value) -> Vec<String> {
    let word = |key: &str| it[key].as_str().unwrap_or_default().to_owned();
    let state = match it["serves"].as_u64() {
        Some(serves) => format!("{}, generation {serves} serves", word("state")),
        None => word("state"),
    };
    vec![word("app"), word("element"), state, ago(SystemClock.now() - it["since"].as_i64().unwrap_or_default())]
}

fn ago(ms: i64) -> String {
    match ms / 1_000 {
        it @ ..120 => format!("{} s ago", it.max(0)),
        it @ ..7_200 => format!("{} min ago", it / 60),
        it @ ..172_800 => format!("{} h ago", it / 3_600),
        it => format!("{} days ago", it / 86_400),
    }
}

/// What is wrong with files, in the words that everyone sees.
pub(super) fn diagnostics(of: &Value) -> String {
    let all = of["diagnostics"].as_array().into_iter().flatten();
    all.map(diagnostic).collect::<Vec<_>>().join("\n")
}

fn diagnostic(it: &Value) -> String {
    let word = |key: &str| it[key].as_str().unwrap_or_default();
    let file = if word("file").is_empty() { "." } else { word("file") };
    let place = match (it["place"]["line"].as_u64(), it["place"]["column"].as_u64()) {
        (Some(line), Some(column)) => format!(":{line}:{column}"),
        _ => String::new(),
    };
    let help = it["help"].as_str().map(|help| format!("\n    help: {help}")).unwrap_or_default();
    format!("{file}{place}: {}[{}]: {}{help}", word("severity"), word("code"), word("message"))
}

/// One change, for people.
fn commit(it: &Value) -> String {
    if let Some(missed) = it["missed"].as_u64() {
        return format!("{missed} changes were missed");
    }
    let mut lines = vec![format!("generation {}, {} ms after the edit", it["generation"], it["ms"])];
    for change in it["changes"].as_array().into_iter().flatten() {
        let word = |key: &str| change[key].as_str().unwrap_or_default();
        lines.push(format!("  {} {}: {}", word("app"), word("element"), word("what")).replace(" :", ":"));
    }
    let wrong = diagnostics(it);
    if !wrong.is_empty() {
        lines.push(wrong);
    }
    lines.join("\n")
}
