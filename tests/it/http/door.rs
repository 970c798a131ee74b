//! A service with a method of every kind, for the host to answer with.
use element::{Ctx, Error, ErrorKind, Request, Response, Result};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::Semaphore;

/// What a panicking method says; it must not come out.
pub(crate) const PANIC: &str = "the pin is 4711";

/// Calls of `walk`: who waits for whom to be let on, and who arrived.
#[derive(Debug, Clone)]
pub(crate) struct Walk {
    pub(crate) gate: Arc<Semaphore>,
    pub(crate) steps: Arc<Mutex<Vec<&'static str>>>,
}

static WALKS: Mutex<BTreeMap<String, Walk>> = Mutex::new(BTreeMap::new());

/// The walk with this name; each test has its own.
pub(crate) fn walk(name: &str) -> Walk {
    let mut walks = WALKS.lock().unwrap_or_else(PoisonError::into_inner);
    let new = || Walk { gate: Arc::new(Semaphore::new(0)), steps: Arc::default() };
    walks.entry(name.to_owned()).or_insert_with(new).clone()
}

/// Lets people in, or not.
#[derive(Debug, Default)]
pub(crate) struct Door;

#[element::service("doors.services.Door")]
impl Door {
    /// For anyone.
    #[access(public)]
    async fn front(&self, ctx: &Ctx) -> Result<String> {
        Ok(format!("{:?}", ctx.caller()))
    }

    /// For people who are logged in.
    #[access(session)]
    async fn side(&self, ctx: &Ctx) -> Result<String> {
        self.front(ctx).await
    }

    /// For other elements.
    async fn back(&self, ctx: &Ctx) -> Result<String> {
        self.front(ctx).await
    }

    /// Looks through the keyhole.
    #[get]
    #[access(public)]
    async fn peek(&self, who: &str, times: Option<u32>, loud: Option<bool>) -> Result<String> {
        Ok(format!("{who} {times:?} {loud:?}"))
    }

    /// Takes whatever is put through the slot.
    #[raw]
    #[access(public)]
    async fn slot(&self, request: Request) -> Result<Response> {
        let Request { method, query, headers, body } = request;
        let kind = headers.get("content-type");
        let proofs: Vec<_> =
            ["authorization", "cookie", "x-login-browser"].into_iter().filter_map(|it| headers.get(it)).collect();
        assert!(proofs.is_empty(), "who somebody is is the host's business: {proofs:?}");
        Ok(Response::text(format!("{method} {query:?} {kind:?} {:?}", String::from_utf8_lossy(&body))))
    }

    /// Takes what is put through the slot, from people who are logged in.
    #[raw]
    #[access(session)]
    async fn side_slot(&self, request: Request) -> Result<Response> {
        self.slot(request).await
    }

    /// Answers in a way that no answer may be.
    #[raw]
    #[access(public)]
    async fn odd_slot(&self, _request: Request) -> Result<Response> {
        Ok(Response { status: 99, content_type: "text/html\r\nset-cookie: a=b".into(), body: b"odd".to_vec() })
    }

    /// Falls off its hinges.
    #[access(public)]
    async fn fall(&self) -> Result<()> {
        panic!("{PANIC}")
    }

    /// Is locked, for a reason that is nobody's business.
    #[access(public)]
    async fn locked(&self) -> Result<()> {
        Err(Error::new(ErrorKind::Conflict, 20010, "the door is locked; come back tomorrow").because(PANIC))
    }

    /// Walks through, once it is let on.
    #[access(public)]
    async fn walk(&self, name: &str) -> Result<()> {
        let walk = walk(name);
        let note = |step| walk.steps.lock().unwrap_or_else(PoisonError::into_inner).push(step);
        note("began");
        let _let_on = walk.gate.acquire().await.map_err(|e| Error::internal(e.to_string()))?;
        note("ended");
        Ok(())
    }
}
