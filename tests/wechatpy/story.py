"""What wechatpy sees of the simulator: a client library by people who know nothing of this project.

    PYTHONPATH=target/wechatpy python3 tests/wechatpy/story.py http://127.0.0.1:8090

Prints a line for each step, `what: result`, with nothing in it that chance has made; against a
simulator with its demo company that is expected.txt, every time. What matters most is checked here as
well, and the first thing that is not as it should be ends it with a message and exit code 1. What was
changed in the simulator is put back.
"""

import contextlib
import json
import queue
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit

# What is beside this file is source, so nothing is compiled into its folder.
sys.dont_write_bytecode = True

import requests
from wechatpy.enterprise import WeChatCrypto, parse_message
from wechatpy.exceptions import APILimitedException, WeChatClientException, WeChatException

from simulator import Control, Failed, client_of

DEMO, OLD = 1000002, 1000004
LINKED = "ww00000000000000aa/ann"
BACK = "https://app.example/back?x=1"


class Story:
    """The simulator, and the clients of its apps."""

    def __init__(self, base):
        self.base = base
        self.control = Control(base)
        self.company = self.control.demo()
        self.limits = self.control.ask("GET", "/limits")
        self.corp_id = self.company["corpId"]
        self.secrets = {app["agentId"]: app["secret"] for app in self.company["apps"]}
        masked = [app for app in self.company["apps"] if app["secret"] == "***" or app["callback"]]
        check(not masked, "secrets or a callback were set in the simulator, which could not be put back")
        # Tokens of an earlier run have less time left than new ones.
        for agent_id in self.secrets:
            self.control.ask("POST", "/tokens/revoke", {"agentId": agent_id})
        self.demo = self.client(DEMO)
        self.old = self.client(OLD)

    def client(self, agent_id, **options):
        return client_of(self.base, self.corp_id, self.secrets[agent_id], timeout=10, **options)

    def code(self, **who):
        return self.control.ask("POST", "/codes", {"agentId": DEMO, **who})["code"]

    def last_call(self):
        return self.control.ask("GET", "/overview")["journal"]["last"]

    def calls_after(self, last):
        """The calls that came in since, each with its errcode."""
        entries = self.control.ask("GET", f"/journal?after={last}")["entries"]
        return [f"{entry['path'].removeprefix('/cgi-bin/')} {entry['errcode']}" for entry in entries]

    def change_app(self, change):
        return self.control.ask("PATCH", f"/companies/{self.corp_id}/apps/{DEMO}", change)

    @contextlib.contextmanager
    def app_changed(self, change, back):
        self.change_app(change)
        try:
            yield
        finally:
            self.change_app(back)

    @contextlib.contextmanager
    def limits_changed(self, change):
        self.control.ask("PATCH", "/limits", change)
        try:
            yield
        finally:
            self.control.ask("PATCH", "/limits", self.limits)

    def put_back(self):
        self.control.ask("POST", "/companies", self.company)
        self.control.ask("PATCH", "/limits", self.limits)


def show(what, result):
    print(f"{what}: {json.dumps(result, ensure_ascii=False, sort_keys=True, separators=(',', ':'))}", flush=True)


def check(fact, message):
    if not fact:
        raise Failed(message)


def same(what, result, expected):
    """Shows a result that can be only this one."""
    show(what, result)
    check(result == expected, f"{what}: it should be {expected}, and it is {result}")


def masked(answer, *names):
    """The same without the values that chance makes, which must be there."""
    check(all(answer[name] for name in names), f"one of {names} is empty in {answer}")
    return {**answer, **dict.fromkeys(names, "***")}


def token(story):
    last = story.last_call()
    answer = story.demo.fetch_access_token()
    same(
        "fetch_access_token",
        masked(answer, "access_token"),
        {"access_token": "***", "errcode": 0, "errmsg": "ok", "expires_in": 7200},
    )
    story.demo.user.get("zhangsan")
    story.demo.user.get("lisi")
    same("two calls with the token kept", story.calls_after(last), ["gettoken 0", "user/get 0", "user/get 0"])
    last = story.last_call()
    story.client(DEMO).user.get("zhangsan")
    same("a client that has none yet", story.calls_after(last), ["gettoken 0", "user/get 0"])
    again = story.client(DEMO).fetch_access_token()["access_token"]
    same("a token is good until it ends", again == answer["access_token"], True)


