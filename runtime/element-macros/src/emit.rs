//! What one method becomes: its argument struct, its row in the table, its arm in the dispatch, its checks.
use crate::{
    method::{Kind, Method},
    names::camel,
    param::Param,
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Type, spanned::Spanned};

impl Method {
    /// With underscores before it, because the author's own types may have any other name.
    fn struct_name(&self) -> Ident {
        format_ident!("__{}", self.title())
    }

    /// What a schema calls its arguments.
    fn title(&self) -> String {
        let mut name = camel(&self.ident.to_string());
        name[..1].make_ascii_uppercase();
        format!("{name}Args")
    }

    /// The struct that the JSON arguments are decoded into; nothing for a method without arguments.
    pub(crate) fn args_struct(&self) -> TokenStream {
        if self.fields().next().is_none() {
            return quote!();
        }
        let (name, title) = (self.struct_name(), self.title());
        let life = self.fields().any(|field| field.borrows).then(|| quote!('arg,));
        let fields = self.fields().map(|field| {
            let (attrs, ident, ty, aliases) = (&field.attrs, &field.ident, &field.ty, &field.names.aliases);
            let borrow = field.borrows.then(|| quote!(#[serde(borrow)]));
            // A schema has no word for second names, so readers of it find them here.
            let also = (!aliases.is_empty()).then(|| quote!(#[schemars(extend("x-aliases" = [#(#aliases),*]))]));
            quote!(#(#attrs)* #borrow #also #ident: #ty)
        });
        // Every field is asked for elsewhere, at the author's own words; here all is well. schemars takes a bound from
        // generic structs only, hence the parameter.
        let granted = self.fields().filter(|field| !field.borrows).map(|field| {
            let ty = field.ty.to_string();
            format!("for<'any> {ty}: ::element::private::Granted<'any>")
        });
        let granted = granted.collect::<Vec<_>>().join(", ");
        let bound = quote!(bound = #granted);
        quote! {
            #[derive(serde::Deserialize, schemars::JsonSchema)]
            #[serde(crate = "::element::private::serde", rename_all = "camelCase", deny_unknown_fields, #bound)]
            #[schemars(crate = "::element::private::schemars", rename = #title, #bound)]
            struct #name<#life const ASKED: bool> { #(#fields),* }
        }
    }

    /// `number => …`: decode, call, encode. The locals have names that no argument has.
    pub(crate) fn arm(&self, number: &TokenStream) -> TokenStream {
        let ident = &self.ident;
        let pass = self.params.iter().map(|param| match param {
            Param::Ctx => quote!(__ctx),
            Param::Json(field) => field.pass.clone(),
            Param::Request(span) => quote_spanned!(*span=> __input.request()?),
        });
        let call = quote!(self.#ident(#(#pass),*));
        let call = if self.is_async { quote!(#call.await) } else { call };
        let read = if self.kind == Kind::Raw {
            quote!()
        } else if self.fields().next().is_none() {
            quote!(__input.empty()?;)
        } else {
            let (name, idents) = (self.struct_name(), self.fields().map(|field| &field.ident));
            let each = self.fields().flat_map(|field| {
                let fits = &field.fits;
                let fits = quote_spanned!(field.span=> <#fits as ::element::private::Argument>::fits);
                field.wire_names().map(move |(wire, _)| quote!((#wire, #fits as ::element::private::Fits)))
            });
            quote! {
                let #name { #(#idents),* } = {
                    use ::element::private::{Args, Readable as _, Unreadable as _};
                    (&Args::<#name<true>>::OF).decode(&__input, &[#(#each),*])?
                };
            }
        };
        let give = match self.kind {
            Kind::Raw => {
                let returns = &self.returns;
                let response = quote_spanned!(returns.span()=> <#returns as ::element::private::RawReturns>::response);
                quote!(Ok(::element::private::Output::Raw(::std::boxed::Box::new(#response(#call)?))))
            }
            Kind::Property => {
                let reply = self.reply();
                let lent = if matches!(self.returns, Type::Reference(_)) { call } else { quote!(&#call) };
                quote!(#reply::encode(#lent, __form))
            }
            Kind::Method | Kind::Start | Kind::Stop => {
                let (returns, reply) = (&self.returns, self.reply());
                // From the type's first token to its last, so that the compiler finds its mistakes there.
                let end = quote!(#returns).into_iter().last().map_or_else(Span::call_site, |last| last.span());
                let result = quote_spanned!(returns.span()=> <#returns as ::element::private::Returns>::result);
                let value = quote_spanned!(end=> (#call)?);
                quote!(#reply::encode(&#result #value, __form))
            }
        };
        // A future that cannot move between threads is told at the method's name.
        let future = quote_spanned!(ident.span()=> ::std::boxed::Box::pin(async move { #read #give }));
        quote!(#number => #future,)
    }

    /// The type inside the method's `Result`; of a property, what its reference points to.
    pub(crate) fn value(&self) -> TokenStream {
        let returns = &self.returns;
        match (self.kind, returns) {
            (Kind::Property, Type::Reference(it)) => {
                let it = &it.elem;
                quote!(#it)
            }
            (Kind::Property, it) => quote!(#it),
            _ => quote_spanned!(returns.span()=> <#returns as ::element::private::Returns>::Value),
        }
    }

    /// The same as a reply: the compiler is asked at the author's own words whether it may be one.
    fn reply(&self) -> TokenStream {
        let value = self.value();
        quote_spanned!(self.returns.span()=> <#value as ::element::private::Reply>)
    }

    /// The method's row in the Type's table.
    pub(crate) fn row(&self) -> TokenStream {
        let Self { wire, aliases, doc, get, long, .. } = self;
        let access = self.access.as_ref().map_or(quote!(None), |it| quote!(Some(::element::private::Access::#it)));
        let kind = match self.kind {
            Kind::Property => quote!(Property),
            Kind::Raw => quote!(Raw),
            Kind::Method | Kind::Start | Kind::Stop => quote!(Method),
        };
        let args = match (self.kind, self.fields().next()) {
            (Kind::Raw, _) => quote!(::element::private::raw_schema),
            (_, None) => quote!(::element::private::no_args),
            _ => {
                let name = self.struct_name();
                quote!(|| {
                    use ::element::private::{Args, Readable as _, Unreadable as _};
                    (&Args::<#name<true>>::OF).schema()
                })
            }
        };
        let reply = if self.kind == Kind::Raw {
            quote!(::element::private::raw_schema)
        } else {
            let reply = self.reply();
            quote!(#reply::schema)
        };
        quote!(::element::private::MethodDef {
            name: #wire,
            aliases: &[#(#aliases),*],
            doc: #doc,
            access: #access,
            kind: ::element::private::MethodKind::#kind,
            get: #get,
            long: #long,
            args: #args,
            reply: #reply,
        })
    }
}
