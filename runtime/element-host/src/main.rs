//! The command `element`.
use clap::Parser;
use element_host::commands::Command;
use std::process::ExitCode;

/// Runs applications that are made of elements.
#[derive(Debug, Parser)]
#[command(name = "element", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[tokio::main]
async fn main() -> ExitCode {
    Cli::parse().command.run().await.unwrap_or_else(|e| {
        // In one line and never with a backtrace: it is for whoever gave the command.
        eprintln!("error: {e:#}");
        ExitCode::FAILURE
    })
}
