//! The administrators' token: 256 random bits in a file that only the operator reads.
use anyhow::{Context, Result, bail};
use element::{Secret, host::Random};
use element_engine::SystemRandom;
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};
use subtle::ConstantTimeEq;

/// Proves that a caller is an administrator.
#[derive(Debug, Clone)]
pub struct AdminToken(Secret);

impl AdminToken {
    /// Where the token stands in a data folder.
    #[must_use]
    pub fn path(data: &Path) -> PathBuf {
        data.join("admin.token")
    }

    /// Reads the token; makes one, readable by its owner alone, if there is none.
    ///
    /// # Errors
    /// The file cannot be read or made, others may read it, or it holds no token.
    pub fn read_or_make(data: &Path) -> Result<Self> {
        let path = Self::path(data);
        if !path.exists() {
            fs::create_dir_all(data).with_context(|| format!("the data folder `{}` cannot be made", data.display()))?;
            let mut bytes = [0; 32];
            SystemRandom.fill(&mut bytes);
            let token = base16ct::lower::encode_string(&bytes);
            let mut options = fs::OpenOptions::new();
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            match options.write(true).create_new(true).open(&path) {
                Ok(mut file) => writeln!(file, "{token}")?,
                // Another host on the same folder was faster: its token counts.
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(e).with_context(|| format!("`{}` cannot be made", path.display())),
            }
        }
        Self::read(data)
    }

    /// Reads the token.
    ///
    /// # Errors
    /// There is none, others may read it, or the file holds something else.
    pub fn read(data: &Path) -> Result<Self> {
        let path = Self::path(data);
        let text = fs::read_to_string(&path)
            .with_context(|| format!("the administrators' token `{}` cannot be read", path.display()))?;
        #[cfg(unix)]
        if std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path)?.permissions()) & 0o077 != 0 {
            bail!(
                "others may read `{0}`: run `chmod 600 {0}`, or take the file away and a new token is made",
                path.display()
            );
        }
        let token = text.trim();
        if token.len() < 32 {
            bail!("`{}` holds no token: take the file away and a new one is made", path.display());
        }
        Ok(Self(token.to_owned().into()))
    }

    /// Is this the token? Takes the same time whatever the answer.
    #[must_use]
    pub fn is(&self, candidate: &str) -> bool {
        self.0.expose().as_bytes().ct_eq(candidate.as_bytes()).into()
    }

    /// The token itself, for the one header that carries it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}
