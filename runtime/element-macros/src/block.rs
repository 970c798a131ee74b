//! `#[element::ty]` and `#[element::service]` on an `impl` block: every `&self` function becomes callable by name.
use crate::{
    attrs::doc,
    method::{Kind, Method},
    mistakes::Mistakes,
    names::{check_full_name, check_method_name, refuse_same_names, text},
};
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use std::collections::BTreeMap;
use syn::{
    Ident, ImplItem, ItemImpl, LitStr, Path, Token,
    parse::{Parse, ParseStream},
    spanned::Spanned,
};

#[derive(Clone, Copy)]
pub(crate) enum Role<'a> {
    Type,
    Service,
    /// The block is ours, see `model`.
    Model {
        record: &'a Ident,
    },
}

impl Role<'_> {
    fn form(self) -> &'static str {
        match self {
            Self::Type => "`#[element::ty(\"auths.loginTypes.QywxInnerType\", meta = Login)]`",
            Self::Service => "`#[element::service(\"auths.loginTypes.services.AuthSvc\")]`",
            Self::Model { .. } => "`#[element::model(\"auths.loginTypes.QywxInnerType.QywxInnerAuthModel\")]`",
        }
    }
}

struct Attr {
    full_name: LitStr,
    meta: Option<Path>,
    /// It calls the Type that it stands in the place of.
    overrides: Option<Ident>,
}

impl Parse for Attr {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut it = Self { full_name: input.parse()?, meta: None, overrides: None };
        while input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            let word: Ident = input.parse()?;
            if word == "meta" && it.meta.is_none() {
                input.parse::<Token![=]>()?;
                it.meta = Some(input.parse()?);
            } else if word == "overrides" && it.overrides.is_none() {
                it.overrides = Some(word);
            } else {
                return Err(syn::Error::new(word.span(), "expected `meta = …` or `overrides`"));
            }
        }
        Ok(it)
    }
}

impl Attr {
    fn read(role: Role<'_>, attr: &TokenStream, of_trait: bool, mistakes: &mut Mistakes) -> Self {
        let it = syn::parse2(attr.clone()).unwrap_or_else(|e| {
            let what = if attr.is_empty() { "the full name is missing".into() } else { e.to_string() };
            mistakes.add(e.span(), format!("{what}; the form is {}", role.form()));
            Self { full_name: LitStr::new("unnamed.Element", Span::call_site()), meta: None, overrides: None }
        });
        check_full_name(&it.full_name, mistakes);
        match (role, &it.meta) {
            (Role::Type, None) if mistakes.is_empty() && !of_trait => {
                mistakes.at(attr, format!("a Type keeps a Meta: the form is {}", role.form()));
            }
            (Role::Service | Role::Model { .. }, Some(meta)) => mistakes.at(meta, "only a Type keeps a Meta"),
            _ => {}
        }
        if let (Role::Service | Role::Model { .. }, Some(word)) = (role, &it.overrides) {
            mistakes.at(word, "only a Type stands in the place of another one");
        }
        it
    }
}

pub(crate) fn expand(role: Role<'_>, attr: &TokenStream, item: &TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let Ok(mut block) = syn::parse2::<ItemImpl>(item.clone()) else {
        let mistake = syn::Error::new_spanned(item, "put this on `impl YourStruct { … }`").to_compile_error();
        return quote!(#mistake #item);
    };
    let attr = Attr::read(role, attr, block.trait_.is_some(), &mut mistakes);
    if let Some((path, _)) = &block.trait_ {
        let (ty, meta) = (text(&block.self_ty), text(path));
        mistakes.at(path, format!("put it on `impl {ty} {{ … }}` and name the Meta in the attribute: `meta = {meta}`"));
        block.trait_ = None;
    }
    if !block.generics.params.is_empty() {
        mistakes.at(&block.generics, "an element has no type parameters");
    }
    let mut methods: Vec<Method> = block
        .items
        .iter_mut()
        .filter_map(|member| match member {
            ImplItem::Fn(it) => Method::read(it, &mut mistakes),
            _ => None,
        })
        .collect();
    methods.iter_mut().for_each(|method| method.name_self(&block.self_ty));
    let mut seen = BTreeMap::new();
    for method in methods.iter().filter(|method| !method.is_hook()) {
        for (name, span) in method.wire_names() {
            check_method_name(&name, span, &mut mistakes);
        }
        refuse_same_names(&mut seen, &method.ident, method.wire_names(), &mut mistakes);
    }
    refuse_second_hooks(&methods, &mut mistakes);
    if mistakes.is_empty() { emit(role, &attr, &block, methods) } else { give_back(&attr, &block, &mistakes) }
}

fn refuse_second_hooks(methods: &[Method], mistakes: &mut Mistakes) {
    for (kind, word) in [(Kind::Start, "start"), (Kind::Stop, "stop")] {
        let hooks: Vec<_> = methods.iter().filter(|method| method.kind == kind).collect();
        for pair in hooks.windows(2) {
            mistakes.at(&pair[1].ident, format!("`{}` is `#[{word}]` already", pair[0].ident));
        }
    }
}

