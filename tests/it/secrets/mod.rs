//! Nothing secret comes out: secrets are planted, everything is provoked, and all output is searched.
mod configs;
mod log;
mod logins;
mod process;

use log::log;

/// Nowhere in the log and in none of `outputs` is one of `secrets`.
#[track_caller]
fn check(secrets: &[String], outputs: &[(&str, String)]) {
    let log = log();
    for secret in secrets {
        assert!(secret.len() >= 16, "too short to be searched for: {secret}");
        for (name, output) in outputs.iter().map(|(name, it)| (*name, it)).chain([("the log", &log)]) {
            if let Some(at) = output.find(secret.as_str()) {
                let from = output.floor_char_boundary(at.saturating_sub(300));
                panic!("`{secret}` is in {name}: …{}", &output[from..output.ceil_char_boundary(at + secret.len())]);
            }
        }
    }
}
