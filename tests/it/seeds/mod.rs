//! The documents that the WeCom Types were made from: every method, example, step and link of theirs.
mod links;
mod methods;
mod mistakes;
mod steps;

use crate::{
    cli::program,
    site::{Ask, DEMO, DEMO_PATH, Site, try_send, without_chance, without_ports},
};
use element_host::commands::SIMULATED;
use serde_json::Value;

/// Who calls over HTTP. In Rust and on the command line it is the operator.
#[derive(Clone, Copy, PartialEq)]
enum Who {
    Anyone,
    /// 张三, who is logged in.
    Zhangsan,
    Admin,
}

/// How a method is called.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// `app.get_element("auths.loginTypes.QywxInnerExample")?.call(method, args)`
    Rust,
    /// `POST /api/acme/demo/auths/loginTypes/QywxInnerExample/<method>`
    Http(Who),
    /// `element call acme.demo auths.loginTypes.QywxInnerExample <method> <args>`
    Command,
}

/// Calls one way. Gives the result, or the number and text of the failure.
async fn call(site: &Site, way: Way, method: &str, args: &Value) -> Result<Value, String> {
    match way {
        Way::Rust => {
            let element = site.runtime.app("acme.demo").unwrap().get_element(DEMO).unwrap();
            element.call(method, args.clone()).await.map_err(|e| format!("{} {e}", e.code))
        }
        Way::Http(who) => {
            let ask = Ask::post(format!("{DEMO_PATH}/{method}"), &args.to_string());
            let ask = match who {
                Who::Anyone => ask.browser("the browser of this test"),
                Who::Zhangsan => ask.bearer(&site.log_in("zhangsan").await),
                Who::Admin => ask.bearer(site.admin.expose()),
            };
            let mut reply = site.send(&ask).await.json().unwrap();
            match reply["errcode"].as_i64() {
                Some(0) => Ok(reply["data"].take()),
                code => Err(format!("{} {}", code.unwrap(), reply["errmsg"].as_str().unwrap())),
            }
        }
        Way::Command => {
            let mut command = program::element(&["call", "acme.demo", DEMO, method, &args.to_string()]);
            command.args(["--public-url", "https://login.acme.test"]);
            for name in SIMULATED {
                command.env(name, format!("http://{}", site.wecom));
            }
            let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
            match output.status.success() {
                true => Ok(serde_json::from_slice(&output.stdout).unwrap()),
                false => Err(String::from_utf8(output.stderr).unwrap().trim().trim_start_matches("error: ").to_owned()),
            }
        }
    }
}

/// Calls a method in all three ways, each with a site of its own; they have to give the same. Gives it as one line.
async fn thrice(who: Who, method: &str, args: impl AsyncFn(&Site, Way) -> Value) -> String {
    let mut lines = Vec::new();
    for way in [Way::Rust, Way::Http(who), Way::Command] {
        let site = Site::demo().await;
        let args = args(&site, way).await;
        let result = call(&site, way, method, &args).await.unwrap_or_else(|e| panic!("{method}: {e}"));
        lines.push(without_ports(&without_chance(&result)));
    }
    assert!(lines.iter().all(|it| *it == lines[0]), "{method}: {lines:#?}");
    lines.swap_remove(0)
}

/// A request to the simulator itself, as another program would make it.
async fn wecom(site: &Site, path_and_query: &str) -> Value {
    let reply = try_send(site.wecom, &Ask::get(path_and_query)).await.unwrap();
    assert_eq!(reply.status, 200);
    reply.json().unwrap()
}
