//! Where something is: a scope (or an app) and a name in it.
use hashbrown::Equivalent;
use std::sync::Arc;

/// Owned, as the maps keep it; a copy costs no allocation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Place {
    scope: Arc<str>,
    name: Arc<str>,
}

/// Borrowed, so that looking something up allocates nothing. Hashes like [`Place`]: the same fields in the same order.
#[derive(Debug, Clone, Copy, Hash)]
pub(super) struct At<'a> {
    pub(super) scope: &'a str,
    pub(super) name: &'a str,
}

impl Equivalent<Place> for At<'_> {
    fn equivalent(&self, place: &Place) -> bool {
        *self.name == *place.name && *self.scope == *place.scope
    }
}

impl From<&At<'_>> for Place {
    fn from(at: &At<'_>) -> Self {
        Self { scope: at.scope.into(), name: at.name.into() }
    }
}
