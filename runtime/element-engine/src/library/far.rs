//! An object in a library, as the engine has it.
#![allow(unsafe_code, reason = "functions of a library are called")]
use super::{Image, calls::Waiting};
use crate::call::too_large;
use element::{
    Ctx, Error, Result,
    abi::{CallInfo, LARGEST, Lent, Message, RAW},
    def::{MethodKind, TypeInfo},
    host::{BoxFuture, Form, Input, Object, Output},
};
use serde_json::Value;
use std::{ffi::c_void, future::poll_fn, ptr, sync::Arc};
use tokio::runtime::Handle;

struct Far {
    image: &'static Image,
    object: *mut c_void,
    ty: Arc<TypeInfo>,
    /// Where what its calls ask for is worked at.
    runtime: Handle,
}

// SAFETY: a library's objects may be called from any thread,
unsafe impl Send for Far {}
// SAFETY: and from many at once.
unsafe impl Sync for Far {}

/// Makes an object of the library's Type with this number.
pub(crate) fn build(
    image: &'static Image,
    number: u32,
    ty: &Arc<TypeInfo>,
    config: &Value,
) -> Result<Arc<dyn Object>, String> {
    let runtime = Handle::try_current().map_err(|e| e.to_string())?;
    let (config, mut object) = (config.to_string(), ptr::null_mut());
    // SAFETY: the config is lent for the call, and the place for the object is ours.
    let failed = unsafe { (image.table.build)(number, Lent::new(config.as_bytes()), &raw mut object) };
    if object.is_null() || !failed.bytes().is_empty() {
        let nothing = "the library made nothing of this config, and does not say why";
        return Err(serde_json::from_slice(failed.bytes()).unwrap_or_else(|_| nothing.into()));
    }
    Ok(Arc::new(Far { image, object, ty: Arc::clone(ty), runtime }))
}

impl Drop for Far {
    fn drop(&mut self) {
        // SAFETY: nobody else has it.
        unsafe { (self.image.table.drop)(self.object) }
    }
}

impl Object for Far {
    fn call<'a>(&'a self, method: u32, ctx: &'a Ctx, input: Input<'a>, form: Form) -> BoxFuture<'a, Result<Output>> {
        Box::pin(async move {
            let answer = self.begin(method, ctx, input)?;
            let message = poll_fn(|cx| answer.waiting.poll(cx)).await?;
            let info = self.ty.methods.get(method as usize);
            let size = message.json.bytes().len().saturating_add(message.body.bytes().len());
            let is_raw = info.is_some_and(|it| it.kind == MethodKind::Raw);
            // Asked before it is copied; as of linked code, not of what stays in the process as a value.
            if size > LARGEST && (is_raw || form == Form::Bytes) {
                return Err(too_large(info.map_or("", |it| &*it.name), size));
            }
            message.output(is_raw, form)
        })
    }
}

impl Far {
    fn begin(&self, method: u32, ctx: &Ctx, input: Input<'_>) -> Result<Answer> {
        let flags = if matches!(input, Input::Raw(_)) { RAW } else { 0 };
        let Message { json, body } = Message::arguments(input)?;
        let waiting = Waiting::begin(ctx, &self.runtime, self.image.number)?;
        let call = ctx.call();
        let word = |it: &str| Lent::new(it.as_bytes());
        let info = CallInfo {
            size: u32::try_from(size_of::<CallInfo>()).map_err(|e| Error::internal(e.to_string()))?,
            flags,
            token: waiting.number().pointer(),
            deadline: call.deadline.unwrap_or(0),
            app: word(&call.app),
            element: word(&call.element),
            request_id: word(&call.request_id),
            browser: word(call.browser.as_deref().unwrap_or_default()),
        };
        // SAFETY: the info is lent for the call; its words stay with the call, which the token keeps.
        let handle = unsafe { (self.image.table.call)(self.object, method, &raw const info, json, body, waiting.done()) };
        Ok(Answer { waiting, handle, image: self.image })
    }
}

/// What is waited for. Dropped, it is not wanted any more.
struct Answer {
    waiting: Waiting,
    handle: *mut c_void,
    image: &'static Image,
}

// SAFETY: a handle may be given back on any thread.
unsafe impl Send for Answer {}
// SAFETY: shared it is only looked at.
unsafe impl Sync for Answer {}

impl Drop for Answer {
    fn drop(&mut self) {
        if !self.handle.is_null() {
            // SAFETY: the library gave it, and it goes back once.
            unsafe { (self.image.table.end)(self.handle) }
        }
    }
}
