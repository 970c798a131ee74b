//! A page that says what is wrong and what to do.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::html::{May, html};
use super::words::{Words, fill};
use crate::advice::Advice;

/// WeCom shows its mistakes with HTTP 200; so do these pages, unless told otherwise.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) w: &'static Words,
    title: String,
    lines: Vec<String>,
    /// What to paste, and the line above it that says so.
    command: Option<(String, String)>,
    /// Where to go from here: text and address.
    next: Option<(&'static str, String)>,
    status: StatusCode,
    scheme: &'static str,
}

impl Problem {
    pub(crate) fn new(w: &'static Words, title: impl Into<String>) -> Box<Self> {
        let title = title.into();
        Box::new(Self { w, title, lines: Vec::new(), command: None, next: None, status: StatusCode::OK, scheme: "auto" })
    }

    pub(crate) fn missing(w: &'static Words, name: &str) -> Box<Self> {
        Self::new(w, fill(w.missing, &[name])).line(fill(w.missing_note, &[name]))
    }

    pub(crate) fn line(mut self: Box<Self>, line: impl Into<String>) -> Box<Self> {
        self.lines.push(line.into());
        self
    }

    /// A command under `line`; data alone, when no command can be given, is shown as well.
    pub(crate) fn advice(mut self: Box<Self>, line: &str, advice: Advice) -> Box<Self> {
        let (Advice::Command(text) | Advice::Data(text)) = advice;
        self.command = Some((line.to_owned(), text));
        self
    }

    pub(crate) fn next(mut self: Box<Self>, text: &'static str, address: String) -> Box<Self> {
        self.next = Some((text, address));
        self
    }

    pub(crate) fn status(mut self: Box<Self>, status: StatusCode) -> Box<Self> {
        self.status = status;
        self
    }

    /// `light`, `dark` or `auto`.
    pub(crate) fn scheme(mut self: Box<Self>, scheme: &'static str) -> Box<Self> {
        self.scheme = scheme;
        self
    }

    pub(crate) fn page(self, may: May<'_>) -> Response {
        let Self { w, title, lines, command, next, status, scheme } = self;
        html(status, &Page { w, title, lines, command, next, scheme }, may)
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct Page {
    w: &'static Words,
    title: String,
    lines: Vec<String>,
    command: Option<(String, String)>,
    next: Option<(&'static str, String)>,
    scheme: &'static str,
}
