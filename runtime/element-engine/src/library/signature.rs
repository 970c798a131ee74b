//! Who says that a library may run: a signature in a file beside it, and the keys that the operator trusts.
//!
//! What is signed is a few lines of text: the version of the line, name, version and target of the library, and the SHA-256 of
//! its file. Keys are PEM files, as `openssl genpkey -algorithm ed25519` makes them.
use super::{LibraryInfo, Refusal};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use ed25519_dalek::{
    SIGNATURE_LENGTH, Signature as Ed25519, Signer as _, SigningKey, VerifyingKey,
    pkcs8::{DecodePrivateKey as _, DecodePublicKey as _},
};
use element::abi::MAJOR;
use serde::{Deserialize, Serialize};

/// What a signature's file has after the name of the library's.
pub const SIGNATURE: &str = ".sig";

/// A signature, as it is kept in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Signature {
    /// The package that the library's Types come from.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What the library was built for.
    pub target: String,
    /// The version of the line between host and library.
    pub abi: u16,
    /// Of the library's bytes, in hex.
    pub sha256: String,
    /// The public key that belongs to it, in base64.
    pub key: String,
    /// The signature itself (Ed25519), in base64.
    pub signature: String,
}

/// A public key that an operator trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    name: String,
    key: VerifyingKey,
}

impl Key {
    /// Reads one from a PEM text; `name` is for people.
    ///
    /// # Errors
    /// It is none.
    pub fn from_pem(name: &str, pem: &str) -> Result<Self, String> {
        let key = VerifyingKey::from_public_key_pem(pem).map_err(|_| {
            "this is no public Ed25519 key in PEM form: `openssl pkey -in KEY -pubout` makes one of a private key".to_owned()
        })?;
        Ok(Self { name: name.to_owned(), key })
    }
}

/// What has to be true of a library's signature.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TrustMode {
    /// Nothing; but one that is wrong is refused.
    #[default]
    Off,
    /// One that is missing, or by a key that is not trusted, is a warning.
    Warn,
    /// Without one by a trusted key a library is refused.
    Require,
}

/// Whom the operator trusts.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// How strictly.
    pub mode: TrustMode,
    /// Whose keys.
    pub keys: Vec<Key>,
}

/// What was found out about a signature before the library was touched.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) signature: Option<Signature>,
    pub(super) signed_by: Option<String>,
    doubt: Option<Refusal>,
}

impl Signature {
    /// Signs a library with a private key in PEM form.
    ///
    /// # Errors
    /// It is no such key.
    pub fn make(library: &LibraryInfo, pem: &str) -> Result<Self, String> {
        let key = SigningKey::from_pkcs8_pem(pem).map_err(|_| {
            "this is no private Ed25519 key in PEM form: `openssl genpkey -algorithm ed25519` makes one".to_owned()
        })?;
        let LibraryInfo { name, version, target, sha256, .. } = library.clone();
        let public = BASE64_STANDARD.encode(key.verifying_key().as_bytes());
        let mut it = Self { name, version, target, abi: MAJOR, sha256, key: public, signature: String::new() };
        it.signature = BASE64_STANDARD.encode(key.sign(it.text().as_bytes()).to_bytes());
        Ok(it)
    }

    /// Whether it was made of what it says, by whoever has its key.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.verified().is_some()
    }

    /// Reads the file beside a library.
    fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        serde_json::from_slice(bytes).map_err(|e| wrong(&format!("it cannot be read: {e}")))
    }

    /// What is signed. No part of it can hold a line break and be taken for another.
    fn text(&self) -> String {
        let Self { name, version, target, abi, sha256, .. } = self;
        serde_json::json!(["element library", abi, name, version, target, sha256]).to_string()
    }

    /// The key that it was made with, if it was.
    fn verified(&self) -> Option<VerifyingKey> {
        let bytes = |text: &str| BASE64_STANDARD.decode(text).ok();
        let key = VerifyingKey::from_bytes(bytes(&self.key)?.as_slice().try_into().ok()?).ok()?;
        let signature: [u8; SIGNATURE_LENGTH] = bytes(&self.signature)?.try_into().ok()?;
        key.verify_strict(self.text().as_bytes(), &Ed25519::from_bytes(&signature)).ok()?;
        Some(key)
    }
}

impl Trust {
    /// Judges a library by its bytes alone: nothing of it has run.
    pub(super) fn judge(&self, sha256: &str, signature: Option<&[u8]>) -> Result<Verdict, Refusal> {
        let signature = signature.map(Signature::read).transpose()?;
        let mut signed_by = None;
        if let Some(it) = &signature {
            let key = it.verified().ok_or_else(|| wrong("it was not made of what it says"))?;
            if it.sha256 != sha256 {
                return Err(wrong("it is of another file"));
            }
            if it.abi != MAJOR {
                return Err(wrong(&format!(
                    "it is for version {} of the line, and this host speaks version {MAJOR}",
                    it.abi
                )));
            }
            signed_by = self.keys.iter().find(|known| known.key == key).map(|it| it.name.clone());
        }
        let doubt = if signed_by.is_some() || self.mode == TrustMode::Off {
            None
        } else {
            let (message, help) = match &signature {
                None => ("nobody signed this library", "`element library sign` makes a signature beside it"),
                Some(_) => ("whoever signed this library is nobody whom this host trusts", "`--library-key` names a key"),
            };
            Some(Refusal::new("library-signature", message, help))
        };
        match doubt {
            Some(it) if self.mode == TrustMode::Require => Err(it),
            doubt => Ok(Verdict { signature, signed_by, doubt }),
        }
    }
}

impl Verdict {
    /// Now that the library says what it is: whether its signature says the same.
    pub(super) fn settle(self, library: &LibraryInfo) -> Result<(Option<String>, Option<Refusal>), Refusal> {
        if let Some(it) = &self.signature {
            let said = (&*it.name, &*it.version, &*it.target);
            if said != (&*library.name, &*library.version, &*library.target) {
                return Err(wrong(&format!("it is of {} {} for {}", said.0, said.1, said.2)));
            }
        }
        Ok((self.signed_by, self.doubt))
    }
}

fn wrong(how: &str) -> Refusal {
    let message = format!("the signature beside this library is wrong: {how}");
    Refusal::new("library-signature", message, "sign it again with `element library sign`, or take the signature away")
}
