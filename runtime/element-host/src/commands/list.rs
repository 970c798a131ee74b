//! `element list`
use super::{Format, Look, print, table};
use anyhow::{Result, anyhow};
use clap::Args;
use element_engine::{App, Element, Runtime};
use serde_json::json;
use std::{process::ExitCode, sync::Arc};

/// Show every element that apps see, with its Type, its state, and the app that it is inherited from.
#[derive(Debug, Args)]
pub struct List {
    /// Only what this app sees, such as `acme.demo`.
    #[arg(long, value_name = "ID")]
    app: Option<String>,
    /// Only what this selector finds, such as `.auths.loginTypes.Meta` for every login, `#tag=test`, or `a,b`.
    #[arg(long, value_name = "SELECTOR")]
    select: Option<String>,
    #[command(flatten)]
    look: Look,
}

struct Row {
    app: String,
    from: String,
    element: Arc<Element>,
}

impl List {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let runtime = self.look.open().await?;
        let rows = self.rows(&runtime);
        let mistakes = runtime.snapshot().diagnostics().len();
        runtime.close().await;
        let rows = rows?;
        let ty = |it: &Row| it.element.chain().next().map(ToString::to_string).unwrap_or_default();
        match self.look.format {
            Format::Json => {
                let object = |it: &Row| {
                    json!({
                        "app": it.app, "element": it.element.full_name, "kind": it.element.kind.word(), "type": ty(it),
                        "state": it.element.state.word(), "from": it.from,
                    })
                };
                print(&serde_json::to_string_pretty(&rows.iter().map(object).collect::<Vec<_>>())?)?;
            }
            Format::Text => {
                let from = |it: &Row| if it.from == it.app { String::new() } else { it.from.clone() };
                let inherited = rows.iter().any(|it| !from(it).is_empty());
                let head = ["APP", "ELEMENT", "KIND", "TYPE", "STATE", if inherited { "FROM" } else { "" }];
                let row = |it: &Row| {
                    let element = &it.element;
                    let (kind, state) = (element.kind.word().to_owned(), element.state.word().to_owned());
                    vec![it.app.clone(), element.full_name.to_string(), kind, ty(it), state, from(it)]
                };
                let body = rows.iter().map(row);
                print(&table(&std::iter::once(head.map(String::from).to_vec()).chain(body).collect::<Vec<_>>()))?;
                if mistakes > 0 {
                    print(&format!("\n{mistakes} to look at: `element check {}` shows them", self.look.apps.display()))?;
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn rows(&self, runtime: &Runtime) -> Result<Vec<Row>> {
        let snapshot = runtime.snapshot();
        let said = |e: element::Error| anyhow!(e.message.clone());
        let apps: Vec<_> = match &self.app {
            Some(id) => vec![runtime.app(id).map_err(said)?],
            None => snapshot.apps().iter().map(|it| runtime.app(it.id.as_str())).collect::<Result<_, _>>().map_err(said)?,
        };
        let mut rows = Vec::new();
        for handle in &apps {
            let app: &App = handle.app();
            let found = match &self.select {
                Some(selector) => {
                    let names = handle.find_elements(selector).map_err(said)?;
                    names.iter().filter_map(|it| app.element(it.as_str())).collect()
                }
                // Every app sees the built-in elements; once is enough to show them, under their own heading.
                None => app.elements().into_iter().filter(|it| it.folder.is_some()).collect::<Vec<_>>(),
            };
            rows.extend(found.into_iter().map(|it| Row {
                app: app.id.to_string(),
                from: app.owner(it).map_or_else(|| BUILT_IN.to_owned(), ToString::to_string),
                element: Arc::clone(it),
            }));
        }
        if self.app.is_none() && self.select.is_none() {
            let built_in = |it: &&Arc<Element>| Row { app: BUILT_IN.into(), from: BUILT_IN.into(), element: Arc::clone(it) };
            rows.extend(snapshot.built_in().iter().map(built_in));
        }
        Ok(rows)
    }
}

const BUILT_IN: &str = "(built in)";
