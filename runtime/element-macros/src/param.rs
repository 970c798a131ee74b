//! One parameter of a method: lent by the runtime, a named JSON argument, or a raw request.
use crate::words::{Mistakes, SerdeNames, camel};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Attribute, FnArg, GenericArgument, Ident, Pat, PatType, Path, PathArguments, Type, spanned::Spanned};

pub(crate) enum Param {
    Ctx,
    Json(Box<Field>),
    Request,
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
    pub(crate) fn wire(&self) -> String {
        self.names.rename.as_ref().map_or_else(|| camel(&self.ident.to_string()), syn::LitStr::value)
    }
}

impl Param {
    /// Reads one parameter and takes its attributes off: rustc forbids them there, after expansion.
    pub(crate) fn read(arg: &mut PatType, raw: bool, mistakes: &mut Mistakes) -> Option<Self> {
        let attrs = std::mem::take(&mut arg.attrs);
        let Pat::Ident(pat) = &*arg.pat else {
            mistakes.add(arg.pat.span(), "an argument needs a name");
            return None;
        };
        if is_reference_to_ctx(&arg.ty) {
            return Some(Self::Ctx);
        }
        if raw {
            return Some(Self::Request);
        }
        if last_of(&arg.ty).is_some_and(|last| last == "Ctx") {
            mistakes.add(arg.ty.span(), "the runtime lends it: write `ctx: &Ctx`");
            return None;
        }
        let ident = Ident::new(pat.ident.to_string().trim_start_matches('_'), pat.ident.span());
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
                    (quote!(Vec<#each>), quote!(&#ident))
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
