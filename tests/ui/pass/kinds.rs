//! Every kind of method, every role, every hook.
use element::{
    Access, Ctx, Request, Response, Result, Secret,
    def::{Linked, MethodKind, Role},
};

/// A way of greeting.
#[element::meta("kinds.Meta")]
pub trait Greeter {
    /// Greets somebody.
    #[access(public)]
    async fn greet(&self) -> Result<String>;
    /// Rings.
    async fn ring(&self) -> Result<()>;
}

/// Greets with a fixed word.
#[element::config]
pub struct Polite {
    greeting: String,
    key: Secret,
    names: Vec<String>,
}

#[element::ty("kinds.PoliteType", meta = Greeter)]
impl Polite {
    /// Not a method: the block holds other things as well.
    const LONGEST: usize = 100;

    async fn greet(&self) -> Result<String> {
        Ok(self.greeting.clone())
    }

    #[get]
    async fn ring(&self, _ctx: &Ctx) -> Result<()> {
        Ok(())
    }

    #[property]
    fn by_value(&self) -> usize {
        Self::LONGEST
    }

    #[property]
    fn by_reference(&self) -> &Secret {
        &self.key
    }

    #[property]
    fn text(&self) -> &str {
        Self::FULL_NAME
    }

    #[property]
    fn maybe(&self, _ctx: &Ctx) -> Option<&str> {
        self.names.first().map(String::as_str)
    }

    #[property]
    fn whole(&self) -> &Self {
        self
    }

    async fn other(&self, other: Option<Vec<Self>>) -> Result<Self> {
        Ok(other.and_then(|it| it.into_iter().next()).unwrap_or_else(|| self.clone()))
    }

    #[property]
    fn list(&self) -> &[String] {
        &self.names
    }

    #[access(public)]
    #[raw]
    async fn notify(&self, ctx: &Ctx, request: Request) -> Result<Response> {
        Ok(Response::text(format!("{} {}", ctx.app(), request.method)))
    }

    #[raw]
    async fn without_ctx(&self, request: Request) -> Result<Response> {
        Ok(Response::text(request.method))
    }

    #[access(session)]
    #[get]
    #[serde(rename = "FindAll", alias = "findAll", alias = "list_all")]
    async fn find(&self, name: Option<&str>) -> Result<Vec<String>> {
        Ok(name.map(ToOwned::to_owned).into_iter().collect())
    }

    #[long]
    async fn count_all(&self, ctx: &Ctx, up_to: u64) -> Result<u64> {
        ctx.progress(0, up_to).await?;
        Ok(up_to)
    }

    #[start]
    async fn begin(&self, _ctx: &Ctx) -> Result<()> {
        Ok(())
    }

    #[stop]
    async fn end(&self) -> Result<()> {
        Ok(())
    }
}

impl Polite {
    /// What is not callable by name stands in a block of its own.
    #[must_use]
    pub fn shout(&self) -> String {
        self.greeting.to_uppercase()
    }
}

/// Counts.
#[derive(Debug, Default)]
pub struct Counter;

#[element::service("kinds.services.Counter")]
impl Counter {
    async fn count(&self, it: &str) -> Result<usize> {
        Ok(it.len())
    }
}

/// Who was greeted.
#[element::model("kinds.PoliteType.Greeted")]
pub struct Greeted {
    /// Who.
    pub name: String,
}

#[test]
fn every_kind_and_role_is_in_the_tables() {
    let types: Vec<_> = element::def::linked()
        .filter_map(|it| match it {
            Linked::Type(it) if it.full_name.starts_with("kinds.") => Some(it),
            _ => None,
        })
        .collect();
    let of = |role| *types.iter().find(|it| it.role == role).unwrap();
    let (polite, counter, greeted) = (of(Role::Type), of(Role::Service), of(Role::Model));
    assert_eq!((polite.full_name, counter.full_name), (Polite::FULL_NAME, Counter::FULL_NAME));
    assert_eq!(greeted.full_name, Greeted::FULL_NAME);
    assert!(polite.starts && polite.stops && !counter.starts && !counter.stops);
    assert!(polite.schema.is_some() && counter.schema.is_none() && greeted.schema.is_some());
    let find = polite.methods.iter().find(|it| it.name == "FindAll").unwrap();
    assert_eq!((find.aliases, find.access, find.get), (&["findAll", "list_all"][..], Some(Access::Session), true));
    assert!(polite.methods.iter().all(|it| it.name != "begin" && it.name != "end"), "hooks have no name");
    let notify = polite.methods.iter().find(|it| it.name == "notify").unwrap();
    assert_eq!((notify.kind, notify.get), (MethodKind::Raw, true));
}
