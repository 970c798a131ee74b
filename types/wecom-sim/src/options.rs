//! How the simulator behaves: its knobs.

use std::time::Duration;

use crate::limits::Limits;

/// How the simulator behaves; the default is as WeCom does, with no door open that need not be.
#[derive(Clone, Debug)]
pub struct Options {
    /// Makes tokens, codes and hints the same on every run. `None`: the operating system's chance.
    pub seed: Option<u64>,
    /// Serves the control API on any address and under any `Host`. It has no password.
    pub public_control: bool,
    /// Wrong secrets in an hour before `gettoken` answers 45009 to a caller's address for an hour.
    pub bad_secrets_per_hour: u32,
    /// `gettoken` makes a new token on every call; the older ones stay good. For clients that must
    /// not depend on the value being stable.
    pub rotate_tokens: bool,
    /// How many calls the journal keeps; the oldest go first.
    pub journal_capacity: usize,
    /// How long a QR code can be scanned and confirmed. WeCom tells no time; clients have seen one to
    /// five minutes.
    pub qr_lifetime: Duration,
    /// The OAuth pages answer any browser. WeCom's answer its own client and WeChat only, by their
    /// `User-Agent`.
    pub any_browser: bool,
    /// The most members in one answer of `user/list`; for more it is 45029. WeCom documents that there
    /// is such a limit, and not which.
    pub largest_list: usize,
    /// How often a call may be made before it answers 45009.
    pub limits: Limits,
    /// How long a changed list of trusted addresses takes to count, by the simulator's clock. WeCom's
    /// take about a minute (page 90313, at 60020).
    pub trusted_ip_delay: Duration,
    /// An app created after 2022-06-20 20:00, Beijing time, that trusts no address is refused (60020),
    /// as in WeCom. Without it such an app trusts all.
    pub require_trusted_ips: bool,
    /// The QR page goes back with `appid` as well, as real ones do; clients must bear what they do not
    /// know. On by default.
    pub append_appid: bool,
    /// How long a callback has to answer a push, in real milliseconds.
    pub push_deadline_ms: u64,
    /// How long a template's callback has to answer news of an install (`create_auth`, `change_auth`,
    /// `cancel_auth`, `reset_permanent_code`), in real milliseconds. Tickets have
    /// [`push_deadline_ms`](Self::push_deadline_ms).
    pub suite_deadline_ms: u64,
    /// How long a push that was not taken waits before it is sent again, in real
    /// milliseconds. WeCom tells no spacing.
    pub push_retry_ms: u64,
    /// Templates and their installs are told ids of companies and members that are their provider's
    /// own, as WeCom does since 2022-06-28 (page 97104). Without it they are told the plain ones, as
    /// older installs still are.
    pub encrypt_ids: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: None,
            public_control: false,
            bad_secrets_per_hour: 2000,
            rotate_tokens: false,
            journal_capacity: 100_000,
            qr_lifetime: Duration::from_secs(300),
            any_browser: false,
            largest_list: 10_000,
            limits: Limits::default(),
            trusted_ip_delay: Duration::ZERO,
            require_trusted_ips: false,
            append_appid: true,
            push_deadline_ms: 5000,
            suite_deadline_ms: 1000,
            push_retry_ms: 1000,
            encrypt_ids: true,
        }
    }
}
