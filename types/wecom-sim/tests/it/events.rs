//! What events say, to the letter, and to whom.

use serde_json::json;
use wecom_sim::{AppChange, PushFormat};

use crate::receiver::Receiver;
use crate::{CORP, DEMO, OLD, World};

/// What stands before `ChangeType`, with the time as `T`; a test of one whole document keeps it honest.
const HEAD: &str = "<xml><ToUserName><![CDATA[ww5a1d0e0f1a2b3c4d]]></ToUserName><FromUserName><![CDATA[sys]]>\
    </FromUserName><CreateTime>T</CreateTime><MsgType><![CDATA[event]]></MsgType>\
    <Event><![CDATA[change_contact]]></Event><ChangeType>";

/// `ChangeType` and what follows it; texts are written `'so'` for CDATA.
fn told(documents: &[String], now_ms: u64) -> Vec<String> {
    let short = |document: &String| {
        let (before, rest) = document.split_once("<CreateTime>").unwrap();
        let (time, after) = rest.split_once('<').unwrap();
        assert!(time.parse::<u64>().unwrap().abs_diff(now_ms / 1000) < 30, "{document}");
        let document = format!("{before}<CreateTime>T<{after}");
        let rest = document.strip_prefix(HEAD).unwrap_or_else(|| panic!("another head: {document}"));
        let rest = rest.strip_suffix("</xml>").unwrap();
        format!("<ChangeType>{rest}").replace("<![CDATA[", "'").replace("]]>", "'")
    };
    documents.iter().map(short).collect()
}

