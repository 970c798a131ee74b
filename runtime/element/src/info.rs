//! What a Meta, Type, service or model says about itself, as data that can cross any boundary.
use crate::{
    Access,
    def::{MetaDef, MethodDef, MethodKind, Origin, Promise, Role, TypeDef},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A Meta as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetaInfo {
    /// Its full name.
    pub full_name: String,
    /// What the family is.
    #[serde(default)]
    pub doc: String,
    /// What every Type of it has.
    #[serde(default)]
    pub promises: Vec<PromiseInfo>,
    /// Where it was written.
    pub origin: OriginInfo,
}

/// One line of a contract as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PromiseInfo {
    /// The method's name on the wire.
    pub name: String,
    /// What it does.
    #[serde(default)]
    pub doc: String,
    /// Who may call it.
    pub access: Access,
    /// The schema of its result.
    pub reply: Value,
}

/// A Type, a service or a model as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TypeInfo {
    /// Its full name.
    pub full_name: String,
    /// Which of the three.
    pub role: Role,
    /// What it is.
    #[serde(default)]
    pub doc: String,
    /// The full name of the Meta whose contract it keeps.
    pub meta: Option<String>,
    /// The schema of its config; of a model: of its records.
    pub schema: Option<Value>,
    /// What can be called. The place in this list is the method's number.
    pub methods: Vec<MethodInfo>,
    /// Has an async `start` hook.
    #[serde(default)]
    pub starts: bool,
    /// Has an async `stop` hook.
    #[serde(default)]
    pub stops: bool,
    /// Calls the Type that it stands in the place of.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overrides: bool,
    /// Where it was written.
    pub origin: OriginInfo,
}

/// A method as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MethodInfo {
    /// Its name on the wire.
    pub name: String,
    /// Other names on the wire.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What it does.
    #[serde(default)]
    pub doc: String,
    /// `None`: the Meta says, and a method of no Meta is internal.
    pub access: Option<Access>,
    /// How it is called.
    pub kind: MethodKind,
    /// Answers GET as well.
    #[serde(default)]
    pub get: bool,
    /// Runs as a job.
    #[serde(default)]
    pub long: bool,
    /// The schema of its arguments.
    pub args: Value,
    /// The schema of its result.
    pub reply: Value,
}

/// Where something was written, as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OriginInfo {
    /// The crate.
    pub package: String,
    /// The crate's version.
    pub version: String,
    /// The source file.
    pub file: String,
    /// The line in it.
    pub line: u32,
}

impl From<&Origin> for OriginInfo {
    fn from(it: &Origin) -> Self {
        Self { package: it.package.into(), version: it.version.into(), file: it.file.into(), line: it.line }
    }
}

impl From<&Promise> for PromiseInfo {
    fn from(it: &Promise) -> Self {
        Self { name: it.name.into(), doc: it.doc.into(), access: it.access, reply: (it.reply)().to_value() }
    }
}

impl From<&MetaDef> for MetaInfo {
    fn from(it: &MetaDef) -> Self {
        Self {
            full_name: it.full_name.into(),
            doc: it.doc.into(),
            promises: it.promises.iter().map(Into::into).collect(),
            origin: (&it.origin).into(),
        }
    }
}

impl From<&MethodDef> for MethodInfo {
    fn from(it: &MethodDef) -> Self {
        Self {
            name: it.name.into(),
            aliases: it.aliases.iter().map(|&alias| alias.into()).collect(),
            doc: it.doc.into(),
            access: it.access,
            kind: it.kind,
            get: it.get,
            long: it.long,
            args: (it.args)().to_value(),
            reply: (it.reply)().to_value(),
        }
    }
}

impl From<&TypeDef> for TypeInfo {
    fn from(it: &TypeDef) -> Self {
        let schema = it.schema.map(|schema| schema().to_value());
        // A Type is its config, so its text stands on the struct; the block's text comes second.
        let of_struct = schema.as_ref().and_then(|schema| schema["description"].as_str());
        let doc = of_struct.filter(|text| !text.is_empty()).unwrap_or(it.doc);
        Self {
            full_name: it.full_name.into(),
            role: it.role,
            doc: doc.into(),
            meta: it.meta.map(|meta| meta.full_name.into()),
            methods: it.methods.iter().map(Into::into).collect(),
            starts: it.starts,
            stops: it.stops,
            overrides: it.overrides,
            origin: (&it.origin).into(),
            schema,
        }
    }
}
