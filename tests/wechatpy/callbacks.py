"""How long wechatpy takes to verify and decrypt one callback.

    PYTHONPATH=target/wechatpy python3 tests/wechatpy/callbacks.py SECONDS < callback.json

The callback is {"token", "encodingAESKey", "receiveId", "signature", "timestamp", "nonce", "body"}, and it is
opened again and again. Prints one line of JSON: {"count": how many, "microseconds": for each}.
"""

import json
import sys
import time

# What is beside this file is source, so nothing is compiled into its folder.
sys.dont_write_bytecode = True

from wechatpy.enterprise.crypto import WeChatCrypto


def main():
    if len(sys.argv) != 2:
        sys.exit("write the seconds: callbacks.py 2 < callback.json")
    seconds, it = float(sys.argv[1]), json.load(sys.stdin)
    crypto = WeChatCrypto(it["token"], it["encodingAESKey"], it["receiveId"])
    given = it["body"], it["signature"], it["timestamp"], it["nonce"]
    count, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        for _ in range(100):
            crypto.decrypt_message(*given)
        count += 100
    print(json.dumps({"count": count, "microseconds": round(1e6 * (time.perf_counter() - begun) / count, 2)}))


if __name__ == "__main__":
    main()
