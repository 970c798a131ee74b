//! The administrators' token: 256 random bits in a file that only the operator reads.
use anyhow::{Error, Result, anyhow, bail};
use element::{Secret, host::Random};
use element_engine::SystemRandom;
use element_store::secret_file::{self, SecretFileError};
use std::path::{Path, PathBuf};
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
        let text = match secret_file::read(&path).map_err(|e| told(&e))? {
            Some(it) => it,
            None => {
                let mut bytes = [0; 32];
                SystemRandom.fill(&mut bytes);
                // If another host on the same folder was faster, its token counts.
                secret_file::make(&path, &base16ct::lower::encode_string(&bytes)).map_err(|e| told(&e))?
            }
        };
        Self::of(&text, &path)
    }

    /// Reads the token.
    ///
    /// # Errors
    /// There is none, others may read it, or the file holds something else.
    pub fn read(data: &Path) -> Result<Self> {
        let path = Self::path(data);
        match secret_file::read(&path).map_err(|e| told(&e))? {
            Some(text) => Self::of(&text, &path),
            None => bail!("the administrators' token: there is no `{}`", path.display()),
        }
    }

    fn of(text: &str, path: &Path) -> Result<Self> {
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

fn told(e: &SecretFileError) -> Error {
    match e {
        SecretFileError::Open(_) => anyhow!("{e}, or take the file away and a new token is made"),
        _ => anyhow!("the administrators' token: {e}"),
    }
}
