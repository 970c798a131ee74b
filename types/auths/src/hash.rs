//! What is stored in place of something that proves a person.
use sha2::{Digest, Sha256};

/// SHA-256 as 64 hex digits. Enough without salt or rounds, because all that comes in here is 256 random bits:
/// whoever reads the store learns nothing that opens anything.
pub(crate) fn of(proof: &str) -> String {
    base16ct::lower::encode_string(&Sha256::digest(proof))
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_is_sha_256() {
        assert_eq!(super::of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
