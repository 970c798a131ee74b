//! Runs the command, and keeps what it says.
use crate::{library, site::without_request_id};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

/// The command, at the root of the repository, with nothing in its environment that would change what it does, and nothing
/// that stays behind.
pub(crate) fn element(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_element-under-test"));
    command.args(args).current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    for (name, _) in std::env::vars() {
        if name.starts_with("WECOM_") || name.starts_with("ELEMENT_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command.env("ELEMENT_STORE", "memory");
    if let Some(folder) = library::wecom().files.first().and_then(|it| it.parent()) {
        command.env("ELEMENT_LIBRARIES", folder);
    }
    command
}

/// What was said and how it ended, as text to compare; whatever is under `folder` stands as `DIR`.
pub(crate) fn told(output: &Output, folder: &Path) -> String {
    // The command is `element` for everyone but Cargo.
    let text = |bytes: &[u8]| {
        let text = library::as_if_linked(&String::from_utf8_lossy(bytes).replace("element-under-test", "element"));
        text.replace(&*folder.to_string_lossy(), "DIR")
    };
    let mut all = text(&output.stdout);
    for line in text(&output.stderr).lines() {
        all.push_str(&format!("! {}\n", without_request_id(without_time(line))));
    }
    let code = output.status.code().map_or_else(|| "no code".into(), |it| it.to_string());
    format!("{all}exit {code}\n")
}

/// A log line begins with the time.
fn without_time(line: &str) -> &str {
    let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
    if first.starts_with("20") && first.ends_with('Z') { rest.trim_start() } else { line }
}

/// Runs it to its end.
pub(crate) fn run(args: &[&str], folder: &Path) -> String {
    told(&element(args).output().unwrap(), folder)
}

/// A host that runs, and ends with the test.
pub(crate) struct Host {
    child: Child,
    lines: Receiver<String>,
    log: String,
    pub(crate) address: SocketAddr,
    /// The simulator's.
    pub(crate) wecom: SocketAddr,
}

impl Host {
    /// `element serve` with a simulator, on ports that are free.
    pub(crate) fn start(data: &Path, more: &[&str]) -> Self {
        let mut command = element(&["serve", "--simulate=127.0.0.1:0", "--listen", "127.0.0.1:0", "--data"]);
        Self::of(command.arg(data).args(more).env_remove("ELEMENT_STORE"))
    }

    pub(crate) fn of(command: &mut Command) -> Self {
        let mut host = Self::spawn(command);
        let line = host.wait_for("simulating WeCom at http://");
        host.wecom = address_in(&line, "simulating WeCom at http://");
        host.come_up()
    }

    /// One that has no simulator of its own.
    pub(crate) fn without_simulator(command: &mut Command) -> Self {
        Self::spawn(command).come_up()
    }

    fn spawn(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (tell, lines) = channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        let nowhere: SocketAddr = "127.0.0.1:0".parse().unwrap();
        Self { child, lines, log: String::new(), address: nowhere, wecom: nowhere }
    }

    fn come_up(mut self) -> Self {
        let line = self.wait_for("serving at ");
        self.address = address_in(&line, "listening");
        self
    }

    /// The next line of the log that holds `text`.
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else { panic!("no `{text}` in the log:\n{}", self.log) };
            self.log.push_str(&line);
            self.log.push('\n');
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Waits for its end; its exit code, and all that it wrote.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let deadline = Instant::now() + Duration::from_secs(20);
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(it) => break it,
                None if Instant::now() > deadline => panic!("it does not end:\n{}", self.log),
                None => thread::sleep(Duration::from_millis(5)),
            }
        };
        let mut log = std::mem::take(&mut self.log);
        // The reader's thread ends with the pipe, and the channel with the thread.
        log.extend(self.lines.iter().map(|it| it + "\n"));
        let mut said = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        (status.code(), said + &log)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address that follows `before`, whatever the form of the log puts between them.
fn address_in(line: &str, before: &str) -> SocketAddr {
    let rest = line.split_once(before).unwrap().1.trim_start_matches(|c: char| !c.is_ascii_digit());
    rest.split(|c: char| !c.is_ascii_digit() && c != '.' && c != ':').next().unwrap().trim_end_matches(':').parse().unwrap()
}

/// A request, sent.
pub(crate) fn ask(address: SocketAddr, verb: &str, path: &str, body: &str) -> TcpStream {
    ask_with(address, verb, path, body, "x-login-browser: the program of this test\r\n")
}

/// The same with other headers, each with its line's end.
pub(crate) fn ask_with(address: SocketAddr, verb: &str, path: &str, body: &str, headers: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let length = body.len();
    write!(
        stream,
        "{verb} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         {headers}content-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    stream
}

/// The body of its answer.
pub(crate) fn answer(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no HTTP: {text:?}")).1.to_owned()
}

/// Waits until it is so, for at most twenty seconds.
#[track_caller]
pub(crate) fn until(what: &str, mut so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !so() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        thread::sleep(Duration::from_millis(5));
    }
}
