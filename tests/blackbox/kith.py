"""A small client of Kith for the stories in this folder: servers, users, and devices that keep what docs/protocol.md tells them to keep.

A Device (device.py) judges while it listens: every frame against the page's tables, and every push against the rules of position and
order. How it reaches the server is in transports.py.
"""

import base64
import hashlib
import hmac
import http.client
import itertools
import json
import secrets
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from device import Device, Refused, message, new_id, nothing_but, refused  # noqa: F401 — most stories need them.
from document import error_problems, once
from transports import PROTO, Link  # noqa: F401
from wire import WAIT_S, Closed, Socket

UNIQUE = itertools.count(1)
RUN = secrets.token_hex(3)  # A server that already runs may know the names of former runs.


def unique(name):
    return f"{name}.{RUN}.{next(UNIQUE)}"


# ---- servers and users ------------------------------------------------------------------------------------------------


class Server:
    """A kithd of our own on a fresh data directory, or (with `url`) one that runs elsewhere. `tls`: an ssl.SSLContext, if it speaks TLS."""

    transport = "ws"  # By which devices reach it: a name of transports.py, or "switching".

    def __init__(self, program=None, folder=None, flags=(), url=None, admin=None, key=None, tls=None):
        self.program, self.folder, self.flags, self.process = program, folder, list(flags), None
        self.admin, self.key, self.tls = admin, key, tls
        self.scheme = "https://" if tls else "http://"
        if url:
            self.found(url)

    def found(self, url):
        host, port = url.removeprefix(self.scheme).rstrip("/").split(":")
        self.address = (host, int(port))

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        key_file = self.folder.parent / f"{self.folder.name}.jwt.key"
        if not key_file.exists():
            key_file.write_text(secrets.token_hex(32))
        self.key = key_file.read_bytes()
        command = [self.program, "--data", str(self.folder), "--port", "0", "--jwt-key-file", str(key_file), *self.flags]
        with open(f"{self.folder}.log", "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        impatience = threading.Timer(30, self.process.kill)
        impatience.start()
        line = self.process.stdout.readline().decode().strip()
        impatience.cancel()
        assert line.startswith("ready " + self.scheme), f"it said {line!r}, not `ready {self.scheme}…`; {self.last_words()}"
        self.found(line.split(" ")[1])
        self.admin = (self.folder / "admin.token").read_text().strip()
        return self

    def last_words(self):
        log = Path(f"{self.folder}.log")
        return "its log: " + (log.read_text(errors="replace")[-1500:] if log.exists() else "(none)")

    def kill(self):
        """As when the power fails, but for the disk."""
        self.process.kill()
        self.process.wait(WAIT_S)
        self.process.stdout.close()

    def ask_to_stop(self):
        self.process.send_signal(signal.SIGTERM)

    def stopped(self, timeout=20):
        """→ the exit code of a server that was asked to stop."""
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"was still running {timeout} s after SIGTERM; {self.last_words()}") from None
        self.process.stdout.close()
        return code

    def stop(self):
        if self.process and self.process.poll() is None:
            self.ask_to_stop()
            return self.stopped()
        return self.process.returncode if self.process else 0

    def alive(self):
        return self.http("GET", "/livez").status == 200

    def http(self, method, path, body=None, token=None, headers=None):
        """→ an http.client response with `.json` (None for text) and `.text`; an error's object has been checked."""
        if self.tls:
            connection = http.client.HTTPSConnection(*self.address, timeout=WAIT_S, context=self.tls)
        else:
            connection = http.client.HTTPConnection(*self.address, timeout=WAIT_S)
        fields = dict(headers or {})
        if token:
            fields["Authorization"] = f"Bearer {token}"
        connection.request(method, path, body if body is None or isinstance(body, (str, bytes)) else json.dumps(body), fields)
        response = connection.getresponse()
        response.text = response.read().decode()
        connection.close()
        check_answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.text)
        kind = response.headers.get("content-type", "")
        response.json = json.loads(response.text, object_pairs_hook=once) if kind.endswith("json") else None
        return response

    def post(self, path, token=None, **body):
        return self.http("POST", path, {name: value for name, value in body.items() if value is not None}, token)

    def user(self, name="user", user_id=None):
        """Somebody new, made by the administrator: sign-ups and logins are few for each address."""
        if not self.admin:
            pytest.skip("needs the administrator's token (--admin-token-file)")
        user_id = user_id or unique(name)
        done = self.post("/v1/auth/users", self.admin, user=user_id)
        assert done.status == 201, done.text
        return User(self, user_id)

    def users(self, *names):
        return [self.user(name) for name in names]

    def connect(self, protocols=("kith.v1.json",), **how):
        """A WebSocket that has said hello and nothing else."""
        return Link(self.socket(**how), protocols)

    def socket(self, **how):
        return Socket(self.address, tls=self.tls, **how)

    def connect_or_none(self):
        """A WebSocket, if the server takes one more."""
        try:
            return self.connect()
        except (AssertionError, Closed, ConnectionResetError):
            return None

    def jwt(self, header=None, key=None, **claims):
        """A token of the embedding application."""
        return mint({"alg": "HS256", "typ": "JWT", **(header or {})}, claims, key or self.key)


def check_answer(status, headers, text):
    """Each HTTP error is a problem object, as the page says."""
    if status >= 400:
        assert headers.get("content-type") == "application/problem+json", f"HTTP {status} is {headers.get('content-type')}: {text[:200]}"
        problems = list(error_problems(json.loads(text), status))
        assert not problems, f"HTTP {status} {text}: {problems}"
    if status == 401:
        assert headers.get("www-authenticate") == "Bearer"
    if status in (429, 503):
        assert "retry-after" in headers


def mint(header, claims, key, algorithm=hashlib.sha256):
    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    signed = part(json.dumps(header).encode()) + b"." + part(json.dumps(claims).encode())
    return (signed + b"." + part(hmac.new(key, signed, algorithm).digest())).decode()


class User:
    def __init__(self, server, user_id):
        self.server, self.id = server, user_id

    def token(self, device=None):
        done = self.server.post(f"/v1/auth/users/{self.id}/tokens", self.server.admin, device=device)
        assert done.status == 201, done.text
        return done.json["token"]

    def device(self, name="phone"):
        """A device that is logged in and not connected."""
        return Device(self.server, self.id, name, self.token(name))

    def online(self, name="phone", **how):
        device = self.device(name)
        device.connect(**how)
        return device

    def sees(self, conversation, head):
        """Waits until the user's inbox has come so far: `sent` promises that it will, not that it has."""
        witness = Device(self.server, self.id, "witness", self.token("witness"), "ws")
        witness.connect()
        witness.sees(conversation, head)
        witness.cut()
