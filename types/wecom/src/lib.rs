//! WeCom (企业微信) login Types.
//!
//! - [`QywxInner`]: `auths.loginTypes.QywxInnerType`, the app that a company made for itself (自建应用).
//! - [`QywxProxy`]: `auths.loginTypes.QywxProxyType`, an app that somebody makes for other companies (代开发), with
//!   [`QywxProxyAuthService`] in front of all of them.
//!
//! Below the Types stands one client. Every call to WeCom goes through `client`, which gets the access token of a `credential` from
//! `token` (one for all apps and hosts, fetched by one caller at a time), reads replies with `wire` and turns
//! refusals into errors with the table in `errors`. `identity`, `detail`, `contacts`, `department_names` and `ticket` are the calls
//! themselves; `urls` are the pages that a person's browser is sent to, `js_sdk` signs pages inside the client; `bases` says
//! where WeCom is. `sync` brings the models up to what WeCom tells, by way of `keeping`, and `callback` hears of what changed
//! since. Page numbers in the comments are those of `developer.work.weixin.qq.com/document/path/<number>`.

mod auth_model;
mod bases;
mod callback;
mod client;
mod contacts;
mod credential;
mod department_model;
mod department_names;
mod detail;
mod errors;
mod identity;
mod inner;
mod js_sdk;
mod keeping;
mod member;
mod proxy;
mod sync;
mod ticket;
mod token;
mod urls;
mod values;
mod wire;

#[cfg(test)]
mod test_host;
#[cfg(test)]
mod tests;

pub use auth_model::{Member, QywxInnerAuthModel, QywxProxyAuthModel};
pub use bases::SETTINGS;
pub use callback::{Callback, change::ContactChange};
pub use department_model::QywxInnerDepartmentModel;
pub use inner::{Noted, QywxInner, Synced};
pub use js_sdk::{JsSdkConfig, Signature};
pub use keeping::Outcome;
pub use proxy::{
    Asked, AuthConfig, Company, CompanyState, InstallUrl, LoginType, Provider, Push, QywxProxy, QywxProxyAuthService, Serves,
};
pub use sync::{Counts, SyncFailure, SyncSummary};
pub use values::Lang;
