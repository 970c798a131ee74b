//! `element check`
use super::{Format, Look, many, print};
use anyhow::Result;
use clap::Args;
use element_engine::{Diagnostic, Severity};
use std::process::ExitCode;

/// Show every mistake in a folder of apps; the exit code is 1 if there is an error.
#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    look: Look,
}

impl Check {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let runtime = self.look.open().await?;
        let snapshot = runtime.snapshot();
        let found = snapshot.diagnostics();
        match self.look.format {
            Format::Json => print(&serde_json::to_string_pretty(&found)?)?,
            Format::Text => {
                for it in &found {
                    print(&it.under(&self.look.apps).to_string())?;
                }
                print(&summary(&found))?;
            }
        }
        let failed = found.iter().any(|it| it.severity == Severity::Error);
        runtime.close().await;
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn summary(found: &[&Diagnostic]) -> String {
    let count = |severity, word| many(found.iter().filter(|it| it.severity == severity).count() as u64, word);
    format!("{}, {}", count(Severity::Error, "error"), count(Severity::Warning, "warning"))
}
