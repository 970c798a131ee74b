//! One function of a block, read and checked.
use crate::{
    attrs::{SerdeNames, doc, refuse_misspelled, take_access, take_word},
    mistakes::Mistakes,
    names::{camel, refuse_same_names, without_self},
    param::{Field, Param},
};
use proc_macro2::{Span, TokenStream};
use std::collections::BTreeMap;
use syn::{Ident, ImplItemFn, LitStr, ReceiverKind, ReturnType, Type, spanned::Spanned};

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Method,
    Property,
    Raw,
    Start,
    Stop,
}

pub(crate) struct Method {
    pub(crate) ident: Ident,
    /// Its name on the wire.
    pub(crate) wire: String,
    pub(crate) wire_span: Span,
    pub(crate) aliases: Vec<LitStr>,
    pub(crate) doc: String,
    pub(crate) access: Option<TokenStream>,
    pub(crate) kind: Kind,
    pub(crate) get: bool,
    pub(crate) long: bool,
    pub(crate) is_async: bool,
    pub(crate) params: Vec<Param>,
    pub(crate) returns: Type,
}

impl Method {
    /// Reads a function and takes our attributes off it. `None`: it is not callable, and the mistake is noted.
    pub(crate) fn read(it: &mut ImplItemFn, mistakes: &mut Mistakes) -> Option<Self> {
        refuse_misspelled(&mut it.attrs, mistakes);
        let access = take_access(&mut it.attrs, mistakes);
        let kind = take_kind(it, mistakes);
        let (get, long) = (take_word(&mut it.attrs, "get", mistakes), take_word(&mut it.attrs, "long", mistakes));
        let names = SerdeNames::take_of_method(&mut it.attrs, mistakes);
        let sig = &mut it.sig;
        match sig.receiver() {
            Some(me) if matches!(me.kind, ReceiverKind::Reference(_, _, None)) => {}
            Some(me) => mistakes.at(me, "a method takes `&self`: an element is shared by all calls"),
            None => {
                mistakes.add(
                    sig.ident.span(),
                    "a method takes `&self`; put what is not callable by name into another `impl` block",
                );
                return None;
            }
        }
        if !sig.generics.params.is_empty() {
            mistakes.at(&sig.generics, "a method has no type parameters: its arguments are JSON");
        }
        let params: Vec<Param> =
            sig.inputs.iter_mut().filter_map(|arg| Param::of(arg, kind == Kind::Raw, mistakes)).collect();
        let returns = match &sig.output {
            ReturnType::Type(_, ty) => (**ty).clone(),
            ReturnType::Default => {
                mistakes.add(sig.paren_token.span.close(), "say the result: `-> Result<()>` if there is none");
                return None;
            }
        };
        let wire_span = names.rename.as_ref().map_or_else(|| sig.ident.span(), LitStr::span);
        let wire = names.rename.map_or_else(|| camel(&sig.ident.to_string()), |it| it.value());
        let method = Self {
            ident: sig.ident.clone(),
            wire,
            wire_span,
            aliases: names.aliases,
            doc: doc(&it.attrs),
            access,
            kind,
            get: get || kind == Kind::Raw,
            long,
            is_async: sig.asyncness.is_some(),
            params,
            returns,
        };
        method.check_shape(it, mistakes);
        let mut seen = BTreeMap::new();
        for field in method.fields() {
            refuse_same_names(&mut seen, &field.ident, field.wire_names(), mistakes);
        }
        Some(method)
    }

    fn check_shape(&self, it: &ImplItemFn, mistakes: &mut Mistakes) {
        let sig = &it.sig;
        let extra = self.fields().next();
        match (self.kind, extra) {
            (Kind::Start | Kind::Stop, Some(extra)) => {
                mistakes.at(&extra.ident, "only `ctx: &Ctx` is there when an element starts or stops");
            }
            (Kind::Property, Some(extra)) => mistakes.at(&extra.ident, "a property takes no arguments"),
            _ => {}
        }
        match self.kind {
            Kind::Start | Kind::Stop if !self.is_async => mistakes.add(sig.fn_token.span(), "write `async fn`"),
            Kind::Property if self.is_async => mistakes.add(sig.asyncness.span(), "a property is a plain `fn`"),
            Kind::Raw if !self.is_async || self.params.iter().filter(|it| matches!(it, Param::Request(_))).count() != 1 => {
                mistakes.at(sig, "a raw method is `async fn name(&self, ctx: &Ctx, request: Request) -> Result<Response>`");
            }
            Kind::Method if !self.is_async => {
                mistakes.add(sig.fn_token.span(), "write `async fn`, or put `#[property]` on it if it only tells a value");
            }
            _ => {}
        }
        if self.long && self.kind != Kind::Method {
            mistakes.add(sig.ident.span(), "only a plain method can be `#[long]`");
        }
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = &Field> {
        self.params.iter().filter_map(|param| match param {
            Param::Json(field) => Some(&**field),
            Param::Ctx | Param::Request(_) => None,
        })
    }

    /// Its names on the wire, each with its place.
    pub(crate) fn wire_names(&self) -> impl Iterator<Item = (String, Span)> {
        let aliases = self.aliases.iter().map(|it| (it.value(), it.span()));
        std::iter::once((self.wire.clone(), self.wire_span)).chain(aliases)
    }

    /// Names the struct where the author wrote `Self`: what is made of the method stands outside of the block.
    pub(crate) fn name_self(&mut self, name: &Type) {
        if let Ok(named) = syn::parse2(without_self(&self.returns, name)) {
            self.returns = named;
        }
        for param in &mut self.params {
            if let Param::Json(field) = param {
                field.ty = without_self(&field.ty, name);
                field.fits = without_self(&field.fits, name);
            }
        }
    }

    pub(crate) fn is_hook(&self) -> bool {
        matches!(self.kind, Kind::Start | Kind::Stop)
    }
}

fn take_kind(it: &mut ImplItemFn, mistakes: &mut Mistakes) -> Kind {
    let words = [("property", Kind::Property), ("raw", Kind::Raw), ("start", Kind::Start), ("stop", Kind::Stop)];
    let mut found =
        words.into_iter().filter(|(word, _)| take_word(&mut it.attrs, word, mistakes)).collect::<Vec<_>>().into_iter();
    let kind = found.next();
    if let (Some((first, _)), Some((second, _))) = (kind, found.next()) {
        mistakes.add(it.sig.ident.span(), format!("`#[{first}]` and `#[{second}]` exclude each other"));
    }
    kind.map_or(Kind::Method, |(_, kind)| kind)
}
