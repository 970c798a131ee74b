//! What providers push, as administrators see it: the same for every provider.
//!
//! An element that takes callbacks, a service mostly, keeps each as a record of the app that it is for, and offers three
//! methods, all of them internal. A host finds such an element by the last of them, whatever it is called and made of.
//!
//! | method | gives |
//! |---|---|
//! | `listCallBacks(state?, after?, limit?)` | a [`CallbackPage`], the newest first: those in this [`CallbackState`], behind the page whose `next` is given as `after`, 1 to 1,000 of them and 100 if nothing is said |
//! | `getCallBack(recordId)` | the [`CallbackRecord`] with this number |
//! | `retryCallBack(recordId)` | null, when what it asked for was done once more, whatever its state; an error that says why it was not |
//!
//! A number that no record of the app has is `NotFound` with [`NO_RECORD`](element::code::NO_RECORD).
use std::collections::BTreeMap;

/// Gives the callbacks of the app, page by page.
pub const LIST_CALL_BACKS: &str = "listCallBacks";
/// Gives one callback.
pub const GET_CALL_BACK: &str = "getCallBack";
/// Does once more what a callback asked for.
pub const RETRY_CALL_BACK: &str = "retryCallBack";

/// How far somebody is with a callback.
#[element::data]
#[derive(Copy, PartialEq, Eq)]
pub enum CallbackState {
    /// It was taken, and what it asks for is still to be done, perhaps once more.
    Waiting,
    /// It was done.
    Done,
    /// It failed too often: a person decides.
    Dead,
}

/// Something that a provider pushed.
#[element::data]
#[derive(PartialEq, Eq)]
pub struct CallbackRecord {
    /// Its number in the app, short enough to hand to a person: the record's sequence.
    pub record_id: u64,
    /// How far it is.
    pub state: CallbackState,
    /// What happened, in the provider's word: WeCom's `InfoType`, or `Event` with `ChangeType`.
    pub event: String,
    /// Whom it speaks of, such as a suite's or an app's id.
    pub source: String,
    /// The company that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corp_id: Option<String>,
    /// When the provider says that it sent it, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<i64>,
    /// When it came, in milliseconds since 1970.
    pub received_at: i64,
    /// How often it was begun.
    pub attempts: u32,
    /// Why the last attempt failed, with what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What came of it, in a few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// When it was done, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_at: Option<i64>,
    /// What it said, by the provider's names. What proves or opens something (a ticket, an authorization code) stands there
    /// as `******`.
    pub fields: BTreeMap<String, String>,
}

/// A page of callbacks, the newest first.
#[element::data]
#[derive(PartialEq, Eq)]
pub struct CallbackPage {
    /// The callbacks.
    pub records: Vec<CallbackRecord>,
    /// Give it as `after` for the next page; none: this was the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_page_has_the_documented_shape() {
        let waiting = json!({
            "recordId": 7, "state": "waiting", "event": "suite_ticket", "source": "dk1", "receivedAt": 2, "attempts": 0,
            "fields": {"SuiteTicket": "******"},
        });
        let dead = json!({
            "recordId": 6, "state": "dead", "event": "create_auth", "source": "dk1", "corpId": "ww1", "sentAt": 1,
            "receivedAt": 1, "attempts": 9, "error": "40078: …", "outcome": "nothing", "doneAt": 3, "fields": {},
        });
        for page in [json!({"records": [waiting, dead], "next": "6"}), json!({"records": []})] {
            let read: CallbackPage = serde_json::from_value(page.clone()).unwrap();
            assert_eq!(serde_json::to_value(&read).unwrap(), page);
        }
    }
}
