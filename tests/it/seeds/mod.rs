//! The documents that the WeCom Types were made from: every method, example, step and link of theirs.
mod links;
mod methods;
mod mistakes;
mod proxy;
mod steps;

use crate::{
    cli::program,
    site::{Ask, DEMO, Site, try_send, without_chance, without_ports},
};
use element_host::commands::SIMULATED;
use serde_json::Value;
use std::path::Path;

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
    /// `app.get_element("auths.loginTypes.QywxInnerExample")?.call(method, args)`, and so for other elements
    Rust,
    /// `POST /api/acme/demo/auths/loginTypes/QywxInnerExample/<method>`
    Http(Who),
    /// `element call acme.demo auths.loginTypes.QywxInnerExample <method> <args>`
    Command,
}

/// Calls the demo's login one way. Gives the result, or the number and text of the failure.
async fn call(site: &Site, way: Way, method: &str, args: &Value) -> Result<Value, String> {
    call_of(site, None, way, DEMO, method, args).await
}

/// Calls an element one way. The command opens the apps and the store that are in `folder`, if it is given.
async fn call_of(
    site: &Site,
    folder: Option<&Path>,
    way: Way,
    name: &str,
    method: &str,
    args: &Value,
) -> Result<Value, String> {
    match way {
        Way::Rust => {
            let element = site.element(name).unwrap();
            element.call(method, args.clone()).await.map_err(|e| format!("{} {e}", e.code))
        }
        Way::Http(who) => {
            let ask = Ask::post(format!("/api/acme/demo/{}/{method}", name.replace('.', "/")), &args.to_string());
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
            let mut command = program::element(&["call", "acme.demo", name, method, &args.to_string()]);
            command.args(["--public-url", "https://login.acme.test"]);
            if let Some(folder) = folder {
                command.arg("--apps").arg(folder.join("apps")).arg("--data").arg(folder.join("data"));
                command.env_remove("ELEMENT_STORE");
            }
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
