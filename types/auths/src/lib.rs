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
//! A Type keeps [`Login`] and builds its results from what stands here: [`state::issue`] and [`state::consume`] around
//! the provider's page, [`LoginResult::of_member`] for somebody who may log in, and a [`LoginResult`] without a login
//! code for somebody who was recognised and may not. What proves something (states, login codes, tokens) is 256 random
//! bits, and only its hash is stored.

mod auth_svc;
mod corp;
mod hash;
mod login;
pub mod login_code;
mod session;
pub mod state;
mod user;

#[cfg(test)]
mod test_host;

pub use auth_svc::{AuthSvc, CurrentUser, LoggedIn};
pub use corp::Corp;
pub use login::{Login, LoginConfig, LoginResult};
pub use login_code::Identity;
pub use session::{Platform, SESSION_LIFETIME, SessionInfo};
pub use user::{DepartmentId, User};
