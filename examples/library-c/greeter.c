/*
 * A Type in C: greeters.CType, which greets, and counts in the records of the app. README.md says how to build and call it.
 *
 * It needs element.h and the C library, and keeps every rule of that file: what is given is freed once, what has to be said
 * is said once, and all of it may be called from many threads at once.
 */
#include "element.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TYPE "greeters.CType"
#define META "greeters.CMeta"

/* The host. Several engines in one process start a library once each, and have the same table. */
static const element_host *_Atomic started_by;

static const element_host *host(void)
{
    return atomic_load_explicit(&started_by, memory_order_acquire);
}

/* ------------------------------------------------------------------------------------------------------ writing JSON -- */

/* Text that grows. It keeps in mind whether there was room for all of it, so that it is enough to look at the end. */
struct text {
    char *ptr;
    size_t len, cap;
    bool failed;
};

static void put_bytes(struct text *text, const void *bytes, size_t len)
{
    if (text->failed || len == 0)
        return;
    /* It is never longer than that, so neither this nor what follows overflows. */
    if (len > ELEMENT_LARGEST - text->len) {
        text->failed = true;
        return;
    }
    if (len > text->cap - text->len) {
        size_t cap = text->len + len + text->len / 2 + 32;
        char *ptr = realloc(text->ptr, cap);
        if (ptr == NULL) {
            text->failed = true;
            return;
        }
        text->ptr = ptr;
        text->cap = cap;
    }
    memcpy(text->ptr + text->len, bytes, len);
    text->len += len;
}

static void put(struct text *text, const char *it)
{
    put_bytes(text, it, strlen(it));
}

static void put_number(struct text *text, uint64_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, number);
    put(text, digits);
}

/* What stands between the quotes of a JSON string. */
static void put_escaped(struct text *text, const void *bytes, size_t len)
{
    const unsigned char *at = bytes, *end = at + len;
    while (at < end) {
        const unsigned char *plain = at;
        while (at < end && *at >= 0x20 && *at != '"' && *at != '\\')
            at++;
        put_bytes(text, plain, (size_t)(at - plain));
        if (at < end) {
            char escape[8];
            snprintf(escape, sizeof escape, *at < 0x20 ? "\\u%04x" : "\\%c", (unsigned)*at);
            put(text, escape);
            at++;
        }
    }
}

static void put_string(struct text *text, const void *bytes, size_t len)
{
    put(text, "\"");
    put_escaped(text, bytes, len);
    put(text, "\"");
}

/* ------------------------------------------------------------------------------------------------------ reading JSON -- */

/* What is left of a JSON text. */
struct reader {
    const unsigned char *at, *end;
};

static void skip_space(struct reader *it)
{
    while (it->at < it->end && (*it->at == ' ' || *it->at == '\t' || *it->at == '\n' || *it->at == '\r'))
        it->at++;
}

/* Is this what comes next? Then it is passed. */
static bool take(struct reader *it, char expected)
{
    skip_space(it);
    if (it->at == it->end || *it->at != (unsigned char)expected)
        return false;
    it->at++;
    return true;
}

static bool take_word(struct reader *it, const char *expected)
{
    size_t len = strlen(expected);
    skip_space(it);
    if ((size_t)(it->end - it->at) < len || memcmp(it->at, expected, len) != 0)
        return false;
    it->at += len;
    return true;
}

static bool is_at_end(struct reader *it)
{
    skip_space(it);
    return it->at == it->end;
}

static bool is_utf8(struct reader it)
{
    while (it.at < it.end) {
        unsigned first = *it.at++, low = 0x80, high = 0xbf, more;
        if (first < 0x80) {
            more = 0;
        } else if (first >= 0xc2 && first <= 0xdf) {
            more = 1;
        } else if (first >= 0xe0 && first <= 0xef) {
            more = 2;
            low = first == 0xe0 ? 0xa0 : low;
            high = first == 0xed ? 0x9f : high;
        } else if (first >= 0xf0 && first <= 0xf4) {
            more = 3;
            low = first == 0xf0 ? 0x90 : low;
            high = first == 0xf4 ? 0x8f : high;
        } else {
            return false;
        }
        for (; more > 0; more--, low = 0x80, high = 0xbf)
            if (it.at == it.end || *it.at < low || *it.at++ > high)
                return false;
    }
    return true;
}

