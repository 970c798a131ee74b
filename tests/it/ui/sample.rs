//! A Meta and a Type with a parameter of every shape, a service and a model.
use element::{
    Ctx, Error, ErrorKind, Request, Response, Result, Secret,
    def::{Linked, TypeDef},
};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a sample does.
#[element::meta("samples.Meta")]
pub(super) trait Sample {
    /// Says it again.
    #[access(public)]
    async fn echo(&self) -> Result<String>;
    /// Who was seen.
    #[access(session)]
    async fn seen(&self) -> Result<Vec<Person>>;
}

/// A person.
#[element::data]
pub(super) struct Person {
    /// What they are called.
    full_name: String,
    age: Option<u8>,
}

/// How far, and no further.
#[element::config]
pub(super) struct Limits {
    at_most: u32,
}

/// How fast.
#[element::data]
pub(super) enum Speed {
    /// At once.
    AtOnce,
    /// Some day.
    SomeDay,
}

/// A sample of everything.
#[element::config]
pub(super) struct Everything {
    /// Stands before every answer.
    word: String,
    #[serde(default)]
    key: Option<Secret>,
}

fn two() -> u32 {
    2
}

#[element::ty("samples.EverythingType", meta = Sample)]
impl Everything {
    async fn echo(&self, text: &str) -> Result<String> {
        Ok(format!("{}{text}", self.word))
    }

    /// A doc of its own, in place of the Meta's.
    async fn seen(&self, people: &[Person]) -> Result<Vec<Person>> {
        Ok(people.to_vec())
    }

    async fn texts(&self, owned: String, lent: &str, maybe: Option<&str>, maybe_owned: Option<String>) -> Result<String> {
        Ok(format!("{owned} {lent} {maybe:?} {maybe_owned:?}"))
    }

    /// Lists and what is in them.
    async fn lists(&self, numbers: Vec<u32>, words: &[String], by_name: BTreeMap<String, u8>) -> Result<String> {
        Ok(format!("{numbers:?} {words:?} {by_name:?}"))
    }

    async fn data(&self, person: &Person, speed: Option<Speed>, limits: Option<Limits>) -> Result<String> {
        Ok(format!("{person:?} {speed:?} {limits:?}"))
    }

    #[get]
    #[access(session)]
    #[serde(alias = "sign_in")]
    async fn sign_in(
        &self,
        /// The code that came back.
        #[serde(alias = "code", alias = "auth-code")]
        auth_code: &str,
        #[serde(rename = "userID")] user: Option<&str>,
        #[serde(default)] times: u32,
        #[serde(default = "two")] at_least: u32,
    ) -> Result<String> {
        Ok(format!("{auth_code} {user:?} {times} {at_least}"))
    }

    async fn names(&self, ctx: &Ctx, form: &str, input: u32, method: Value, r#type: bool, _unused: u8) -> Result<String> {
        Ok(format!("{} {form} {input} {method} {type}", ctx.app()))
    }

    #[serde(rename = "Time")]
    async fn now(&self, ctx: &Ctx) -> Result<i64> {
        Ok(ctx.now())
    }

    #[property]
    fn word(&self) -> &str {
        &self.word
    }

    #[property]
    fn key(&self) -> Option<Secret> {
        self.key.clone()
    }

    #[access(public)]
    #[raw]
    async fn notify(&self, request: Request) -> Result<Response> {
        Ok(Response::text(format!("{} {:?}", request.method, request.query)))
    }

    #[long]
    async fn count(&self, ctx: &Ctx, up_to: u64) -> Result<u64> {
        ctx.progress(0, up_to).await?;
        Ok(up_to)
    }

    async fn refuse(&self) -> Result<()> {
        Err(Error::new(ErrorKind::Refused, 40029, "not today"))
    }

    #[start]
    async fn begin(&self, ctx: &Ctx) -> Result<()> {
        ctx.metric("begun", 1).await
    }

    #[stop]
    async fn end(&self) -> Result<()> {
        Ok(())
    }
}

#[derive(Debug, Default)]
pub(super) struct Counter;

/// Counts.
#[element::service("samples.services.Counter")]
impl Counter {
    async fn length(&self, text: &str) -> Result<usize> {
        Ok(text.len())
    }
}

/// Who was seen when.
#[element::model("samples.EverythingType.Sighting")]
pub(super) struct Sighting {
    person: Person,
    at: i64,
}

/// What linking knows under this name.
pub(super) fn sample(full_name: &str) -> &'static TypeDef {
    let found = element::def::linked().find_map(|it| match it {
        Linked::Type(it) if it.full_name == full_name => Some(it),
        _ => None,
    });
    found.unwrap()
}
