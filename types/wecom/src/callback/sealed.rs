//! A callback as it comes (pages 90968, 91144): who signed it, and what was sealed, for whom. Nothing in it is true before its
//! signature is.
use super::{Crypt, Document};
use element::{Ctx, Error, ErrorKind, Request, Response, Result, code};
use std::borrow::Cow;

/// A push is far smaller.
pub(super) const LONGEST: usize = 64 * 1024;
/// WeCom's word is a number of some twenty digits.
const LONGEST_ECHO: usize = 64;

/// A request that has the shape of a callback.
#[derive(Debug)]
pub(crate) struct Sealed<'a> {
    /// A GET: the address is being verified.
    pub(crate) is_verification: bool,
    pub(crate) signature: &'a str,
    pub(crate) timestamp: &'a str,
    pub(crate) nonce: &'a str,
    /// What is sealed, as it was signed.
    pub(crate) text: Cow<'a, str>,
}

/// What was sealed.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) message: Vec<u8>,
    /// For whom: WeCom's `receiveId`.
    pub(crate) receiver: String,
}

impl<'a> Sealed<'a> {
    /// Looks at the shape alone.
    ///
    /// # Errors
    /// `InvalidArgs`: it is no callback.
    pub(crate) fn of(request: &'a Request) -> Result<Self> {
        let given = |name: &str| request.query.get(name).map(String::as_str).filter(|it| !it.is_empty());
        let text = |name: &str| given(name).ok_or_else(|| no_callback(&format!("`{name}` is not in its query")));
        let timestamp = text("timestamp")?;
        if timestamp.parse::<i64>().is_err() {
            return Err(no_callback("`timestamp` is no number of seconds"));
        }
        let (signature, nonce) = (text("msg_signature")?, text("nonce")?);
        let is_verification = request.method == "GET";
        let text = if is_verification {
            // A `+` that nobody encoded has become a space on its way (page 91144 encodes it).
            text("echostr")?.replace(' ', "+").into()
        } else {
            in_body(&request.body)?.into()
        };
        Ok(Self { is_verification, signature, timestamp, nonce, text })
    }

    pub(crate) fn is_signed_by(&self, crypt: &Crypt<'_>) -> bool {
        crypt.signed(self.signature, [self.timestamp, self.nonce, &self.text])
    }

    /// `None`: it was sealed with another key. Ask about the signature first.
    pub(crate) fn open(&self, crypt: &Crypt<'_>) -> Option<Opened> {
        let (message, receiver) = crypt.open(&self.text)?;
        Some(Opened { message, receiver: String::from_utf8_lossy(&receiver).into_owned() })
    }

    /// Is it from now, give or take so many seconds? Whoever recorded one may send it again.
    ///
    /// # Errors
    /// `Refused` ([`code::CALLBACK_REFUSED`]).
    pub(crate) fn must_be_fresh(&self, ctx: &Ctx, window_s: u64) -> Result<()> {
        if self.timestamp.parse().is_ok_and(|it: i64| (ctx.now() / 1000).abs_diff(it) <= window_s) {
            return Ok(());
        }
        Err(refused(&format!("it is older than {}, or the clock of this machine is wrong", in_words(window_s))))
    }
}

fn in_words(seconds: u64) -> String {
    match seconds {
        60 => "a minute".into(),
        3_600 => "an hour".into(),
        it if it % 60 == 0 => format!("{} minutes", it / 60),
        it => format!("{it} seconds"),
    }
}

fn in_body(body: &[u8]) -> Result<String> {
    if body.len() > LONGEST {
        return Err(no_callback("its body is larger than any push"));
    }
    let envelope = Document::read(body).ok_or_else(|| no_callback("its body is neither XML nor JSON"))?;
    let sealed = envelope.get("Encrypt").ok_or_else(|| no_callback("nothing in its body is encrypted"))?;
    Ok(sealed.to_owned())
}

impl Opened {
    /// What verifies an address: the word that was sealed, and nothing around it.
    ///
    /// # Errors
    /// `Refused`: pushes are signed as this is, and who recorded one must not have it read out here.
    pub(crate) fn word(self) -> Result<Response> {
        if self.message.len() > LONGEST_ECHO || !self.message.iter().all(u8::is_ascii_alphanumeric) {
            return Err(refused("what it wants back is no word, as WeCom's is"));
        }
        Ok(Response::text(String::from_utf8_lossy(&self.message)))
    }

    /// What a push says.
    ///
    /// # Errors
    /// `InvalidArgs`: it says nothing that can be read.
    pub(crate) fn document(&self) -> Result<Document> {
        Document::read(&self.message).ok_or_else(|| no_callback("what was encrypted is neither XML nor JSON"))
    }

    /// It came for somebody else. Names both, cut to what an id can be.
    pub(crate) fn for_somebody_else(&self, expected: &str) -> Error {
        let receiver: String = self.receiver.chars().take(64).collect();
        refused(&format!("it is for `{receiver}`, expected {expected}"))
    }
}

/// Who is not WeCom learns no more than WeCom's own administrator, who has to mend it, needs.
pub(crate) fn refused(why: &str) -> Error {
    Error::new(ErrorKind::Refused, code::CALLBACK_REFUSED, format!("this callback is refused: {why}"))
}

fn no_callback(why: &str) -> Error {
    Error::invalid_args(format!("this is no callback of WeCom's: {why}"))
}
