//! The Type and its client against a WeCom of a few lines. The simulator's own tests are elsewhere.
mod login;
mod pace;
mod tokens;

use crate::{
    QywxInner,
    credential::{App, Made},
    test_host::{Seen, TestHost},
};
use serde_json::{Value, json};

pub(crate) const SECRET: &str = "SECRET-hunter2-hunter2";

pub(crate) fn inner() -> QywxInner {
    serde_json::from_value(json!({
        "corpId": "ww1", "corpSecret": SECRET, "agentId": 1_000_002, "redirectUri": "https://a.com/callback",
    }))
    .unwrap()
}

/// The same app, for what stands below the Type.
pub(crate) fn app<'a>(corp_id: &'a str, secret: &'a element::Secret) -> App<'a> {
    App { corp_id, agent_id: "1000002", secret, made: Made::ByItself, proxy: None }
}

/// A WeCom where all is well, except for what `odd` answers differently.
pub(crate) fn wecom(odd: impl Fn(&Seen) -> Option<Value> + Send + Sync + 'static) -> TestHost {
    TestHost::new(move |seen| {
        odd(seen).unwrap_or_else(|| match seen.path.split_once("/cgi-bin/").unwrap().1 {
            "gettoken" => json!({"errcode": 0, "access_token": format!("TOKEN-{}", seen.before), "expires_in": 7200}),
            "auth/getuserinfo" => json!({"errcode": 0, "userid": "zhangsan"}),
            "department/get" => json!({"errcode": 0, "department": {"id": 1, "name": "Acme"}}),
            "user/get" => json!({
                "errcode": 0, "userid": "zhangsan", "name": "张三", "department": [1], "status": 1,
                "is_leader_in_dept": [1],
            }),
            other => panic!("no such call: {other}"),
        })
    })
}

/// WeCom's refusal, with the secrets that a careless server may repeat in it.
pub(crate) fn refuse(code: i64, seen: &Seen) -> Option<Value> {
    Some(json!({"errcode": code, "errmsg": format!("no, {:?}, from ip: 1.2.3.4", seen.query)}))
}

pub(crate) fn is(seen: &Seen, call: &str) -> bool {
    seen.path.ends_with(call)
}
