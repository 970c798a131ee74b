/*
 * element.h: how a host and a library of Types talk. Version 1, frozen.
 *
 *   host --> element_library_v1() --> element_root: who made it, for what --> start(element_host) --> element_library
 *   host --> call(object, method, info, json, body, done) --> library       done(json) --> host
 *   library --> ask(token, operation, word, word, json, done) --> host      done(json) --> library
 *
 * A library is a dynamic library in any language. It exports one symbol, element_library_v1, and needs this file only.
 * `examples/library-c` is a whole one.
 *
 * Text       is UTF-8 with a length, and no zero at its end. Results, arguments, configs and errors are JSON.
 * Bytes      are lent for a while (element_lent) or given for good (element_given), and freed by whoever made them. More
 *            than ELEMENT_LARGEST of them at once are a mistake.
 * Tables     begin with their size and only ever grow at their end. Whoever reads a field that was added after version 1.0
 *            looks first whether the size says that it is there. Every function of version 1.0 is there: none is NULL.
 *            Flags and members of JSON that somebody does not know, they pass over.
 * Done       is said through an element_done, exactly once, whatever happens: a result, an error, or that it was ended.
 * Threads    Every function, of both sides, may be called on any thread and by several at once, also for one object. None of
 *            them waits: what takes long goes to threads of the library's own.
 * Locks      Hold none while you call a function of the other side. It may call back before it returns: `ask` and `end` may
 *            call `done`, and `done` may call `end`.
 * Unwinding  No exception, no panic and no longjmp crosses.
 * Staying    A library is never unloaded: code, tables and constants stay. Another version of it may come beside it, with
 *            variables of its own; GCC gives those to C++ with -fno-gnu-unique only.
 * Process    Exit, fork, signal handlers and the locale are the host's.
 */
#ifndef ELEMENT_H
#define ELEMENT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* -------------------------------------------------------------------------------------------------------- constants -- */

/* What an element_root begins with: the bytes of "element" and a zero, the first of them lowest. */
#define ELEMENT_MAGIC UINT64_C(0x00746e656d656c65)
/* The version of this file. Another major version has another symbol. */
#define ELEMENT_MAJOR 1
/* How many times something was added to a table since. */
#define ELEMENT_MINOR 0

/* element_root.panics: what unwinds, such as an exception of C++, is caught before it would cross. */
#define ELEMENT_UNWINDS 1
/* element_root.panics: there is nothing that unwinds, as in C. */
#define ELEMENT_NEVER 2

/* element_call_info.flags: the JSON is the head of a request, and its body stands beside it. */
#define ELEMENT_RAW UINT32_C(1)

/* In place of a method's number: called once for each object, before its first call, if the description says `starts`. */
#define ELEMENT_START UINT32_MAX
/* In place of a method's number: called once for each object, after its last call, if the description says `stops`. */
#define ELEMENT_STOP (UINT32_MAX - 1)

/* More bytes at once are a mistake: arguments, a result with its body, what goes with a question. */
#define ELEMENT_LARGEST ((size_t)16 << 20)

/* element_host.log: how loud a line is. */
enum element_level {
    ELEMENT_LOG_DEBUG = 0, /* for whoever looks for a mistake */
    ELEMENT_LOG_INFO = 1,  /* what happens */
    ELEMENT_LOG_WARN = 2,  /* somebody should look */
    ELEMENT_LOG_ERROR = 3  /* somebody must look */
};

/*
 * element_host.ask: what a library asks its host for. `a` and `b` are the two words, empty where none is named; then comes
 * the JSON, `null` where none is named; after the arrow stands the answer. Times are in milliseconds, points in time since
 * 1970; members with `?` may be left out. Numbers are only ever added: a host that does not know one answers with an error
 * of code 20014.
 *
 * Records, keys and jobs are those of the app that is called. A reach is `app`, or `host` for what all apps of a host share.
 * In the values of records and keys {"$secret": "text"} stands for a text that is encrypted where it is kept.
 */
