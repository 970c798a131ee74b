//! Documents as they are kept outside of the process: JSON text, in which what is marked as secret is encrypted.
//!
//! `{"$secret": value}` becomes `{"$sealed": "<key>.<base64url of nonce and ciphertext>"}`, AES-256-GCM under a key derived
//! from the master key, and bound to the place of the document: what is copied elsewhere opens nowhere.
use crate::{MasterKey, limits::SEALED_MARK, unavailable};
use aes_gcm::{
    Aes256Gcm, Nonce,
    aead::{Aead, KeyInit, Payload},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use element::{Error, Result, SECRET_MARK, host::Random};
use serde_json::{Map, Value};
use std::{
    fmt,
    sync::{Arc, OnceLock},
};

const NONCE: usize = 12;

/// Where a document is: of what kind it is, whose (app or scope), in what, and under which name.
pub(crate) type Place<'a> = [&'a str; 4];

/// The seal of a store: there from the moment on that its tables and its key were found to be right. Nothing is kept or
/// read before.
#[derive(Debug, Default)]
pub(crate) struct LateSeal(OnceLock<Arc<Seal>>);

impl LateSeal {
    /// From now on the store may be used. A second time changes nothing.
    pub(crate) fn set(&self, seal: Arc<Seal>) {
        let _ = self.0.set(seal);
    }

    /// # Errors
    /// `Unavailable`: it is not there yet.
    pub(crate) fn get(&self) -> Result<&Seal> {
        let not_yet = || unavailable("the store was not reached yet since this host was started");
        self.0.get().map(|it| &**it).ok_or_else(not_yet)
    }
}

/// Closes and opens with the keys of a store.
pub(crate) struct Seal {
    random: Arc<dyn Random>,
    current: SealKey,
    /// What the key before it closed can still be opened.
    before: Option<SealKey>,
    /// What hosts that share the store make keyed hashes with.
    pub(crate) fingerprint_key: [u8; 32],
}

struct SealKey {
    /// Tells keys apart without telling anything of them.
    id: String,
    cipher: Aes256Gcm,
}

impl SealKey {
    fn of(key: &MasterKey) -> Self {
        let cipher = Aes256Gcm::new(&key.derive("element: values at rest").into());
        Self { id: id_of(key), cipher }
    }
}

/// What a store remembers of its key, to tell a wrong one.
pub(crate) fn id_of(key: &MasterKey) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(&key.derive("element: which key")[..12])
}

impl Seal {
    pub(crate) fn new(current: &MasterKey, before: Option<&MasterKey>, random: Arc<dyn Random>) -> Self {
        let fingerprint_key = current.derive("element: fingerprints");
        Self { random, current: SealKey::of(current), before: before.map(SealKey::of), fingerprint_key }
    }

    /// As text to be kept.
    ///
    /// # Errors
    /// It cannot be encrypted.
    pub(crate) fn close(&self, place: Place<'_>, value: &Value) -> Result<String> {
        if !is_marked(value) {
            return Ok(value.to_string());
        }
        let mut closed = value.clone();
        self.close_within(&place.join("\0"), &mut closed)?;
        Ok(closed.to_string())
    }

    fn close_within(&self, place: &str, value: &mut Value) -> Result<()> {
        if let Some(secret) = only(value, SECRET_MARK) {
            let mut nonce = [0; NONCE];
            self.random.fill(&mut nonce);
            let open = secret.to_string();
            let payload = Payload { msg: open.as_bytes(), aad: place.as_bytes() };
            let closed = self.current.cipher.encrypt(&Nonce::from(nonce), payload);
            let closed = closed.map_err(|_| Error::internal("a value cannot be encrypted"))?;
            let text = BASE64_URL_SAFE_NO_PAD.encode([&nonce[..], &closed].concat());
            *value = marked(SEALED_MARK, format!("{}.{text}", self.current.id).into());
            return Ok(());
        }
        children(value).try_for_each(|it| self.close_within(place, it))
    }

    /// The document again.
    ///
    /// # Errors
    /// It is no JSON, or was closed with another key or elsewhere.
    pub(crate) fn open(&self, place: Place<'_>, text: &str) -> Result<Value> {
        let mut value =
            serde_json::from_str(text).map_err(|e| Error::internal(format!("a document of the store is no JSON: {e}")))?;
        if text.contains(SEALED_MARK) {
            self.open_within(&place.join("\0"), &mut value)?;
        }
        Ok(value)
    }

    /// Where the value of an ephemeral key is.
    pub(crate) const fn of_key<'a>(scope: &'a str, name: &'a str) -> Place<'a> {
        ["key", scope, name, ""]
    }

    /// The value of an ephemeral key. What cannot be opened is not there: what is kept for a while is made anew.
    pub(crate) fn open_or_forget(&self, scope: &str, name: &str, text: &str) -> Option<Value> {
        let opened = self.open(Self::of_key(scope, name), text);
        opened.inspect_err(|e| tracing::warn!(internal = %e.internal, "an ephemeral key is passed over")).ok()
    }

