//! Who is calling.
use crate::Access;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Who is calling. What each may call: [`Caller::may`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Caller {
    /// Anyone, over HTTP, not logged in.
    Anonymous,
    /// Somebody logged in.
    Session(Session),
    /// Another element of the same app.
    Element {
        /// Its full name.
        name: Arc<str>,
        /// Whoever called that element.
        on_behalf_of: Arc<Self>,
    },
    /// Somebody with the administrators' token.
    Admin,
    /// Whoever runs the process: the command line, or the program that embeds the runtime.
    Operator,
}

/// A login that is valid for one app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// The app it is valid for.
    pub app: Arc<str>,
    /// The person's id in that company (WeCom's `userid`).
    pub user: Arc<str>,
    /// The company's id.
    pub corp: Arc<str>,
    /// Which of the person's sessions it is. It opens nothing: whoever knows it is still not logged in.
    pub id: Arc<str>,
}

impl Caller {
    /// May this caller call, in `app`, a method with this access? The default answer is no.
    #[must_use]
    pub fn may(&self, access: Access, app: &str) -> bool {
        match (self, access) {
            (_, Access::Public) | (Self::Element { .. } | Self::Admin | Self::Operator, _) => true,
            (Self::Session(session), Access::Session) => &*session.app == app,
            (Self::Anonymous | Self::Session(_), _) => false,
        }
    }

    /// Whoever started it all, however many elements called each other since.
    #[must_use]
    pub fn origin(&self) -> &Self {
        match self {
            Self::Element { on_behalf_of, .. } => on_behalf_of.origin(),
            other => other,
        }
    }

    /// Did the chain of calls start outside, from somebody who is neither administrator nor operator?
    #[must_use]
    pub fn is_outside(&self) -> bool {
        matches!(self.origin(), Self::Anonymous | Self::Session(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_valid_for_its_app_only() {
        let session =
            Caller::Session(Session { app: "acme.demo".into(), user: "u".into(), corp: "c".into(), id: "s".into() });
        assert!(session.may(Access::Session, "acme.demo"));
        assert!(!session.may(Access::Session, "acme.other"));
        assert!(!session.may(Access::Internal, "acme.demo"));
        assert!(!Caller::Anonymous.may(Access::Session, "acme.demo"));
        let element = Caller::Element { name: "a.B".into(), on_behalf_of: Arc::new(session.clone()) };
        assert!(element.may(Access::Internal, "acme.demo"));
        assert_eq!(element.origin(), &session);
        assert!(element.is_outside() && !Caller::Operator.is_outside());
    }
}
