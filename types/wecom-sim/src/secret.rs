//! A text that is compared, never shown.

use serde::{Deserialize, Serialize, Serializer};

use crate::company::Company;
use crate::suite::Provider;

/// What stands in place of a secret wherever one would be shown.
pub(crate) const MASK: &str = "***";

/// An app's secret: 43 characters of base64url in reality, any text without spaces here.
///
/// `Debug` and `Serialize` give `***`, so that it cannot reach a log by accident.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the places that compare it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// The text, if it is one that this crate's source gives away anyway; else the mask.
    pub(crate) fn shown(&self, demo: &Demo) -> &str {
        if demo.0.contains(self) { &self.0 } else { MASK }
    }

    /// Whether `other` is this secret, in a time that does not tell how much of it was right.
    pub(crate) fn matches(&self, other: &str) -> bool {
        let (ours, theirs) = (self.0.as_bytes(), other.as_bytes());
        let differing = ours.iter().zip(theirs).fold(0, |seen, (a, b)| seen | (a ^ b));
        ours.len() == theirs.len() && std::hint::black_box(differing) == 0
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.matches(&other.0)
    }
}

/// The secrets that are none: those of the demo, which stand in this crate's source.
pub(crate) struct Demo(Vec<Secret>);

impl Demo {
    pub(crate) fn read() -> Self {
        let (company, provider) = (Company::demo(), Provider::demo());
        let of = |template: &crate::Template| {
            [template.secret.clone(), template.token.clone(), template.encoding_aes_key.clone()]
        };
        let apps = company.apps.into_iter().map(|app| app.secret);
        Self(apps.chain(provider.templates.iter().flat_map(of)).chain([provider.secret]).collect())
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
