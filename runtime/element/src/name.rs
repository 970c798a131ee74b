//! Full names of elements, ids of apps, and the one rule for the words they are made of.
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, sync::Arc};

/// Longest label, in bytes.
const LABEL_MAX: usize = 64;
/// The host's own addresses live under this word (`/api/auth/…`), so no organisation may have it.
const RESERVED_ORG: &str = "auth";

/// Why a name is no name: one sentence that says what to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameError(String);

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NameError {}

/// Checks one word of a name: a letter or `_`, then at most 63 letters, digits or `_`.
///
/// # Errors
/// Says which rule the word breaks.
pub fn check_label(label: &str) -> Result<(), NameError> {
    let mut bytes = label.bytes();
    let first = bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
    if first && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_') && label.len() <= LABEL_MAX {
        return Ok(());
    }
    let shown: String = label.chars().take(LABEL_MAX).collect();
    Err(NameError(format!("`{shown}` is no name: write a letter or `_`, then letters, digits or `_`, {LABEL_MAX} at most")))
}

/// The dotted path of an element in its app, such as `auths.loginTypes.QywxInnerType`. Cheap to clone.
///
/// ```
/// let it: element::FullName = "auths.loginTypes.QywxInnerType".parse()?;
/// assert_eq!((it.namespace(), it.name()), ("auths.loginTypes", "QywxInnerType"));
/// # Ok::<_, element::NameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FullName(Arc<str>);

impl FullName {
    /// The last label.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit('.').next().unwrap_or_default()
    }

    /// Everything before the last label; empty for a name of one label.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.0.rsplit_once('.').map_or("", |(namespace, _)| namespace)
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as shared text.
    #[must_use]
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

impl FromStr for FullName {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        text.split('.').try_for_each(check_label)?;
        Ok(Self(text.into()))
    }
}

/// `<org>.<app>`, the id of an app. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AppId(Arc<str>);

impl AppId {
    /// The part before the dot.
    #[must_use]
    pub fn org(&self) -> &str {
        self.0.split_once('.').map_or("", |(org, _)| org)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id as shared text.
    #[must_use]
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

impl FromStr for AppId {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        let Some((org, app)) = text.split_once('.') else {
            return Err(NameError(format!("`{text}` is no app id: write `<org>.<app>`, such as `acme.demo`")));
        };
        check_label(org)?;
        check_label(app)?;
        if org.eq_ignore_ascii_case(RESERVED_ORG) {
            return Err(NameError(format!(
                "the organisation `{org}` is reserved: `/api/{RESERVED_ORG}/…` belongs to the host"
            )));
        }
        Ok(Self(text.into()))
    }
}

macro_rules! text_like {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(it: $name) -> Self {
                it.0.as_ref().into()
            }
        }
    };
}
text_like!(FullName);
text_like!(AppId);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_words_joined_by_dots() {
        for good in ["a", "_", "auths.loginTypes.Qywx_1", &"x".repeat(64)] {
            assert_eq!(good.parse::<FullName>().unwrap().as_str(), good);
        }
        for bad in ["", ".", "a.", ".a", "a..b", "1a", "a-b", "a b", "é", "企业", "a/b", "..", &"x".repeat(65)] {
            assert!(bad.parse::<FullName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_app_id_has_two_words_and_a_free_organisation() {
        assert_eq!("acme.demo".parse::<AppId>().unwrap().org(), "acme");
        for bad in ["acme", "acme.", ".demo", "a.b.c", "auth.demo", "Auth.demo", "a b.c"] {
            assert!(bad.parse::<AppId>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_name_or_a_sentence(text in ".{0,100}") {
            match text.parse::<FullName>() {
                Ok(name) => prop_assert_eq!(name.as_str(), text),
                Err(e) => prop_assert!(!e.to_string().is_empty()),
            }
        }
    }
}
