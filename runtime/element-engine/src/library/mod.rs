//! Types from dynamic libraries: the host's side of the C line ([`element::abi`]).
//!
//! ```text
//! file ──► shelf ──► signature ──► inspect ──► image ──► handshake ──► registry
//!          is it new?  whose?      what is it?  mapped    tables read   its Types, in service
//!                                                                       │
//!                     library's code ◄── far ◄── a call ────────────────┘
//!                          └── asks ──► calls ──► the engine
//! ```
//!
//! Until `image` nothing of a library's code runs. From there on it is trusted with the process, as linked code is; what can be
//! found out without harm about one that is broken is found out all the same. A library is never unloaded: code of it may
//! run, or be waiting, anywhere.
mod calls;
mod far;
mod handshake;
mod image;
mod inspect;
mod mapped;
mod of_apps;
mod shelf;
mod signature;

pub use signature::{Key, SIGNATURE, Signature, Trust, TrustMode};

pub(crate) use far::build;
pub(crate) use image::{Image, mapped as mapped_images};
pub(crate) use of_apps::{Looking, OfApps, file_name};
pub(crate) use shelf::Shelf;

use crate::{Diagnostic, Severity};
use base16ct::lower::encode_string;
use element::def::TypeInfo;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{borrow::Cow, path::Path, sync::Arc};

/// A larger file is something else.
pub const LIBRARY_LIMIT: u64 = 512 << 20;

/// A library as it was found in a file, for people and programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LibraryInfo {
    /// Where its file is: what the operator named, or below the apps root.
    pub path: Arc<str>,
    /// The package that its Types come from.
    pub name: String,
    /// That package's version.
    pub version: String,
    /// Of the file's bytes, in hex.
    pub sha256: String,
    /// What it was built for.
    pub target: String,
    /// What it was made with.
    pub made_with: String,
    /// Who signed it, if somebody did whom the operator trusts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<String>,
}

/// A library that can be used.
#[derive(Debug)]
pub(crate) struct Library {
    /// What is known of it.
    pub(crate) info: LibraryInfo,
    pub(crate) image: &'static Image,
}

/// Why a library is not used, or what somebody should know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    code: &'static str,
    message: String,
    help: Cow<'static, str>,
}

impl Refusal {
    pub(crate) fn new(code: &'static str, message: impl Into<String>, help: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), help: help.into() }
    }

    /// There is nothing in the library that could be used, which is nobody's mistake.
    fn is_empty(&self) -> bool {
        self.code == "library-empty"
    }

    pub(crate) fn diagnostic(&self, file: &Arc<str>, severity: Severity) -> Diagnostic {
        let it = Diagnostic::error(self.code, file, self.message.clone()).help(self.help.clone());
        Diagnostic { severity, ..it }
    }
}

/// What stands in a file, as far as it can be used: mapped, and asked what it is. Beside it, what somebody should know.
pub(crate) fn open(
    path: &Arc<str>,
    bytes: &[u8],
    signature: Option<&[u8]>,
    trust: &Trust,
) -> Result<(Library, Option<Refusal>), Refusal> {
    let hash: [u8; 32] = Sha256::digest(bytes).into();
    let sha256 = encode_string(&hash);
    let verdict = trust.judge(&sha256, signature)?;
    inspect::inspect(bytes)?;
    let file = name_of(path);
    let image = image::map(&file, bytes, hash)?;
    let (name, version) = package_of(&file, &image.description.types).unwrap_or((file, String::new()));
    let (target, made_with) = (image.target.clone(), image.made_with.clone());
    let info = LibraryInfo { path: Arc::clone(path), name, version, sha256, target, made_with, signed_by: None };
    let (signed_by, warning) = verdict.settle(&info)?;
    Ok((Library { info: LibraryInfo { signed_by, ..info }, image }, warning))
}

/// A library as its bytes and its signature tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verified {
    /// Of the file's bytes, in hex.
    pub sha256: String,
    /// What stands beside it, and is right; `None`: nothing does.
    pub signature: Option<Signature>,
    /// Who signed it, if the operator trusts them.
    pub signed_by: Option<String>,
}

/// Looks at one library and its signature. None of its code runs.
///
/// # Errors
/// Why a host would not load it, as a diagnostic about `path`.
pub fn verify(path: &str, bytes: &[u8], signature: Option<&[u8]>, trust: &Trust) -> Result<Verified, Box<Diagnostic>> {
    let sha256 = encode_string(&Sha256::digest(bytes));
    let refused = |why: Refusal| Box::new(why.diagnostic(&path.into(), Severity::Error));
    let verdict = trust.judge(&sha256, signature).map_err(refused)?;
    inspect(path, bytes)?;
    Ok(Verified { sha256, signature: verdict.signature, signed_by: verdict.signed_by })
}

/// Loads one library, to ask it what it is. Its code runs.
///
/// # Errors
/// Why it cannot be used, as a diagnostic about `path`.
pub fn ask(path: &str, bytes: &[u8]) -> Result<LibraryInfo, Box<Diagnostic>> {
    match open(&path.into(), bytes, None, &Trust::default()) {
        Ok((library, _)) => Ok(library.info),
        Err(refusal) => Err(Box::new(refusal.diagnostic(&path.into(), Severity::Error))),
    }
}

/// Whether bytes can be a library for this host, as far as anybody can see who runs none of them.
///
/// # Errors
/// Why not, as a diagnostic about `path`.
pub fn inspect(path: &str, bytes: &[u8]) -> Result<(), Box<Diagnostic>> {
    inspect::inspect(bytes).map_err(|why| Box::new(why.diagnostic(&path.into(), Severity::Error)))
}

/// `libwecom.so` is `wecom`.
fn name_of(path: &str) -> String {
    let stem = Path::new(path).file_stem().unwrap_or_default().to_string_lossy();
    stem.strip_prefix("lib").unwrap_or(&stem).to_owned()
}

/// The package that its Types come from: the one that has the file's name; else that of its first Type.
fn package_of(file: &str, types: &[TypeInfo]) -> Option<(String, String)> {
    let own = types.iter().find(|it| it.origin.package.replace('-', "_") == file.replace('-', "_"));
    own.or(types.first()).map(|it| (it.origin.package.clone(), it.origin.version.clone()))
}
