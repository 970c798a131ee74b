//! What a library says about itself.
use crate::def::{Linked, MetaInfo, TypeDef, TypeInfo, linked};
use serde::{Deserialize, Serialize};

/// Everything in a library: what it is for, and what came in with the crates that it depends on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Description {
    /// Metas.
    #[serde(default)]
    pub metas: Vec<MetaInfo>,
    /// Types, services and models. The place in this list is the number that `build` takes.
    pub types: Vec<TypeInfo>,
    /// Names of settings that they ask for.
    #[serde(default)]
    pub settings: Vec<String>,
}

impl Description {
    /// Of all that is linked into this library.
    pub(super) fn of_this() -> Self {
        let mut it = Self { types: types().iter().map(|&it| it.into()).collect(), ..Self::default() };
        for linked in linked() {
            match linked {
                Linked::Meta(meta) => it.metas.push((*meta).into()),
                Linked::Settings(names) => it.settings.extend(names.iter().map(|&it| it.into())),
                Linked::Type(_) => {}
            }
        }
        // Linking gives no order; a description should be the same every time.
        it.metas.sort_by(|a, b| a.full_name.cmp(&b.full_name));
        it.settings.sort();
        it
    }
}

/// The Types, services and models of this library, in the order of their numbers.
pub(super) fn types() -> Vec<&'static TypeDef> {
    let types = linked().filter_map(|it| if let Linked::Type(def) = it { Some(*def) } else { None });
    let mut types: Vec<_> = types.collect();
    types.sort_by_key(|it| it.full_name);
    types
}
