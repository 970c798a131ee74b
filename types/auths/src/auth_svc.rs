//! From a login code to a session, and from a token to the person: the same for every way of logging in.
use crate::{
    Binding, Login, Platform, SessionInfo, User,
    binding::{self, not_known, user_of},
    corp, login_code, session,
};
use element::{Caller, Ctx, Error, ErrorKind, HiddenText, Result, code};
use serde_json::json;

/// Logins and sessions of an app.
#[derive(Debug, Default)]
pub struct AuthSvc;

/// A session that began.
#[element::data]
pub struct LoggedIn {
    /// Always true: what goes wrong is an error.
    pub success: bool,
    /// Proves the session from now on. It is given once and stored nowhere.
    #[schemars(with = "String")]
    pub token: HiddenText,
    /// When the session ends, in milliseconds since 1970.
    pub expires_at: i64,
    /// Who logged in.
    pub user: User,
    /// The user of the app that the person is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_user_id: Option<String>,
}

/// Whom a session belongs to.
#[element::data]
#[derive(Default, PartialEq)]
pub struct CurrentUser {
    /// The person's id in the company.
    pub user_id: String,
    /// The company that was entered.
    pub corp_id: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corp_name: Option<String>,
    /// The user of the app that the person is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_user_id: Option<String>,
    /// The person, as the provider told when the session began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<User>,
    /// When the session ends, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
}

#[element::service("auths.loginTypes.services.AuthSvc")]
impl AuthSvc {
    /// Trades a login code for a session of seven days.
    ///
    /// A `corp` that does not fit leaves the login code valid, so that a person may choose again: the code is 256
    /// random bits, so trying companies helps nobody who does not hold it, and whoever holds it has the list anyway.
    /// The first call that names a company of the list uses it up.
    #[access(public)]
    pub async fn login_by_code(
        &self,
        ctx: &Ctx,
        /// What `getLoginCode` gave.
        login_code: &str,
        /// The company to enter: a `corpId` of the list, or a `corpName` that only one has. Needed if there are several.
        corp: Option<&str>,
        /// What the person logs in with: `web` (if not given), `mobile` or `app`.
        platform: Option<Platform>,
    ) -> Result<LoggedIn> {
        let seen = login_code::look_at(ctx, login_code).await?;
        let corp = corp::choose(&seen.identity.corp_list, corp)?;
        let held = login_code::take(ctx, login_code).await?;
        let user = user_of(ctx, &held.identity, corp).await?;
        if held.identity.known_only && user.is_none() {
            return Err(not_known());
        }
        let (token, session) = session::begin(ctx, &held, corp, user.clone(), platform.unwrap_or_default()).await?;
        // Who was unbound in the meantime, or whose company was turned away, had no session yet that could be ended.
        let is_unbound = user.is_some() && user_of(ctx, &held.identity, corp).await? != user;
        if is_unbound || session::ended_since(ctx, &held, corp).await? {
            session::end(ctx, &token).await?;
            return Err(login_code::invalid());
        }
        Ok(LoggedIn {
            success: true,
            token: HiddenText(token),
            expires_at: session.expires_at,
            user: held.identity.user,
            local_user_id: session.local_user_id,
        })
    }

    /// The session behind a token, or null if there is none (any more). For the host, which asks it who a caller is.
    ///
    /// A session counts only while the way of logging in that began it is open: if that was switched off, or taken away,
    /// the session is refused (20106). If only its files have mistakes, nobody who is logged in already is hurt.
    pub async fn check_session(
        &self,
        ctx: &Ctx,
        /// What `loginByCode` gave.
        token: &str,
    ) -> Result<Option<SessionInfo>> {
        let Some(session) = session::find(ctx, token).await? else { return Ok(None) };
        match ctx.element(&session.element).call("isActive", &json!({})).await {
            Ok(false) => Err(inactive()),
            Err(e) if matches!(e.code, code::NO_ELEMENT | code::NO_METHOD) => Err(inactive()),
            Err(e) if e.code != code::NOT_IN_SERVICE => Err(e),
            Ok(true) | Err(_) => Ok(Some(session)),
        }
    }

    /// Ends a session. Gives whether there was one. Public, because the token itself is the proof.
    #[access(public)]
    pub async fn logout(
        &self,
        ctx: &Ctx,
        /// What `loginByCode` gave.
        token: &str,
    ) -> Result<bool> {
        session::end(ctx, token).await
    }

    /// Ends the sessions of a company's people, and the logins that are under way, when the company may not log in through some
    /// elements any more. Gives how many sessions there were.
    pub async fn end_sessions(
        &self,
        ctx: &Ctx,
        /// The company's id, as `corpList` has it.
        corp_id: &str,
        /// The full names of the login elements that recognised them.
        elements: Vec<String>,
    ) -> Result<u64> {
        session::end_all_in(ctx, corp_id, &elements).await
    }

    /// Whom the session of this call belongs to; an element asks for whoever called it.
    #[access(session)]
    pub async fn current_user(&self, ctx: &Ctx) -> Result<CurrentUser> {
        match ctx.caller().origin() {
            Caller::Session(it) => {
                let user = CurrentUser { user_id: it.user.to_string(), corp_id: it.corp.to_string(), ..Default::default() };
                Ok(match session::by_id(ctx, &it.id).await? {
                    None => user,
                    Some(session) => CurrentUser {
                        corp_name: Some(session.corp_name),
                        local_user_id: session.local_user_id,
                        profile: Some(session.profile),
                        expires_at: Some(session.expires_at),
                        ..user
                    },
                })
            }
            _ => Err(Error::new(ErrorKind::Unauthenticated, code::LOGIN_NEEDED, "nobody is logged in: log in first")),
        }
    }

    /// Ties a person of a provider to a user of the app. A second time is no mistake; a person who is another user
    /// already is a conflict. It counts from the next login on.
    pub async fn bind(
        &self,
        ctx: &Ctx,
        /// The id of the app's own user.
        user_id: String,
        /// The full name of the Type that recognises the person.
        auth_type: String,
        /// The company's id.
        corp_id: String,
        /// The person's id in that company, as the provider writes it (WeCom's `userid`).
        auth_user_id: String,
    ) -> Result<()> {
        // A tie that no login ever looks for would keep its person out, and nobody would know why.
        if auth_type == <dyn Login>::FULL_NAME || ctx.find(&auth_type).await?.is_empty() {
            let message = "`authType`: expected the full name of the Type that one of the app's logins is made of";
            return Err(Error::invalid_args(message));
        }
        binding::bind(ctx, &Binding { user_id, auth_type, corp_id, auth_user_id }).await
    }

    /// Unties a user of the app from all persons, or from those of one Type, and ends the user's sessions. Gives how
    /// many persons it were.
    pub async fn unbind(
        &self,
        ctx: &Ctx,
        /// The id of the app's own user.
        user_id: &str,
        /// The full name of the Type; without it, all of them.
        auth_type: Option<&str>,
    ) -> Result<u64> {
        let count = binding::unbind(ctx, user_id, auth_type).await?;
        session::end_all_of(ctx, user_id).await?;
        Ok(count)
    }
}

/// For a Type whose Instance is switched off, and for the sessions that it began.
#[must_use]
pub fn inactive() -> Error {
    let message = "this way of logging in is switched off; log in another way, or ask whoever runs this app";
    Error::new(ErrorKind::Refused, code::LOGIN_INACTIVE, message)
}
