//! `#[element::model("…")]` on a struct: the app's records of one collection, seen as an element.
use crate::{block, data};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{ItemStruct, LitStr};

pub(crate) fn expand(attr: &TokenStream, item: &TokenStream) -> TokenStream {
    let Ok(record) = syn::parse2::<ItemStruct>(item.clone()) else {
        let mistake = syn::Error::new_spanned(item, "a model is a struct: its records").to_compile_error();
        return quote!(#mistake #item);
    };
    let name = &record.ident;
    let full_name: Option<LitStr> = syn::parse2(attr.clone()).ok();
    let full_name = full_name.map_or_else(String::new, |it| it.value());
    let about = format!("Records of `{full_name}`, for the elements of the app.");
    let records = quote!(ctx.records(#full_name));
    // The same block that an author would write for a service, once for all models.
    let methods = block::expand(
        block::Role::Model { record: name },
        attr,
        &quote! {
            #[doc = #about]
            impl __Rows {
                /// The record with this key, or null.
                async fn get(&self, ctx: &::element::Ctx, key: &str) -> ::element::Result<Option<::element::Record<#name>>> {
                    #records.get(key).await
                }
                /// A page of the records whose top-level fields have these values, in the order of their keys.
                async fn query(
                    &self,
                    ctx: &::element::Ctx,
                    filter: Option<::element::private::BTreeMap<String, ::element::private::serde_json::Value>>,
                    /// The `next` of the page before.
                    after: Option<String>,
                    /// 1 to 1,000; 100 if not given.
                    limit: Option<u32>,
                ) -> ::element::Result<::element::Page<#name>> {
                    let (filter, limit) = (filter.unwrap_or_default(), limit.unwrap_or(100));
                    #records.query(&::element::Query { filter, after, limit, ..Default::default() }).await
                }
                /// How many records have these values.
                async fn count(
                    &self,
                    ctx: &::element::Ctx,
                    filter: Option<::element::private::BTreeMap<String, ::element::private::serde_json::Value>>,
                ) -> ::element::Result<u64> {
                    #records.count(&filter.unwrap_or_default()).await
                }
                /// Takes the record with this key away; was there one?
                async fn delete(&self, ctx: &::element::Ctx, key: &str) -> ::element::Result<bool> {
                    #records.delete(key).await
                }
            }
        },
    );
    let record = data::expand(data::Unknown::Ignored, TokenStream::new(), &quote!(#record));
    quote! {
        #record
        #[allow(dead_code)]
        impl #name {
            /// This model's full name; its records are the collection of the same name.
            pub const FULL_NAME: &'static str = #full_name;
        }
        const _: () = {
            #[derive(Debug, Default)]
            struct __Rows;
            #methods
        };
    }
}
