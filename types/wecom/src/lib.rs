//! WeCom (企业微信) login Types.
//!
//! - [`QywxInner`]: `auths.loginTypes.QywxInnerType`, the app that a company made for itself (自建应用).
//!
//! Below the Types stands one client. Every call to WeCom goes through `client`, which gets the access token from
//! `token` (one for all apps and hosts, fetched by one caller at a time), reads replies with `wire` and turns
//! refusals into errors with the table in `errors`. `identity`, `contacts` and `departments` are the calls themselves; `urls` are
//! the pages that a person's browser is sent to; `bases` says where WeCom is. Page numbers in the comments are those of
//! `developer.work.weixin.qq.com/document/path/<number>`.

mod auth_model;
mod bases;
mod client;
mod contacts;
mod departments;
mod errors;
mod identity;
mod inner;
mod token;
mod urls;
mod values;
mod wire;

#[cfg(test)]
mod test_host;
#[cfg(test)]
mod tests;

pub use auth_model::QywxInnerAuthModel;
pub use bases::SETTINGS;
pub use inner::QywxInner;
