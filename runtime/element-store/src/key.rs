//! The master key of a store: given by the operator, or kept in a file of its own beside the database.
use crate::secret_file;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use element::host::Random;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::{fmt, path::Path, str::FromStr};

/// 256 bits from which everything secret that the hosts of one store share is derived.
///
/// Written as base64 (44 characters) or hex (64):
///
/// ```
/// use element_store::MasterKey;
/// let key: MasterKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".parse()?;
/// let hex: MasterKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f".parse()?;
/// assert_eq!(key, hex);
/// assert_eq!(format!("{key:?}"), "MasterKey(…)");
/// # Ok::<_, String>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// A key that nobody else has.
    #[must_use]
    pub fn draw(random: &dyn Random) -> Self {
        let mut key = [0; 32];
        random.fill(&mut key);
        Self(key)
    }

    /// The key in this file; `None`: there is no such file.
    ///
    /// # Errors
    /// In words for the operator: the file cannot be read, others may read it too, or it holds no key.
    pub fn read(file: &Path) -> Result<Option<Self>, String> {
        let text = secret_file::read(file).map_err(|e| e.to_string())?;
        text.map(|text| text.trim().parse().map_err(|e| format!("`{}`: {e}", file.display()))).transpose()
    }

    /// Keeps the key in a new file that only its owner reads. Gives the key in the file: of two who do this at once both
    /// get the same.
    ///
    /// # Errors
    /// In words for the operator: the file cannot be written.
    pub(crate) fn keep(&self, file: &Path) -> Result<Self, String> {
        let text = secret_file::make(file, &BASE64_STANDARD.encode(self.0)).map_err(|e| e.to_string())?;
        text.trim().parse().map_err(|e| format!("`{}`: {e}", file.display()))
    }

    /// A key for one purpose, from which nobody learns this one.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl FromStr for MasterKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // 64 digits are base64, too: of 48 bytes, which no key has.
        let bytes = base16ct::mixed::decode_vec(text).ok().or_else(|| BASE64_STANDARD.decode(text).ok());
        let key = bytes.and_then(|it| it.try_into().ok());
        key.map(Self).ok_or_else(|| {
            "expected 32 bytes in base64 or hex; `head -c 32 /dev/urandom | base64` makes a new key".to_owned()
        })
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}
