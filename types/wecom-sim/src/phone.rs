//! What a phone or a desktop client does to a QR login: scan or offer, then confirm or refuse. The
//! pages and tests do it through here.

use url::Url;

use crate::Sim;
use crate::codes::Identity;
use crate::company::App;
use crate::directory::Directory;
use crate::member::Member;
use crate::qr::{Opened, Progress, QrLogin, QrStatus};
use crate::redirect;
use crate::sim::Refused;
use crate::state::State;
use crate::tokens::AppKey;

/// Why a phone could not do what it was asked to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Hindrance {
    /// The key is unknown, or the QR code has expired.
    Gone,
    /// The company has no such member, or one who is disabled or has left.
    NoMember,
    /// The app is not visible to the member; another one may scan in their place.
    NoPermission,
    /// Confirmed or refused already.
    Over,
    /// Confirm and refuse come after a scan.
    NotScanned,
}

impl From<Hindrance> for Refused {
    fn from(why: Hindrance) -> Self {
        Self(match why {
            Hindrance::Gone => "there is no such QR login, or it has expired; open the login page again".into(),
            Hindrance::NoMember => "the company has no active member of that userId; see GET /sim/companies".into(),
            Hindrance::NoPermission => "the member is outside the app's visible range; scan as another one".into(),
            Hindrance::Over => "this QR login was confirmed or refused before; open the login page again".into(),
            Hindrance::NotScanned => "nobody has scanned this QR code; scan it first".into(),
        })
    }
}

/// Members who can use a client at all: not the disabled, nor those who left.
pub(crate) fn has_client(member: &Member) -> bool {
    ![2, 5].contains(&member.status)
}

impl Sim {
    /// The QR logins that wait for a phone, newest first.
    pub fn open_qr_logins(&self) -> Vec<QrLogin> {
        let state = self.state();
        let shown = |(key, login): (&String, &Opened)| {
            let company = state.company(login.app.corp())?;
            Some(QrLogin {
                key: key.clone(),
                corp_id: company.corp_id.clone(),
                agent_id: login.app.agent(),
                status: login.progress.status(),
                user_id: login.progress.member().cloned(),
                opened_ms: login.opened_ms,
                redirect_uri: login.redirect_uri.to_string(),
                state: login.state.clone(),
            })
        };
        state.qr_logins.waiting(self.now_ms()).into_iter().filter_map(shown).collect()
    }

    /// Scans a QR code as a member of its company.
    ///
    /// # Errors
    ///
    /// When the key has expired, or the member is not there or may not use the app.
    pub fn scan(&self, key: &str, user_id: &str) -> Result<(), Refused> {
        Ok(self.phone_scans(key, user_id)?)
    }

    /// Lets a desktop client of a member offer to log in, in place of a phone that scans.
    ///
    /// # Errors
    ///
    /// As for [`Sim::scan`].
    pub fn bind_desktop(&self, key: &str, user_id: &str) -> Result<(), Refused> {
        Ok(self.come_near(key, user_id, Progress::Desktop)?)
    }

    /// Confirms a login that was scanned or offered: its page gets a code.
    ///
    /// # Errors
    ///
    /// When the key has expired, was not scanned, or is confirmed or refused already.
    pub fn confirm(&self, key: &str) -> Result<(), Refused> {
        Ok(self.phone_confirms(key)?)
    }

    /// Refuses a login that was scanned or offered: its page goes back without a code.
    ///
    /// # Errors
    ///
    /// As for [`Sim::confirm`].
    pub fn refuse(&self, key: &str) -> Result<(), Refused> {
        Ok(self.phone_refuses(key)?)
    }

    /// Lets a QR code expire now, whatever it had come to.
    ///
    /// # Errors
    ///
    /// When there is no such key, or it has expired before.
    pub fn expire_qr(&self, key: &str) -> Result<(), Refused> {
        let mut state = self.state();
        let login = state.qr_logins.live(key, self.now_ms()).ok_or(Hindrance::Gone)?;
        login.expires_ms = self.now_ms();
        self.shared.qr_changed.notify_waiters();
        Ok(())
    }

