//! A company of 10,000 members in 500 departments, put in and read as a synchronization reads it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::World;

const DEPARTMENTS: u32 = 500;
const MEMBERS: u32 = 10_000;

/// Each department stands below the one of a fifth of its number, or below the root.
fn company() -> Value {
    let department =
        |id: u32| json!({ "id": id, "name": format!("d{id}"), "parentId": id / 5 + u32::from(id > 1 && id < 5) });
    let member = |number: u32| {
        let id = number % DEPARTMENTS + 1;
        let also = number.is_multiple_of(10).then_some(json!({ "id": id % DEPARTMENTS + 1 }));
        let places: Vec<_> = std::iter::once(json!({ "id": id, "leader": number < DEPARTMENTS })).chain(also).collect();
        json!({
            "userId": format!("User{number:05}"), "name": format!("Member {number}"), "departments": places,
            "mobile": "+86 13800000000", "email": format!("user{number}@acme.example"),
            "directLeader": [format!("user{:05}", number / 2)],
            "extattr": { "attrs": [{ "type": 0, "name": "number", "text": { "value": number.to_string() } }] },
        })
    };
    json!({
        "corpId": "wwbig",
        "departments": (1..=DEPARTMENTS).map(department).collect::<Vec<_>>(),
        "members": (0..MEMBERS).map(member).collect::<Vec<_>>(),
        "apps": [{ "agentId": 1, "secret": "all" }, { "agentId": 2, "secret": "sync", "kind": "contactSync" },
            { "agentId": 3, "secret": "part", "visibleRange": { "departments": [2], "members": ["user00000"] } }],
    })
}

impl World {
    async fn big_token(&self, secret: &str) -> String {
        let token = self.get(&format!("/cgi-bin/gettoken?corpid=wwbig&corpsecret={secret}")).await.json();
        token["access_token"].as_str().unwrap().to_owned()
    }

    async fn big(&self, call: &str, token: &str) -> Value {
        let answer = self.get(&format!("/cgi-bin/{call}&access_token={token}")).await;
        assert_eq!(answer.errcode(), 0, "{call}: {}", answer.body.get(..200).unwrap_or(&answer.body));
        answer.json()
    }
}

fn rows<'a>(answer: &'a Value, list: &str) -> &'a [Value] {
    answer[list].as_array().unwrap()
}

#[tokio::test]
async fn it_is_read_department_by_department() {
    let world = World::demo().await;
    let put = world.control("POST /sim/companies", &company().to_string()).await;
    assert_eq!(put.body, r#"{"corpId":"wwbig","replaced":false}"#);
    let token = world.big_token("all").await;
    let departments = world.big("department/simplelist?", &token).await;
    let departments: Vec<_> = rows(&departments, "department_id").iter().map(|row| row["id"].as_u64().unwrap()).collect();
    assert_eq!((departments.len(), departments[0]), (500, 1));
    let (mut memberships, mut seen) = (0, BTreeSet::new());
    for id in departments {
        let listed = world.big(&format!("user/list?department_id={id}"), &token).await;
        memberships += rows(&listed, "userlist").len();
        seen.extend(rows(&listed, "userlist").iter().map(|row| row["userid"].as_str().unwrap().to_owned()));
    }
    assert_eq!((memberships, seen.len()), (11_000, 10_000));
    let everyone = world.big("user/list?department_id=1&fetch_child=1", &token).await;
    assert_eq!(rows(&everyone, "userlist").len(), 10_000);
    let tree = world.big("department/list?", &token).await;
    assert!(rows(&tree, "department").iter().all(|row| row["department_leader"].as_array().unwrap().len() == 1));
}

#[tokio::test]
async fn it_is_read_by_cursor_and_in_part() {
    let world = World::demo().await;
    world.control("POST /sim/companies", &company().to_string()).await;
    let call = format!("POST /cgi-bin/user/list_id?access_token={}", world.big_token("sync").await);
    let (mut cursor, mut memberships, mut calls) = (String::new(), BTreeSet::new(), 0);
    loop {
        let page = world.control(&call, &json!({ "cursor": cursor, "limit": 3000 }).to_string()).await.json();
        memberships.extend(rows(&page, "dept_user").iter().map(ToString::to_string));
        calls += 1;
        cursor = page["next_cursor"].as_str().unwrap().to_owned();
        if cursor.is_empty() {
            break;
        }
    }
    assert_eq!((memberships.len(), calls), (11_000, 4));
    // Department 2 and all below it: 10 to 14, 50 to 74, 250 to 374.
    let token = world.big_token("part").await;
    let part = world.big("department/simplelist?", &token).await;
    assert_eq!(rows(&part, "department_id").len(), 1 + 5 + 25 + 125);
    let leader = world.big("user/get?userid=USER00000", &token).await;
    assert_eq!(leader["userid"], "User00000");
}
