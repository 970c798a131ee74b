//! A real browser: headless Chromium, driven through ChromeDriver. `tests/all` installs both.
use axum::http::Method;
use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, KeyAction, KeyActions},
    elements::Element,
    wd::{Capabilities, WebDriverCompatibleCommand},
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::LazyLock,
    time::Duration,
};
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Whatever is waited for has to come within this time.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser takes a core for itself; more at once only make each other late.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// How somebody's browser is set up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) language: &'static str,
    pub(crate) dark: bool,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Another user agent than Chromium's own.
    pub(crate) agent: Option<&'static str>,
    pub(crate) scripts: bool,
}

impl Look {
    pub(crate) const ENGLISH: Self =
        Self { language: "en", dark: false, width: 1100, height: 820, agent: None, scripts: true };
    pub(crate) const CHINESE: Self = Self { language: "zh-CN", ..Self::ENGLISH };

    pub(crate) const fn dark(self) -> Self {
        Self { dark: true, ..self }
    }

    pub(crate) const fn narrow(self) -> Self {
        Self { width: 390, height: 844, ..self }
    }
}

/// The program that speaks WebDriver. Everything that it started ends with it.
struct Driver(Child);

impl Driver {
    /// Starts it, and gives the port that it took. It takes one that is free under IPv6, and ends if somebody has the same
    /// one under IPv4, as the hosts of other tests may; the next time it takes another one.
    fn start() -> (Self, String) {
        let mut said = String::new();
        for _ in 0..10 {
            let mut command = Command::new("chromedriver");
            command.arg("--port=0").process_group(0).stdout(Stdio::piped()).stderr(Stdio::null());
            let child = command.spawn().expect("there is no `chromedriver`: run `tests/all` once, which installs it");
            let mut driver = Self(child);
            for line in BufReader::new(driver.0.stdout.take().unwrap()).lines().map_while(Result::ok) {
                if let Some((_, port)) = line.split_once("successfully on port ") {
                    return (driver, port.trim_end_matches('.').to_owned());
                }
                said.push_str(&line);
                said.push('\n');
            }
        }
        panic!("chromedriver does not start:\n{said}")
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", self.0.id())]).status();
        let _ = self.0.wait();
    }
}

pub(crate) struct Browser {
    client: Client,
    look: Look,
    _driver: Driver,
    _profile: TempDir,
    _permit: SemaphorePermit<'static>,
}

/// A command of Chromium's own protocol.
#[derive(Debug)]
struct Cdp(&'static str, Value);

impl WebDriverCompatibleCommand for Cdp {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({"cmd": self.0, "params": self.1}).to_string()))
    }
}

/// Where screenshots are kept, for people to look at.
pub(crate) static SCREENSHOTS: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/screenshots"));
    std::fs::create_dir_all(&folder).unwrap();
    folder
});

/// The accessibility checker, which `tests/all` fetches.
static AXE: LazyLock<String> = LazyLock::new(|| {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/axe-core/package/axe.min.js");
    std::fs::read_to_string(file).expect("axe-core is not there: run `tests/all` once, which fetches it")
});

