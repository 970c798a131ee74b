/*
 * Libraries that do what they must not, for hosts to live with.
 *
 * Built as it is, this is a good library with one Type, odd.GoodType; most of its methods break a rule when they are called.
 * Built with one of these it breaks a rule before that:
 *
 *   at its symbol     ODD_SYMBOL_V2, ODD_NO_SYMBOL, ODD_NULL_ROOT
 *   in its root       ODD_MAGIC, ODD_OLDER, ODD_NEWER, ODD_ABORTS, ODD_TARGET, ODD_SHORT_ROOT
 *   in its table      ODD_START_NULL, ODD_SHORT_TABLE, ODD_LIES_LONG, ODD_NULL, ODD_NOWHERE, ODD_DATA
 *   in what it says   ODD_DESCRIBE_NONE, ODD_DESCRIBE_JSON, ODD_BREAKS_META, ODD_TAKEN, ODD_NAME
 *   in `build`        ODD_BUILD_FAILS, ODD_BUILD_NEITHER
 *
 * ODD_ELSE breaks none: its Type has another name. ODD_KEY is the one key that a config may have, `word` unless something else is said.
 *
 * ODD_LONG_TABLE breaks none: its table is longer than hosts know, as one of a newer minor version is. ODD_VERSION and
 * ODD_GREETING are strings, for libraries that differ: the version of the package, and what `greet` says.
 */
#define _DEFAULT_SOURCE /* mmap, nanosleep */
#include "element.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#ifndef ODD_VERSION
#define ODD_VERSION "1.0.0"
#endif
#ifndef ODD_KEY
#define ODD_KEY "word"
#endif
#ifndef ODD_GREETING
#define ODD_GREETING "one"
#endif

/* 1 if the macro is defined (as 1, as `-D` does), else 0: so every case is one expression, and all of the file compiles in
   each of them. Defined, it puts a comma in front of the 1, which is the second argument then. */
#define IS(odd) IS_DEFINED(odd)
#define IS_DEFINED(value) SECOND_OF(COMMA_IF_##value)
#define COMMA_IF_1 0,
#define SECOND_OF(it) SECOND(it 1, 0, 0)
#define SECOND(first, second, ...) second

/* The host. Several engines in one process start a library once each, and have the same table. */
static const element_host *_Atomic host;

/* ------------------------------------------------------------------------------------------------------------- bytes -- */

static const element_given nothing;

static element_given constant(const char *bytes)
{
    return (element_given){.ptr = (uint8_t *)bytes, .len = strlen(bytes)};
}

static element_lent word(const char *text)
{
    return (element_lent){(const uint8_t *)text, strlen(text)};
}

static void free_bytes(uint8_t *ptr, size_t len, size_t cap)
{
    (void)len, (void)cap;
    free(ptr);
}

static void give_back(element_given it)
{
    if (it.free != NULL)
        it.free(it.ptr, it.len, it.cap);
}

/* Nothing of this file works without memory, and nobody tests that here. */
static void *allocate(size_t bytes)
{
    void *it = calloc(1, bytes);
    if (it == NULL)
        abort();
    return it;
}

static element_given joined(const char *before, const void *middle, size_t len, const char *after)
{
    size_t first = strlen(before), last = strlen(after), all = first + len + last;
    uint8_t *ptr = allocate(all + 1);
    memcpy(ptr, before, first);
    memcpy(ptr + first, middle, len);
    memcpy(ptr + first + len, after, last);
    return (element_given){ptr, all, all + 1, free_bytes};
}

/* Bytes as a JSON string. */
static element_given quoted(const uint8_t *bytes, size_t len)
{
    char *text = allocate(len * 6 + 1), *at = text;
    for (size_t i = 0; i < len; i++)
        at += bytes[i] < 0x20 || bytes[i] == '"' || bytes[i] == '\\' ? sprintf(at, "\\u%04x", bytes[i])
                                                                      : sprintf(at, "%c", bytes[i]);
    element_given it = joined("\"", text, (size_t)(at - text), "\"");
    free(text);
    return it;
}

