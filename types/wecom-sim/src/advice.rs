//! Commands to paste into a shell, for those who ask about what is not there.

use std::net::SocketAddr;

use serde_json::json;

use crate::check::is_plain_id;

/// How to add a company, to follow "this company is not simulated". The corpid goes into it only if a
/// shell takes it as plain text. Without a known address, or with a closed control API, there is no
/// command to offer.
pub(crate) fn add_company(address: Option<&SocketAddr>, corp_id: &str) -> Advice {
    let corp_id = if is_plain_id(corp_id) { corp_id } else { "ww0123456789abcdef" };
    let example = json!({
        "corpId": corp_id,
        "members": [{ "userId": "zhangsan", "name": "Zhang San" }],
        "apps": [{ "agentId": 1_000_002, "secret": "THE-SECRET-IN-YOUR-CONFIG" }],
    });
    send(address, "POST", "/sim/companies", &example.to_string())
}

/// How to send a company's file again, with more in it.
pub(crate) fn send_company_again(address: Option<&SocketAddr>) -> Advice {
    send(address, "POST", "/sim/companies", "@company.json")
}

/// How to register a domain; only for one that a shell takes as plain text.
pub(crate) fn register_domain(address: Option<&SocketAddr>, corp_id: &str, agent_id: u32, domain: &str) -> Option<Advice> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    if !is_plain_id(corp_id) || !domain.chars().all(plain) {
        return None;
    }
    let path = format!("/sim/companies/{corp_id}/apps/{agent_id}");
    Some(send(address, "PATCH", &path, &json!({ "redirectDomains": [domain] }).to_string()))
}

/// How to give an app a callback, with a token and a key that are an example and good enough here.
pub(crate) fn give_callback(address: Option<&SocketAddr>, corp_id: &str, agent_id: u32) -> Option<Advice> {
    let callback = json!({
        "url": "http://127.0.0.1:8080/callback",
        "token": "ExampleToken",
        "encodingAESKey": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    });
    let path = format!("/sim/companies/{corp_id}/apps/{agent_id}");
    is_plain_id(corp_id).then(|| send(address, "PATCH", &path, &json!({ "callback": callback }).to_string()))
}

/// What to do.
pub(crate) enum Advice {
    /// A whole command.
    Command(String),
    /// The data alone, for a file.
    Data(String),
}

fn send(address: Option<&SocketAddr>, method: &str, path: &str, data: &str) -> Advice {
    match address {
        Some(address) => Advice::Command(format!(
            "curl -X {method} http://{address}{path} -H 'content-type: application/json' -d '{data}'"
        )),
        None => Advice::Data(data.to_owned()),
    }
}
