//! A string that never prints itself.
use crate::{Error, Result};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::Value;
use std::{borrow::Cow, cell::Cell, fmt};

const MASK: &str = "******";

/// How a secret stands in what is stored: an object with this key alone. Stores encrypt what is under it (design §10).
pub const SECRET_MARK: &str = "$secret";

/// A secret of a config, or of what is stored. `Debug` and `Serialize` give `******`; only [`Secret::expose`] gives the
/// text. In what [`Records`](crate::Records) and [`Keys`](crate::Keys) keep it stays what it is, encrypted at rest.
///
/// ```
/// let it: element::Secret = serde_json::from_str(r#""hunter2""#)?;
/// assert_eq!(format!("{it:?}"), "******");
/// assert_eq!(serde_json::to_string(&it)?, r#""******""#);
/// assert_eq!(it.expose(), "hunter2");
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

thread_local! {
    /// Whether what is written just now is for a store and not for somebody to see.
    static FOR_STORE: Cell<bool> = const { Cell::new(false) };
}

/// As JSON for a store: secrets are in it, each under [`SECRET_MARK`].
///
/// # Errors
/// It cannot be written as JSON.
pub(crate) fn for_store(value: &impl Serialize) -> Result<Value> {
    /// Also after a panic of somebody's `Serialize`, the next one writes for people to see.
    struct Masked(bool);
    impl Drop for Masked {
        fn drop(&mut self) {
            FOR_STORE.set(self.0);
        }
    }
    let _masked = Masked(FOR_STORE.replace(true));
    serde_json::to_value(value).map_err(|e| Error::internal(e.to_string()))
}

impl Secret {
    /// The text itself, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !FOR_STORE.get() {
            return serializer.serialize_str(MASK);
        }
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(SECRET_MARK, &self.0)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Secret;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E>(self, text: &str) -> Result<Secret, E> {
                Ok(Secret(text.to_owned()))
            }

            fn visit_string<E>(self, text: String) -> Result<Secret, E> {
                Ok(Secret(text))
            }

            /// As [`for_store`] writes it.
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Secret, A::Error> {
                match map.next_entry::<Cow<'_, str>, String>()? {
                    Some((mark, text)) if mark == SECRET_MARK => Ok(Secret(text)),
                    _ => Err(serde::de::Error::invalid_type(serde::de::Unexpected::Map, &self)),
                }
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// `writeOnly` in a schema is how every reader of it knows what to mask.
impl JsonSchema for Secret {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "minLength": 1, "writeOnly": true, "format": "password"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Kept {
        token: Secret,
        name: String,
    }

    #[test]
    fn it_is_kept_and_never_shown() {
        let it = Kept { token: Secret("hunter2".into()), name: "n".into() };
        let stored = for_store(&it).unwrap();
        assert_eq!(stored, json!({"token": {"$secret": "hunter2"}, "name": "n"}));
        assert_eq!(serde_json::from_value::<Kept>(stored).unwrap(), it);
        assert_eq!(serde_json::to_value(&it).unwrap(), json!({"token": "******", "name": "n"}));
    }

    #[test]
    fn a_panic_in_the_midst_leaves_nothing_open() {
        struct Panics;
        impl Serialize for Panics {
            fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                panic!("on purpose")
            }
        }
        assert!(std::panic::catch_unwind(|| for_store(&Panics)).is_err());
        assert_eq!(serde_json::to_value(Secret("hunter2".into())).unwrap(), json!("******"));
    }

    #[test]
    fn what_is_no_secret_is_told() {
        for (value, told) in [(json!(1), "integer `1`, expected a string"), (json!({"a": "b"}), "map, expected a string")] {
            let error = serde_json::from_value::<Secret>(value).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }
}
