//! `element callbacks`
use super::{Format, complain_of, many, print, remote::Host, status::ago, table};
use crate::callbacks::{List as Listed, Told};
use anyhow::Result;
use auths::callbacks::CallbackState;
use clap::{Args, Subcommand, ValueEnum};
use element::{
    AppId, FullName,
    host::{Clock, SystemClock},
};
use std::process::ExitCode;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};
use url::form_urlencoded;

/// How wide an error may be in a table.
const ERROR_WIDTH: usize = 60;

/// Show what providers pushed to a running host, and have what failed tried again.
#[derive(Debug, Args)]
pub struct Callbacks {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show callbacks, the newest first.
    List(List),
    /// Show one callback, with all that it said.
    Show(One),
    /// Do once more what a callback asked for, and show what came of it; the exit code is 1 if it is dead then.
    Retry(One),
}

#[derive(Debug, Args)]
struct List {
    /// Only those of this app.
    #[arg(long, value_name = "ID")]
    app: Option<AppId>,
    /// Only those in this state.
    #[arg(long, value_enum)]
    state: Option<State>,
    /// How many at most, 1 to 1,000.
    #[arg(long, default_value_t = 100, value_name = "COUNT")]
    limit: u32,
    /// Go on behind a page: what stands under it.
    #[arg(long, value_name = "NEXT")]
    after: Option<String>,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    host: Host,
}

#[derive(Debug, Args)]
struct One {
    /// The app's id, such as `acme.demo`.
    app: AppId,
    /// The callback's number, as the list shows it.
    id: u64,
    /// The element that took it, where several of the app have a callback of this number.
    #[arg(long, value_name = "FULL_NAME")]
    element: Option<FullName>,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    host: Host,
}

/// How far somebody is with a callback.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum State {
    /// It is still to be done.
    Waiting,
    /// It was done.
    Done,
    /// It failed too often.
    Dead,
}

impl State {
    const fn of(state: CallbackState) -> &'static str {
        match state {
            CallbackState::Waiting => Self::Waiting.word(),
            CallbackState::Done => Self::Done.word(),
            CallbackState::Dead => Self::Dead.word(),
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }
}

impl Callbacks {
    pub(super) async fn run(self) -> Result<ExitCode> {
        match self.what {
            What::List(it) => it.run().await,
            What::Show(it) => {
                let told = it.host.remote().get(&it.path("")).await?;
                it.print(&told)?;
                Ok(ExitCode::SUCCESS)
            }
            What::Retry(it) => {
                let told: Told = it.host.remote().post(&it.path("/retry")).await?;
                it.print(&told)?;
                let is_dead = told.record.state == CallbackState::Dead;
                Ok(if is_dead { ExitCode::FAILURE } else { ExitCode::SUCCESS })
            }
        }
    }
}

impl List {
    async fn run(self) -> Result<ExitCode> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("limit", &self.limit.to_string());
        query.extend_pairs(self.app.iter().map(|it| ("app", it.as_str())));
        query.extend_pairs(self.state.iter().map(|it| ("state", it.word())));
        query.extend_pairs(self.after.iter().map(|it| ("after", it)));
        let listed: Listed = self.host.remote().get(&format!("/callbacks?{}", query.finish())).await?;
        match self.format {
            Format::Json => print(&serde_json::to_string_pretty(&listed)?)?,
            Format::Text => print(&self.text(&listed, SystemClock.now()))?,
        }
        for it in &listed.failed {
            complain_of(&format!("`{}` of `{}` did not answer: {}", it.element, it.app, it.error));
        }
        Ok(if listed.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn text(&self, listed: &Listed, now: i64) -> String {
        if listed.asked == 0 {
            return "no element of any app takes callbacks".into();
        }
        if listed.records.is_empty() {
            let state = self.state.map(|it| format!(" that is {}", it.word())).unwrap_or_default();
            let behind = if self.after.is_some() { " behind that page" } else { "" };
            let of = self.app.as_ref().map(|it| format!(" of `{it}`")).unwrap_or_default();
            return format!("there is no callback{of}{state}{behind}");
        }
        let head = ["ID", "APP", "EVENT", "FROM", "COMPANY", "STATE", "RECEIVED", "ATTEMPTS", "ERROR"];
        let rows = std::iter::once(head.map(String::from).to_vec()).chain(listed.records.iter().map(|it| row(it, now)));
        let mut text = table(&rows.collect::<Vec<_>>());
        let shown = many(listed.records.len() as u64, "callback");
        match &listed.next {
            Some(next) => text.push_str(&format!("\n\n{shown}; there are more: `--after {next}`")),
            None if listed.more => text.push_str(&format!("\n\n{shown}; there are more: `--app` lists those of one app")),
            None => {}
        }
        text
    }
}

fn row(Told { app, record, .. }: &Told, now: i64) -> Vec<String> {
    vec![
        record.record_id.to_string(),
        app.clone(),
        record.event.clone(),
        record.source.clone(),
        record.corp_id.clone().unwrap_or_default(),
        State::of(record.state).into(),
        ago(now - record.received_at),
        record.attempts.to_string(),
        record.error.as_deref().map(|it| cut(it, ERROR_WIDTH)).unwrap_or_default(),
    ]
}

/// What somebody else wrote, without what would break a table.
fn on_one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// On one line, and no wider than that.
fn cut(text: &str, width: usize) -> String {
    let text = on_one_line(text);
    if text.width() <= width {
        return text;
    }
    let mut left = width - 1;
    let fits = |it: &char| {
        let rest = left.checked_sub(it.width().unwrap_or(0));
        left = rest.unwrap_or(0);
        rest.is_some()
    };
    text.chars().take_while(fits).collect::<String>() + "…"
}

impl One {
    fn path(&self, end: &str) -> String {
        let element = self.element.as_ref().map(|it| format!("?element={it}")).unwrap_or_default();
        format!("/callbacks/{}/{}{end}{element}", self.app, self.id)
    }

    fn print(&self, told: &Told) -> Result<()> {
        match self.format {
            Format::Json => print(&serde_json::to_string_pretty(told)?),
            Format::Text => print(&all(told, SystemClock.now())),
        }
    }
}

/// All of it, line by line; what there is not has no line.
fn all(Told { app, element, record }: &Told, now: i64) -> String {
    let since = |at: &i64| format!("{} ({at})", ago(now - at));
    let lines = [
        ("app", Some(app.clone())),
        ("element", Some(element.clone())),
        ("event", Some(record.event.clone())),
        ("from", Some(record.source.clone())),
        ("company", record.corp_id.clone()),
        ("sent", record.sent_at.as_ref().map(since)),
        ("received", Some(since(&record.received_at))),
        ("attempts", Some(record.attempts.to_string())),
        ("error", record.error.clone()),
        ("outcome", record.outcome.clone()),
        ("done", record.done_at.as_ref().map(since)),
    ];
    let lines =
        lines.into_iter().filter_map(|(name, value)| Some(vec![name.to_owned(), on_one_line(&value?)])).collect::<Vec<_>>();
    let mut text = format!("callback {} is {}\n\n{}", record.record_id, State::of(record.state), table(&lines));
    if !record.fields.is_empty() {
        let fields: Vec<_> = record.fields.iter().map(|(name, value)| vec![on_one_line(name), on_one_line(value)]).collect();
        text.push_str(&format!("\n\nit said\n  {}", table(&fields).replace('\n', "\n  ")));
    }
    text
}
