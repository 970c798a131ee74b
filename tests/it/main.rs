//! The house as its users meet it, in one binary: linking is what tests wait for.
mod cli;
mod engine;
mod examples;
mod house;
mod http;
mod secrets;
mod site;
mod ui;
mod wecom;
