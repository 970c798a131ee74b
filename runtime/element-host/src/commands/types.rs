//! `element types`
use super::{Format, explain::first_sentence, found_in, kind_word, print};
use crate::libraries::FromFiles;
use anyhow::Result;
use clap::Args;
use element::{
    Access,
    def::{MetaInfo, MethodInfo, MethodKind, OriginInfo, Role},
};
use element_engine::{LibraryInfo, Severity, Type};
use serde::Serialize;
use std::process::ExitCode;

/// Show every Meta, Type, service and model that code offers, with their methods.
#[derive(Debug, Args)]
pub struct Types {
    /// How the answer is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    from_files: FromFiles,
}

impl Types {
    pub(super) fn run(self) -> Result<ExitCode> {
        let (registry, wrong) = self.from_files.registry()?;
        match self.format {
            Format::Json => {
                let metas: Vec<_> = registry
                    .metas()
                    .map(|it| Listed { what: &**it, library: registry.library_of_meta(&it.full_name) })
                    .collect();
                let types: Vec<_> =
                    registry.types().map(|it| Listed { what: &it.info, library: it.library.as_ref() }).collect();
                print(&serde_json::to_string_pretty(&serde_json::json!({ "metas": metas, "types": types }))?)?;
            }
            Format::Text => {
                for meta in registry.metas() {
                    print(&promised(meta, registry.library_of_meta(&meta.full_name)))?;
                }
                for ty in registry.types() {
                    print(&shown(ty))?;
                }
            }
        }
        super::complain(&wrong);
        Ok(if wrong.iter().any(|it| it.severity == Severity::Error) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// With the library that it comes from, or null.
#[derive(Serialize)]
struct Listed<'a, T> {
    #[serde(flatten)]
    what: &'a T,
    library: Option<&'a LibraryInfo>,
}

/// Where it comes from, for people.
fn from(origin: &OriginInfo, library: Option<&LibraryInfo>) -> String {
    let OriginInfo { package, version, .. } = origin;
    match library {
        None => format!("linked from {package} {version}"),
        Some(it) => format!("from {package} {version}{}", found_in(it)),
    }
}

fn promised(meta: &MetaInfo, library: Option<&LibraryInfo>) -> String {
    let head = format!("{}  Meta, {}", meta.full_name, from(&meta.origin, library));
    let lines = meta.promises.iter().map(|it| line(it.access, &it.name, "promised", &it.doc));
    std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n")
}

fn shown(ty: &Type) -> String {
    let info = &ty.info;
    let what = match (info.role, &info.meta) {
        (Role::Type, Some(meta)) => format!("Type of {meta}"),
        (Role::Type, None) => "Type".into(),
        (Role::Service, _) => "service".into(),
        (Role::Model, _) => "model".into(),
    };
    let head = format!("{}  {what}, {}", info.full_name, from(&info.origin, ty.library.as_ref()));
    let lines = info.methods.iter().map(|it| {
        let kind = kind_word(it.kind, it.long, it.get);
        let call = if it.kind == MethodKind::Property { it.name.clone() } else { format!("{}({})", it.name, arguments(it)) };
        line(it.access.unwrap_or(Access::Internal), &call, kind, &it.doc)
    });
    std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n")
}

/// Those that have to be given come first.
fn arguments(method: &MethodInfo) -> String {
    let required = method.args["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    let names = method.args["properties"].as_object().into_iter().flat_map(|it| it.keys());
    let (needed, other): (Vec<_>, Vec<_>) = names.partition(|name| required.iter().any(|it| it == name.as_str()));
    needed.into_iter().cloned().chain(other.into_iter().map(|it| format!("{it}?"))).collect::<Vec<_>>().join(", ")
}

fn line(access: Access, call: &str, kind: &str, doc: &str) -> String {
    let access = access.word();
    let about = first_sentence(doc);
    format!("    {access:8}  {kind:8}  {call:40}  {about}").trim_end().to_owned()
}
