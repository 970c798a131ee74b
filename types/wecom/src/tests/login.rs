//! The Type's methods, as an author of an app meets them.
use super::*;
use crate::QywxInnerAuthModel;
use element::{Caller, Error, ErrorKind, Session, code};
use std::{sync::Arc, time::Duration};

#[tokio::test(start_paused = true)]
async fn a_login_goes_from_config_to_login_code() {
    let host = wecom(|_| None);
    let (ctx, inner) = (host.ctx_of(Caller::Anonymous), inner());
    let config = serde_json::to_value(inner.get_login_config(&ctx, None, None, None).await.unwrap()).unwrap();
    let state = config["state"].as_str().unwrap();
    assert_eq!(
        config,
        json!({
            "corpId": "ww1", "agentId": "1000002", "redirectUri": "https://a.com/callback", "state": state,
            "qrUrl": format!("https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=CorpApp&appid=ww1\
                              &agentid=1000002&redirect_uri=https%3A%2F%2Fa.com%2Fcallback&state={state}"),
            "stateExpiresAt": ctx.now() + 600_000,
            "panel": {
                "login_type": "CorpApp", "appid": "ww1", "agentid": "1000002", "redirect_uri": "https://a.com/callback",
                "state": state,
            },
            "legacyPanel": {
                "appid": "ww1", "agentid": "1000002", "redirect_uri": "https%3A%2F%2Fa.com%2Fcallback", "state": state,
                "href": "", "self_redirect": false,
            },
            "inClientConsentUrl": config["inClientUrl"].as_str().unwrap().replace("snsapi_base", "snsapi_privateinfo"),
            "panelUrl": format!("{}&redirect_type=top&panel_size=middle&color_scheme=auto", config["qrUrl"].as_str().unwrap()),
            "legacyQrUrl": format!("https://open.work.weixin.qq.com/wwopen/sso/qrConnect?appid=ww1&agentid=1000002\
                                    &redirect_uri=https%3A%2F%2Fa.com%2Fcallback&state={state}"),
            "inClientAgent": "wxwork",
            "inClientUrl": format!("https://open.weixin.qq.com/connect/oauth2/authorize?appid=ww1\
                                    &redirect_uri=https%3A%2F%2Fa.com%2Fcallback&response_type=code&scope=snsapi_base\
                                    &state={state}&agentid=1000002#wechat_redirect"),
        })
    );

    assert_eq!(inner.get_login_code(&ctx, "", Some(state)).await.unwrap_err().kind, ErrorKind::InvalidArgs);
    assert_eq!(inner.get_login_code(&ctx, "c", None).await.unwrap_err().code, code::STATE_MISSING);
    let mut result = serde_json::to_value(inner.get_login_code(&ctx, "c", Some(state)).await.unwrap()).unwrap();
    assert!(result["loginCode"].take().as_str().is_some_and(|it| it.len() >= 43));
    assert_eq!(
        result,
        json!({
            "loginCode": null, "corpList": [{"corpId": "ww1", "corpName": "ww1"}], "userId": "zhangsan", "name": "张三",
            "department": [1], "departmentNames": ["Acme"], "status": 1, "isLeader": true,
            "notGranted": ["mobile", "email", "avatar", "mainDepartment", "position", "gender"],
            "raw": {"is_leader_in_dept": [1]},
        })
    );
    assert_eq!(inner.get_login_code(&ctx, "d", Some(state)).await.unwrap_err().code, code::STATE_INVALID);
    assert!(inner.get_login_code(&ctx, "c", Some(state)).await.is_ok(), "a reload of the page");
    assert_eq!(host.count("getuserinfo"), 1);
}

