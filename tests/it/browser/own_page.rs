//! `examples/web`: a page of another site that logs people in through the host.
use super::{Browser, Look};
use crate::site::Site;
use axum::{
    Router,
    http::{Uri, header},
    response::{Html, IntoResponse},
};
use std::{fs, net::SocketAddr, path::Path};
use tempfile::TempDir;
use tokio::net::TcpListener;
use wecom_sim::Sim;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/web");
/// Where the example says that its parts are.
const HOST: &str = "127.0.0.1:8080";
const PAGE: &str = "127.0.0.1:3000";

fn copy(from: &Path, to: &Path, page: SocketAddr) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, to) = (entry.as_ref().unwrap().path(), to.join(entry.as_ref().unwrap().file_name()));
        if path.is_dir() {
            copy(&path, &to, page);
        } else {
            fs::write(to, fs::read_to_string(path).unwrap().replace(PAGE, &page.to_string())).unwrap();
        }
    }
}

/// The example on ports that are free: the page's server, which knows nothing of the host, and the host.
async fn served() -> (Site, SocketAddr, TempDir) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let page = listener.local_addr().unwrap();
    let apps = TempDir::new().unwrap();
    copy(&Path::new(EXAMPLE).join("apps"), apps.path(), page);
    let listed = |host: &mut element_host::http::Site| host.origins = vec![format!("http://{page}").parse().unwrap()];
    let site = Site::set_up(Sim::demo(), apps.path(), None, |_| (), listed).await;
    let html = |name: &str| {
        let html = fs::read_to_string(Path::new(EXAMPLE).join(name)).unwrap();
        assert!(html.contains(HOST));
        html.replace(HOST, &site.address.to_string())
    };
    let (whole, panel) = (html("index.html"), html("panel.html"));
    let index = async move |uri: Uri| match uri.path() {
        "/" => Html(whole.clone()).into_response(),
        "/panel.html" => Html(panel.clone()).into_response(),
        _ => ([(header::CONTENT_TYPE, "text/plain")], "").into_response(),
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(index)).await });
    (site, page, apps)
}

#[tokio::test]
async fn somebody_elses_page_logs_people_in() {
    let (site, page, _apps) = served().await;
    let browser = Browser::open(Look::ENGLISH).await;
    browser.goto(&format!("http://{page}/")).await;
    browser.read("Nobody is logged in.").await;
    browser.click("#login").await;
    browser.see("#qr").await;
    let login = &site.sim.open_qr_logins()[0];
    site.sim.scan(&login.key, "zhangsan").unwrap();
    site.sim.confirm(&login.key).unwrap();
    browser.read("Welcome, 张三, of 研发部!").await;
    assert_eq!(browser.url().await, format!("http://{page}/"), "no code stays in the address");
    browser.keep("own-page-logged-in").await;
    assert!(browser.cookies().await.iter().all(|(name, _)| !name.contains("session")), "a token, and no cookie");

    browser.goto(&format!("http://{page}/")).await;
    browser.read("Welcome, 张三").await;
    browser.click("#logout").await;
    browser.read("Nobody is logged in.").await;
    browser.goto(&format!("http://{page}/")).await;
    browser.read("Nobody is logged in.").await;
}

#[tokio::test]
async fn somebody_elses_page_says_what_went_wrong() {
    let (site, page, _apps) = served().await;
    let browser = Browser::open(Look::ENGLISH).await;
    browser.goto(&format!("http://{page}/")).await;
    browser.click("#login").await;
    browser.see("#qr").await;
    let login = &site.sim.open_qr_logins()[0];
    site.sim.scan(&login.key, "zhangsan").unwrap();
    site.sim.refuse(&login.key).unwrap();
    browser.read("You declined in WeCom.").await;

    // A stranger's code and state, as in a link that somebody was sent.
    let strangers = Browser::open(Look::ENGLISH).await;
    strangers.goto(&format!("http://{page}/")).await;
    strangers.click("#login").await;
    strangers.see("#qr").await;
    let state = strangers.url().await.split("state=").nth(1).unwrap()[..64].to_owned();
    browser.goto(&format!("http://{page}/?code={}&state={state}", site.code("lisi"))).await;
    browser.read("20102").await;
    browser.keep("own-page-refused").await;
}

const LOOKS: [(&str, Look); 3] = [("en", Look::ENGLISH), ("dark", Look::ENGLISH.dark()), ("narrow", Look::ENGLISH.narrow())];

/// The QR code inside the page, by the messages of WeCom's own script.
#[tokio::test]
async fn somebody_elses_page_has_the_qr_code_in_it() {
    for (name, look) in LOOKS {
        let (site, page, _apps) = served().await;
        let browser = Browser::open(look).await;
        browser.goto(&format!("http://{page}/panel.html")).await;
        let address = browser.url().await;
        let scanned = async || {
            browser.enter_frame("#panel iframe").await;
            browser.see("#qr").await;
            browser.leave_frame().await;
            let login = site.sim.open_qr_logins().swap_remove(0);
            site.sim.scan(&login.key, "zhangsan").unwrap();
            login.key
        };
        let key = scanned().await;
        browser.keep(&format!("panel-{name}")).await;
        site.sim.refuse(&key).unwrap();
        browser.read("You declined in WeCom.").await;
        browser.click("#again").await;
        let key = scanned().await;
        site.sim.confirm(&key).unwrap();
        browser.read("Welcome, 张三!").await;
        assert_eq!(browser.url().await, address, "nobody left the page");
    }
}
