//! From a login code to an identity: two generations of one call, over one store of codes.

use super::envelope::Fields;
use super::errors::{CODE_MISSING, CODE_WRONG, Failure, OTHER_APP};
use super::{Call, access};
use crate::codes::{Identity, NotTaken};

/// `GET /cgi-bin/auth/getuserinfo?access_token&code` (pages 96442, 98177).
pub(crate) fn current(call: &Call<'_>) -> Result<Fields, Failure> {
    Ok(match who(call)? {
        Identity::Member(userid) => vec![("userid", userid.into())],
        Identity::Outsider { openid, external_user_id } => with_external(vec![("openid", openid.into())], external_user_id),
    })
}

/// `GET /cgi-bin/user/getuserinfo?access_token&code` (page 91023). `DeviceId` is empty, as after a
/// login in a browser.
pub(crate) fn legacy(call: &Call<'_>) -> Result<Fields, Failure> {
    Ok(match who(call)? {
        Identity::Member(userid) => vec![("UserId", userid.into()), ("DeviceId", "".into())],
        Identity::Outsider { openid, external_user_id } => {
            with_external(vec![("OpenId", openid.into()), ("DeviceId", "".into())], external_user_id)
        }
    })
}

fn with_external(mut fields: Fields, external_user_id: Option<String>) -> Fields {
    fields.extend(external_user_id.map(|id| ("external_userid", id.into())));
    fields
}

/// Members outside the app's visible range are told too; only their profile is withheld.
fn who(call: &Call<'_>) -> Result<Identity, Failure> {
    let mut state = call.sim.state();
    let access = access::check(call, &state)?;
    let code = call.parameter("code").ok_or(CODE_MISSING)?;
    let taken = state.codes.take(code, &access.key, call.now_ms);
    taken.map_err(|why| match why {
        NotTaken::Invalid => CODE_WRONG.into(),
        NotTaken::OtherApp => OTHER_APP.into(),
    })
}
