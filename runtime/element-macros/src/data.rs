//! `#[element::config]` and `#[element::data]`: the derives and serde lines that configs and results need.
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Fields, Item, spanned::Spanned};

/// What happens to keys that the struct does not have.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Unknown {
    Refused,
    Ignored,
}

pub(crate) fn expand(unknown: Unknown, attr: TokenStream, item: &TokenStream) -> TokenStream {
    let parsed: Item = match syn::parse2(item.clone()) {
        Ok(it) => it,
        Err(e) => {
            let mistake = e.to_compile_error();
            return quote!(#mistake #item);
        }
    };
    let mistake = match &parsed {
        _ if !attr.is_empty() => Some(syn::Error::new_spanned(attr, "this attribute takes nothing")),
        Item::Enum(it) if unknown == Unknown::Refused => Some(syn::Error::new(
            it.enum_token.span(),
            "a config is a struct with named fields; put `#[element::data]` on an enum",
        )),
        Item::Struct(it) if unknown == Unknown::Refused && !matches!(it.fields, Fields::Named(_)) => {
            Some(syn::Error::new_spanned(&it.ident, format!("a config has named fields: `struct {} {{ … }}`", it.ident)))
        }
        Item::Struct(_) | Item::Enum(_) => None,
        other => Some(syn::Error::new_spanned(other, "put this on a struct")),
    };
    if let Some(mistake) = mistake {
        let mistake = mistake.to_compile_error();
        return quote!(#mistake #parsed);
    }
    let strict = (unknown == Unknown::Refused).then(|| quote!(deny_unknown_fields));
    quote! {
        #[derive(Debug, Clone, ::element::private::serde::Deserialize, ::element::private::serde::Serialize, ::element::private::schemars::JsonSchema)]
        #[serde(crate = "::element::private::serde", rename_all = "camelCase", #strict)]
        #[schemars(crate = "::element::private::schemars")]
        #parsed
    }
}
