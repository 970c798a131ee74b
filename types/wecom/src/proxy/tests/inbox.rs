//! Callbacks as WeCom sends them, and as others do.
use super::*;
use crate::proxy::push_record::Push;
use element::{Caller, Query};
use proptest::prelude::*;
use std::time::Duration;

async fn heard(config: Value, request: &Request) -> String {
    let host = TestHost::new(|_| panic!("no request is made here"));
    match hear(&proxy(config), &host.ctx_of(Caller::Anonymous), request).await {
        Ok(Some(answer)) => format!("{answer:?}, {} to do", host.take_jobs().len()),
        Ok(None) => "not ours".into(),
        Err(e) => format!("{:?} {} {}", e.kind, e.code, e.message),
    }
}

#[track_caller]
fn check(config: Value, request: &Request, expected: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    assert_eq!(runtime.block_on(heard(config, request)), expected);
}

fn with_provider() -> Value {
    json!({"authConfig": {"provider": {"corpId": PROVIDER}}})
}

fn contact(corp: &str) -> String {
    format!(
        "<xml><ToUserName>{corp}</ToUserName><CreateTime>{NOW}</CreateTime><Event>change_contact</Event>\
         <ChangeType>update_user</ChangeType><UserID>woZhang</UserID></xml>"
    )
}

