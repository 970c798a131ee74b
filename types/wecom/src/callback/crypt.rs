//! WeCom's seal (pages 90968, 91144): SHA-1 over the sorted parts signs, AES-256-CBC with blocks padded to 32 encrypts.
use aes::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::NoPadding};
use base64::{
    Engine,
    alphabet::STANDARD as ALPHABET,
    engine::{GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use element::{Error, Result};
use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

type Decrypt = cbc::Decryptor<aes::Aes256>;

/// Forty-three letters carry 258 bits, so the last one usually has bits to spare.
const KEY: GeneralPurpose =
    GeneralPurpose::new(&ALPHABET, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// Random bytes before the message, and the four that tell its length.
const HEAD: usize = 16 + 4;
const BLOCK: usize = 32;

/// Both keys of an address.
pub(crate) struct Crypt<'a> {
    token: &'a str,
    key: [u8; 32],
}

impl std::fmt::Debug for Crypt<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Crypt")
    }
}

impl<'a> Crypt<'a> {
    pub(crate) fn new(token: &'a str, encoding_aes_key: &str) -> Result<Self> {
        let key = KEY.decode(format!("{encoding_aes_key}=")).ok().and_then(|it| it.try_into().ok());
        Ok(Self { token, key: key.ok_or_else(|| Error::internal("an EncodingAESKey that is none"))? })
    }

    /// Is this the signature of the parts? How much of it was right, nobody can tell from the time it takes.
    pub(crate) fn signed(&self, signature: &str, [timestamp, nonce, sealed]: [&str; 3]) -> bool {
        let made = self.signature([timestamp, nonce, sealed]);
        made.as_bytes().ct_eq(signature.as_bytes()).into()
    }

    fn signature(&self, [timestamp, nonce, sealed]: [&str; 3]) -> String {
        let mut parts = [self.token, timestamp, nonce, sealed];
        parts.sort_unstable();
        let mut hash = Sha1::new();
        parts.iter().for_each(|it| hash.update(it));
        base16ct::lower::encode_string(&hash.finalize())
    }

    /// What was sealed, and for whom. `None`: it was not sealed with this key. Ask about the signature first.
    pub(crate) fn open(&self, sealed: &str) -> Option<(Vec<u8>, Vec<u8>)> {
        let mut bytes = STANDARD.decode(sealed).ok()?;
        if bytes.is_empty() || !bytes.len().is_multiple_of(BLOCK) {
            return None;
        }
        let iv: [u8; 16] = *self.key.first_chunk()?;
        let decrypt = Decrypt::new(&self.key.into(), &iv.into());
        let bytes = decrypt.decrypt_padded::<NoPadding>(&mut bytes).ok()?;
        // Padded to 32, whatever the cipher's own block is; every byte of it says how much.
        let padding = usize::from(*bytes.last()?);
        let content = bytes.len().checked_sub(padding)?;
        if padding == 0 || padding > BLOCK || bytes[content..].iter().any(|it| usize::from(*it) != padding) {
            return None;
        }
        let (head, rest) = bytes[..content].split_at_checked(HEAD)?;
        let length = usize::try_from(u32::from_be_bytes(*head.last_chunk()?)).ok()?;
        let (message, receiver) = rest.split_at_checked(length)?;
        Some((message.to_vec(), receiver.to_vec()))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use aes::cipher::BlockModeEncrypt;
    use proptest::prelude::*;
    use serde_json::Value;

    impl Crypt<'_> {
        /// As WeCom does it. Gives what is sealed and its signature.
        pub(crate) fn seal(&self, random: [u8; 16], message: &[u8], receiver: &str, at: [&str; 2]) -> (String, String) {
            let mut bytes = [&random[..], &(message.len() as u32).to_be_bytes(), message, receiver.as_bytes()].concat();
            let padding = BLOCK - bytes.len() % BLOCK;
            bytes.resize(bytes.len() + padding, padding as u8);
            let iv: [u8; 16] = *self.key.first_chunk().unwrap();
            let encrypt = cbc::Encryptor::<aes::Aes256>::new(&self.key.into(), &iv.into());
            let length = bytes.len();
            let sealed = STANDARD.encode(encrypt.encrypt_padded::<NoPadding>(&mut bytes, length).unwrap());
            let signature = self.signature([at[0], at[1], &sealed]);
            (sealed, signature)
        }
    }

    #[test]
    fn the_known_answers_hold_both_ways() {
        let vectors: Vec<Value> = serde_json::from_str(include_str!("../../../../tests/vectors/wecom-crypto.json")).unwrap();
        let (mut opened, mut refused) = (0, 0);
        for it in vectors.iter().filter(|it| it["encodingAESKey"].is_string()) {
            let text = |name: &str| it[name].as_str().unwrap_or_default();
            let crypt = Crypt::new(text("token"), text("encodingAESKey")).unwrap();
            let (at, sealed) = ([text("timestamp"), text("nonce")], text("encrypted"));
            if text("kind").starts_with("negative") {
                assert!(!crypt.signed(text("msg_signature"), [at[0], at[1], sealed]), "{}", it["id"]);
                let mended = sealed.replace(' ', "+");
                assert_eq!(
                    crypt.signed(text("msg_signature"), [at[0], at[1], &mended]),
                    text("kind") == "negative_plus_as_space",
                    "{}",
                    it["id"]
                );
                refused += 1;
                continue;
            }
            let (message, receiver) = crypt.open(sealed).unwrap();
            assert_eq!(
                (&*message, &*receiver),
                (text("plaintext").as_bytes(), text("receiveId").as_bytes()),
                "{}",
                it["id"]
            );
            let random: Vec<u8> =
                (0..16).map(|i| u8::from_str_radix(&text("random16_hex")[2 * i..][..2], 16).unwrap()).collect();
            let (again, signature) = crypt.seal(random.try_into().unwrap(), &message, text("receiveId"), at);
            assert_eq!(again, sealed, "{}", it["id"]);
            if text("kind") != "aes_only" {
                assert!(crypt.signed(text("msg_signature"), [at[0], at[1], sealed]), "{}", it["id"]);
                assert_eq!(signature, text("msg_signature"), "{}", it["id"]);
            }
            opened += 1;
        }
        assert_eq!((opened, refused), (6, 2), "all of the file was used");
    }

    const KEY_TEXT: &str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";

    proptest! {
        #[test]
        fn what_is_sealed_is_opened(message in proptest::collection::vec(any::<u8>(), 0..200), receiver in "[a-z0-9]{0,40}") {
            let crypt = Crypt::new("token", KEY_TEXT).unwrap();
            let (sealed, signature) = crypt.seal([7; 16], &message, &receiver, ["1", "2"]);
            prop_assert!(crypt.signed(&signature, ["1", "2", &sealed]));
            prop_assert_eq!(crypt.open(&sealed), Some((message, receiver.into_bytes())));
        }

        #[test]
        fn anything_else_is_refused_and_nothing_breaks(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let crypt = Crypt::new("token", KEY_TEXT).unwrap();
            // By chance one in many thousands has good padding; then its lengths have to fit.
            if let Some((message, receiver)) = crypt.open(&STANDARD.encode(&bytes)) {
                prop_assert!(message.len() + receiver.len() + HEAD < bytes.len());
            }
            let text = String::from_utf8_lossy(&bytes);
            prop_assert!(!crypt.signed(&text, ["1", "2", &text]));
            prop_assert!(text.is_empty() || crypt.open(&text).is_none() || STANDARD.decode(&*text).is_ok());
        }
    }
}
