//! Companies that authorized an app which was made for them: what WeCom gave for it, and what became of it.
//!
//! Callbacks come twice, late and in any order, and two hosts may follow them at once. So each write is made of what stands
//! there now, and where two callbacks contradict each other, WeCom is asked.
use super::suite::Authorization;
use crate::{errors, keeping::rewrite, values::is_plain};
use element::{Ctx, Error, Query, Record, Records, Result, Secret};
use serde_json::Value;

/// Whether the app may be used in a company.
#[element::data]
#[derive(Copy, PartialEq, Eq)]
pub enum CompanyState {
    /// The company authorized the app.
    Authorized,
    /// It took that back.
    Cancelled,
}

/// Companies that authorized an app which was made for them (代开发): one record for each template and company.
#[element::model("auths.loginTypes.QywxProxyType.QywxProxyCompanyModel")]
pub struct Company {
    /// The primary key: the record's key, `<suiteId>/<corpId>`.
    pub id: String,
    /// The template.
    pub suite_id: String,
    /// The company's id as the provider sees it. It is encrypted for companies that came after June 2022, and its case
    /// counts then (page 97104).
    pub corp_id: String,
    /// The id by which the company knows itself, in lower case, where somebody used it and WeCom said that it is the same.
    pub plain_corp_id: Option<String>,
    /// The company's name.
    pub corp_name: Option<String>,
    /// Whether the app may be used.
    pub state: CompanyState,
    /// The app's id in the company. Absent until the provider has begun to develop it there.
    pub agent_id: Option<String>,
    /// The app's name in the company.
    pub agent_name: Option<String>,
    /// What stands for the app's Secret; null after it was taken back.
    pub permanent_code: Option<Secret>,
    /// When WeCom sent what the permanent code came of, in seconds since 1970.
    pub code_at: i64,
    /// The key of the callback record that the permanent code came of.
    pub code_from: String,
    /// What the link for installing carried.
    pub install_state: Option<String>,
    /// When the record was made, in milliseconds since 1970.
    pub created_at: i64,
    /// When the record was last changed, in milliseconds since 1970.
    pub updated_at: i64,
}

/// What companies are looked up by.
const INDEXED: &[&str] = &["codeFrom", "plainCorpId"];
/// So often it is tried again when somebody else writes the same record.
const TRIES: u32 = 8;