static bool read_hex4(struct reader *it, unsigned *value)
{
    *value = 0;
    if (it->end - it->at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        unsigned char c = *it->at++;
        unsigned digit;
        if (c >= '0' && c <= '9')
            digit = c - '0';
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            digit = (c | 0x20) - 'a' + 10;
        else
            return false;
        *value = *value << 4 | digit;
    }
    return true;
}

/* The rest of `\u…`, as UTF-8. Half of a pair of surrogates is no character. */
static bool read_unicode(struct reader *it, struct text *into)
{
    unsigned c, second;
    if (!read_hex4(it, &c) || (c >= 0xdc00 && c <= 0xdfff))
        return false;
    if (c >= 0xd800 && c <= 0xdbff) {
        if (it->end - it->at < 2 || *it->at++ != '\\' || *it->at++ != 'u')
            return false;
        if (!read_hex4(it, &second) || second < 0xdc00 || second > 0xdfff)
            return false;
        c = 0x10000 + ((c - 0xd800) << 10 | (second - 0xdc00));
    }
    unsigned char bytes[4];
    size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = len; i-- > 1; c >>= 6)
        bytes[i] = (unsigned char)(0x80 | (c & 0x3f));
    static const unsigned char marks[] = {0, 0x00, 0xc0, 0xe0, 0xf0};
    bytes[0] = (unsigned char)(marks[len] | c);
    put_bytes(into, bytes, len);
    return true;
}

