//! A text that is compared, never shown.

use serde::{Deserialize, Serialize, Serializer};

/// What stands in place of a secret wherever one would be shown.
pub(crate) const MASK: &str = "***";

/// An app's secret: 43 characters of base64url in reality, any text without spaces here.
///
/// `Debug` and `Serialize` give `***`, so that it cannot reach a log by accident.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the one place that shows the demo's.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether `other` is this secret, in a time that does not tell how much of it was right.
    pub(crate) fn matches(&self, other: &str) -> bool {
        let (ours, theirs) = (self.0.as_bytes(), other.as_bytes());
        let differing = ours.iter().zip(theirs).fold(0, |seen, (a, b)| seen | (a ^ b));
        ours.len() == theirs.len() && std::hint::black_box(differing) == 0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(MASK)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(MASK)
    }
}