impl Browser {
    pub(crate) async fn open(look: Look) -> Self {
        let permit = AT_ONCE.acquire().await.unwrap();
        let (driver, port) = Driver::start();
        let profile = TempDir::new().unwrap();
        let mut capabilities = Capabilities::new();
        let arguments = [
            "--headless=new",
            // As root, as in a container, Chromium has no sandbox of its own.
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--disable-dev-shm-usage",
        ];
        let mut arguments: Vec<String> = arguments.map(Into::into).into();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        arguments.push(format!("--accept-lang={}", look.language));
        let mut options = json!({ "args": arguments, "prefs": {"intl.accept_languages": look.language} });
        if !look.scripts {
            options["prefs"]["profile.managed_default_content_settings.javascript"] = 2.into();
        }
        capabilities.insert("goog:chromeOptions".into(), options);
        let address = format!("http://127.0.0.1:{port}");
        let client = ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&address).await;
        let browser = Self { client: client.unwrap(), look, _driver: driver, _profile: profile, _permit: permit };
        browser.dress().await;
        browser
    }

    /// Each window is dressed for itself.
    async fn dress(&self) {
        let Look { width, height, dark, agent, language, .. } = self.look;
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 2, "mobile": false});
        self.cdp("Emulation.setDeviceMetricsOverride", metrics).await;
        let scheme = if dark { "dark" } else { "light" };
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.cdp("Emulation.setEmulatedMedia", media).await;
        if let Some(agent) = agent {
            let agent = json!({"userAgent": agent, "acceptLanguage": language});
            self.cdp("Emulation.setUserAgentOverride", agent).await;
        }
    }

    async fn cdp(&self, command: &'static str, arguments: Value) {
        self.client.issue_cmd(Cdp(command, arguments)).await.unwrap();
    }

    pub(crate) async fn goto(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    pub(crate) async fn url(&self) -> String {
        self.client.current_url().await.unwrap().to_string()
    }

    pub(crate) async fn script(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap()
    }

    /// Waits for an element that can be seen.
    pub(crate) async fn see(&self, css: &str) -> Element {
        let found = self.until(css, async || {
            let Ok(found) = self.client.find(Locator::Css(css)).await else { return None };
            found.is_displayed().await.ok()?.then_some(found)
        });
        found.await
    }

    /// Waits for a text anywhere on the page.
    pub(crate) async fn read(&self, text: &str) {
        self.until(text, async || {
            let body = self.client.find(Locator::Css("body")).await.ok()?.text().await.ok()?;
            body.contains(text).then_some(())
        })
        .await;
    }

    pub(crate) async fn click(&self, css: &str) {
        self.see(css).await.click().await.unwrap();
    }

    /// Clicks the link or button that says so.
    pub(crate) async fn choose(&self, label: &str) {
        let path = format!("//*[self::a or self::button][contains(normalize-space(.), \"{label}\")]");
        let found = self.until(label, async || {
            let found = self.client.find(Locator::XPath(&path)).await.ok()?;
            found.is_displayed().await.ok()?.then_some(found)
        });
        found.await.click().await.unwrap();
    }

    /// Presses keys, one after the other; tab is `\u{e004}` and enter `\u{e007}`.
    pub(crate) async fn press(&self, keys: &str) {
        let press = |key| [KeyAction::Down { value: key }, KeyAction::Up { value: key }];
        let actions = KeyActions::new("keys".into());
        let actions = keys.chars().flat_map(press).fold(actions, |actions, it| actions.then(it));
        self.client.perform_actions(actions).await.unwrap();
    }

    /// Waits until the address holds this.
    pub(crate) async fn arrive(&self, part: &str) {
        self.until(part, async || self.client.current_url().await.ok()?.as_str().contains(part).then_some(())).await;
    }

    /// Waits until `ready` gives something.
    async fn until<T>(&self, what: &str, ready: impl AsyncFn() -> Option<T>) -> T {
        let wait = async {
            loop {
                match ready().await {
                    Some(it) => return it,
                    None => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
        };
        match tokio::time::timeout(PATIENCE, wait).await {
            Ok(it) => it,
            Err(_) => panic!("waited in vain for `{what}` at {}:\n{}", self.url().await, self.source().await),
        }
    }

    async fn source(&self) -> String {
        self.client.source().await.unwrap_or_default()
    }

    /// Into the page that a frame shows.
    pub(crate) async fn enter_frame(&self, css: &str) {
        self.see(css).await.enter_frame().await.unwrap();
    }

    pub(crate) async fn leave_frame(&self) {
        self.client.enter_parent_frame().await.unwrap();
    }

    /// Does something that opens a window, and goes there.
    pub(crate) async fn to_new_window(&self, open: impl AsyncFnOnce()) {
        let before = self.client.windows().await.unwrap();
        open().await;
        let new = self.until("another window", async || {
            let windows = self.client.windows().await.ok()?;
            windows.into_iter().find(|it| !before.contains(it))
        });
        self.client.switch_to_window(new.await).await.unwrap();
        self.dress().await;
    }

    /// Back to the first window.
    pub(crate) async fn to_first_window(&self) {
        let windows = self.client.windows().await.unwrap();
        self.client.switch_to_window(windows[0].clone()).await.unwrap();
    }

    /// Keeps a picture, and checks that everybody can use what is on it.
    pub(crate) async fn keep(&self, name: &str) {
        self.picture(name).await;
        let violations = self.violations().await;
        assert!(violations.is_empty(), "{name}: {}", violations.join("\n"));
    }

    pub(crate) async fn picture(&self, name: &str) {
        let picture = self.client.screenshot().await.unwrap();
        std::fs::write(SCREENSHOTS.join(format!("{name}.png")), picture).unwrap();
    }

    /// What axe-core finds on the page as it is.
    async fn violations(&self) -> Vec<String> {
        self.client.execute(&AXE, vec![]).await.unwrap();
        let run = "const done = arguments[0]; \
                   axe.run({resultTypes: ['violations'], iframes: false}).then(done, (e) => done({error: String(e)}));";
        let found = self.client.execute_async(run, vec![]).await.unwrap();
        let Some(violations) = found["violations"].as_array() else { panic!("axe-core did not run: {found}") };
        let told = |it: &Value| format!("{} ({}): {}", it["id"], it["help"], it["nodes"][0]["html"]);
        violations.iter().map(told).collect()
    }

    /// The browser's cookies for the page.
    pub(crate) async fn cookies(&self) -> Vec<(String, String)> {
        let cookies = self.client.get_all_cookies().await.unwrap();
        cookies.iter().map(|it| (it.name().to_owned(), it.value().to_owned())).collect()
    }
}
