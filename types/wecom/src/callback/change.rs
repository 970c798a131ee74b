//! What a push says of the company's contacts (pages 96301 to 96304), and what follows from it.
//!
//! A push is a hint, WeCom itself is the truth: the member or department is asked for anew. So it does no harm that pushes
//! come twice, late or in any order, or that some apps are told less than others.
use super::Document;
use crate::{
    Member,
    client::Client,
    errors::is_member_gone,
    keeping::{Keeping, Outcome},
    sync::{self, Pace},
};
use element::{ErrorKind, Expect, Record, Result};

/// Whom or what a push is about.
#[element::data]
#[derive(PartialEq, Eq)]
#[serde(tag = "of")]
pub enum ContactChange {
    /// A member came, changed, or left.
    #[serde(rename_all = "camelCase")]
    Member {
        /// The userid before the change.
        user_id: String,
        /// The userid from now on, if that is what changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        new_user_id: Option<String>,
    },
    /// A department came, changed, or went.
    #[serde(rename_all = "camelCase")]
    Department {
        /// WeCom's number of it.
        dept_id: i64,
    },
}

/// More ids than these are no userids (page 96255).
const LONGEST_ID: usize = 64;

impl ContactChange {
    /// Reads a push; `None`: it is about something that the models do not hold, such as tags or messages.
    pub(crate) fn of(push: &Document) -> Option<Self> {
        if push.get("Event")? != "change_contact" {
            return None;
        }
        let user_id = |name| push.get(name).filter(|it| it.len() <= LONGEST_ID).map(str::to_owned);
        match push.get("ChangeType")? {
            "create_user" | "update_user" | "delete_user" => {
                Some(Self::Member { user_id: user_id("UserID")?, new_user_id: user_id("NewUserID") })
            }
            "create_party" | "update_party" | "delete_party" => {
                Some(Self::Department { dept_id: push.get("Id")?.parse().ok()? })
            }
            _ => None,
        }
    }

    /// Brings the models up to date. Gives what came of it.
    ///
    /// # Errors
    /// As for `Client::call`; the store cannot be reached.
    pub(crate) async fn follow(&self, client: &Client<'_>) -> Result<Outcome> {
        let pace = Pace::alone(client);
        match self {
            Self::Department { dept_id } => sync::one_department(&pace, *dept_id, Keeping::default()).await,
            Self::Member { user_id, new_user_id: None } => member(&pace, user_id).await,
            Self::Member { user_id, new_user_id: Some(new) } => {
                rename(client, user_id, new).await?;
                member(&pace, user_id).await?;
                member(&pace, new).await
            }
        }
    }
}

/// Who is not there, and never was for this app, is nothing to do.
async fn member(pace: &Pace<'_>, user_id: &str) -> Result<Outcome> {
    match sync::one_member(pace, user_id, Keeping::default()).await {
        Err(e) if is_member_gone(e.code) => Ok(Outcome::Unchanged),
        other => other,
    }
}

/// The record goes along with the person, who is the same one. Somebody else may have made the new one meanwhile.
async fn rename(client: &Client<'_>, old: &str, new: &str) -> Result<()> {
    let records = Member::records(client);
    let key = |user_id| Member::key(client.app.corp_id, user_id);
    let before: Option<Record<Member>> = records.get(&key(old)).await?;
    let Some(before) = before else { return Ok(()) };
    let value = Member { id: key(new), user_id: new.to_owned(), ..before.value };
    match records.write(&value.id, &value, Expect::Absent, None).await {
        Err(e) if e.kind != ErrorKind::Conflict => Err(e),
        _ => records.delete(&before.key).await.map(drop),
    }
}
