//! What an `app.json` says in `extends`, and what is wrong with that.
use crate::{
    Diagnostic, Document, Part,
    ancestry::{LONGEST, Tangle, Why},
};
use element::{AppId, nearest};
use serde_json::Value;

/// One parent, as a child names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parent {
    pub(crate) id: AppId,
    /// The version that the child was made for, if it says.
    pub(crate) version: Option<String>,
}

/// Reads `extends`: a list of app ids, or of `{"appId": …, "version": …}`.
///
/// # Errors
/// Every mistake in it.
pub(crate) fn read(manifest: &Document) -> Result<Vec<Parent>, Vec<Diagnostic>> {
    let (mut parents, mut mistakes) = (Vec::<Parent>::new(), Vec::new());
    let mut wrong = |pointer: &str, code, message: String| {
        let place = manifest.place(pointer, Part::Value);
        let help = r#"write `"extends": ["<org>.<app>"]`, or `[{"appId": "<org>.<app>", "version": "1.0.0"}]`"#;
        mistakes.push(Diagnostic::error(code, &manifest.path, message).at(place).help(help));
    };
    let entries = match manifest.value.get("extends") {
        None | Some(Value::Null) => &[][..],
        Some(Value::Array(it)) => it,
        Some(_) => {
            wrong("/extends", "wrong-type", "`extends` has to be a list of apps".into());
            &[]
        }
    };
    if entries.len() > LONGEST {
        wrong("/extends", "too-many-parents", format!("an app builds on {LONGEST} others at most"));
        return Err(mistakes);
    }
    for (i, entry) in entries.iter().enumerate() {
        let at = format!("/extends/{i}");
        let (at, id) = match entry {
            Value::Object(it) if it.contains_key("appId") => (format!("{at}/appId"), it.get("appId")),
            other => (at, Some(other)),
        };
        let Some(text) = id.and_then(Value::as_str) else {
            wrong(&at, "wrong-type", "an entry of `extends` is an app id, or an object with `appId`".into());
            continue;
        };
        let version = match &entry["version"] {
            Value::Null => None,
            Value::String(it) => Some(it.clone()),
            _ => {
                wrong(&format!("/extends/{i}/version"), "wrong-type", "`version` has to be a string".into());
                continue;
            }
        };
        match text.parse::<AppId>() {
            Ok(id) if parents.iter().any(|it| it.id == id) => {
                wrong(&at, "duplicate-parent", format!("`{id}` is there twice"));
            }
            Ok(id) => parents.push(Parent { id, version }),
            Err(e) => wrong(&at, "bad-app-id", e.to_string()),
        }
    }
    if mistakes.is_empty() { Ok(parents) } else { Err(mistakes) }
}

/// What is wrong with what an app is built on; `there` are the apps that there are.
pub(crate) fn tangled<'a>(manifest: &Document, tangle: &Tangle, there: impl Iterator<Item = &'a str>) -> Option<Diagnostic> {
    let chain = tangle.chain.iter().map(AppId::as_str).collect::<Vec<_>>().join(" → ");
    let parent = tangle.chain.get(1);
    let culprit = tangle.chain.last()?;
    let (code, message, help) = match &tangle.why {
        // Every mistake in it is told where it stands.
        Why::Unreadable if parent.is_none() => return None,
        Why::Unreadable => {
            let message = format!("`{culprit}` cannot say what it is built on: {chain}");
            ("tangled-parent", message, "mend its `extends` first".to_owned())
        }
        Why::Missing => {
            let near = nearest(culprit.as_str(), there).map(|it| format!("did you mean `{it}`?"));
            let help = near.unwrap_or_else(|| "put its folder beside this one, or take it out of `extends`".into());
            ("missing-parent", format!("there is no app `{culprit}` in service here: {chain}"), help)
        }
        Why::Cycle => {
            ("parent-cycle", format!("`extends` leads back to itself: {chain}"), "take one of them out of `extends`".into())
        }
        Why::Disordered(blocked) => {
            let blocked = blocked.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(" and ");
            let whose = if tangle.chain.len() > 1 { format!(": {chain}") } else { String::new() };
            let message = format!("no order suits all parents, since each of {blocked} would have to come first{whose}");
            (
                "parent-order",
                message,
                "name parents in the order in which they name each other, the more special first".into(),
            )
        }
        Why::TooMany => {
            let message = format!("more than {LONGEST} apps build on each other here");
            ("too-many-parents", message, "build on fewer".into())
        }
    };
    let place = parent.and_then(|parent| place_of(manifest, parent)).or_else(|| manifest.place("/extends", Part::Value));
    Some(Diagnostic::error(code, &manifest.path, message).at(place).help(help))
}

/// A parent of another version than the child was made for serves; somebody should look.
pub(crate) fn other_version(manifest: &Document, parent: &Parent, is: &str) -> Option<Diagnostic> {
    let wanted = parent.version.as_deref().filter(|it| *it != is)?;
    let what = if is.is_empty() { "has no version".to_owned() } else { format!("is version {is}") };
    let message = format!("`{}` {what} here, and this app was made for {wanted}", parent.id);
    let diagnostic = Diagnostic::warning("parent-version", &manifest.path, message).at(place_of(manifest, &parent.id));
    Some(diagnostic.help("see whether everything still fits, then write the version that there is"))
}

/// Where a parent is named.
fn place_of(manifest: &Document, parent: &AppId) -> Option<crate::Place> {
    let entries = manifest.value["extends"].as_array()?;
    let is_this = |it: &Value| it.as_str().or_else(|| it["appId"].as_str()) == Some(parent.as_str());
    let i = entries.iter().position(is_this)?;
    manifest.place(&format!("/extends/{i}"), Part::Value)
}
