//! Where tokens, codes and hint digits come from, and what shape they have.

use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Bytes from the operating system, or the same ones every time for a seed.
pub(crate) struct Random {
    seeded: Option<Mutex<u64>>,
}

impl std::fmt::Debug for Random {
    // The state of a seeded source tells every token it will ever make.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let source = if self.seeded.is_some() { "seed" } else { "operating system" };
        f.debug_struct("Random").field("source", &source).finish()
    }
}

impl Random {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        Self { seeded: seed.map(Mutex::new) }
    }

    /// About 200 characters, as the real one; up to 512 are documented (page 91039).
    pub(crate) fn access_token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<150>())
    }

    /// 43 characters; up to 512 are documented (page 91022).
    pub(crate) fn code(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }

    /// 200 characters; up to 512 are documented (page 96443).
    pub(crate) fn user_ticket(&self) -> String {
        self.access_token()
    }

    /// 86 characters, as the real one; up to 512 are documented (page 90506).
    pub(crate) fn js_ticket(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<64>())
    }

    /// 86 characters; up to 512 are documented (page 90628).
    pub(crate) fn suite_ticket(&self) -> String {
        self.js_ticket()
    }

    /// 86 characters; 64 to 512 are documented (page 90603).
    pub(crate) fn auth_code(&self) -> String {
        self.js_ticket()
    }

    /// 86 characters; up to 512 are documented (page 90601).
    pub(crate) fn pre_auth_code(&self) -> String {
        self.js_ticket()
    }

    /// 43 characters, as any app's secret; up to 512 are documented (page 90603).
    pub(crate) fn permanent_code(&self) -> String {
        self.code()
    }

    /// 16 lower-case hexadecimal digits.
    pub(crate) fn qr_key(&self) -> String {
        format!("{:016x}", u64::from_le_bytes(self.bytes()))
    }

    /// For the one script that a page holds in itself.
    pub(crate) fn nonce(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<16>())
    }

    /// The 25 digits in an error's hint: unix seconds, then chance.
    pub(crate) fn hint(&self, now_ms: u64) -> String {
        let chance = u64::from_le_bytes(self.bytes()) % 1_000_000_000_000_000;
        format!("{:010}{chance:015}", (now_ms / 1000) % 10_000_000_000)
    }

    /// The ten digits in the query of a push.
    pub(crate) fn digits(&self) -> String {
        format!("{:010}", u32::from_le_bytes(self.bytes()))
    }

    /// What stands before a text that is sealed: 16 digits, as in WeCom's own samples.
    pub(crate) fn prefix(&self) -> [u8; 16] {
        let bytes = self.bytes::<16>();
        bytes.map(|byte| b"0123456789abcdef"[usize::from(byte % 16)])
    }

    /// The 19 digits that verify the address of a callback.
    pub(crate) fn echo(&self) -> String {
        format!("{:019}", u64::from_le_bytes(self.bytes()) % 10_000_000_000_000_000_000)
    }

    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.seeded {
            Some(state) => {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                for chunk in bytes.chunks_mut(8) {
                    chunk.copy_from_slice(&split_mix(&mut state).to_le_bytes()[..chunk.len()]);
                }
            }
            // Without a source of chance there is nothing honest to answer.
            None => getrandom::fill(&mut bytes).expect("the operating system gives random bytes"),
        }
        bytes
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): eight lines, and seeded output need not be secret.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// An openid for an external user that was named without one: the same one each time, as WeCom gives.
pub(crate) fn openid_of(corp_id: &str, external_user_id: &str) -> String {
    let mut state = 0;
    for byte in corp_id.bytes().chain([0]).chain(external_user_id.bytes()) {
        state = split_mix(&mut (state ^ u64::from(byte)));
    }
    format!("oSIM{state:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_and_seeds() {
        for seed in [None, Some(7)] {
            let random = Random::new(seed);
            assert_eq!(random.access_token().len(), 200);
            assert_eq!(random.code().len(), 43);
            let hint = random.hint(1_686_402_237_354);
            assert!(hint.starts_with("1686402237") && hint.len() == 25, "{hint}");
            assert_ne!(random.code(), random.code());
        }
        assert_eq!(Random::new(Some(7)).code(), Random::new(Some(7)).code());
        assert_ne!(Random::new(Some(7)).code(), Random::new(Some(8)).code());
        assert_eq!(openid_of("ww1", "wm1"), openid_of("ww1", "wm1"));
        assert_ne!(openid_of("ww1", "wm1"), openid_of("ww2", "wm1"));
    }
}
