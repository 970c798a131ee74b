//! The library's side: the one symbol, and the functions of its table. What stands here does nothing in a program that links
//! its Types.
#![allow(unsafe_code, reason = "the other side calls these functions, and lends what they are called with")]
use super::{
    CallInfo, Completion, Description, Done, Given, HostTable, LibraryTable, MADE_WITH, MAGIC, MAJOR, MINOR, Message, RAW,
    Root, TARGET, UNWINDS, begin, describe, guarded, remote::Remote,
};
use crate::{
    Ctx, Error, Result,
    def::TypeDef,
    host::{Form, Input, Object, panicked},
};
use futures_util::FutureExt as _;
use std::{
    ffi::c_void,
    panic::AssertUnwindSafe,
    ptr,
    sync::{Arc, LazyLock, OnceLock},
};
use tokio::{
    runtime::{Builder, Runtime},
    task::AbortHandle,
};

/// Threads for work that waits. They begin with the first call: a library that nobody calls costs none.
const WORKERS: usize = 2;

struct Fixed<T>(T);
// SAFETY: nobody ever writes to what is in it.
unsafe impl<T> Sync for Fixed<T> {}

static ROOT: Fixed<Root> = Fixed(Root {
    magic: MAGIC,
    size: size_of::<Root>() as u32,
    major: MAJOR,
    minor: MINOR,
    panics: if cfg!(panic = "unwind") { UNWINDS } else { 0 },
    reserved: [0; 7],
    made_with: super::Lent::new(MADE_WITH.as_bytes()),
    target: super::Lent::new(TARGET.as_bytes()),
    start: Some(start),
});

static LIBRARY: LibraryTable = LibraryTable {
    size: size_of::<LibraryTable>() as u32,
    minor: MINOR as u32,
    describe: Some(describe),
    build: Some(build),
    call: Some(call),
    end: Some(end),
    drop: Some(drop_object),
};

/// The host, from the first `start` on.
pub(super) static HOST: OnceLock<&'static HostTable> = OnceLock::new();

static TYPES: LazyLock<Vec<&'static TypeDef>> = LazyLock::new(describe::types);

static RUNTIME: LazyLock<Option<Runtime>> = LazyLock::new(|| {
    Builder::new_multi_thread().worker_threads(WORKERS).thread_name("element-library").enable_all().build().ok()
});

/// The one symbol that a library exports. A program that links its Types exports nothing.
#[unsafe(no_mangle)]
pub extern "C" fn element_library_v1() -> *const Root {
    &raw const ROOT.0
}

unsafe extern "C" fn start(host: *const HostTable) -> *const LibraryTable {
    guarded(ptr::null(), || {
        // SAFETY: every host's table begins with its size.
        if (unsafe { (&raw const (*host).size).read() } as usize) < size_of::<HostTable>() {
            return ptr::null();
        }
        // SAFETY: a host's table is valid for ever, and this one is long enough.
        let host: &'static HostTable = unsafe { &*host };
        // Every engine in a process has the same.
        let _ = HOST.set(host);
        &raw const LIBRARY
    })
}

unsafe extern "C" fn describe() -> Given {
    guarded(Given::nothing(), || serde_json::to_vec(&Description::of_this()).unwrap_or_default().into())
}

unsafe extern "C" fn build(ty: u32, config: super::Lent, object: *mut *mut c_void) -> Given {
    let build = || -> Result<Arc<dyn Object>, String> {
        let def = TYPES.get(ty as usize).ok_or("there is no Type of this number")?;
        // SAFETY: lent until this returns.
        let config = serde_json::from_slice(unsafe { config.get() }).map_err(|e| e.to_string())?;
        (def.build)(&config).map_err(|e| e.to_string())
    };
    let built = guarded(Err("it panicked over this config".into()), build);
    match built {
        Ok(it) => {
            // SAFETY: the host's place for it.
            unsafe { *object = Box::into_raw(Box::new(it)).cast() };
            Given::nothing()
        }
        Err(reason) => serde_json::to_vec(&reason).unwrap_or_default().into(),
    }
}

unsafe extern "C" fn drop_object(object: *mut c_void) {
    // SAFETY: `build` made it so, and this is called once.
    guarded((), || drop(unsafe { Box::from_raw(object.cast::<Arc<dyn Object>>()) }));
}

unsafe extern "C" fn call(
    object: *mut c_void,
    method: u32,
    info: *const CallInfo,
    json: Given,
    body: Given,
    done: Done,
) -> *mut c_void {
    let completion = Completion::of(done);
    // SAFETY: `build` made the object so, and `drop` was not called; the info is lent until this returns.
    let (object, info) = unsafe { (Arc::clone(&*object.cast::<Arc<dyn Object>>()), *info) };
    let ctx = Ctx::through(Arc::new(Remote::new(info)));
    guarded(ptr::null_mut(), move || {
        let Some(runtime) = &*RUNTIME else {
            completion.finish(Err(Error::internal("no threads can be started for the library")));
            return ptr::null_mut();
        };
        let work = async move {
            let arguments = Message { json, body };
            let result =
                AssertUnwindSafe(run(&*object, method, &ctx, &arguments, info.flags & RAW != 0)).catch_unwind().await;
            let result = result.unwrap_or_else(|payload| Err(panicked(&*payload)));
            // First everything goes back, then it is said: whoever hears it may count on that.
            drop((arguments, ctx, object));
            completion.finish(result);
        };
        begin(runtime.handle(), work).map_or(ptr::null_mut(), |it| Box::into_raw(Box::new(it)).cast())
    })
}

async fn run(object: &dyn Object, method: u32, ctx: &Ctx, arguments: &Message, is_raw: bool) -> Result<Message> {
    let input = if is_raw { Input::Raw(Box::new(arguments.request()?)) } else { Input::Bytes(arguments.json.bytes()) };
    Message::result(object.call(method, ctx, input, Form::Bytes).await?)
}

unsafe extern "C" fn end(handle: *mut c_void) {
    // SAFETY: `call` made it so, and this is called once.
    guarded((), || unsafe { Box::from_raw(handle.cast::<AbortHandle>()) }.abort());
}
