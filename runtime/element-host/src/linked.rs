//! The list of the crates whose Types are linked into this program, and what is expected of each.
//!
//! The linker leaves out a crate that is in the manifest and never named in code, without a word. So each is named
//! here, and the start of every command compares [`EXPECTED`] with what really came.
use element_engine::{Registry, RegistryError};

/// Full names that must be there, and the crate that each comes from. To name a crate's Type here is to link the crate.
pub const EXPECTED: &[(&str, &str)] = &[
    (auths::AuthSvc::FULL_NAME, "auths"),
    #[cfg(feature = "linked-wecom")]
    (wecom::QywxInner::FULL_NAME, "wecom"),
    #[cfg(feature = "linked-wecom")]
    (wecom::QywxInnerAuthModel::FULL_NAME, "wecom"),
    #[cfg(feature = "linked-wecom")]
    (wecom::QywxProxy::FULL_NAME, "wecom"),
    #[cfg(feature = "linked-wecom")]
    (wecom::QywxProxyAuthService::FULL_NAME, "wecom"),
];

/// Everything linked, complete.
///
/// # Errors
/// Something of [`EXPECTED`] is missing, or two have one name.
pub fn registry() -> Result<Registry, RegistryError> {
    let registry = Registry::linked()?;
    registry.require(EXPECTED)?;
    Ok(registry)
}
