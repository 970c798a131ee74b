//! Every Meta, Type, service and model that code offers, with contracts checked and names unique.
use crate::{
    BuildObject, Diagnostic, Libraries, LibraryInfo, Type,
    library::{Library, Refusal, Shelf, build},
    promise::{kept, other_meta, other_type},
};
use element::{
    FullName,
    def::{Linked, MetaInfo, OriginInfo, Role, TypeInfo},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};
use tokio::time::Instant;

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
    settings: BTreeSet<String>,
    /// Libraries that something comes from, in the order in which they came.
    libraries: Vec<Arc<Library>>,
    /// Metas that come from one of them.
    meta_libraries: BTreeMap<String, Arc<Library>>,
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
                Linked::Settings(names) => registry.settings.extend(names.iter().map(|&it| it.to_owned())),
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
        self.refuse_taken(&meta.full_name, &meta.origin, None).map_err(RegistryError)?;
        self.metas.insert(meta.full_name.clone(), Arc::new(meta));
        Ok(())
    }

    /// Adds a Type, service or model; its Meta has to be there.
    ///
    /// # Errors
    /// The name is taken, the Meta is missing or not kept, or a schema cannot be used.
    pub fn add_type(&mut self, info: TypeInfo, build: BuildObject) -> Result<(), RegistryError> {
        self.refuse_taken(&info.full_name, &info.origin, None).map_err(RegistryError)?;
        self.put_type(info, None, build).map_err(RegistryError)
    }

    fn put_type(&mut self, info: TypeInfo, library: Option<LibraryInfo>, build: BuildObject) -> Result<(), String> {
        let full_name = info.full_name.clone();
        let meta = match &info.meta {
            None => None,
            Some(meta) => {
                let here = self.metas.get(meta);
                Some(&**here.ok_or_else(|| format!("`{full_name}` names the Meta `{meta}`, which is not here"))?)
            }
        };
        let ty = ready(info, meta, library, build)?;
        self.types.insert(full_name, Arc::new(ty));
        Ok(())
    }

    /// Adds all that is new in a library, or nothing of it. What came into it with the crates that it depends on, and is here
    /// already, it may have as well as long as that is the same.
    pub(crate) fn admit(&mut self, library: &Arc<Library>) -> Result<(), Refusal> {
        let mut next = self.clone();
        let description = &library.image.description;
        let before = (next.metas.len(), next.types.len());
        for meta in &description.metas {
            well_named(&meta.full_name)?;
            if let Some(here) = next.metas.get(&meta.full_name).filter(|it| it.origin.package == meta.origin.package) {
                same(&meta.full_name, &here.origin, &meta.origin, other_meta(here, meta))?;
                continue;
            }
            next.refuse_taken(&meta.full_name, &meta.origin, Some(library)).map_err(taken)?;
            next.meta_libraries.insert(meta.full_name.clone(), Arc::clone(library));
            next.metas.insert(meta.full_name.clone(), Arc::new(meta.clone()));
        }
        for (number, info) in (0u32..).zip(&description.types) {
            well_named(&info.full_name)?;
            let here = next.types.get(&info.full_name).filter(|it| it.info.origin.package == info.origin.package);
            if let Some(here) = here {
                same(&info.full_name, &here.info.origin, &info.origin, other_type(&here.info, info))?;
                continue;
            }
            next.refuse_taken(&info.full_name, &info.origin, Some(library)).map_err(taken)?;
            next.put_type(info.clone(), Some(library.info.clone()), library.builder(number)).map_err(contract)?;
        }
        if (next.metas.len(), next.types.len()) == before {
            let message = "nothing in this library is new: all of it is here already";
            return Err(Refusal::new("library-empty", message, "take it away, or use a host that has less linked into it"));
        }
        next.settings.extend(description.settings.iter().cloned());
        next.libraries.push(Arc::clone(library));
        *self = next;
        Ok(())
    }

    /// The Type with this full name in a library that an app brings, ready to be used there as one of this Meta, which may be
    /// one that only the app declares.
    pub(crate) fn prepare(&self, library: &Library, full_name: &FullName, meta: &FullName) -> Result<Arc<Type>, Refusal> {
        let description = &library.image.description;
        let types = (0u32..).zip(&description.types).filter(|(_, it)| it.role == Role::Type);
        let Some((number, info)) = types.clone().find(|(_, it)| it.full_name == full_name.as_str()) else {
            let has: Vec<_> = types.map(|(_, it)| format!("`{}`", it.full_name)).collect();
            let help = format!("it has {}: give the folder that place", has.join(", "));
            return Err(Refusal::new("library-empty", format!("this library has no Type `{full_name}`"), help));
        };
        if info.meta.as_deref() != Some(meta.as_str()) {
            let its = info.meta.as_deref().unwrap_or("none");
            return Err(contract(format!("the Meta of `{full_name}` is `{its}` in the library, and `{meta}` in `e.json`")));
        }
        for its in &description.metas {
            if let Some(here) = self.metas.get(&its.full_name) {
                same(&its.full_name, &here.origin, &its.origin, other_meta(here, its))?;
            }
        }
        let meta = self.metas.get(meta.as_str()).map(|it| &**it);
        ready(info.clone(), meta, Some(library.info.clone()), library.builder(number)).map(Arc::new).map_err(contract)
    }

    /// With what these libraries have beside; and what is wrong with them. For whoever only wants to know what there is.
    #[must_use]
    pub fn with(self, libraries: &Libraries) -> (Self, Vec<Diagnostic>) {
        let mut shelf = Shelf::default();
        let found = shelf.look(libraries, &self, Instant::now(), true);
        (found.unwrap_or(self), shelf.diagnostics())
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

    /// Names of the settings that Types ask for, in order.
    pub fn settings(&self) -> impl Iterator<Item = &str> {
        self.settings.iter().map(String::as_str)
    }

    /// Whether some Type says that it asks for this setting.
    pub(crate) fn knows_setting(&self, name: &str) -> bool {
        self.settings.contains(name)
    }

    /// The libraries that something comes from.
    pub fn libraries(&self) -> impl Iterator<Item = &LibraryInfo> {
        self.libraries.iter().map(|it| &it.info)
    }

    /// The library that a Meta comes from; `None`: it is linked into this program.
    #[must_use]
    pub fn library_of_meta(&self, full_name: &str) -> Option<&LibraryInfo> {
        self.meta_libraries.get(full_name).map(|it| &it.info)
    }

    /// Full names that mean other code in the other one.
    pub(crate) fn differs_in<'a>(&'a self, other: &'a Self) -> BTreeSet<&'a str> {
        let identity = |of: &Self, name: &str| of.types.get(name).map(|it| Arc::clone(&it.identity));
        let types = self.types.keys().chain(other.types.keys());
        let types = types.filter(|name| identity(self, name) != identity(other, name));
        let metas = self.metas.keys().chain(other.metas.keys());
        let metas = metas.filter(|name| self.metas.get(*name) != other.metas.get(*name));
        types.chain(metas).map(String::as_str).collect()
    }

    fn refuse_taken(&self, name: &str, origin: &OriginInfo, library: Option<&Library>) -> Result<(), String> {
        let of_type = self.types.get(name).map(|it| (&it.info.origin, it.library.as_ref()));
        let first = of_type.or_else(|| self.metas.get(name).map(|it| (&it.origin, self.library_of_meta(name))));
        match first {
            None => Ok(()),
            Some((first, from)) => Err(format!(
                "two have the full name `{name}`: {} and {}; rename one",
                show(first, from),
                show(origin, library.map(|it| &it.info))
            )),
        }
    }
}

