//! A WeCom (企业微信) that runs on your own machine.
//!
//! It answers the calls a login needs as the real one does, down to the order of its checks, and it
//! can be told to misbehave. No account, no certificate, no network: a whole company is a JSON file.
//!
//! # Start
//!
//! ```sh
//! wecom-sim --listen 127.0.0.1:8090
//! curl http://127.0.0.1:8090/sim/companies                       # the demo company and its secrets
//! curl -X POST http://127.0.0.1:8090/sim/codes \
//!      -H 'content-type: application/json' -d '{"userId":"zhangsan"}'
//! ```
//!
//! Open `http://127.0.0.1:8090/` to see all of it live, and to make codes by a click. In a program: [`Sim::demo`], then
//! [`Sim::serve`] on a listener, or [`Sim::router`] without one.
//!
//! # What it answers
//!
//! | call | source |
//! |---|---|
//! | `GET /cgi-bin/gettoken?corpid&corpsecret` | page 91039 |
//! | `GET /cgi-bin/auth/getuserinfo?access_token&code` | pages 96442, 98177 |
//! | `GET /cgi-bin/user/getuserinfo?access_token&code` | page 91023, the older form |
//! | `POST /cgi-bin/auth/getuserdetail?access_token` with `{"user_ticket"}` | page 96443; also `user/getuserdetail` |
//! | `GET /cgi-bin/user/get?access_token&userid` | page 96255 |
//! | `GET /cgi-bin/department/get?access_token&id` | page 95406 |
//!
//! Page `n` is `https://developer.work.weixin.qq.com/document/path/n`; error codes are on page 90313.
//! Any other path under `/cgi-bin/` is 404 with an empty body, as in reality.
//!
//! A business call is checked in this order, and the first failure answers: token present (41001),
//! token valid (40014) and not expired (42001), caller's address trusted (60020), app enabled
//! (50003), parameters (40058, 41008, 41009, 84090), then the object itself (40029, 50001, 60111,
//! 60123, 84014, 84015), and whether the app may see it (60011). What follows validity is not
//! documented by WeCom; the order is this simulator's.
//!
//! # The pages
//!
//! | page | what it is |
//! |---|---|
//! | `GET /wwlogin/sso/login` | the QR page (page 98171), alone or in the frame of `@wecom/jssdk` |
//! | `POST /wwlogin/monoApi/sso/login/getWebQrCodeStatus` | what it polls; `GET /wwlogin/sso/qrcode?key` is its image |
//! | `GET /wwopen/sso/qrConnect` | the legacy QR page (page 91019), with `window.settings` |
//! | `GET /wwopen/sso/l/qrConnect?callback&key` | what it polls; `GET /wwopen/sso/qrImg?key` is its image |
//! | `GET /connect/oauth2/authorize` | logging in inside a client (page 91022), silently or by consent |
//! | `GET /sim/phone` | the phone that scans: choose a member, confirm or refuse |
//! | `GET /` | companies, apps, tokens, codes and the journal, live, and what a developer wants at hand; `/sim/` and `/sim/watch` lead there |
//!
//! Polls answer at once when the status is not `lastStatus`, else within a second. A test can do
//! without the phone's page: [`Sim::open_qr_logins`], [`Sim::scan`], [`Sim::confirm`], [`Sim::refuse`].
//!
//! The OAuth pages answer WeCom and WeChat only, by `User-Agent`, unless [`Options::any_browser`] is
//! set. The first visit asks whose client it is and keeps the answer in the cookie `sim-member`.
//!
//! Login pages are Chinese unless `lang=en`; the others go by `?lang=`, then by `Accept-Language`. A
//! mistake in an address is a page with HTTP 200, as in reality, that says what to write. Which
//! addresses codes may go to is up to [`App::redirect_domains`]. Forms are taken from these pages
//! alone: with an `Origin` that names the simulator's own host, or `Sec-Fetch-Site: same-origin`.
//!
//! # The control API
//!
//! Everything else under `/sim/` is ours: JSON in (`content-type: application/json`), JSON out, camelCase,
//! unknown fields refused. A mistake is 400 with `{"error": "what is wrong and what to write"}`.
//!
//! | route | body or query | answer |
//! |---|---|---|
//! | `POST /sim/codes` | `{"corpId"?, "agentId"?, "userId"}`, or `"openid"` and/or `"externalUserId"` in its place | `{"code", "expiresIn"}` |
//! | `GET /sim/journal` | `?path=/cgi-bin/gettoken&after=SEQ&limit=1000`, all optional | `{"entries": […], "next"}` |
//! | `DELETE /sim/journal` | | `{"removed"}` |
//! | `POST /sim/clock` | `{"advanceMs"}` | `{"now"}`, unix milliseconds |
//! | `GET /sim/companies` | | `{"companies": […]}` |
//! | `POST /sim/companies` | a company, see [`Company`] | `{"corpId", "replaced"}` |
//! | `PATCH /sim/companies/{corpId}/apps/{agentId}` | see [`AppChange`] | the app |
//! | `GET /sim/faults` | | `{"faults": […]}` |
//! | `POST /sim/faults` | see [`Fault`] | `{"pending"}` |
//! | `DELETE /sim/faults` | | `{"removed"}` |
//! | `POST /sim/tokens/revoke` | `{"corpId"?, "agentId"?}` | `{"tokens"}`; these answer 40014 from now on |
//! | `POST /sim/tokens/expire` | `{"corpId"?, "agentId"?}` | `{"tokens"}`; these answer 42001 from now on |
//!
//! | `GET /sim/overview` | | what is in the air, see below |
//!
//! `corpId` may be left out when there is one company, `agentId` when it has one app; in the demo
//! company it is then the demo app, `1000002`.
//!
//! `GET /sim/companies` shows `***` for every secret but those of the demo: the demo's are printed in
//! this crate's source, so hiding them protects nobody, and showing them saves a search.
//!
//! `GET /sim/overview` is cheap enough to ask every second. Of each kind it has the `count` and, in `shown`, the latest 50:
//!
//! | field | what it holds |
//! |---|---|
//! | `now`, `aheadMs` | the simulator's time in unix milliseconds, and how far it was moved ahead of the system's |
//! | `revision` | rises whenever a company or one of its apps changes |
//! | `tokens` | `corpId`, `agentId`, `begins`, `expiresIn` of each access token; `expired` counts those that answer 42001, which are in `shown` with 0 seconds |
//! | `codes`, `tickets` | the same and `who`, of login codes and user tickets that can still be used |
//! | `qrLogins` | `key`, `corpId`, `agentId`, `status` (see [`QrStatus::name`]), `expiresIn` of those that wait for a phone |
//! | `faults` | the first 50 that wait, see [`Fault`] |
//! | `journal` | how many `entries` are kept, and the number of the `last` one there was |
//!
//! `begins` is the first six characters and `…`: no token, code, ticket or secret is ever whole in it.
//!
//! The journal has every call under `/cgi-bin/`, every visit to a login page and every act of the
//! phone; polls and images are left out.
//!
//! The control API is an open door, and so are `/` and the pages under `/sim/`; they are served on a loopback address only, and only under a
//! loopback `Host` (a page in a browser could otherwise reach them by rebinding a name). Elsewhere they
//! answer 403 unless [`Options::public_control`] is set.
//!
//! # Time and chance
//!
//! Tokens, codes, tickets, QR logins and blocks live by a clock that is the system's plus an offset ([`Sim::advance`]).
//! [`Options::seed`] makes tokens and codes repeat; without it they come from the operating system.

mod advice;
mod api;
mod callers;
mod check;
mod clock;
mod codes;
mod company;
mod control;
mod faults;
mod journal;
mod member;
mod pages;
mod phone;
mod qr;
mod random;
mod redirect;
mod secret;
mod serve;
mod sim;
mod state;
mod tickets;
mod tokens;

pub use codes::{CodeFor, Who};
pub use company::{App, AppChange, Company, Department, VisibleRange};
pub use faults::{Effect, Fault};
pub use journal::JournalEntry;
pub use member::{Member, Membership};
pub use qr::{QrLogin, QrStatus};
pub use secret::Secret;
pub use sim::{Options, Refused, Sim};
