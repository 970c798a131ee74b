//! The log: one line for each thing that happens, on standard error, for people or for programs.
use clap::ValueEnum;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Log {
    /// For people.
    #[default]
    Text,
    /// One JSON object for each line.
    Json,
}

/// Starts the log. `RUST_LOG` chooses what is in it; without that, everything from `usual` up.
pub fn start(log: Log, usual: &str) {
    // notify warns of every folder that is taken away, that it has no watch to give back for it.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(format!("{usual},notify=off")));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let lines = lines.with_ansi(std::io::stderr().is_terminal());
    // A program that embeds the host may have started its own log already: then that one has the lines.
    let _ = match log {
        Log::Text => lines.try_init(),
        Log::Json => lines.json().flatten_event(true).try_init(),
    };
}
