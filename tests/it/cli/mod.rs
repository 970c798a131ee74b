//! The command `element` as somebody at a terminal meets it.
mod call;
mod callbacks;
mod company;
pub(crate) mod live;
mod look;
mod offers;
pub(crate) mod program;
mod readme;
mod serve;
mod token;