impl Company {
    fn records(ctx: &Ctx) -> Records<'_> {
        ctx.records(Self::FULL_NAME).indexed(INDEXED)
    }

    fn key(suite_id: &str, corp_id: &str) -> String {
        format!("{suite_id}/{corp_id}")
    }

    /// By either form of its id. The form that the provider sees goes first, and only the company's own is the same in any
    /// case.
    pub(super) async fn find(ctx: &Ctx, suite_id: &str, corp_id: &str) -> Result<Option<Self>> {
        let record: Option<Record<Self>> = Self::records(ctx).get(&Self::key(suite_id, corp_id)).await?;
        if let Some(it) = record {
            return Ok(Some(it.value));
        }
        let plain = corp_id.to_ascii_lowercase();
        Self::first(ctx, [("plainCorpId", plain), ("suiteId", suite_id.to_owned())]).await
    }

    /// The one whose permanent code came of this callback.
    pub(super) async fn of_callback(ctx: &Ctx, suite_id: &str, key: &str) -> Result<Option<Self>> {
        Self::first(ctx, [("codeFrom", key.to_owned()), ("suiteId", suite_id.to_owned())]).await
    }

    async fn first(ctx: &Ctx, filter: [(&str, String); 2]) -> Result<Option<Self>> {
        let filter = filter.into_iter().map(|(name, it)| (name.to_owned(), Value::from(it))).collect();
        let page = Self::records(ctx).query::<Self>(&Query { filter, limit: 1, ..Query::default() }).await?;
        Ok(page.records.into_iter().next().map(|it| it.value))
    }

    /// Has this company this id, in either form?
    pub(super) fn is(&self, corp_id: &str) -> bool {
        self.corp_id == corp_id || self.plain_corp_id.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(corp_id))
    }

    /// May this be the other form of its id, of which nobody has told yet?
    pub(super) fn may_be(&self, corp_id: &str) -> bool {
        self.plain_corp_id.is_none() && is_plain(corp_id)
    }

    pub(super) fn must_be_authorized(&self) -> Result<()> {
        match (self.state, &self.permanent_code, &self.agent_id) {
            (CompanyState::Authorized, Some(_), Some(_)) => Ok(()),
            (CompanyState::Authorized, Some(_), None) => Err(not_developed(&self.corp_id)),
            _ => Err(not_authorized(&self.corp_id)),
        }
    }

    /// Keeps a permanent code. `replaces` decides against the one that is there.
    ///
    /// # Errors
    /// The store cannot be reached, or others write this record all the time.
    pub(super) async fn authorize(
        ctx: &Ctx,
        suite_id: &str,
        given: &Authorization,
        (code_at, code_from): (i64, &str),
        replaces: impl Fn(&Self) -> bool,
    ) -> Result<Self> {
        let key = Self::key(suite_id, &given.corp_id);
        let now = ctx.now();
        let kept = change(ctx, &key, |before: Option<&Self>| {
            if before.is_some_and(|it| it.permanent_code.is_some() && !replaces(it)) {
                return None;
            }
            let or = |told: Option<&String>, before: Option<&Option<String>>| told.cloned().or_else(|| before?.clone());
            Some(Self {
                id: key.clone(),
                suite_id: suite_id.to_owned(),
                corp_id: given.corp_id.clone(),
                plain_corp_id: before
                    .and_then(|it| it.plain_corp_id.clone())
                    .or_else(|| is_plain(&given.corp_id).then(|| given.corp_id.to_ascii_lowercase())),
                corp_name: or(given.corp_name.as_ref(), before.map(|it| &it.corp_name)),
                state: CompanyState::Authorized,
                agent_id: before.and_then(|it| it.agent_id.clone()),
                agent_name: before.and_then(|it| it.agent_name.clone()),
                permanent_code: Some(given.permanent_code.clone()),
                code_at,
                code_from: code_from.to_owned(),
                install_state: or(given.state.as_ref(), before.map(|it| &it.install_state)),
                created_at: before.map_or(now, |it| it.created_at),
                updated_at: now,
            })
        });
        kept.await?.ok_or_else(|| Error::internal("a company that was kept is not there"))
    }

    /// Changes this company, unless it has another permanent code by now. Gives it as it is then.
    ///
    /// # Errors
    /// The store cannot be reached, or others write this record all the time.
    pub(super) async fn settle(&self, ctx: &Ctx, how: impl Fn(&mut Self)) -> Result<Option<Self>> {
        change(ctx, &self.id, |now: Option<&Self>| {
            let mut next = now.filter(|it| it.code_from == self.code_from && it.permanent_code.is_some())?.clone();
            how(&mut next);
            next.updated_at = ctx.now();
            Some(next)
        })
        .await
    }

    /// Notes that a company has this id for itself, if the company is known.
    pub(super) async fn remember_plain(ctx: &Ctx, suite_id: &str, open: &str, plain: &str) -> Result<Option<Self>> {
        change(ctx, &Self::key(suite_id, open), |now: Option<&Self>| {
            let plain_corp_id = Some(plain.to_ascii_lowercase());
            Some(Self { plain_corp_id, ..now?.clone() })
        })
        .await
    }

    /// Nobody logs in any more, and what opened the company is gone.
    pub(super) fn cancel(&mut self) {
        self.state = CompanyState::Cancelled;
        self.permanent_code = None;
    }
}

/// As [`rewrite`], for a company.
async fn change(ctx: &Ctx, key: &str, next: impl Fn(Option<&Company>) -> Option<Company>) -> Result<Option<Company>> {
    rewrite(&Company::records(ctx), key, TRIES, |before| next(before.map(|it: &Record<Company>| &it.value))).await
}

pub(super) fn not_authorized(corp_id: &str) -> Error {
    let message = format!(
        "the company `{corp_id}` has not authorized this app: one of its administrators scans the template's QR code, or opens the \
         link that `getInstallUrl` gives"
    );
    errors::not_installed(
        message,
        format!("企业 `{corp_id}` 尚未授权该应用：请该企业的管理员扫描代开发模板的二维码完成授权"),
    )
}

/// Only the provider's secret tells which company it is, if any.
pub(super) fn not_known_by_its_own_id(corp_id: &str) -> Error {
    let message = format!(
        "no company that authorized this app is known as `{corp_id}`: give the id by which the provider sees it (`wp…`, as the records \
         of companies have it), or set `authConfig.provider.secret`, with which WeCom tells that; if the company has not authorized \
         the app, one of its administrators scans the template's QR code"
    );
    let chinese = format!(
        "没有以 `{corp_id}` 授权该应用的企业：请使用服务商所见的企业 ID（`wp…`），或在配置中填写 `authConfig.provider.secret`；\
         如果企业尚未授权，请其管理员扫描代开发模板的二维码"
    );
    errors::not_installed(message, chinese)
}

fn not_developed(corp_id: &str) -> Error {
    let message = format!(
        "the app is not there yet in the company `{corp_id}`: begin to develop it for this company in the provider's console, and put \
         it online"
    );
    let chinese = format!("企业 `{corp_id}` 的代开发应用尚未就绪：请在服务商管理后台为该企业“开始代开发应用”并上线");
    errors::not_installed(message, chinese)
}
