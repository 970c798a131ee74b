//! The one that stands in the place of others.
use super::Greeter;
use element::{Ctx, Result};
use serde_json::{Value, json};

/// Lets the Type that it stands in the place of greet, and adds a note.
#[element::config]
pub(crate) struct Audit {
    /// What it adds.
    #[serde(default)]
    note: String,
    /// In capitals.
    loud: Option<bool>,
}

#[element::ty("greeters.AuditType", meta = Greeter, overrides)]
impl Audit {
    async fn greet(&self, ctx: &Ctx, who: Option<&str>) -> Result<String> {
        let said: String = ctx.overridden().call("greet", &json!({"who": who})).await?;
        let said = if self.loud == Some(true) { said + "!" } else { said };
        Ok(format!("{} [{}]", said, self.note))
    }

    /// Calls any method of the Type that it stands in the place of.
    async fn below(&self, ctx: &Ctx, method: &str, args: Value) -> Result<Value> {
        ctx.overridden().call(method, &args).await
    }
}
