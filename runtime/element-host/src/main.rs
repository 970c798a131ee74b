//! The command `element`.
use anyhow::Result;
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
async fn main() -> Result<ExitCode> {
    Cli::parse().command.run().await
}
