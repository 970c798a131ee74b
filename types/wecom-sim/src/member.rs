//! Members of a company (page 96255 gives the fields).

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One member. Only `userId` is required; JSON names are camelCase.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Member {
    /// 1 to 64 bytes, unique in the company whatever its case.
    pub user_id: String,
    /// The display name; the userid when left out.
    #[serde(default)]
    pub name: String,
    /// A second display name.
    #[serde(default)]
    pub alias: String,
    /// Where the member works; the root when left out.
    #[serde(default)]
    pub departments: Vec<Membership>,
    /// One of `departments`; the first when left out.
    pub main_department: Option<u32>,
    /// The job title.
    #[serde(default)]
    pub position: String,
    /// Withheld from apps created after 2022-06-20 20:00, Beijing time.
    #[serde(default)]
    pub mobile: String,
    /// The desk phone.
    #[serde(default)]
    pub telephone: String,
    /// Withheld as `mobile` is.
    #[serde(default)]
    pub email: String,
    /// The company's mailbox; withheld as `mobile` is.
    #[serde(default)]
    pub biz_mail: String,
    /// 0 unknown, 1 male, 2 female; withheld as `mobile` is.
    #[serde(default)]
    pub gender: u8,
    /// A URL; withheld as `mobile` is.
    #[serde(default)]
    pub avatar: String,
    /// The URL of the member's QR code; withheld as `mobile` is.
    #[serde(default)]
    pub qr_code: String,
    /// Withheld as `mobile` is.
    #[serde(default)]
    pub address: String,
    /// Userids of up to five direct leaders.
    #[serde(default)]
    pub direct_leader: Vec<String>,
    /// Fields of the company's own, as WeCom writes them: `{"attrs": [{"type": 0, "name", "text":
    /// {"value"}}]}`. Without it the list is empty.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub extattr: Value,
    /// The job title that people outside the company see.
    #[serde(default)]
    pub external_position: String,
    /// What people outside the company see, as WeCom writes it: `{"external_corp_name",
    /// "wechat_channels", "external_attr"}`.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub external_profile: Value,
    /// Whether the member bound WeChat, and so has an openid.
    #[serde(default = "yes")]
    pub wechat_bound: bool,
    /// 1 active, 2 disabled, 4 not activated, 5 left.
    #[serde(default = "active")]
    pub status: u8,
}

/// A member's place in one department.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Membership {
    /// The department.
    pub id: u32,
    /// Larger comes first.
    #[serde(default)]
    pub order: u32,
    /// Whether the member leads it.
    #[serde(default)]
    pub leader: bool,
}

impl Member {
    /// An active member of whom nothing more is known; the department is put in where it belongs.
    pub fn new(user_id: impl Into<String>) -> Self {
        Self {
            user_id: user_id.into(),
            name: String::new(),
            alias: String::new(),
            departments: Vec::new(),
            main_department: None,
            position: String::new(),
            mobile: String::new(),
            telephone: String::new(),
            email: String::new(),
            biz_mail: String::new(),
            gender: 0,
            avatar: String::new(),
            qr_code: String::new(),
            address: String::new(),
            direct_leader: Vec::new(),
            extattr: Value::Null,
            external_position: String::new(),
            external_profile: Value::Null,
            wechat_bound: true,
            status: active(),
        }
    }
}

fn active() -> u8 {
    1
}

fn yes() -> bool {
    true
}
