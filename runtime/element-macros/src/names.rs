//! Names: of methods on the wire, of elements, and `Self`.
use crate::mistakes::Mistakes;
use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::BTreeMap;
use syn::{Ident, LitStr};

/// `get_login_code` → `getLoginCode`: the one place that turns our case into the wire's.
pub(crate) fn camel(snake: &str) -> String {
    let mut out = String::new();
    for part in snake.trim_start_matches("r#").split('_').filter(|part| !part.is_empty()) {
        let mut letters = part.chars();
        match letters.next() {
            Some(first) if !out.is_empty() => {
                out.extend(first.to_uppercase());
                out.push_str(letters.as_str());
            }
            _ => out.push_str(part),
        }
    }
    out
}

/// Tokens as a person would write them.
pub(crate) fn text(it: &impl ToTokens) -> String {
    let mut text = it.to_token_stream().to_string();
    for (spaced, plain) in [(" < ", "<"), (" <", "<"), ("< ", "<"), (" >", ">"), (" :: ", "::"), (" ,", ","), ("& ", "&")] {
        text = text.replace(spaced, plain);
    }
    text
}

/// The same tokens with the struct's name for `Self`, which means nothing outside the author's block.
pub(crate) fn without_self(it: &impl ToTokens, name: &syn::Type) -> TokenStream {
    let each = it.to_token_stream().into_iter().map(|token| match token {
        TokenTree::Ident(word) if word == "Self" => {
            let named = name.to_token_stream().into_iter().map(|mut token| {
                token.set_span(word.span());
                token
            });
            named.collect()
        }
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), without_self(&group.stream(), name));
            inner.set_span(group.span());
            TokenTree::Group(inner).into()
        }
        other => TokenStream::from(other),
    });
    each.collect()
}

/// The rule of `element::FullName`, with at least two labels.
pub(crate) fn check_full_name(name: &LitStr, mistakes: &mut Mistakes) {
    let text = name.value();
    if !(text.contains('.') && text.split('.').all(is_label)) {
        mistakes.add(name.span(), "a full name is words joined by dots, such as `auths.loginTypes.QywxInnerType`");
    }
}

/// The rule of `element::check_label`.
fn is_label(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && text.len() <= 64
}

/// A method's name stands in addresses.
pub(crate) fn check_method_name(name: &str, span: Span, mistakes: &mut Mistakes) {
    if !is_label(name) {
        mistakes.add(span, format!("`{name}` is no name: write a letter or `_`, then letters, digits or `_`, 64 at most"));
    }
}

/// The names of one method, or of one argument, against those that were there before.
pub(crate) fn refuse_same_names<'a>(
    seen: &mut BTreeMap<String, &'a Ident>,
    ident: &'a Ident,
    names: impl IntoIterator<Item = (String, Span)>,
    mistakes: &mut Mistakes,
) {
    for (name, span) in names {
        if let Some(first) = seen.get(&name) {
            mistakes.add(span, format!("`{name}` is already the name of `{first}`"));
        } else {
            seen.insert(name, ident);
        }
    }
}
