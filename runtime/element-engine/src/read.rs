//! Small files, read for `scan`: what limits there are, what an app's id is, and why something cannot be read.
use crate::{Diagnostic, Document, Files, Part, tree::Secrets};
use element::AppId;
use std::{io, path::Path, sync::Arc};

/// A declaration or a config is small; whatever is larger is something else.
pub(crate) const FILE_LIMIT: u64 = 1 << 20;
/// Where the secret files are, for people.
pub(crate) const SECRETS: &str = "--secrets-dir";
/// What is wrong with the operator's libraries is kept under this name.
pub(crate) const LIBRARIES: &str = "--library";

/// The operator's secret files. Nearly every editor and `echo` end a file with a line break that is no part of the secret.
pub(crate) fn secrets(files: &dyn Files, dir: &Path) -> Secrets {
    let place: Arc<str> = SECRETS.into();
    let mut secrets = Secrets::default();
    let entries = match files.list(dir) {
        Ok(it) => it,
        Err(e) => {
            secrets.diagnostics.push(unreadable(&place, &e));
            return secrets;
        }
    };
    for entry in entries.into_iter().filter(|it| !it.is_dir && !it.name.starts_with('.')) {
        match files.read(&dir.join(&entry.name), FILE_LIMIT).map(|(bytes, _)| String::from_utf8(bytes)) {
            Ok(Ok(text)) => drop(secrets.texts.insert(entry.name, text.trim_end_matches(['\r', '\n']).to_owned())),
            Ok(Err(_)) => {
                let message = format!("the secret file `{}` is not UTF-8", entry.name);
                secrets.diagnostics.push(Diagnostic::warning("not-utf8", &place, message));
            }
            Err(e) => secrets.diagnostics.push(unreadable(&format!("{SECRETS}/{}", entry.name).into(), &e)),
        }
    }
    secrets
}

pub(crate) fn is_json(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|it| it.eq_ignore_ascii_case("json"))
}

pub(crate) fn app_id(manifest: &Document) -> Result<AppId, Diagnostic> {
    let mistake = |message: String| {
        let place = manifest.place("/appId", Part::Value).or_else(|| manifest.place("", Part::Value));
        Diagnostic::error("bad-app-id", &manifest.path, message)
            .at(place)
            .help("write `\"appId\": \"<org>.<app>\"`, such as `acme.demo`")
    };
    match manifest.value.get("appId") {
        Some(serde_json::Value::String(it)) => it.parse().map_err(|e| mistake(format!("{e}"))),
        Some(_) => Err(mistake("`appId` has to be a string".into())),
        None => Err(mistake("`appId` is missing".into())),
    }
}

/// The reason without the system's number, and without any path: `file` says where.
pub(crate) fn unreadable(file: &Arc<str>, e: &io::Error) -> Diagnostic {
    let reason = match e.kind() {
        io::ErrorKind::NotFound => "it does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::NotADirectory => "it is no folder".to_owned(),
        io::ErrorKind::InvalidInput => "it is neither a file nor a folder".to_owned(),
        io::ErrorKind::FileTooLarge => e.to_string().replacen("larger", "it is larger", 1),
        io::ErrorKind::ResourceBusy => "it changes faster than it can be read".to_owned(),
        kind => kind.to_string(),
    };
    Diagnostic::error("unreadable", file, format!("this cannot be read: {reason}"))
}