/// Whoever logs in is in the model from then on, and what WeCom did not grant this time stays as it was.
#[tokio::test(start_paused = true)]
async fn whoever_logs_in_is_kept_as_a_member() {
    let host = wecom(|seen| {
        let first = json!({"errcode": 0, "userid": "zhangsan", "name": "张三", "department": [1], "position": "Boss", "mobile": "1"});
        is(seen, "/user/get").then(|| match seen.before {
            0 | 1 => first,
            _ => json!({"errcode": 0, "userid": "zhangsan", "name": "张三丰", "department": [1, 2], "position": ""}),
        })
    });
    let (ctx, inner) = (host.ctx(), inner());
    let kept = async || {
        inner.get_login_code(&ctx, "c", None).await.unwrap();
        let record: Option<element::Record> = ctx.records(QywxInnerAuthModel::FULL_NAME).get("ww1/zhangsan").await.unwrap();
        record.unwrap()
    };
    let first = kept().await;
    let now = ctx.now();
    assert_eq!(
        first.value,
        json!({
            "id": "ww1/zhangsan", "userId": "zhangsan", "name": "张三", "mobile": "1", "email": null, "avatar": null,
            "department": [1], "position": "Boss", "gender": null, "status": null, "isLeader": null,
            "accessToken": null, "refreshToken": null, "expiresAt": null, "seenBy": ["1000002"], "createdAt": now,
            "updatedAt": now,
        })
    );
    host.advance(Duration::from_secs(1));
    assert_eq!(kept().await, first, "nothing new is not written");
    let third = kept().await;
    let told = |name: &str| third.value[name].clone();
    assert_eq!((third.version, told("name"), told("mobile"), told("position")), (2, "张三丰".into(), "1".into(), "".into()));
    assert_eq!((told("department"), told("createdAt"), told("updatedAt")), (json!([1, 2]), now.into(), (now + 1000).into()));
}

