//! Collected mistakes: every one is told, each at the author's own tokens.
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// Every mistake, not only the first.
#[derive(Default)]
pub(crate) struct Mistakes(Vec<syn::Error>);

impl Mistakes {
    pub(crate) fn add(&mut self, span: Span, text: impl std::fmt::Display) {
        self.0.push(syn::Error::new(span, text));
    }

    /// At all of these tokens, not only at the first.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, text: impl std::fmt::Display) {
        self.0.push(syn::Error::new_spanned(tokens, text));
    }

    pub(crate) fn push(&mut self, mistake: syn::Error) {
        self.0.push(mistake);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn tokens(&self) -> TokenStream {
        self.0.iter().map(syn::Error::to_compile_error).collect()
    }
}
