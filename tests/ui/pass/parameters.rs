//! Every shape that a parameter may have, and names that the attribute must not trip over.
use element::{Ctx, Error, Result, def::Linked};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

/// A way of sending.
#[element::meta("senders.Meta")]
pub trait Sender {
    /// Sends it.
    async fn send(&self) -> Result<u32>;
}

/// A person.
#[element::data]
pub struct Person {
    /// What they are called.
    pub name: String,
}

/// How fast.
#[element::data]
#[derive(Copy, PartialEq)]
pub enum Speed {
    /// At once.
    Fast,
    /// Some day.
    Slow,
}

/// Sends.
#[element::config]
pub struct Post {}

/// A name that the attribute might have wanted for itself.
#[element::data]
pub struct TextsArgs {
    /// Nothing special.
    pub rows: u32,
}

/// Another one.
#[element::model("senders.PostType.Rows")]
pub struct Rows {
    /// Nothing special.
    pub __rows: u32,
}

fn one() -> u32 {
    1
}

#[element::ty("senders.PostType", meta = Sender)]
impl Post {
    async fn send(&self, to: &Person, copies: &[Person], speed: Option<Speed>) -> Result<u32> {
        let _ = (to, speed);
        u32::try_from(copies.len()).map_err(|_| Error::invalid_args("too many"))
    }

    async fn texts(
        &self,
        owned: String,
        lent: &str,
        maybe: Option<&str>,
        maybe_owned: Option<String>,
        more: Option<TextsArgs>,
    ) -> Result<usize> {
        let _ = more;
        Ok(owned.len() + lent.len() + maybe.map_or(0, str::len) + maybe_owned.map_or(0, |it| it.len()))
    }

    #[allow(clippy::ptr_arg, reason = "a worse way to write a slice works as well")]
    async fn lists(&self, owned: Vec<u8>, lent: &[u8], texts: &[String], vec: &Vec<u8>) -> Result<usize> {
        Ok(owned.len() + lent.len() + texts.len() + vec.len())
    }

    async fn others(
        &self,
        people: BTreeMap<String, Person>,
        maybe_lent: &Option<Person>,
        pair: (u32, bool),
        text: &'_ str,
        any: serde_json::Value,
        path: std::option::Option<std::string::String>,
    ) -> Result<Cow<'static, str>> {
        let _ = (people, maybe_lent, pair, any, path);
        Ok(Cow::Owned(text.to_owned()))
    }

    async fn renamed(
        &self,
        /// The code that came back.
        #[serde(alias = "code", alias = "auth-code-of-old")]
        auth_code: &str,
        #[serde(rename = "userID")] user: &str,
        #[serde(default)] times: u32,
        #[serde(default = "one")] at_least: u32,
    ) -> Result<String> {
        Ok(format!("{auth_code}{user}{times}{at_least}"))
    }

    async fn generated_names(&self, form: &str, input: u32, method: &str, ctx: &Ctx, me: u32) -> Result<String> {
        Ok(format!("{form}{input}{method}{me}{}", ctx.app()))
    }

    async fn keywords(&self, r#type: &str, r#match: Option<u32>) -> Result<String> {
        Ok(format!("{type}{match:?}"))
    }

    async fn r#loop(&self, _type: u32, _unused: &str, mut changed: u32) -> Result<u32> {
        changed += 1;
        Ok(changed)
    }

    async fn ctx_last(&self, name: &str, context: &element::Ctx) -> Result<String> {
        Ok(format!("{name}{}", context.app()))
    }

    async fn local_names(&self, self_: u32, result: Option<u32>, value: Option<u32>, id: u64) -> Result<u64> {
        Ok(u64::from(self_) + u64::from(result.unwrap_or(0)) + u64::from(value.unwrap_or(0)) + id)
    }
}

#[test]
fn names_on_the_wire_are_camel_case_and_serdes() {
    let post = element::def::linked().find_map(|it| match it {
        Linked::Type(it) if it.full_name == Post::FULL_NAME => Some(it),
        _ => None,
    });
    let method = |name| post.unwrap().methods.iter().find(|it| it.name == name).unwrap();
    let names = |name| {
        let schema = (method(name).args)().to_value();
        schema["properties"].as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    assert_eq!(names("renamed"), ["atLeast", "authCode", "times", "userID"]);
    assert_eq!(names("generatedNames"), ["form", "input", "me", "method"]);
    assert_eq!(names("keywords"), ["match", "type"]);
    assert_eq!(names("loop"), ["changed", "type", "unused"]);
    assert_eq!(names("ctxLast"), ["name"]);
    assert_eq!(names("localNames"), ["id", "result", "self", "value"]);
}
