//! Whatever is told twice, late or in any order: in the end the records say what WeCom knows.
use super::*;
use crate::proxy::{Company, CompanyState, Push};
use auths::callbacks::CallbackState;
use proptest::prelude::*;

/// What happens in a company, and how many seconds after what happened before.
type Step = (usize, Act, i64);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let act = prop_oneof![Just(Act::Install), Just(Act::Install), Just(Act::Change), Just(Act::Cancel), Just(Act::Reset)];
    proptest::collection::vec((0_usize..2, act, 0_i64..2), 1..9)
}

/// Which push is delivered next, of those that there are; and whether what follows is done at once.
type Order = Vec<(prop::sample::Index, bool)>;

/// As jobs are: what failed is tried again, and what it waits for may never come.
async fn follow(proxy: &QywxProxy, ctx: &Ctx, job: &Value) {
    for _ in 0..10 {
        match proxy.follow(ctx, job["key"].as_str().unwrap(), false).await {
            Ok(()) => return,
            Err(e) => assert_eq!(e.code, 40084),
        }
    }
    panic!("it is never done");
}

async fn check(steps: Vec<Step>, order: Order, old_codes_live: bool) -> Result<(), TestCaseError> {
    let wecom = WeCom::default();
    wecom.0.lock().unwrap().old_codes_live = old_codes_live;
    let (host, proxy) = (wecom.host(), proxy(json!({})));
    let ctx = host.ctx();
    tell(&proxy, &host, &ctx, &wecom.ticket("TICKET", NOW)).await.unwrap();
    let mut at = NOW;
    let mut pushes = Vec::new();
    for (corp, act, later) in steps {
        at += later;
        pushes.extend(wecom.act(act, ["wpA", "wpB"][corp], at));
    }
    prop_assume!(!pushes.is_empty());
    // Some twice, some early; and each of them at last.
    let mut some: Vec<&String> = order.iter().map(|(which, _)| which.get(&pushes)).collect();
    some.extend(&pushes);
    let mut left = Vec::new();
    for (i, push) in some.into_iter().enumerate() {
        let answer = hear(&proxy, &ctx, &sealed("POST", push, SUITE)).await.unwrap();
        prop_assert_eq!(answer.as_deref(), Some("success"));
        left.extend(host.take_jobs());
        if order.get(i).is_none_or(|(_, at_once)| *at_once) {
            while let Some(job) = left.pop() {
                follow(&proxy, &ctx, &job).await;
            }
        }
    }
    for job in left {
        follow(&proxy, &ctx, &job).await;
    }
    let state = wecom.0.lock().unwrap();
    for corp in ["wpA", "wpB"] {
        let kept = futures_util::FutureExt::now_or_never(Company::find(&ctx, SUITE, corp)).unwrap().unwrap();
        let code =
            kept.filter(|it| it.state == CompanyState::Authorized).map(|it| it.permanent_code.unwrap().expose().to_owned());
        let there = state.installs.get(corp).filter(|it| it.authorized).map(|it| permanent(corp, it.codes));
        prop_assert_eq!(code, there, "{}", corp);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn the_end_is_what_wecom_knows(
        steps in steps(),
        order in proptest::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..8),
        old_codes_live: bool,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(check(steps, order, old_codes_live))?;
    }
}

#[tokio::test(start_paused = true)]
async fn a_ticket_never_goes_back_in_time() {
    let wecom = WeCom::default();
    let (host, proxy) = (wecom.host(), proxy(json!({})));
    let ctx = host.ctx();
    let (old, new) = (wecom.ticket("OLD", NOW), wecom.ticket("NEW", NOW + 600));
    wecom.0.lock().unwrap().tickets.retain(|it| it == "NEW");
    tell(&proxy, &host, &ctx, &new).await.unwrap();
    tell(&proxy, &host, &ctx, &old).await.unwrap();
    tell(&proxy, &host, &ctx, &wecom.act(Act::Install, "wpA", NOW).unwrap()).await.unwrap();
    assert!(Company::find(&ctx, SUITE, "wpA").await.unwrap().is_some(), "the newest one opened it");
}

