//! `element list`
use super::{Format, Look, print, table};
use anyhow::Result;
use clap::Args;
use element_engine::Element;
use serde_json::{Value, json};
use std::process::ExitCode;

/// Show every element with its Type and state.
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    look: Look,
}

impl List {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let runtime = self.look.open().await?;
        let snapshot = runtime.snapshot();
        let apps = snapshot.apps();
        // Every app sees the built-in elements; once is enough to show them, under their own heading.
        let own = apps.iter().flat_map(|app| app.own_elements().into_iter().map(|it| (app.id.to_string(), row(it))));
        let rows = own.chain(snapshot.built_in().into_iter().map(|it| ("(built in)".into(), row(it))));
        match self.look.format {
            Format::Json => {
                let object = |(app, [element, kind, ty, state]): (String, [String; 4])| -> Value {
                    json!({"app": app, "element": element, "kind": kind, "type": ty, "state": state})
                };
                print(&serde_json::to_string_pretty(&rows.map(object).collect::<Vec<_>>())?)?;
            }
            Format::Text => {
                let head = ["APP", "ELEMENT", "KIND", "TYPE", "STATE"].map(String::from).to_vec();
                let body = rows.map(|(app, cells)| std::iter::once(app).chain(cells).collect());
                print(&table(&std::iter::once(head).chain(body).collect::<Vec<_>>()))?;
                let errors = snapshot.diagnostics().len();
                if errors > 0 {
                    print(&format!("\n{errors} to look at: `element check {}` shows them", self.look.apps.display()))?;
                }
            }
        }
        runtime.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

fn row(it: &Element) -> [String; 4] {
    let ty = it.chain().next().map(ToString::to_string).unwrap_or_default();
    [it.full_name.to_string(), it.kind.word().into(), ty, it.state.word().into()]
}