enum element_operation {
    /* Call an element of the app: `a` element, `b` method, an object of arguments -> its result. */
    ELEMENT_OP_CALL = 1,
    /* Find elements that the app sees: `a` selector, such as `.auths.loginTypes.Meta` -> an array of full names. */
    ELEMENT_OP_FIND = 2,
    /* Send an HTTP request: {"method", "url", "query": [["name", "value"]], "headers": {}, "body"?: text, "timeoutMs",
       "proxy"?: URL} -> {"status", "headers": {}, "body": text}. */
    ELEMENT_OP_HTTP = 3,
    /* An operator's setting: `a` its name -> text or null. */
    ELEMENT_OP_SETTING = 4,
    /* Random bytes: how many, 1024 at most -> text, base64url without padding. */
    ELEMENT_OP_RANDOM = 5,
    /* Keyed hash of a text, the same on all hosts that share ephemeral keys: text -> text, base64url without padding. */
    ELEMENT_OP_FINGERPRINT = 6,
    /* Add to a metric: `a` its name, a whole number -> null. */
    ELEMENT_OP_METRIC = 7,
    /* How far the running job is: {"done", "total"}, where total 0 says that nobody knows -> null. */
    ELEMENT_OP_PROGRESS = 8,
    /* Wait: milliseconds -> null. */
    ELEMENT_OP_SLEEP = 9,
    /* Call the same element as the Type made it that its own stands in the place of: `a` method, an object of arguments
       -> its result. For Types that say `overrides`. */
    ELEMENT_OP_CALL_OVERRIDDEN = 10,

    /* `a` collection, `b` key, milliseconds that it may be old or null -> null, or a record: {"key", "value", "version",
       "sequence", "createdAt", "updatedAt", "expiresAt"?}. */
    ELEMENT_OP_RECORD_GET = 20,
    /* `a` collection, `b` key, {"value", "expect"?: "any", "absent" or {"version": 3}, "expiresAt"?, "indexed"?: [fields]}
       -> its version. What is not as expected is an error of kind `conflict`. */
    ELEMENT_OP_RECORD_PUT = 21,
    /* `a` collection, `b` key -> was there one? */
    ELEMENT_OP_RECORD_DELETE = 22,
    /* `a` collection, {"filter"?: {field: value}, "after"?: key, "limit"?: 1 to 1000, "sequence"?: only the record with it}
       -> {"records": [record], "next": what `after` is for the next page, or null}. */
    ELEMENT_OP_RECORD_QUERY = 23,
    /* `a` collection, {field: value} -> how many. */
    ELEMENT_OP_RECORD_COUNT = 24,

    /* `a` reach, `b` key -> value or null. */
    ELEMENT_OP_KEY_GET = 30,
    /* `a` reach, `b` key, {"value", "ttlMs", "ifAbsent"?, "under"?: {"name", "fence"} of a lease that is held}
       -> was it set? */
    ELEMENT_OP_KEY_SET = 31,
    /* `a` reach, `b` key -> value or null; it is gone then, and of many who ask one gets it. */
    ELEMENT_OP_KEY_TAKE = 32,
    /* `a` reach, `b` key -> null. */
    ELEMENT_OP_KEY_DELETE = 33,
    /* `a` reach, `b` key, {"by", "ttlMs"} -> the count. */
    ELEMENT_OP_KEY_INCREMENT = 34,

    /* `a` reach, `b` name, {"ttlMs", "waitMs"} -> {"fence", "expiresAt"}, or null: somebody else had it all that time. */
    ELEMENT_OP_LEASE_ACQUIRE = 40,
    /* `a` reach, `b` name, fence -> was it still held? */
    ELEMENT_OP_LEASE_RELEASE = 41,

    /* {"element", "method", "args": {}, "runAt", "maxAttempts"} -> the job's number. */
    ELEMENT_OP_JOB_START = 50,
    /* Its number -> null, or what it was started with and {"id", "app", "caller", "progress", "attempts", "createdAt",
       "state": {"is": "waiting", "running", "done" or "dead", "result"?}, "error": error or null}. */
    ELEMENT_OP_JOB_GET = 51
};

/* ------------------------------------------------------------------------------------------------------------ bytes -- */

/* Bytes that somebody else keeps. They are read, and not longer than the function says that lends them. NULL: none. */
typedef struct element_lent {
    const uint8_t *ptr;
    size_t len;
} element_lent;

/*
 * Bytes that are given away. Whoever gets them owns them, and calls `free` once if it is not NULL, also if `len` is 0, on
 * any thread; or gives them on as they are. Nobody writes to them. `free` NULL: there is nothing to free, so constants can
 * be given too. All zeros: nothing. Whoever makes the bytes brings `free`, and `cap` is for that function alone.
 */
typedef struct element_given {
    uint8_t *ptr;
    size_t len;
    size_t cap;
    void (*free)(uint8_t *ptr, size_t len, size_t cap);
} element_given;

