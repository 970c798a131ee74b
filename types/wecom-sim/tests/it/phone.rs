//! The simulated phone, by its forms.

use std::time::Duration;

use crate::{Answer, World, client_that_stays};

impl World {
    /// Sends a form as a browser on this origin does, following no redirect.
    pub(crate) async fn form(&self, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = client_that_stays().post(format!("{}{path}", self.base));
        if headers.iter().all(|(name, _)| *name != "origin") {
            request = request.header("origin", &self.base);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(body.to_owned())).await
    }
}

#[tokio::test]
async fn a_login_by_forms_alone() {
    let world = World::demo().await;
    let none = world.get("/sim/phone").await;
    assert!(none.body.contains("现在没有等待扫码的二维码"), "{}", none.body);
    let key = world.key().await;
    let list = world.get("/sim/phone?lang=en").await.body;
    assert!(list.contains(&format!(r#"data-key="{key}" href="/sim/phone?key={key}&amp;lang=en""#)), "{list}");
    let pick = world.get(&format!("/sim/phone?key={key}&lang=en")).await.body;
    assert!(pick.contains("Scan as whom?") && pick.contains(r#"name="userId" value="WangWu""#), "{pick}");
    assert!(!pick.contains("zhaoliu"), "the disabled are not offered: {pick}");

    let scanned = world.form("/sim/phone/scan", &format!("key={key}&userId=zhangsan&lang=en"), &[]).await;
    let next = format!("/sim/phone?key={key}&lang=en");
    assert_eq!((scanned.status, scanned.header("location")), (303, next.as_str()));
    let ask = world.get(&next).await.body;
    for part in
        ["Log in to Demo?", "As 张三 (zhangsan)", "Then back to http://app.example:8080", "id=\"confirm\"", "id=\"refuse\""]
    {
        assert!(ask.contains(part), "{part}: {ask}");
    }
    let confirmed = world.form("/sim/phone/confirm", &format!("key={key}&lang=en"), &[]).await;
    assert_eq!((confirmed.status, confirmed.header("location")), (303, next.as_str()));
    assert!(world.get(&next).await.body.contains("Done. Look at your browser."));
    let again = world.form("/sim/phone/refuse", &format!("key={key}&lang=en"), &[]).await;
    assert!(again.body.contains("This was decided before"), "{}", again.body);

    let key = world.key().await;
    world.form("/sim/phone/scan", &format!("key={key}&userId=lisi"), &[]).await;
    world.form("/sim/phone/refuse", &format!("key={key}"), &[]).await;
    assert!(world.get(&format!("/sim/phone?key={key}")).await.body.contains("已取消登录"));
    let paths: Vec<_> = world.sim.journal().into_iter().map(|entry| (entry.path, entry.status)).collect();
    let expected = [
        ("/wwlogin/sso/login", 200),
        ("/sim/phone/scan", 303),
        ("/sim/phone/confirm", 303),
        ("/sim/phone/refuse", 200),
        ("/wwlogin/sso/login", 200),
        ("/sim/phone/scan", 303),
        ("/sim/phone/refuse", 303),
    ];
    assert_eq!(paths, expected.map(|(path, status)| (path.to_owned(), status)));
}

#[tokio::test]
async fn what_can_be_wrong() {
    let world = World::demo().await;
    let key = world.key().await;
    for (path, body, status, expected) in [
        ("scan", format!("key={key}&userId=outsider&lang=en"), 403, "outsider is outside the visible range"),
        ("scan", format!("key={key}&userId=zhaoliu"), 200, "没有这位成员"),
        ("scan", "key=0&userId=lisi&lang=en".to_owned(), 404, "no longer valid"),
        ("scan", "lang=en".to_owned(), 404, "no longer valid"),
        ("confirm", format!("key={key}&lang=en"), 200, "Not scanned yet"),
    ] {
        let answer = world.form(&format!("/sim/phone/{path}"), &body, &[]).await;
        assert_eq!(answer.status, status, "{path} {body}");
        assert!(answer.body.contains(expected), "{path} {body}: {}", answer.body);
    }
    assert_eq!(world.sim.open_qr_logins().len(), 1, "the session still waits");
    for (origin, status) in [("http://evil.example", 403), ("null", 403), (world.base.as_str(), 303)] {
        let body = format!("key={key}&userId=lisi");
        let answer = world.form("/sim/phone/scan", &body, &[("origin", origin)]).await;
        assert_eq!(answer.status, status, "{origin}");
    }
    let browser = [("origin", "null"), ("sec-fetch-site", "same-origin")];
    assert_eq!(world.form("/sim/phone/confirm", &format!("key={key}"), &browser).await.status, 303);
    world.sim.advance(Duration::from_secs(301));
    let gone = world.get(&format!("/sim/phone?key={key}&lang=en")).await;
    assert!(gone.status == 404 && gone.body.contains("Refresh the login page"), "{}", gone.body);
    let elsewhere = world.client.get(format!("{}/sim/phone", world.base)).header("host", "evil.example");
    assert_eq!(world.send(elsewhere).await.status, 403);
}
