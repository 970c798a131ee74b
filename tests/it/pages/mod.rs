//! The host's pages as a browser without scripts meets them.
mod attacks;
mod choice;
mod flow;
mod limits;
mod mistakes;
mod other_sites;
mod person;
mod restart;

pub(crate) use person::Person;
