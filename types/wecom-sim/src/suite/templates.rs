//! What the provider does in its console: say who it is, set a template's callback, push a ticket.

use std::sync::Arc;
use std::time::Duration;

use super::{EVERY_MS, Provider, Template};
use crate::Sim;
use crate::company::{AppKind, Company};
use crate::directory::Directory;
use crate::push::News;
use crate::sim::Refused;
use crate::state::State;
use crate::tokens::AppKey;

impl Sim {
    /// Gives the simulator its provider, or another one; whether there was one. Installs of templates
    /// that are still there stay, and so do tokens whose secret is the same. A template with a callback
    /// gets a ticket, unless its last one is not ten minutes old.
    pub fn put_provider(&self, provider: Provider) -> bool {
        let mut state = self.state();
        let old = state.put_provider(provider, self.now_ms());
        self.push_due(&mut state);
        old
    }

    /// The provider, if there is one.
    pub fn provider(&self) -> Option<Arc<Provider>> {
        self.state().suites.provider.clone()
    }

    /// Verifies an address and makes it the callback of a template, as the console does: the echo is
    /// sealed for the provider's corpid. Installs without a callback of their own get it as well, and a
    /// ticket is pushed.
    ///
    /// # Errors
    ///
    /// When there is no such template, or the address did not answer as it should.
    pub async fn save_template_callback(&self, suite_id: &str, url: &str) -> Result<(), Refused> {
        let (provider, template) = self.state().suites.named(suite_id)?;
        self.verify_address(&template.callback_at(url), &provider.corp_id).await?;
        let mut state = self.state();
        let (provider, _) = state.suites.named(suite_id)?;
        let mut provider = Provider::clone(&provider);
        for template in provider.templates.iter_mut().filter(|template| template.suite_id == suite_id) {
            template.callback_url = Some(url.to_owned());
        }
        state.put_provider(provider, self.now_ms());
        self.new_ticket(&mut state, suite_id)?;
        Ok(())
    }

    /// Makes a ticket now, and pushes it where the template has a callback; the ticket.
    ///
    /// # Errors
    ///
    /// When there is no such template.
    pub fn push_ticket(&self, suite_id: &str) -> Result<String, Refused> {
        self.new_ticket(&mut self.state(), suite_id)
    }

    fn new_ticket(&self, state: &mut State, suite_id: &str) -> Result<String, Refused> {
        let (_, template) = state.suites.named(suite_id)?;
        let ticket = self.shared.random.suite_ticket();
        state.suites.tickets.add(suite_id, ticket.clone(), self.now_ms());
        state.revision += 1;
        self.tell_template(&template, &News::Ticket(&ticket));
        Ok(ticket)
    }

    /// Pushes a ticket to every template whose last one is ten minutes old.
    pub(crate) fn push_due_tickets(&self) {
        self.push_due(&mut self.state());
    }

    fn push_due(&self, state: &mut State) {
        for (suite_id, due_ms) in self.due(state) {
            if due_ms == 0 {
                // It was there a moment ago, under the same lock.
                let _ = self.new_ticket(state, &suite_id);
            }
        }
    }

    /// Templates that are pushed to, with the milliseconds to their next ticket.
    fn due(&self, state: &State) -> Vec<(String, u64)> {
        let now_ms = self.now_ms();
        let told = state.suites.templates().iter().filter(|template| template.callback_url.is_some());
        told.map(|it| (it.suite_id.clone(), state.suites.tickets.due_in(&it.suite_id, now_ms))).collect()
    }

    /// Pushes tickets as time goes by, for as long as it is awaited. It looks every ten minutes at least,
    /// so whatever is given a callback in between is not forgotten.
    pub(crate) async fn keep_pushing_tickets(&self) {
        loop {
            let wait_ms = {
                let mut state = self.state();
                self.push_due(&mut state);
                self.due(&state).into_iter().map(|(_, due_ms)| due_ms).min().unwrap_or(EVERY_MS)
            };
            tokio::time::sleep(Duration::from_millis(wait_ms.clamp(1, EVERY_MS))).await;
        }
    }
}

impl State {
    /// Whether there was one before.
    fn put_provider(&mut self, provider: Provider, now_ms: u64) -> bool {
        let old = self.suites.provider.replace(Arc::new(provider));
        self.revision += 1;
        let Some((old, new)) = old.zip(self.suites.provider.clone()) else { return false };
        if old.trusted_ips != new.trusted_ips {
            self.trusted_ips.changed(&AppKey::of_provider(&new.corp_id), &old.trusted_ips, now_ms);
        }
        if old.corp_id != new.corp_id || !old.secret.matches(new.secret.reveal()) {
            self.suites.provider_tokens.revoke(&old.corp_id);
        }
        for before in &old.templates {
            let after = new.templates.iter().find(|after| after.suite_id == before.suite_id);
            if after.is_none_or(|after| !after.secret.matches(before.secret.reveal())) {
                self.suites.suite_tokens.revoke(&before.suite_id);
            }
            self.follow(before, after, now_ms);
        }
        self.suites.tickets.keep(|suite_id| new.templates.iter().any(|it| it.suite_id == suite_id));
        if old.corp_id != new.corp_id {
            // Members are looked up by ids that were another provider's.
            let anew = |company: &Arc<Directory>| Arc::new(Directory::new(Company::clone(company.company())));
            self.companies = self.companies.iter().map(anew).collect();
        }
        true
    }

    /// Installs follow their template: with it they go, and the callback they have from it they have anew.
    fn follow(&mut self, before: &Template, after: Option<&Template>, now_ms: u64) {
        let of = self.suites.installs.iter().filter(|install| install.suite_id == before.suite_id);
        for key in of.map(|install| install.app.clone()).collect::<Vec<_>>() {
            let Some(company) = self.company(key.corp()) else { continue };
            let mut company = Company::clone(company.company());
            match after {
                None => company.apps.retain(|app| app.agent_id != key.agent() || app.kind != AppKind::Customized),
                Some(after) => {
                    for app in company.apps.iter_mut().filter(|app| app.agent_id == key.agent()) {
                        if app.callback.is_none() || app.callback == before.callback() {
                            app.callback = after.callback();
                        }
                    }
                }
            }
            self.put(Arc::new(Directory::new(company)), now_ms);
        }
    }
}
