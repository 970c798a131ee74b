//! Words that all attributes share: collected mistakes, names, docs, and the helper attributes on methods.
use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::collections::BTreeMap;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitStr, Meta, spanned::Spanned};

/// The attributes that this crate understands on a method.
const WORDS: [&str; 7] = ["access", "property", "get", "raw", "long", "start", "stop"];

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

/// The text of the `///` lines.
pub(crate) fn doc(attrs: &[Attribute]) -> String {
    let lines = attrs.iter().filter_map(|attr| match &attr.meta {
        Meta::NameValue(it) if it.path.is_ident("doc") => match &it.value {
            Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => Some(line.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
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

/// Takes out attributes that are nearly one of ours, before the compiler says only that it does not know them.
pub(crate) fn refuse_misspelled(attrs: &mut Vec<Attribute>, mistakes: &mut Mistakes) {
    attrs.retain(|attr| {
        let Some(word) = attr.path().get_ident().map(ToString::to_string) else { return true };
        let near = |ours: &&str| **ours != word && strsim::levenshtein(ours, &word) <= 1 + ours.len() / 5;
        match WORDS.iter().find(|ours| near(ours)) {
            Some(ours) if !WORDS.contains(&word.as_str()) => {
                mistakes.add(attr.path().span(), format!("did you mean `#[{ours}]`?"));
                false
            }
            _ => true,
        }
    });
}

/// Takes `#[access(…)]` out of the attributes.
pub(crate) fn take_access(attrs: &mut Vec<Attribute>, mistakes: &mut Mistakes) -> Option<TokenStream> {
    const FORMS: &str = "write `#[access(public)]` (anyone), `#[access(session)]` (a logged-in caller) or \
                         `#[access(internal)]` (other elements, the command line, administrators; the default)";
    let mut found = None;
    attrs.retain(|attr| {
        if !attr.path().is_ident("access") {
            return true;
        }
        let word = attr.parse_args::<syn::Ident>();
        match word.as_ref().map(ToString::to_string).as_deref() {
            Ok("public") => found = Some(quote!(Public)),
            Ok("session") => found = Some(quote!(Session)),
            Ok("internal") => found = Some(quote!(Internal)),
            Ok(_) => mistakes.at(word.ok(), FORMS),
            Err(_) => mistakes.at(attr, FORMS),
        }
        false
    });
    found
}

/// Takes a bare word such as `#[property]` out of the attributes.
pub(crate) fn take_word(attrs: &mut Vec<Attribute>, word: &str, mistakes: &mut Mistakes) -> bool {
    let before = attrs.len();
    attrs.retain(|attr| {
        let ours = attr.path().is_ident(word);
        if ours && !matches!(attr.meta, Meta::Path(_)) {
            mistakes.at(attr, format!("write `#[{word}]`: it takes nothing"));
        }
        !ours
    });
    attrs.len() < before
}

/// What `#[serde(rename = "…", alias = "…")]` says.
#[derive(Default)]
pub(crate) struct SerdeNames {
    pub(crate) rename: Option<LitStr>,
    pub(crate) aliases: Vec<LitStr>,
}

impl SerdeNames {
    /// Reads the names on a parameter; whatever else stands there is serde's own business.
    pub(crate) fn of_parameter(attrs: &[Attribute]) -> Self {
        let mut names = Self::default();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
            // What is no name and value is skipped; if it is wrong, serde says so at the same place.
            let _ = attr.parse_nested_meta(|it| {
                let Ok(value) = it.value() else { return Ok(()) };
                let value: LitStr = value.parse()?;
                if it.path.is_ident("rename") {
                    names.rename = Some(value);
                } else if it.path.is_ident("alias") {
                    names.aliases.push(value);
                }
                Ok(())
            });
        }
        names
    }

    /// Takes the names of a method out of its attributes.
    pub(crate) fn take_of_method(attrs: &mut Vec<Attribute>, mistakes: &mut Mistakes) -> Self {
        let mut names = Self::default();
        attrs.retain(|attr| {
            if !attr.path().is_ident("serde") {
                return true;
            }
            let read = attr.parse_nested_meta(|it| {
                if it.path.is_ident("rename") {
                    names.rename = Some(it.value()?.parse()?);
                } else if it.path.is_ident("alias") {
                    names.aliases.push(it.value()?.parse()?);
                } else {
                    return Err(it.error("a method knows `rename` and `alias` only"));
                }
                Ok(())
            });
            if let Err(mistake) = read {
                mistakes.push(mistake);
            }
            false
        });
        names
    }
}
