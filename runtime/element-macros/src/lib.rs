//! The attributes of `element`. Their rules are told in that crate; this one holds how they are kept.
//!
//! Each attribute gathers every mistake before it gives up, says what to write instead, and always gives the
//! author's own code back, so that one mistake brings no others.
mod attrs;
mod block;
mod data;
mod emit;
mod meta;
mod method;
mod mistakes;
mod model;
mod names;
mod param;

use proc_macro::TokenStream;

/// On a trait: a Meta and what its Types promise. `#[element::meta("auths.loginTypes.Meta")]`
#[proc_macro_attribute]
pub fn meta(attr: TokenStream, item: TokenStream) -> TokenStream {
    meta::expand(attr.into(), &item.into()).into()
}

/// On an `impl` block: a Type and everything callable on it.
/// `#[element::ty("auths.loginTypes.QywxInnerType", meta = Login)]`. With `, overrides` it calls the Type that an app lets
/// it stand in the place of.
#[proc_macro_attribute]
pub fn ty(attr: TokenStream, item: TokenStream) -> TokenStream {
    block::expand(block::Role::Type, &attr.into(), &item.into()).into()
}

/// On an `impl` block: a service, one object per process, no config. `#[element::service("auths.services.AuthSvc")]`
#[proc_macro_attribute]
pub fn service(attr: TokenStream, item: TokenStream) -> TokenStream {
    block::expand(block::Role::Service, &attr.into(), &item.into()).into()
}

/// On a struct: the records of a collection, seen as an element with `get`, `query`, `count` and `delete`.
#[proc_macro_attribute]
pub fn model(attr: TokenStream, item: TokenStream) -> TokenStream {
    model::expand(&attr.into(), &item.into()).into()
}

/// On a struct: a config, camelCase, unknown keys refused.
#[proc_macro_attribute]
pub fn config(attr: TokenStream, item: TokenStream) -> TokenStream {
    data::expand(data::Unknown::Refused, attr.into(), &item.into()).into()
}

/// On a struct or an enum: an argument, a result or a record, camelCase.
#[proc_macro_attribute]
pub fn data(attr: TokenStream, item: TokenStream) -> TokenStream {
    data::expand(data::Unknown::Ignored, attr.into(), &item.into()).into()
}
