//! The command `element`.
use clap::Parser;
use element_host::commands::Command;
use std::{process::ExitCode, time::Duration};

/// Runs applications that are made of elements.
#[derive(Debug, Parser)]
#[command(name = "element", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Work on other threads that does not end, such as reading from a dead network disk, does not keep the process.
const LAST_WORK: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let result = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Into::into).and_then(|runtime| {
        let result = runtime.block_on(command.run());
        runtime.shutdown_timeout(LAST_WORK);
        result
    });
    result.unwrap_or_else(|e| {
        // In one line and never with a backtrace: it is for whoever gave the command.
        eprintln!("error: {e:#}");
        ExitCode::FAILURE
    })
}
