//! Members as records of the app.
use auths::{DepartmentId, User};
use element::{Ctx, ErrorKind, Expect, Record, Result};

/// A member of the company as the app keeps it: whoever logged in, as WeCom told it the last time.
///
/// `accessToken`, `refreshToken` and `expiresAt` are always null. They are there because readers of this model expect
/// the columns; WeCom issues no token per person, no refresh token at all, and the app's own access token does not
/// belong into a person's row.
#[element::model("auths.loginTypes.QywxInnerType.QywxInnerAuthModel")]
#[derive(PartialEq)]
pub struct QywxInnerAuthModel {
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
    /// When the record was made, in milliseconds since 1970.
    pub created_at: i64,
    /// When the record was last changed, in milliseconds since 1970.
    pub updated_at: i64,
}

/// What people are looked up by.
const INDEXED: &[&str] = &["userId", "mobile"];
/// So often it is tried again when somebody else writes the same member.
const TRIES: u32 = 5;

impl QywxInnerAuthModel {
    /// Keeps what WeCom told of a member. What it did not grant this time stays as it was; what says nothing new is not
    /// written.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub(crate) async fn keep(ctx: &Ctx, corp_id: &str, user: &User) -> Result<()> {
        let (records, id) = (ctx.records(Self::FULL_NAME).indexed(INDEXED), format!("{corp_id}/{}", user.user_id));
        let mut tries = 0;
        loop {
            let before: Option<Record<Self>> = records.get(&id).await?;
            let expect = before.as_ref().map_or(Expect::Absent, |it| Expect::Version(it.version));
            let before = before.map(|it| it.value);
            let told = Self::told(id.clone(), user, before.as_ref(), ctx.now());
            if before.is_some_and(|it| Self { updated_at: told.updated_at, ..it } == told) {
                return Ok(());
            }
            tries += 1;
            match records.write(&id, &told, expect, None).await {
                Err(e) if e.kind == ErrorKind::Conflict && tries < TRIES => {}
                other => return other.map(drop),
            }
        }
    }

    fn told(id: String, user: &User, before: Option<&Self>, now: i64) -> Self {
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
            created_at: before.map_or(now, |it| it.created_at),
            updated_at: now,
        }
    }
}
