//! What authors may write. A binary of its own: whatever is linked is in service, and these samples are nobody's.
//!
//! The strictest lints an author may have find nothing in what the attributes write.
#![forbid(unsafe_code)]
#![deny(missing_debug_implementations, missing_docs, unreachable_pub, unused)]
#![deny(non_camel_case_types, non_snake_case, single_use_lifetimes, trivial_casts, unused_lifetimes)]

pub mod inside_a_function;
pub mod kinds;
pub mod modules;
pub mod parameters;
