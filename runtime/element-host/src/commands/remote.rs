//! Talking to a host that runs, as its administrator: the only file that does.
use crate::{admin::AdminToken, reply::REQUEST_ID};
use anyhow::{Context, Result, bail};
use clap::Args;
use reqwest::{Method, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// How long a host may take to accept a connection; what it then does takes the time it takes.
const CONNECT: Duration = Duration::from_secs(10);

/// Which host.
#[derive(Debug, Args)]
pub(super) struct Host {
    /// The host to ask.
    #[arg(long, default_value = "http://127.0.0.1:8080", value_name = "URL")]
    server: String,
    /// Where that host keeps its own: its administrators' token is read from there.
    #[arg(long, default_value = "data", value_name = "DIR")]
    data: PathBuf,
}

impl Host {
    pub(super) fn remote(&self) -> Remote<'_> {
        Remote { server: &self.server, data: &self.data }
    }
}

/// A host that runs somewhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct Remote<'a> {
    pub(super) server: &'a str,
    pub(super) data: &'a Path,
}

/// What a host answered.
#[derive(Debug)]
pub(super) struct Answer {
    /// It says which request it answers, as ours do.
    pub(super) from_host: bool,
    pub(super) body: Vec<u8>,
}

impl Remote<'_> {
    async fn send(&self, verb: Method, path: &str, body: Option<String>) -> Result<Response> {
        let token = AdminToken::read(self.data).context("`--data` names the folder where that host keeps its token")?;
        let url = format!("{}{path}", self.server.trim_end_matches('/'));
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().connect_timeout(CONNECT).build()?;
        let mut request = client.request(verb, &url).bearer_auth(token.expose());
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        request.send().await.with_context(|| format!("no host answers at `{}`", self.server))
    }

    /// The answer to what only administrators may ask.
    async fn accepted(&self, verb: Method, path: &str) -> Result<Response> {
        let reply = self.send(verb, path, None).await?;
        match reply.status().as_u16() {
            200..300 => Ok(reply),
            401 | 403 => bail!(self.unknown_token()),
            _ if reply.headers().contains_key(REQUEST_ID) => {
                let envelope: Value = self.json(reply).await?;
                bail!(envelope["errmsg"].as_str().unwrap_or_default().to_owned())
            }
            _ => bail!(self.is_no_host()),
        }
    }

    /// Calls a method.
    pub(super) async fn call(&self, path: &str, args: String) -> Result<Answer> {
        let reply = self.send(Method::POST, path, Some(args)).await?;
        let from_host = reply.headers().contains_key(REQUEST_ID);
        Ok(Answer { from_host, body: reply.bytes().await?.into() })
    }

    /// Asks for JSON.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.json(self.accepted(Method::GET, path).await?).await
    }

    /// Has something done; the answer is JSON.
    pub(super) async fn post<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.json(self.accepted(Method::POST, path).await?).await
    }

    async fn json<T: DeserializeOwned>(&self, reply: Response) -> Result<T> {
        serde_json::from_slice(&reply.bytes().await?).with_context(|| self.is_no_host())
    }

    /// Lines of text, as they come.
    pub(super) async fn lines(&self, path: &str) -> Result<Lines> {
        Ok(Lines { reply: self.accepted(Method::GET, path).await?, rest: Vec::new() })
    }

    pub(super) fn unknown_token(&self) -> String {
        format!(
            "that host does not know the token in `{}`: `--data` names the folder where it keeps its own",
            self.data.display()
        )
    }

    pub(super) fn is_no_host(&self) -> String {
        format!("what answers at `{}` is no element host", self.server)
    }
}

/// Lines of text that a host sends whenever it has one.
#[derive(Debug)]
pub(super) struct Lines {
    reply: Response,
    rest: Vec<u8>,
}

impl Lines {
    /// The next one; `None`: the host has stopped.
    pub(super) async fn next(&mut self) -> Result<Option<String>> {
        loop {
            if let Some(end) = self.rest.iter().position(|it| *it == b'\n') {
                let line: Vec<u8> = self.rest.drain(..=end).collect();
                return Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned()));
            }
            match self.reply.chunk().await.context("the host went away")? {
                Some(bytes) => self.rest.extend_from_slice(&bytes),
                None => return Ok(None),
            }
        }
    }
}
