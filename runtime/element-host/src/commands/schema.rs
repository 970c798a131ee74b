//! `element schema`
use super::print;
use crate::libraries::FromFiles;
use anyhow::{Result, bail};
use clap::Args;
use element::did_you_mean;
use std::process::ExitCode;

/// Print the JSON Schema of a Type's config.
#[derive(Debug, Args)]
pub struct Schema {
    /// The Type's full name.
    ty: String,
    #[command(flatten)]
    from_files: FromFiles,
}

impl Schema {
    pub(super) fn run(self) -> Result<ExitCode> {
        let (registry, wrong) = self.from_files.registry()?;
        super::complain(&wrong);
        let Some(ty) = registry.ty(&self.ty) else {
            let near = did_you_mean(&self.ty, registry.types().map(|it| it.info.full_name.as_str()));
            bail!("there is no Type `{}`{near}", self.ty);
        };
        match &ty.info.schema {
            Some(schema) => print(&serde_json::to_string_pretty(schema)?)?,
            None => bail!("`{}` has no config", self.ty),
        }
        Ok(ExitCode::SUCCESS)
    }
}
