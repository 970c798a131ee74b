"""How many logins a second wechatpy does against the simulator, as its users write one.

    PYTHONPATH=target/wechatpy python3 tests/wechatpy/logins.py http://127.0.0.1:8090 SECONDS PROCESSES

A login is two calls: `oauth.get_user_info(code)`, then `user.get(userid)`. The token is in the client's
session from the beginning, and the codes are made ahead, between the seconds that are measured. Each
process has one client and does one login after the other. wechatpy calls through one requests.Session
for each client, which keeps its connection alive; nothing is added to that here.

Prints one line of JSON: {"logins": how many, "seconds": how long, "perSecond": …}.
"""

import json
import multiprocessing
import sys
import time

# What is beside this file is source, so nothing is compiled into its folder.
sys.dont_write_bytecode = True

from simulator import Control, client_of

MEMBERS = ["zhangsan", "lisi", "WangWu"]
AGENT = 1000002
# More than a process uses up in a second. One that is faster stops there, and so does its clock.
CODES = 1000
NO_LIMIT = 2**32 - 1
LIMITS = ["corpPerMinute", "corpPerHour", "ipPerMinute", "ipPerHour"]


def work(base, corp_id, secret, seconds, barrier, results):
    """Logs in, and tells how often in how long, or what went wrong."""
    try:
        results.put(measured(base, corp_id, secret, seconds, barrier))
    except Exception as error:
        results.put(f"{type(error).__name__}: {error}")


def measured(base, corp_id, secret, seconds, barrier):
    """A second at a time, all processes together."""
    control = Control(base)
    client = client_of(base, corp_id, secret)
    client.fetch_access_token()
    codes, logins, spent = [], 0, 0.0
    for _ in range(seconds):
        while len(codes) < CODES:
            user_id = MEMBERS[len(codes) % len(MEMBERS)]
            codes.append((control.ask("POST", "/codes", {"agentId": AGENT, "userId": user_id})["code"], user_id))
        barrier.wait()
        begun = now = time.perf_counter()
        while codes and now - begun < 1:
            log_in(client, *codes.pop())
            logins += 1
            now = time.perf_counter()
        spent += now - begun
    return logins, spent


def log_in(client, code, expected):
    """wechatpy raises whatever is no success."""
    userid = client.oauth.get_user_info(code)["UserId"]
    profile = client.user.get(userid)
    if profile["userid"] != expected:
        raise ValueError(f"the code was made for {expected}, and {profile['userid']} logged in")


def successful(result):
    if isinstance(result, str):
        sys.exit(f"logins.py: {result}")
    return result


def main():
    if len(sys.argv) != 4:
        sys.exit("write address, seconds and processes: logins.py http://127.0.0.1:8090 10 2")
    base, seconds, processes = sys.argv[1].rstrip("/"), int(sys.argv[2]), int(sys.argv[3])
    control = Control(base)
    company = control.demo()
    secret = next(app["secret"] for app in company["apps"] if app["agentId"] == AGENT)
    limits = control.ask("GET", "/limits")
    # WeCom's own would end a longer run with 45009.
    control.ask("PATCH", "/limits", dict.fromkeys(LIMITS, NO_LIMIT))
    barrier, results = multiprocessing.Barrier(processes), multiprocessing.Queue()
    each = (base, company["corpId"], secret, seconds, barrier, results)
    workers = [multiprocessing.Process(target=work, args=each) for _ in range(processes)]
    try:
        for worker in workers:
            worker.start()
        came = [successful(results.get(timeout=60 + 20 * seconds)) for _ in workers]
    finally:
        for worker in workers:
            worker.terminate()
        control.ask("PATCH", "/limits", limits)
    logins = sum(logins for logins, _ in came)
    took = max(spent for _, spent in came)
    print(json.dumps({"logins": logins, "seconds": round(took, 3), "perSecond": round(logins / took, 1)}))


if __name__ == "__main__":
    main()