/// Edits in a row. Beside each: what the old app hears, which sees all of everybody; and what the demo
/// app hears, which sees departments 2 and 3 and no full profiles. Empty for nothing.
const EDITS: &[(&str, &str, &str, &str)] = &[
    (
        "PUT /members/ann",
        r#"{"name":"Ann <]]> & Co","departments":[{"id":2,"leader":true},{"id":3}],"mainDepartment":3,
            "mobile":"+86 1","gender":2,"email":"a@b","bizMail":"a@c","avatar":"https://x/0","alias":"A",
            "telephone":"010","address":"Street","position":"CTO","directLeader":["zhangsan","lisi"]}"#,
        "<ChangeType>'create_user'</ChangeType><UserID>'ann'</UserID><Name>'Ann <]]''> & Co'</Name>\
         <Department>'2,3'</Department><MainDepartment>3</MainDepartment><IsLeaderInDept>'1,0'</IsLeaderInDept>\
         <DirectLeader>'zhangsan,lisi'</DirectLeader><Position>'CTO'</Position><Mobile>'+86 1'</Mobile>\
         <Gender>2</Gender><Email>'a@b'</Email><BizMail>'a@c'</BizMail><Status>1</Status>\
         <Avatar>'https://x/0'</Avatar><Alias>'A'</Alias><Telephone>'010'</Telephone><Address>'Street'</Address>",
        "<ChangeType>'create_user'</ChangeType><UserID>'ann'</UserID><Name>'Ann <]]''> & Co'</Name>\
         <Department>'2,3'</Department><MainDepartment>3</MainDepartment><IsLeaderInDept>'1,0'</IsLeaderInDept>\
         <DirectLeader>'zhangsan,lisi'</DirectLeader><Position>'CTO'</Position><Status>1</Status>\
         <Alias>'A'</Alias><Telephone>'010'</Telephone>",
    ),
    ("PUT /members/ANN", r#"{"userId":"ann"}"#, "", ""),
    (
        "PUT /members/ann",
        r#"{"position":"","status":2}"#,
        "<ChangeType>'update_user'</ChangeType><UserID>'ann'</UserID><Position>''</Position><Status>2</Status>",
        "<ChangeType>'update_user'</ChangeType><UserID>'ann'</UserID><Position>''</Position><Status>2</Status>",
    ),
    (
        "PUT /members/ann",
        r#"{"mobile":"+86 2"}"#,
        "<ChangeType>'update_user'</ChangeType><UserID>'ann'</UserID><Mobile>'+86 2'</Mobile>",
        "",
    ),
    (
        "PUT /members/ann",
        r#"{"newUserId":"anna","name":"Anna"}"#,
        "<ChangeType>'update_user'</ChangeType><UserID>'ann'</UserID><NewUserID>'anna'</NewUserID><Name>'Anna'</Name>",
        "<ChangeType>'update_user'</ChangeType><UserID>'ann'</UserID><NewUserID>'anna'</NewUserID><Name>'Anna'</Name>",
    ),
    // Out of sight: the app hears of it once more.
    (
        "PUT /members/anna",
        r#"{"departments":[{"id":1}],"mainDepartment":null}"#,
        "<ChangeType>'update_user'</ChangeType><UserID>'anna'</UserID><Department>'1'</Department>\
         <MainDepartment>1</MainDepartment><IsLeaderInDept>'0'</IsLeaderInDept>",
        "<ChangeType>'update_user'</ChangeType><UserID>'anna'</UserID><Department>'1'</Department>\
         <MainDepartment>1</MainDepartment><IsLeaderInDept>'0'</IsLeaderInDept>",
    ),
    ("DELETE /members/anna", "", "<ChangeType>'delete_user'</ChangeType><UserID>'anna'</UserID>", ""),
    (
        "PUT /departments/7",
        r#"{"name":"Lab","parentId":2,"order":5}"#,
        "<ChangeType>'create_party'</ChangeType><Id>7</Id><Name>'Lab'</Name><ParentId>2</ParentId><Order>5</Order>",
        "<ChangeType>'create_party'</ChangeType><Id>7</Id><Name>'Lab'</Name><ParentId>2</ParentId><Order>5</Order>",
    ),
    (
        "PUT /departments/7",
        r#"{"name":"Works"}"#,
        "<ChangeType>'update_party'</ChangeType><Id>7</Id><Name>'Works'</Name>",
        "<ChangeType>'update_party'</ChangeType><Id>7</Id><Name>'Works'</Name>",
    ),
    ("PUT /departments/7", r#"{"order":6}"#, "", ""),
    (
        "PUT /departments/7",
        r#"{"parentId":1}"#,
        "<ChangeType>'update_party'</ChangeType><Id>7</Id><ParentId>1</ParentId>",
        "<ChangeType>'update_party'</ChangeType><Id>7</Id><ParentId>1</ParentId>",
    ),
    ("DELETE /departments/7", "", "<ChangeType>'delete_party'</ChangeType><Id>7</Id>", ""),
    (
        "POST /tags/4",
        r#"{"addMembers":["ZHANGSAN","outsider"],"removeMembers":["lisi"],"addDepartments":[1,2],"removeDepartments":[1]}"#,
        "<ChangeType>'update_tag'</ChangeType><TagId>4</TagId><AddUserItems>'zhangsan,outsider'</AddUserItems>\
         <DelUserItems>'lisi'</DelUserItems><AddPartyItems>'1,2'</AddPartyItems><DelPartyItems>'1'</DelPartyItems>",
        "<ChangeType>'update_tag'</ChangeType><TagId>4</TagId><AddUserItems>'zhangsan'</AddUserItems>\
         <DelUserItems>'lisi'</DelUserItems><AddPartyItems>'2'</AddPartyItems>",
    ),
    (
        "POST /tags/4",
        r#"{"addMembers":["outsider"]}"#,
        "<ChangeType>'update_tag'</ChangeType><TagId>4</TagId><AddUserItems>'outsider'</AddUserItems>",
        "",
    ),
];

/// The same, to an app whose events are trimmed.
const TRIMMED: &[(&str, &str, &str)] = &[
    (
        "PUT /members/ann",
        r#"{"departments":[{"id":2},{"id":3}],"mobile":"+86 1"}"#,
        "<ChangeType>'create_user'</ChangeType><UserID>'ann'</UserID><Department>'2,3'</Department>",
    ),
    ("PUT /members/ann", r#"{"name":"Ann"}"#, "<ChangeType>'update_user'</ChangeType><UserID>'ann'</UserID>"),
    ("PUT /members/ann", r#"{"name":"Ann"}"#, ""),
    (
        "PUT /members/ann",
        r#"{"newUserId":"anna","departments":[{"id":1}]}"#,
        "<ChangeType>'update_user'</ChangeType><UserID>'ann'</UserID><NewUserID>'anna'</NewUserID>\
         <Department>'1'</Department>",
    ),
    ("DELETE /members/anna", "", "<ChangeType>'delete_user'</ChangeType><UserID>'anna'</UserID>"),
    (
        "PUT /departments/7",
        r#"{"name":"Lab","parentId":2}"#,
        "<ChangeType>'create_party'</ChangeType><Id>7</Id><ParentId>2</ParentId>",
    ),
    ("PUT /departments/7", r#"{"name":"Works"}"#, ""),
    (
        "PUT /departments/7",
        r#"{"name":"Lab","parentId":3}"#,
        "<ChangeType>'update_party'</ChangeType><Id>7</Id><ParentId>3</ParentId>",
    ),
    ("DELETE /departments/7", "", "<ChangeType>'delete_party'</ChangeType><Id>7</Id>"),
];

async fn edit(world: &World, route: &str, body: &str) {
    let route = route.replacen(" /", &format!(" /sim/companies/{CORP}/"), 1);
    let answer = world.control(&route, body).await;
    assert_eq!(answer.status, 200, "{route} {body}: {}", answer.body);
}

async fn check(world: &World, receiver: &Receiver, expected: &str, of: &str) {
    let heard = told(&receiver.documents(&world.sim).await, world.sim.now_ms());
    let expected = if expected.is_empty() { vec![] } else { vec![expected] };
    assert_eq!(heard, expected, "{of}");
}

#[tokio::test]
async fn every_edit_tells_those_who_see_it() {
    let world = World::demo().await;
    let (all, some) = (Receiver::of_app(&world.sim, OLD).await, Receiver::of_app(&world.sim, DEMO).await);
    for (route, body, to_all, to_some) in EDITS {
        edit(&world, route, body).await;
        check(&world, &all, to_all, &format!("{route} {body} to all")).await;
        check(&world, &some, to_some, &format!("{route} {body} to some")).await;
    }
}

#[tokio::test]
async fn trimmed_events_say_who_and_where() {
    let world = World::demo().await;
    let mut receiver = Receiver::start(PushFormat::Xml).await;
    receiver.callback.trimmed = Some(true);
    receiver.serve_app(&world.sim, OLD);
    for (route, body, expected) in TRIMMED {
        edit(&world, route, body).await;
        check(&world, &receiver, expected, &format!("{route} {body}")).await;
    }
}

#[tokio::test]
async fn json_says_the_same_inside_and_outside() {
    let world = World::demo().await;
    let receiver = Receiver::start(PushFormat::Json).await;
    receiver.serve_app(&world.sim, OLD);
    edit(&world, "PUT /departments/7", r#"{"name":"Lab","parentId":2}"#).await;
    let got = receiver.got(&world.sim).await.remove(0);
    assert_eq!(got.content_type, "application/json");
    let envelope: serde_json::Value = serde_json::from_str(&got.body).unwrap();
    let names: Vec<_> = envelope.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["agentid", "encrypt", "tousername"]);
    assert_eq!((&envelope["agentid"], &envelope["tousername"]), (&json!("1000004"), &json!(CORP)));
    let (document, receive_id) = got.opened.unwrap();
    let mut document: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert!(document["CreateTime"].take().as_u64().unwrap().abs_diff(world.sim.now_ms() / 1000) < 30);
    let expected = json!({
        "ToUserName": CORP, "FromUserName": "sys", "CreateTime": null, "MsgType": "event",
        "Event": "change_contact", "ChangeType": "create_party", "Id": 7, "Name": "Lab", "ParentId": 2, "Order": 0,
    });
    assert_eq!((document, receive_id.as_str()), (expected, CORP));
}

#[tokio::test]
async fn xml_stands_in_an_envelope_of_xml() {
    let world = World::demo().await;
    let receiver = Receiver::of_app(&world.sim, OLD).await;
    world.sim.advance(std::time::Duration::from_secs(7200));
    edit(&world, "DELETE /members/zhaoliu", "").await;
    let got = receiver.got(&world.sim).await.remove(0);
    assert_eq!(got.content_type, "text/xml");
    let around =
        format!("<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><AgentID><![CDATA[1000004]]></AgentID><Encrypt><![CDATA[");
    assert!(got.body.starts_with(&around) && got.body.ends_with("]]></Encrypt></xml>"), "{}", got.body);
    let (document, receive_id) = got.opened.unwrap();
    assert_eq!(receive_id, CORP);
    // The time is the simulator's, in the query too.
    let seconds = got.query["timestamp"].parse::<u64>().unwrap();
    assert!(seconds.abs_diff(world.sim.now_ms() / 1000) < 30, "{seconds}");
    let time = document.split_once("<CreateTime>").unwrap().1.split_once('<').unwrap().0;
    assert_eq!(
        document,
        format!(
            "<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName>\
             <CreateTime>{time}</CreateTime><MsgType><![CDATA[event]]></MsgType>\
             <Event><![CDATA[change_contact]]></Event><ChangeType><![CDATA[delete_user]]></ChangeType>\
             <UserID><![CDATA[zhaoliu]]></UserID></xml>"
        )
    );
}

#[tokio::test]
async fn a_disabled_app_hears_nothing() {
    let world = World::demo().await;
    let receiver = Receiver::of_app(&world.sim, OLD).await;
    world.sim.change_app(CORP, OLD, AppChange { enabled: Some(false), ..AppChange::default() }).unwrap();
    edit(&world, "DELETE /members/zhaoliu", "").await;
    assert!(receiver.got(&world.sim).await.is_empty() && world.sim.pushes().is_empty());
}
