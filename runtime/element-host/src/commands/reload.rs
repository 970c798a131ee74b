//! `element reload`
use super::{print, remote::Host, status};
use anyhow::Result;
use clap::Args;
use element_engine::{Severity, Status};
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
            remote.post::<Status>("/reload").await?;
            print("the host looks at all files again: `element status` shows what comes of it")?;
            return Ok(ExitCode::SUCCESS);
        }
        let status: Status = remote.post("/reload?wait=true").await?;
        print(&status::text(&status))?;
        let failed = status.diagnostics.iter().any(|it| it.severity == Severity::Error);
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}
