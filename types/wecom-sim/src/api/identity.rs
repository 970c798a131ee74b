//! From a login code to an identity: two generations of one call, over one store of codes.

use super::access::{self, Access};
use super::envelope::Fields;
use super::errors::{CODE_MISSING, CODE_WRONG, Failure, OTHER_APP};
use super::{Call, ticket};
use crate::codes::{Identity, NotTaken};
use crate::tickets;

pub(crate) const CURRENT: &str = "/cgi-bin/auth/getuserinfo";

/// `GET /cgi-bin/auth/getuserinfo?access_token&code` (pages 96442, 98177).
pub(crate) fn current(call: &Call<'_>) -> Result<Fields, Failure> {
    Ok(match who(call)? {
        (Identity::Member(userid), access) => vec![("userid", access.userid(&userid).into())],
        (Identity::Consenting(userid, consent), access) => {
            let mut fields = vec![("userid", access.userid(&userid).into())];
            fields.extend(ticket::issue(call, &access, userid, consent).map(|text| ("user_ticket", text.into())));
            fields
        }
        (Identity::Outsider { openid, external_user_id }, _) => {
            with_external(vec![("openid", openid.into())], external_user_id)
        }
    })
}

/// `GET /cgi-bin/user/getuserinfo?access_token&code` (page 91023). `DeviceId` is empty, as after a
/// login in a browser.
pub(crate) fn legacy(call: &Call<'_>) -> Result<Fields, Failure> {
    Ok(match who(call)? {
        (Identity::Member(userid), access) => vec![("UserId", access.userid(&userid).into()), ("DeviceId", "".into())],
        (Identity::Consenting(userid, consent), access) => {
            let mut fields = vec![("UserId", access.userid(&userid).into()), ("DeviceId", "".into())];
            if let Some(text) = ticket::issue(call, &access, userid, consent) {
                fields.extend([("user_ticket", text.into()), ("expires_in", (tickets::LIFETIME_MS / 1000).into())]);
            }
            fields
        }
        (Identity::Outsider { openid, external_user_id }, _) => {
            with_external(vec![("OpenId", openid.into()), ("DeviceId", "".into())], external_user_id)
        }
    })
}

fn with_external(mut fields: Fields, external_user_id: Option<String>) -> Fields {
    fields.extend(external_user_id.map(|id| ("external_userid", id.into())));
    fields
}

/// Members outside the app's visible range are told too; only their profile is withheld.
fn who(call: &Call<'_>) -> Result<(Identity, Access), Failure> {
    let mut state = call.sim.state();
    let access = access::check(call, &state)?;
    let code = call.parameter("code").ok_or(CODE_MISSING)?;
    let taken = state.codes.take(code, &access.key, &access.app, call.now_ms);
    match taken {
        Ok(identity) => Ok((identity, access)),
        Err(NotTaken::Invalid) => Err(CODE_WRONG.into()),
        Err(NotTaken::OtherApp | NotTaken::OtherDomain) => Err(OTHER_APP.into()),
    }
}
