//! The Type against a WeCom of a few lines: what it keeps whatever comes, and in which order.
mod inbox;
mod orders;
mod provider;

use super::{QywxProxy, inbox::Asked};
use crate::{callback::Crypt, test_host::TestHost};
use element::{Ctx, Request, Result};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

const SUITE: &str = "dk0123456789abcdef";
const PROVIDER: &str = "wwprovider";
const TOKEN: &str = "QDG6eK";
const KEY: &str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";
/// The test host's clock, in seconds.
const NOW: i64 = 1_700_000_000;

fn proxy(more: Value) -> QywxProxy {
    let mut config = json!({
        "authConfig": {"suiteId": SUITE, "suiteSecret": "SUITE-SECRET", "token": TOKEN, "encodingAESKey": KEY},
        "redirectUri": "https://a.com/callback",
    });
    merge(&mut config, more);
    serde_json::from_value(config).unwrap()
}

fn merge(into: &mut Value, more: Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            for (name, it) in more {
                merge(into.entry(name).or_insert(Value::Null), it);
            }
        }
        (into, more) => *into = more,
    }
}

/// A request as WeCom makes it.
fn sealed(method: &str, message: &str, receiver: &str) -> Request {
    sealed_with((TOKEN, KEY), method, message, receiver)
}

fn sealed_with((token, key): (&str, &str), method: &str, message: &str, receiver: &str) -> Request {
    let (timestamp, nonce) = (NOW.to_string(), "1372623149");
    let crypt = Crypt::new(token, key).unwrap();
    let (sealed, signature) = crypt.seal([9; 16], message.as_bytes(), receiver, [&timestamp, nonce]);
    let mut query = BTreeMap::from([
        ("msg_signature".to_owned(), signature),
        ("timestamp".to_owned(), timestamp.clone()),
        ("nonce".to_owned(), nonce.to_owned()),
    ]);
    let mut body = String::new();
    if method == "GET" {
        query.insert("echostr".to_owned(), sealed);
    } else {
        body = format!("<xml><ToUserName>{receiver}</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>");
    }
    Request { method: method.to_owned(), query, body: body.into_bytes(), ..Request::default() }
}

async fn hear(proxy: &QywxProxy, ctx: &Ctx, request: &Request) -> Result<Option<String>> {
    proxy.hear(ctx, Asked::of(request)?).await
}

/// What a template is told.
fn info(kind: &str, at: i64, more: &str) -> String {
    format!(
        "<xml><SuiteId><![CDATA[{SUITE}]]></SuiteId><InfoType><![CDATA[ {kind}]]></InfoType><TimeStamp>{at}</TimeStamp>{more}</xml>"
    )
}

/// What WeCom knows of a company.
#[derive(Debug, Default)]
struct Install {
    authorized: bool,
    /// How many permanent codes there were.
    codes: u32,
}

/// WeCom, as far as a template sees it.
#[derive(Debug, Default)]
struct State {
    tickets: Vec<String>,
    installs: BTreeMap<String, Install>,
    /// What each code can be traded for: a company, and which of its permanent codes.
    auth_codes: BTreeMap<String, (String, u32)>,
    /// Codes of before can be traded still, for what is over.
    old_codes_live: bool,
}

#[derive(Debug, Clone, Default)]
struct WeCom(Arc<Mutex<State>>);

impl WeCom {
    fn host(&self) -> TestHost {
        let this = self.clone();
        TestHost::new(move |seen| this.answer(seen.path.split_once("/cgi-bin/").unwrap().1, &seen.query, &seen.body))
    }

