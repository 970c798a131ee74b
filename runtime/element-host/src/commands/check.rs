//! `element check`
use super::{Format, print};
use crate::{
    logging::{self, Log},
    open::{Provided, open},
};
use anyhow::Result;
use clap::Args;
use element_engine::{Diagnostic, Severity};
use std::{path::PathBuf, process::ExitCode};

/// Show every mistake in a folder of apps; the exit code is 1 if there is an error.
#[derive(Debug, Args)]
pub struct Check {
    /// The folder of the apps.
    #[arg(default_value = "apps")]
    apps: PathBuf,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    provided: Provided,
}

impl Check {
    pub(super) async fn run(self) -> Result<ExitCode> {
        logging::start(Log::Text, "error");
        let runtime = open(&self.apps, &self.provided, "http://127.0.0.1:8080").await?;
        let snapshot = runtime.snapshot();
        let found = &snapshot.diagnostics;
        match self.format {
            Format::Json => print(&serde_json::to_string_pretty(found)?)?,
            Format::Text => {
                for it in found {
                    print(&self.shown(it))?;
                }
                print(&summary(found))?;
            }
        }
        let failed = found.iter().any(|it| it.severity == Severity::Error);
        runtime.close().await;
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    /// With the folder before the file, so that a terminal or an editor finds it.
    fn shown(&self, it: &Diagnostic) -> String {
        let file = self.apps.join(&*it.file).display().to_string();
        Diagnostic { file: file.trim_end_matches('/').into(), ..it.clone() }.to_string()
    }
}

fn summary(found: &[Diagnostic]) -> String {
    let count = |severity, word| {
        let count = found.iter().filter(|it| it.severity == severity).count();
        format!("{count} {word}{}", if count == 1 { "" } else { "s" })
    };
    format!("{}, {}", count(Severity::Error, "error"), count(Severity::Warning, "warning"))
}
