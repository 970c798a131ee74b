//! Members who log in: from whose code it is to who may enter.
use crate::{Member, client::Client, contacts, detail, errors, identity::Who, keeping::Keeping};
use auths::{Corp, Identity, Recognised};
use element::Result;

/// How whoever belongs to a company logs in.
#[derive(Debug)]
pub(crate) struct Terms {
    /// The full name of the Type.
    pub(crate) auth_type: &'static str,
    /// The company.
    pub(crate) corp: Corp,
    /// Only people who are bound to a user of the app may enter.
    pub(crate) known_only: bool,
}

/// Makes the person of what WeCom said to the code, and keeps a member's record.
///
/// # Errors
/// `Refused` for a member whom the app may not see, or who is disabled or left; as for `Client::call`; the store cannot be
/// reached.
pub(crate) async fn of_login(client: &Client<'_>, who: Who, terms: Terms) -> Result<Recognised> {
    Ok(match who {
        Who::Member { user_id, user_ticket } => {
            let mut user = contacts::of_login(client, &user_id).await?;
            if let Some(ticket) = &user_ticket {
                user = detail::add(client, user, ticket).await.map_err(errors::for_a_login)?;
            }
            let Terms { auth_type, corp, known_only } = terms;
            let identity = Identity { auth_type: auth_type.into(), user, corp_list: vec![corp], known_only: false };
            let known = if known_only { identity.known_only(client.ctx).await? } else { identity };
            Member::keep(client, &known.user, Keeping::default()).await?;
            Recognised::Member(known.into())
        }
        Who::Linked { corp_id, user_id } => Recognised::Linked { corp_id, user_id },
        Who::Outsider { openid, external_user_id } => Recognised::Outsider { openid, external_user_id },
    })
}

/// Is there a record of this member?
pub(crate) async fn is_kept(client: &Client<'_>, user_id: &str) -> Result<bool> {
    let key = Member::key(client.app.corp_id, user_id);
    Ok(Member::records(client).get::<Member>(&key).await?.is_some())
}