    fn answer(&self, path: &str, query: &BTreeMap<String, String>, body: &Value) -> Value {
        let mut state = self.0.lock().unwrap();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let refuse = |code: i64| json!({"errcode": code, "errmsg": "no"});
        match path {
            "service/get_suite_token" if !state.tickets.contains(&text("suite_ticket")) => refuse(40085),
            "service/get_suite_token" => json!({"suite_access_token": "SUITE-TOKEN", "expires_in": 7200}),
            "gettoken" => {
                let secret = query["corpsecret"].clone();
                let corp = query["corpid"].clone();
                let good = state.installs.get(&corp).is_some_and(|it| it.authorized && secret == permanent(&corp, it.codes));
                if good { json!({"access_token": format!("T-{secret}"), "expires_in": 7200}) } else { refuse(40001) }
            }
            "auth/getuserinfo" => json!({"errcode": 0, "userid": "woZhang"}),
            "user/get" => json!({"errcode": 0, "userid": "woZhang", "name": "张三", "status": 1}),
            _ if query.get("suite_access_token").is_none_or(|it| it != "SUITE-TOKEN") => refuse(40082),
            "service/v2/get_permanent_code" => {
                let Some((corp, number)) = state.auth_codes.remove(&text("auth_code")) else { return refuse(40078) };
                let is_now = state.installs.get(&corp).is_some_and(|it| it.authorized && it.codes == number);
                if !is_now && !state.old_codes_live {
                    return refuse(40078);
                }
                json!({
                    "permanent_code": permanent(&corp, number), "auth_corp_info": {"corpid": corp, "corp_name": format!("{corp} Ltd")},
                    "auth_user_info": {}, "state": "s1",
                })
            }
            "service/v2/get_auth_info" => {
                let corp = text("auth_corpid");
                let honoured = |it: &Install| it.authorized && permanent(&corp, it.codes) == text("permanent_code");
                if !state.installs.get(&corp).is_some_and(honoured) {
                    return refuse(40084);
                }
                json!({
                    "errcode": 0, "auth_corp_info": {"corpid": corp, "corp_name": format!("{corp} Ltd")},
                    "auth_info": {"agent": [{"agentid": 1_000_007, "name": "Orders", "is_customized_app": true}]},
                })
            }
            other => panic!("no such call: {other}"),
        }
    }

    fn ticket(&self, text: &str, at: i64) -> String {
        self.0.lock().unwrap().tickets.push(text.to_owned());
        info("suite_ticket", at, &format!("<SuiteTicket><![CDATA[{text}]]></SuiteTicket>"))
    }

    /// Gives what WeCom pushes, if this can be done now.
    fn act(&self, act: Act, corp: &str, at: i64) -> Option<String> {
        let mut state = self.0.lock().unwrap();
        let install = state.installs.entry(corp.to_owned()).or_default();
        let company = format!("<AuthCorpId><![CDATA[{corp}]]></AuthCorpId>");
        if install.authorized == (act == Act::Install) {
            return None;
        }
        let kind = match act {
            Act::Change => return Some(info("change_auth", at, &company)),
            Act::Cancel => {
                install.authorized = false;
                return Some(info("cancel_auth", at, &company));
            }
            Act::Install => "create_auth",
            Act::Reset => "reset_permanent_code",
        };
        install.authorized = true;
        install.codes += 1;
        let (number, code) = (install.codes, format!("CODE-{corp}-{}", install.codes));
        state.auth_codes.insert(code.clone(), (corp.to_owned(), number));
        Some(info(kind, at, &format!("<AuthCode><![CDATA[{code}]]></AuthCode>")))
    }
}

fn permanent(corp: &str, number: u32) -> String {
    format!("PERMANENT-{corp}-{number}")
}

/// What an administrator of a company does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Install,
    Change,
    Cancel,
    Reset,
}

/// WeCom tells of something, and what follows from it is done.
async fn tell(proxy: &QywxProxy, host: &TestHost, ctx: &Ctx, message: &str) -> Result<Option<String>> {
    let answer = hear(proxy, ctx, &sealed("POST", message, SUITE)).await;
    work(proxy, host, ctx).await;
    answer
}

async fn work(proxy: &QywxProxy, host: &TestHost, ctx: &Ctx) {
    for job in host.take_jobs() {
        proxy.follow(ctx, job["key"].as_str().unwrap(), false).await.unwrap();
    }
}
