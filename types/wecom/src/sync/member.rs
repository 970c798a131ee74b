//! One member.
use super::Pace;
use crate::{
    QywxInnerAuthModel, contacts,
    errors::is_member_gone,
    keeping::{Keeping, Outcome, forget},
};
use element::Result;

/// Brings one member up to what WeCom tells now. Whom WeCom does not show to the app any more goes.
///
/// # Errors
/// `NotFound` and the like if WeCom shows no such member and there was no record; as for `Client::call`; the store
/// cannot be reached.
pub(crate) async fn one(pace: &Pace<'_>, user_id: &str, keeping: Keeping) -> Result<Outcome> {
    let client = pace.client;
    let forget_it = async || {
        let key = QywxInnerAuthModel::key(client.app.corp_id, user_id);
        forget::<QywxInnerAuthModel>(&QywxInnerAuthModel::records(client.ctx), &key, client.app.agent_id, keeping).await
    };
    match pace.call(&contacts::request(client, user_id)).await {
        Ok(fields) => {
            let user = contacts::profile(user_id, fields);
            if user.user_id != user_id {
                // Found whatever the case: the record under the other spelling is nobody's.
                forget_it().await?;
            }
            QywxInnerAuthModel::keep(client, &user, keeping).await
        }
        Err(e) if is_member_gone(e.code) => match forget_it().await? {
            Outcome::Removed => Ok(Outcome::Removed),
            _ => Err(e),
        },
        Err(e) => Err(e),
    }
}