/// The author's own code stays, so that one mistake brings no others.
fn give_back(attr: &Attr, block: &ItemImpl, mistakes: &Mistakes) -> TokenStream {
    let (mistakes, ty, full_name) = (mistakes.tokens(), &block.self_ty, &attr.full_name);
    quote! {
        #mistakes
        #[allow(dead_code, unused)]
        #block
        #[allow(dead_code)]
        impl #ty {
            #[doc(hidden)]
            pub const FULL_NAME: &'static str = #full_name;
        }
    }
}

fn emit(role: Role<'_>, attr: &Attr, block: &ItemImpl, methods: Vec<Method>) -> TokenStream {
    let (hooks, methods): (Vec<_>, Vec<_>) = methods.into_iter().partition(Method::is_hook);
    let (ty, full_name, about) = (&block.self_ty, &attr.full_name, doc(&block.attrs));
    let structs = methods.iter().map(Method::args_struct);
    let rows = methods.iter().map(Method::row);
    let arms = (0u32..).zip(&methods).map(|(number, method)| method.arm(&quote!(#number)));
    let has = |kind| hooks.iter().any(|hook| hook.kind == kind);
    let (starts, stops, overrides) = (has(Kind::Start), has(Kind::Stop), attr.overrides.is_some());
    let hook_arms = hooks.iter().map(|hook| match hook.kind {
        Kind::Start => hook.arm(&quote!(::element::private::START)),
        _ => hook.arm(&quote!(::element::private::STOP)),
    });
    let (role_word, schema, build) = match role {
        Role::Type => (
            quote!(Type),
            quote_spanned!(ty.span()=> Some(<#ty as ::element::private::Config>::schema)),
            quote_spanned!(ty.span()=> <#ty as ::element::private::Config>::build),
        ),
        Role::Service => {
            (quote!(Service), quote!(None), quote_spanned!(ty.span()=> ::element::private::build_default::<#ty>))
        }
        Role::Model { record } => (
            quote!(Model),
            quote!(Some(::element::private::schema::<#record>)),
            quote!(::element::private::build_default::<#ty>),
        ),
    };
    let (meta, contract) =
        attr.meta.as_ref().map_or_else(|| (quote!(None), quote!()), |meta| keep(meta, full_name, ty, &methods));
    // A model's block is ours, not the author's: its struct has its own `FULL_NAME`.
    let public_name = (!matches!(role, Role::Model { .. })).then(|| {
        quote! {
            #[allow(dead_code)]
            impl #ty {
                /// This element's full name.
                pub const FULL_NAME: &'static str = #full_name;
            }
        }
    });
    quote! {
        #block
        #public_name
        const _: () = {
            use ::element::private::{serde, schemars};
            #(#structs)*
            const __METHODS: &[::element::private::MethodDef] = &[#(#rows),*];
            #contract
            #[automatically_derived]
            impl ::element::private::Object for #ty {
                fn call<'a>(
                    &'a self,
                    __method: u32,
                    __ctx: &'a ::element::Ctx,
                    __input: ::element::private::Input<'a>,
                    __form: ::element::private::Form,
                ) -> ::element::private::BoxFuture<'a, ::element::Result<::element::private::Output>> {
                    match __method {
                        #(#arms)*
                        #(#hook_arms)*
                        _ => ::element::private::no_such_method(__method),
                    }
                }
            }
            static __TYPE: ::element::private::TypeDef = ::element::private::TypeDef {
                full_name: #full_name,
                role: ::element::private::Role::#role_word,
                doc: #about,
                meta: #meta,
                schema: #schema,
                methods: __METHODS,
                build: #build,
                starts: #starts,
                stops: #stops,
                overrides: #overrides,
                origin: ::element::private::Origin {
                    package: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION"), file: file!(), line: line!(),
                },
            };
            ::element::private::inventory::submit! { ::element::private::Linked::Type(&__TYPE) }
        };
    }
}

/// Names and access are compared by a `const fn`, results by the Meta's slots (see `meta`). An inherent function of
/// `dyn Meta` wins over the trait `__Own`'s, so only what the Meta promises is compared with it.
fn keep(meta: &Path, full_name: &LitStr, ty: &syn::Type, methods: &[Method]) -> (TokenStream, TokenStream) {
    let promised = methods.iter().filter(|method| method.kind == Kind::Method);
    let slots = promised.clone().map(|method| {
        let ident = &method.ident;
        quote!(fn #ident<T>() {})
    });
    let compare = promised.map(|method| {
        let (ident, value) = (&method.ident, method.value());
        quote_spanned!(method.returns.span()=> <dyn #meta>::#ident::<#value>();)
    });
    let table = quote_spanned!(meta.span()=> <dyn #meta as ::element::private::Contract>::META);
    let contract = quote_spanned! {meta.span()=>
        impl #meta for #ty {}
        const _: () = {
            const _: () = if let Some(complaint) = ::element::private::broken(#full_name, #table, __METHODS) {
                ::core::panic!("{}", complaint.text())
            };
            #[allow(dead_code)]
            fn results() {
                #[allow(dead_code)]
                trait __Own { #(#slots)* }
                impl __Own for dyn #meta {}
                #(#compare)*
            }
        };
    };
    (quote!(Some(#table)), contract)
}
