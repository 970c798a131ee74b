//! From a user ticket to what its member consented to (page 96443).

use serde_json::json;

use super::Call;
use super::access::{self, Access};
use super::envelope::Fields;
use super::errors::{Failure, TICKET_EXPIRED, TICKET_MISSING, TICKET_WRONG, USERID_UNKNOWN};
use crate::tickets::Consent;

/// A ticket, for a member inside the app's visible range.
pub(crate) fn issue(call: &Call<'_>, access: &Access, user_id: String, consent: Consent) -> Option<String> {
    let member = access.company.member(&user_id)?;
    if !access.company.visible(&access.app, member) {
        return None;
    }
    let text = call.sim.shared.random.user_ticket();
    call.sim.state().tickets.issue(text.clone(), access.key.clone(), user_id, consent, call.now_ms);
    Some(text)
}

/// What everybody has for a picture who shows none.
const DEFAULT_AVATAR: &str = "https://wework.qpic.example/wwhead/default/0";

/// `POST /cgi-bin/auth/getuserdetail?access_token` with `{"user_ticket"}`; also under its old name.
/// Without consent the gender is unknown, the picture is WeCom's default one, and the others are not there.
pub(crate) fn detail(call: &Call<'_>) -> Result<Fields, Failure> {
    let state = call.sim.state();
    let access = access::check(call, &state)?;
    let text = call.field("user_ticket").ok_or(TICKET_MISSING)?;
    let ticket = state.tickets.of(&access.key, text).ok_or(TICKET_WRONG)?;
    if ticket.expires_ms <= call.now_ms {
        return Err(TICKET_EXPIRED.into());
    }
    let member = access.company.member(&ticket.user_id).ok_or(USERID_UNKNOWN)?;
    access.may_see(member)?;
    let gender = if ticket.consent.covers("gender") { member.gender } else { 0 };
    let avatar = if ticket.consent.covers("avatar") { &member.avatar } else { DEFAULT_AVATAR };
    let mut fields = vec![
        ("userid", json!(access.userid(&member.user_id))),
        ("gender", json!(gender.to_string())),
        ("avatar", json!(avatar)),
    ];
    let others = [
        ("qr_code", &member.qr_code),
        ("mobile", &member.mobile),
        ("email", &member.email),
        ("biz_mail", &member.biz_mail),
        ("address", &member.address),
    ];
    fields.extend(
        others.into_iter().filter(|(name, _)| ticket.consent.covers(name)).map(|(name, value)| (name, json!(value))),
    );
    Ok(fields)
}
