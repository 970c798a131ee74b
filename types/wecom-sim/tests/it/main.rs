//! The simulator over real sockets. One binary, because linking is most of a test's build time.
#![allow(clippy::unwrap_used, reason = "a failure in a helper is a failed test as well")]

mod agent;
mod big_company;
mod contacts;
mod control;
mod departments;
mod disturb;
mod edits;
mod envelope;
mod events;
mod faults;
mod home;
mod home_apps;
mod identity;
mod ids;
mod install_page;
mod installs;
mod js_sdk;
mod limits;
mod lists;
mod mistakes;
mod oauth;
mod open_ids;
mod phone;
mod pick;
mod probes;
mod pushes;
mod qr;
mod qr_control;
mod receiver;
mod suite;
mod template_addresses;
mod templates;
mod token;
mod trusted_ips;
mod verify;

use std::net::IpAddr;
use std::sync::Once;

use serde_json::Value;
use wecom_sim::{Company, Options, Sim};

pub(crate) const CORP: &str = "ww5a1d0e0f1a2b3c4d";
pub(crate) const DEMO: u32 = 1_000_002;
pub(crate) const SECOND: u32 = 1_000_003;
pub(crate) const OLD: u32 = 1_000_004;
pub(crate) const JSON: &str = "application/json";

pub(crate) fn secret(agent: u32) -> &'static str {
    match agent {
        DEMO => "demo-secret-of-the-simulator-not-real-one-0",
        SECOND => "demo-secret-of-the-second-app-not-a-real-10",
        OLD => "demo-secret-of-an-app-of-2021-not-a-real-10",
        _ => unreachable!("no such demo app"),
    }
}

/// A simulator that listens, and a client for it.
pub(crate) struct World {
    pub(crate) sim: Sim,
    pub(crate) base: String,
    pub(crate) client: reqwest::Client,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(crate) fn errcode(&self) -> i64 {
        self.json()["errcode"].as_i64().unwrap_or_else(|| panic!("no errcode: {}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub(crate) fn client(from: Option<IpAddr>) -> reqwest::Client {
    // reqwest wants a TLS provider even for plain http; the simulator may have been first.
    static ONCE: Once = Once::new();
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    reqwest::Client::builder().no_proxy().local_address(from).build().unwrap()
}

/// One that shows redirects instead of following them.
pub(crate) fn client_that_stays() -> reqwest::Client {
    let _ = client(None);
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

impl World {
    pub(crate) async fn demo() -> Self {
        Self::new(Options::default()).await
    }

    pub(crate) async fn new(options: Options) -> Self {
        Self::listening("127.0.0.1:0", options).await
    }

    pub(crate) async fn listening(address: &str, options: Options) -> Self {
        let sim = Sim::new(vec![Company::demo()], options);
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let base = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        tokio::spawn(sim.clone().serve(listener, std::future::pending()));
        Self { sim, base, client: client(None) }
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, body: response.text().await.unwrap() }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.client.get(format!("{}{path}", self.base))).await
    }

    /// A call of the control API: `"POST /sim/codes"` and a body, empty for none.
    pub(crate) async fn control(&self, route: &str, body: &str) -> Answer {
        let (method, path) = route.split_once(' ').unwrap();
        let request = self.client.request(method.parse().unwrap(), format!("{}{path}", self.base));
        self.send(request.header("content-type", JSON).body(body.to_owned())).await
    }

    pub(crate) async fn token(&self, agent: u32) -> String {
        let answer = self.get(&format!("/cgi-bin/gettoken?corpid={CORP}&corpsecret={}", secret(agent))).await;
        answer.json()["access_token"].as_str().unwrap_or_else(|| panic!("{}", answer.body)).to_owned()
    }

    /// Each call answers what stands beside it, in this order. `{T2}`, `{T3}` and `{T4}` are tokens of
    /// the demo, the second and the old app; a hint's digits and the port read `HINT` and `PORT`.
    pub(crate) async fn check(&self, cases: &[(&str, &str)]) {
        for (call, expected) in cases {
            let mut path = (*call).to_owned();
            for (name, agent) in [("{T2}", DEMO), ("{T3}", SECOND), ("{T4}", OLD)] {
                if path.contains(name) {
                    path = path.replace(name, &self.token(agent).await);
                }
            }
            let answer = self.get(&path).await;
            assert_eq!(answer.status, 200, "{call}");
            assert_eq!(self.stable(&answer.body), *expected, "{call}");
        }
    }

    pub(crate) fn stable(&self, body: &str) -> String {
        let (_, port) = self.base.rsplit_once(':').unwrap();
        let body = body.replace(&format!("127.0.0.1:{port}"), "127.0.0.1:PORT");
        match body.split_once("hint: [") {
            Some((before, after)) => {
                let (digits, after) = after.split_once(']').unwrap();
                let said: u64 = digits[..10].parse().unwrap();
                assert!(digits.len() == 25 && digits.bytes().all(|b| b.is_ascii_digit()), "{digits}");
                assert!(said.abs_diff(self.sim.now_ms() / 1000) < 30, "{digits} starts with the unix seconds");
                format!("{before}hint: [HINT]{after}")
            }
            None => body,
        }
    }
}

/// The text of a long error.
pub(crate) fn long(code: i64, text: &str, rest: &str) -> String {
    format!(
        r#"{{"errcode":{code},"errmsg":"{text}, hint: [HINT], from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e={code}"{rest}}}"#
    )
}
