//! The QR pages, the current one and the legacy one: two addresses, one page, one store.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::asked::Asked;
use super::html::{May, html, in_script};
use super::problem::Problem;
use super::target::{Target, company_name, title};
use super::words::{Words, fill};
use crate::Sim;

/// `GET /wwlogin/sso/login` (page 98171).
pub(crate) fn current(sim: &Sim, asked: &Asked) -> Response {
    page(sim, asked, false)
}

/// `GET /wwopen/sso/qrConnect` (page 91019). Its clients look for `window.settings`.
pub(crate) fn legacy(sim: &Sim, asked: &Asked) -> Response {
    page(sim, asked, true)
}

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    w: &'static Words,
    scheme: String,
    size: String,
    company: String,
    app: String,
    key: String,
    image: String,
    settings: String,
    /// What the legacy page says in its own script, and that script's nonce.
    legacy: Option<(String, String)>,
}

fn page(sim: &Sim, asked: &Asked, legacy: bool) -> Response {
    let framed = May { be_framed: true, ..May::default() };
    let w = asked.words_of_wecom();
    match open(sim, asked, w, legacy) {
        Ok(login) => {
            let nonce = login.legacy.as_ref().map(|(_, nonce)| nonce.as_str());
            html(StatusCode::OK, &login, May { nonce, ..framed })
        }
        Err(problem) => {
            let schemes = ["light", "dark"];
            let scheme = schemes.into_iter().find(|scheme| asked.get("color_scheme") == Some(scheme));
            problem.scheme(scheme.unwrap_or("auto")).page(framed)
        }
    }
}

fn open(sim: &Sim, asked: &Asked, w: &'static Words, legacy: bool) -> Result<Login, Box<Problem>> {
    if asked.get("login_type") == Some("ServiceApp") {
        return Err(Problem::new(w, fill(w.wrong_value, &["login_type"])).line(w.service_app));
    }
    let one_of = |name: &'static str, allowed: &[&'static str]| match asked.get(name) {
        None => Ok(allowed[0].to_owned()),
        Some(value) if allowed.contains(&value) => Ok(value.to_owned()),
        Some(_) => {
            let line = fill(w.write_one_of, &[&allowed.join(", ")]);
            Err(Problem::new(w, fill(w.wrong_value, &[name])).line(line))
        }
    };
    if !legacy {
        one_of("login_type", &["CorpApp"])?;
    }
    let redirect_type = match (legacy, asked.get("self_redirect")) {
        // What the older page calls it (page 91019).
        (true, Some("true")) => "self".to_owned(),
        _ => one_of("redirect_type", &["top", "callback", "self"])?,
    };
    let size = one_of("panel_size", &["middle", "small"])?;
    let scheme = one_of("color_scheme", &["auto", "light", "dark"])?;
    let target = Target::find(sim, asked, w, true)?;
    let key = sim.open_qr(target.key(), target.redirect.clone(), target.state.clone());
    let family = if legacy { "/wwopen/sso/qrImg" } else { "/wwlogin/sso/qrcode" };
    let image = format!("{family}?key={key}");
    let settings = json!({
        "web_key": key,
        "state": target.state,
        "redirect_uri": target.redirect.as_str(),
        "redirect_type": redirect_type,
        "appid": target.appid,
        "append_appid": sim.shared.options.append_appid,
        "agentid": target.app.agent_id,
        "lang": w.code,
        "texts": {
            "QRCODE_SCAN_NEVER": w.qr_waiting,
            "QRCODE_SCAN_ING": w.qr_scanned,
            "QRCODE_SCAN_PC_BIND": w.qr_desktop,
            "QRCODE_SCAN_SUCC": w.qr_done,
            "QRCODE_SCAN_FAIL": w.qr_refused,
            "QRCODE_SCAN_ERR": w.qr_expired,
            "offline": w.qr_offline,
            "handedOver": w.qr_handed_over,
            "otherPage": w.qr_other_page,
        },
    });
    let legacy = legacy.then(|| {
        let said = json!({
            "key": key,
            "qrUrl": image,
            "longPollGetUrl": "/wwopen/sso/l/qrConnect",
            "appid": target.appid,
            "agentid": target.app.agent_id,
            "redirect_uri": target.redirect.as_str(),
            "state": target.state,
            "errMsg": "",
        });
        (in_script(&said), sim.shared.random.nonce())
    });
    Ok(Login {
        w,
        scheme,
        size,
        company: company_name(w, &target.company),
        app: title(&target.app),
        key,
        image,
        settings: in_script(&settings),
        legacy,
    })
}