#[tokio::test(start_paused = true)]
async fn without_a_ticket_it_waits_and_with_one_it_goes_on_at_once() {
    let wecom = WeCom::default();
    let (host, proxy) = (wecom.host(), proxy(json!({})));
    let ctx = host.ctx();
    let push = wecom.act(Act::Install, "wpA", NOW).unwrap();
    hear(&proxy, &ctx, &sealed("POST", &push, SUITE)).await.unwrap();
    let job = host.take_jobs().remove(0);
    let key = job["key"].as_str().unwrap();
    let error = proxy.follow(&ctx, key, false).await.unwrap_err();
    assert!(error.message.contains("WeCom has sent no suite_ticket"), "{error}");
    // WeCom says no to one that is over, and that is remembered; not any more when the next one comes.
    let over = wecom.ticket("OVER", NOW);
    wecom.0.lock().unwrap().tickets.clear();
    tell(&proxy, &host, &ctx, &over).await.unwrap();
    assert_eq!(host.take_jobs(), std::slice::from_ref(&job), "with a new ticket it is tried at once");
    assert_eq!(proxy.follow(&ctx, key, false).await.unwrap_err().code, 40085);
    tell(&proxy, &host, &ctx, &wecom.ticket("NEW", NOW + 600)).await.unwrap();
    proxy.follow(&ctx, key, false).await.unwrap();
    assert!(Company::find(&ctx, SUITE, "wpA").await.unwrap().is_some());
}

/// The news of a reset may come after other news: nobody is to be logged out in between.
#[tokio::test(start_paused = true)]
async fn a_change_before_the_news_of_a_reset_ends_nothing() {
    let wecom = WeCom::default();
    let (host, proxy) = (wecom.host(), proxy(json!({})));
    let ctx = host.ctx();
    tell(&proxy, &host, &ctx, &wecom.ticket("TICKET", NOW)).await.unwrap();
    tell(&proxy, &host, &ctx, &wecom.act(Act::Install, "wpA", NOW).unwrap()).await.unwrap();
    let reset = wecom.act(Act::Reset, "wpA", NOW + 1).unwrap();
    let change = wecom.act(Act::Change, "wpA", NOW + 2).unwrap();
    hear(&proxy, &ctx, &sealed("POST", &change, SUITE)).await.unwrap();
    let job = host.take_jobs().remove(0);
    assert_eq!(proxy.follow(&ctx, job["key"].as_str().unwrap(), false).await.unwrap_err().code, 40084);
    let state = Company::find(&ctx, SUITE, "wpA").await.unwrap().unwrap().state;
    assert_eq!(state, CompanyState::Authorized);
    tell(&proxy, &host, &ctx, &reset).await.unwrap();
    proxy.follow(&ctx, job["key"].as_str().unwrap(), false).await.unwrap();
}

/// What was traded once is not traded again, whatever came after it, and what was done stays done.
#[tokio::test(start_paused = true)]
async fn a_code_is_traded_once() {
    let wecom = WeCom::default();
    let (host, proxy) = (wecom.host(), proxy(json!({})));
    let ctx = host.ctx();
    tell(&proxy, &host, &ctx, &wecom.ticket("TICKET", NOW)).await.unwrap();
    let install = wecom.act(Act::Install, "wpA", NOW).unwrap();
    tell(&proxy, &host, &ctx, &install).await.unwrap();
    tell(&proxy, &host, &ctx, &wecom.act(Act::Reset, "wpA", NOW + 1).unwrap()).await.unwrap();
    let filter = [("event".to_owned(), "create_auth".into())].into();
    let query = element::Query { filter, ..Default::default() };
    let push = async || Push::records(&ctx).query::<Push>(&query).await.unwrap().records.remove(0);
    tell(&proxy, &host, &ctx, &install).await.unwrap();
    proxy.follow(&ctx, &push().await.key, true).await.unwrap();
    let push = push().await.value;
    assert_eq!((push.state, push.traded_for.as_deref()), (CallbackState::Done, Some("wpA")));
    assert_eq!(host.count("get_permanent_code"), 2);
}
