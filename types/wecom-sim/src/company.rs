//! A company as data: departments, members, apps, and who may see whom.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::member::Member;
use crate::push::Callback;
use crate::secret::Secret;

/// 2022-06-20 20:00 in Beijing, in unix seconds: apps created later get a short profile (page 96255)
/// and must name the addresses they call from (page 90313, at 60020).
const STRICT_SINCE: u64 = 1_655_726_400;
/// 2022-08-15 10:00 in Beijing: contact-sync calls set up later get ids alone (page 96079).
const IDS_ALONE_SINCE: u64 = 1_660_528_800;

/// The id of every company's root department.
pub(crate) const ROOT: u32 = 1;

/// The company that is served when nothing else is said.
pub(crate) const DEMO_CORP: &str = "ww5a1d0e0f1a2b3c4d";
/// The app of the demo company that is meant when none is named.
pub(crate) const DEMO_AGENT: u32 = 1_000_002;

/// A company. Only `corpId` and one app with `agentId` and `secret` are required.
///
/// Made by [`Company::from_json`], which checks it. Deserialized in another way it is not checked,
/// and a wrong one merely gives odd answers.
///
/// ```
/// let company = wecom_sim::Company::from_json(r#"{
///     "corpId": "ww0123456789abcdef",
///     "departments": [{"id": 1, "name": "Acme"}, {"id": 2, "name": "Lab", "parentId": 1}],
///     "members": [{"userId": "ann", "name": "Ann", "departments": [{"id": 2, "leader": true}]}],
///     "apps": [{"agentId": 1000002, "secret": "a-secret", "visibleRange": {"departments": [2]}}]
/// }"#);
/// assert!(company.is_ok());
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Company {
    /// `ww` and 16 hexadecimal digits in reality; compared whatever its case.
    pub(crate) corp_id: String,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) name_en: String,
    #[serde(default)]
    pub(crate) departments: Vec<Department>,
    #[serde(default)]
    pub(crate) members: Vec<Member>,
    pub(crate) apps: Vec<App>,
}

/// A department. The root is number 1; every other one has a parent.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Department {
    /// Unique in the company.
    pub id: u32,
    /// The display name.
    pub name: String,
    /// The English name.
    #[serde(default)]
    pub name_en: String,
    /// The department above; left out or 0 for the root.
    #[serde(default)]
    pub parent_id: u32,
    /// Larger comes first.
    #[serde(default)]
    pub order: u32,
}

/// What an app is for.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum AppKind {
    /// 自建应用: an app of the company's own.
    #[default]
    SelfBuilt,
    /// 通讯录同步助手: the secret that contacts are synchronized with. It sees everybody; created after
    /// 2022-08-15 10:00, Beijing time, it may ask for ids alone, and the calls that tell more answer 48009.
    ContactSync,
    /// 代开发应用: an app that a provider developed, there because the company installed its template. It
    /// comes by [`Sim::install`](crate::Sim::install), never with a company's file; its secret is the
    /// permanent code, and which addresses are trusted is up to its provider.
    Customized,
}

/// An app of a company.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct App {
    /// 1000002 and up in reality.
    pub agent_id: u32,
    /// The display name.
    #[serde(default)]
    pub name: String,
    /// `selfBuilt` when left out, or `contactSync`; an install is `customized`.
    #[serde(default)]
    pub kind: AppKind,
    /// What `gettoken` takes as `corpsecret`. It also says which app is meant, so it is unique.
    pub secret: Secret,
    /// A disabled app answers 50003.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Unix seconds; left out, the app is a new one. Apps created after 2022-06-20 20:00, Beijing
    /// time, do not see avatar, gender, mobile, email, biz_mail, qr_code and address.
    #[serde(default)]
    pub created_at: Option<u64>,
    /// Whether those are seen, whatever `createdAt` says.
    #[serde(default)]
    pub full_profile: Option<bool>,
    /// Addresses that may call with this app's token, others get 60020; empty lets all, unless
    /// [`require_trusted_ips`](crate::Options::require_trusted_ips) is set.
    #[serde(default)]
    pub trusted_ips: Vec<IpAddr>,
    /// Whose profile the app may read; left out, everyone's, as it always is for contact-sync.
    #[serde(default)]
    pub visible_range: Option<VisibleRange>,
    /// `host` or `host:port`, which the host and port of a `redirect_uri` must equal exactly; the
    /// scheme's own port counts as none, and a sub-domain is another domain. Left out, any http or
    /// https address will do: a convenience of the simulator, WeCom has none.
    #[serde(default)]
    pub redirect_domains: Option<Vec<String>>,
    /// Where events are pushed to; left out, nowhere.
    #[serde(default)]
    pub callback: Option<Callback>,
}

