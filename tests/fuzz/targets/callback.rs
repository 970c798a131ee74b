//! Any bytes as a callback of WeCom's: refused in clear words, and nothing is done about them.
#![no_main]
use element::{
    Caller, Ctx, ErrorKind, Level, Request, Result,
    def::Linked,
    host::{Ask, BoxFuture, Call, Form, Host, Input},
};
use libfuzzer_sys::fuzz_target;
use std::sync::Arc;

/// Nobody who cannot sign gets as far as asking for anything.
#[derive(Debug)]
struct Nothing;

impl Host for Nothing {
    fn ask<'a>(&'a self, _: &'a Call, ask: Ask<'a>) -> BoxFuture<'a, Result<Vec<u8>>> {
        panic!("{:?} was asked for", ask.op)
    }

    fn now(&self) -> i64 {
        1_700_000_000_000
    }

    fn log(&self, _: &Call, _: Level, _: &str) {}
}

fuzz_target!(|data: (bool, Vec<(String, String)>, Vec<u8>)| {
    let (get, more, body) = data;
    let ty = element::def::linked().find_map(|it| match it {
        Linked::Type(ty) if ty.full_name == wecom::QywxInner::FULL_NAME => Some(*ty),
        _ => None,
    });
    let ty = ty.unwrap();
    let config = serde_json::json!({
        "corpId": "ww1", "corpSecret": "s", "agentId": 1, "redirectUri": "https://a.com/b",
        "callback": {"token": "QDG6eK", "encodingAESKey": "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"},
    });
    let object = (ty.build)(&config).unwrap();
    let number = u32::try_from(ty.methods.iter().position(|it| it.name == "notify").unwrap()).unwrap();
    let mut request = Request { method: if get { "GET" } else { "POST" }.into(), body, ..Request::default() };
    let known = [("timestamp", "1700000000"), ("nonce", "1"), ("msg_signature", "0"), ("echostr", "AAAA")];
    request.query = known.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    request.query.extend(more);
    let call = Call {
        app: "a.b".into(),
        element: "x.Y".into(),
        caller: Caller::Anonymous,
        deadline: None,
        request_id: "r".into(),
        browser: None,
    };
    let ctx = Ctx::new(Arc::new(Nothing), call);
    // The same to a template, whose service hands it on as JSON.
    let login: wecom::QywxProxy = serde_json::from_value(serde_json::json!({
        "authConfig": {
            "suiteId": "dk1", "suiteSecret": "s", "token": "QDG6eK",
            "encodingAESKey": "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
        },
    }))
    .unwrap();
    let asked = wecom::Asked::from(request.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    match runtime.block_on(login.receive_call_back(&ctx, asked)) {
        Ok(answer) => assert_eq!(answer, None),
        Err(refused) => assert_eq!(refused.kind, ErrorKind::InvalidArgs),
    }
    let refused = runtime.block_on(object.call(number, &ctx, Input::Raw(Box::new(request)), Form::Bytes)).unwrap_err();
    assert!(matches!(refused.kind, ErrorKind::Refused | ErrorKind::InvalidArgs), "{refused:?}");
});
