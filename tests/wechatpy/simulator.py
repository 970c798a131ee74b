"""How the scripts beside this one reach the simulator: as wechatpy does, and by its control API."""

import os

import requests
from requests.adapters import HTTPAdapter
from wechatpy.enterprise import WeChatClient

# The simulator is on this machine; a proxy of the environment would not find it.
os.environ["NO_PROXY"] = "*"

WECOM = "https://qyapi.weixin.qq.com/"


class Failed(Exception):
    """Something was not as it should be; the text says what."""


class ToSimulator(HTTPAdapter):
    """Takes to the simulator what is addressed to WeCom.

    Of all its calls wechatpy writes the address of `gettoken` out in full, whatever API_BASE_URL is.
    Its code stays as it is; requests, which it calls with, lets each address have a transport.
    """

    def __init__(self, base):
        super().__init__()
        self.base = base

    def send(self, request, **options):
        request.url = f"{self.base}/{request.url.removeprefix(WECOM)}"
        return super().send(request, **options)


def client_of(base, corp_id, secret, **options):
    """A client of wechatpy for an app; `options` are wechatpy's."""
    client = WeChatClient(corp_id, secret, **options)
    client.API_BASE_URL = f"{base}/cgi-bin/"
    client._http.mount(WECOM, ToSimulator(base))
    return client


class Control:
    """The control API of the simulator, under /sim/."""

    def __init__(self, base):
        self.base = base
        self.http = requests.Session()

    def ask(self, method, path, body=None):
        try:
            answer = self.http.request(method, f"{self.base}/sim{path}", json=body, timeout=20)
        except requests.RequestException as error:
            raise Failed(f"{method} /sim{path}: {error}") from error
        if answer.status_code != 200:
            raise Failed(f"{method} /sim{path} answered {answer.status_code}: {answer.text}")
        return answer.json()

    def demo(self):
        """The demo company, which the scripts are about."""
        companies = self.ask("GET", "/companies")["companies"]
        if [company["name"] for company in companies] != ["示例科技"]:
            raise Failed("start wecom-sim without --company: this is about its demo company")
        return companies[0]
