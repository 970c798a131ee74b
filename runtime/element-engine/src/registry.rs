//! Every Meta, Type, service and model that code offers, with contracts checked and names unique.
use element::{
    Access,
    def::{Linked, MetaInfo, MethodKind, OriginInfo, Role, TypeInfo},
    host::Object,
};
use hashbrown::HashMap;
use jsonschema::Validator;
use serde_json::Value;
use std::{collections::BTreeMap, fmt, sync::Arc};

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
    /// The method with this name or alias.
    #[must_use]
    pub fn method(&self, name: &str) -> Option<&Method> {
        self.by_name.get(name).map(|&number| &self.methods[number as usize])
    }

    /// Every name and alias of a method.
    pub(crate) fn method_names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(|it| &**it)
    }
}

/// Why the registry cannot be used: a mistake of whoever built the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryError(String);

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RegistryError {}

/// What code offers.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    metas: BTreeMap<String, Arc<MetaInfo>>,
    types: BTreeMap<String, Arc<Type>>,
}

impl Registry {
    /// Everything that is linked into this program.
    ///
    /// # Errors
    /// Two of one name, or a Type whose Meta is not linked.
    pub fn linked() -> Result<Self, RegistryError> {
        let mut registry = Self::default();
        let (mut metas, mut types) = (Vec::new(), Vec::new());
        for linked in element::def::linked() {
            match linked {
                Linked::Meta(def) => metas.push(def),
                Linked::Type(def) => types.push(def),
            }
        }
        // Linking gives no order; a mistake should read the same every time.
        metas.sort_by_key(|it| it.full_name);
        types.sort_by_key(|it| it.full_name);
        for def in metas {
            registry.add_meta((*def).into())?;
        }
        for def in types {
            registry.add_type((*def).into(), Arc::new(|config| (def.build)(config).map_err(|e| e.to_string())))?;
        }
        Ok(registry)
    }

    /// Adds a Meta.
    ///
    /// # Errors
    /// The name is taken.
    pub fn add_meta(&mut self, meta: MetaInfo) -> Result<(), RegistryError> {
        self.refuse_taken(&meta.full_name, &meta.origin)?;
        self.metas.insert(meta.full_name.clone(), Arc::new(meta));
        Ok(())
    }

    /// Adds a Type, service or model; its Meta has to be there.
    ///
    /// # Errors
    /// The name is taken, the Meta is missing or not kept, or a schema cannot be used.
    pub fn add_type(&mut self, mut info: TypeInfo, build: BuildObject) -> Result<(), RegistryError> {
        self.refuse_taken(&info.full_name, &info.origin)?;
        let name = &info.full_name;
        let meta = match &info.meta {
            None => None,
            Some(meta) => Some(
                self.metas
                    .get(meta)
                    .ok_or_else(|| RegistryError(format!("`{name}` names the Meta `{meta}`, which is not here")))?,
            ),
        };
        if let Some(meta) = meta {
            kept(meta, &info).map_err(|broken| {
                RegistryError(format!("`{name}` does not keep its Meta `{}`: {broken}", meta.full_name))
            })?;
        }
        let schema = info.schema.as_ref().filter(|_| info.role == Role::Type);
        let validator = schema.map(jsonschema::validator_for).transpose();
        let validator = validator
            .map_err(|e| RegistryError(format!("`{name}` has a config schema that cannot be used: {}", e.masked())))?;
        let mut by_name = Map::default();
        let mut methods = Vec::new();
        for (number, method) in (0u32..).zip(&mut info.methods) {
            let promise = meta.and_then(|meta| meta.promises.iter().find(|it| it.name == method.name));
            let access = promise.map(|it| it.access).or(method.access).unwrap_or(Access::Internal);
            // What the Type leaves to its Meta is said here once for everyone who reads the table.
            method.access = Some(access);
            if let Some(promise) = promise.filter(|_| method.doc.is_empty()) {
                method.doc.clone_from(&promise.doc);
            }
            for name in std::iter::once(&method.name).chain(&method.aliases) {
                by_name.insert(name.as_str().into(), number);
            }
            let name = method.name.as_str().into();
            methods.push(Method { name, number, access, kind: method.kind, get: method.get, long: method.long });
        }
        let OriginInfo { package, version, .. } = &info.origin;
        let identity = format!("{} {package} {version}", info.full_name).into();
        self.types.insert(info.full_name.clone(), Arc::new(Type { methods, by_name, identity, validator, build, info }));
        Ok(())
    }

    /// Makes sure that these are here. A crate that is in the manifest and never named in code is left out by the
    /// linker without a word; this says it.
    ///
    /// # Errors
    /// Names what is missing, and the line that is missing for it.
    pub fn require(&self, names: &[(&str, &str)]) -> Result<(), RegistryError> {
        let missing = names.iter().filter(|(name, _)| !self.types.contains_key(*name) && !self.metas.contains_key(*name));
        let missing: Vec<String> = missing
            .map(|(name, package)| format!("`{name}`: name its crate in the program's code, at least `use {package} as _;`"))
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(RegistryError(format!("not linked into this program: {}", missing.join("; "))))
        }
    }

    /// The Meta with this full name.
    #[must_use]
    pub fn meta(&self, full_name: &str) -> Option<&Arc<MetaInfo>> {
        self.metas.get(full_name)
    }

    /// The Type, service or model with this full name.
    #[must_use]
    pub fn ty(&self, full_name: &str) -> Option<&Arc<Type>> {
        self.types.get(full_name)
    }

    /// Every Meta, in the order of names.
    pub fn metas(&self) -> impl Iterator<Item = &Arc<MetaInfo>> {
        self.metas.values()
    }

    /// Every Type, service and model, in the order of names.
    pub fn types(&self) -> impl Iterator<Item = &Arc<Type>> {
        self.types.values()
    }

    fn refuse_taken(&self, name: &str, origin: &OriginInfo) -> Result<(), RegistryError> {
        let first = self.types.get(name).map(|it| &it.info.origin).or_else(|| self.metas.get(name).map(|it| &it.origin));
        match first {
            None => Ok(()),
            Some(first) => Err(RegistryError(format!(
                "two have the full name `{name}`: {} and {}; rename one",
                show(first),
                show(origin)
            ))),
        }
    }
}

fn show(it: &OriginInfo) -> String {
    format!("{} {} ({}:{})", it.package, it.version, it.file, it.line)
}

/// The compiler has checked this for a linked Type; a library may have been built against another Meta.
fn kept(meta: &MetaInfo, info: &TypeInfo) -> Result<(), String> {
    for promise in &meta.promises {
        let method = info
            .methods
            .iter()
            .find(|it| it.name == promise.name)
            .ok_or_else(|| format!("there is no `{}`", promise.name))?;
        if method.kind != MethodKind::Method || method.access.is_some_and(|it| it != promise.access) {
            return Err(format!("`{}` is called in another way", promise.name));
        }
        if bare(&method.reply) != bare(&promise.reply) {
            return Err(format!("`{}` gives another result", promise.name));
        }
    }
    Ok(())
}

/// A schema without its texts.
fn bare(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => {
            let words = map.iter().filter(|(key, _)| !matches!(key.as_str(), "title" | "description" | "$schema"));
            words.map(|(key, value)| (key.clone(), bare(value))).collect()
        }
        Value::Array(items) => items.iter().map(bare).collect(),
        other => other.clone(),
    }
}