/*
 * Tells whoever waits that it is over. Whoever gets one calls `call` exactly once, with `user` as it came, on any thread,
 * perhaps before the function returns that it was given to. It may be copied; the copies are one.
 *
 * `failed` 0: `json` is the result, `null` where there is none. `body` is nothing, but for raw methods.
 * `failed` 1: `json` is an error, and `body` nothing:
 *
 *   {"kind": "invalidArgs", "code": 20004, "message": "for the caller: what to do", "internal": "for the log only"}
 *
 * kind       `notFound`, `invalidArgs`, `unauthenticated`, `refused`, `conflict`, `rateLimited`, `upstream`, `unavailable`,
 *            `timeout` or `internal`
 * code       for programs; 20001 to 20999 are the host's, such as 20003 no such method, 20004 the arguments do not fit,
 *            20005 a mistake in the library, 20008 too late, 20010 somebody else was first
 * internal   may be left out. `chinese` is the message in Chinese, where a person may see it who logs in;
 *            `console` the address of the page where an administrator mends it.
 *
 * Both are given away with the call. An error that the host gave may be given back as it is.
 */
typedef struct element_done {
    void *user;
    void (*call)(void *user, uint32_t failed, element_given json, element_given body);
} element_done;

/* ------------------------------------------------------------------------------------------------ what a host offers -- */

/*
 * What a host does for a library. It stays for ever, and all hosts in one process have the same.
 *
 * A token stands for one call at the host; it came with element_call_info. Any value may be one, NULL too. It may be used on
 * any thread until it is given back, also after the call is over.
 */
typedef struct element_host {
    /* Of this table, in bytes. */
    uint32_t size;
    /* How many times something was added to it. */
    uint32_t minor;
    /* Gives a token back, exactly once. From then on nothing that was lent with it may be read, and nothing may be asked in
       its name; what was asked goes on. */
    void (*release)(void *token);
    /* Asks for something in the name of a call. The words, of 64 KiB at most, are lent until this returns; `json` is given. Returns NULL: `done`
       was called already. Else a handle, which goes back through `end`; `done` may have been called all the same, or is
       being called on another thread. */
    void *(*ask)(void *token, uint32_t operation, element_lent a, element_lent b, element_given json, element_done done);
    /* Gives a handle of `ask` back, exactly once: the answer came, or is not wanted any more. It may be called in `done`,
       and before or after the token went back. If the answer did not come yet, `done` is called all the same, soon, with the
       answer or with an error; perhaps before this returns. */
    void (*end)(void *handle);
    /* Who calls, as JSON: "anonymous", "admin", "operator", {"session": {"app", "user", "corp", "id"}}, or
       {"element": {"name", "onBehalfOf": who called that one}}. Lent until the token goes back. */
    element_lent (*caller)(void *token);
    /* The time by the host's clock, in milliseconds since 1970. */
    int64_t (*now)(void *token);
    /* A line for the log; app, element and request are told beside it. Never put a secret into it. `level` is one of
       ELEMENT_LOG_DEBUG to ELEMENT_LOG_ERROR. The text is lent until this returns. */
    void (*log)(void *token, uint32_t level, element_lent text);
} element_host;

/* --------------------------------------------------------------------------------------------- what a library offers -- */

/* What belongs to a call. The table is lent until `call` returns; the words in it until the token goes back. */
typedef struct element_call_info {
    /* Of this table, in bytes. */
    uint32_t size;
    /* ELEMENT_RAW, and others to come. */
    uint32_t flags;
    /* Stands for the call at the host. It is the library's, and goes back through `release` exactly once, after the call if
       the library still works for it. A library that keeps nothing gives it back before it says that the call is over. */
    void *token;
    /* When the answer is of no use any more, by the host's clock, in milliseconds since 1970; 0: never. The host stops
       waiting by itself then. */
    int64_t deadline;
    /* The id of the addressed app. */
    element_lent app;
    /* The addressed element's full name. */
    element_lent element;
    /* The same for everything that one request from outside causes. */
    element_lent request_id;
    /* A word for the browser that the call comes from: the same for all its calls; empty: nobody said. */
    element_lent browser;
} element_call_info;

