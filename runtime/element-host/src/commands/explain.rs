//! `element explain`
use super::{Format, found_in, kind_word, path_of, print, remote::Remote, table};
use crate::{
    logging::{self, Log},
    open::{LISTEN, Provided, look},
};
use anyhow::{Result, anyhow};
use clap::Args;
use element::{AppId, FullName};
use element_engine::{Callable, Definition, Explanation, Kind, Setting, Standing, TypeInChain};
use serde_json::{Value, json};
use std::{path::PathBuf, process::ExitCode};

/// Show where every part of an element comes from, as an app sees it.
///
/// The apps are opened here, to look only, unless `--server` names a running host.
#[derive(Debug, Args)]
pub struct Explain {
    /// The app's id, such as `acme.demo`.
    app: AppId,
    /// The element's full name.
    element: FullName,
    /// The folder of the apps.
    #[arg(long, default_value = "apps", value_name = "DIR")]
    apps: PathBuf,
    /// Ask the host that runs there, as its administrator.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Where that host keeps its own: its administrators' token is read from there.
    #[arg(long, default_value = "data", value_name = "DIR")]
    data: PathBuf,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    provided: Provided,
}

impl Explain {
    pub(super) async fn run(self) -> Result<ExitCode> {
        logging::start(Log::Text, "error");
        let (explanation, address) = match &self.server {
            Some(server) => {
                let remote = Remote { server, data: &self.data };
                let it = remote.get(&format!("/explain/{}/{}", self.app, self.element)).await?;
                (it, server.trim_end_matches('/').to_owned())
            }
            None => {
                let runtime = look(&self.apps, &self.provided).await?;
                let it = runtime.explain(self.app.as_str(), self.element.as_str()).map_err(|e| anyhow!(e.message.clone()));
                runtime.close().await;
                (it?, self.provided.public_url(LISTEN.parse()?)?.to_string())
            }
        };
        match self.format {
            Format::Json => print(&serde_json::to_string_pretty(&with_addresses(&explanation, &address)?)?)?,
            Format::Text => print(&text(&explanation, &address))?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn url(it: &Explanation, method: &str, address: &str) -> String {
    format!("{address}{}", path_of(it.app.as_str(), it.full_name.as_str(), method))
}

fn is_called(it: &Explanation) -> bool {
    matches!(it.kind, Kind::Instance | Kind::Service | Kind::Model)
}

/// What is called over HTTP has an address.
fn with_addresses(it: &Explanation, address: &str) -> Result<Value> {
    let mut json = serde_json::to_value(it)?;
    if !is_called(it) {
        return Ok(json);
    }
    for (method, of) in it.methods.iter().zip(json["methods"].as_array_mut().into_iter().flatten()) {
        of["url"] = json!(url(it, &method.name, address));
    }
    Ok(json)
}

fn text(it: &Explanation, address: &str) -> String {
    let serves = it.serves.map(|serves| format!(", generation {serves} of {}", it.generation)).unwrap_or_default();
    let mut head = format!("{}  {}, {}{serves}", it.full_name, it.kind.word(), it.state);
    if !it.title.is_empty() {
        head.push_str(&format!("\n  {}", it.title));
    }
    if let Some(app) = &it.adapted_by {
        head.push_str(&format!("\n  made anew in `{app}`, which sees another Type than the app that defines it"));
    }
    let view = it.layers.iter().map(|it| format!("{} {}", it.app, it.version).trim_end().to_owned());
    let view = view.chain(["built in".to_owned()]).collect::<Vec<_>>().join(" → ");
    let code = it.code.iter().enumerate().map(|(i, code)| {
        let origin = &code.origin;
        let what = if i == 0 { "" } else { "overridden, called by the one above" };
        let library = code.library.as_ref().map(found_in).unwrap_or_default();
        let place = format!("{} {}, {}:{}{library}", origin.package, origin.version, origin.file, origin.line);
        vec![code.full_name.clone(), place, what.into()]
    });
    let methods = if is_called(it) {
        format!("methods, each at {}", url(it, "<method>", address))
    } else {
        "methods of its Instances".to_owned()
    };
    let sections = [
        ("view", vec![vec![view]]),
        ("defined in", it.definitions.iter().map(definition).collect()),
        ("made of", it.chain.iter().map(step).collect()),
        ("code", code.collect()),
        ("config", it.config.iter().map(setting).collect()),
        ("keys of the config", keys(it.schema.as_ref())),
        (&methods, it.methods.iter().map(callable).collect()),
        ("to look at", it.diagnostics.iter().map(|it| vec![it.to_string()]).collect()),
    ];
    let shown = sections.iter().filter(|(_, rows)| !rows.is_empty());
    let shown = shown.map(|(name, rows)| format!("\n\n{name}\n  {}", table(rows).replace('\n', "\n  ")));
    std::iter::once(head).chain(shown).collect()
}

fn owner(app: Option<&AppId>) -> String {
    app.map_or_else(|| "built in".into(), ToString::to_string)
}

fn definition(it: &Definition) -> Vec<String> {
    let standing = match it.standing {
        Standing::Counts => "",
        Standing::Overridden => "overridden",
        Standing::Private => "not inherited",
        Standing::Refused => "refused: the other one is protected",
    };
    let folder = it.folder.as_deref().unwrap_or_default();
    [&owner(it.app.as_ref()), folder, it.kind.word(), it.modifier.word(), standing].map(String::from).to_vec()
}

fn step(it: &TypeInChain) -> Vec<String> {
    let files = it.files.iter().map(|it| &**it).collect::<Vec<_>>().join(", ");
    vec![it.full_name.to_string(), owner(it.app.as_ref()), files]
}

fn setting(it: &Setting) -> Vec<String> {
    let place = it.place.map(|it| format!(":{}:{}", it.line, it.column)).unwrap_or_default();
    vec![it.key.clone(), it.value.to_string(), format!("{}{place}", it.file)]
}

/// What a schema says in one line for each key.
fn keys(schema: Option<&Value>) -> Vec<Vec<String>> {
    let properties = schema.and_then(|it| it["properties"].as_object()).into_iter().flatten();
    let required = schema.and_then(|it| it["required"].as_array()).map(Vec::as_slice).unwrap_or_default();
    let row = |(key, about): (&String, &Value)| {
        let needed = if required.iter().any(|it| it == key) { "required" } else { "" };
        let about = about["description"].as_str().unwrap_or_default();
        vec![key.clone(), needed.into(), first_sentence(about)]
    };
    properties.map(row).collect()
}

fn callable(it: &Callable) -> Vec<String> {
    let kind = kind_word(it.kind, it.long, it.get);
    let access = if it.access == it.access_of_type {
        it.access.word().to_owned()
    } else {
        format!("{} (its Type: {})", it.access.word(), it.access_of_type.word())
    };
    vec![it.name.clone(), access, kind.into(), first_sentence(&it.about)]
}

/// The first sentence, wherever its lines end.
pub(super) fn first_sentence(text: &str) -> String {
    let text = text.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    text.split_once(". ").map_or(text.as_str(), |(first, _)| first).trim_end_matches('.').to_owned()
}
