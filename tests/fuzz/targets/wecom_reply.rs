//! Any bytes as WeCom's answer: a result or a clean error.
#![no_main]
use element::{
    Caller, Ctx, ErrorKind, HiddenText, HttpReply, Level, Result,
    def::Linked,
    host::{Ask, BoxFuture, Call, Form, Host, Input, Op},
};
use libfuzzer_sys::fuzz_target;
use std::{collections::BTreeMap, sync::Arc};

/// A host whose outside always answers the same.
#[derive(Debug)]
struct Outside(Vec<u8>);

impl Host for Outside {
    fn ask<'a>(&'a self, _: &'a Call, ask: Ask<'a>) -> BoxFuture<'a, Result<Vec<u8>>> {
        let answer = match ask.op {
            // The token is good, so that the bytes reach the calls behind it.
            Op::Http if ask.json.windows(8).any(|it| it == b"gettoken") => {
                reply(br#"{"access_token":"t","expires_in":7200}"#)
            }
            Op::Http => reply(&self.0),
            Op::Random | Op::Fingerprint => b"\"AAAAAAAA\"".to_vec(),
            Op::LeaseAcquire => br#"{"fence":1,"expiresAt":1}"#.to_vec(),
            Op::KeySet | Op::LeaseRelease => b"true".to_vec(),
            _ => b"null".to_vec(),
        };
        Box::pin(std::future::ready(Ok(answer)))
    }

    fn now(&self) -> i64 {
        0
    }

    fn log(&self, _: &Call, _: Level, _: &str) {}
}

fn reply(body: &[u8]) -> Vec<u8> {
    let body = HiddenText(String::from_utf8_lossy(body).into_owned());
    serde_json::to_vec(&HttpReply { status: 200, headers: BTreeMap::new(), body }).unwrap()
}

fuzz_target!(|data: &[u8]| {
    let ty = element::def::linked().find_map(|it| match it {
        Linked::Type(ty) if ty.full_name == wecom::QywxInner::FULL_NAME => Some(*ty),
        _ => None,
    });
    let (ty, config) = (
        ty.unwrap(),
        serde_json::json!({"corpId": "ww1", "corpSecret": "s", "agentId": 1, "redirectUri": "https://a.com/b"}),
    );
    let object = (ty.build)(&config).unwrap();
    let number = u32::try_from(ty.methods.iter().position(|it| it.name == "getLoginCode").unwrap()).unwrap();
    let call = Call {
        app: "a.b".into(),
        element: "x.Y".into(),
        caller: Caller::Operator,
        deadline: None,
        request_id: "r".into(),
        browser: None,
    };
    let ctx = Ctx::new(Arc::new(Outside(data.to_vec())), call);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let result = runtime.block_on(object.call(number, &ctx, Input::Bytes(br#"{"code":"c"}"#), Form::Bytes));
    if let Err(e) = result {
        assert_ne!(e.kind, ErrorKind::Internal, "{e:?}");
    }
});
