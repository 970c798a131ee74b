//! From a login code to a session, and from a token to the person: the same for every way of logging in.
use crate::{Platform, SessionInfo, User, corp, login_code, session};
use element::{Caller, Ctx, Error, ErrorKind, HiddenText, Result, code};

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
}

/// Whom a session belongs to.
#[element::data]
#[derive(PartialEq, Eq)]
pub struct CurrentUser {
    /// The person's id in the company.
    pub user_id: String,
    /// The company that was entered.
    pub corp_id: String,
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
        let session = SessionInfo::new(ctx.now(), &held, corp, platform.unwrap_or_default());
        let token = session::begin(ctx, &session).await?;
        Ok(LoggedIn { success: true, token: HiddenText(token), expires_at: session.expires_at, user: held.identity.user })
    }

    /// The session behind a token, or null if there is none (any more). For the host, which asks it who a caller is.
    pub async fn check_session(
        &self,
        ctx: &Ctx,
        /// What `loginByCode` gave.
        token: &str,
    ) -> Result<Option<SessionInfo>> {
        session::find(ctx, token).await
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

    /// Whom the session of this call belongs to; an element asks for whoever called it.
    #[access(session)]
    pub async fn current_user(&self, ctx: &Ctx) -> Result<CurrentUser> {
        match ctx.caller().origin() {
            Caller::Session(it) => Ok(CurrentUser { user_id: it.user.to_string(), corp_id: it.corp.to_string() }),
            _ => Err(Error::new(ErrorKind::Unauthenticated, code::LOGIN_NEEDED, "nobody is logged in: log in first")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Corp, Identity, SESSION_LIFETIME,
        test_host::{Fixture, MINUTE},
    };
    use element::Session;
    use std::sync::Arc;

    async fn code_for(ctx: &Ctx, corps: &[(&str, &str)]) -> String {
        let corp_list = corps.iter().map(|(id, name)| Corp { corp_id: (*id).into(), corp_name: (*name).into() }).collect();
        let user = User { user_id: "zhangsan".into(), name: Some("张三".into()), ..User::default() };
        login_code::issue(ctx, &Identity { user, corp_list }).await.unwrap()
    }

    #[tokio::test]
    async fn a_login_code_becomes_one_session() {
        let it = Fixture::new();
        let ctx = it.ctx("a.demo", "x.A", Caller::Anonymous);
        let code = code_for(&ctx, &[("ww1", "Acme"), ("ww2", "Beta")]).await;

        for wrong in [None, Some("Gamma")] {
            let error = AuthSvc.login_by_code(&ctx, &code, wrong, None).await.unwrap_err();
            assert_eq!(error.code, code::CORP_UNKNOWN, "and the login code stays valid");
        }
        let got = AuthSvc.login_by_code(&ctx, &code, Some("Beta"), Some(Platform::Mobile)).await.unwrap();
        assert!(got.success && got.user.user_id == "zhangsan");
        let again = AuthSvc.login_by_code(&ctx, &code, Some("Beta"), None).await.unwrap_err();
        assert_eq!((again.kind, again.code), (ErrorKind::Refused, code::LOGIN_CODE_INVALID));

        let session = AuthSvc.check_session(&ctx, &got.token.0).await.unwrap().unwrap();
        assert_eq!((&*session.user_id, &*session.corp_id, &*session.element), ("zhangsan", "ww2", "x.A"));
        assert_eq!((session.platform, session.expires_at), (Platform::Mobile, got.expires_at));

        let stored = it.everything_stored();
        assert!(!stored.contains(&*got.token.0) && !stored.contains(&code), "{stored}");
        assert!(!format!("{got:?}").contains(&*got.token.0));

        assert!(AuthSvc.logout(&ctx, &got.token.0).await.unwrap());
        assert!(!AuthSvc.logout(&ctx, &got.token.0).await.unwrap());
        assert_eq!(AuthSvc.check_session(&ctx, &got.token.0).await.unwrap(), None);
    }

    #[tokio::test]
    async fn codes_and_sessions_end_with_their_time_and_stay_in_their_app() {
        let it = Fixture::new();
        let (ctx, other) = (it.ctx("a.demo", "x.A", Caller::Anonymous), it.ctx("a.other", "x.A", Caller::Anonymous));
        let code = code_for(&ctx, &[("ww1", "Acme")]).await;
        assert_eq!(AuthSvc.login_by_code(&other, &code, None, None).await.unwrap_err().code, code::LOGIN_CODE_INVALID);
        let got = AuthSvc.login_by_code(&ctx, &code, None, None).await.unwrap();
        assert_eq!(AuthSvc.check_session(&other, &got.token.0).await.unwrap(), None);
        assert_eq!(AuthSvc.check_session(&ctx, "forged").await.unwrap(), None);
        it.advance(i64::try_from(SESSION_LIFETIME.as_millis()).unwrap() - 1);
        assert!(AuthSvc.check_session(&ctx, &got.token.0).await.unwrap().is_some());
        it.advance(1);
        assert_eq!(AuthSvc.check_session(&ctx, &got.token.0).await.unwrap(), None);

        let code = code_for(&ctx, &[("ww1", "Acme")]).await;
        it.advance(5 * MINUTE);
        assert_eq!(AuthSvc.login_by_code(&ctx, &code, None, None).await.unwrap_err().code, code::LOGIN_CODE_INVALID);
    }

    #[tokio::test]
    async fn nobody_without_a_company_gets_a_login_code() {
        let it = Fixture::new();
        let ctx = it.ctx("a.demo", "x.A", Caller::Operator);
        let nobody = Identity { user: User::default(), corp_list: vec![] };
        assert_eq!(login_code::issue(&ctx, &nobody).await.unwrap_err().code, code::NOT_A_MEMBER);
    }

    #[tokio::test]
    async fn the_current_user_is_whoever_started_the_call() {
        let it = Fixture::new();
        let session = Caller::Session(Session { app: "a.demo".into(), user: "zhangsan".into(), corp: "ww1".into() });
        let element = Caller::Element { name: "x.C".into(), on_behalf_of: Arc::new(session.clone()) };
        for caller in [session, element] {
            let user = AuthSvc.current_user(&it.ctx("a.demo", AuthSvc::FULL_NAME, caller)).await.unwrap();
            assert_eq!(user, CurrentUser { user_id: "zhangsan".into(), corp_id: "ww1".into() });
        }
        let ctx = it.ctx("a.demo", AuthSvc::FULL_NAME, Caller::Operator);
        assert_eq!(AuthSvc.current_user(&ctx).await.unwrap_err().kind, ErrorKind::Unauthenticated);
    }

    #[test]
    fn platforms_are_the_documented_words() {
        for (word, platform) in [("web", Platform::Web), ("mobile", Platform::Mobile), ("app", Platform::App)] {
            assert_eq!(serde_json::from_value::<Platform>(word.into()).unwrap(), platform);
        }
        assert_eq!(Platform::default(), Platform::Web);
    }
}
