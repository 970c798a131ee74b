//! Members as records of the app: one shape for both Types, in a model of each.
use crate::{
    client::Client,
    credential::Made,
    keeping::{Keeping, Outcome, SeenBy, keep, seen_by},
};
use auths::{DepartmentId, User};
use element::{Records, Result};
use std::collections::BTreeSet;

/// Members of the company whose own app it is: whoever logged in or was synced.
#[element::model("auths.loginTypes.QywxInnerType.QywxInnerAuthModel")]
#[serde(transparent)]
pub struct QywxInnerAuthModel(pub Member);

/// Members of companies that an app was made for: whoever logged in.
#[element::model("auths.loginTypes.QywxProxyType.QywxProxyAuthModel")]
#[serde(transparent)]
pub struct QywxProxyAuthModel(pub Member);

/// A member of a company as the app keeps it, as WeCom told it the last time.
///
/// `accessToken`, `refreshToken` and `expiresAt` are always null. They are there because readers of this model expect
/// the columns; WeCom issues no token per person, no refresh token at all, and the app's own access token does not
/// belong into a person's row.
#[element::data]
#[derive(PartialEq)]
pub struct Member {
    /// The primary key: the record's key, `<corpId>/<userId>`.
    pub id: String,
    /// WeCom's `userid`.
    pub user_id: String,
    /// The name as colleagues see it.
    pub name: Option<String>,
    /// Mobile number, if WeCom granted it.
    pub mobile: Option<String>,
    /// Email address, if WeCom granted it.
    pub email: Option<String>,
    /// Address of the picture, if WeCom granted it.
    pub avatar: Option<String>,
    /// Ids of the departments that the member is in.
    pub department: Option<Vec<i64>>,
    /// Position.
    pub position: Option<String>,
    /// `1` male, `2` female, `0` not told; if WeCom granted it.
    pub gender: Option<String>,
    /// 1 active, 2 disabled, 4 not activated yet, 5 left the company.
    pub status: Option<i64>,
    /// Leads at least one of the departments.
    pub is_leader: Option<bool>,
    /// Always null.
    pub access_token: Option<String>,
    /// Always null.
    pub refresh_token: Option<String>,
    /// Always null.
    pub expires_at: Option<i64>,
    /// The agentIds of the company's apps that see this member: several logins of one company share the record.
    #[serde(default)]
    pub seen_by: BTreeSet<String>,
    /// When the record was made, in milliseconds since 1970.
    pub created_at: i64,
    /// When the record was last changed, in milliseconds since 1970.
    pub updated_at: i64,
}

/// What people are looked up by.
const INDEXED: &[&str] = &["userId", "mobile"];

impl Member {
    /// The collection of the model that an app's members are kept in.
    pub(crate) fn records<'a>(client: &Client<'a>) -> Records<'a> {
        let model = match client.app.made {
            Made::ByItself => QywxInnerAuthModel::FULL_NAME,
            Made::ForIt => QywxProxyAuthModel::FULL_NAME,
        };
        client.ctx.records(model).indexed(INDEXED)
    }

    /// The key of a member's record.
    pub(crate) fn key(corp_id: &str, user_id: &str) -> String {
        format!("{corp_id}/{user_id}")
    }

    /// Keeps what WeCom told of a member. What it did not grant this time stays as it was; what says nothing new is
    /// written only by force.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub(crate) async fn keep(client: &Client<'_>, user: &User, how: Keeping) -> Result<Outcome> {
        let id = Self::key(client.app.corp_id, &user.user_id);
        keep(&Self::records(client), &id, how, |before: Option<&Self>| {
            let told = Self::told(id.clone(), user, before, client);
            let unchanged = before.is_some_and(|it| Self { updated_at: told.updated_at, ..it.clone() } == told);
            (told, unchanged)
        })
        .await
    }

    fn told(id: String, user: &User, before: Option<&Self>, client: &Client<'_>) -> Self {
        let now = client.ctx.now();
        fn or<T: Clone>(told: Option<&T>, before: Option<&Option<T>>) -> Option<T> {
            told.or_else(|| before?.as_ref()).cloned()
        }
        let department: Option<Vec<i64>> = user.department.as_ref().map(|all| {
            let number = |it: &DepartmentId| match it {
                DepartmentId::Number(it) => Some(*it),
                DepartmentId::Text(_) => None,
            };
            all.iter().filter_map(number).collect()
        });
        Self {
            id,
            user_id: user.user_id.clone(),
            name: or(user.name.as_ref(), before.map(|it| &it.name)),
            mobile: or(user.mobile.as_ref(), before.map(|it| &it.mobile)),
            email: or(user.email.as_ref(), before.map(|it| &it.email)),
            avatar: or(user.avatar.as_ref(), before.map(|it| &it.avatar)),
            department: or(department.as_ref(), before.map(|it| &it.department)),
            position: or(user.position.as_ref(), before.map(|it| &it.position)),
            gender: or(user.gender.as_ref(), before.map(|it| &it.gender)),
            status: or(user.status.as_ref(), before.map(|it| &it.status)),
            is_leader: or(user.is_leader.as_ref(), before.map(|it| &it.is_leader)),
            access_token: None,
            refresh_token: None,
            expires_at: None,
            seen_by: seen_by(before.map(|it| &it.seen_by), client),
            created_at: before.map_or(now, |it| it.created_at),
            updated_at: now,
        }
    }
}

impl SeenBy for Member {
    fn seen_by(&mut self) -> &mut BTreeSet<String> {
        &mut self.seen_by
    }
}