/// Whose profile an app may read: `{}` is nobody's.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VisibleRange {
    /// Departments, each with all below it.
    #[serde(default)]
    pub departments: Vec<u32>,
    /// Members by userid.
    #[serde(default)]
    pub members: Vec<String>,
}

/// What to change about an app; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppChange {
    /// See [`App::enabled`].
    pub enabled: Option<bool>,
    /// See [`App::trusted_ips`].
    pub trusted_ips: Option<Vec<IpAddr>>,
    /// See [`App::visible_range`]; the whole company is `{"departments": [1]}`.
    pub visible_range: Option<VisibleRange>,
    /// See [`App::full_profile`].
    pub full_profile: Option<bool>,
    /// See [`App::redirect_domains`].
    pub redirect_domains: Option<Vec<String>>,
    /// See [`App::callback`].
    pub callback: Option<Callback>,
    /// A new secret, as after a reset: the tokens of the old one are revoked.
    pub secret: Option<Secret>,
}

impl AppChange {
    /// Whether it is for the company's administrator to make. An install's callback and domains are its
    /// provider's business.
    pub(crate) fn is_the_companys(&self) -> bool {
        let own = self.enabled.is_some() || self.visible_range.is_some() || self.full_profile.is_some();
        own || (self.redirect_domains.is_none() && self.callback.is_none())
    }
}

impl Company {
    /// The demo company, 示例科技 ("Acme Demo"): `src/demo.json`.
    pub fn demo() -> Self {
        // The file is part of the crate and a test reads it, so this cannot fail for a user.
        Self::from_json(include_str!("demo.json")).expect("the demo company is well formed")
    }

    /// Reads a company, fills what was left out and checks it.
    ///
    /// # Errors
    ///
    /// What is wrong and what to write, as one text.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let mut company: Self = serde_json::from_str(text).map_err(|error| format!("this is not a company: {error}"))?;
        company.fill();
        if let Some(app) = company.apps.iter().find(|app| app.kind == AppKind::Customized) {
            let what = "a customized app comes by an install, not with a company: POST /sim/templates/{suiteId}/installs";
            return Err(format!("app {}: {what}", app.agent_id));
        }
        company.check()?;
        Ok(company)
    }

    /// The company's id.
    pub fn corp_id(&self) -> &str {
        &self.corp_id
    }

    /// The apps, in the order given.
    pub fn apps(&self) -> &[App] {
        &self.apps
    }

    /// The members, in the order given.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    pub(crate) fn app(&self, agent_id: u32) -> Option<&App> {
        self.apps.iter().find(|app| app.agent_id == agent_id)
    }

    pub(crate) fn department(&self, id: u32) -> Option<&Department> {
        self.departments.iter().find(|department| department.id == id)
    }
}

impl App {
    /// Whether the app sees what is withheld from new ones. Contact-sync is no such app.
    pub(crate) fn sees_full_profile(&self) -> bool {
        self.full_profile.unwrap_or(self.kind == AppKind::ContactSync || !self.is_strict())
    }

    /// Whether the app came after the rules that hold for new ones.
    pub(crate) fn is_strict(&self) -> bool {
        self.created_at.is_none_or(|at| at > STRICT_SINCE)
    }

    /// Whether the app may ask for ids alone.
    pub(crate) fn sees_ids_alone(&self) -> bool {
        self.kind == AppKind::ContactSync && self.created_at.is_none_or(|at| at > IDS_ALONE_SINCE)
    }

    /// Whose profile the app may read; `None` is everyone's.
    pub(crate) fn range(&self) -> Option<&VisibleRange> {
        self.visible_range.as_ref().filter(|_| self.kind != AppKind::ContactSync)
    }

    /// Whether people can log in to it.
    pub(crate) fn logs_in(&self) -> bool {
        self.kind != AppKind::ContactSync
    }

    pub(crate) fn change(&mut self, change: AppChange) {
        let AppChange { enabled, trusted_ips, visible_range, full_profile, redirect_domains, callback, secret } = change;
        self.enabled = enabled.unwrap_or(self.enabled);
        self.full_profile = full_profile.or(self.full_profile);
        if let Some(ips) = trusted_ips {
            self.trusted_ips = ips;
        }
        if let Some(range) = visible_range {
            self.visible_range = Some(range);
        }
        if let Some(domains) = redirect_domains {
            self.redirect_domains = Some(domains);
        }
        if let Some(callback) = callback {
            self.callback = Some(callback);
        }
        if let Some(secret) = secret {
            self.secret = secret;
        }
    }
}

fn yes() -> bool {
    true
}
