//! What is wrong with somebody's files: collected, never thrown, shown with the place and the remedy.
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, path::Path, sync::Arc};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Something does not serve because of it.
    Error,
    /// Everything serves; somebody should look.
    Warning,
}

/// One mistake in somebody's files.
///
/// It is for whoever wrote the files, and for operators; a caller over HTTP never sees one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    /// The file or folder, relative to the apps root, with `/`; empty for the root itself.
    pub file: Arc<str>,
    /// Line and column, both from 1; a column counts characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// How bad it is.
    pub severity: Severity,
    /// A stable word for programs, such as `unknown-key`.
    pub code: Cow<'static, str>,
    /// What happened.
    pub message: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl Diagnostic {
    /// An error somewhere in `file`.
    #[must_use]
    pub fn error(code: impl Into<Cow<'static, str>>, file: &Arc<str>, message: impl Into<String>) -> Self {
        let (code, message) = (code.into(), message.into());
        Self { file: Arc::clone(file), place: None, severity: Severity::Error, code, message, help: None }
    }

    /// A warning about something in `file`.
    #[must_use]
    pub fn warning(code: &'static str, file: &Arc<str>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, file, message) }
    }

    /// The same with the folder of the apps before its file, so that a terminal or an editor finds it.
    #[must_use]
    pub fn under(&self, apps: &Path) -> Self {
        let file = apps.join(&*self.file).display().to_string();
        Self { file: file.trim_end_matches('/').into(), ..self.clone() }
    }

    /// Adds the place.
    #[must_use]
    pub fn at(mut self, place: Option<Place>) -> Self {
        self.place = place;
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The text that everyone sees: `file:line:column: error[code]: message`, and the help under it.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        f.write_str(if self.file.is_empty() { "." } else { &self.file })?;
        if let Some(Place { line, column }) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {severity}[{}]: {}", self.code, self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n    help: {help}"),
            None => Ok(()),
        }
    }
}
