//! What the operator says about code that comes in files.
use crate::linked;
use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, ValueEnum};
use element::AppId;
use element_engine::{Diagnostic, Key, Libraries, Registry, Trust, TrustMode};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Libraries with Types, and who may bring some.
#[derive(Debug, Clone, Default, Args)]
pub struct FromFiles {
    /// A library with Types, for the whole host; a new version put in its place goes live.
    #[arg(long, value_name = "FILE")]
    pub library: Vec<PathBuf>,
    /// A folder of such libraries.
    #[arg(long, value_name = "DIR", env = "ELEMENT_LIBRARIES")]
    pub libraries: Option<PathBuf>,
    /// An app that may bring libraries of its own, in the folders of its Types.
    #[arg(long, value_name = "APP")]
    pub allow_app_libraries: Vec<AppId>,
    /// Whose libraries run.
    #[command(flatten)]
    pub trusted: Trusted,
}

/// Whose libraries run.
#[derive(Debug, Clone, Default, Args)]
pub struct Trusted {
    /// What becomes of a library that nobody signed whose key is trusted. A wrong signature is refused whatever this says.
    #[arg(long, value_enum, default_value_t, value_name = "HOW", env = "ELEMENT_LIBRARY_TRUST")]
    pub library_trust: HowStrict,
    /// A public Ed25519 key, a PEM file, whose signatures are trusted.
    #[arg(long, value_name = "FILE")]
    pub library_key: Vec<PathBuf>,
}

/// What becomes of a library without a signature that is trusted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum HowStrict {
    /// It is loaded.
    #[default]
    Off,
    /// It is loaded, with a warning.
    Warn,
    /// It is refused.
    Require,
}

impl Trusted {
    /// As the engine wants it.
    ///
    /// # Errors
    /// A key cannot be read, or signatures are wanted and no key is trusted.
    pub fn trust(&self) -> Result<Trust> {
        let mode = match self.library_trust {
            HowStrict::Off => TrustMode::Off,
            HowStrict::Warn => TrustMode::Warn,
            HowStrict::Require => TrustMode::Require,
        };
        if mode == TrustMode::Require && self.library_key.is_empty() {
            bail!("`--library-trust require` needs a key to trust: `--library-key FILE`");
        }
        let keys = self.library_key.iter().map(|it| key(it)).collect::<Result<_>>()?;
        Ok(Trust { mode, keys })
    }
}

impl FromFiles {
    /// As the engine wants it.
    ///
    /// # Errors
    /// A file that was named is not there, or a key cannot be read.
    pub fn libraries(&self) -> Result<Libraries> {
        if let Some(it) = self.library.iter().find(|it| !it.exists()) {
            bail!("there is no library `{}`", it.display());
        }
        if let Some(it) = self.libraries.as_ref().filter(|it| !it.is_dir()) {
            bail!("there is no folder of libraries `{}`", it.display());
        }
        Ok(Libraries {
            files: self.library.clone(),
            folder: self.libraries.clone(),
            trust: self.trusted.trust()?,
            apps: self.allow_app_libraries.iter().cloned().collect(),
        })
    }

    /// What code offers, linked and in these libraries, for whoever only wants to know; and what is wrong with these.
    ///
    /// # Errors
    /// As [`libraries`](Self::libraries), or the program was not linked completely.
    pub fn registry(&self) -> Result<(Registry, Vec<Diagnostic>)> {
        Ok(linked::registry()?.with(&self.libraries()?))
    }
}

fn key(file: &Path) -> Result<Key> {
    let pem = fs::read_to_string(file).with_context(|| format!("`{}` cannot be read", file.display()))?;
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    Key::from_pem(&name, &pem).map_err(|e| anyhow!("`{}`: {e}", file.display()))
}
