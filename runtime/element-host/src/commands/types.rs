//! `element types`
use super::{Format, print};
use crate::linked;
use anyhow::Result;
use clap::Args;
use element::{Access, Role};
use element_engine::Type;
use std::process::ExitCode;

/// Show every Meta, Type, service and model that code offers, with their methods.
#[derive(Debug, Args)]
pub struct Types {
    /// How the answer is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Types {
    pub(super) fn run(self) -> Result<ExitCode> {
        let registry = linked::registry()?;
        match self.format {
            Format::Json => {
                let metas: Vec<_> = registry.metas().collect();
                let types: Vec<_> = registry.types().map(|it| &it.info).collect();
                print(&serde_json::to_string_pretty(&serde_json::json!({ "metas": metas, "types": types }))?)?;
            }
            Format::Text => {
                for meta in registry.metas() {
                    print(&format!("{}  Meta, {} {}", meta.full_name, meta.origin.package, meta.origin.version))?;
                }
                for ty in registry.types() {
                    print(&shown(ty))?;
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn shown(ty: &Type) -> String {
    let info = &ty.info;
    let what = match (info.role, &info.meta) {
        (Role::Type, Some(meta)) => format!("Type of {meta}"),
        (Role::Type, None) => "Type".into(),
        (Role::Service, _) => "service".into(),
        (Role::Model, _) => "model".into(),
    };
    let mut out = format!("{}  {what}, linked from {} {}", info.full_name, info.origin.package, info.origin.version);
    for (method, said) in ty.methods.iter().zip(&info.methods) {
        let access = match method.access {
            Access::Public => "public",
            Access::Session => "session",
            Access::Internal => "internal",
        };
        let arguments = said.args["properties"].as_object().into_iter().flat_map(|it| it.keys().cloned());
        let required: Vec<&str> =
            said.args["required"].as_array().into_iter().flatten().filter_map(|it| it.as_str()).collect();
        let arguments = arguments.map(|it| if required.contains(&it.as_str()) { it } else { format!("{it}?") });
        out.push_str(&format!("\n    {access:8}  {}({})", method.name, arguments.collect::<Vec<_>>().join(", ")));
    }
    out
}
