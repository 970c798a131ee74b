//! What one method becomes: its argument struct, its row in the table, its arm in the dispatch, its checks.
use crate::{
    method::{Kind, Method},
    param::Param,
    words::camel,
};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Type, spanned::Spanned};

impl Method {
    fn struct_name(&self) -> Ident {
        let mut name = camel(&self.ident.to_string());
        name[..1].make_ascii_uppercase();
        format_ident!("{name}Args")
    }

    /// The struct that the JSON arguments are decoded into; nothing for a method without arguments.
    pub(crate) fn args_struct(&self) -> TokenStream {
        if self.fields().next().is_none() {
            return quote!();
        }
        let name = self.struct_name();
        let life = self.fields().any(|field| field.borrows).then(|| quote!(<'arg>));
        let fields = self.fields().map(|field| {
            let (attrs, ident, ty, aliases) = (&field.attrs, &field.ident, &field.ty, &field.names.aliases);
            let borrow = field.borrows.then(|| quote!(#[serde(borrow)]));
            // A schema has no word for second names, so readers of it find them here.
            let also = (!aliases.is_empty()).then(|| quote!(#[schemars(extend("x-aliases" = [#(#aliases),*]))]));
            quote!(#(#attrs)* #borrow #also #ident: #ty)
        });
        quote! {
            #[derive(serde::Deserialize, schemars::JsonSchema)]
            #[serde(crate = "::element::private::serde", rename_all = "camelCase", deny_unknown_fields)]
            #[schemars(crate = "::element::private::schemars")]
            struct #name #life { #(#fields),* }
        }
    }

    /// `number => …`: decode, call, encode. The locals have names that no argument has.
    pub(crate) fn arm(&self, number: &TokenStream) -> TokenStream {
        let ident = &self.ident;
        let pass = self.params.iter().map(|param| match param {
            Param::Ctx => quote!(__ctx),
            Param::Json(field) => field.pass.clone(),
            Param::Request => quote!(__input.request()?),
        });
        let call = quote!(self.#ident(#(#pass),*));
        let call = if self.is_async { quote!(#call.await) } else { call };
        let read = if self.kind == Kind::Raw {
            quote!()
        } else if self.fields().next().is_none() {
            quote!(__input.empty()?;)
        } else {
            let (name, idents) = (self.struct_name(), self.fields().map(|field| &field.ident));
            let each = self.fields().map(|field| {
                let (wire, fits) = (field.wire(), &field.fits);
                quote!((#wire, ::element::private::fits::<#fits> as ::element::private::Fits))
            });
            quote!(let #name { #(#idents),* } = __input.decode(&[#(#each),*])?;)
        };
        let give = match self.kind {
            Kind::Raw => quote!(Ok(::element::private::Output::Raw(::std::boxed::Box::new(#call?)))),
            Kind::Property => quote!(__form.encode(&#call)),
            Kind::Method | Kind::Start | Kind::Stop => {
                let result = quote_spanned!(self.returns.span()=> ::element::private::Returns::result);
                quote!(__form.encode(&#result(#call)?))
            }
        };
        quote!(#number => ::std::boxed::Box::pin(async move { #read #give }),)
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
                quote!(::element::private::args_schema::<#name>)
            }
        };
        let reply = if self.kind == Kind::Raw {
            quote!(::element::private::raw_schema)
        } else {
            let value = self.value();
            quote_spanned!(self.ident.span()=> ::element::private::reply_schema::<#value>)
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

    /// What the compiler is asked, each at the author's own words.
    pub(crate) fn checks(&self) -> TokenStream {
        let returns = &self.returns;
        if self.kind == Kind::Raw {
            return quote_spanned!(returns.span()=> const _: () = ::element::private::raw_returns::<#returns>(););
        }
        let arguments = self.fields().filter(|field| !field.borrows).map(|field| {
            let ty = &field.ty;
            quote_spanned!(field.span=> const _: () = ::element::private::argument::<#ty>();)
        });
        let value = self.value();
        let reply = quote_spanned!(returns.span()=> const _: () = ::element::private::reply::<#value>(););
        quote!(#(#arguments)* #reply)
    }
}
