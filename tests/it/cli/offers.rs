//! Looking at what code offers: `types`, `schema`.
use super::program::run;
use expect_test::{Expect, expect};
use std::path::Path;

#[track_caller]
fn check(args: &[&str], expected: &Expect) {
    expected.assert_eq(&run(args, Path::new("/nowhere")));
}

#[test]
fn types_and_schema_show_what_code_offers() {
    check(
        &["types"],
        &expect![[r#"
            auths.loginTypes.Meta  Meta, linked from auths 0.1.0
                public    promised  getLoginConfig                            What a page needs to start a login
                public    promised  getLoginCode                              Trades the code that came back from the provider for the person it belongs to
                internal  promised  isActive                                  May people log in this way now? If not, it stands on no login page, and the sessions that it began do not count
            auths.loginTypes.QywxInnerType  Type of auths.loginTypes.Meta, linked from wecom 0.1.0
                public              getLoginConfig(href?, lang?, selfRedirect?)  What a page needs to start a login: ids, a new `state`, and the addresses of WeCom's pages, ready to open
                public              getLoginCode(authCode, state?)            Trades the code that came back from WeCom for the person
                internal            isActive()                                May people log in this way now?
                session             getUserInfo(userId)                       The profile of a member
                internal            getAccessToken()                          The app's access token, for calling WeCom
                session             getJsSdkConfig(url)                       What a page inside WeCom needs to use the JS-SDK: its own address, signed for the company and for the app
                internal            syncUserInfo(userId, dryRun?, forceUpdate?)  Brings one member's record up to what WeCom tells now
                internal  long      syncDepartmentInfo(deptId?, dryRun?, forceUpdate?)  Brings the records of departments, and of the members in them, up to what WeCom tells now
                internal  long      syncOnSchedule(turn)                      What the schedule calls
                public    raw       notify()                                  WeCom calls this: GET verifies the address, POST tells of a change
                internal            followChange(change)                      Brings the records up to date after WeCom told of a change
                internal  property  authConfig                                The config, secrets masked
                internal  property  authType                                  The Type's full name
                internal  property  authModelElemName                         The full name of the model that keeps the members: an element like others
            auths.loginTypes.QywxInnerType.QywxInnerAuthModel  model, linked from wecom 0.1.0
                internal            get(key)                                  The record with this key, or null
                internal            query(after?, filter?, limit?)            A page of the records whose top-level fields have these values, in the order of their keys
                internal            count(filter?)                            How many records have these values
                internal            delete(key)                               Takes the record with this key away; was there one?
            auths.loginTypes.QywxInnerType.QywxInnerDepartmentModel  model, linked from wecom 0.1.0
                internal            get(key)                                  The record with this key, or null
                internal            query(after?, filter?, limit?)            A page of the records whose top-level fields have these values, in the order of their keys
                internal            count(filter?)                            How many records have these values
                internal            delete(key)                               Takes the record with this key away; was there one?
            auths.loginTypes.QywxProxyType  Type of auths.loginTypes.Meta, linked from wecom 0.1.0
                public              getLoginConfig(corpId?, href?, lang?, orgCode?, selfRedirect?)  What a page needs to start a login of one company: ids, a new `state`, and the addresses of WeCom's pages, ready to open
                public              getLoginCode(code, corpId?, loginType?, state?)  Trades the code that came back from WeCom for the person, as the app in their company
                internal            isActive()                                May people log in this way now?
                internal            getInstallUrl(state?)                     A link that installs the app in a company: one of its administrators scans it as a QR code, or opens it
                internal            serves(corpId)                            How this login serves a company: the service asks it
                internal            corpIdOf(corpId)                          The company's id as the provider sees it, or null if it never authorized the template: the service asks it
                internal            receiveCallBack(asked)                    The answer to a callback, once what it says is kept; null if no token of this config signed it
                internal            followCallBack(key, anew?)                Does what follows from a callback that was kept
                internal            ticketAge()                               How old the template's ticket is: `suiteTicketAgeSeconds`, null if none came yet
                internal            lookAfterCallBacks()                      Has done what a host left behind that died
                internal  property  authConfig                                The template, secrets masked
                internal  property  authType                                  The Type's full name
                internal  property  authModelElemName                         The full name of the model that keeps the members: an element like others
            auths.loginTypes.QywxProxyType.QywxProxyAuthModel  model, linked from wecom 0.1.0
                internal            get(key)                                  The record with this key, or null
                internal            query(after?, filter?, limit?)            A page of the records whose top-level fields have these values, in the order of their keys
                internal            count(filter?)                            How many records have these values
                internal            delete(key)                               Takes the record with this key away; was there one?
            auths.loginTypes.QywxProxyType.QywxProxyCallbackModel  model, linked from wecom 0.1.0
                internal            get(key)                                  The record with this key, or null
                internal            query(after?, filter?, limit?)            A page of the records whose top-level fields have these values, in the order of their keys
                internal            count(filter?)                            How many records have these values
                internal            delete(key)                               Takes the record with this key away; was there one?
            auths.loginTypes.QywxProxyType.QywxProxyCompanyModel  model, linked from wecom 0.1.0
                internal            get(key)                                  The record with this key, or null
                internal            query(after?, filter?, limit?)            A page of the records whose top-level fields have these values, in the order of their keys
                internal            count(filter?)                            How many records have these values
                internal            delete(key)                               Takes the record with this key away; was there one?
            auths.loginTypes.QywxProxyType.services.QywxProxyAuthService  service, linked from wecom 0.1.0
                public    raw       notify()                                  WeCom calls this, for templates and for their apps in companies: GET verifies the address, POST tells of something
                public              loginByWorkbench(code, corpId, platform?, state?)  Logs in somebody who comes from WeCom's workbench: `getLoginCode` and `AuthSvc.loginByCode` in one call
                public              getLoginConfigByCode(code)                The login of a company, by its organisation code: as `getLoginConfig` of the element that serves the company
                internal            setCode(code, corpId)                     Gives a company an organisation code (组织代号), by which its people find their login
                internal            retryCallBack(recordId)                   Does again, or at last, what follows from a callback
                internal            workOnCallBack(key)                       Does what follows from a callback; what failed is tried again later
                internal            listCallBacks(after?, limit?, state?)     The callbacks that are kept, the newest first
                internal            getCallBack(recordId)                     One of them
                internal            vitals()                                  How old each template's ticket is, and how many callbacks wait for a try or for a person
            auths.loginTypes.services.AuthSvc  service, linked from auths 0.1.0
                public              loginByCode(loginCode, corp?, platform?)  Trades a login code for a session of seven days
                internal            checkSession(token)                       The session behind a token, or null if there is none (any more)
                public              logout(token)                             Ends a session
                internal            endSessions(corpId, elements)             Ends the sessions of a company's people, and the logins that are under way, when the company may not log in through some elements any more
                session             currentUser()                             Whom the session of this call belongs to; an element asks for whoever called it
                internal            bind(authType, authUserId, corpId, userId)  Ties a person of a provider to a user of the app
                internal            unbind(userId, authType?)                 Unties a user of the app from all persons, or from those of one Type, and ends the user's sessions
            exit 0
        "#]],
    );
    let schema = run(&["schema", "auths.loginTypes.QywxInnerType"], Path::new("/nowhere"));
    expect![[r##"
        {
          "$defs": {
            "AgentId": {
              "anyOf": [
                {
                  "type": "string"
                },
                {
                  "format": "uint64",
                  "minimum": 0,
                  "type": "integer"
                }
              ],
              "description": "AgentId of an app: digits, which may be written as a number too."
            },
            "Callback": {
              "additionalProperties": false,
              "description": "What the console shows at 接收消息服务器配置 (page 91144).",
              "properties": {
                "encodingAESKey": {
                  "$ref": "#/$defs/EncodingAesKey",
                  "description": "EncodingAESKey: what encrypts."
                },
                "token": {
                  "$ref": "#/$defs/CallbackToken",
                  "description": "Token: what signs."
                }
              },
              "required": [
                "token",
                "encodingAESKey"
              ],
              "type": "object"
            },
            "CallbackToken": {
              "description": "What signs callbacks (page 91144).",
              "format": "password",
              "minLength": 1,
              "type": "string",
              "writeOnly": true
            },
            "CorpId": {
              "description": "企业 ID.",
              "type": "string"
            },
            "EncodingAesKey": {
              "description": "What encrypts callbacks (page 91144).",
              "format": "password",
              "minLength": 1,
              "type": "string",
              "writeOnly": true
            },
            "Proxy": {
              "description": "The address of a proxy; a secret, because it may hold a password.",
              "format": "password",
              "minLength": 1,
              "type": "string",
              "writeOnly": true
            },
            "RedirectUri": {
              "description": "Where WeCom sends a person back to. Kept as it was written: WeCom compares its host and port with the app's domains.",
              "type": "string"
            },
            "SyncMinutes": {
              "description": "How often to sync, in minutes.",
              "format": "uint32",
              "minimum": 0,
              "type": "integer"
            }
          },
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "additionalProperties": false,
          "description": "企业微信自建应用: logging in by QR code in a browser, and without one inside the WeCom client.",
          "properties": {
            "agentId": {
              "$ref": "#/$defs/AgentId",
              "description": "AgentId of the app: 应用管理 → the app. Digits, as a text or a number."
            },
            "callback": {
              "anyOf": [
                {
                  "$ref": "#/$defs/Callback"
                },
                {
                  "type": "null"
                }
              ],
              "description": "Lets WeCom tell of changed contacts at once, at this element's `notify` address. The console shows both parts:\n应用管理 → the app → 接收消息 → 设置API接收."
            },
            "corpId": {
              "$ref": "#/$defs/CorpId",
              "description": "企业 ID, as the WeCom console shows it: 我的企业 → 企业信息."
            },
            "corpName": {
              "description": "The company's name for `corpList`. WeCom does not tell it to such an app; without it, it is `corpId`.",
              "type": [
                "string",
                "null"
              ]
            },
            "corpSecret": {
              "description": "Secret of the app: 应用管理 → the app → Secret.",
              "format": "password",
              "minLength": 1,
              "type": "string",
              "writeOnly": true
            },
            "isActive": {
              "default": true,
              "description": "Whether people may log in this way. If not, it stands on no login page, and the sessions that it began do not\ncount. Syncing and callbacks go on.",
              "type": "boolean"
            },
            "knownUsersOnly": {
              "default": false,
              "description": "Lets in only people who are bound to a user of the app, see `AuthSvc.bind`. It counts from the next login on:\nsessions that there are stay.",
              "type": "boolean"
            },
            "proxy": {
              "anyOf": [
                {
                  "$ref": "#/$defs/Proxy"
                },
                {
                  "type": "null"
                }
              ],
              "description": "An HTTP proxy for every call to WeCom, such as `http://10.0.0.1:3128`: WeCom takes calls from the app's 企业可信IP\nonly, and a company may have just one of those."
            },
            "redirectUri": {
              "$ref": "#/$defs/RedirectUri",
              "description": "Where WeCom sends people back to. Its host, with its port, is registered at 应用管理 → the app → 企业微信授权登录\nand 网页授权及JS-SDK."
            },
            "syncEveryMinutes": {
              "anyOf": [
                {
                  "$ref": "#/$defs/SyncMinutes"
                },
                {
                  "type": "null"
                }
              ],
              "description": "Syncs departments and members so often, and once as soon as the element is there; into the records of the app that\nhas this config, not of those that inherit it. Without it they are synced when somebody calls `syncDepartmentInfo`."
            }
          },
          "required": [
            "corpId",
            "corpSecret",
            "agentId",
            "redirectUri"
          ],
          "title": "QywxInner",
          "type": "object"
        }
        exit 0
    "##]].assert_eq(&schema);
    check(
        &["schema", "auths.loginTypes.QywxInerType"],
        &expect![[r#"
        ! error: there is no Type `auths.loginTypes.QywxInerType`; did you mean `auths.loginTypes.QywxInnerType`?
        exit 1
    "#]],
    );
    check(
        &["schema", "banana"],
        &expect![[r#"
        ! error: there is no Type `banana`
        exit 1
    "#]],
    );
    check(
        &["schema", "auths.loginTypes.services.AuthSvc"],
        &expect![[r#"
        ! error: `auths.loginTypes.services.AuthSvc` has no config
        exit 1
    "#]],
    );
}
