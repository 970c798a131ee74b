//! A service that goes through every door that `Ctx` has.
use element::{Ctx, Expect, HttpRequest, JobState, Level, NewJob, Query, Record, Result};
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};

const MINUTE: Duration = Duration::from_secs(60);

/// Goes through every door.
#[derive(Debug, Default)]
pub(crate) struct Tour;

#[element::service("greeters.services.Tour")]
impl Tour {
    async fn records(&self, ctx: &Ctx) -> Result<Value> {
        let book = ctx.records("book");
        let first = book.put("a", &json!({"name": "Ann", "age": 30})).await?;
        let second = book.write("a", &json!({"name": "Ann", "age": 31}), Expect::Version(first), None).await?;
        let late = book.write("a", &json!({}), Expect::Version(first), None).await.unwrap_err();
        let twice = book.write("a", &json!({}), Expect::Absent, None).await.unwrap_err();
        book.put("b", &json!({"name": "Bob", "age": 31})).await?;
        let ann = book.get::<Value>("a").await?;
        let query = Query { filter: [("age".into(), json!(31))].into(), limit: 1, ..Query::default() };
        let page = book.query::<Value>(&query).await?;
        let rest = book.query::<Value>(&Query { after: page.next.clone(), ..query }).await?;
        let count = book.count(&BTreeMap::new()).await?;
        let key = |it: Record| it.key;
        let numbered = (book.by_sequence(2).await?.map(key), book.by_sequence(3).await?.map(key));
        let deleted = (book.delete("a").await?, book.delete("a").await?, book.get::<Value>("a").await?);
        Ok(json!([second, late, twice, ann, page, rest, count, numbered, deleted]))
    }

    async fn keys(&self, ctx: &Ctx) -> Result<Value> {
        let (own, all) = (ctx.keys(), ctx.host_keys());
        own.set("k", &"v", MINUTE).await?;
        let absent = (own.set_if_absent("k", &"w", MINUTE).await?, all.set_if_absent("k", &1, MINUTE).await?);
        let got = (own.get::<String>("k").await?, all.get::<u32>("k").await?);
        let taken = (own.take::<String>("k").await?, own.take::<String>("k").await?);
        all.delete("k").await?;
        let counted = (own.increment("n", 2, MINUTE).await?, own.increment("n", -1, MINUTE).await?);
        Ok(json!([absent, got, taken, all.get::<u32>("k").await?, counted]))
    }

    async fn lease(&self, ctx: &Ctx) -> Result<Value> {
        let held = ctx.keys().lease("door", MINUTE, Duration::ZERO).await?.expect("nobody else wants it");
        let second = ctx.keys().lease("door", MINUTE, Duration::from_millis(1)).await?.is_none();
        let (fence, released) = (held.grant.fence, held.release().await?);
        let again = ctx.keys().lease("door", MINUTE, Duration::ZERO).await?.expect("it was given back");
        Ok(json!([second, fence, released, again.grant.fence > fence, again.release().await?]))
    }

    /// Starts a job of another element, waits for it, and gives what it gave.
    async fn job(&self, ctx: &Ctx, element: &str, method: &str, args: Value, attempts: u32) -> Result<Value> {
        let job = NewJob {
            element: element.into(),
            method: method.into(),
            args,
            run_at: ctx.now() + 1_000,
            max_attempts: attempts,
        };
        let id = ctx.jobs().start(&job).await?;
        loop {
            let job = ctx.jobs().get(id).await?.expect("it was just started");
            match job.state {
                JobState::Done { result } => return Ok(json!({"gave": result, "attempts": job.attempts})),
                JobState::Dead => return Ok(json!({"died of": job.error, "attempts": job.attempts})),
                _ => ctx.sleep(Duration::from_millis(100)).await?,
            }
        }
    }

    async fn http(&self, ctx: &Ctx, url: &str) -> Result<Value> {
        let request = HttpRequest::new("POST", url).query("q", "a b").json(&json!({"x": 1}))?;
        let reply = ctx.http(&request).await?;
        Ok(json!([reply.status, reply.headers.get("x-seen"), reply.body.0]))
    }

    async fn fetch(&self, ctx: &Ctx, url: &str, timeout_ms: u64) -> Result<u16> {
        let request = HttpRequest { timeout_ms, ..HttpRequest::new("GET", url) };
        Ok(ctx.http(&request.query("token", "hunter2")).await?.status)
    }

    async fn small_things(&self, ctx: &Ctx) -> Result<Value> {
        ctx.log(Level::Debug, "on tour");
        ctx.metric("tours", 1).await?;
        // Outside a job nobody waits for it.
        ctx.progress(1, 2).await?;
        let before = ctx.now();
        ctx.sleep(Duration::from_millis(20)).await?;
        let slept = ctx.now() - before >= 20;
        let settings = (ctx.setting("COLOUR").await?, ctx.setting("SHAPE").await?);
        let random = (ctx.random(16).await?, ctx.random(0).await?);
        Ok(json!([slept, settings, random, ctx.random(1025).await.unwrap_err()]))
    }

    async fn fingerprint(&self, ctx: &Ctx, secret: &str) -> Result<String> {
        ctx.fingerprint(secret).await
    }

    async fn find(&self, ctx: &Ctx, ty: &str, meta: &str) -> Result<Value> {
        Ok(json!([ctx.find(ty).await?, ctx.find(meta).await?]))
    }

    async fn select(&self, ctx: &Ctx, selector: &str) -> Result<Vec<String>> {
        ctx.find_elements(selector).await
    }

    async fn greet_with(&self, ctx: &Ctx, element: &str, who: &str) -> Result<String> {
        ctx.element(element).call("greet", &json!({"who": who})).await
    }
}
