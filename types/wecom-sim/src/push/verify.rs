//! Verifying the address of a callback, as the console does when one is saved (page 96238).

use std::time::Duration;

use super::callback::Callback;
use super::envelope::{self, Receiver, Sealed};
use crate::Sim;
use crate::company::{App, AppChange};
use crate::sim::Refused;

/// How long the console waits.
const DEADLINE: Duration = Duration::from_millis(1000);

impl Sim {
    /// Verifies a callback and gives it to an app, as the console does; the app as it is then.
    /// [`Sim::change_app`] saves without asking the address.
    ///
    /// # Errors
    ///
    /// When there is no such app, the callback could not be as asked, or its address did not answer
    /// as it should.
    pub async fn save_callback(&self, corp_id: &str, agent_id: u32, callback: Callback) -> Result<App, Refused> {
        let receive_id = self.receive_id(corp_id, agent_id)?;
        self.verify_address(&callback, &receive_id).await?;
        self.change_app(corp_id, agent_id, AppChange { callback: Some(callback), ..AppChange::default() })
    }

    /// Verifies the callback that an app has.
    ///
    /// # Errors
    ///
    /// When there is none, or its address did not answer as it should.
    pub async fn verify_callback(&self, corp_id: &str, agent_id: u32) -> Result<(), Refused> {
        let receiver = self.receiver(Some(corp_id), Some(agent_id))?;
        self.verify_address(&receiver.callback, &receiver.receive_id).await
    }

    /// What is sealed in for an app.
    pub(crate) fn receive_id(&self, corp_id: &str, agent_id: u32) -> Result<String, Refused> {
        let state = self.state();
        let (company, agent) = state.resolve(Some(corp_id), Some(agent_id))?;
        let names = company.app(agent).map(|app| state.suites.names(app)).unwrap_or_default();
        Ok(names.corp(&company.corp_id))
    }

    /// Asks an address for the echo that is sealed for `receive_id`.
    pub(crate) async fn verify_address(&self, callback: &Callback, receive_id: &str) -> Result<(), Refused> {
        callback.check().map_err(Refused)?;
        let plain = self.shared.random.echo();
        let sealed = Sealed::new(callback, &self.stamp(), &plain, receive_id).map_err(Refused)?;
        let outgoing = envelope::get(callback, &sealed).map_err(Refused)?;
        let came = match self.shared.pushes.sender.send(&outgoing, DEADLINE).await {
            Ok(answer) if answer.status == 200 && answer.body == plain => return Ok(()),
            Ok(answer) => format!("answered {} with {:?}", answer.status, crate::journal::cut(&answer.body)),
            Err(why) => why,
        };
        Err(Refused(format!(
            "the callback is not verified (40057 in WeCom): GET {} {came}; expected is, within {} ms, 200 with \
             {plain:?}, which is what echostr holds, without quotes, BOM or line break",
            callback.url,
            DEADLINE.as_millis()
        )))
    }

    /// The callback of an app that has one.
    pub(crate) fn receiver(&self, corp_id: Option<&str>, agent_id: Option<u32>) -> Result<Receiver, Refused> {
        let state = self.state();
        let (company, agent) = state.resolve(corp_id, agent_id)?;
        let app = company.app(agent);
        let of = |app: &App| Some(Receiver::of_app(&company, app, app.callback.as_ref()?, &state.suites.names(app)));
        let receiver = app.and_then(of);
        receiver.ok_or_else(|| {
            let corp = &company.corp_id;
            Refused(format!(
                "app {agent} has no callback; give it one: PATCH /sim/companies/{corp}/apps/{agent} {}",
                r#"{"callback":{"url":"http://127.0.0.1:8080/callback","token":"…","encodingAESKey":"…"}}"#
            ))
        })
    }
}
