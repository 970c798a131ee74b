//! What elements tell of themselves reaches administrators, and nobody else.
use crate::site::{Ask, Site, shown};
use element::{Error, ErrorKind, Result, Vital, code};
use expect_test::expect;
use std::future::pending;

/// Elements that have something to tell.
#[element::meta("watched.Meta")]
pub(crate) trait Watched {
    /// What it tells.
    async fn vitals(&self) -> Result<Vec<Vital>>;
}

/// Tells what its config says.
#[element::config]
pub(crate) struct Clock {
    tells: Vec<Vital>,
    /// It does not answer.
    #[serde(default)]
    hangs: bool,
    /// It answers with an error.
    #[serde(default)]
    fails: bool,
}

#[element::ty("watched.ClockType", meta = Watched)]
impl Clock {
    async fn vitals(&self) -> Result<Vec<Vital>> {
        if self.hangs {
            pending::<()>().await;
        }
        match self.fails {
            true => Err(Error::new(ErrorKind::Conflict, code::CONFLICT, "not now")),
            false => Ok(self.tells.clone()),
        }
    }
}

/// Has a method of the same name that is something else.
#[element::meta("patients.Meta")]
pub(crate) trait Patients {
    /// Of a patient.
    #[access(public)]
    async fn vitals(&self) -> Result<String>;
}

/// A hospital's.
#[element::config]
pub(crate) struct Ward {}

#[element::ty("patients.WardType", meta = Patients)]
impl Ward {
    async fn vitals(&self, patient: Option<&str>) -> Result<String> {
        Ok(format!("of {patient:?}"))
    }
}

/// Two apps that see one element, with others that have nothing to tell, or do not tell it.
pub(crate) const WATCHED: &str = r#"
//- /apps/demo/app.json
{"appId": "acme.demo"}
//- /apps/demo/Clock/e.json
{"type": "watched.ClockType"}
//- /apps/demo/Clock/Clock.json
{"tells": [{"name": "ticketAgeSeconds", "of": "dk1", "value": 12.5}, {"name": "ticketAgeSeconds", "of": "dk2", "value": null}]}
//- /apps/demo/Fails/e.json
{"type": "watched.ClockType"}
//- /apps/demo/Fails/Fails.json
{"tells": [], "fails": true}
//- /apps/demo/Hangs/e.json
{"type": "watched.ClockType"}
//- /apps/demo/Hangs/Hangs.json
{"tells": [], "hangs": true}
//- /apps/demo/Ward/e.json
{"type": "patients.WardType"}
//- /apps/demo/Ward/Ward.json
{}
//- /apps/sales/app.json
{"appId": "acme.sales", "extends": [{"appId": "acme.demo", "version": "1.0.0"}]}
"#;

#[tokio::test]
async fn administrators_see_them_and_what_fails_hurts_nobody() {
    let site = Site::of(WATCHED).await;
    let ready = Ask::get("/readyz");
    let (admin, anyone) = (ready.clone().bearer(site.admin.expose()), ready);
    let reply = site.send(&admin).await;
    let mut text = String::new();
    for vital in reply.json().unwrap()["vitals"].as_array().unwrap() {
        text.push_str(&format!("{vital}\n"));
    }
    text.push_str(&shown(&site.send(&anyone).await));
    expect![[r#"
        {"app":"acme.demo","element":"Clock","name":"ticketAgeSeconds","of":"dk1","value":12.5}
        {"app":"acme.demo","element":"Clock","name":"ticketAgeSeconds","of":"dk2","value":null}
        {"app":"acme.sales","element":"Clock","name":"ticketAgeSeconds","of":"dk1","value":12.5}
        {"app":"acme.sales","element":"Clock","name":"ticketAgeSeconds","of":"dk2","value":null}
        200 {"ready":true}"#]]
    .assert_eq(&text);
    let status = site.send(&Ask::get("/status").bearer(site.admin.expose())).await.json().unwrap();
    assert_eq!(status["vitals"], reply.json().unwrap()["vitals"]);
    assert_eq!(status["apps"], 2);
}
