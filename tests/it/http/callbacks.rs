//! What providers pushed, as administrators list it, look at it and have it tried again.
use crate::site::{Ask, Site, shown};
use auths::callbacks::{CallbackPage, CallbackRecord, CallbackState};
use element::{Ctx, Error, ErrorKind, Query, Record, Result, code};
use expect_test::expect;
use serde_json::{Value, json};

/// Elements that take callbacks.
#[element::meta("pushes.Meta")]
pub(crate) trait Takes {
    /// The newest first.
    async fn list_call_backs(&self) -> Result<CallbackPage>;
    /// One of them.
    async fn get_call_back(&self) -> Result<CallbackRecord>;
    /// Once more.
    async fn retry_call_back(&self) -> Result<()>;
}

/// Keeps callbacks in a collection of its own.
#[element::config]
pub(crate) struct Taker {
    collection: String,
    /// It lists nothing now.
    #[serde(default)]
    is_away: bool,
}

#[element::ty("pushes.TakerType", meta = Takes)]
impl Taker {
    async fn list_call_backs(
        &self,
        ctx: &Ctx,
        state: Option<CallbackState>,
        after: Option<String>,
        limit: Option<u32>,
    ) -> Result<CallbackPage> {
        if self.is_away {
            return Err(Error::new(ErrorKind::Unavailable, code::UNAVAILABLE, "the shelf is away; try again in a moment"));
        }
        let after: Option<u64> = after.and_then(|it| it.parse().ok());
        let all = ctx.records(&self.collection).query::<CallbackRecord>(&Query::default()).await?.records;
        let all = all.into_iter().rev().map(numbered);
        let behind = all.filter(|it| after.is_none_or(|after| it.record_id < after));
        let mut records: Vec<_> = behind.filter(|it| state.is_none_or(|state| it.state == state)).collect();
        let limit = limit.unwrap_or(100) as usize;
        let more = records.len() > limit;
        records.truncate(limit);
        Ok(CallbackPage { next: records.last().filter(|_| more).map(|it| it.record_id.to_string()), records })
    }

    async fn get_call_back(&self, ctx: &Ctx, record_id: u64) -> Result<CallbackRecord> {
        let nothing = || Error::new(ErrorKind::NotFound, code::NO_RECORD, "there is no such callback");
        ctx.records(&self.collection).by_sequence(record_id).await?.map(numbered).ok_or_else(nothing)
    }

    async fn retry_call_back(&self, ctx: &Ctx, record_id: u64) -> Result<()> {
        let mut it = self.get_call_back(ctx, record_id).await?;
        it.attempts += 1;
        match it.fields.contains_key("Hopeless") {
            true => it.error = Some("there is no company of this id any more\nnobody can help".repeat(2)),
            false => (it.state, it.error, it.outcome) = (CallbackState::Done, None, Some("the company was added".into())),
        }
        ctx.records(&self.collection).put(&key(it.received_at), &it).await.map(drop)
    }

    /// One comes.
    async fn take(&self, ctx: &Ctx, record: CallbackRecord) -> Result<u64> {
        ctx.records(&self.collection).put(&key(record.received_at), &record).await
    }
}

fn key(received_at: i64) -> String {
    format!("{received_at:020}")
}

fn numbered(it: Record<CallbackRecord>) -> CallbackRecord {
    CallbackRecord { record_id: it.sequence, ..it.value }
}

/// Two apps that see two elements which take callbacks, and one without any.
const APPS: &str = r#"
//- /apps/demo/app.json
{"appId": "acme.demo"}
//- /apps/demo/First/e.json
{"type": "pushes.TakerType"}
//- /apps/demo/First/First.json
{"collection": "first"}
//- /apps/demo/Second/e.json
{"type": "pushes.TakerType"}
//- /apps/demo/Second/Second.json
{"collection": "second"}
//- /apps/sales/app.json
{"appId": "acme.sales", "extends": [{"appId": "acme.demo", "version": "1.0.0"}]}
//- /apps/plain/app.json
{"appId": "acme.plain"}
"#;

const AWAY: &str = r#"
//- /apps/away/app.json
{"appId": "acme.away"}
//- /apps/away/Away/e.json
{"type": "pushes.TakerType"}
//- /apps/away/Away/Away.json
{"collection": "away", "isAway": true}
"#;