/* What a library does for its host. It stays for ever. */
typedef struct element_library {
    /* Of this table, in bytes. */
    uint32_t size;
    /* How many times something was added to it. */
    uint32_t minor;
    /*
     * What there is, as JSON, the same every time. The place in `types` is the number that `build` takes, and the place in
     * `methods` the one that `call` takes. Members with `?` may be left out. SCHEMA is a JSON Schema.
     *
     *   {"types": [{
     *      "fullName": "acme.MyType", "role": "type", "doc": "What it is.", "meta"?: full name of the Meta that it keeps,
     *      "schema"?: SCHEMA of its config,
     *      "methods": [{"name": "greet", "aliases": [], "doc": "What it does.", "access"?: "public",
     *                   "kind": "method", "get": false, "long": false, "args": SCHEMA, "reply": SCHEMA}],
     *      "starts": false, "stops": false, "overrides"?: false, "origin": ORIGIN}],
     *    "metas"?: [{"fullName": "acme.Meta", "doc": "What the family is.", "origin": ORIGIN,
     *                "promises": [{"name": "greet", "doc": "What it does.", "access": "public", "reply": SCHEMA}]}],
     *    "settings"?: [names of operator's settings that ELEMENT_OP_SETTING asks for]}
     *
     *   ORIGIN: {"package": "my-package", "version": "1.0.0", "file": "my.c", "line": 7}
     *
     * role     `type`: Instances are made of it, each with a config; `service`: one object, no config; `model`: records
     * access   `public`: anyone; `session`: people logged in to the app; `internal`: other elements and administrators.
     *          Left out, the Meta says, and what no Meta promises is internal.
     * kind     `method`; `property`: no arguments, read like a method; `raw`: an HTTP request in, an HTTP answer out
     * get      answers GET as well
     * long     runs as a job
     * starts, stops   `call` is called with ELEMENT_START, ELEMENT_STOP
     * package  Two packages cannot have one full name; the same package may come in several libraries.
     */
    element_given (*describe)(void);
    /* Makes an object of the Type with this number and of a config, which was checked against its schema; a service and a
       model get `null`. The config is lent until this returns. Sets `*object` to anything but NULL and gives nothing; or
       leaves it and gives why not, as a JSON string, for whoever wrote the config. */
    element_given (*build)(uint32_t type, element_lent config, void **object);
    /* Calls the method with this number, or ELEMENT_START or ELEMENT_STOP. `json` and `body` are given: an object of
       arguments, where empty, `null` and `{}` all say that there are none; the library checks them. Returns NULL: `done` was
       called already. Else a handle, which comes back through `end`; `done` may have been called all the same.

       A method of kind `raw` gives {"status": 200, "contentType": "text/plain"}, and the bytes as `body`. With ELEMENT_RAW
       its JSON is {"method": "POST", "query": {}, "headers": {}}, names of headers in small letters, and `body` the bytes
       that came; without, somebody called it with arguments, as any method. */
    void *(*call)(void *object, uint32_t method, const element_call_info *info, element_given json, element_given body,
                  element_done done);
    /* A handle of `call` comes back, exactly once: the answer came, or is not wanted any more; perhaps while `done` is being
       called. If `done` was not called yet, it is called all the same, soon; what it says is not looked at then. */
    void (*end)(void *handle);
    /* Nobody calls the object any more. Calls of it whose handles came back may still be on their way to `done`: what they
       need stays until then. */
    void (*drop)(void *object);
} element_library;

/* What the symbol gives: enough to say no politely before anything else is touched. It stays for ever. */
typedef struct element_root {
    /* ELEMENT_MAGIC. */
    uint64_t magic;
    /* Of this table, in bytes. */
    uint32_t size;
    /* ELEMENT_MAJOR. */
    uint16_t major;
    /* ELEMENT_MINOR. */
    uint16_t minor;
    /* ELEMENT_UNWINDS or ELEMENT_NEVER. 0: something that unwinds ends the process, and hosts refuse that. */
    uint8_t panics;
    /* Zeros. */
    uint8_t reserved[7];
    /* What it was made with, for people: a name and a version. */
    element_lent made_with;
    /* What it was built for: ELEMENT_TARGET. */
    element_lent target;
    /* Makes the library ready. It may be called more than once, and gives the same table each time. NULL: the library cannot
       work with this host. */
    const element_library *(*start)(const element_host *host);
} element_root;

/* The one symbol that a library exports. It gives the same table each time, and does nothing else. */
#if defined(_WIN32)
#define ELEMENT_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define ELEMENT_EXPORT __attribute__((visibility("default")))
#else
#define ELEMENT_EXPORT
#endif

ELEMENT_EXPORT const element_root *element_library_v1(void);

/* ----------------------------------------------------------------------------------------------------------- target -- */