def users(story):
    short = story.demo.user.get("zhangsan")
    show("user.get by an app of today", short)
    check(short["name"] == "张三" and "mobile" not in short, "an app of today sees the name, and no mobile")
    full = story.old.user.get("zhangsan")
    show("user.get by an app of 2021", full)
    check(full["mobile"] == "+86 13800000001" and full["gender"] == "1", "an app of 2021 sees the mobile")

    def ids(members):
        return [member["userid"] for member in members]

    same("user.list", ids(story.demo.user.list(2)), ["zhangsan", "lisi"])
    below = story.demo.user.list(2, fetch_child=True)
    same("user.list, fetch_child", ids(below), ["zhangsan", "lisi", "WangWu"])
    listed = {member["userid"]: member for member in story.old.user.list(2)}["zhangsan"]
    told = {name: value for name, value in full.items() if name not in ("errcode", "errmsg")}
    same("user.list tells what user.get tells", listed == told, True)
    show("user.list, simple", story.demo.user.list(2, simple=True))
    show("user.list, simple, fetch_child", story.demo.user.list(2, simple=True, fetch_child=True))


def departments(story):
    def tree(departments, above):
        below = [department for department in departments if department["parentid"] == above]
        return {department["name"]: tree(departments, department["id"]) for department in below}

    everything = story.old.department.get()
    show("department.get by an app that sees all", everything)
    same("the same as a tree", tree(everything, 0), {"示例科技": {"研发部": {"测试组": {}}, "市场部": {}}})
    same("department.get of one", [department["id"] for department in story.demo.department.get(2)], [2, 4])
    same("department.get by an app that sees a part", [it["id"] for it in story.demo.department.get()], [2, 4, 3])
    show("department.get_users", story.demo.department.get_users(3))
    show("department.get_map_users", story.demo.department.get_map_users())


def identities(story):
    def info(**who):
        return story.demo.oauth.get_user_info(story.code(**who))

    ok = {"DeviceId": "", "errcode": 0, "errmsg": "ok"}
    same("oauth.get_user_info of a member", info(userId="zhangsan"), {**ok, "UserId": "zhangsan"})
    same("… of a member of a linked company", info(userId=LINKED), {**ok, "UserId": LINKED})
    same("… of no member", info(openid="o-somebody"), {**ok, "OpenId": "o-somebody"})
    customer = {**ok, "OpenId": "o-somebody", "external_userid": "wm-customer"}
    same("… of a customer", info(openid="o-somebody", externalUserId="wm-customer"), customer)
    by_agent = story.demo.user.get_info(DEMO, story.code(userId="lisi"))
    same("user.get_info", by_agent, {**ok, "UserId": "lisi"})
    # The call of today has no method in wechatpy; this is its way to call what it does not know.
    newer = story.demo.get("auth/getuserinfo", params={"code": story.code(userId="lisi")})
    same("auth/getuserinfo", newer, {"errcode": 0, "errmsg": "ok", "userid": "lisi"})


class PhoneClient:
    """WeCom's own client on a member's phone, for the pages that show in no other."""

    def __init__(self, base, member, back):
        self.base = base
        self.http = requests.Session()
        # A form is taken only from a page of the simulator's own.
        self.http.headers.update({"User-Agent": "wxwork/4.1.0 MicroMessenger/7.0.1", "Origin": base})
        # The first visit of a client asks whose it is.
        self.send("POST", "/sim/client", {"userId": member, "back": back})

    def send(self, method, path, form=None):
        return self.http.request(method, self.base + path, data=form, allow_redirects=False, timeout=10)


def code_and_state(answer):
    """What an app gets that the browser is sent back to."""
    check(answer.status_code == 302, f"the page should lead back to the app, and it says {answer.text}")
    came = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    check(came["x"] == "1", f"the query of the app's own address is lost: {came}")
    return came["code"], came.get("state")


def logins_in_the_client(story):
    wecom = urlsplit(story.demo.oauth.authorize_url(BACK, state="s1"))
    same("oauth.authorize_url", wecom.path, "/connect/oauth2/authorize")
    path = f"{wecom.path}?{wecom.query}"
    code, state = code_and_state(PhoneClient(story.base, "lisi", path).send("GET", path))
    same("it leads back with", ["***", state], ["***", "s1"])
    same("and that is", story.demo.oauth.get_user_info(code)["UserId"], "lisi")

    # wechatpy knows neither this scope nor the call that a ticket is for.
    private = path.replace("snsapi_base", "snsapi_privateinfo") + f"&agentid={DEMO}"
    phone = PhoneClient(story.base, "zhangsan", private)
    asked = phone.send("GET", private)
    check("+86 13800000001" in asked.text, f"the page should show what is asked for: {asked.text}")
    form = {name: values[0] for name, values in parse_qs(urlsplit(private).query).items()}
    form.update(decision="agree", grant=["mobile", "email"])
    code, _ = code_and_state(phone.send("POST", "/connect/oauth2/consent", form))
    who = story.demo.oauth.get_user_info(code)
    show("oauth.get_user_info after consent", masked(who, "user_ticket"))
    detail = story.demo.post("auth/getuserdetail", data={"user_ticket": who["user_ticket"]})
    show("auth/getuserdetail", detail)
    check(detail["mobile"] == "+86 13800000001" and "address" not in detail, "only what was granted is told")