/// A site whose apps took a few.
pub(crate) async fn site(with_one_away: bool) -> Site {
    let site = Site::of(&format!("{APPS}{}", if with_one_away { AWAY } else { "" })).await;
    let taken = [
        ("acme.demo", "First", "create_auth", "dead", "Hopeless", Some("40078: this company took the app away")),
        ("acme.demo", "First", "suite_ticket", "done", "SuiteTicket", None),
        ("acme.demo", "Second", "change_auth", "waiting", "x", None),
        ("acme.sales", "First", "cancel_auth", "dead", "x", Some("not now\u{1b}[2J")),
    ];
    for (n, (app, element, event, state, field, error)) in (1..).zip(taken) {
        let record = json!({
            "recordId": 0, "state": state, "event": event, "source": "dk1", "corpId": format!("ww{n}"), "receivedAt": n,
            "attempts": n, "error": error, "fields": {field: "******"},
        });
        let element = site.runtime.app(app).unwrap().get_element(element).unwrap();
        element.call("take", json!({ "record": record })).await.unwrap();
    }
    site
}

fn lines(list: &Value) -> String {
    let line = |it: &Value| format!("{} {} {} {} {}\n", it["recordId"], it["app"], it["element"], it["event"], it["state"]);
    let records: String = list["records"].as_array().unwrap().iter().map(line).collect();
    let rest = [("next", &list["next"]), ("more", &list["more"]), ("asked", &list["asked"]), ("failed", &list["failed"])];
    let rest = rest.map(|(name, value)| format!("{name} {value}"));
    format!("{}{}\n", records.replace('"', ""), rest.join(", "))
}

