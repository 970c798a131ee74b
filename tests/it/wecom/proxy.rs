//! An Instance's own proxy: every call to WeCom goes through it, and nothing of others does.
use super::configured::site;
use crate::site::{DEMO, Site};
use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, Uri, header::PROXY_AUTHORIZATION},
    response::{IntoResponse, Response},
};
use serde_json::json;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use wecom_sim::{CodeFor, Sim};

/// What a proxy was asked for, and whether its password came along.
type Asked = Arc<Mutex<Vec<(String, bool)>>>;

/// A proxy for plain HTTP: it is sent whole addresses, and asks there itself.
async fn proxy() -> (String, Asked) {
    let asked = Asked::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(pass_on).with_state(Arc::clone(&asked));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (format!("http://user:hunter2hunter2@{address}"), asked)
}

async fn pass_on(State(asked): State<Asked>, request: Request) -> Response {
    let uri: Uri = request.uri().clone();
    // Basic user:hunter2hunter2
    let known = request.headers().get(PROXY_AUTHORIZATION).is_some_and(|it| it == "Basic dXNlcjpodW50ZXIyaHVudGVyMg==");
    asked.lock().unwrap().push((uri.path().to_owned(), known));
    let Some(there) = uri.authority() else { return StatusCode::BAD_REQUEST.into_response() };
    let path = uri.path_and_query().unwrap().as_str();
    let reply = crate::site::try_send(there.as_str().parse().unwrap(), &crate::site::Ask::get(path)).await.unwrap();
    (StatusCode::from_u16(reply.status).unwrap(), [("content-type", "application/json")], reply.body).into_response()
}

#[tokio::test]
async fn every_call_goes_through_it_and_its_password_is_seen_nowhere() {
    let (address, asked) = proxy().await;
    let site = site(Sim::demo(), json!({"proxy": address})).await;
    let element = site.element(DEMO).unwrap();
    element.call("getLoginCode", json!({"code": site.sim.issue_code(CodeFor::member("zhangsan")).unwrap()})).await.unwrap();
    element.call("syncUserInfo", json!({"userId": "lisi"})).await.unwrap();
    let through = asked.lock().unwrap().clone();
    let all: Vec<String> = site.sim.journal().into_iter().map(|it| it.path).collect();
    assert_eq!(through.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>(), all);
    assert!(through.iter().all(|(_, known)| *known));
    let config = element.call("authConfig", json!({})).await.unwrap();
    assert_eq!(config["proxy"], "******");
}

#[tokio::test]
async fn one_that_is_not_there_is_an_error_that_shows_no_password() {
    let site = site(Sim::demo(), json!({"proxy": "http://user:hunter2hunter2@127.0.0.1:9"})).await;
    let error = site.element(DEMO).unwrap().call("getAccessToken", json!({})).await.unwrap_err();
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    assert_eq!(error.code, 20013);
    assert_eq!(site.sim.journal().len(), 0);
    let other = Site::demo().await;
    other.element(DEMO).unwrap().call("getAccessToken", json!({})).await.unwrap();
}
