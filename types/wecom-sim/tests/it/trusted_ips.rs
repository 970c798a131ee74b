//! Trusted addresses: since when a list counts, and who must have one.

use std::time::Duration;

use wecom_sim::{AppChange, Options};

use crate::{CORP, DEMO, OLD, World};

impl World {
    fn trusts(&self, agent: u32, ips: &[&str]) {
        let ips = ips.iter().map(|ip| ip.parse().unwrap()).collect();
        let change = AppChange { trusted_ips: Some(ips), ..AppChange::default() };
        self.sim.change_app(CORP, agent, change).unwrap();
    }

    async fn asks(&self, agent: u32) -> i64 {
        let token = self.token(agent).await;
        self.get(&format!("/cgi-bin/user/get?access_token={token}&userid=lisi")).await.errcode()
    }
}

#[tokio::test]
async fn a_changed_list_counts_after_a_while() {
    let world = World::new(Options { trusted_ip_delay: Duration::from_secs(60), ..Options::default() }).await;
    world.trusts(DEMO, &["10.0.0.1"]);
    assert_eq!(world.asks(DEMO).await, 0, "all are still trusted");
    world.sim.advance(Duration::from_secs(30));
    world.trusts(DEMO, &["127.0.0.1"]);
    for (seconds, expected) in [(29, 0), (1, 60020), (29, 60020), (1, 0), (86_400, 0)] {
        world.sim.advance(Duration::from_secs(seconds));
        assert_eq!(world.asks(DEMO).await, expected, "{seconds} s later");
    }
    // A company that is sent again changes lists as well.
    let file = include_str!("../../src/demo.json")
        .replace(r#""agentId": 1000002,"#, r#""agentId": 1000002, "trustedIps": ["10.0.0.1"],"#);
    world.control("POST /sim/companies", &file).await;
    assert_eq!(world.asks(DEMO).await, 0);
    world.sim.advance(Duration::from_secs(60));
    assert_eq!((world.asks(DEMO).await, world.asks(OLD).await), (60020, 0));
}

#[tokio::test]
async fn a_changed_list_counts_at_once_when_nothing_is_said() {
    let world = World::demo().await;
    for (ips, expected) in [(&["10.0.0.1"][..], 60020), (&["10.0.0.1", "::ffff:127.0.0.1"], 0), (&["::1"], 60020), (&[], 0)]
    {
        world.trusts(DEMO, ips);
        assert_eq!(world.asks(DEMO).await, expected, "{ips:?}");
    }
}

#[tokio::test]
async fn new_apps_must_trust_someone() {
    let world = World::new(Options { require_trusted_ips: true, ..Options::default() }).await;
    assert_eq!((world.asks(DEMO).await, world.asks(OLD).await), (60020, 0));
    world.trusts(DEMO, &["127.0.0.1"]);
    world.trusts(OLD, &["10.0.0.1"]);
    assert_eq!((world.asks(DEMO).await, world.asks(OLD).await), (0, 60020));
}