/* 100 MB of one letter between two texts. */
static element_given huge(const char *before, const char *after)
{
    size_t len = (size_t)100 << 20;
    char *middle = allocate(len);
    memset(middle, 'a', len);
    element_given it = joined(before, middle, len, after);
    free(middle);
    return it;
}

static void wait_ms(long ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

/* ------------------------------------------------------------------------------------------------------------- calls -- */

/* One call, and what there is to give back of it. */
struct one_call {
    void *token;
    element_given json, body;
    element_done done;
};

static void release(struct one_call *it)
{
    atomic_load(&host)->release(it->token);
}

static void free_arguments(struct one_call *it)
{
    give_back(it->json);
    give_back(it->body);
    it->json = it->body = nothing;
}

static void complete(struct one_call *it, uint32_t failed, element_given result)
{
    it->done.call(it->done.user, failed, result, nothing);
}

/* Ends a call as it has to be ended. */
static void *say(struct one_call *it, uint32_t failed, element_given result)
{
    free_arguments(it);
    release(it);
    complete(it, failed, result);
    return NULL;
}

/* A call that goes on after `call` returned. */
struct later {
    struct one_call call;
    void (*run)(struct later *it);
    /* One for the thread, one for the handle that the host has. */
    atomic_int references;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_ended, is_answered;
    uint32_t failed;
    element_given answer;
};

static void unreference(struct later *it)
{
    if (atomic_fetch_sub(&it->references, 1) == 1) {
        pthread_cond_destroy(&it->changed);
        pthread_mutex_destroy(&it->lock);
        free(it);
    }
}

static struct later *new_later(struct one_call *call, void (*run)(struct later *it), int references)
{
    struct later *it = allocate(sizeof *it);
    it->call = *call;
    it->run = run;
    atomic_init(&it->references, references);
    if (pthread_mutex_init(&it->lock, NULL) != 0 || pthread_cond_init(&it->changed, NULL) != 0)
        abort();
    return it;
}

static void *thread_of(void *later)
{
    struct later *it = later;
    it->run(it);
    unreference(it);
    return NULL;
}

static void start_thread(struct later *it)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, thread_of, it) != 0 || pthread_detach(thread) != 0)
        abort();
}

/* Goes on in a thread of its own. Gives the handle. */
static void *in_a_thread(struct one_call *call, void (*run)(struct later *it))
{
    struct later *it = new_later(call, run, 2);
    start_thread(it);
    return it;
}

/* The same for what goes on after the call is over: there is no handle. */
static void *behind_its_back(struct one_call *call, void (*run)(struct later *it))
{
    start_thread(new_later(call, run, 1));
    return NULL;
}

static void end(void *handle)
{
    struct later *it = handle;
    pthread_mutex_lock(&it->lock);
    it->is_ended = true;
    pthread_cond_broadcast(&it->changed);
    pthread_mutex_unlock(&it->lock);
    unreference(it);
}

/* ------------------------------------------------------------------------------------------------------------ asking -- */

static void answered(void *user, uint32_t failed, element_given json, element_given body)
{
    struct later *it = user;
    give_back(body);
    pthread_mutex_lock(&it->lock);
    it->failed = failed;
    it->answer = json;
    it->is_answered = true;
    pthread_cond_broadcast(&it->changed);
    pthread_mutex_unlock(&it->lock);
}

/* Asks the host, and waits for the answer: in a thread of our own that hurts nobody. */
static void ask(struct later *it, uint32_t operation, const char *a, const char *b, const char *json)
{
    element_done done = {it, answered};
    void *handle = atomic_load(&host)->ask(it->call.token, operation, word(a), word(b), constant(json), done);
    pthread_mutex_lock(&it->lock);
    while (!it->is_answered && !it->is_ended)
        pthread_cond_wait(&it->changed, &it->lock);
    pthread_mutex_unlock(&it->lock);
    if (handle != NULL)
        atomic_load(&host)->end(handle);
    pthread_mutex_lock(&it->lock);
    while (!it->is_answered)
        pthread_cond_wait(&it->changed, &it->lock);
    pthread_mutex_unlock(&it->lock);
}

