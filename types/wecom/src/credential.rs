//! Whose token opens which calls: an app of a company, a template or suite, and whoever makes apps for others.
//!
//! The three are fetched, kept and refreshed alike; what differs stands here.
use crate::{client::Client, values::Proxy};
use element::{HttpRequest, Result, Secret};
use std::fmt::Debug;

/// For whom calls are made.
pub(crate) trait Credential: Debug + Sync + Sized {
    /// What it is, in a word of a key.
    const KIND: &'static str;
    /// What WeCom calls the token: in its reply, and in the query of every call that is opened by it.
    const TOKEN: &'static str;

    /// What it is made of.
    fn proof(&self) -> Proof<'_>;
    /// What fetches a token.
    fn request(&self, client: &Client<'_, Self>) -> impl Future<Output = Result<HttpRequest>> + Send;
}

/// What a credential is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proof<'a> {
    /// Whose it is.
    pub(crate) owner: &'a str,
    /// What proves it. A changed one begins anew.
    pub(crate) secret: &'a Secret,
    /// What every request goes through.
    pub(crate) proxy: Option<&'a Proxy>,
    /// Who made what is called for: what is to be mended stands elsewhere then.
    pub(crate) made: Made,
}

/// An app of a company: one that the company made itself, or one that was made for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct App<'a> {
    pub(crate) corp_id: &'a str,
    pub(crate) agent_id: &'a str,
    /// The Secret of an app of the company's own, the permanent code of one made for it (page 97164).
    pub(crate) secret: &'a Secret,
    pub(crate) made: Made,
    /// What every request goes through, because companies have one trusted address.
    pub(crate) proxy: Option<&'a Proxy>,
}

/// Who made an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Made {
    /// The company itself: 自建应用.
    ByItself,
    /// Somebody for it: 代开发应用.
    ForIt,
}

impl Credential for App<'_> {
    const KIND: &'static str = "app";
    const TOKEN: &'static str = "access_token";

    fn proof(&self) -> Proof<'_> {
        Proof { owner: self.corp_id, secret: self.secret, proxy: self.proxy, made: self.made }
    }

    async fn request(&self, client: &Client<'_, Self>) -> Result<HttpRequest> {
        let request = client.get("/cgi-bin/gettoken").query("corpid", self.corp_id);
        Ok(request.secret_query("corpsecret", self.secret))
    }
}
