//! The one whose config is more than its schema says.
use super::Greeter;
use element::{
    Result,
    private::{schemars, serde},
};
use std::borrow::Cow;

/// Minds its words.
#[element::config]
pub(crate) struct Touchy {
    /// Its word: `panic` makes it panic, and one that begins with `no` it refuses.
    word: Word,
}

#[derive(Debug, Clone, serde::Serialize)]
#[serde(crate = "element::private::serde")]
struct Word(String);

impl<'de> serde::Deserialize<'de> for Word {
    fn deserialize<D: serde::Deserializer<'de>>(it: D) -> std::result::Result<Self, D::Error> {
        let word = String::deserialize(it)?;
        assert!(word != "panic", "over the pin 4711");
        if word.starts_with("no") {
            let unexpected = serde::de::Unexpected::Str(&word);
            return Err(serde::de::Error::invalid_value(unexpected, &"a word that does not begin with `no`"));
        }
        Ok(Self(word))
    }
}

impl schemars::JsonSchema for Word {
    fn schema_name() -> Cow<'static, str> {
        "Word".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "writeOnly": true})
    }
}

#[element::ty("greeters.TouchyType", meta = Greeter)]
impl Touchy {
    async fn greet(&self) -> Result<String> {
        Ok(self.word.0.clone())
    }
}
