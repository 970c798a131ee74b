//! Login: the Meta that its Types keep, what a login gives, and sessions.
//!
//! ```text
//! getLoginConfig ──► the provider's page ──► code + state ──► getLoginCode          a Type of the family
//!                                                                  │ loginCode, corpList, userId …
//!                                                                  ▼
//!                              AuthSvc.loginByCode(loginCode, corp, platform)       the same for all of them
//!                                                                  │ token, expiresAt, user
//!                                                                  ▼
//!                              AuthSvc.checkSession(token) ──► who calls            asked by the host
//! ```
//!
//! A Type keeps [`Login`] and builds its results from what stands here: [`state::issue`] before the provider's page, and
//! [`recognise`] after it. What proves something (states, login codes, tokens) is 256 random bits, only its hash is
//! stored, and states and login codes are good in one browser only.

mod auth_svc;
mod binding;
pub mod callbacks;
mod corp;
mod hash;
mod login;
mod login_code;
mod recognise;
mod session;
pub mod state;
mod user;

#[cfg(test)]
mod test_host;
#[cfg(test)]
mod tests;

pub use auth_svc::{AuthSvc, CurrentUser, LoggedIn, inactive};
pub use binding::Binding;
pub use corp::Corp;
pub use login::{Login, LoginConfig, LoginResult};
pub use login_code::Identity;
pub use recognise::{MEMORY, Recognised, recognise, started};
pub use session::{Platform, SESSION_LIFETIME, SessionInfo};
pub use user::{DepartmentId, User};