static void nobody_listens(void *user, uint32_t failed, element_given json, element_given body)
{
    (void)user, (void)failed;
    give_back(json);
    give_back(body);
}

/* ------------------------------------------------------------------------------------------------ threads that go on -- */

static void complete_soon(struct later *it)
{
    wait_ms(5);
    say(&it->call, 0, constant("\"from another thread\""));
}

static void complete_again(struct later *it)
{
    wait_ms(20);
    complete(&it->call, 0, constant("\"second\""));
}

static void complete_after_end(struct later *it)
{
    pthread_mutex_lock(&it->lock);
    while (!it->is_ended)
        pthread_cond_wait(&it->changed, &it->lock);
    pthread_mutex_unlock(&it->lock);
    say(&it->call, 0, constant("\"after the end\""));
}

static void ask_without_token(struct later *it)
{
    free_arguments(&it->call);
    release(&it->call);
    ask(it, ELEMENT_OP_SLEEP, "", "", "1");
    element_given result = it->failed ? quoted(it->answer.ptr, it->answer.len) : constant("\"answered\"");
    give_back(it->answer);
    complete(&it->call, 0, result);
}

static void end_twice(struct later *it)
{
    element_done done = {NULL, nobody_listens};
    const element_host *by = atomic_load(&host);
    void *handle = by->ask(it->call.token, ELEMENT_OP_SLEEP, word(""), word(""), constant("1000"), done);
    if (handle != NULL) {
        by->end(handle);
        by->end(handle);
    }
    say(&it->call, 0, constant("\"ended twice\""));
}

static void ask_unknown(struct later *it)
{
    ask(it, 9999, "", "", "null");
    say(&it->call, it->failed, it->answer);
}

static void ask_bad_words(struct later *it)
{
    ask(it, ELEMENT_OP_SETTING, "\xff\xfe", "", "null");
    say(&it->call, it->failed, it->answer);
}

static void put_later(struct later *it)
{
    wait_ms(50);
    ask(it, ELEMENT_OP_RECORD_PUT, "odd", "background", "{\"value\":\"put in the background\"}");
    give_back(it->answer);
    release(&it->call);
}

/* ---------------------------------------------------------------------------------------------------------- methods -- */

static void *greet(struct one_call *it)
{
    return say(it, 0, quoted((const uint8_t *)ODD_GREETING, strlen(ODD_GREETING)));
}

static void *echo(struct one_call *it)
{
    element_given json = it->json;
    it->json = nothing;
    return say(it, 0, json);
}

static void *never(struct one_call *it)
{
    free_arguments(it);
    release(it);
    return new_later(it, NULL, 1);
}

static void *twice(struct one_call *it)
{
    say(it, 0, constant("\"first\""));
    complete(it, 0, constant("\"second\""));
    return NULL;
}

static void *twice_later(struct one_call *it)
{
    say(it, 0, constant("\"first\""));
    return behind_its_back(it, complete_again);
}

static void *other_thread(struct one_call *it)
{
    return in_a_thread(it, complete_soon);
}

static void *not_json(struct one_call *it)
{
    return say(it, 0, constant("{\"a\":"));
}

static void *not_utf8(struct one_call *it)
{
    return say(it, 0, constant("\"\xff\xfe\""));
}

static void *bad_error(struct one_call *it)
{
    return say(it, 1, constant("not json"));
}

static void *hundred_megabytes(struct one_call *it)
{
    return say(it, 0, huge("\"", "\""));
}

static void *huge_error(struct one_call *it)
{
    return say(it, 1, huge("{\"kind\":\"refused\",\"code\":1,\"message\":\"", "\"}"));
}

static void *after_end(struct one_call *it)
{
    return in_a_thread(it, complete_after_end);
}

static void *releases_twice(struct one_call *it)
{
    release(it);
    return say(it, 0, constant("\"released twice\""));
}

static void *asks_later(struct one_call *it)
{
    return in_a_thread(it, ask_without_token);
}

