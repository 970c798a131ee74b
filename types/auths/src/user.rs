//! A person, in the words that all providers share.
use serde_json::Value;

/// What is known of a person. A field that the provider did not grant is absent and named in `notGranted`; nothing is
/// invented in its place.
#[element::data]
#[derive(Default, PartialEq)]
pub struct User {
    /// The person's id in the company, as the provider writes it (WeCom's `userid`).
    pub user_id: String,
    /// The name as colleagues see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Mobile number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile: Option<String>,
    /// Email address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Address of the picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// The departments that the person is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<Vec<DepartmentId>>,
    /// Their names, in the same order, as far as the provider tells them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department_names: Option<Vec<String>>,
    /// The one of them that counts first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main_department: Option<DepartmentId>,
    /// Position, as the company wrote it; may be empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    /// `1` male, `2` female, `0` not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// 1 active, 2 disabled, 4 not activated yet, 5 left the company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<i64>,
    /// Leads at least one of the departments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_leader: Option<bool>,
    /// Which of the fields above, besides `userId`, the provider did not grant.
    #[serde(default)]
    pub not_granted: Vec<String>,
    /// What else the provider told, in its own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<Value>,
}

/// A department's id: a number with some providers (WeCom), a text with others.
#[element::data]
#[derive(PartialEq, Eq)]
#[serde(untagged)]
pub enum DepartmentId {
    /// As WeCom has it.
    Number(i64),
    /// As others have it.
    Text(String),
}
