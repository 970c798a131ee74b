//! What a callback is written in: XML as a rule, JSON if the console was told so, and names in either case.
use roxmltree::{Node, ParsingOptions};
use serde_json::Value;
use std::collections::BTreeMap;

/// Nothing that WeCom sends has more parts.
const MOST: u32 = 10_000;

/// The texts right below the root, each with its name, by their names in small letters. What lies deeper only details them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Document(BTreeMap<String, (String, String)>);

impl Document {
    /// `None`: it is neither. A DTD is refused: entities could make much of little, or read what is not theirs.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?.trim_start_matches('\u{feff}').trim();
        if text.starts_with('{') { Self::json(text) } else { Self::xml(text) }
    }

    fn xml(text: &str) -> Option<Self> {
        let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST, ..ParsingOptions::default() };
        let document = roxmltree::Document::parse_with_options(text, options).ok()?;
        let parts = document.root_element().children().filter(Node::is_element);
        let text = |it: Node<'_, '_>| it.children().filter_map(|it| it.text().filter(|_| it.is_text())).collect::<String>();
        Some(Self::of(parts.map(|it| (it.tag_name().name(), text(it)))))
    }

    fn json(text: &str) -> Option<Self> {
        let Ok(Value::Object(parts)) = serde_json::from_str(text) else { return None };
        let text = |it: &Value| match it {
            Value::String(it) => Some(it.clone()),
            Value::Number(it) => Some(it.to_string()),
            _ => None,
        };
        Some(Self::of(parts.iter().filter_map(|(name, it)| Some((name.as_str(), text(it)?)))))
    }

    /// The first one of a name counts.
    fn of<'a>(parts: impl Iterator<Item = (&'a str, String)>) -> Self {
        let mut all = BTreeMap::new();
        for (name, text) in parts {
            all.entry(name.to_ascii_lowercase()).or_insert_with(|| (name.to_owned(), text.trim().to_owned()));
        }
        Self(all)
    }

    /// The text of a part; an empty one is as good as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(&name.to_ascii_lowercase()).map(|(_, text)| text.as_str()).filter(|it| !it.is_empty())
    }

    /// All of them, by WeCom's names.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.values().map(|(name, text)| (name.as_str(), text.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&[(&str, &str)]>) {
        let read = Document::read(text.as_bytes());
        let parts = read.as_ref().map(|it| it.0.iter().map(|(name, (_, text))| (&**name, &**text)).collect::<Vec<_>>());
        assert_eq!(parts.as_deref(), expected);
    }

    #[test]
    fn xml_and_json_say_the_same() {
        let parts = &[("agentid", ""), ("changetype", "update_user"), ("createtime", "12"), ("userid", "张三")][..];
        check(
            "<xml><UserID><![CDATA[ 张三]]></UserID>\n<CreateTime>12</CreateTime><ChangeType>update_user</ChangeType><AgentID/></xml>",
            Some(parts),
        );
        check(r#"{"userid": "张三", "CreateTime": 12, "ChangeType": "update_user", "AgentID": ""}"#, Some(parts));
        check(
            "<xml><UserID>a</UserID><UserID>b</UserID><ExtAttr><Item><Name>x</Name></Item></ExtAttr></xml>",
            Some(&[("extattr", ""), ("userid", "a")]),
        );
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in ["", "hello", "[]", "{", "<xml>", "<xml></lmx>", "\u{0}"] {
            check(text, None);
        }
        check(r#"<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><UserID>&a;</UserID></xml>"#, None);
        check(r#"<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa">]><xml><UserID>&a;&a;</UserID></xml>"#, None);
        check("<xml><UserID>&a;</UserID></xml>", None);
        check(&format!("<xml>{}</xml>", "<a/>".repeat(20_000)), None);
        check(&format!("{}{}", "<a>".repeat(30_000), "</a>".repeat(30_000)), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_document_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in "[<>a/!\\[\\]CDT&;{}\":, ]{0,80}") {
            let _ = Document::read(&bytes);
            let _ = Document::read(text.as_bytes());
        }
    }
}