#[test]
fn an_address_is_verified_for_the_provider() {
    let word = "1616140317555161061";
    check(json!({}), &sealed("GET", word, PROVIDER), r#""1616140317555161061", 0 to do"#);
    check(json!({}), &sealed("GET", word, "anybody"), r#""1616140317555161061", 0 to do"#);
    check(with_provider(), &sealed("GET", word, "WWprovider"), r#""1616140317555161061", 0 to do"#);
    check(with_provider(), &sealed("GET", word, SUITE), r#""1616140317555161061", 0 to do"#);
    check(
        with_provider(),
        &sealed("GET", word, "wwother"),
        "Refused 20110 this callback is refused: it is for `wwother`, expected `wwprovider`, the provider, `dk0123456789abcdef`, or a \
         company that authorized it",
    );
    let mut old = sealed("GET", word, PROVIDER);
    let echo = old.query["echostr"].replace('+', " ");
    old.query.insert("echostr".into(), echo);
    check(json!({}), &old, r#""1616140317555161061", 0 to do"#);
    check(
        json!({}),
        &sealed("GET", &info("suite_ticket", NOW, ""), PROVIDER),
        "Refused 20110 this callback is refused: what it wants back is no word, as WeCom's is",
    );
}

#[test]
fn a_push_is_for_the_template_or_for_a_company() {
    let ticket = info("suite_ticket", NOW, "<SuiteTicket>T</SuiteTicket>");
    check(json!({}), &sealed("POST", &ticket, SUITE), r#""success", 1 to do"#);
    check(
        with_provider(),
        &sealed("POST", &ticket, PROVIDER),
        "Refused 20110 this callback is refused: it is for `wwprovider`, expected `dk0123456789abcdef`, the template",
    );
    check(
        json!({}),
        &sealed("POST", &ticket.replace(SUITE, "dkother"), SUITE),
        "Refused 20110 this callback is refused: it is for `dk0123456789abcdef`, expected `dk0123456789abcdef`, the template",
    );
    check(json!({}), &sealed("POST", &contact("wpA"), "wpA"), r#""", 1 to do"#);
    check(
        json!({}),
        &sealed("POST", &contact("wpA"), "wpa"),
        "Refused 20110 this callback is refused: it is for `wpa`, expected `wpA`, the company in its `ToUserName`",
    );
    check(
        json!({}),
        &sealed("POST", "<xml><Event>change_contact</Event></xml>", "wpA"),
        "Refused 20110 this callback is refused: it names no company, as WeCom does in `ToUserName`",
    );
}

#[test]
fn other_tokens_other_keys_and_other_times_are_refused() {
    let ticket = || sealed("POST", &info("suite_ticket", NOW, "<SuiteTicket>T</SuiteTicket>"), SUITE);
    check(json!({"authConfig": {"token": "other"}}), &ticket(), "not ours");
    let mut forged = ticket();
    forged.query.insert("nonce".into(), "1".into());
    check(json!({}), &forged, "not ours");
    check(
        json!({"authConfig": {"encodingAESKey": "A".repeat(43)}}),
        &ticket(),
        "Refused 20110 this callback is refused: it cannot be decrypted: the EncodingAESKey in `authConfig` is not the one beside this \
         Token in the console",
    );
    let own = json!({"token": TOKEN, "encodingAESKey": KEY});
    let of_apps = json!({"authConfig": {"token": "other", "encodingAESKey": "A".repeat(43), "appCallback": own}});
    check(of_apps, &sealed("POST", &contact("wpA"), "wpA"), r#""", 1 to do"#);
    check(
        json!({}),
        &Request { method: "POST".into(), ..Request::default() },
        "InvalidArgs 20004 this is no callback of WeCom's: `timestamp` is not in its query",
    );
    check(
        json!({}),
        &sealed("POST", &info("suite_ticket", NOW + 3_601, "<SuiteTicket>T</SuiteTicket>"), SUITE),
        "Refused 20110 this callback is refused: it speaks of the future, or the clock of this machine is wrong",
    );
}

/// Whoever has the key of a template's apps can say nothing of the template, nor of another company.
#[test]
fn a_key_of_apps_speaks_of_apps_alone() {
    let keys = ("AppToken", KEY);
    let of_apps = json!({"authConfig": {"appCallback": {"token": keys.0, "encodingAESKey": keys.1}}});
    let as_app = |message: &str, receiver: &str| sealed_with(keys, "POST", message, receiver);
    check(of_apps.clone(), &as_app(&contact("wpA"), "wpA"), r#""", 1 to do"#);
    check(
        of_apps.clone(),
        &as_app(&info("cancel_auth", NOW, "<AuthCorpId>wpA</AuthCorpId>"), SUITE),
        "Refused 20110 this callback is refused: it is about the template, and sealed with the key of the template's apps",
    );
    let mut of_a = of_apps;
    merge(&mut of_a, json!({"corpId": "wpA"}));
    check(of_a.clone(), &as_app(&contact("wpA"), "wpA"), r#""", 1 to do"#);
    check(
        of_a,
        &as_app(&contact("wpB"), "wpB"),
        "Refused 20110 this callback is refused: it is for `wpB`, expected `wpA`, whose key it is",
    );
}

#[tokio::test]
async fn what_is_late_is_refused_and_what_is_said_again_is_done_once() {
    let wecom = WeCom::default();
    let (host, proxy) = (wecom.host(), proxy(json!({"replayWindowSeconds": 60})));
    let ctx = host.ctx_of(Caller::Anonymous);
    let ticket = wecom.ticket("T", NOW);
    for _ in 0..3 {
        assert_eq!(hear(&proxy, &ctx, &sealed("POST", &ticket, SUITE)).await.unwrap().as_deref(), Some("success"));
    }
    assert_eq!(host.take_jobs().len(), 3, "nothing has been tried yet, and whoever answered first may be dead");
    let page = Push::records(&ctx).query::<Push>(&Query::default()).await.unwrap();
    assert_eq!(page.records.len(), 1);
    let key = &page.records[0].key;
    proxy.follow(&ctx, key, false).await.unwrap();
    host.advance(Duration::from_secs(5));
    hear(&proxy, &ctx, &sealed("POST", &ticket, SUITE)).await.unwrap();
    assert_eq!(host.take_jobs().len(), 1, "it was done within the second in which it was sent");
    proxy.follow(&ctx, key, false).await.unwrap();
    hear(&proxy, &ctx, &sealed("POST", &ticket, SUITE)).await.unwrap();
    assert_eq!(host.take_jobs().len(), 0);
    host.advance(Duration::from_secs(60));
    let error = hear(&proxy, &ctx, &sealed("POST", &ticket, SUITE)).await.unwrap_err();
    assert!(error.message.ends_with("it is older than a minute, or the clock of this machine is wrong"), "{error}");
    let shown = Push::shown(page.records.into_iter().next().unwrap());
    assert_eq!((shown.event.as_str(), shown.fields["SuiteTicket"].as_str()), ("suite_ticket", "******"));
}

#[tokio::test]
async fn what_a_dead_host_left_is_taken_up_with_the_next_ticket() {
    let wecom = WeCom::default();
    let (host, proxy) = (wecom.host(), proxy(json!({})));
    let ctx = host.ctx();
    let install = wecom.act(Act::Install, "wpA", NOW).unwrap();
    hear(&proxy, &ctx, &sealed("POST", &install, SUITE)).await.unwrap();
    host.take_jobs();
    host.advance(Duration::from_secs(11 * 60));
    hear(&proxy, &ctx, &sealed("POST", &wecom.ticket("T", NOW + 660), SUITE)).await.unwrap();
    work(&proxy, &host, &ctx).await;
    assert_eq!(host.take_jobs().len(), 1);
}

proptest! {
    #[test]
    fn any_bytes_are_refused_with_a_clean_error(
        get: bool,
        names in proptest::collection::vec(prop_oneof![Just("msg_signature"), Just("timestamp"), Just("nonce"), Just("echostr")], 0..5),
        values in proptest::collection::vec("[ -~]{0,40}|[0-9]{1,20}", 5),
        body in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let query = names.into_iter().zip(values).map(|(name, it)| (name.to_owned(), it)).collect();
        let method = if get { "GET" } else { "POST" }.to_owned();
        let request = Request { method, query, body, ..Request::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let told = runtime.block_on(heard(json!({}), &request));
        prop_assert!(told == "not ours" || told.starts_with("InvalidArgs"), "{}", told);
    }

    /// Whoever knows the token may say anything.
    #[test]
    fn any_message_is_kept_or_refused(message in "(<xml>)?(<[A-Za-z]{1,12}>[ -~]{0,12}</[A-Za-z]{1,12}>){0,4}(</xml>)?|[ -~]{0,60}", suite: bool) {
        let receiver = if suite { SUITE } else { "wpA" };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let told = runtime.block_on(heard(json!({}), &sealed("POST", &message, receiver)));
        prop_assert!(told.ends_with("to do") || told.starts_with("InvalidArgs") || told.starts_with("Refused 20110"), "{}", told);
    }
}
