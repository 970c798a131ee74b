//! Callbacks of the app that a company made for itself (pages 91144, 96301): is it WeCom that speaks, what does it say, and a
//! job that does something about it. The answer does not wait for that: WeCom hangs up after five seconds.
//!
//! Signature first, then decryption, then who it is for, then what it says.
pub(crate) mod change;
mod crypt;
mod document;

use crate::values::{CallbackToken, EncodingAesKey};
use crypt::Crypt;
use document::Document;
use element::{Ctx, Error, ErrorKind, Request, Response, Result, code};

/// What the console shows at 接收消息服务器配置 (page 91144).
#[element::config]
pub struct Callback {
    /// Token: what signs.
    token: CallbackToken,
    /// EncodingAESKey: what encrypts.
    #[serde(rename = "encodingAESKey")]
    encoding_aes_key: EncodingAesKey,
}

/// A push is far smaller.
const LONGEST: usize = 64 * 1024;
/// WeCom's word is a number of some twenty digits.
const LONGEST_ECHO: usize = 64;
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
    /// Verifies and decrypts a request. A GET verifies the address and keeps nothing.
    ///
    /// # Errors
    /// `Refused` ([`code::CALLBACK_REFUSED`]): it is not WeCom's, or for somebody else; `InvalidArgs`: it is no callback.
    pub(crate) fn hear(&self, ctx: &Ctx, corp_id: &str, request: &Request) -> Result<Heard> {
        let crypt = Crypt::new(self.token.expose(), self.encoding_aes_key.expose())?;
        let asked = Asked::of(request)?;
        if request.method == "GET" {
            // A `+` that nobody encoded has become a space on its way (page 91144 encodes it).
            let echo = given(request, "echostr").ok_or_else(|| missing("echostr"))?.replace(' ', "+");
            let message = asked.open(&crypt, &echo, corp_id)?;
            // Pushes are signed as this is: who recorded one must not have it read out here.
            if message.len() > LONGEST_ECHO || !message.iter().all(u8::is_ascii_alphanumeric) {
                return Err(refused("what it wants back is no word, as WeCom's is"));
            }
            return Ok(Heard::Verification(Response::text(String::from_utf8_lossy(&message))));
        }
        if request.body.len() > LONGEST {
            return Err(no_callback("its body is larger than any push"));
        }
        let envelope = Document::read(&request.body).ok_or_else(|| no_callback("its body is neither XML nor JSON"))?;
        let sealed = envelope.get("Encrypt").ok_or_else(|| no_callback("nothing in its body is encrypted"))?;
        let message = asked.open(&crypt, sealed, corp_id)?;
        if (ctx.now() / 1000).abs_diff(asked.timestamp) > WINDOW_S {
            return Err(refused("it is older than an hour, or the clock of this machine is wrong"));
        }
        let document = Document::read(&message).ok_or_else(|| no_callback("what was encrypted is neither XML nor JSON"))?;
        if !document.get("ToUserName").is_some_and(|it| it.eq_ignore_ascii_case(corp_id)) {
            return Err(refused(&format!("it is for another company than `{corp_id}`")));
        }
        Ok(Heard::Push(document))
    }
}

/// The query of every callback.
struct Asked<'a> {
    signature: &'a str,
    timestamp_text: &'a str,
    timestamp: i64,
    nonce: &'a str,
}

impl<'a> Asked<'a> {
    fn of(request: &'a Request) -> Result<Self> {
        let text = |name: &str| given(request, name).filter(|it| !it.is_empty()).ok_or_else(|| missing(name));
        let timestamp_text = text("timestamp")?;
        let timestamp = timestamp_text.parse().map_err(|_| no_callback("`timestamp` is no number of seconds"))?;
        Ok(Self { signature: text("msg_signature")?, timestamp_text, timestamp, nonce: text("nonce")? })
    }

    /// What was encrypted, for this company.
    fn open(&self, crypt: &Crypt<'_>, sealed: &str, corp_id: &str) -> Result<Vec<u8>> {
        if !crypt.signed(self.signature, [self.timestamp_text, self.nonce, sealed]) {
            return Err(refused(
                "its signature is wrong: `callback.token` is not the Token of this address's 接收消息服务器配置, or it is not WeCom's",
            ));
        }
        let (message, receiver) = crypt.open(sealed).ok_or_else(|| {
            refused("it cannot be decrypted: `callback.encodingAESKey` is not the EncodingAESKey of this address")
        })?;
        // Companies have plain ids here, and those are the same in any case.
        if !receiver.eq_ignore_ascii_case(corp_id.as_bytes()) {
            let receiver: String = String::from_utf8_lossy(&receiver).chars().take(64).collect();
            return Err(refused(&format!("it is for `{receiver}`, expected `{corp_id}`")));
        }
        Ok(message)
    }
}

fn given<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.query.get(name).map(String::as_str)
}

fn missing(name: &str) -> Error {
    no_callback(&format!("`{name}` is not in its query"))
}

/// Who is not WeCom learns no more than WeCom's own administrator, who has to mend it, needs.
fn refused(why: &str) -> Error {
    Error::new(ErrorKind::Refused, code::CALLBACK_REFUSED, format!("this callback is refused: {why}"))
}

fn no_callback(why: &str) -> Error {
    Error::invalid_args(format!("this is no callback of WeCom's: {why}"))
}

#[cfg(test)]
mod tests;