def js_signatures(story):
    js = story.demo.jsapi
    show("jsapi.get_ticket", masked(js.get_ticket(), "ticket", "expires_in"))
    show("jsapi.get_agent_ticket", masked(js.get_agent_ticket(), "ticket", "expires_in"))
    last = story.last_call()
    tickets = {"corp": js.get_jsapi_ticket(), "agent": js.get_agent_jsapi_ticket()}
    js.get_jsapi_ticket()
    same("tickets are kept", story.calls_after(last), ["get_jsapi_ticket 0", "ticket/get 0"])
    page = {"noncestr": "Wm3WZYTPz0wzccnW", "timestamp": 1414587457, "url": "https://app.example/page?a=1"}
    signed = {kind: js.get_jsapi_signature(ticket=ticket, **page) for kind, ticket in tickets.items()}

    def verdict(kind, signature):
        body = {"agentId": DEMO, "ticket": kind, "signature": signature, **page}
        return story.control.ask("POST", "/jsapi", body)

    same("its signature for wx.config", verdict("corp", signed["corp"]), {"valid": True})
    same("its signature for wx.agentConfig", verdict("agent", signed["agent"]), {"valid": True})
    same("one in place of the other", verdict("corp", signed["agent"])["why"].split(":")[0], "42012")


def ids(story):
    answer = story.demo.user.convert_to_openid("zhangsan")
    show("user.convert_to_openid", answer)
    same("user.convert_to_user_id", story.demo.user.convert_to_user_id(answer["openid"]), "zhangsan")


def others(story):
    show("agent.get", story.demo.agent.get(DEMO))
    show("misc.get_wechat_ips", story.demo.misc.get_wechat_ips())


def renewals(story):
    for verb, errcode in [("expire", 42001), ("revoke", 40014)]:
        story.control.ask("POST", f"/tokens/{verb}", {"agentId": DEMO})
        last = story.last_call()
        name = story.demo.user.get("zhangsan")["name"]
        expected = [f"user/get {errcode}", "gettoken 0", "user/get 0"]
        same(f"user.get after {verb}", [name, *story.calls_after(last)], ["张三", *expected])
    patient = story.client(DEMO, auto_retry=False)
    patient.fetch_access_token()
    story.control.ask("POST", "/tokens/expire", {"agentId": DEMO})
    raises("user.get that may not renew", 42001, lambda: patient.user.get("zhangsan"))


def raises(what, errcode, call, kind=WeChatClientException):
    try:
        answer = call()
    except WeChatException as error:
        same(what, [type(error).__name__, error.errcode], [kind.__name__, errcode])
    else:
        raise Failed(f"{what}: it should be {errcode}, and it is {answer}")


def errors(story):
    get, info = story.demo.user.get, story.demo.oauth.get_user_info
    stranger = client_of(story.base, story.corp_id, "no-secret-of-any-app")
    raises("a wrong secret", 40001, lambda: stranger.user.get("zhangsan"))
    nowhere = client_of(story.base, "ww0000000000000000", story.secrets[DEMO])
    raises("an unknown company", 40013, lambda: nowhere.user.get("zhangsan"))
    raises("an unknown code", 40029, lambda: info("no-code"))
    code = story.code(userId="zhangsan")
    info(code)
    raises("a code that was used", 40029, lambda: info(code))
    foreign = story.code(userId="zhangsan", agentId=OLD)
    raises("another app's code", 50001, lambda: info(foreign))
    raises("an unknown user", 60111, lambda: get("nobody"))
    raises("a user out of range", 60011, lambda: get("outsider"))
    raises("an unknown department", 60123, lambda: story.demo.department.get(99))
    raises("contacts by contact sync's call", 48002, lambda: story.demo.post("user/list_id", data={"limit": 1}))
    with story.app_changed({"trustedIps": ["192.0.2.1"]}, {"trustedIps": []}):
        raises("an address that is not trusted", 60020, lambda: get("zhangsan"))
    with story.app_changed({"enabled": False}, {"enabled": True}):
        raises("a disabled app", 50003, lambda: get("zhangsan"))
        raises("a disabled app's token", 50003, story.client(DEMO).fetch_access_token)
    with story.limits_changed({"corpPerMinute": 0}):
        raises("too many calls", 45009, lambda: get("zhangsan"), APILimitedException)
        # wechatpy has its own class for these, and does not use it here.
        raises("too many tokens", 45009, story.client(DEMO).fetch_access_token)
    same("then all is well", get("zhangsan")["errcode"], 0)


