//! One member.
use super::Pace;
use crate::{
    QywxInnerAuthModel,
    contacts::profile,
    keeping::{Keeping, Outcome, remove},
};
use element::Result;

/// There is no such member, or not for this app.
fn is_gone(code: i64) -> bool {
    matches!(code, 50002 | 60011 | 60021 | 60111)
}

/// A refusal of one member or department, and not of the whole.
pub(super) fn is_about_one(code: i64) -> bool {
    is_gone(code) || super::tree::is_gone(code) || matches!(code, 40003 | 40066 | 46004)
}

/// Brings one member up to what WeCom tells now. Whom WeCom does not show to the app any more goes.
///
/// # Errors
/// `NotFound` and the like if WeCom shows no such member and there was no record; as for `Client::call`; the store
/// cannot be reached.
pub(crate) async fn one(pace: &Pace<'_>, user_id: &str, keeping: Keeping) -> Result<Outcome> {
    let (ctx, corp_id) = (pace.client.ctx, pace.client.corp_id);
    let request = pace.client.get("/cgi-bin/user/get").query("userid", user_id);
    match pace.call(&request).await {
        Ok(fields) => QywxInnerAuthModel::keep(ctx, corp_id, &profile(user_id, fields), keeping).await,
        Err(e) if is_gone(e.code) => {
            let key = QywxInnerAuthModel::key(corp_id, user_id);
            match remove(&QywxInnerAuthModel::records(ctx), &key, keeping).await? {
                Outcome::Removed => Ok(Outcome::Removed),
                _ => Err(e),
            }
        }
        Err(e) => Err(e),
    }
}
