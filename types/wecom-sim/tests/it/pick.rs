//! Choosing a member where there are too many for a button each.

use serde_json::json;

use crate::World;

const BACK: &str = "http%3A%2F%2Fa.example%2F";

async fn large() -> World {
    let members: Vec<_> = (0..300)
        // Every third one has left.
        .map(|it| json!({ "userId": format!("m{it}"), "status": if it % 3 == 0 { 5 } else { 1 } }))
        .chain((300..350).map(|it| json!({ "userId": format!("m{it}") })))
        .collect();
    World::of(&[json!({ "corpId": "wwmany", "members": members, "apps": [{ "agentId": 1, "secret": "s" }] })]).await
}

#[tokio::test]
async fn the_others_are_chosen_by_their_userid() {
    let world = large().await;
    let page = format!("/wwlogin/sso/login?login_type=CorpApp&appid=wwmany&agentid=1&redirect_uri={BACK}");
    assert_eq!(world.get(&page).await.status, 200);
    let key = world.sim.open_qr_logins()[0].key.clone();
    let phone = world.get(&format!("/sim/phone?key={key}&lang=en")).await.body;
    let login =
        format!("/connect/oauth2/authorize?appid=wwmany&agentid=1&redirect_uri={BACK}&response_type=code&scope=snsapi_base");
    let client = world.client.get(format!("{}{login}&lang=en", world.base)).header("user-agent", "wxwork");
    let client = world.send(client).await.body;
    for (page, action) in [(&phone, "/sim/phone/scan"), (&client, "/sim/client")] {
        assert_eq!(page.matches("<button class=\"person\"").count(), 200, "{page}");
        assert!(page.contains("50 more members are not listed; write the userid."), "{page}");
        assert_eq!(page.matches(&format!(r#"action="{action}""#)).count(), 2, "{page}");
        assert_eq!(page.matches("<input name=\"userId\"").count(), 1, "{page}");
        assert!(!page.contains("\"m349\""), "{page}");
    }
    let scanned = world.form("/sim/phone/scan", &format!("key={key}&userId=M349"), &[]).await;
    assert_eq!(scanned.status, 303, "{}", scanned.body);
    assert_eq!(world.sim.open_qr_logins()[0].user_id.as_deref(), Some("m349"));

    let back = login.replace('%', "%25").replace('&', "%26");
    for (user_id, chosen) in [("M349", true), ("m0", false), ("nobody", false)] {
        let answer = world.form("/sim/client", &format!("userId={user_id}&back={back}&lang=en"), &[]).await;
        assert_eq!(!answer.header("set-cookie").is_empty(), chosen, "{user_id}");
        assert_eq!(answer.body.contains("No such member"), !chosen, "{user_id}: {}", answer.body);
        assert_eq!(answer.status, if chosen { 303 } else { 200 }, "{user_id}");
    }
}

#[tokio::test]
async fn few_have_a_button_each() {
    let world = World::demo().await;
    let key = world.key().await;
    let page = world.get(&format!("/sim/phone?key={key}&lang=en")).await.body;
    assert!(page.contains(r#"value="outsider""#) && !page.contains("<input name=\"userId\""), "{page}");
}
