//! A Type, service or model that objects can be made of, ready for dispatch.
use crate::library::LibraryInfo;
use element::{
    Access, check_label,
    def::{MetaInfo, MethodKind, OriginInfo, Role, TypeInfo},
    host::Object,
};
use hashbrown::HashMap;
use jsonschema::Validator;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{fmt, sync::Arc};

/// A map that is read far more often than it is made.
pub(crate) type Map<V> = HashMap<Box<str>, V, foldhash::fast::RandomState>;

/// Makes an object of a config. An error is the reason, safe to show to whoever wrote the config.
pub type BuildObject = Arc<dyn Fn(&Value) -> Result<Arc<dyn Object>, String> + Send + Sync>;

/// One callable method, ready for dispatch.
#[derive(Debug, Clone)]
pub struct Method {
    /// Its name on the wire.
    pub name: Box<str>,
    /// Its number in the Type's table.
    pub number: u32,
    /// Who may call it: what its Meta says, else what its author says, else `internal`.
    pub access: Access,
    /// How it is called.
    pub kind: MethodKind,
    /// Answers GET as well.
    pub get: bool,
    /// Runs as a job.
    pub long: bool,
}

/// A Type, service or model that objects can be made of.
pub struct Type {
    /// What it says about itself.
    pub info: TypeInfo,
    /// Its methods, in the order of their numbers.
    pub methods: Vec<Method>,
    /// The library that it comes from; `None`: it is linked into this program.
    pub library: Option<LibraryInfo>,
    by_name: Map<u32>,
    /// Which code it is: an Instance built from other code is another Instance.
    pub(crate) identity: Arc<str>,
    pub(crate) validator: Option<Validator>,
    pub(crate) build: BuildObject,
}

impl fmt::Debug for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Type").field(&self.info.full_name).finish()
    }
}

impl Type {
    /// `meta`: the Meta that it names. What is wrong with it is said without its name.
    pub(crate) fn new(
        mut info: TypeInfo,
        meta: Option<&MetaInfo>,
        library: Option<LibraryInfo>,
        build: BuildObject,
    ) -> Result<Self, String> {
        if info.role == Role::Type && info.schema.is_none() {
            info.schema = Some(json!({"type": "object", "additionalProperties": false}));
        }
        let schema = info.schema.as_ref().filter(|_| info.role == Role::Type);
        let validator = schema.map(jsonschema::validator_for).transpose();
        let validator = validator.map_err(|e| format!("has a config schema that cannot be used: {}", e.masked()))?;
        let (mut by_name, mut methods) = (Map::default(), Vec::new());
        for (number, method) in (0u32..).zip(&mut info.methods) {
            let promise = meta.and_then(|meta| meta.promises.iter().find(|it| it.name == method.name));
            let access = promise.map(|it| it.access).or(method.access).unwrap_or(Access::Internal);
            // What the Type leaves to its Meta is said here once for everyone who reads the table.
            method.access = Some(access);
            if let Some(promise) = promise.filter(|_| method.doc.is_empty()) {
                method.doc.clone_from(&promise.doc);
            }
            for name in std::iter::once(&method.name).chain(&method.aliases) {
                check_label(name).map_err(|e| format!("has a method that cannot be called: {e}"))?;
                if by_name.insert(name.as_str().into(), number).is_some() {
                    return Err(format!("has two methods that are called `{name}`"));
                }
            }
            let name = method.name.as_str().into();
            methods.push(Method { name, number, access, kind: method.kind, get: method.get, long: method.long });
        }
        let OriginInfo { package, version, .. } = &info.origin;
        let bytes = library.as_ref().map_or("", |it| &it.sha256);
        // Who may call is decided by a Meta, which may come from elsewhere.
        let access: Vec<&str> = methods.iter().map(|it: &Method| it.access.word()).collect();
        let identity = format!("{} {package} {version} {bytes} {}", info.full_name, access.join(" ")).into();
        Ok(Self { info, methods, library, by_name, identity, validator, build })
    }

    /// The method with this name or alias.
    #[must_use]
    pub fn method(&self, name: &str) -> Option<&Method> {
        self.by_name.get(name).map(|&number| &self.methods[number as usize])
    }

    /// Every name and alias of a method.
    pub(crate) fn method_names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(|it| &**it)
    }

    /// Which code it is, for people.
    pub(crate) fn code(&self) -> Code {
        let TypeInfo { full_name, origin, .. } = &self.info;
        Code { full_name: full_name.clone(), origin: origin.clone(), library: self.library.clone() }
    }
}

/// Code that a Type is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Code {
    /// The full name that it is registered under.
    pub full_name: String,
    /// The crate and the place in it.
    pub origin: OriginInfo,
    /// The library that it comes from; `None`: it is linked into the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub library: Option<LibraryInfo>,
}
