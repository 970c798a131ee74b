//! What every story was answered, written down: told with the WeCom Types linked and from a library, both have to say the same.
//! `tests/all` compares them.
use super::{Reply, shown, without_ports};
use crate::{library::root, pages::seen};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::{Mutex, PoisonError},
    thread,
};

/// What was answered in each test. How often, and in which order, may depend on chance.
static TOLD: Mutex<BTreeMap<String, BTreeSet<String>>> = Mutex::new(BTreeMap::new());

/// Writes down a reply to a request whose first line begins like this.
pub(super) fn note(line: &[u8], reply: &Reply) {
    // Requests of a crowd are sent from other threads: then nobody can say whose story it is.
    let current = thread::current();
    let Some(test) = current.name().filter(|it| it.contains("::")) else { return };
    let address = String::from_utf8_lossy(line).into_owned();
    let address = address.split('?').next().unwrap_or_default();
    let text = if reply.json().is_some() { shown(reply) } else { seen(reply) };
    let text = without_tokens(&without_ports(&format!("{address}\n    {}\n", text.replace('\n', "\n    "))));
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    let lines = told.entry(test.to_owned()).or_default();
    if lines.insert(text) {
        let folder = root().join("target/stories").join(if cfg!(feature = "linked-wecom") { "linked" } else { "library" });
        fs::create_dir_all(&folder).unwrap();
        let all: String = lines.iter().map(String::as_str).collect();
        fs::write(folder.join(test.replace("::", ".") + ".txt"), all).unwrap();
    }
}

/// No word is as long as what is drawn by chance.
fn without_tokens(text: &str) -> String {
    let is_end = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
    // A port in an address that is a part of another one.
    let text = text.split("127.0.0.1%3A").enumerate().map(|(i, it)| match i {
        0 => it.to_owned(),
        _ => format!("127.0.0.1%3A<port>{}", it.trim_start_matches(|c: char| c.is_ascii_digit())),
    });
    let text: String = text.collect();
    let part = |part: &str| {
        let word = part.trim_end_matches(is_end);
        if word.len() < 32 { part.to_owned() } else { format!("<chance>{}", &part[word.len()..]) }
    };
    text.split_inclusive(is_end).map(part).collect()
}