    fn open_within(&self, place: &str, value: &mut Value) -> Result<()> {
        if let Some(sealed) = only(value, SEALED_MARK) {
            let text = sealed.as_str().unwrap_or_default();
            let secret = self.open_text(place, text);
            *value = marked(SECRET_MARK, secret.ok_or_else(|| cannot_open(text))?);
            return Ok(());
        }
        children(value).try_for_each(|it| self.open_within(place, it))
    }

    fn open_text(&self, place: &str, text: &str) -> Option<Value> {
        let (id, closed) = text.split_once('.')?;
        let key = [Some(&self.current), self.before.as_ref()].into_iter().flatten().find(|it| it.id == id)?;
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(closed).ok()?;
        let (nonce, closed) = bytes.split_at_checked(NONCE)?;
        let payload = Payload { msg: closed, aad: place.as_bytes() };
        let open = key.cipher.decrypt(&Nonce::try_from(nonce).ok()?, payload).ok()?;
        serde_json::from_slice(&open).ok()
    }

    /// What documents hold that were closed with the key before: text to look for.
    pub(crate) fn mark_of_before(&self) -> Option<String> {
        self.before.as_ref().map(|it| format!("{{\"{SEALED_MARK}\":\"{}.", it.id))
    }
}

fn cannot_open(text: &str) -> Error {
    let id = text.split_once('.').map_or("", |it| it.0);
    Error::internal(format!("a secret of the store cannot be opened: it was closed elsewhere, or with the key `{id:.16}`"))
}

fn is_marked(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.contains_key(SECRET_MARK) || fields.values().any(is_marked),
        Value::Array(items) => items.iter().any(is_marked),
        _ => false,
    }
}

/// What is under `mark`, if that is all there is.
fn only<'a>(value: &'a Value, mark: &str) -> Option<&'a Value> {
    value.as_object().filter(|it| it.len() == 1)?.get(mark)
}

fn marked(mark: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(mark.to_owned(), value)]))
}

fn children(value: &mut Value) -> Box<dyn Iterator<Item = &mut Value> + '_> {
    match value {
        Value::Object(fields) => Box::new(fields.values_mut()),
        Value::Array(items) => Box::new(items.iter_mut()),
        _ => Box::new(std::iter::empty()),
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal").field("key", &self.current.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use element::host::SeededRandom;
    use proptest::prelude::*;
    use serde_json::json;

    const HERE: Place<'static> = ["record", "acme.demo", "c", "k"];

    fn key(n: u64) -> MasterKey {
        MasterKey::draw(&SeededRandom::new(n))
    }

    fn seal(n: u64, before: Option<u64>) -> Seal {
        Seal::new(&key(n), before.map(key).as_ref(), Arc::new(SeededRandom::new(7)))
    }

    #[test]
    fn only_what_is_marked_is_closed_and_never_twice_the_same() {
        let seal = seal(1, None);
        let document = json!({"name": "n", "token": {"$secret": "hunter2"}, "again": {"$secret": "hunter2"}});
        let text = seal.close(HERE, &document).unwrap();
        assert!(!text.contains("hunter2") && text.contains(r#""name":"n""#), "{text}");
        let kept: Value = serde_json::from_str(&text).unwrap();
        assert_ne!(kept["token"], kept["again"]);
        assert_eq!(seal.open(HERE, &text).unwrap(), document);
    }

    #[test]
    fn elsewhere_with_another_key_or_changed_it_stays_closed() {
        let text = seal(1, None).close(HERE, &json!({"$secret": "hunter2"})).unwrap();
        assert!(seal(1, None).open(["record", "acme.demo", "c", "other"], &text).is_err());
        assert!(seal(2, None).open(HERE, &text).is_err());
        assert!(seal(2, Some(1)).open(HERE, &text).is_ok());
        for at in 13..text.len() - 2 {
            let mut changed = text.clone().into_bytes();
            changed[at] ^= 1;
            if let Ok(changed) = String::from_utf8(changed) {
                assert!(seal(1, None).open(HERE, &changed).is_err(), "{changed}");
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_is_kept_comes_back(text in ".*", n in any::<i64>(), secret in ".*") {
            let seal = seal(1, None);
            let document = json!({"a": [text, n, {"$secret": {"deep": [secret]}}], "b": {"$secret": null, "not alone": n}});
            prop_assert_eq!(seal.open(HERE, &seal.close(HERE, &document).unwrap()).unwrap(), document);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".*", key in "[A-Za-z0-9_-]{0,16}") {
            let seal = seal(1, None);
            let _ = seal.open(HERE, &text);
            let _ = seal.open(HERE, &json!({"$sealed": format!("{key}.{text}")}).to_string());
            let _ = seal.open(HERE, &json!({"$sealed": format!("{}.{text}", seal.current.id)}).to_string());
        }
    }
}
