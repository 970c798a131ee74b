//! HTTP as bytes on a socket: no client in between tidies up what is odd on purpose.
use serde_json::Value;
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// A request.
#[derive(Clone)]
pub(crate) struct Ask {
    line: Vec<u8>,
    headers: Vec<String>,
    body: Vec<u8>,
}

impl Ask {
    pub(crate) fn new(verb: &str, path: impl AsRef<[u8]>) -> Self {
        Self { line: [verb.as_bytes(), b" ", path.as_ref()].concat(), headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn get(path: impl AsRef<[u8]>) -> Self {
        Self::new("GET", path)
    }

    /// With a body of JSON.
    pub(crate) fn post(path: impl AsRef<[u8]>, json: &str) -> Self {
        Self::new("POST", path).header("content-type: application/json").body(json)
    }

    pub(crate) fn header(mut self, line: impl Into<String>) -> Self {
        self.headers.push(line.into());
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The verb and the address.
    pub(super) fn line(&self) -> &[u8] {
        &self.line
    }

    /// From a program that says which one it is.
    pub(crate) fn browser(self, word: &str) -> Self {
        self.header(format!("x-login-browser: {word}"))
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header(format!("authorization: Bearer {token}"))
    }

    /// The request as it is sent. Its length is told unless a header tells it in another way.
    pub(crate) fn bytes(&self, host: &str) -> Vec<u8> {
        let mut head = format!(" HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
        for line in &self.headers {
            head.push_str(&format!("{line}\r\n"));
        }
        if !self.headers.iter().any(|it| it.starts_with("content-length") || it.starts_with("transfer-encoding")) {
            head.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        [&self.line, head.as_bytes(), b"\r\n", &self.body].concat()
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|it| it == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let (first, rest) = head.split_once("\r\n").unwrap_or((head, ""));
        let headers = rest.split("\r\n").filter_map(|line| line.split_once(": "));
        Some(Self {
            status: first.split(' ').nth(1)?.parse().ok()?,
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            body: bytes[end + 4..].to_vec(),
        })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The result of a call that went well.
    #[track_caller]
    pub(crate) fn data(&self) -> Value {
        let mut json = self.json().unwrap_or_default();
        assert_eq!(json["errcode"], 0, "{json}");
        json["data"].take()
    }
}

/// Sends bytes, and reads until the other side closes or nothing has come for long.
pub(crate) async fn exchange(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    // What came before a reset counts: a host that refuses a body does not read it to its end.
    let _ = timeout(Duration::from_secs(60), stream.read_to_end(&mut answer)).await.expect("an answer");
    answer
}

/// For hosts that may be killed meanwhile: `None` if no whole answer came.
pub(crate) async fn try_send(address: SocketAddr, ask: &Ask) -> Option<Reply> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    stream.write_all(&ask.bytes(&address.to_string())).await.ok()?;
    let mut answer = Vec::new();
    timeout(Duration::from_secs(60), stream.read_to_end(&mut answer)).await.ok()?.ok()?;
    let reply = Reply::parse(&answer)?;
    let length: usize = reply.header("content-length")?.parse().ok()?;
    (reply.body.len() == length).then_some(reply)
}

pub(crate) async fn send(address: SocketAddr, ask: &Ask) -> (Vec<u8>, Reply) {
    let bytes = exchange(address, &ask.bytes(&address.to_string())).await;
    let reply = Reply::parse(&bytes);
    let reply = reply.unwrap_or_else(|| panic!("no HTTP: {:?}", String::from_utf8_lossy(&bytes)));
    (bytes, reply)
}
