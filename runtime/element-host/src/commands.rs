//! The commands, one file each.
mod call;
mod callbacks;
mod check;
mod explain;
mod library;
mod list;
mod reload;
mod remote;
mod schema;
mod serve;
mod simulate;
mod status;
mod stop;
mod types;

use crate::{
    logging::{self, Log},
    open::{Provided, look},
};
use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};
use element::def::MethodKind;
use element_engine::{Diagnostic, LibraryInfo, Runtime};
use std::{io::Write, path::PathBuf, process::ExitCode};
use unicode_width::UnicodeWidthStr;

/// What `element` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve a folder of apps over HTTP.
    Serve(serve::Serve),
    /// Show every mistake in a folder of apps; the exit code is 1 if there is an error.
    Check(check::Check),
    /// Call a method of an element and print the result as JSON.
    Call(call::Call),
    /// Show every element that apps see, with its Type, its state, and the app that it is inherited from.
    List(list::List),
    /// Show where every part of an element comes from, as an app sees it.
    Explain(explain::Explain),
    /// Show what a running host serves and what it does not, and whether it notices edits.
    Status(status::Status),
    /// Have a running host look at all files again.
    Reload(reload::Reload),
    /// Show what providers pushed to a running host, and have what failed tried again.
    Callbacks(callbacks::Callbacks),
    /// Show every Meta, Type, service and model that code offers, with their methods.
    Types(types::Types),
    /// Print the JSON Schema of a Type's config.
    Schema(schema::Schema),
    /// Sign a library of Types, or look at one with its signature.
    Library(library::Library),
}

pub use simulate::SETTINGS as SIMULATED;

/// How answers are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Command {
    /// Runs the command; the exit code is its answer to scripts.
    ///
    /// # Errors
    /// It could not be run at all.
    pub async fn run(self) -> Result<ExitCode> {
        match self {
            Self::Serve(it) => it.run().await,
            Self::Check(it) => it.run().await,
            Self::Call(it) => it.run().await,
            Self::List(it) => it.run().await,
            Self::Explain(it) => it.run().await,
            Self::Status(it) => it.run().await,
            Self::Reload(it) => it.run().await,
            Self::Callbacks(it) => it.run().await,
            Self::Types(it) => it.run(),
            Self::Schema(it) => it.run(),
            Self::Library(it) => it.run(),
        }
    }
}

/// What commands share that look at a folder of apps and show what they find.
#[derive(Debug, Args)]
struct Look {
    /// The folder of the apps.
    #[arg(default_value = "apps")]
    apps: PathBuf,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    provided: Provided,
}

impl Look {
    async fn open(&self) -> Result<Runtime> {
        logging::start(Log::Text, "error");
        look(&self.apps, &self.provided).await
    }
}

/// The one writer of answers to standard output. A reader that went away (`element list | head`) is no mistake; and what
/// somebody wrote into a file does not steer the terminal.
fn print(text: &str) -> Result<()> {
    let text = unsteered(text);
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()) {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

fn unsteered(text: &str) -> String {
    let steers = |it: char| it.is_control() && it != '\n';
    text.replace(steers, "\u{FFFD}")
}

/// Tells what is wrong with files, beside an answer.
fn complain(wrong: &[Diagnostic]) {
    for it in wrong {
        complain_of(&it.to_string());
    }
}

fn complain_of(what: &str) {
    // Nothing depends on it.
    let _ = writeln!(std::io::stderr(), "{}", unsteered(what));
}

/// Which library something comes from.
fn found_in(it: &LibraryInfo) -> String {
    format!(" in {}, SHA-256 {}", it.path, it.sha256)
}

/// Where a method is called over HTTP.
fn path_of(app: &str, element: &str, method: &str) -> String {
    format!("/api/{}/{}/{method}", app.replacen('.', "/", 1), element.replace('.', "/"))
}

/// How a method is called, in a word, if it is not as most are.
const fn kind_word(kind: MethodKind, long: bool, get: bool) -> &'static str {
    match kind {
        MethodKind::Property => "property",
        MethodKind::Raw => "raw",
        MethodKind::Method if long => "long",
        MethodKind::Method if get => "get",
        MethodKind::Method => "",
    }
}

/// So many of something, in words.
fn many(count: u64, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// Columns as wide as their widest cell; the last one as it comes. A Chinese character is as wide as two others.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let wide = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(wide).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell}{}", " ".repeat(width - cell.width())));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