impl Library {
    fn builder(&self, number: u32) -> BuildObject {
        let image = self.image;
        let info = image.description.types.get(number as usize).cloned().map(Arc::new);
        Arc::new(move |config| match &info {
            Some(info) => build(image, number, info, config),
            None => Err("there is no such Type in the library".into()),
        })
    }
}

fn ready(info: TypeInfo, meta: Option<&MetaInfo>, library: Option<LibraryInfo>, build: BuildObject) -> Result<Type, String> {
    let name = info.full_name.clone();
    if let Some(meta) = meta {
        kept(meta, &info).map_err(|broken| format!("`{name}` does not keep its Meta `{}`: {broken}", meta.full_name))?;
    }
    Type::new(info, meta, library, build).map_err(|wrong| format!("`{name}` {wrong}"))
}

fn show(it: &OriginInfo, library: Option<&LibraryInfo>) -> String {
    let from = library.map(|it| format!(" of {}", it.path)).unwrap_or_default();
    format!("{} {}{from} ({}:{})", it.package, it.version, it.file, it.line)
}

fn well_named(name: &str) -> Result<(), Refusal> {
    let wrong = |e| Refusal::new("library-name", format!("`{name}` in this library is no full name: {e}"), "rename it");
    name.parse::<FullName>().map(drop).map_err(wrong)
}

fn taken(message: String) -> Refusal {
    Refusal::new("library-name", message, "an app may have one of its own under a name that is taken; a library may not")
}

fn contract(message: String) -> Refusal {
    Refusal::new("library-contract", message, "build the library against the crates that this host was built with")
}

/// The same thing once here and once in a library, from the same crate.
fn same(name: &str, here: &OriginInfo, there: &OriginInfo, differs: Option<String>) -> Result<(), Refusal> {
    let Some(how) = differs else { return Ok(()) };
    let (package, ours, its) = (&here.package, &here.version, &there.version);
    Err(contract(format!("it brings `{name}` of {package} {its}, and the one here is of {package} {ours}: {how}")))
}
