//! Real servers, each started by the test that needs it: in a folder of its own, on a free port, gone with the test.
use std::{
    fs,
    net::{TcpListener, TcpStream},
    os::unix::{fs::chown, process::CommandExt},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// A server and its folder.
pub(crate) struct Server {
    start: Box<dyn Fn(u16) -> Command + Send + Sync>,
    child: Option<Child>,
    pub(crate) port: u16,
    /// Kept for as long as the server.
    _folder: TempDir,
}

impl Server {
    fn of(folder: TempDir, start: impl Fn(u16) -> Command + Send + Sync + 'static) -> Self {
        let mut it = Self { start: Box::new(start), child: None, port: 0, _folder: folder };
        for _ in 0..5 {
            it.port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            if it.comes_up() {
                return it;
            }
            // Somebody else took the port meanwhile.
        }
        panic!("the server does not come up");
    }

    /// Starts it again after it was ended.
    pub(crate) fn start(&mut self) {
        assert!(self.comes_up(), "the server does not come up again");
    }

    /// Starts it, and waits until it takes connections or ends.
    fn comes_up(&mut self) -> bool {
        let mut command = (self.start)(self.port);
        self.child = Some(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            if self.child.as_mut().unwrap().try_wait().unwrap().is_some() {
                return false;
            }
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                // Not anybody else's, which would have kept it from coming up.
                thread::sleep(Duration::from_millis(20));
                return self.child.as_mut().unwrap().try_wait().unwrap().is_none();
            }
            assert!(Instant::now() < until, "the server takes no connections");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// As a machine that loses its power ends it.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

pub(crate) fn redis() -> Server {
    let folder = TempDir::new().unwrap();
    let data = folder.path().to_owned();
    Server::of(folder, move |port| {
        let mut command = Command::new("redis-server");
        command.args(["--bind", "127.0.0.1", "--save", "", "--port", &port.to_string(), "--dir"]).arg(&data);
        command
    })
}

/// Where Debian keeps the server: not among the commands.
fn postgres_program(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|it| it.path().join("bin").join(name)).filter(|it| it.exists()).collect();
    found.sort();
    found.pop().unwrap_or_else(|| name.into())
}

/// PostgreSQL does not run as root; then it runs as the user that its package made.
fn as_postgres(command: &mut Command) -> &mut Command {
    if let Some((user, group)) = postgres_user() {
        command.uid(user).gid(group);
    }
    command
}

fn postgres_user() -> Option<(u32, u32)> {
    let whoami = Command::new("id").arg("-u").output().unwrap();
    if whoami.stdout != b"0\n" {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let user = users.lines().find(|it| it.starts_with("postgres:")).expect("the package makes a user `postgres`");
    let mut parts = user.split(':').skip(2).map(|it| it.parse().unwrap());
    Some((parts.next().unwrap(), parts.next().unwrap()))
}

/// A server with the user `element`, whose password is `hunter2`, and a database of the same name.
pub(crate) fn postgres() -> Server {
    let folder = TempDir::new().unwrap();
    let (data, password) = (folder.path().join("data"), folder.path().join("password"));
    fs::write(&password, "hunter2").unwrap();
    if let Some((user, group)) = postgres_user() {
        chown(folder.path(), Some(user), Some(group)).unwrap();
        chown(&password, Some(user), Some(group)).unwrap();
    }
    let mut made = Command::new(postgres_program("initdb"));
    made.args([
        "--username",
        "element",
        "--auth",
        "scram-sha-256",
        "--encoding",
        "UTF8",
        "--no-locale",
        "--no-sync",
        "--pwfile",
    ]);
    let made = as_postgres(made.arg(password).arg("--pgdata").arg(&data)).current_dir("/").output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let server = Server::of(folder, move |port| {
        let mut command = Command::new(postgres_program("postgres"));
        command.args(["-h", "127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200", "-p"]);
        command.arg(port.to_string()).arg("-D").arg(&data).current_dir("/");
        as_postgres(&mut command);
        command
    });
    psql(&server, "postgres", "CREATE DATABASE element");
    server
}

/// Says something to a server, which may still be coming up.
pub(crate) fn psql(server: &Server, database: &str, sql: &str) -> String {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let address = format!("postgres://element:hunter2@127.0.0.1:{}/{database}", server.port);
        let output = Command::new("psql").args([&address, "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", sql]).output().unwrap();
        if output.status.success() {
            return String::from_utf8(output.stdout).unwrap();
        }
        let error = String::from_utf8_lossy(&output.stderr);
        let coming = error.contains("starting up") || error.contains("not yet accepting");
        assert!(coming && Instant::now() < until, "{error}");
        thread::sleep(Duration::from_millis(10));
    }
}
