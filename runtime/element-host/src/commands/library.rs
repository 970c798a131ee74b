//! `element library`
use super::{Format, print};
use crate::libraries::Trusted;
use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, Subcommand};
use element_engine::{SIGNATURE, Signature, Verified, ask_library, verify_library};
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
    /// Show who signed a library, without running any of it; the exit code is 1 if a host would not load it.
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
        let library = ask_library(&self.file.to_string_lossy(), &read(&self.file)?).map_err(|e| anyhow!("{e}"))?;
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
        let (path, bytes, trust) = (self.file.to_string_lossy(), read(&self.file)?, self.trusted.trust()?);
        let library = verify_library(&path, &bytes, signature.as_deref(), &trust).map_err(|e| anyhow!("{e}"))?;
        print(&match self.format {
            Format::Json => serde_json::to_string_pretty(&library)?,
            Format::Text => text(&library),
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("`{}` cannot be read", file.display()))
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(SIGNATURE);
    name.into()
}

fn text(it: &Verified) -> String {
    let signed = match (&it.signature, &it.signed_by) {
        (None, _) => "not signed: nobody says what it is".to_owned(),
        (Some(Signature { name, version, target, .. }), by) => {
            let by = by.as_ref().map_or("nobody who is trusted here".into(), |it| format!("{it}, who is trusted"));
            format!("{name} {version} for {target}, signed by {by}")
        }
    };
    format!("SHA-256 {}\n{signed}", it.sha256)
}
