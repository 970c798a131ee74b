//! One parameter of a method: lent by the runtime, a named JSON argument, or a raw request.
use crate::{attrs::SerdeNames, mistakes::Mistakes, names::camel};
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    Attribute, FnArg, GenericArgument, Ident, Pat, PatType, Path, PathArguments, Type, ext::IdentExt, spanned::Spanned,
};

pub(crate) enum Param {
    Ctx,
    Json(Box<Field>),
    Request(Span),
}

/// A named JSON argument: a field of the struct that the arguments are decoded into.
pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) names: SerdeNames,
    /// The field's type: owned, or a `Cow` where the author wrote `&str`.
    pub(crate) ty: TokenStream,
    /// The type that is asked whether a value would do.
    pub(crate) fits: TokenStream,
    /// The expression that is passed on.
    pub(crate) pass: TokenStream,
    pub(crate) borrows: bool,
    pub(crate) span: Span,
}

impl Field {
    /// Its names on the wire, each with its place.
    pub(crate) fn wire_names(&self) -> impl Iterator<Item = (String, Span)> {
        let own = || (camel(&self.ident.to_string()), self.ident.span());
        let own = self.names.rename.as_ref().map_or_else(own, |it| (it.value(), it.span()));
        std::iter::once(own).chain(self.names.aliases.iter().map(|it| (it.value(), it.span())))
    }
}

impl Param {
    /// Reads one parameter and takes its attributes off: rustc forbids them there, after expansion.
    pub(crate) fn read(arg: &mut PatType, raw: bool, mistakes: &mut Mistakes) -> Option<Self> {
        let attrs = std::mem::take(&mut arg.attrs);
        let Pat::Ident(pat) = &*arg.pat else {
            mistakes.at(&arg.pat, "an argument needs a name");
            return None;
        };
        if is_reference_to_ctx(&arg.ty) {
            return Some(Self::Ctx);
        }
        let inner = match &*arg.ty {
            Type::Reference(it) => &*it.elem,
            it => it,
        };
        if last_of(inner).is_some_and(|last| last == "Ctx") {
            mistakes.at(&arg.ty, "the runtime lends it: write `ctx: &Ctx`");
            return None;
        }
        if raw {
            return last_of(&arg.ty).is_some_and(|last| last == "Request").then(|| Self::Request(arg.ty.span()));
        }
        if let Some(mistake) = no_argument(&arg.ty, inner) {
            mistakes.at(&arg.ty, mistake);
            return None;
        }
        // `_state` is an argument that the body does not use yet; outside it is called `state`.
        let name = pat.ident.unraw().to_string();
        let Some(ident) = field_name(name.trim_start_matches('_'), pat.ident.span()) else {
            mistakes.at(&pat.ident, "an argument needs a name");
            return None;
        };
        let shape = Shape::of(&ident, &arg.ty);
        Some(Self::Json(Box::new(Field {
            names: SerdeNames::of_parameter(&attrs),
            span: arg.ty.span(),
            ty: shape.ty,
            fits: shape.fits,
            pass: shape.pass,
            borrows: shape.borrows,
            ident,
            attrs,
        })))
    }

    pub(crate) fn of(arg: &mut FnArg, raw: bool, mistakes: &mut Mistakes) -> Option<Self> {
        match arg {
            FnArg::Typed(arg) => Self::read(arg, raw, mistakes),
            FnArg::Receiver(_) => None,
        }
    }
}

/// What the compiler would complain about in what is made of the type.
fn no_argument(ty: &Type, inner: &Type) -> Option<&'static str> {
    match ty {
        Type::Reference(it) if it.mutability.is_some() => {
            return Some("an argument is not written to: take it as `T` or `&T`");
        }
        Type::Reference(it) if it.lifetime.as_ref().is_some_and(|life| life.ident != "_") => {
            return Some("an argument lives as long as its call: write no lifetime");
        }
        _ => {}
    }
    if matches!(inner, Type::ImplTrait(_)) {
        return Some("write one type, such as `String`: callers learn from it what to send");
    }
    let refers = quote!(#inner).to_string().contains('&') && !option_of(ty).is_some_and(is_str);
    refers.then_some("inside a type write what owns: `String` in place of `&str`, `Vec<T>` in place of `&[T]`")
}

/// `type` becomes `r#type`; `None`: no identifier at all.
fn field_name(name: &str, span: Span) -> Option<Ident> {
    let mut ident = syn::parse_str::<Ident>(name).or_else(|_| syn::parse_str(&format!("r#{name}"))).ok()?;
    ident.set_span(span);
    Some(ident)
}

struct Shape {
    ty: TokenStream,
    fits: TokenStream,
    pass: TokenStream,
    borrows: bool,
}

impl Shape {
    /// `&str` is taken as borrowed or owned text, whichever the input allows; `&T` as an owned `T`; the rest as it is.
    fn of(ident: &Ident, ty: &Type) -> Self {
        let cow = quote!(::element::private::Cow<'arg, str>);
        if is_str(ty) {
            return Self { ty: cow, fits: quote!(String), pass: quote!(&#ident), borrows: true };
        }
        if option_of(ty).is_some_and(is_str) {
            return Self {
                ty: quote!(Option<#cow>),
                fits: quote!(Option<String>),
                pass: quote!(#ident.as_deref()),
                borrows: true,
            };
        }
        let (ty, pass) = match ty {
            Type::Reference(it) => match &*it.elem {
                Type::Slice(slice) => {
                    let each = &slice.elem;
                    (quote_spanned!(slice.span()=> Vec<#each>), quote!(&#ident))
                }
                owned => (quote!(#owned), quote!(&#ident)),
            },
            owned => (quote!(#owned), quote!(#ident)),
        };
        Self { fits: ty.clone(), ty, pass, borrows: false }
    }
}

fn is_str(ty: &Type) -> bool {
    matches!(ty, Type::Reference(it) if it.mutability.is_none() && matches!(&*it.elem, Type::Path(path) if path.path.is_ident("str")))
}

fn is_reference_to_ctx(ty: &Type) -> bool {
    matches!(ty, Type::Reference(it) if it.mutability.is_none() && last_of(&it.elem).is_some_and(|last| last == "Ctx"))
}

fn last_of(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(it) => it.path.segments.last().map(|last| &last.ident),
        _ => None,
    }
}

fn option_of(ty: &Type) -> Option<&Type> {
    let Type::Path(syn::TypePath { path: Path { segments, .. }, .. }) = ty else { return None };
    let last = segments.last().filter(|last| last.ident == "Option")?;
    match &last.arguments {
        PathArguments::AngleBracketed(it) => match it.args.first()? {
            GenericArgument::Type(it) => Some(it),
            _ => None,
        },
        _ => None,
    }
}
