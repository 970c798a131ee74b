//! A Meta, a Type, an app and a call: everything there is, in one file. `cargo run -p examples --example hello`
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

/// Greets with a fixed word. The struct is the config, and this text is its description.
#[element::config]
pub struct Polite {
    /// The word that comes first.
    greeting: String,
}

#[element::ty("greeters.PoliteType", meta = Greeter)]
impl Polite {
    async fn greet(&self, ctx: &Ctx, name: &str, times: Option<u32>) -> Result<String> {
        let line = format!("{}, {name}! Yours, {}.", self.greeting, ctx.app());
        Ok(vec![line; times.unwrap_or(1) as usize].join(" "))
    }
}

// An app is a folder. Here it stands in memory; `Options::default()` reads a real one.
const APPS: &str = r#"
//- /apps/demo/app.json
{"appId": "acme.demo"}
//- /apps/demo/greeters/Hi/e.json
{"title": "Says hi", "type": "greeters.PoliteType"}
//- /apps/demo/greeters/Hi/Hi.json
{"greeting": "Good day"}
//- /apps/demo/greeters/Typo/e.json
{"title": "Has a mistake, which hurts nobody else", "type": "greeters.PoliteType"}
//- /apps/demo/greeters/Typo/Typo.json
{"greting": "Good day"}
"#;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "this program is about its output")]
async fn main() -> anyhow::Result<()> {
    let options = Options { files: Arc::new(MemoryFiles::parse(APPS)), ..Options::default() };
    let runtime = Runtime::open("/apps", Registry::linked()?, options).await;

    let hi = runtime.app("acme.demo")?.get_element("greeters.Hi")?;
    println!("{}", hi.call("greet", json!({"name": "Ada"})).await?);

    // Mistakes are told where they are, and to whom they belong.
    if let Err(e) = hi.call("greet", json!({"nmae": "Ada"})).await {
        println!("{e}");
    }
    for diagnostic in runtime.snapshot().diagnostics() {
        println!("{diagnostic}");
    }
    runtime.close().await;
    Ok(())
}
