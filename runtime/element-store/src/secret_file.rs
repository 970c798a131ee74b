//! A secret in a file of its own, which only its owner reads.
use std::{
    fmt,
    fs::{self, OpenOptions},
    hash::{BuildHasher, RandomState},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// Why there is no secret to be had from a file, in words for the operator.
#[derive(Debug)]
pub enum SecretFileError {
    /// It cannot be read.
    NotRead(PathBuf, io::Error),
    /// It cannot be made.
    NotMade(PathBuf, io::Error),
    /// Others than its owner may read it.
    Open(PathBuf),
}

impl fmt::Display for SecretFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRead(path, e) => write!(f, "`{}` cannot be read: {e}", path.display()),
            Self::NotMade(path, e) => write!(f, "`{}` cannot be made: {e}", path.display()),
            Self::Open(path) => write!(f, "others may read `{0}`: run `chmod 600 {0}`", path.display()),
        }
    }
}

impl std::error::Error for SecretFileError {}

/// What the file holds; `None`: there is no such file.
///
/// # Errors
/// It cannot be read, or others may read it too.
pub fn read(file: &Path) -> Result<Option<String>, SecretFileError> {
    let not_read = |e| SecretFileError::NotRead(file.to_owned(), e);
    let text = match fs::read_to_string(file) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(not_read)?,
    };
    let mode = fs::metadata(file).map_err(not_read)?.permissions().mode();
    if mode & 0o077 == 0 { Ok(Some(text)) } else { Err(SecretFileError::Open(file.to_owned())) }
}

/// Makes the file, and its folder. Gives what it holds: of several who make it at once, each gets what the first one put.
///
/// # Errors
/// It cannot be made; or as [`read`].
pub fn make(file: &Path, secret: &str) -> Result<String, SecretFileError> {
    let not_made = |e| SecretFileError::NotMade(file.to_owned(), e);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(not_made)?;
    }
    // Written beside its place first, so that it is there whole or not at all, also if this machine loses its power.
    let mut beside = file.as_os_str().to_owned();
    beside.push(format!(".{:016x}", RandomState::new().hash_one(std::process::id())));
    let mut new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside).map_err(not_made)?;
    let written = writeln!(new, "{secret}").and_then(|()| new.sync_all());
    let linked = written.and_then(|()| fs::hard_link(&beside, file));
    fs::remove_file(&beside).map_err(not_made)?;
    let folder = file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(folder).and_then(|it| it.sync_all()).map_err(not_made)?;
    match linked {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => Err(not_made(e)),
        _ => read(file)?.ok_or_else(|| not_made(io::ErrorKind::NotFound.into())),
    }
}
