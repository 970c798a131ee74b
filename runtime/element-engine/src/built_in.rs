//! What code registers, as elements: the last layer of every view.
use crate::{
    Modifier, Registry, Type,
    lineage::to_meta,
    plan::{InstanceKey, Kind, Make, Planned, Todo},
};
use element::def::Role;
use serde_json::Value;
use std::sync::Arc;

/// What code registers: the last layer of every view.
pub(crate) fn built_in(registry: &Registry) -> Vec<Planned> {
    let planned = |full_name: &str, doc: &str, kind, ty: Option<&Arc<Type>>, todo| {
        let title = doc.lines().next().unwrap_or_default().to_owned();
        let meta = ty.and_then(|it| it.info.meta.as_ref()?.parse().ok());
        full_name.parse().ok().map(|full_name| Planned {
            full_name,
            title,
            kind,
            folder: None,
            modifier: Some(Modifier::Public),
            refused: false,
            ty: ty.cloned(),
            links: meta.map_or_else(|| Arc::new([]) as Arc<[_]>, |meta| to_meta(meta, None)),
            declaration: None,
            config: None,
            functions: None,
            todo,
            diagnostics: Vec::new(),
        })
    };
    let metas = registry.metas().filter_map(|it| planned(&it.full_name, &it.doc, Kind::Meta, None, Todo::Declare));
    let types = registry.types().filter_map(|ty| {
        let info = &ty.info;
        let kind = match info.role {
            Role::Type => Kind::Type,
            Role::Service => Kind::Service,
            Role::Model => Kind::Model,
        };
        let todo = match kind {
            Kind::Type => Todo::Declare,
            _ => {
                let key = InstanceKey::new(None, info.full_name.parse().ok()?, ty, &Value::Null, None);
                Todo::Build(Make { ty: Arc::clone(ty), config: Value::Null, key, overridden: None })
            }
        };
        planned(&info.full_name, &info.doc, kind, Some(ty), todo)
    });
    metas.chain(types).collect()
}