/* What this is built for, as Rust names it: a string. A host takes no library that was built for something else. */
#ifndef ELEMENT_TARGET
#if defined(__linux__) && defined(__GLIBC__) && !defined(__UCLIBC__) && defined(__x86_64__) && defined(__LP64__)
#define ELEMENT_TARGET "x86_64-unknown-linux-gnu"
#elif defined(__linux__) && defined(__GLIBC__) && !defined(__UCLIBC__) && defined(__AARCH64EL__) && defined(__LP64__)
#define ELEMENT_TARGET "aarch64-unknown-linux-gnu"
#elif defined(__APPLE__) && defined(__ENVIRONMENT_MAC_OS_X_VERSION_MIN_REQUIRED__) && defined(__x86_64__)
#define ELEMENT_TARGET "x86_64-apple-darwin"
#elif defined(__APPLE__) && defined(__ENVIRONMENT_MAC_OS_X_VERSION_MIN_REQUIRED__) && defined(__aarch64__)
#define ELEMENT_TARGET "aarch64-apple-darwin"
#else
/* musl is one of these: it does not say its name. */
#error "say what this is built for, as Rust names it, such as -DELEMENT_TARGET='\"x86_64-unknown-linux-musl\"'"
#endif
#endif

/* ----------------------------------------------------------------------------------------------------------- layout -- */

#if UINTPTR_MAX == UINT64_MAX
#ifdef __cplusplus
#define ELEMENT_IS(it, bytes) static_assert((it) == (bytes), "element.h: " #it " is not " #bytes)
#else
#define ELEMENT_IS(it, bytes) _Static_assert((it) == (bytes), "element.h: " #it " is not " #bytes)
#endif

ELEMENT_IS(sizeof(element_lent), 16);
ELEMENT_IS(offsetof(element_lent, ptr), 0);
ELEMENT_IS(offsetof(element_lent, len), 8);

ELEMENT_IS(sizeof(element_given), 32);
ELEMENT_IS(offsetof(element_given, ptr), 0);
ELEMENT_IS(offsetof(element_given, len), 8);
ELEMENT_IS(offsetof(element_given, cap), 16);
ELEMENT_IS(offsetof(element_given, free), 24);

ELEMENT_IS(sizeof(element_done), 16);
ELEMENT_IS(offsetof(element_done, user), 0);
ELEMENT_IS(offsetof(element_done, call), 8);

ELEMENT_IS(sizeof(element_host), 56);
ELEMENT_IS(offsetof(element_host, size), 0);
ELEMENT_IS(offsetof(element_host, minor), 4);
ELEMENT_IS(offsetof(element_host, release), 8);
ELEMENT_IS(offsetof(element_host, ask), 16);
ELEMENT_IS(offsetof(element_host, end), 24);
ELEMENT_IS(offsetof(element_host, caller), 32);
ELEMENT_IS(offsetof(element_host, now), 40);
ELEMENT_IS(offsetof(element_host, log), 48);

ELEMENT_IS(sizeof(element_call_info), 88);
ELEMENT_IS(offsetof(element_call_info, size), 0);
ELEMENT_IS(offsetof(element_call_info, flags), 4);
ELEMENT_IS(offsetof(element_call_info, token), 8);
ELEMENT_IS(offsetof(element_call_info, deadline), 16);
ELEMENT_IS(offsetof(element_call_info, app), 24);
ELEMENT_IS(offsetof(element_call_info, element), 40);
ELEMENT_IS(offsetof(element_call_info, request_id), 56);
ELEMENT_IS(offsetof(element_call_info, browser), 72);

ELEMENT_IS(sizeof(element_library), 48);
ELEMENT_IS(offsetof(element_library, size), 0);
ELEMENT_IS(offsetof(element_library, minor), 4);
ELEMENT_IS(offsetof(element_library, describe), 8);
ELEMENT_IS(offsetof(element_library, build), 16);
ELEMENT_IS(offsetof(element_library, call), 24);
ELEMENT_IS(offsetof(element_library, end), 32);
ELEMENT_IS(offsetof(element_library, drop), 40);

ELEMENT_IS(sizeof(element_root), 64);
ELEMENT_IS(offsetof(element_root, magic), 0);
ELEMENT_IS(offsetof(element_root, size), 8);
ELEMENT_IS(offsetof(element_root, major), 12);
ELEMENT_IS(offsetof(element_root, minor), 14);
ELEMENT_IS(offsetof(element_root, panics), 16);
ELEMENT_IS(offsetof(element_root, reserved), 17);
ELEMENT_IS(offsetof(element_root, made_with), 24);
ELEMENT_IS(offsetof(element_root, target), 40);
ELEMENT_IS(offsetof(element_root, start), 56);

#undef ELEMENT_IS
#endif

#ifdef __cplusplus
}
#endif

#endif
