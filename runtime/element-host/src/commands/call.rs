//! `element call`
use super::{
    path_of, print,
    remote::{Answer, Remote},
};
use crate::{
    keep::Keep,
    logging::{self, Log},
    open::{LISTEN, Provided, open},
};
use anyhow::{Result, bail};
use clap::Args;
use element::{Caller, Progress, code};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use std::{path::PathBuf, process::ExitCode};

/// Call a method of an element and print the result as JSON.
///
/// The apps are opened here, for this one call, unless `--server` names a running host. What elements put off is kept, and done
/// by a host that stays.
#[derive(Debug, Args)]
pub struct Call {
    /// The app's id, such as `acme.demo`.
    app: String,
    /// The element's full name.
    element: String,
    /// The method.
    method: String,
    /// The arguments, a JSON object.
    #[arg(default_value = "{}", value_parser = arguments)]
    args: Value,
    /// The folder of the apps.
    #[arg(long, default_value = "apps", value_name = "DIR")]
    apps: PathBuf,
    /// Call the host that runs there, as its administrator.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    #[command(flatten)]
    keep: Keep,
    #[command(flatten)]
    provided: Provided,
}

impl Call {
    pub(super) async fn run(self) -> Result<ExitCode> {
        logging::start(Log::Text, "warn");
        let result = match &self.server {
            Some(server) => self.there(server).await?,
            None => self.here().await?,
        };
        print(&serde_json::to_string_pretty(&result)?)?;
        Ok(ExitCode::SUCCESS)
    }

    async fn here(&self) -> Result<Value> {
        let runtime = open(&self.apps, &self.provided, LISTEN.parse()?, &self.keep).await?;
        let result = async {
            let app = runtime.app(&self.app)?;
            let element = app.get_element(&self.element)?;
            if element.instance().ty.method(&self.method).is_some_and(|it| it.long) {
                let job = element.start(&self.method, &self.args, &Caller::Operator).await?;
                let bar = bar();
                let result = app.wait_for_job(job, |it| show(&bar, it)).await;
                bar.finish_and_clear();
                return result;
            }
            element.call(&self.method, self.args.clone()).await
        }
        .await;
        // Where something is not there, mistakes in its files are the likeliest reason, and nobody should have to look.
        if result.as_ref().is_err_and(|e| [code::NO_APP, code::NO_ELEMENT, code::NOT_IN_SERVICE].contains(&e.code)) {
            for diagnostic in runtime.snapshot().diagnostics() {
                tracing::warn!("{}", diagnostic.under(&self.apps));
            }
        }
        runtime.close().await;
        result.map_err(|e| anyhow::anyhow!(numbered(&e.message, e.code)))
    }

    async fn there(&self, server: &str) -> Result<Value> {
        let remote = Remote { server, data: &self.keep.data };
        let path = path_of(&self.app, &self.element, &self.method);
        let Answer { from_host, body } = remote.call(&path, self.args.to_string()).await?;
        let mut envelope: Value = match serde_json::from_slice(&body) {
            Ok(it) => it,
            // A raw method has no envelope: its answer is what there is to print.
            Err(_) if from_host => return Ok(Value::String(String::from_utf8_lossy(&body).into_owned())),
            Err(_) => bail!(remote.is_no_host()),
        };
        match envelope["errcode"].as_i64() {
            Some(0) => Ok(envelope["data"].take()),
            // An administrator may call everything.
            Some(code::NOT_ALLOWED | code::LOGIN_NEEDED) => bail!(remote.unknown_token()),
            Some(code) => bail!(numbered(envelope["errmsg"].as_str().unwrap_or_default(), code)),
            None if from_host => Ok(envelope),
            None => bail!(remote.is_no_host()),
        }
    }
}

/// The message with its number; WeCom's messages have theirs in them.
fn numbered(message: &str, code: i64) -> String {
    if message.contains(&code.to_string()) { message.to_owned() } else { format!("{message} ({code})") }
}

/// For whoever waits at a terminal; elsewhere it draws nothing.
fn bar() -> ProgressBar {
    let template = "{wide_bar} {pos} of {len}, {elapsed}, {eta} left";
    // A template that cannot be read would leave a plain bar.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::no_length().with_style(style)
}

fn show(bar: &ProgressBar, progress: Progress) {
    if progress.total > 0 {
        bar.set_length(progress.total);
    }
    bar.set_position(progress.done);
}

fn arguments(text: &str) -> Result<Value, String> {
    match serde_json::from_str(text) {
        Ok(it @ Value::Object(_)) => Ok(it),
        Ok(_) => Err("the arguments are one JSON object, such as '{\"userId\": \"zhangsan\"}'".into()),
        Err(e) => Err(format!("the arguments are no JSON: {e}")),
    }
}
