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
//! | `GET /cgi-bin/user/list?access_token&department_id` | page 90201; one level, or all below with the older `fetch_child=1` |
//! | `GET /cgi-bin/user/simplelist?access_token&department_id` | page 90200; the same members in short |
//! | `POST /cgi-bin/user/list_id?access_token` with `{"cursor"?, "limit"?}` | page 96067; contact-sync alone |
//! | `POST /cgi-bin/user/convert_to_openid?access_token` with `{"userid"}` | page 90202; back with `user/convert_to_userid` and `{"openid"}` |
//! | `GET /cgi-bin/department/get?access_token&id` | page 95406 |
//! | `GET /cgi-bin/department/list?access_token&id` | page 90208; with all below, all there are without `id` |
//! | `GET /cgi-bin/department/simplelist?access_token&id` | page 95350; the same in short |
//! | `GET /cgi-bin/agent/get?access_token&agentid` | page 90227 |
//! | `GET /cgi-bin/get_jsapi_ticket?access_token` | page 90506; the company's ticket |
//! | `GET /cgi-bin/ticket/get?access_token&type=agent_config` | page 90506; the app's ticket |
//! | `GET /cgi-bin/get_api_domain_ip?access_token` | page 92520 |
//! | `GET /cgi-bin/getcallbackip?access_token` | page 92521 |
//!
//! The suite side, for a provider's templates (代开发):
//!
//! | call | source |
//! |---|---|
//! | `POST /cgi-bin/service/get_suite_token` with `{"suite_id", "suite_secret", "suite_ticket"}` | page 97162 |
//! | `POST /cgi-bin/service/get_provider_token` with `{"corpid", "provider_secret"}` | page 96237 |
//! | `GET /cgi-bin/service/get_pre_auth_code?suite_access_token` | page 90601 |
//! | `POST /cgi-bin/service/set_session_info?suite_access_token` with `{"pre_auth_code", "session_info"}` | page 90602 |
//! | `POST /cgi-bin/service/get_customized_auth_url?provider_access_token` with `{"state", "templateid_list"}` | page 98744 |
//! | `POST /cgi-bin/service/v2/get_permanent_code?suite_access_token` with `{"auth_code"}` | page 100776; page 90603 without `v2/` |
//! | `POST /cgi-bin/service/v2/get_auth_info?suite_access_token` with `{"auth_corpid", "permanent_code"}` | page 100795; page 90604 without `v2/` |
//! | `POST /cgi-bin/service/get_admin_list?suite_access_token` with `{"auth_corpid", "agentid"}` | page 90606 |
//! | `POST /cgi-bin/service/get_corp_token?suite_access_token` with `{"auth_corpid", "permanent_code"}` | page 90605; its token answers 48002 |
//! | `GET /cgi-bin/service/auth/getuserinfo3rd?suite_access_token&code` | page 91121; 48002, as `getuserdetail3rd` |
//! | `POST /cgi-bin/service/corpid_to_opencorpid?provider_access_token` with `{"corpid"}` | page 97104 |
//! | `POST /cgi-bin/batch/userid_to_openuserid?access_token` with `{"userid_list"}` | page 97104 |
//! | `POST /cgi-bin/agent/get_permissions?access_token` | page 99052 |
//!
//! Page `n` is `https://developer.work.weixin.qq.com/document/path/n`; error codes are on page 90313.
//! Any other path under `/cgi-bin/` is 404 with an empty body, as in reality.
//!
//! A business call is checked in this order, and the first failure answers: not one too many (45009;
//! [`Limits`], with a valid code at `auth/getuserinfo` exempt), token present (41001),
//! token valid (40014) and not expired (42001), caller's address trusted (60020), app enabled
//! (50003), call open to its kind (48002, 48009), parameters (40058, 41008, 41009, 41011, 84090), then
//! the object itself (40003, 40029, 40056, 50001, 60111, 60123, 84014, 84015, 301002), whether the app
//! may see it (60011), and what is then in the way (43004, 45029). What follows validity is not
//! documented by WeCom; the order is this simulator's.
//!
//! Apps see what is in their visible range: the departments named and all below them, whoever works
//! there, and the members named. Lists hold nothing else. [`AppKind::ContactSync`] sees everybody.
//! Which addresses are trusted is up to [`App::trusted_ips`], [`Options::trusted_ip_delay`] and
//! [`Options::require_trusted_ips`].
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
//! | `GET /sim/install?suite_id&state` | a customer's administrator: choose a company, authorize; change, reset or cancel what is installed. `qrcode_url` leads here |
//! | `GET /` | companies, apps, the provider with its templates, tokens, codes, pushes and the journal, live, and what a developer wants at hand: codes, the clock, edits of the contacts; `/sim/` and `/sim/watch` lead there |
//!
//! Polls answer at once when the status is not `lastStatus`, else within a second. A test can do
//! without the phone's page: [`Sim::open_qr_logins`], [`Sim::scan`], [`Sim::confirm`], [`Sim::refuse`],
//! [`Sim::bind_desktop`], [`Sim::expire_qr`], and `/sim/qr` in other languages. The legacy page knows no
//! desktop client and polls `QRCODE_SCAN_ING` for it. With [`Options::append_appid`] the page goes back
//! with `appid` as well.
//!
//! The OAuth pages answer WeCom and WeChat only, by `User-Agent`, unless [`Options::any_browser`] is
//! set. The first visit asks whose client it is and keeps the answer in the cookie `sim-member`.
//!
//! Login pages are Chinese unless `lang=en`; the others go by `?lang=`, then by `Accept-Language`. A
//! mistake in an address is a page with HTTP 200, as in reality, that says what to write. Which
//! addresses codes may go to is up to [`App::redirect_domains`], when they are sent and when they are
//! used (50001). Nobody logs in to a contact-sync app. Where a member is chosen, 200 are listed; the
//! others are chosen by their userid. Forms are taken from these pages alone: with an `Origin` that
//! names the simulator's own host, or `Sec-Fetch-Site: same-origin`.
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
//! | `POST /sim/jsapi` | `{"corpId"?, "agentId"?, "ticket", "url", "noncestr", "timestamp", "signature"}`; `ticket` is `corp` or `agent`, see [`JsSignature`] | `{"valid", "why"?}` |
//! | `GET /sim/limits` | | see [`Limits`] |
//! | `PATCH /sim/limits` | some of `{"corpPerMinute", "corpPerHour", "ipPerMinute", "ipPerHour"}` | all of them; counting begins anew |
//! | `GET /sim/qr` | | `{"logins": […]}` that wait, newest first, see [`QrLogin`] |
//! | `POST /sim/qr/{key}` | `{"action"}`: `scan` or `bindDesktop` with `"userId"`; `confirm`, `refuse`, `expire` | `{"key", "status"}`, then `"code"` and `"goesTo"`, where the browser goes |
//! | `POST /sim/tokens/revoke` | `{"corpId"?, "agentId"?}` | `{"tokens"}`; these answer 40014 from now on |
//! | `POST /sim/tokens/expire` | `{"corpId"?, "agentId"?}` | `{"tokens"}`; these answer 42001 from now on |
//! | `PUT /sim/companies/{corpId}/members/{userId}` | fields of a [`Member`]; `"newUserId"` renames | `{"userId", "replaced"}` |
//! | `DELETE /sim/companies/{corpId}/members/{userId}` | | `{"removed"}` |
//! | `PUT /sim/companies/{corpId}/departments/{id}` | fields of a [`Department`] | `{"id", "replaced"}` |
//! | `DELETE /sim/companies/{corpId}/departments/{id}` | | `{"removed"}`; refused unless it is empty |
//! | `POST /sim/companies/{corpId}/tags/{tagId}` | see [`TagChange`] | `{"tagId"}` |
//! | `POST /sim/companies/{corpId}/apps/{agentId}/callback/verify` | | `{"verified"}` |
//! | `GET /sim/pushes` | `?after=SEQ`, optional | `{"pushes": […]}`, see [`PushEntry`] |
//! | `POST /sim/pushes/disturb` | see [`Disturbance`] | `{"pending"}` |
//! | `DELETE /sim/pushes/disturb` | | `{"removed"}`; what was held back goes out |
//! | `POST /sim/pushes/probe` | `{"corpId"?, "agentId"?, "kind"}`, see [`Probe`]; `"suiteId"` in place of the app for a template | `{"document", "status", "body", "first"}` |
//! | `PUT /sim/provider` | a provider, see [`Provider`] | `{"corpId", "replaced"}` |
//! | `GET /sim/templates` | | the provider; each template with its newest `ticket` and its `installs` |
//! | `PUT /sim/templates/{suiteId}/callback` | `{"url"}`, verified first | `{"verified"}` |
//! | `POST /sim/templates/{suiteId}/ticket` | | `{"suiteTicket"}` |
//! | `POST /sim/templates/{suiteId}/installs` | `{"corpId"}` and fields of [`NewInstall`] | see [`Installed`] |
//! | `PATCH /sim/templates/{suiteId}/installs/{corpId}` | see [`InstallChange`] | the app |
//! | `DELETE /sim/templates/{suiteId}/installs/{corpId}` | | `{"removed"}` |
//! | `POST /sim/templates/{suiteId}/installs/{corpId}/reset` | | see [`Installed`] |
//! | `GET /sim/overview` | | what is in the air, see below |
//!
//! `corpId` may be left out when there is one company, `agentId` when it has one app; in the demo
//! company it is then the demo app, `1000002`. Installs of templates do not count there.
//!
//! What a `PUT` leaves out of a member or department that is there stays as it is.
//!
//! `GET /sim/companies` and `GET /sim/templates` show `***` for every secret but those of the demo: the demo's are printed in
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
//! | `limits` | as `GET /sim/limits` has them |
//! | `pushes` | the `count` of those remembered, how many of them are `waiting` or held back, and the number of the `last` one there was |
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
//! # Callbacks
//!
//! An app with a [`callback`](App::callback) is told what is edited in the contacts: members and
//! departments in its visible range, before the edit or after it, and no fields that a call would
//! withhold (pages 96302, 96303, 96304). Only the routes above and their like in Rust ([`Sim::put_member`]…)
//! tell; a company that is put whole does not. A disabled app hears nothing.
//!
//! A callback that comes with `PATCH …/apps/{agentId}` is verified first, as in the console (page 96238): a GET
//! with `echostr` must bring the bare text back within a second, else nothing is saved. One that comes
//! with a whole company, or through [`Sim::change_app`], is not; [`Sim::save_callback`] does both.
//!
//! Each callback has a queue. A push that is not answered with 200 within
//! [`push_deadline_ms`](Options::push_deadline_ms) is sent again, up to three times, and those behind it
//! wait. Every time it is the same document, signed and sealed anew: WeCom documents neither that nor
//! the spacing. Pushes that get lost, come late, twice or in another order are to be had on demand
//! ([`Disturbance`]), and so are forged ones ([`Probe`]).
//!
//! Pushes go out by tasks of tokio: in the runtime that an edit was made in, as all over HTTP are; those
//! made outside of one wait for [`Sim::serve`], or for somebody who awaits [`Sim::pushes_done`]. Whoever
//! uses [`Sim::router`] alone needs to do nothing.
//!
//! # Templates and their installs
//!
//! There may be one provider ([`Sim::put_provider`]), and companies may install its templates
//! ([`Sim::install`]). An install is one more app of its company, of the kind [`AppKind::Customized`]: its
//! secret is the permanent code, its addresses are the provider's, and `gettoken`, every business call
//! and both login pages work for it. It is told ids that are the provider's own, `wp…` for the company
//! and `wo…` for members, and takes the company's plain one as well; with [`Options::encrypt_ids`] off it
//! is told the plain ones. Acts on the simulator always name plain userids.
//!
//! A template with a `callbackUrl` is pushed a `suite_ticket` at once and whenever ten minutes of the
//! simulator's clock have passed ([`Sim::serve`] and [`Sim::advance`] see to that), and `create_auth`, `change_auth`, `cancel_auth` and
//! `reset_permanent_code` as they happen. It must answer `success` with 200; news of installs within
//! [`suite_deadline_ms`](Options::suite_deadline_ms). What is not taken comes again as above. Installs
//! without a callback of their own have the template's: changes of the contacts come there, too,
//! for the company's id. Without a `callbackUrl` nobody is told; [`Sim::push_ticket`] makes a ticket all the
//! same, and [`Installed`] has the auth code.
//!
//! The last three tickets are good, each for 30 minutes (40085). A call with a suite token is checked
//! so: token present (41022), valid (40082), not expired (42009), address trusted (60020), then the call's own:
//! 40013, 40056, 40077, 40078, 40084, 41002, 41011, 41025, 42007, 48004. Those with a provider token answer 41001,
//! 40014 and 42001 first, then 48001, 84019, 84020 and 84025.
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
mod directory;
mod edits;
mod faults;
mod journal;
mod js_signature;
mod js_tickets;
mod limits;
mod member;
mod options;
mod pages;
mod phone;
mod push;
mod qr;
mod random;
mod redirect;
mod secret;
mod serve;
mod sim;
mod state;
mod suite;
mod tags;
mod tickets;
mod tokens;
mod trusted_ips;

pub use codes::{CodeFor, Who};
pub use company::{App, AppChange, AppKind, Company, Department, VisibleRange};
pub use faults::{Effect, Fault};
pub use journal::JournalEntry;
pub use js_signature::{JsSignature, JsTicket, JsVerdict};
pub use limits::Limits;
pub use member::{Member, Membership};
pub use options::Options;
pub use push::{Callback, Disturbance, Opened, Probe, Probed, PushAttempt, PushEntry, PushFormat, PushOutcome};
pub use qr::{QrLogin, QrStatus};
pub use secret::Secret;
pub use sim::{Refused, Sim};
pub use suite::{Install, InstallChange, Installed, NewInstall, Provider, Template};
pub use tags::TagChange;