#[tokio::test]
async fn lists_are_of_one_app_or_of_all_the_newest_first() {
    let (site, away) = (site(false).await, site(true).await);
    let mut text = String::new();
    let list = async |site: &Site, query: &str| {
        let reply = site.send(&Ask::get(format!("/callbacks{query}")).bearer(site.admin.expose())).await;
        let said = if reply.status == 200 { lines(&reply.json().unwrap()) } else { shown(&reply) + "\n" };
        format!("# {query}\n{said}")
    };
    for query in [
        "",
        "?state=dead",
        "?limit=2",
        "?app=acme.sales",
        "?app=acme.demo&element=First",
        "?app=acme.demo&element=First&limit=1",
        "?app=acme.demo&element=First&limit=1&after=2",
        "?app=acme.demo&after=2",
        "?app=acme.plain",
        "?app=acme.demo&element=Third",
        "?app=acme.nobody",
        "?state=lost",
        "?limit=0",
        "?app=&element=&state=&after=&limit=",
    ] {
        text.push_str(&list(&site, query).await);
    }
    text.push_str(&list(&away, "").await);
    text.push_str(&list(&away, "?app=acme.away").await);
    expect![[r##"
        # 
        1 acme.sales First cancel_auth dead
        1 acme.demo Second change_auth waiting
        2 acme.demo First suite_ticket done
        1 acme.demo First create_auth dead
        next null, more false, asked 7, failed null
        # ?state=dead
        1 acme.sales First cancel_auth dead
        1 acme.demo First create_auth dead
        next null, more false, asked 7, failed null
        # ?limit=2
        1 acme.sales First cancel_auth dead
        1 acme.demo Second change_auth waiting
        next null, more true, asked 7, failed null
        # ?app=acme.sales
        1 acme.sales First cancel_auth dead
        next null, more false, asked 3, failed null
        # ?app=acme.demo&element=First
        2 acme.demo First suite_ticket done
        1 acme.demo First create_auth dead
        next null, more false, asked 1, failed null
        # ?app=acme.demo&element=First&limit=1
        2 acme.demo First suite_ticket done
        next "2", more true, asked 1, failed null
        # ?app=acme.demo&element=First&limit=1&after=2
        1 acme.demo First create_auth dead
        next null, more false, asked 1, failed null
        # ?app=acme.demo&after=2
        422 20004 `after` goes on where the list of one element ended: name its `app`, and its `element` where the app has several that take callbacks
        # ?app=acme.plain
        next null, more false, asked 1, failed null
        # ?app=acme.demo&element=Third
        404 20002 `acme.demo` has no element `Third` that takes callbacks: such an element has the methods `listCallBacks`, `getCallBack` and `retryCallBack`
        # ?app=acme.nobody
        404 20001 there is no app `acme.nobody`
        # ?state=lost
        422 20004 `state` is `waiting`, `done` or `dead`; without it, callbacks in every state are listed
        # ?limit=0
        422 20004 `limit` is a number from 1 to 1000; without it, 100 are listed
        # ?app=&element=&state=&after=&limit=
        1 acme.sales First cancel_auth dead
        1 acme.demo Second change_auth waiting
        2 acme.demo First suite_ticket done
        1 acme.demo First create_auth dead
        next null, more false, asked 7, failed null
        # 
        1 acme.sales First cancel_auth dead
        1 acme.demo Second change_auth waiting
        2 acme.demo First suite_ticket done
        1 acme.demo First create_auth dead
        next null, more false, asked 9, failed [{"app":"acme.away","element":"Away","error":"the shelf is away; try again in a moment"}]
        # ?app=acme.away
        next null, more false, asked 2, failed [{"app":"acme.away","element":"Away","error":"the shelf is away; try again in a moment"}]
    "##]].assert_eq(&text);
}

#[tokio::test]
async fn one_is_shown_and_tried_again() {
    let site = site(false).await;
    let mut text = String::new();
    for (verb, path) in [
        ("GET", "/callbacks/acme.demo/2"),
        ("GET", "/callbacks/acme.demo/1"),
        ("GET", "/callbacks/acme.sales/1"),
        ("GET", "/callbacks/acme.demo/9"),
        ("GET", "/callbacks/acme.demo/x"),
        ("GET", "/callbacks/acme.plain/1"),
        ("POST", "/callbacks/acme.sales/1/retry"),
        ("POST", "/callbacks/acme.demo/1/retry?element=First"),
        ("POST", "/callbacks/acme.demo/1/retry?element=Second"),
        ("POST", "/callbacks/acme.demo/9/retry"),
    ] {
        let reply = site.send(&Ask::new(verb, path).bearer(site.admin.expose())).await;
        let state = reply.json().and_then(|it| it["state"].as_str().map(|it| format!("{it}: "))).unwrap_or_default();
        text.push_str(&format!("# {verb} {path}\n{state}{}\n", shown(&reply)));
    }
    expect![[r##"
        # GET /callbacks/acme.demo/2
        done: 200 {"app":"acme.demo","attempts":2,"corpId":"ww2","element":"First","event":"suite_ticket","fields":{"SuiteTicket":"******"},"receivedAt":2,"recordId":2,"source":"dk1","state":"<state>"}
        # GET /callbacks/acme.demo/1
        409 20010 several elements of `acme.demo` have a callback 1: say whose with `element`, one of `First`, `Second`
        # GET /callbacks/acme.sales/1
        dead: 200 {"app":"acme.sales","attempts":4,"corpId":"ww4","element":"First","error":"not now\u001b[2J","event":"cancel_auth","fields":{"x":"******"},"receivedAt":4,"recordId":1,"source":"dk1","state":"<state>"}
        # GET /callbacks/acme.demo/9
        404 20016 `acme.demo` has no callback 9: `element callbacks list --app acme.demo` shows those that it has
        # GET /callbacks/acme.demo/x
        422 20004 a callback is named by its number: `recordId` in the list, such as `/callbacks/acme.demo/123`
        # GET /callbacks/acme.plain/1
        404 20016 `acme.plain` has no callback 1: `element callbacks list --app acme.plain` shows those that it has
        # POST /callbacks/acme.sales/1/retry
        done: 200 {"app":"acme.sales","attempts":5,"corpId":"ww4","element":"First","event":"cancel_auth","fields":{"x":"******"},"outcome":"the company was added","receivedAt":4,"recordId":1,"source":"dk1","state":"<state>"}
        # POST /callbacks/acme.demo/1/retry?element=First
        dead: 200 {"app":"acme.demo","attempts":2,"corpId":"ww1","element":"First","error":"there is no company of this id any more\nnobody can helpthere is no company of this id any more\nnobody can help","event":"create_auth","fields":{"Hopeless":"******"},"receivedAt":1,"recordId":1,"source":"dk1","state":"<state>"}
        # POST /callbacks/acme.demo/1/retry?element=Second
        done: 200 {"app":"acme.demo","attempts":4,"corpId":"ww3","element":"Second","event":"change_auth","fields":{"x":"******"},"outcome":"the company was added","receivedAt":3,"recordId":1,"source":"dk1","state":"<state>"}
        # POST /callbacks/acme.demo/9/retry
        404 20016 `acme.demo` has no callback 9: `element callbacks list --app acme.demo` shows those that it has
    "##]].assert_eq(&text);
    for (verb, path) in [("GET", "/callbacks"), ("GET", "/callbacks/acme.demo/2"), ("POST", "/callbacks/acme.demo/2/retry")]
    {
        let reply = shown(&site.send(&Ask::new(verb, path).bearer("0")).await);
        assert!(reply.starts_with("401 20007 "), "{path}: {reply}");
    }
}
