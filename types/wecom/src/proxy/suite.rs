//! A template towards WeCom (pages 97162 to 97175): its token, which takes a ticket that only WeCom hands out, and what is asked
//! with it.
use crate::{
    client::Client,
    credential::{Credential, Made, Proof},
    values::Proxy,
    wire::{Fields, lacks, take_text},
};
use element::{Ctx, Error, ErrorKind, Expect, HttpRequest, Record, Result, Secret, code};
use serde_json::{Value, json};

/// A template.
#[derive(Debug, Clone, Copy)]
pub(super) struct Suite<'a> {
    pub(super) suite_id: &'a str,
    pub(super) secret: &'a Secret,
    pub(super) proxy: Option<&'a Proxy>,
}

impl Credential for Suite<'_> {
    const KIND: &'static str = "suite";
    const TOKEN: &'static str = "suite_access_token";

    fn proof(&self) -> Proof<'_> {
        Proof { owner: self.suite_id, secret: self.secret, proxy: self.proxy, made: Made::ForIt }
    }

    async fn request(&self, client: &Client<'_, Self>) -> Result<HttpRequest> {
        let Some(ticket) = Ticket::find(client.ctx, self.suite_id).await? else { return Err(no_ticket(self.suite_id)) };
        client.post(
            "/cgi-bin/service/get_suite_token",
            &json!({
                "suite_id": self.suite_id,
                "suite_secret": self.secret.expose(),
                "suite_ticket": ticket.value.text.expose(),
            }),
        )
    }
}

fn no_ticket(suite_id: &str) -> Error {
    let message = format!(
        "WeCom has sent no suite_ticket for `{suite_id}` yet: it comes every ten minutes to the template's callback address, and at \
         once by the console's button there; if none comes, look at address, Token and EncodingAESKey"
    );
    let chinese = format!(
        "尚未收到 `{suite_id}` 的 suite_ticket：企业微信每十分钟推送一次到模板的回调地址，也可在管理后台手动推送；\
         一直收不到时，请检查回调地址、Token 和 EncodingAESKey"
    );
    Error::new(ErrorKind::Unavailable, code::UNAVAILABLE, message).in_chinese(chinese)
}

/// The newest ticket that WeCom sent (page 97173): good for half an hour, and followed by another one after ten minutes.
#[element::data]
pub(super) struct Ticket {
    text: Secret,
    /// When WeCom sent it, by its clock, in seconds since 1970.
    sent_at: i64,
    /// When it came, in milliseconds since 1970.
    pub(super) received_at: i64,
}

const TICKETS: &str = "wecom.suiteTickets";

impl Ticket {
    pub(super) async fn find(ctx: &Ctx, suite_id: &str) -> Result<Option<Record<Self>>> {
        ctx.records(TICKETS).get(suite_id).await
    }

    /// Keeps a ticket, unless there is a newer one: it never goes back in time. Was it the newest?
    ///
    /// # Errors
    /// The store cannot be reached; `Conflict` if others write at the same time, who may have had an older one.
    pub(super) async fn keep(client: &Client<'_, Suite<'_>>, text: &str, sent_at: i64, received_at: i64) -> Result<bool> {
        let (ctx, suite_id) = (client.ctx, client.app.suite_id);
        let before = Self::find(ctx, suite_id).await?;
        if let Some(before) = before.as_ref().map(|it| &it.value).filter(|it| it.sent_at >= sent_at) {
            let is_this = before.text.expose() == text;
            if is_this {
                // Whoever kept it may have died before it came to this.
                client.forget_refusal().await?;
            }
            return Ok(is_this);
        }
        let expect = before.map_or(Expect::Absent, |it| Expect::Version(it.version));
        let ticket = Self { text: text.to_owned().into(), sent_at, received_at };
        ctx.records(TICKETS).write(suite_id, &ticket, expect, None).await?;
        // What WeCom said of the one before is no answer to this one.
        client.forget_refusal().await?;
        Ok(true)
    }
}

/// What a company gave, in return for the code that WeCom sent.
#[derive(Debug)]
pub(super) struct Authorization {
    pub(super) corp_id: String,
    pub(super) corp_name: Option<String>,
    pub(super) permanent_code: Secret,
    /// What the link for installing carried.
    pub(super) state: Option<String>,
}

/// Trades a code for the company's permanent code (page 100776). A code is good once, for ten minutes.
///
/// # Errors
/// See `Client::call`; 40078 for a code that is unknown, expired or used.
pub(super) async fn permanent_code(client: &Client<'_, Suite<'_>>, auth_code: &str) -> Result<Authorization> {
    let request = client.post("/cgi-bin/service/v2/get_permanent_code", &json!({"auth_code": auth_code}))?;
    let mut fields = client.call(&request).await?;
    let mut company = object(&mut fields, "auth_corp_info");
    Ok(Authorization {
        permanent_code: take_text(&mut fields, "permanent_code").ok_or_else(|| lacks("permanent_code"))?.into(),
        corp_id: take_text(&mut company, "corpid").ok_or_else(|| lacks("auth_corp_info.corpid"))?,
        corp_name: take_text(&mut company, "corp_name"),
        state: take_text(&mut fields, "state"),
    })
}

/// What WeCom says of the app in a company.
#[derive(Debug)]
pub(super) struct AuthInfo {
    pub(super) corp_name: Option<String>,
    /// Absent until the provider has begun to develop the app for this company.
    pub(super) agent_id: Option<String>,
    pub(super) agent_name: Option<String>,
}

/// What the company's authorization is now (page 100795).
///
/// # Errors
/// See `Client::call`; see [`is_taken_back`].
pub(super) async fn auth_info(client: &Client<'_, Suite<'_>>, corp_id: &str, code: &Secret) -> Result<AuthInfo> {
    let body = json!({"auth_corpid": corp_id, "permanent_code": code.expose()});
    let mut fields = client.call(&client.post("/cgi-bin/service/v2/get_auth_info", &body)?).await?;
    let mut info = object(&mut fields, "auth_info");
    // An app that was made for a company is alone in its authorization.
    let mut agent = match info.remove("agent") {
        Some(Value::Array(all)) => match all.into_iter().next() {
            Some(Value::Object(it)) => it,
            _ => Fields::new(),
        },
        _ => Fields::new(),
    };
    Ok(AuthInfo {
        corp_name: take_text(&mut object(&mut fields, "auth_corp_info"), "corp_name"),
        agent_id: take_text(&mut agent, "agentid"),
        agent_name: take_text(&mut agent, "name"),
    })
}

/// Does this refusal mean that a permanent code is over?
pub(super) const fn is_taken_back(code: i64) -> bool {
    matches!(code, 40084 | 48004)
}

fn object(fields: &mut Fields, name: &str) -> Fields {
    match fields.remove(name) {
        Some(Value::Object(it)) => it,
        _ => Fields::new(),
    }
}