    /// Where the page of a confirmed or refused login goes, unless it hands the outcome to the page
    /// around it; `None` before that.
    pub fn goes_to(&self, key: &str) -> Option<String> {
        let mut state = self.state();
        let login = state.qr_logins.live(key, self.now_ms())?.clone();
        let company = state.company(login.app.corp())?;
        let names = company.app(login.app.agent()).map(|app| state.suites.names(app)).unwrap_or_default();
        let appid = names.corp(&company.corp_id);
        let mut parameters = Vec::new();
        match &login.progress {
            Progress::Confirmed(code) => {
                parameters.extend([("code", code.as_str()), ("state", &login.state)]);
                parameters.extend(self.shared.options.append_appid.then_some(("appid", &*appid)));
            }
            Progress::Refused => parameters.push(("state", &login.state)),
            Progress::Waiting | Progress::Scanned(_) | Progress::Desktop(_) => return None,
        }
        Some(redirect::with(&login.redirect_uri, &parameters))
    }

    pub(crate) fn open_qr(&self, app: AppKey, redirect_uri: Url, state: String) -> String {
        let key = self.shared.random.qr_key();
        let lifetime = self.shared.options.qr_lifetime;
        self.state().qr_logins.open(key.clone(), app, (redirect_uri, state), self.now_ms(), lifetime);
        key
    }

    /// How far it has come, and the code once there is one.
    pub(crate) fn qr_status(&self, key: &str) -> (QrStatus, String) {
        match self.state().qr_logins.live(key, self.now_ms()).map(|login| &login.progress) {
            Some(Progress::Confirmed(code)) => (QrStatus::Confirmed, code.clone()),
            Some(progress) => (progress.status(), String::new()),
            None => (QrStatus::Expired, String::new()),
        }
    }

    pub(crate) fn phone_scans(&self, key: &str, user_id: &str) -> Result<(), Hindrance> {
        self.come_near(key, user_id, Progress::Scanned)
    }

    fn come_near(&self, key: &str, user_id: &str, how: fn(String) -> Progress) -> Result<(), Hindrance> {
        let mut state = self.state();
        let (company, app, login) = self.find(&mut state, key)?;
        let member = company.member(user_id).filter(|member| has_client(member)).ok_or(Hindrance::NoMember)?;
        if !company.visible(&app, member) {
            return Err(Hindrance::NoPermission);
        }
        if login.progress.is_over() {
            return Err(Hindrance::Over);
        }
        login.progress = how(member.user_id.clone());
        self.shared.qr_changed.notify_waiters();
        Ok(())
    }

    pub(crate) fn phone_confirms(&self, key: &str) -> Result<(), Hindrance> {
        let code = self.shared.random.code();
        let mut state = self.state();
        let (_, _, login) = self.find(&mut state, key)?;
        let member = scanned_by(login)?;
        let (app, to) = (login.app.clone(), login.redirect_uri.clone());
        login.progress = Progress::Confirmed(code.clone());
        state.codes.send(code, app, Identity::Member(member), &to, self.now_ms());
        self.shared.qr_changed.notify_waiters();
        Ok(())
    }

    pub(crate) fn phone_refuses(&self, key: &str) -> Result<(), Hindrance> {
        let mut state = self.state();
        let (_, _, login) = self.find(&mut state, key)?;
        scanned_by(login)?;
        login.progress = Progress::Refused;
        self.shared.qr_changed.notify_waiters();
        Ok(())
    }

    fn find<'a>(
        &self,
        state: &'a mut State,
        key: &str,
    ) -> Result<(std::sync::Arc<Directory>, App, &'a mut Opened), Hindrance> {
        let login = state.qr_logins.live(key, self.now_ms()).ok_or(Hindrance::Gone)?.app.clone();
        let company = state.company(login.corp()).cloned().ok_or(Hindrance::Gone)?;
        let app = company.app(login.agent()).cloned().ok_or(Hindrance::Gone)?;
        let login = state.qr_logins.live(key, self.now_ms()).ok_or(Hindrance::Gone)?;
        Ok((company, app, login))
    }
}

fn scanned_by(login: &Opened) -> Result<String, Hindrance> {
    let otherwise = if login.progress.is_over() { Hindrance::Over } else { Hindrance::NotScanned };
    login.progress.member().cloned().ok_or(otherwise)
}
