//! How one snapshot differs from the one before: what is told to whoever wants to know, and what has to stop.
use crate::{
    App, Element, Snapshot, State,
    build::{Built, Names, seen_from},
    change::{Change, What},
};
use element::{AppId, FullName};
use std::sync::Arc;

/// Tells what happened to an app, and to what it defines or makes of what it inherits.
pub(crate) fn compare_app(id: &AppId, names: &Names, before: &Snapshot, after: &Snapshot, built: &mut Built) {
    let (old, new) = (before.app(id.as_str()), after.app(id.as_str()));
    let said = |it: &App| (it.title.clone(), it.version.clone(), it.folder.clone(), it.line().cloned().collect::<Vec<_>>());
    let what = match (old, new) {
        (None, Some(_)) => Some(What::Added),
        (Some(_), None) => Some(What::Removed),
        (Some(old), Some(new)) if said(old) != said(new) => Some(What::Edited),
        _ => None,
    };
    built.changes.extend(what.map(|what| Change { app: id.clone(), element: None, what, serves: None }));
    let defined = |it: Option<&Arc<App>>| it.and_then(|it| it.line.first()).map(Arc::clone).unwrap_or_default();
    let (was, is) = (defined(old), defined(new));
    let view = new.or(old).map(|it| Arc::clone(&it.folder)).unwrap_or_default();
    for name in names.own.iter().map(FullName::as_str) {
        compare(id, &view, was.own.get(name), is.own.get(name), built);
    }
    let seen = |it: Option<&Arc<App>>, name: &str| it.and_then(|it| it.element(name)).cloned();
    for name in names.adapted.iter().map(FullName::as_str) {
        let (before, now) = (was.adapted.get(name), is.adapted.get(name));
        let now = now.and_then(|it| it.instance());
        let gone = before.and_then(|it| it.instance()).filter(|it| now.is_none_or(|now| !Arc::ptr_eq(it, now)));
        built.replaced.extend(gone.cloned());
        // What stands before it is the app's own.
        if is.own.get(name).is_none() && was.own.get(name).is_none() {
            compare(id, &view, seen(old, name).as_ref(), seen(new, name).as_ref(), built);
        }
    }
}

/// Tells what happened to one element.
fn compare(app: &AppId, view: &str, old: Option<&Arc<Element>>, new: Option<&Arc<Element>>, built: &mut Built) {
    let answers = |it: &Arc<Element>| it.instance().map(Arc::clone);
    let (was, is) = (old.and_then(answers), new.and_then(answers));
    if let Some(was) = was.filter(|was| is.as_ref().is_none_or(|is| !Arc::ptr_eq(was, is))) {
        built.replaced.push(was);
    }
    let bad = |it: &Element| matches!(it.state, State::Stale(_) | State::Broken);
    let what = match (old, new) {
        (Some(old), Some(new)) if bad(new) => {
            let news = new.folder.as_ref().is_some_and(|it| built.news.contains(&seen_from(view, it)));
            let what = if is.is_some() { What::Stale } else { What::Broken };
            (news || !old.is_as(new)).then_some(what)
        }
        (Some(old), Some(new)) if Arc::ptr_eq(old, new) || old.is_as(new) => None,
        (Some(old), Some(_)) if bad(old) => Some(What::Healed),
        (Some(_), Some(_)) => Some(What::Edited),
        (None, Some(new)) if bad(new) => Some(if is.is_some() { What::Stale } else { What::Broken }),
        (None, Some(_)) => Some(What::Added),
        (Some(_), None) => Some(What::Removed),
        (None, None) => None,
    };
    let (Some(what), Some(element)) = (what, new.or(old)) else { return };
    let serves = is.map(|it| it.generation);
    built.changes.push(Change { app: app.clone(), element: Some(element.full_name.clone()), what, serves });
}