/* A string, quotes and escapes taken off. */
static bool read_string(struct reader *it, struct text *into)
{
    if (!take(it, '"'))
        return false;
    for (;;) {
        const unsigned char *plain = it->at;
        while (it->at < it->end && *it->at >= 0x20 && *it->at != '"' && *it->at != '\\')
            it->at++;
        put_bytes(into, plain, (size_t)(it->at - plain));
        if (it->at == it->end || *it->at < 0x20)
            return false;
        if (*it->at++ == '"')
            return true;
        if (it->at == it->end)
            return false;
        static const char escapes[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
        char escape = (char)*it->at++;
        const char *known = escape == '\0' ? NULL : strchr(escapes, escape);
        if (known != NULL)
            put_bytes(into, &meant[known - escapes], 1);
        else if (escape != 'u' || !read_unicode(it, into))
            return false;
    }
}

/* A whole number that is not negative. */
static bool read_number(struct reader *it, uint64_t *number)
{
    skip_space(it);
    const unsigned char *start = it->at;
    for (*number = 0; it->at < it->end && *it->at >= '0' && *it->at <= '9'; it->at++) {
        unsigned digit = *it->at - '0';
        if (*number > (UINT64_MAX - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    return it->at > start && it->at < it->end && strchr(",} \t\r\n", *it->at) != NULL;
}

/* Passes a value of what the host wrote: up to the comma or bracket behind it. */
static void skip_value(struct reader *it)
{
    for (int depth = 0; it->at < it->end; it->at++) {
        unsigned char c = *it->at;
        if (depth == 0 && (c == ',' || c == '}' || c == ']'))
            return;
        if (c == '{' || c == '[')
            depth++;
        if (c == '}' || c == ']')
            depth--;
        if (c == '"') {
            while (++it->at < it->end && *it->at != '"')
                it->at += *it->at == '\\' && it->end - it->at > 1;
            if (it->at == it->end)
                return;
        }
    }
}

static bool equals(const char *ptr, size_t len, const char *other)
{
    return len == strlen(other) && memcmp(ptr, other, len) == 0;
}

/* Finds a member of an object that the host wrote; it is what comes next then. */
static bool find(struct reader *it, const char *member)
{
    bool found = false;
    struct text name = {0};
    if (!take(it, '{'))
        return false;
    do {
        name.len = 0;
        if (!read_string(it, &name) || !take(it, ':') || name.failed)
            break;
        found = equals(name.ptr, name.len, member);
        if (!found)
            skip_value(it);
    } while (!found && take(it, ','));
    free(name.ptr);
    return found;
}

/* Nothing, `null` and `{}` all say that there is nothing. */
static bool is_empty(struct reader it)
{
    return is_at_end(&it) || ((take_word(&it, "null") || (take(&it, '{') && take(&it, '}'))) && is_at_end(&it));
}

static bool no_object(struct text *mistake, const char *member)
{
    mistake->len = 0;
    put(mistake, "this has to be one JSON object, such as {\"");
    put(mistake, member);
    put(mistake, "\": \"…\"}");
    return false;
}

/*
 * Reads an object that has to have one member, a string, and nothing else, as our arguments and our config are. It comes
 * from outside, so every mistake is told, in words for whoever made it.
 */
static bool read_one_string(struct reader it, const char *member, struct text *value, struct text *mistake)
{
    if (is_empty(it)) {
        put(mistake, "`");
        put(mistake, member);
        put(mistake, "` is missing");
        return false;
    }
    if (!is_utf8(it) || !take(&it, '{'))
        return no_object(mistake, member);
    bool found = false;
    do {
        mistake->len = 0;
        put(mistake, "`");
        if (!read_string(&it, mistake) || !take(&it, ':'))
            return no_object(mistake, member);
        if (mistake->failed)
            return false;
        if (!equals(mistake->ptr + 1, mistake->len - 1, member)) {
            put(mistake, "` is not known here: there is `");
            put(mistake, member);
            put(mistake, "`");
            return false;
        }
        if (found) {
            put(mistake, "` is there twice");
            return false;
        }
        skip_space(&it);
        if (it.at < it.end && *it.at != '"') {
            put(mistake, "` has to be a string");
            return false;
        }
        if (!read_string(&it, value))
            return no_object(mistake, member);
        found = true;
    } while (take(&it, ','));
    return (take(&it, '}') && is_at_end(&it)) || no_object(mistake, member);
}

/* ----------------------------------------------------------------------------------------------- bytes on their way -- */

static struct reader reader_of(const uint8_t *ptr, size_t len)
{
    static const unsigned char nothing[1];
    return ptr == NULL ? (struct reader){nothing, nothing} : (struct reader){ptr, ptr + len};
}

static const element_given nothing;

/* Bytes that stay: whoever gets them has nothing to free. */
static element_given constant(const char *json)
{
    return (element_given){.ptr = (uint8_t *)json, .len = strlen(json)};
}

static void free_bytes(uint8_t *ptr, size_t len, size_t cap)
{
    (void)len, (void)cap;
    free(ptr);
}

/* What the other side gave is freed as it says. */
static void give_back(element_given it)
{
    if (it.free != NULL)
        it.free(it.ptr, it.len, it.cap);
}

/* There is no memory for this error either, so it was made before. */
static const char no_room[] =
    "{\"kind\":\"internal\",\"code\":20005,\"message\":\"there is no room for the answer to this\"}";

/* Gives away what was written; false: there was no room, and the error is given. */
static bool give(struct text text, element_given *json)
{
    if (text.failed) {
        free(text.ptr);
        *json = constant(no_room);
        return false;
    }
    *json = (element_given){(uint8_t *)text.ptr, text.len, text.cap, free_bytes};
    return true;
}

static void say(element_done done, struct text result)
{
    element_given json;
    bool good = give(result, &json);
    done.call(done.user, good ? 0 : 1, json, nothing);
}

/* The message is for the caller, and freed. */
static void say_error(element_done done, const char *kind, unsigned code, struct text message)
{
    struct text error = {.failed = message.failed};
    put(&error, "{\"kind\":\"");
    put(&error, kind);
    put(&error, "\",\"code\":");
    put_number(&error, code);
    put(&error, ",\"message\":");
    put_string(&error, message.ptr, message.len);
    put(&error, "}");
    free(message.ptr);
    element_given json;
    give(error, &json);
    done.call(done.user, 1, json, nothing);
}

/* ----------------------------------------------------------------------------------------------------------- objects -- */

/* One Instance: what its config says. Nobody writes to it once it is made, so any number of threads may read it. */
struct greeter {
    struct text greeting;
};

static element_given build(uint32_t type, element_lent config, void **object)
{
    struct text greeting = {0}, mistake = {0}, reason = {0};
    struct greeter *it = malloc(sizeof *it);
    element_given json;
    if (type != 0)
        put(&mistake, "there is no Type of this number");
    else if (it == NULL)
        put(&mistake, "there is no memory for it");
    else if (read_one_string(reader_of(config.ptr, config.len), "greeting", &greeting, &mistake) && !greeting.failed) {
        it->greeting = greeting;
        *object = it;
        free(mistake.ptr);
        return nothing;
    }
    free(greeting.ptr);
    free(it);
    put_string(&reason, mistake.ptr, mistake.len);
    free(mistake.ptr);
    return give(reason, &json) ? json : constant("\"there is no memory for it\"");
}

static void drop(void *object)
{
    struct greeter *it = object;
    free(it->greeting.ptr);
    free(it);
}

/* ------------------------------------------------------------------------------------------------------------- greet -- */

/* A method that has its answer at once. */
static void greet(const struct greeter *it, const element_call_info *info, element_given json, element_given body,
                  element_done done)
{
    struct text name = {0}, mistake = {0}, line = {0};
    bool good = read_one_string(reader_of(json.ptr, json.len), "name", &name, &mistake);
    if (good) {
        put(&line, "\"");
        put_escaped(&line, it->greeting.ptr, it->greeting.len);
        put(&line, ", ");
        put_escaped(&line, name.ptr, name.len);
        put(&line, "! Yours, ");
        put_escaped(&line, info->app.ptr, info->app.len);
        put(&line, ".\"");
        line.failed |= name.failed;
    }
    free(name.ptr);
    /* First everything goes back, then it is said: whoever hears it may count on that. */
    give_back(json);
    give_back(body);
    host()->release(info->token);
    if (good) {
        free(mistake.ptr);
        say(done, line);
    } else {
        say_error(done, "invalidArgs", 20004, mistake);
    }
}

/* ------------------------------------------------------------------------------------------------------------- count -- */

/*
 * A method that waits for its host: it reads the element's count from the records of the app, and writes it one larger,
 * unless somebody else did meanwhile. Then it begins again.
 *
 * Three come here, on any thread and in any order: whoever asks, the host's answer (`answered`), and the host that does not
 * want to wait any longer (`end`). So what they share is under a lock, and each question is over when two things are: its
 * answer came, and its handle went back. Whoever does the last of the two goes on with the work. That is why an answer that
 * comes while `ask` runs does nothing but lie there: whoever asked goes on, in a loop and not ever deeper.
 */
struct counting {
    /* One for the work, one for the handle that the host has. */
    atomic_int references;

    /* These are the worker's, who is alone. */
    void *token;
    element_done done;
    element_lent key;
    enum { READING, WRITING } step;
    uint64_t count, version;
    unsigned tries;

    /* These are everybody's, and under the lock. */
    pthread_mutex_t lock;
    /* The host does not wait any longer. */
    bool is_ended;
    /* Of the question under way: what is not over yet of the two, its handle unless somebody took it, and its answer. */
    int missing;
    void *handle;
    bool is_answered;
    uint32_t failed;
    element_given answer;
};

/* More than that, one after the other, is no accident. */
#define TRIES 1000

static void unreference(struct counting *it)
{
    if (atomic_fetch_sub(&it->references, 1) == 1) {
        pthread_mutex_destroy(&it->lock);
        free(it);
    }
}

/* Some of the two things that a question waits for are over; was it the last? Then the work is the caller's. */
static bool is_last(struct counting *it, int over)
{
    pthread_mutex_lock(&it->lock);
    it->missing -= over;
    bool last = it->missing == 0;
    pthread_mutex_unlock(&it->lock);
    return last;
}

static void work(struct counting *it);

/* The host's answer. It may come while `ask` or `end` of the host run, so nobody holds the lock there. */
static void answered(void *user, uint32_t failed, element_given json, element_given body)
{
    struct counting *it = user;
    give_back(body);
    pthread_mutex_lock(&it->lock);
    it->failed = failed;
    it->answer = json;
    it->is_answered = true;
    void *handle = it->handle;
    it->handle = NULL;
    pthread_mutex_unlock(&it->lock);
    if (handle != NULL)
        host()->end(handle);
    if (is_last(it, handle != NULL ? 2 : 1))
        work(it);
}

/* Asks what comes next; true: it is over already, and the work is still the caller's. Else nobody may touch `it`. */
static bool ask(struct counting *it)
{
    uint32_t operation = ELEMENT_OP_RECORD_GET;
    element_given json = constant("null");
    bool good = true;
    if (it->step == WRITING) {
        struct text write = {0};
        operation = ELEMENT_OP_RECORD_PUT;
        put(&write, "{\"value\":");
        put_number(&write, it->count);
        if (it->version == 0) {
            put(&write, ",\"expect\":\"absent\"}");
        } else {
            put(&write, ",\"expect\":{\"version\":");
            put_number(&write, it->version);
            put(&write, "}}");
        }
        good = give(write, &json);
    }
    pthread_mutex_lock(&it->lock);
    it->missing = 2;
    it->is_answered = false;
    pthread_mutex_unlock(&it->lock);
    if (!good) {
        it->failed = 1;
        it->answer = json;
        return true;
    }

    static const char collection[] = TYPE;
    element_lent a = {(const uint8_t *)collection, sizeof collection - 1};
    void *handle = host()->ask(it->token, operation, a, it->key, json, (element_done){it, answered});

    pthread_mutex_lock(&it->lock);
    bool waits = handle != NULL && !it->is_answered && !it->is_ended;
    if (waits)
        it->handle = handle;
    pthread_mutex_unlock(&it->lock);
    if (waits)
        return false;
    if (handle != NULL)
        host()->end(handle);
    return is_last(it, 1);
}

/* Gives everything back, and says that it is over. */
static void complete(struct counting *it, uint32_t failed, element_given json)
{
    element_done done = it->done;
    host()->release(it->token);
    unreference(it);
    done.call(done.user, failed, json, nothing);
}

/* Reads the count in a record and the record's version; `null` is no record, and 0 for both. */
static bool read_record(struct reader it, uint64_t *count, uint64_t *version)
{
    struct reader value = it, again = it;
    *count = *version = 0;
    return take_word(&it, "null") ||
           (find(&value, "value") && read_number(&value, count) && find(&again, "version") && read_number(&again, version));
}

static bool is_conflict(struct reader error)
{
    struct text kind = {0};
    bool is = find(&error, "kind") && read_string(&error, &kind) && !kind.failed && equals(kind.ptr, kind.len, "conflict");
    free(kind.ptr);
    return is;
}

/* Works with the answer that came; true: there is something more to ask. Else all is said, and nobody may touch `it`. */
static bool go_on(struct counting *it)
{
    element_given answer = it->answer;
    pthread_mutex_lock(&it->lock);
    bool is_ended = it->is_ended;
    pthread_mutex_unlock(&it->lock);
    if (is_ended) {
        give_back(answer);
        complete(it, 1, constant("{\"kind\":\"timeout\",\"code\":20008,\"message\":\"nobody waits for this any more\"}"));
        return false;
    }
    struct reader json = reader_of(answer.ptr, answer.len);
    if (it->failed != 0) {
        if (it->step == WRITING && it->tries++ < TRIES && is_conflict(json)) {
            give_back(answer);
            it->step = READING;
            return true;
        }
        /* The host's error is ours, and goes on as it is. */
        complete(it, 1, answer);
        return false;
    }
    if (it->step == WRITING) {
        give_back(answer);
        struct text count = {0};
        put_number(&count, it->count);
        bool good = give(count, &answer);
        complete(it, good ? 0 : 1, answer);
        return false;
    }
    bool good = read_record(json, &it->count, &it->version) && it->count < UINT64_MAX;
    give_back(answer);
    if (!good) {
        complete(it, 1, constant("{\"kind\":\"conflict\",\"code\":20010,"
                                 "\"message\":\"the record of this element is no count of ours: take it away\"}"));
        return false;
    }
    it->count++;
    it->step = WRITING;
    return true;
}

static void work(struct counting *it)
{
    while (go_on(it) && ask(it)) {
    }
}

static void *count(const element_call_info *info, element_given json, element_given body, element_done done)
{
    bool good = is_empty(reader_of(json.ptr, json.len));
    give_back(json);
    give_back(body);
    struct counting *it = good ? calloc(1, sizeof *it) : NULL;
    if (it == NULL || pthread_mutex_init(&it->lock, NULL) != 0) {
        struct text message = {.failed = good};
        put(&message, "this method takes no arguments");
        free(it);
        host()->release(info->token);
        say_error(done, "invalidArgs", 20004, message);
        return NULL;
    }
    atomic_init(&it->references, 2);
    it->token = info->token;
    it->done = done;
    /* The word stays until the token goes back, and so until the work is done. */
    it->key = info->element;
    if (ask(it))
        work(it);
    /* The work may be over by now. The handle has a reference of its own, which `end` gives back. */
    return it;
}

static void end(void *handle)
{
    struct counting *it = handle;
    pthread_mutex_lock(&it->lock);
    it->is_ended = true;
    void *asked = it->handle;
    it->handle = NULL;
    pthread_mutex_unlock(&it->lock);
    if (asked != NULL) {
        host()->end(asked);
        if (is_last(it, 1))
            work(it);
    }
    unreference(it);
}

/* ------------------------------------------------------------------------------------------------------------ tables -- */

/* The places of the methods in the description. */
enum { GREET, COUNT };

static void *call(void *object, uint32_t method, const element_call_info *info, element_given json, element_given body,
                  element_done done)
{
    struct text message = {0};
    switch (method) {
    case GREET:
        greet(object, info, json, body, done);
        return NULL;
    case COUNT:
        return count(info, json, body, done);
    default:
        give_back(json);
        give_back(body);
        host()->release(info->token);
        put(&message, "there is no method of this number");
        say_error(done, "notFound", 20003, message);
        return NULL;
    }
}

static void put_origin(struct text *text, unsigned line)
{
    put(text, "\"origin\":{\"package\":\"greeter-c\",\"version\":\"1.0.0\",\"file\":");
    put_string(text, __FILE__, strlen(__FILE__));
    put(text, ",\"line\":");
    put_number(text, line);
    put(text, "}");
}

static element_given describe(void)
{
    struct text text = {0};
    put(&text, "{\"metas\":[{\"fullName\":\"" META "\",\"doc\":\"What every greeter in C can do.\",\"promises\":["
               "{\"name\":\"greet\",\"doc\":\"Greets somebody.\",\"access\":\"public\",\"reply\":{\"type\":\"string\"}}],");
    put_origin(&text, __LINE__);
    put(&text, "}],\"types\":[{\"fullName\":\"" TYPE "\",\"role\":\"type\",\"meta\":\"" META "\","
               "\"doc\":\"Greets with a fixed word.\",\"starts\":false,\"stops\":false,"
               "\"schema\":{\"type\":\"object\",\"description\":\"Greets with a fixed word.\","
               "\"properties\":{\"greeting\":{\"type\":\"string\",\"description\":\"The word that comes first.\"}},"
               "\"required\":[\"greeting\"],\"additionalProperties\":false},"
               "\"methods\":["
               "{\"name\":\"greet\",\"aliases\":[],\"doc\":\"Greets somebody by name.\",\"access\":\"public\","
               "\"kind\":\"method\",\"get\":false,\"long\":false,"
               "\"args\":{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}},"
               "\"required\":[\"name\"],\"additionalProperties\":false},"
               "\"reply\":{\"type\":\"string\"}},"
               "{\"name\":\"count\",\"aliases\":[],\"doc\":\"Counts how often it was called. The app's records keep it.\","
               "\"access\":\"internal\",\"kind\":\"method\",\"get\":false,\"long\":false,"
               "\"args\":{\"type\":\"object\",\"additionalProperties\":false},"
               "\"reply\":{\"type\":\"integer\",\"minimum\":1}}],");
    put_origin(&text, __LINE__);
    put(&text, "}]}");
    element_given json;
    return give(text, &json) ? json : nothing;
}

static const element_library library = {
    .size = sizeof library,
    .minor = ELEMENT_MINOR,
    .describe = describe,
    .build = build,
    .call = call,
    .end = end,
    .drop = drop,
};

static const element_library *start(const element_host *by)
{
    if (by->size < sizeof *by)
        return NULL;
    atomic_store_explicit(&started_by, by, memory_order_release);
    return &library;
}

static const char made_with[] = "C, element.h 1.0", target[] = ELEMENT_TARGET;

const element_root *element_library_v1(void)
{
    static const element_root root = {
        .magic = ELEMENT_MAGIC,
        .size = sizeof root,
        .major = ELEMENT_MAJOR,
        .minor = ELEMENT_MINOR,
        .panics = ELEMENT_NEVER,
        .made_with = {(const uint8_t *)made_with, sizeof made_with - 1},
        .target = {(const uint8_t *)target, sizeof target - 1},
        .start = start,
    };
    return &root;
}
