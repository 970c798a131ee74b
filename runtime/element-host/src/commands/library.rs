//! `element library`
use super::{Format, print};
use crate::libraries::Trusted;
use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, Subcommand};
use element_engine::{LibraryInfo, SIGNATURE, Signature, Trust, look_at_library};
use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Sign a library, or look at one with its signature.
#[derive(Debug, Args)]
pub struct Library {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Write a signature beside a library. Its code is loaded, to ask it what it is.
    Sign(Sign),
    /// Show what a library is and who signed it; the exit code is 1 if a host would not load it.
    Verify(Verify),
}

#[derive(Debug, Args)]
struct Sign {
    /// The library.
    file: PathBuf,
    /// The private Ed25519 key, a PEM file; `openssl genpkey -algorithm ed25519 -out key.pem` makes one.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

#[derive(Debug, Args)]
struct Verify {
    /// The library.
    file: PathBuf,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    trusted: Trusted,
}

impl Library {
    pub(super) fn run(self) -> Result<ExitCode> {
        match self.what {
            What::Sign(it) => it.run(),
            What::Verify(it) => it.run(),
        }
    }
}

impl Sign {
    fn run(self) -> Result<ExitCode> {
        let pem = fs::read_to_string(&self.key).with_context(|| format!("`{}` cannot be read", self.key.display()))?;
        // A signature that was there before is of another file, perhaps.
        let library = look(&self.file, None, &Trust::default())?;
        let signature = Signature::make(&library, &pem).map_err(|e| anyhow!("`{}`: {e}", self.key.display()))?;
        let beside = beside(&self.file);
        fs::write(&beside, serde_json::to_string_pretty(&signature)? + "\n")
            .with_context(|| format!("`{}` cannot be written", beside.display()))?;
        print(&format!("signed {} {} for {} in {}", library.name, library.version, library.target, beside.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Verify {
    fn run(self) -> Result<ExitCode> {
        let beside = beside(&self.file);
        let signature = match fs::read(&beside) {
            Ok(it) => Some(it),
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            Err(e) => bail!("`{}` cannot be read: {e}", beside.display()),
        };
        let library = look(&self.file, signature.as_deref(), &self.trusted.trust()?)?;
        print(&match self.format {
            Format::Json => serde_json::to_string_pretty(&library)?,
            Format::Text => text(&library, signature.is_some()),
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

fn look(file: &Path, signature: Option<&[u8]>, trust: &Trust) -> Result<LibraryInfo> {
    let bytes = fs::read(file).with_context(|| format!("`{}` cannot be read", file.display()))?;
    look_at_library(&file.to_string_lossy(), &bytes, signature, trust).map_err(|e| anyhow!("{e}"))
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(SIGNATURE);
    name.into()
}

fn text(it: &LibraryInfo, signed: bool) -> String {
    let LibraryInfo { name, version, sha256, target, made_with, .. } = it;
    let signed = match (&it.signed_by, signed) {
        (Some(by), _) => format!("signed by {by}, who is trusted"),
        (None, true) => "signed by nobody who is trusted here".into(),
        (None, false) => "not signed".into(),
    };
    format!("{name} {version}, for {target}, made with {made_with}\nSHA-256 {sha256}\n{signed}")
}