class Receiver(ThreadingHTTPServer):
    """An app's callback, as one writes it with wechatpy."""

    token = "storyToken"
    key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

    def __init__(self, corp_id):
        super().__init__(("127.0.0.1", 0), Request)
        self.crypto = WeChatCrypto(self.token, self.key, corp_id)
        self.verified = 0
        self.pushes = queue.Queue()

    def next_push(self):
        try:
            return self.pushes.get(timeout=10)
        except queue.Empty:
            raise Failed("no push came within ten seconds; see GET /sim/pushes") from None

    def callback(self):
        url = f"http://127.0.0.1:{self.server_port}/callback?app=story"
        return {"url": url, "token": self.token, "encodingAESKey": self.key}


class Request(BaseHTTPRequestHandler):
    """One request to it."""

    def do_GET(self):
        def opened(signature, timestamp, nonce, query):
            echo = self.server.crypto.check_signature(signature, timestamp, nonce, query["echostr"])
            self.server.verified += 1
            return echo

        self.answer(opened)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))

        def opened(signature, timestamp, nonce, _):
            self.server.pushes.put(self.server.crypto.decrypt_message(body, signature, timestamp, nonce))
            return ""

        self.answer(opened)

    def answer(self, opened):
        query = dict(parse_qsl(urlsplit(self.path).query))
        try:
            status, text = 200, opened(query["msg_signature"], query["timestamp"], query["nonce"], query)
        except WeChatException as error:
            status, text = 403, type(error).__name__
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        """What comes in is shown by the story."""


def pushes(story):
    with Receiver(story.corp_id) as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        try:
            callback_of(story, receiver)
        finally:
            receiver.shutdown()


def callback_of(story, receiver):
    story.change_app({"callback": receiver.callback()})
    same("a callback is verified when it is saved", receiver.verified, 1)
    member = f"/companies/{story.corp_id}/members/lisi"
    # An app of today is not told the mobile.
    edits = {"position": "高级产品经理 <&>", "mobile": "+86 13800000009"}
    before = next(member for member in story.company["members"] if member["userId"] == "lisi")
    for what, fields in [("edited", edits), ("put back", {name: before[name] for name in edits})]:
        story.control.ask("PUT", member, fields)
        message = parse_message(receiver.next_push())
        check(abs(time.time() - message.time) < 60, f"the push should be of now: {message}")
        told = {name: value for name, value in message._data.items() if name not in ("CreateTime", "MsgId")}
        show(f"a push: lisi is {what}", {"class": type(message).__name__, **told})
        check(told["UserID"] == "lisi" and told["Position"] == fields["position"], f"{message} tells another story")
        check("Mobile" not in told, f"{message} tells what user.get would not")
    forged = {"wrongSignature": "InvalidSignatureException", "wrongReceiveId": "InvalidCorpIdException"}
    for kind, refused in forged.items():
        answer = story.control.ask("POST", "/pushes/probe", {"agentId": DEMO, "kind": kind})
        same(f"a push that is forged: {kind}", [answer["status"], answer["body"]], [403, refused])
    same("nothing else came", receiver.pushes.qsize(), 0)


STEPS = [
    token,
    users,
    departments,
    identities,
    logins_in_the_client,
    js_signatures,
    ids,
    others,
    renewals,
    errors,
    pushes,
]


def main():
    sys.stdout.reconfigure(encoding="utf-8")
    if len(sys.argv) != 2:
        sys.exit("write the simulator's address: story.py http://127.0.0.1:8090")
    try:
        story = Story(sys.argv[1].rstrip("/"))
        try:
            for step in STEPS:
                step(story)
        finally:
            story.put_back()
        as_before = [story.control.demo(), story.control.ask("GET", "/limits")] == [story.company, story.limits]
        same("all is as it was before", as_before, True)
    except Failed as failed:
        sys.exit(f"story.py: {failed}")


if __name__ == "__main__":
    main()