static void *ends_twice(struct one_call *it)
{
    return in_a_thread(it, end_twice);
}

static void *asks_unknown(struct one_call *it)
{
    return in_a_thread(it, ask_unknown);
}

static void *asks_bad_words(struct one_call *it)
{
    return in_a_thread(it, ask_bad_words);
}

/* Keeps its token when the call is over. */
static void *background(struct one_call *it)
{
    free_arguments(it);
    struct later *later = new_later(it, put_later, 1);
    complete(it, 0, constant("\"later\""));
    start_thread(later);
    return NULL;
}

/* Every method: what `describe` says of it, and what runs. Its place is its number. */
static const struct method {
    const char *name, *access, *reply;
    void *(*run)(struct one_call *it);
} methods[] = {
    {IS(ODD_BREAKS_META) ? "meet" : "greet", "public", "{\"type\":\"string\"}", greet},
    {"echo", "internal", "{}", echo},
    {"never", "internal", "{}", never},
    {"twice", "internal", "{}", twice},
    {"twiceLater", "internal", "{}", twice_later},
    {"otherThread", "internal", "{}", other_thread},
    {"notJson", "internal", "{}", not_json},
    {"notUtf8", "internal", "{}", not_utf8},
    {"badError", "internal", "{}", bad_error},
    {"hundredMegabytes", "internal", "{}", hundred_megabytes},
    {"hugeError", "internal", "{}", huge_error},
    {"afterEnd", "internal", "{}", after_end},
    {"releasesTwice", "internal", "{}", releases_twice},
    {"asksLater", "internal", "{}", asks_later},
    {"endsTwice", "internal", "{}", ends_twice},
    {"asksUnknown", "internal", "{}", asks_unknown},
    {"asksBadWords", "internal", "{}", asks_bad_words},
    {"background", "internal", "{}", background},
};
enum { METHODS = sizeof methods / sizeof methods[0] };

/* ------------------------------------------------------------------------------------------------------------ tables -- */

#define ORIGIN(package) \
    "\"origin\":{\"package\":\"" package "\",\"version\":\"" ODD_VERSION "\",\"file\":\"odd.c\",\"line\":1}"

static element_given describe(void)
{
    if (IS(ODD_DESCRIBE_NONE))
        return nothing;
    if (IS(ODD_DESCRIBE_JSON))
        return constant("{\"types\": [");
    char text[8192];
    size_t len = 0;
#define PUT(...) (len += (size_t)snprintf(text + len, len < sizeof text ? sizeof text - len : 0, __VA_ARGS__))
    PUT("{\"metas\":[{\"fullName\":\"odd.Meta\",\"doc\":\"Promises nothing.\",\"promises\":[]," ORIGIN("odd") "}");
    if (IS(ODD_BREAKS_META))
        PUT(",{\"fullName\":\"greeters.CMeta\",\"doc\":\"Promises what nobody keeps.\",\"promises\":[{\"name\":\"greet\","
            "\"doc\":\"\",\"access\":\"public\",\"reply\":{\"type\":\"string\"}}]," ORIGIN("odd") "}");
    PUT("],\"types\":[{\"fullName\":\"%s\",\"role\":\"type\",\"doc\":\"Good, as long as nobody calls it.\",\"meta\":\"%s\","
        "\"schema\":{\"type\":\"object\",\"properties\":{\"" ODD_KEY "\":{\"type\":\"string\"}},\"additionalProperties\":false},"
        "\"starts\":false,\"stops\":false,%s,\"methods\":[",
        IS(ODD_NAME) ? "no name!" : IS(ODD_BREAKS_META) ? "odd.BadType" : IS(ODD_ELSE) ? "odd.ElseType" : "odd.GoodType", IS(ODD_BREAKS_META) ? "greeters.CMeta" : "odd.Meta",
        IS(ODD_TAKEN) ? ORIGIN("another") : ORIGIN("odd"));
    for (int i = 0; i < METHODS; i++)
        PUT("%s{\"name\":\"%s\",\"aliases\":[],\"doc\":\"\",\"access\":\"%s\",\"kind\":\"method\",\"get\":false,"
            "\"long\":false,\"args\":{\"type\":\"object\"},\"reply\":%s}",
            i == 0 ? "" : ",", methods[i].name, methods[i].access, methods[i].reply);
    PUT("]}]}");
#undef PUT
    if (len >= sizeof text)
        abort();
    return joined("", text, len, "");
}