#[tokio::test(start_paused = true)]
async fn who_is_no_member_gets_no_login_code() {
    for (answer, expected) in [
        (json!({"openid": "o1"}), json!({"corpList": [], "openid": "o1"})),
        (
            json!({"openid": "o1", "external_userid": "wm1"}),
            json!({"corpList": [], "openid": "o1", "externalUserId": "wm1"}),
        ),
        (json!({"userid": "ww2/li"}), json!({"corpList": [], "linkedCorpId": "ww2", "linkedUserId": "li"})),
    ] {
        let host = wecom(move |seen| is(seen, "getuserinfo").then(|| answer.clone()));
        let result = inner().get_login_code(&host.ctx(), "c", None).await.unwrap();
        assert_eq!(serde_json::to_value(result).unwrap(), expected);
        assert_eq!(host.count("/user/get"), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn refusals_pass_through_with_their_number_and_without_secrets() {
    async fn login(call: &'static str, code: i64) -> Error {
        let host = wecom(move |seen| is(seen, call).then(|| refuse(code, seen)).flatten());
        inner().get_login_code(&host.ctx(), "CODE-of-zhangsan", None).await.unwrap_err()
    }
    for (call, code, kind) in [
        ("gettoken", 40001, ErrorKind::Upstream),
        ("gettoken", 40013, ErrorKind::Upstream),
        ("gettoken", 50003, ErrorKind::Upstream),
        ("getuserinfo", 40029, ErrorKind::Refused),
        ("getuserinfo", 42022, ErrorKind::Refused),
        ("getuserinfo", 50001, ErrorKind::Refused),
        ("getuserinfo", 60020, ErrorKind::Upstream),
        ("getuserinfo", 45009, ErrorKind::RateLimited),
        ("getuserinfo", 12345, ErrorKind::Upstream),
        ("/user/get", 60111, ErrorKind::Refused),
        ("/user/get", 60011, ErrorKind::Refused),
        ("/user/get", 50002, ErrorKind::Refused),
        ("/user/get", 48002, ErrorKind::Upstream),
    ] {
        let error = login(call, code).await;
        assert_eq!((error.kind, error.code), (kind, code), "{call}");
        assert!(error.internal.contains("from ip: 1.2.3.4"), "WeCom's words are for the log: {error:?}");
        for secret in [SECRET, "TOKEN-0", "CODE-of-zhangsan"] {
            assert!(!format!("{error:?}").contains(secret), "{error:?}");
        }
    }
    assert!(login("getuserinfo", 60020).await.message.contains("1.2.3.4"));
}

#[tokio::test(start_paused = true)]
async fn a_member_who_left_or_is_disabled_does_not_log_in() {
    for (status, allowed) in [(1, true), (2, false), (4, true), (5, false)] {
        let host = wecom(move |seen| is(seen, "/user/get").then(|| json!({"userid": "zhangsan", "status": status})));
        let code = inner().get_login_code(&host.ctx(), "c", None).await.err().map(|e| e.code);
        assert_eq!(code, (!allowed).then_some(code::NOT_A_MEMBER), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_is_logged_in_reads_the_own_profile_only() {
    let session = |corp: &str| {
        Caller::Session(Session { app: "acme.demo".into(), user: "ZhangSan".into(), corp: corp.into(), id: "s1".into() })
    };
    let element = Caller::Element { name: "x.A".into(), on_behalf_of: Arc::new(session("ww1")) };
    for (caller, user_id, refused) in [
        (session("ww1"), "zhangsan", None),
        (session("ww1"), "lisi", Some(ErrorKind::Refused)),
        (session("ww1"), "", Some(ErrorKind::Refused)),
        (session("ww2"), "zhangsan", Some(ErrorKind::Refused)),
        (Caller::Anonymous, "zhangsan", Some(ErrorKind::Unauthenticated)),
        (element, "lisi", None),
        (Caller::Admin, "lisi", None),
        (Caller::Operator, "lisi", None),
    ] {
        let host = wecom(|_| None);
        let outcome = inner().get_user_info(&host.ctx_of(caller.clone()), user_id).await;
        assert_eq!(outcome.err().map(|e| e.kind), refused, "{caller:?} {user_id}");
        assert_eq!(host.count("gettoken"), usize::from(refused.is_none()));
    }
    let host = wecom(|seen| is(seen, "/user/get").then(|| refuse(60111, seen)).flatten());
    let error = inner().get_user_info(&host.ctx(), "nobody").await.unwrap_err();
    assert_eq!((error.kind, error.code), (ErrorKind::NotFound, 60111));
}

#[tokio::test(start_paused = true)]
async fn who_is_switched_off_lets_nobody_in() {
    let host = wecom(|_| None);
    let inner: QywxInner = serde_json::from_value(json!({
        "corpId": "ww1", "corpSecret": SECRET, "agentId": 1, "redirectUri": "https://a.com", "isActive": false,
    }))
    .unwrap();
    assert!(!inner.is_active().await.unwrap());
    assert_eq!(inner.get_login_config(&host.ctx(), None, None, None).await.unwrap_err().code, code::LOGIN_INACTIVE);
    assert_eq!(inner.get_login_code(&host.ctx(), "c", None).await.unwrap_err().code, code::LOGIN_INACTIVE);
    assert!(inner.get_user_info(&host.ctx(), "zhangsan").await.is_ok(), "it is only no way in");
}

#[tokio::test(start_paused = true)]
async fn who_is_not_bound_stays_out_where_only_known_people_come_in() {
    let host = wecom(|_| None);
    let inner: QywxInner = serde_json::from_value(json!({
        "corpId": "ww1", "corpSecret": SECRET, "agentId": 1, "redirectUri": "https://a.com", "knownUsersOnly": true,
    }))
    .unwrap();
    assert_eq!(inner.get_login_code(&host.ctx(), "c", None).await.unwrap_err().code, code::NOT_KNOWN);
    host.bind_everybody();
    assert!(inner.get_login_code(&host.ctx(), "c", None).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_access_token_is_the_shared_one() {
    let host = wecom(|_| None);
    for _ in 0..2 {
        assert_eq!(inner().get_access_token(&host.ctx()).await.unwrap(), "TOKEN-0");
    }
    assert_eq!(host.count("gettoken"), 1);
}

#[test]
fn properties_show_the_config_without_its_secret() {
    let inner = inner();
    assert_eq!(
        serde_json::to_value(inner.auth_config()).unwrap(),
        json!({
            "corpId": "ww1", "corpSecret": "******", "agentId": "1000002", "redirectUri": "https://a.com/callback",
            "isActive": true, "knownUsersOnly": false,
        })
    );
    assert!(!format!("{inner:?}").contains(SECRET));
    assert_eq!(inner.auth_type(), "auths.loginTypes.QywxInnerType");
    assert_eq!(inner.auth_model_elem_name(), "auths.loginTypes.QywxInnerType.QywxInnerAuthModel");
}

/// Merges `change` into a good config; gives the mistake, or nothing.
fn mistake(change: &Value) -> String {
    let mut config = json!({"corpId": "ww1", "corpSecret": SECRET, "agentId": "1000002", "redirectUri": "http://a.com"});
    for (key, value) in change.as_object().unwrap() {
        config[key] = value.clone();
    }
    serde_json::from_value::<QywxInner>(config).map_or_else(|e| e.to_string(), |_| String::new())
}

#[test]
fn a_config_is_checked_when_it_is_read() {
    for good in [
        json!({}),
        json!({"agentId": 1_000_002}),
        json!({"redirectUri": "https://a.com:8443/api/auth/qywx/callback?x=1"}),
        json!({"corpName": "Acme"}),
    ] {
        assert_eq!(mistake(&good), "", "{good}");
    }
    for (bad, named) in [
        (json!({"corpId": ""}), "`corpId`"),
        (json!({"corpId": "ww 1"}), "`corpId`"),
        (json!({"agentId": "AgentId"}), "`agentId`"),
        (json!({"agentId": ""}), "`agentId`"),
        (json!({"agentId": -1}), "`agentId`"),
        (json!({"agentId": 1.5}), "`agentId`"),
        (json!({"agentId": null}), "`agentId`"),
        (json!({"agentId": SECRET}), "`agentId`"),
        (json!({"corpId": format!("{SECRET} ")}), "`corpId`"),
        (json!({"redirectUri": format!("{SECRET}/callback")}), "`redirectUri`"),
        (json!({"redirectUri": "ftp://a.com"}), "`redirectUri`"),
        (json!({"redirectUri": "https://a.com/#/login"}), "`redirectUri`"),
        (json!({"redirectUri": "https://me:pw@a.com/"}), "`redirectUri`"),
        (json!({"redirectUri": ""}), "`redirectUri`"),
        (json!({"corpSecrt": "x"}), "unknown field `corpSecrt`"),
    ] {
        let mistake = mistake(&bad);
        assert!(mistake.contains(named), "{bad}: {mistake}");
        assert!(!mistake.contains(SECRET), "{mistake}");
    }
}

#[test]
fn what_the_type_offers_is_what_is_documented() {
    let offered: Vec<_> = element::def::linked()
        .filter_map(|it| match it {
            element::def::Linked::Type(it) => Some(element::def::TypeInfo::from(*it)),
            _ => None,
        })
        .filter(|it| it.full_name == QywxInner::FULL_NAME)
        .flat_map(|it| it.methods)
        .map(|it| (it.name, it.access))
        .collect();
    let expected = [
        ("getLoginConfig", None),
        ("getLoginCode", None),
        ("isActive", None),
        ("getUserInfo", Some(element::Access::Session)),
        ("getAccessToken", None),
        ("getJsSdkConfig", Some(element::Access::Session)),
        ("syncUserInfo", None),
        ("syncDepartmentInfo", None),
        ("syncOnSchedule", None),
        ("notify", Some(element::Access::Public)),
        ("followChange", None),
        ("authConfig", None),
        ("authType", None),
        ("authModelElemName", None),
    ];
    assert_eq!(offered, expected.map(|(name, access)| (name.to_owned(), access)));
}
