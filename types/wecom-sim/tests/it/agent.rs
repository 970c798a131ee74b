//! agent/get, and the addresses that a firewall must know.

use wecom_sim::AppChange;

use crate::{CORP, DEMO, World, long};

#[tokio::test]
async fn an_app_is_told_of_itself() {
    let world = World::demo().await;
    let of = |agent: u32, name: &str, users: &str, parties: &str, domain: &str| {
        format!(
            r#"{{"errcode":0,"errmsg":"ok","agentid":{agent},"name":"{name}","square_logo_url":"","description":"","allow_userinfos":{{"user":[{users}]}},"allow_partys":{{"partyid":[{parties}]}},"allow_tags":{{"tagid":[]}},"close":0,"redirect_domain":"{domain}","report_location_flag":0,"isreportenter":0,"home_url":""}}"#
        )
    };
    let domains = Some(vec!["login.acme.example".to_owned(), "b.example".to_owned()]);
    world.sim.change_app(CORP, DEMO, AppChange { redirect_domains: domains, ..AppChange::default() }).unwrap();
    let call = |token: &str, agent: &str| format!("/cgi-bin/agent/get?access_token={token}&agentid={agent}");
    world
        .check(&[
            (&call("{T2}", "1000002"), &of(1_000_002, "Demo", "", "2,3", "login.acme.example")),
            (&call("{T3}", "1000003"), &of(1_000_003, "Second", r#"{"userid":"WangWu"}"#, "3", "")),
            (&call("{T4}", "1000004"), &of(1_000_004, "Old", "", "1", "")),
            ("/cgi-bin/agent/get?agentid=1000002", &long(41001, "access_token missing", "")),
            (&call("{T2}", ""), &long(41011, "agentid missing", "")),
            (&call("{T2}", "x"), &long(40056, "invalid agentid", "")),
            (&call("{T2}", "7"), &long(40056, "invalid agentid", "")),
            (&call("{T2}", "1000003"), &long(301_002, "not allow operate another agent with this accesstoken.", "")),
        ])
        .await;
}

#[tokio::test]
async fn addresses_are_listed() {
    let world = World::demo().await;
    let empty = r#","ip_list":[]"#;
    let ips = r#"{"errcode":0,"errmsg":"ok","ip_list":["127.0.0.1"]}"#;
    for call in ["/cgi-bin/get_api_domain_ip", "/cgi-bin/getcallbackip"] {
        world
            .check(&[(&format!("{call}?access_token={{T2}}"), ips), (call, &long(41001, "access_token missing", empty))])
            .await;
    }
    let bare = r#"{"errcode":40014,"errmsg":"invalid access_token","ip_list":[]}"#;
    world
        .check(&[
            ("/cgi-bin/get_api_domain_ip?access_token=x", bare),
            // The one that was seen with a hint.
            ("/cgi-bin/getcallbackip?access_token=x", &long(40014, "invalid access_token", empty)),
        ])
        .await;
}