static element_given build(uint32_t type, element_lent config, void **object)
{
    (void)config;
    if (IS(ODD_BUILD_FAILS) || type != 0)
        return constant("\"this Type never likes its config\"");
    if (!IS(ODD_BUILD_NEITHER))
        *object = allocate(1);
    return nothing;
}

static void *call(void *object, uint32_t method, const element_call_info *info, element_given json, element_given body,
                  element_done done)
{
    (void)object;
    struct one_call it = {info->token, json, body, done};
    if (method >= METHODS)
        return say(&it, 1, constant("{\"kind\":\"notFound\",\"code\":20003,\"message\":\"no method has this number\"}"));
    return methods[method].run(&it);
}

static void drop(void *object)
{
    free(object);
}

typedef void *call_function(void *, uint32_t, const element_call_info *, element_given, element_given, element_done);

/* The table, and behind it what a newer version might have there. */
static const struct {
    element_library library;
    unsigned char newer[4096 - sizeof(element_library)];
} table = {
    .library = {
        .size = IS(ODD_SHORT_TABLE) ? 24 : IS(ODD_LONG_TABLE) ? sizeof table : sizeof(element_library),
        .minor = IS(ODD_LONG_TABLE) ? ELEMENT_MINOR + 1 : ELEMENT_MINOR,
        .describe = describe,
        .build = build,
        .call = IS(ODD_NULL)      ? NULL
                : IS(ODD_NOWHERE) ? (call_function *)(uintptr_t)0x1000
                : IS(ODD_DATA)    ? (call_function *)(uintptr_t)methods
                                  : call,
        .end = end,
        .drop = drop,
    },
};

/* The first half of the table where memory ends, so that its size is not true. */
static const element_library *at_the_end(void)
{
    size_t half = 24, page = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || mprotect(pages + page, page, PROT_NONE) != 0)
        abort();
    return memcpy(pages + page - half, &table, half);
}

static const element_library *start(const element_host *by)
{
    atomic_store(&host, by);
    if (IS(ODD_START_NULL))
        return NULL;
    return IS(ODD_LIES_LONG) ? at_the_end() : &table.library;
}

static const char made_with[] = "C, odd.c " ODD_VERSION;
static const char here[] = ELEMENT_TARGET, elsewhere[] = "riscv64gc-unknown-linux-gnu";

static const element_root root = {
    .magic = IS(ODD_MAGIC) ? 7 : ELEMENT_MAGIC,
    .size = IS(ODD_SHORT_ROOT) ? 16 : sizeof root,
    .major = IS(ODD_OLDER) ? 0 : IS(ODD_NEWER) ? 2 : ELEMENT_MAJOR,
    .minor = IS(ODD_LONG_TABLE) ? ELEMENT_MINOR + 1 : ELEMENT_MINOR,
    .panics = IS(ODD_ABORTS) ? 0 : ELEMENT_NEVER,
    .made_with = {(const uint8_t *)made_with, sizeof made_with - 1},
    .target = {(const uint8_t *)(IS(ODD_TARGET) ? elsewhere : here), (IS(ODD_TARGET) ? sizeof elsewhere : sizeof here) - 1},
    .start = start,
};

#if defined(ODD_SYMBOL_V2)
#define SYMBOL element_library_v2
#elif defined(ODD_NO_SYMBOL)
#define SYMBOL something_else
#else
#define SYMBOL element_library_v1
#endif

ELEMENT_EXPORT const element_root *SYMBOL(void);

const element_root *SYMBOL(void)
{
    return IS(ODD_NULL_ROOT) ? NULL : &root;
}
