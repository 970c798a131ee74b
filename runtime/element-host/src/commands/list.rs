//! `element list`
use super::{Format, Look, print, table};
use anyhow::Result;
use clap::Args;
use element_engine::{Element, Kind};
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
        let mut rows = Vec::new();
        for app in snapshot.apps() {
            let elements = app.elements();
            // Every app sees the built-in elements; once is enough to show them, under their own heading.
            rows.extend(elements.into_iter().filter(|it| it.folder.is_some()).map(|it| (app.id.to_string(), row(it))));
        }
        for (full_name, kind, chain) in built_in(runtime.registry()) {
            let state = if matches!(kind.as_str(), "Meta" | "Type") { "declared" } else { "in service" };
            rows.push(("(built in)".into(), [full_name, kind, chain, state.into()]));
        }
        match self.look.format {
            Format::Json => {
                let object = |(app, [element, kind, ty, state]): (String, [String; 4])| -> Value {
                    json!({"app": app, "element": element, "kind": kind, "type": ty, "state": state})
                };
                print(&serde_json::to_string_pretty(&rows.into_iter().map(object).collect::<Vec<_>>())?)?;
            }
            Format::Text => {
                let head = ["APP", "ELEMENT", "KIND", "TYPE", "STATE"].map(String::from).to_vec();
                let body = rows.into_iter().map(|(app, cells)| std::iter::once(app).chain(cells).collect());
                print(&table(&std::iter::once(head).chain(body).collect::<Vec<_>>()))?;
                let errors = snapshot.diagnostics.len();
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
    let ty = it.chain.first().map(ToString::to_string).unwrap_or_default();
    [it.full_name.to_string(), word(it.kind).into(), ty, it.state.word().into()]
}

const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Meta => "Meta",
        Kind::Type => "Type",
        Kind::DerivedType => "derived Type",
        Kind::Instance => "Instance",
        Kind::Service => "service",
        Kind::Model => "model",
        Kind::Unknown => "?",
    }
}

fn built_in(registry: &element_engine::Registry) -> Vec<(String, String, String)> {
    let metas = registry.metas().map(|it| (it.full_name.clone(), "Meta".to_owned(), String::new()));
    let types = registry.types().map(|it| {
        let kind = match it.info.role {
            element::Role::Type => "Type",
            element::Role::Service => "service",
            element::Role::Model => "model",
        };
        (it.info.full_name.clone(), kind.to_owned(), it.info.meta.clone().unwrap_or_default())
    });
    let mut all: Vec<_> = metas.chain(types).collect();
    all.sort();
    all
}
