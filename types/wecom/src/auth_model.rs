//! Members as records of the app.

/// A member of the company as the app keeps it.
///
/// `accessToken`, `refreshToken` and `expiresAt` are always null. They are there because readers of this model expect
/// the columns; WeCom issues no token per person, no refresh token at all, and the app's own access token does not
/// belong into a person's row.
#[element::model("auths.loginTypes.QywxInnerType.QywxInnerAuthModel")]
pub struct QywxInnerAuthModel {
    /// The primary key: the record's key.
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
