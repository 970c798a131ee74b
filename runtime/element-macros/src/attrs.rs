//! The attributes that an author puts on methods: docs, ours, and serde's names.
use crate::mistakes::Mistakes;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta, spanned::Spanned};

/// The attributes that this crate understands on a method.
const WORDS: [&str; 7] = ["access", "property", "get", "raw", "long", "start", "stop"];

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

/// Takes out attributes that are nearly one of ours, before the compiler says only that it does not know them.
pub(crate) fn refuse_misspelled(attrs: &mut Vec<Attribute>, mistakes: &mut Mistakes) {
    attrs.retain(|attr| {
        let Some(word) = attr.path().get_ident().map(ToString::to_string) else { return true };
        if ["public", "session", "internal"].contains(&word.as_str()) {
            mistakes.add(attr.path().span(), format!("write `#[access({word})]`"));
            return false;
        }
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
