//! What a name stands for: an app, something that answers, a method that may be called; or why nothing.
use crate::{App, Element, Instance, Kind, Method, State, Type, engine::Engine};
use element::{Access, Caller, Error, ErrorKind, FullName, Result, code, did_you_mean};
use std::sync::Arc;

/// Among how many elements the one that was meant is looked for.
const NEAR_AMONG: usize = 500;

impl Engine {
    pub(crate) fn app(&self, id: &str) -> Result<Arc<App>> {
        let snapshot = self.snapshot.load();
        snapshot.app(id).map(Arc::clone).ok_or_else(|| {
            let near = did_you_mean(id, snapshot.apps.keys().map(|it| &**it));
            Error::new(ErrorKind::NotFound, code::NO_APP, format!("there is no app `{}`{near}", shorten(id)))
        })
    }

    pub(crate) fn target(&self, app: &str, element: &str) -> Result<Target> {
        answering(&*self.app(app)?, element)
    }
}

/// What a call is made on, held as long as that takes.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) element: Arc<Element>,
    pub(crate) instance: Arc<Instance>,
}

/// What an element's name stands for in a call: something that answers, or the reason why not.
pub(crate) fn answering(app: &App, full_name: &str) -> Result<Target> {
    let Some(element) = app.element(full_name) else {
        let names = app.elements_in_any_order();
        // Anybody may ask for what is not there, so it must not cost more in a large app.
        let callable = names.filter(|it| it.instance().is_some()).take(NEAR_AMONG);
        return Err(no_element(app, full_name, callable.map(|it| it.full_name.as_str())));
    };
    match (&element.state, element.kind) {
        (State::InService(it) | State::Stale(it), _) => {
            Ok(Target { element: Arc::clone(element), instance: Arc::clone(it) })
        }
        (State::Broken, _) => {
            let message =
                format!("`{full_name}` is not in service: its files have mistakes, and `element check` shows them");
            Err(Error::new(ErrorKind::Unavailable, code::NOT_IN_SERVICE, message))
        }
        (State::Declared, kind) => {
            let what = if kind == Kind::Meta { "a Meta" } else { "a Type" };
            let message = format!("`{full_name}` is {what}: only Instances, services and models can be called");
            Err(Error::new(ErrorKind::NotFound, code::NO_ELEMENT, message))
        }
    }
}

pub(crate) fn no_element<'a>(app: &App, full_name: &str, names: impl Iterator<Item = &'a str>) -> Error {
    let near = did_you_mean(full_name, names);
    let message = format!("there is no element `{}` in `{}`{near}", shorten(full_name), app.id);
    Error::new(ErrorKind::NotFound, code::NO_ELEMENT, message)
}

/// Names come from outside: an answer does not repeat a long one, and a log line ends where it should.
fn shorten(name: &str) -> String {
    name.chars().map(|it| if it.is_control() { '\u{FFFD}' } else { it }).take(100).collect()
}

/// A method of a Type; `name` is the element that is made of it.
pub(crate) fn method<'a>(ty: &'a Type, method: &str, name: &FullName) -> Result<&'a Method> {
    ty.method(method).ok_or_else(|| {
        let near = did_you_mean(method, ty.method_names());
        let message = format!("`{name}` has no method `{}`{near}", shorten(method));
        Error::new(ErrorKind::NotFound, code::NO_METHOD, message)
    })
}

/// A method that this caller may call.
pub(crate) fn allowed<'a>(target: &'a Target, method: &str, caller: &Caller, app: &str) -> Result<&'a Method> {
    let found = self::method(&target.instance.ty, method, &target.element.full_name)?;
    let access = target.element.access(found);
    if caller.may(access, app) {
        return Ok(found);
    }
    Err(match (caller, access) {
        (Caller::Anonymous, Access::Session) => Error::new(
            ErrorKind::Unauthenticated,
            code::LOGIN_NEEDED,
            format!("`{method}` is for people who are logged in: log in first"),
        ),
        (Caller::Session(_), Access::Session) => Error::new(
            ErrorKind::Unauthenticated,
            code::LOGIN_NEEDED,
            format!("this login is for another app: log in to `{app}` to call `{method}`"),
        ),
        _ => {
            let message = format!(
                "`{method}` may not be called from outside: it is for other elements, the command line and administrators"
            );
            Error::new(ErrorKind::Refused, code::NOT_ALLOWED, message)
        }
    })
}
