//! Tickets that sign pages for the JS-SDK (page 90506): one of the company and one of the app, each good for two hours
//! and fetched by one caller at a time, because WeCom gives a company 400 of them in an hour and an app 100.
use crate::{
    client::Client,
    wire::{lacks, take_text},
};
use element::{Error, ErrorKind, Result, Secret, code};
use std::time::Duration;

/// Longer than a fetch takes, with all retries.
const LEASE: Duration = Duration::from_secs(25);
/// How long a failure is believed: a page that is loaded again and again must not use the hour's tickets up.
const FAILED_FOR: Duration = Duration::from_secs(60);
/// How long to wait for whoever fetches it.
const PATIENCE: Duration = Duration::from_secs(10);
/// So much earlier than WeCom a ticket counts as over, in seconds.
const MARGIN: u64 = 600;

/// Whose ticket.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// For `wx.config`.
    Corp,
    /// For `wx.agentConfig`.
    Agent,
}

/// The ticket, cached or fetched.
///
/// # Errors
/// As for `Client::call`; `Unavailable` if whoever fetches it does not come to an end.
pub(crate) async fn get(client: &Client<'_>, kind: Kind) -> Result<Secret> {
    let keys = client.ctx.host_keys();
    let key = format!("{}|ticket|{kind:?}", client.app_key);
    if let Some(ticket) = keys.get(&key).await? {
        return Ok(ticket);
    }
    let Some(lease) = keys.lease(&key, LEASE, PATIENCE).await? else {
        let message = "WeCom's ticket is being fetched elsewhere, and that takes too long; try again";
        return Err(Error::new(ErrorKind::Unavailable, code::UNAVAILABLE, message));
    };
    let outcome = known_or_fetched(client, kind, &key).await;
    // If it cannot be given back now, it ends with the call; that is no reason to lose the ticket.
    let _ = lease.release().await;
    outcome
}

/// Under the lease: somebody may have fetched it meanwhile, or been refused.
async fn known_or_fetched(client: &Client<'_>, kind: Kind, key: &str) -> Result<Secret> {
    let (keys, failure) = (client.ctx.host_keys(), format!("{key}|failure"));
    if let Some(ticket) = keys.get(key).await? {
        return Ok(ticket);
    }
    if let Some(error) = keys.get::<Error>(&failure).await? {
        return Err(error);
    }
    let fetched = fetch(client, kind, key).await;
    // What is told inside may name this host's address.
    if let Err(e) = &fetched
        && client.ctx.caller().is_outside()
    {
        keys.set(&failure, e, FAILED_FOR).await?;
    }
    fetched
}

async fn fetch(client: &Client<'_>, kind: Kind, key: &str) -> Result<Secret> {
    let request = match kind {
        Kind::Corp => client.get("/cgi-bin/get_jsapi_ticket"),
        Kind::Agent => client.get("/cgi-bin/ticket/get").query("type", "agent_config"),
    };
    let mut fields = client.call(&request).await?;
    let ticket = Secret::from(take_text(&mut fields, "ticket").ok_or_else(|| lacks("ticket"))?);
    let seconds = fields.get("expires_in").and_then(serde_json::Value::as_u64).unwrap_or(MARGIN).min(86_400);
    let lifetime = seconds.saturating_sub(MARGIN.min(seconds / 4)).max(1);
    client.ctx.host_keys().set(key, &ticket, Duration::from_secs(lifetime)).await?;
    Ok(ticket)
}
