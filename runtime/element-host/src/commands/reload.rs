//! `element reload`
use super::{print, remote::Host, status};
use anyhow::Result;
use clap::Args;
use serde_json::Value;
use std::process::ExitCode;

/// Have a running host look at all files again.
#[derive(Debug, Args)]
pub struct Reload {
    /// Return when every edit made before is live, or say why not; the exit code is 1 if there is an error.
    #[arg(long)]
    wait: bool,
    #[command(flatten)]
    host: Host,
}

impl Reload {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let remote = self.host.remote();
        if !self.wait {
            remote.post("/reload").await?;
            print("the host looks at all files again: `element status` shows what comes of it")?;
            return Ok(ExitCode::SUCCESS);
        }
        let status = remote.post("/reload?wait=true").await?;
        print(&status::text(&status))?;
        let is_error = |it: &Value| it["severity"] == "error";
        let failed = status["diagnostics"].as_array().is_some_and(|it| it.iter().any(is_error));
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}
