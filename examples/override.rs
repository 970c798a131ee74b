//! An app that builds on another one: an element of its own in the place of one that it inherits, and a Type of its own in
//! the place of another Type, which it calls. `cargo run -p examples --example override`
use element::{Ctx, Result};
use element_engine::{MemoryFiles, Options, Registry, Runtime};
use serde_json::json;
use std::sync::Arc;

/// What every greeter can do.
#[element::meta("greeters.Meta")]
pub trait Greeter {
    /// Greets somebody.
    #[access(public)]
    async fn greet(&self) -> Result<String>;
}

/// Greets with a fixed word.
#[element::config]
pub struct Polite {
    /// The word that comes first.
    greeting: String,
}

#[element::ty("greeters.PoliteType", meta = Greeter)]
impl Polite {
    async fn greet(&self, name: &str) -> Result<String> {
        Ok(format!("{}, {name}!", self.greeting))
    }
}

/// Lets the Type that it stands in the place of greet, and adds a line.
#[element::config]
pub struct Signed {
    /// The line.
    signature: String,
}

#[element::ty("acme.SignedType", meta = Greeter, overrides)]
impl Signed {
    async fn greet(&self, ctx: &Ctx, name: &str) -> Result<String> {
        let greeting: String = ctx.overridden().call("greet", &json!({"name": name})).await?;
        Ok(format!("{greeting} {}", self.signature))
    }
}

const APPS: &str = r#"
//- /apps/base/app.json
{"appId": "acme.base", "version": "1.0.0"}
//- /apps/base/greeters/Hi/e.json
{"title": "Says hi", "type": "greeters.PoliteType"}
//- /apps/base/greeters/Hi/Hi.json
{"greeting": "Hi"}
//- /apps/base/greeters/Bye/e.json
{"title": "Says bye", "type": "greeters.PoliteType"}
//- /apps/base/greeters/Bye/Bye.json
{"greeting": "Bye"}

//- /apps/shop/app.json
{"appId": "acme.shop", "extends": [{"appId": "acme.base", "version": "1.0.0"}]}
//- /apps/shop/greeters/Hi/e.json
{"title": "In the place of the base's", "type": "greeters.PoliteType"}
//- /apps/shop/greeters/Hi/Hi.json
{"greeting": "Welcome"}

//- /apps/signed/app.json
{"appId": "acme.signed", "extends": ["acme.shop"]}
//- /apps/signed/greeters/PoliteType/e.json
{"title": "In the place of the Type, for all that are made of it", "type": "acme.SignedType", "abstract": true}
//- /apps/signed/greeters/PoliteType/PoliteType.json
{"signature": "Yours, Acme."}
"#;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "this program is about its output")]
async fn main() -> anyhow::Result<()> {
    let options = Options { files: Arc::new(MemoryFiles::parse(APPS)), ..Options::default() };
    let runtime = Runtime::open("/apps", Registry::linked()?, options).await;
    for app in ["acme.base", "acme.shop", "acme.signed"] {
        for element in runtime.app(app)?.find_elements(".greeters.Meta")? {
            let greeting = runtime.app(app)?.get_element(element.as_str())?.call("greet", json!({"name": "Ada"})).await?;
            println!("{app} {element}: {greeting}");
        }
    }
    runtime.close().await;
    Ok(())
}
