//! Members, one by one.
use super::{Counts, Pace, Sync, SyncFailure};
use crate::{
    Member, contacts,
    errors::is_member_gone,
    keeping::{Keeping, Outcome, forget},
};
use element::Result;
use futures_util::{StreamExt, stream};

/// Brings one member up to what WeCom tells now. Whom WeCom does not show to the app any more goes.
///
/// # Errors
/// `NotFound` and the like if WeCom shows no such member and there was no record; as for `Client::call`; the store
/// cannot be reached.
pub(crate) async fn one(pace: &Pace<'_>, user_id: &str, keeping: Keeping) -> Result<Outcome> {
    let client = pace.client;
    let forget_it = async || {
        let key = Member::key(client.app.corp_id, user_id);
        forget::<Member>(&Member::records(client), &key, client.app.agent_id, keeping).await
    };
    match pace.call(&contacts::request(client, user_id)).await {
        Ok(fields) => {
            let user = contacts::profile(user_id, fields);
            if user.user_id != user_id {
                // Found whatever the case: the record under the other spelling is nobody's.
                forget_it().await?;
            }
            Member::keep(client, &user, keeping).await
        }
        Err(e) if is_member_gone(e.code) => match forget_it().await? {
            Outcome::Removed => Ok(Outcome::Removed),
            _ => Err(e),
        },
        Err(e) => Err(e),
    }
}

/// The same for many, `at_once` at a time.
///
/// # Errors
/// Whatever concerns more than one of them.
pub(super) async fn each(
    sync: &Sync<'_>,
    user_ids: Vec<String>,
    at_once: usize,
    counts: &mut Counts,
    failures: &mut Vec<SyncFailure>,
) -> Result<()> {
    let ask = |user_id: String| async {
        let outcome = one(sync.pace, &user_id, sync.keeping).await;
        (user_id, outcome)
    };
    let mut asked = stream::iter(user_ids).map(ask).buffer_unordered(at_once);
    while let Some((user_id, outcome)) = asked.next().await {
        counts.settle(outcome, failures, |e| SyncFailure::of_member(&user_id, e))?;
    }
    Ok(())
}
