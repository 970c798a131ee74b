//! What an answer depends on: a name in the view of an app, or a secret file.
use element::FullName;
use std::sync::Arc;

/// A name in the view of an app, as those see it that ask for it: letters of both cases are one, since two names that differ
/// by case only are a mistake in both. Or a secret file.
pub(crate) type Key = Arc<str>;

/// The key of an element's folder, in the view of its own app.
pub(crate) fn key_of(folder: &str) -> Key {
    let (app, rest) = folder.split_once('/').unwrap_or((folder, ""));
    key_in(app, rest)
}

/// The key of this path in the view of the app in this folder.
pub(crate) fn key_in(app: &str, path: &str) -> Key {
    format!("{app}/{}", path.to_ascii_lowercase()).into()
}

/// The key of a full name in the view of the app in this folder.
pub(crate) fn key_of_name(app: &str, name: &FullName) -> Key {
    key_in(app, &name.as_str().replace('.', "/"))
}

/// That there is a name, whichever: for whoever asked for one that is not there, and was told one that is near.
pub(crate) fn any_name(app: &str) -> Key {
    format!("{app}//").into()
}

/// A secret file.
pub(crate) fn secret(name: &str) -> Key {
    format!("//{name}").into()
}

/// That there is a secret file, whichever.
pub(crate) fn any_secret() -> Key {
    "//".into()
}
