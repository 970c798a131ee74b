//! The well-behaved one: every kind of key, every kind of access.
use super::Greeter;
use element::{Ctx, Request, Response, Result, Secret};

/// How it sounds.
#[element::data]
#[derive(Copy, PartialEq)]
pub(crate) enum Manner {
    /// Friendly.
    Warm,
    /// Not so friendly.
    Cool,
}

/// What is said if nobody answers.
#[element::config]
pub(crate) struct Again {
    /// The word.
    pub(crate) word: String,
    /// After how long.
    pub(crate) after_ms: u32,
    /// What opens the door then.
    pub(crate) key: Option<Secret>,
}

/// Greets politely.
#[element::config]
pub(crate) struct Polite {
    /// The word that comes first.
    pub(crate) greeting: String,
    /// How it sounds.
    pub(crate) manner: Option<Manner>,
    /// What opens the door.
    pub(crate) key: Option<Secret>,
    /// How often it is said.
    pub(crate) times: Option<u16>,
    /// In capitals.
    pub(crate) loud: Option<bool>,
    /// Who is known by name.
    #[serde(default)]
    pub(crate) names: Vec<String>,
    /// What is said if nobody answers.
    pub(crate) again: Option<Again>,
}

#[element::ty("greeters.PoliteType", meta = Greeter)]
impl Polite {
    /// Greets somebody, or everybody.
    async fn greet(&self, #[serde(alias = "name")] who: Option<&str>) -> Result<String> {
        let who = who.or(self.names.first().map(String::as_str)).unwrap_or("you");
        let comma = if self.manner == Some(Manner::Cool) { "." } else { "," };
        let once = format!("{}{comma} {who}", self.greeting);
        let all = vec![once; self.times.unwrap_or(1).into()].join(" ");
        let all = if self.loud == Some(true) { all.to_uppercase() } else { all };
        let again = self.again.as_ref().map(|it| format!(" … {} ms … {}", it.after_ms, it.word));
        Ok(all + &again.unwrap_or_default())
    }

    /// Who calls.
    #[access(session)]
    async fn whoami(&self, ctx: &Ctx) -> Result<String> {
        Ok(format!("{:?}", ctx.caller()))
    }

    /// Adds numbers.
    #[serde(alias = "plus")]
    async fn add(&self, left: i64, right: Option<i64>) -> Result<i64> {
        Ok(left + right.unwrap_or(0))
    }

    #[property]
    fn key(&self) -> &Option<Secret> {
        &self.key
    }

    #[property]
    #[access(public)]
    fn motto(&self) -> &str {
        &self.greeting
    }

    #[raw]
    #[access(public)]
    async fn echo(&self, request: Request) -> Result<Response> {
        let Request { method, query, headers, body } = request;
        let text = format!("{method} {query:?} {headers:?} {}", String::from_utf8_lossy(&body));
        Ok(Response { status: 418, ..Response::text(text) })
    }
}

/// Who was greeted.
#[element::model("greeters.PoliteType.Greeted")]
pub(crate) struct Greeted {
    /// Who.
    pub(crate) name: String,
}
