//! WXBizMsgCrypt as WeCom's servers do it (page 90968): sign, seal and open. It shares nothing with the code it tests.

use aes::Aes256;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD as PADDED};
use cbc::cipher::{Block, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use sha1::{Digest, Sha1};

/// 43 characters are 258 bits: the last one has two that belong to nobody, and WeCom does not clear them.
const OF_KEYS: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// What padding fills up to. AES would be content with 16; WeCom takes 32.
const BLOCK: usize = 32;
/// Random bytes come first, then the length of the message in four.
const PREFIX: usize = 16;
const HEAD: usize = PREFIX + 4;

/// The AES key of a callback. Its first half is the initial vector as well, for every message.
pub(crate) struct Key([u8; 32]);

/// What was in a sealed text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Opened {
    /// The document of a push, or the text to answer to a verification.
    pub message: String,
    /// Whom it is for: the corpid, for a callback of a company's own app.
    pub receive_id: String,
}

impl Key {
    /// Reads an EncodingAESKey.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let alphanumeric = text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let bytes = OF_KEYS.decode(text).ok().filter(|_| alphanumeric);
        let key = bytes.and_then(|bytes| bytes.try_into().ok());
        key.map(Self).ok_or_else(|| "encodingAESKey must be 43 letters and digits".into())
    }

    /// `base64(AES-256-CBC(prefix, length, message, receive_id, padding))`.
    pub(crate) fn seal(&self, prefix: &[u8; PREFIX], message: &str, receive_id: &str) -> String {
        let mut text = prefix.to_vec();
        // Nobody makes a message of 4 GiB; it would be a wrong one, not a crash.
        text.extend_from_slice(&u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes());
        text.extend_from_slice(message.as_bytes());
        text.extend_from_slice(receive_id.as_bytes());
        let padding = BLOCK - text.len() % BLOCK;
        text.resize(text.len() + padding, u8::try_from(padding).unwrap_or_default());
        let (blocks, _) = Block::<Aes256>::slice_as_chunks_mut(&mut text);
        cbc::Encryptor::<Aes256>::new(&self.0.into(), &self.initial()).encrypt_blocks(blocks);
        PADDED.encode(text)
    }

    /// The other way. Everything is looked at: what the sender gets wrong must not pass in a test.
    pub(crate) fn open(&self, sealed: &str) -> Result<Opened, String> {
        let mut text = PADDED.decode(sealed).map_err(|error| format!("this is no base64: {error}"))?;
        if text.is_empty() || text.len() % BLOCK != 0 {
            return Err(format!("{} sealed bytes are no multiple of {BLOCK}", text.len()));
        }
        let (blocks, _) = Block::<Aes256>::slice_as_chunks_mut(&mut text);
        cbc::Decryptor::<Aes256>::new(&self.0.into(), &self.initial()).decrypt_blocks(blocks);
        let last = text.last().copied().unwrap_or_default();
        let end = text.len() - usize::from(last).clamp(1, BLOCK);
        if usize::from(last) != text.len() - end || text[end..].iter().any(|byte| *byte != last) {
            return Err("the padding is not as it should be: another key?".into());
        }
        let length = text.get(PREFIX..HEAD).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
        let length = usize::try_from(u32::from_be_bytes(length.unwrap_or([0xff; 4]))).unwrap_or(usize::MAX);
        let rest = text.get(HEAD..end).and_then(|rest| rest.split_at_checked(length));
        let (message, receive_id) = rest.ok_or("the length it tells is longer than it is")?;
        let read = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|_| "it is no UTF-8".to_owned());
        Ok(Opened { message: read(message)?, receive_id: read(receive_id)? })
    }

    fn initial(&self) -> Block<Aes256> {
        std::array::from_fn(|at| self.0[at]).into()
    }
}

/// `msg_signature`: SHA-1 over the four texts in the order of their bytes, in lower-case hexadecimal.
pub(crate) fn signature(token: &str, timestamp: &str, nonce: &str, sealed: &str) -> String {
    let mut parts = [token, timestamp, nonce, sealed];
    parts.sort_unstable();
    base16ct::lower::encode_string(&Sha1::digest(parts.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// Known answers of Tencent's samples and of other implementations; each says where it is from.
    const VECTORS: &str = include_str!("../../../../tests/vectors/wecom-crypto.json");

    #[test]
    fn the_known_answers_come_both_ways() {
        let vectors: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
        let (mut signed, mut opened, mut refused) = (0, 0, 0);
        for vector in vectors.iter().filter(|it| it["encodingAESKey"].is_string()) {
            let text = |name: &str| vector[name].as_str().unwrap_or_default();
            let sealed = text("encrypted");
            let fits = signature(text("token"), text("timestamp"), text("nonce"), sealed) == text("msg_signature");
            if text("kind").starts_with("negative_") {
                assert!(!fits, "{vector}");
                refused += 1;
                continue;
            }
            assert!(fits || vector["msg_signature"].is_null(), "{vector}");
            signed += usize::from(fits);
            let key = Key::read(text("encodingAESKey")).unwrap();
            let expected = Opened { message: text("plaintext").into(), receive_id: text("receiveId").into() };
            assert_eq!(key.open(sealed), Ok(expected), "{vector}");
            let prefix = text("random16").as_bytes().try_into().unwrap();
            assert_eq!(key.seal(prefix, text("plaintext"), text("receiveId")), sealed, "{vector}");
            opened += 1;
        }
        assert_eq!((signed, opened, refused), (5, 6, 2), "all of the file was used");
    }

    #[test]
    fn every_length_of_padding_comes_back() {
        let key = Key::read("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG").unwrap();
        for length in 0..70 {
            let message = "m".repeat(length);
            let sealed = key.seal(b"0123456789abcdef", &message, "ww1");
            let expected = Opened { message, receive_id: "ww1".into() };
            assert_eq!(key.open(&sealed), Ok(expected), "{length}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let key = Key::read("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG").unwrap();
        let other = Key::read("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C").unwrap();
        for (sealed, expected) in [
            ("%".to_owned(), "this is no base64"),
            (String::new(), "0 sealed bytes are no multiple of 32"),
            (PADDED.encode([0; 16]), "16 sealed bytes are no multiple of 32"),
            (other.seal(b"0123456789abcdef", "m", "ww1"), "the padding is not as it should be"),
        ] {
            let error = key.open(&sealed).unwrap_err();
            assert!(error.contains(expected), "{sealed}: {error}");
        }
        for wrong in
            ["", "short", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEF+", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"]
        {
            assert!(Key::read(wrong).is_err(), "{wrong}");
        }
    }
}
