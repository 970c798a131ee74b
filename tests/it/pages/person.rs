//! A browser that keeps cookies, follows nothing by itself, and tells a page as text.
use crate::site::{Ask, Reply, Site, without_hashes, without_ports};
use std::collections::BTreeMap;

/// Somebody with a browser.
pub(crate) struct Person<'a> {
    site: &'a Site,
    pub(crate) cookies: BTreeMap<String, String>,
    headers: Vec<String>,
}

impl<'a> Person<'a> {
    pub(crate) fn of(site: &'a Site) -> Self {
        Self { site, cookies: BTreeMap::new(), headers: vec!["accept: text/html".into()] }
    }

    /// The same with one more header in every request.
    pub(crate) fn with(mut self, header: &str) -> Self {
        self.headers.push(header.into());
        self
    }

    /// The same with these cookies.
    pub(crate) fn holding(self, cookies: &BTreeMap<String, String>) -> Self {
        Self { cookies: cookies.clone(), ..self }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        self.send(Ask::get(path)).await
    }

    /// Sends a form of a page of the host's own.
    pub(crate) async fn submit(&mut self, path: &str, form: &str) -> Reply {
        self.send(submitted(path, form).header("origin: https://login.acme.test")).await
    }

    pub(crate) async fn send(&mut self, mut ask: Ask) -> Reply {
        for header in &self.headers {
            ask = ask.header(header);
        }
        if !self.cookies.is_empty() {
            let all: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            ask = ask.header(format!("cookie: {}", all.join("; ")));
        }
        let reply = self.site.send(&ask).await;
        for (_, line) in reply.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
        reply
    }

    /// Opens a login page, and gives the state of the login that it begins.
    pub(crate) async fn begin(&mut self, path: &str) -> String {
        let page = self.get(path).await;
        let page = String::from_utf8(page.body).unwrap();
        let state = page.split("state=").nth(1).unwrap_or_else(|| panic!("no login begins: {page}"));
        state.chars().take_while(char::is_ascii_alphanumeric).collect()
    }

    /// Comes back from the provider as this member.
    pub(crate) async fn come_back(&mut self, user: &str, state: &str) -> Reply {
        let code = self.site.code(user);
        self.get(&callback(&code, state)).await
    }

    /// A whole login to the demo app.
    pub(crate) async fn log_in(&mut self, user: &str) -> Reply {
        let state = self.begin("/acme/demo/login").await;
        self.come_back(user, &state).await
    }

    /// The value of the session's cookie.
    pub(crate) fn session(&self) -> Option<&str> {
        self.cookies.iter().find(|(name, _)| name.ends_with("element-session.acme.demo")).map(|(_, value)| value.as_str())
    }
}

pub(crate) fn callback(code: &str, state: &str) -> String {
    format!("/api/auth/qywx/callback?code={code}&state={state}")
}

/// A form as a browser sends it.
pub(crate) fn submitted(path: &str, form: &str) -> Ask {
    Ask::new("POST", path).header("content-type: application/x-www-form-urlencoded").body(form)
}

/// What somebody sees: the status, where it leads, the words of the page; `[label](address)` is a link or a form.
pub(crate) fn seen(reply: &Reply) -> String {
    let mut text = reply.status.to_string();
    if let Some(address) = reply.header("location") {
        text.push_str(&format!(" → {address}"));
    }
    let body = String::from_utf8_lossy(&reply.body);
    if let Some(main) = body.split("<main>").nth(1).and_then(|it| it.split("</main>").next()) {
        text.push_str(&format!("\n{}", words(main)));
    }
    let text = without_codes(&without_hashes(&without_ports(&text)));
    // Request ids are 32 hex digits.
    text.lines().map(|line| line.split_once("· ").map_or(line, |(start, _)| start.trim_end())).collect::<Vec<_>>().join("\n")
}

/// `code=Ab3…` → `code=<code>`.
fn without_codes(text: &str) -> String {
    let mut parts = text.split("code=");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        out.push_str(&format!("code=<code>{rest}"));
    }
    out
}

fn words(html: &str) -> String {
    let (mut out, mut address, mut hidden) = (String::new(), None, false);
    for part in html.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap();
        let name = tag.split_whitespace().next().unwrap_or_default();
        let value = |key: &str| tag.split(&format!("{key}=\"")).nth(1).and_then(|it| it.split('"').next());
        hidden = (hidden || name == "template") && name != "/template";
        match name {
            "a" => out.push('['),
            "button" => out.push_str("\n["),
            "/a" => out.push_str(&format!("]({})", address.take().unwrap_or_default())),
            "/button" => out.push(']'),
            "p" | "h1" | "h2" | "dt" | "li" | "div" => out.push('\n'),
            "dd" => out.push_str(": "),
            _ => {}
        }
        address = value("href").or(value("action")).map(str::to_owned).or(address);
        if !hidden {
            out.push_str(text.trim());
        }
    }
    let text = out.replace("&#38;", "&").replace("&#39;", "'").replace("&amp;", "&");
    text.lines().map(str::trim).filter(|it| !it.is_empty()).collect::<Vec<_>>().join("\n")
}
