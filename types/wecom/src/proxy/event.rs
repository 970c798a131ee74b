//! What a push says, on both channels of an app that is made for others: of the template (pages 97173 to 97175, `InfoType`), and
//! of its app in one company (pages 96301 to 96304, `Event`).
use crate::callback::{Document, change::ContactChange};

/// What WeCom tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Event<'a> {
    /// The ticket that a suite token takes, every ten minutes.
    Ticket(&'a str),
    /// A company authorized the app, or its permanent code was reset: a code that is good once, for the permanent one. It does
    /// not say which company; trading it does.
    Code(&'a str),
    /// Something about a company's authorization is other than before.
    Changed { corp_id: &'a str },
    /// A company took its authorization back.
    Cancelled { corp_id: &'a str },
    /// Somebody or something in a company's contacts changed.
    Contact { corp_id: &'a str, change: ContactChange },
    /// Nothing that is to be followed.
    Other,
}

impl<'a> Event<'a> {
    pub(super) fn of(document: &'a Document) -> Self {
        let corp_id = Self::corp_id(document);
        let read = || {
            Some(match document.get("InfoType") {
                Some("suite_ticket") => Self::Ticket(document.get("SuiteTicket")?),
                Some("create_auth" | "reset_permanent_code") => Self::Code(document.get("AuthCode")?),
                Some("change_auth") => Self::Changed { corp_id: corp_id? },
                Some("cancel_auth") => Self::Cancelled { corp_id: corp_id? },
                _ => Self::Contact { corp_id: corp_id?, change: ContactChange::of(document)? },
            })
        };
        read().unwrap_or(Self::Other)
    }

    /// Is it about the template, and not about its app in one company?
    pub(super) fn is_of_template(document: &Document) -> bool {
        document.get("InfoType").is_some()
    }

    /// WeCom's name of what happened.
    pub(super) fn name(document: &Document) -> &str {
        let names = ["ChangeType", "InfoType", "Event", "MsgType"];
        names.into_iter().find_map(|it| document.get(it)).unwrap_or("unknown")
    }

    /// When it happened, in seconds since 1970.
    pub(super) fn seconds(document: &Document) -> i64 {
        let told = document.get("TimeStamp").or_else(|| document.get("CreateTime"));
        told.and_then(|it| it.parse().ok()).filter(|it| *it >= 0).unwrap_or_default()
    }

    /// The company that it is about, as the provider sees its id.
    pub(super) fn corp_id(document: &Document) -> Option<&str> {
        if Self::is_of_template(document) { document.get("AuthCorpId") } else { document.get("ToUserName") }
    }
}
