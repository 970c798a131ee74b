//! `#[element::meta("…")]` on a trait: names, results and access that every Type of the family has.
//!
//! The trait becomes an empty marker; on `dyn Trait` stand the table and, for each promise, a "slot": a function
//! whose bound only the promised result meets. A Type's block calls each slot with its own result, so a wrong one is
//! a trait error at the author's own return type.
use crate::{
    attrs::{doc, refuse_misspelled, take_access},
    mistakes::Mistakes,
    names::{camel, check_full_name, check_method_name, refuse_same_names, text},
};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use std::collections::BTreeMap;
use syn::{FnArg, ItemTrait, LitStr, ReceiverKind, ReturnType, TraitItem, spanned::Spanned};

pub(crate) fn expand(attr: TokenStream, item: &TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let full_name: LitStr = syn::parse2(attr).unwrap_or_else(|e| {
        mistakes.add(e.span(), "say the Meta's full name: `#[element::meta(\"auths.loginTypes.Meta\")]`");
        LitStr::new("unnamed.Meta", Span::call_site())
    });
    check_full_name(&full_name, &mut mistakes);
    let Ok(mut it) = syn::parse2::<ItemTrait>(item.clone()) else {
        let mistake = syn::Error::new_spanned(item, "a Meta is a trait").to_compile_error();
        return quote!(#mistake #item);
    };

    let (vis, name, about) = (&it.vis, it.ident.clone(), doc(&it.attrs));
    if !it.generics.params.is_empty() {
        mistakes.at(&it.generics, "a Meta has no type parameters");
    }
    if !it.supertraits.is_empty() {
        mistakes.at(&it.supertraits, "a Meta stands alone: its Types keep what it promises itself");
    }
    let mut seen = BTreeMap::new();
    let (mut bounds, mut slots, mut promises) = (vec![], vec![], vec![]);
    let mut contract = vec!["\n\n# Every Type has\n".to_owned()];
    for member in &mut it.items {
        let TraitItem::Fn(method) = member else {
            mistakes.at(&*member, "a Meta holds methods only");
            continue;
        };
        refuse_misspelled(&mut method.attrs, &mut mistakes);
        let access = take_access(&mut method.attrs, &mut mistakes).unwrap_or(quote!(Internal));
        if let Some(other) = method.attrs.iter().find(|attr| !attr.path().is_ident("doc")) {
            mistakes.at(other, "only `#[access(…)]` stands here: what else a method is, each Type says");
        }
        if let Some(body) = &method.default {
            mistakes.at(body, "a Meta promises, its Types do: end this line with `;`");
        }
        if method.sig.asyncness.is_none() {
            mistakes.add(method.sig.fn_token.span(), "write `async fn`");
        }
        if !matches!(method.sig.receiver().map(|me| &me.kind), Some(ReceiverKind::Reference(_, _, None))) {
            mistakes.add(method.sig.ident.span(), "a promise takes `&self`, and nothing else");
        }
        if !method.sig.generics.params.is_empty() {
            mistakes.at(&method.sig.generics, "a promise has no type parameters: its result is JSON");
        }
        if let Some(extra) = method.sig.inputs.iter().find(|arg| matches!(arg, FnArg::Typed(_))) {
            mistakes.at(extra, "arguments belong to each Type; a Meta promises the name and the result: write only `&self`");
        }
        let ReturnType::Type(_, returns) = &method.sig.output else {
            mistakes.add(method.sig.paren_token.span.close(), "say the result: `-> Result<…>`");
            continue;
        };
        let (ident, wire, about) = (&method.sig.ident, camel(&method.sig.ident.to_string()), doc(&method.attrs));
        let before = mistakes.len();
        check_method_name(&wire, ident.span(), &mut mistakes);
        refuse_same_names(&mut seen, ident, [(wire.clone(), ident.span())], &mut mistakes);
        if mistakes.len() > before {
            continue;
        }
        let write = format!("async fn {ident}(&self, …) -> {}", text(returns));
        contract.push(format!("- `{write}`: {about}"));
        let wrong = format!("`{ident}` does not keep its Meta `{}`: it gives `{{Self}}`", full_name.value());
        let says = format!("the Meta says `{write}`");
        let bound = format_ident!("{name}_{ident}");
        let value = quote_spanned!(returns.span()=> <#returns as ::element::private::Returns>::Value);
        let reply = quote_spanned!(returns.span()=> <#value as ::element::private::Reply>::schema);
        bounds.push(quote! {
            #[diagnostic::on_unimplemented(message = #wrong, label = #says)]
            #[doc(hidden)]
            #[allow(non_camel_case_types, missing_docs, unreachable_pub, private_interfaces)]
            #vis trait #bound {}
            impl #bound for #value {}
        });
        slots.push(quote!(pub fn #ident<T: #bound>() {}));
        promises.push(quote!(::element::private::Promise {
            name: #wire,
            write: #write,
            doc: #about,
            access: ::element::private::Access::#access,
            reply: #reply,
        }));
    }
    let mistakes = mistakes.tokens();
    let contract = contract.join("\n");
    let attrs = &it.attrs;
    quote! {
        #mistakes
        #(#bounds)*
        #(#attrs)*
        #[doc = #contract]
        #vis trait #name {}
        impl dyn #name {
            /// The Meta's full name.
            #[allow(dead_code, unreachable_pub, reason = "not every family is asked for by name")]
            pub const FULL_NAME: &'static str = #full_name;
        }
        #[doc(hidden)]
        #[allow(missing_docs, unreachable_pub, private_bounds)]
        impl dyn #name {
            #(#slots)*
        }
        #[automatically_derived]
        impl ::element::private::Contract for dyn #name {
            const META: &'static ::element::private::MetaDef = &::element::private::MetaDef {
                full_name: #full_name,
                doc: #about,
                promises: &[#(#promises),*],
                origin: ::element::private::Origin {
                    package: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION"), file: file!(), line: line!(),
                },
            };
        }
        ::element::private::inventory::submit! { ::element::private::Linked::Meta(<dyn #name as ::element::private::Contract>::META) }
    }
}
