//! Under the strictest lints only the author's own words are complained about, never what the attributes write.
#![forbid(unsafe_code)]
#![deny(missing_debug_implementations, missing_docs, unreachable_pub, unused, unused_qualifications)]

pub mod greeters {
    //! Ways of greeting.
    use element::{Ctx, Request, Response, Result};

    /// A way of greeting.
    #[element::meta("greeters.Meta")]
    pub trait Greeter {
        /// Greets somebody.
        async fn greet(&self) -> Result<String>;
    }

    /// Greets with a fixed word.
    #[element::config]
    pub struct Polite {
        pub greeting: String,
    }

    #[element::ty("greeters.PoliteType", meta = Greeter)]
    impl Polite {
        async fn greet(&self, ctx: &Ctx, #[serde(alias = "who")] name: &str, names: &[String]) -> Result<String> {
            Ok(format!("{} {name} {} {}", self.greeting, ctx.app(), names.len()))
        }

        #[property]
        fn greeting(&self) -> &str {
            &self.greeting
        }

        #[raw]
        async fn notify(&self, request: Request) -> Result<Response> {
            Ok(Response::text(request.method))
        }
    }

    /// Who was greeted.
    #[element::model("greeters.PoliteType.Greeted")]
    pub struct Greeted {
        /// Who.
        pub name: String,
    }
}

fn main() {}
