//! Callbacks: is it WeCom that speaks, and what does it say? `crypt` opens, `sealed` is a callback before anybody believes it,
//! `document` what it says.
//!
//! Here is what an app that a company made for itself is told (pages 91144, 96301). What follows from it is a job: the answer does
//! not wait for that, since WeCom hangs up after five seconds. Signature first, then decryption, then who it is for, then what
//! it says.
pub(crate) mod change;
mod crypt;
mod document;
mod sealed;

pub(crate) use crypt::Crypt;
pub(crate) use document::Document;
pub(crate) use sealed::{Opened, Sealed, refused};

use crate::values::{CallbackToken, EncodingAesKey};
use element::{Ctx, Request, Response, Result};

/// What the console shows at 接收消息服务器配置 (page 91144).
#[element::config]
pub struct Callback {
    /// Token: what signs.
    token: CallbackToken,
    /// EncodingAESKey: what encrypts.
    #[serde(rename = "encodingAESKey")]
    encoding_aes_key: EncodingAesKey,
}

/// How old a push may be, or how far ahead, in seconds: WeCom tries for less than a minute, and clocks differ. What is
/// repeated within it does no harm: it only says where to look.
const WINDOW_S: u64 = 60 * 60;

/// What came in, once it is known to be WeCom's.
#[derive(Debug)]
pub(crate) enum Heard {
    /// The address is being verified; the answer is this text.
    Verification(Response),
    /// A push.
    Push(Document),
}

impl Callback {
    pub(crate) fn crypt(&self) -> Result<Crypt<'_>> {
        Crypt::new(self.token.expose(), self.encoding_aes_key.expose())
    }

    /// Verifies and decrypts a request. A GET verifies the address and keeps nothing.
    ///
    /// # Errors
    /// `Refused` ([`code::CALLBACK_REFUSED`](element::code::CALLBACK_REFUSED)): it is not WeCom's, or for somebody else;
    /// `InvalidArgs`: it is no callback.
    pub(crate) fn hear(&self, ctx: &Ctx, corp_id: &str, request: &Request) -> Result<Heard> {
        let (crypt, sealed) = (self.crypt()?, Sealed::of(request)?);
        if !sealed.is_signed_by(&crypt) {
            return Err(refused(
                "its signature is wrong: `callback.token` is not the Token of this address's 接收消息服务器配置, or it is not WeCom's",
            ));
        }
        let opened = sealed.open(&crypt).ok_or_else(|| {
            refused("it cannot be decrypted: `callback.encodingAESKey` is not the EncodingAESKey of this address")
        })?;
        // Companies have plain ids here, and those are the same in any case.
        if !opened.receiver.eq_ignore_ascii_case(corp_id) {
            return Err(opened.for_somebody_else(&format!("`{corp_id}`")));
        }
        if sealed.is_verification {
            return Ok(Heard::Verification(opened.word()?));
        }
        sealed.must_be_fresh(ctx, WINDOW_S)?;
        let document = opened.document()?;
        if !document.get("ToUserName").is_some_and(|it| it.eq_ignore_ascii_case(corp_id)) {
            return Err(refused(&format!("it is for another company than `{corp_id}`")));
        }
        Ok(Heard::Push(document))
    }
}

#[cfg(test)]
mod tests;
