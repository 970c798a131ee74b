//! A document that is pushed: fields in order, written as XML or as JSON.

use serde::{Serialize, Serializer};

use super::callback::PushFormat;

/// One field's value. In XML a text is CDATA and a number stands bare, as in WeCom's samples.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Leaf {
    Text(String),
    /// A text with a space before its CDATA in XML.
    Spaced(&'static str),
    Number(u64),
}

pub(crate) type Field = (&'static str, Leaf);

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Document(pub(crate) Vec<Field>);

impl Document {
    pub(crate) fn write(&self, format: PushFormat) -> String {
        match format {
            PushFormat::Xml => self.xml(),
            // Names and texts: there is nothing in it that JSON could not hold.
            PushFormat::Json => serde_json::to_string(self).unwrap_or_default(),
        }
    }

    fn xml(&self) -> String {
        let mut text = String::from("<xml>");
        for (name, leaf) in &self.0 {
            let value = match leaf {
                Leaf::Text(value) => cdata(value),
                Leaf::Spaced(value) => format!(" {}", cdata(value)),
                Leaf::Number(value) => value.to_string(),
            };
            text.extend(["<", *name, ">", value.as_str(), "</", *name, ">"]);
        }
        text + "</xml>"
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, leaf)| (*name, leaf)))
    }
}

impl Serialize for Leaf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(value) => serializer.serialize_str(value),
            Self::Spaced(value) => serializer.serialize_str(value),
            Self::Number(value) => serializer.serialize_u64(*value),
        }
    }
}

impl From<&str> for Leaf {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Leaf {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<u32> for Leaf {
    fn from(value: u32) -> Self {
        Self::Number(value.into())
    }
}

impl From<u64> for Leaf {
    fn from(value: u64) -> Self {
        Self::Number(value)
    }
}

/// The end of a section is split over two; what XML cannot hold at all is left out.
fn cdata(text: &str) -> String {
    let held = |c: &char| !c.is_control() || matches!(c, '\t' | '\n' | '\r') || ('\u{80}'..='\u{9f}').contains(c);
    let text: String = text.chars().filter(held).filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}')).collect();
    format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_fields_in_both_formats() {
        let document = Document(vec![("Name", "a\"<&]]>\u{1}é\n".into()), ("Id", 7_u32.into()), ("Far", Leaf::Spaced("b"))]);
        let xml = "<xml><Name><![CDATA[a\"<&]]]]><![CDATA[>é\n]]></Name><Id>7</Id><Far> <![CDATA[b]]></Far></xml>";
        assert_eq!(document.write(PushFormat::Xml), xml);
        let json = r#"{"Name":"a\"<&]]>\u0001é\n","Id":7,"Far":"b"}"#;
        assert_eq!(document.write(PushFormat::Json), json);
    }
}
