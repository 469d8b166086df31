"""Calls of the server-side API, for the stories about it."""

import json
import re
import time

from kith import Device, new_id, unique


class Api:
    """Calls under /v1/admin, as the administrator or with another token."""

    def __init__(self, server, token=None):
        self.server, self.token = server, token or server.admin

    def call(self, method, path, body=None, status=(200,), token=None):
        answer = self.server.http(method, "/v1/admin" + path, body, token or self.token)
        assert answer.status in status, f"{method} {path}: {answer.status} {answer.text}"
        return answer

    def get(self, path):
        return self.call("GET", path).json

    def refused(self, method, path, code, body=None, token=None):
        answer = self.server.http(method, "/v1/admin" + path, body, token or self.token)
        assert answer.status >= 400 and answer.json["code"] == code, f"{method} {path}: {answer.status} {answer.text}"
        return answer

    def user(self, name="user", **body):
        name = unique(name)
        self.call("PUT", f"/users/{name}", body or None, (201,))
        return name

    def device(self, name, device="phone"):
        made = self.call("POST", f"/users/{name}/tokens", {"device": device}, (201,)).json
        assert made["user"] == name and made["device"] == device
        return Device(self.server, name, device, made["token"])

    def online(self, name, device="phone"):
        found = self.device(name, device)
        found.connect()
        return found

    def people(self, *names):
        return [self.online(self.user(name)) for name in names]

    def send(self, status=(201,), **body):
        return self.call("POST", "/messages", {"clientId": new_id(), **body}, status)

    def group(self, owner, *members, title="Club"):
        body = {"clientId": new_id(), "title": title, "owner": owner, "members": list(members)}
        return self.call("POST", "/groups", body, (201,)).json["conversation"]

    def export(self, name):
        """→ all lines, of all pages."""
        lines, path = [], f"/users/{name}/export"
        while path:
            answer = self.call("GET", path)
            assert answer.headers["content-type"] == "application/jsonl"
            lines += [json.loads(line) for line in answer.text.splitlines()]
            link = re.fullmatch(r'</v1/admin(.*)>; rel="next"', answer.headers.get("link", ""))
            path = link and link.group(1)
        return lines

    def erased(self, name, messages="keep"):
        """Erases, as often as it takes."""
        for _ in range(30):
            answer = self.call("DELETE", f"/users/{name}?messages={messages}", status=(200, 202))
            if answer.status == 200:
                assert answer.json == {"user": name, "state": "erased"}
                return
        raise AssertionError(f"{name} is still being erased")


def service(server, **claims):
    now = int(time.time())
    return server.jwt(**{"sub": "shop", "aud": "kith-admin", "iat": now, "exp": now + 600, **claims})
