//! The one whose methods misbehave.
use super::Greeter;
use element::{Ctx, Error, ErrorKind, NewJob, Request, Response, Result};
use serde_json::Value;
use std::time::Duration;

/// Does what no Type should do.
#[element::config]
pub(crate) struct Odd {}

#[element::ty("greeters.OddType", meta = Greeter)]
impl Odd {
    async fn greet(&self) -> Result<String> {
        Ok("Odd".into())
    }

    async fn panic_at_once(&self) -> Result<()> {
        panic!("over the pin 4711")
    }

    async fn panic_later(&self, ctx: &Ctx) -> Result<()> {
        ctx.sleep(Duration::from_millis(1)).await?;
        panic!("over the pin {}", 4711)
    }

    async fn panic_with_a_number(&self) -> Result<()> {
        std::panic::panic_any(4711)
    }

    #[property]
    fn panicky(&self) -> String {
        panic!("over the pin 4711")
    }

    async fn wait_for_ever(&self) -> Result<()> {
        std::future::pending().await
    }

    async fn big(&self, bytes: usize) -> Result<String> {
        Ok("x".repeat(bytes))
    }

    #[raw]
    async fn big_raw(&self, request: Request) -> Result<Response> {
        Ok(Response::text("x".repeat(request.query["bytes"].parse().unwrap_or(0))))
    }

    async fn refuse(&self, code: i64) -> Result<()> {
        Err(Error::new(ErrorKind::Refused, code, "no").because("since it says so"))
    }

    /// Calls another element, or itself.
    async fn relay(&self, ctx: &Ctx, element: &str, method: &str, args: Option<Value>) -> Result<Value> {
        ctx.element(element).call(method, &args).await
    }

    /// Calls itself until somebody stops it.
    async fn circle(&self, ctx: &Ctx, round: u32) -> Result<u32> {
        ctx.element(ctx.full_name()).call("circle", &serde_json::json!({"round": round + 1})).await
    }

    /// Takes a lease and never comes to its end.
    async fn hold_for_ever(&self, ctx: &Ctx) -> Result<()> {
        let _held = ctx.keys().lease("door", Duration::from_secs(3600), Duration::ZERO).await?;
        std::future::pending().await
    }

    /// Could somebody else take it, and give it back?
    async fn is_free(&self, ctx: &Ctx) -> Result<bool> {
        match ctx.keys().lease("door", Duration::from_secs(3600), Duration::ZERO).await? {
            Some(lease) => lease.release().await,
            None => Ok(false),
        }
    }

    /// What belongs to the call, as it arrived.
    async fn call_parts(&self, ctx: &Ctx) -> Result<Value> {
        serde_json::to_value(ctx.call()).map_err(|e| Error::internal(e.to_string()))
    }

    #[long]
    async fn count_to(&self, ctx: &Ctx, number: u64) -> Result<u64> {
        for done in 1..=number {
            ctx.progress(done, number).await?;
            ctx.sleep(Duration::from_secs(1)).await?;
        }
        Ok(number)
    }

    #[long]
    async fn refuse_later(&self, ctx: &Ctx, code: i64) -> Result<()> {
        ctx.sleep(Duration::from_secs(1)).await?;
        self.refuse(code).await
    }

    /// Puts itself off, as something that is done every night does.
    async fn again(&self, ctx: &Ctx, left: u32) -> Result<()> {
        if left > 0 {
            let args = serde_json::json!({"left": left - 1});
            let (element, method) = (ctx.full_name().to_owned(), "again".to_owned());
            ctx.jobs().start(&NewJob { element, method, args, run_at: ctx.now(), max_attempts: 1 }).await?;
        }
        Ok(())
    }

    /// Who asked, as a job sees it. Anybody may ask.
    #[access(public)]
    #[long]
    async fn who_asked(&self, ctx: &Ctx) -> Result<Value> {
        serde_json::to_value(ctx.caller()).map_err(|e| Error::internal(e.to_string()))
    }

    #[long]
    async fn give_too_much(&self) -> Result<String> {
        Ok("x".repeat(2 << 20))
    }
}
