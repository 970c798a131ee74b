//! Departments as records of the app.
use crate::{
    client::Client,
    keeping::{Keeping, Outcome, SeenBy, keep, seen_by},
};
use element::{Ctx, Records, Result};
use std::collections::BTreeSet;

/// A department of the company as the app keeps it: what the last sync, or a change that WeCom told of since, said.
#[element::model("auths.loginTypes.QywxInnerType.QywxInnerDepartmentModel")]
#[derive(PartialEq)]
pub struct QywxInnerDepartmentModel {
    /// The primary key: the record's key, `<corpId>/<deptId>`.
    pub id: String,
    /// WeCom's number of the department; 1 is the company itself.
    pub dept_id: i64,
    /// The name, if WeCom granted it.
    pub name: Option<String>,
    /// The English name, if there is one.
    pub name_en: Option<String>,
    /// The department above; 0 above the first one, or one that the app may not see.
    pub parent_id: i64,
    /// Larger comes first among those of one parent.
    pub order: i64,
    /// Userids of those who lead it.
    pub leaders: Vec<String>,
    /// The agentIds of the company's apps that see this department: several logins of one company share the record.
    #[serde(default)]
    pub seen_by: BTreeSet<String>,
    /// When the record was made, in milliseconds since 1970.
    pub created_at: i64,
    /// When the record was last changed, in milliseconds since 1970.
    pub updated_at: i64,
}

/// What departments are looked up by.
const INDEXED: &[&str] = &["deptId", "parentId"];

/// What WeCom tells of a department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) id: i64,
    pub(crate) parent_id: i64,
    pub(crate) order: i64,
    /// `None`, for these three: WeCom does not grant it.
    pub(crate) name: Option<String>,
    /// Empty where there is none.
    pub(crate) name_en: Option<String>,
    pub(crate) leaders: Option<Vec<String>>,
}

impl QywxInnerDepartmentModel {
    /// The collection.
    pub(crate) fn records(ctx: &Ctx) -> Records<'_> {
        ctx.records(Self::FULL_NAME).indexed(INDEXED)
    }

    /// The key of a department's record.
    pub(crate) fn key(corp_id: &str, dept_id: i64) -> String {
        format!("{corp_id}/{dept_id}")
    }

    /// Keeps what WeCom told of a department.
    ///
    /// # Errors
    /// The store cannot be reached.
    pub(crate) async fn keep(client: &Client<'_>, told: &Told, how: Keeping) -> Result<Outcome> {
        let (id, now) = (Self::key(client.app.corp_id, told.id), client.ctx.now());
        keep(&Self::records(client.ctx), &id, how, |before: Option<&Self>| {
            let now = Self {
                id: id.clone(),
                dept_id: told.id,
                name: told.name.clone().or_else(|| before?.name.clone()),
                name_en: told.name_en.clone().or_else(|| before?.name_en.clone()).filter(|it| !it.is_empty()),
                parent_id: told.parent_id,
                order: told.order,
                leaders: told.leaders.clone().or_else(|| Some(before?.leaders.clone())).unwrap_or_default(),
                seen_by: seen_by(before.map(|it| &it.seen_by), client),
                created_at: before.map_or(now, |it| it.created_at),
                updated_at: now,
            };
            let unchanged = before.is_some_and(|it| Self { updated_at: now.updated_at, ..it.clone() } == now);
            (now, unchanged)
        })
        .await
    }
}

impl SeenBy for QywxInnerDepartmentModel {
    fn seen_by(&mut self) -> &mut BTreeSet<String> {
        &mut self.seen_by
    }
}
