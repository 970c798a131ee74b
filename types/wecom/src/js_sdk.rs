//! Signatures that let a page inside WeCom use the JS-SDK (page 90506).
use crate::{
    client::Client,
    ticket::{self, Kind},
    values::web_address,
};
use element::{Error, Result};
use sha1::{Digest, Sha1};

/// What a page gives to `ww.register` of `@wecom/jssdk`, or to the older `wx.config` and `wx.agentConfig`.
#[element::data]
pub struct JsSdkConfig {
    /// `corpId` of `ww.register`, `appId` of `wx.config`, `corpid` of `wx.agentConfig`.
    pub corp_id: String,
    /// `agentId` of `ww.register`, `agentid` of `wx.agentConfig`.
    pub agent_id: String,
    /// The address that was signed: what was given, without what follows `#`.
    pub url: String,
    /// What `getConfigSignature` gives, and what `wx.config` is told besides `appId`.
    pub config_signature: Signature,
    /// What `getAgentConfigSignature` gives, and what `wx.agentConfig` is told besides the ids.
    pub agent_config_signature: Signature,
}

/// One signature, good for the one address.
#[element::data]
pub struct Signature {
    /// When it was made, in seconds since 1970.
    pub timestamp: i64,
    /// Random.
    pub nonce_str: String,
    /// Lower-case hexadecimal SHA-1.
    pub signature: String,
}

/// Signs a page's address with both tickets.
///
/// # Errors
/// `InvalidArgs`: it is no address. See `Client::call`.
pub(crate) async fn config(client: &Client<'_>, url: &str) -> Result<JsSdkConfig> {
    let url = url.split('#').next().unwrap_or_default();
    if web_address(url).is_none() {
        let message = "`url`: expected the whole address of the page, `location.href`, starting with http:// or https://";
        return Err(Error::invalid_args(message));
    }
    Ok(JsSdkConfig {
        corp_id: client.app.corp_id.to_owned(),
        agent_id: client.app.agent_id.to_owned(),
        url: url.to_owned(),
        config_signature: sign(client, Kind::Corp, url).await?,
        agent_config_signature: sign(client, Kind::Agent, url).await?,
    })
}

async fn sign(client: &Client<'_>, kind: Kind, url: &str) -> Result<Signature> {
    let ticket = ticket::get(client, kind).await?;
    let (timestamp, nonce_str) = (client.ctx.now() / 1000, client.ctx.random(12).await?);
    let signature = signature(ticket.expose(), &nonce_str, timestamp, url);
    Ok(Signature { timestamp, nonce_str, signature })
}

/// The order of the four, and that they are not encoded, is WeCom's.
fn signature(ticket: &str, nonce_str: &str, timestamp: i64, url: &str) -> String {
    let text = format!("jsapi_ticket={ticket}&noncestr={nonce_str}&timestamp={timestamp}&url={url}");
    base16ct::lower::encode_string(&Sha1::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_signs_as_wecom_does() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/vectors/wecom-crypto.json")).unwrap();
        let known: Vec<_> = vectors.as_array().unwrap().iter().filter(|it| it["kind"] == "jsapi_signature").collect();
        assert!(!known.is_empty());
        for it in known {
            let signed = it["plaintext"].as_str().unwrap();
            let part = |name: &str| signed.split_once(name).unwrap().1.split('&').next().unwrap();
            let url = signed.split_once("&url=").unwrap().1;
            let made = signature(part("jsapi_ticket="), part("&noncestr="), part("&timestamp=").parse().unwrap(), url);
            assert_eq!(made, it["msg_signature"]);
        }
    }
}
