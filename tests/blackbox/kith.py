"""A small client of Kith for the stories in this folder: servers, users, and devices that keep what docs/protocol.md tells them to keep.

A Device judges while it listens: every frame against the page's tables, and every push against the rules of position and order.
"""

import base64
import contextlib
import hashlib
import hmac
import http.client
import itertools
import json
import secrets
import signal
import subprocess
import threading
import time
from collections import defaultdict
from pathlib import Path

import pytest

from changes import CHANGES, changed, contradicts, kind_of, older_than_itself
from document import CLOSE_NAMES, COMMAND, FRAME, error_problems, frame_problems
from proto import decode, encode
from wire import BINARY, TEXT, WAIT_S, Closed, Late, Socket

PROTO = ("kith.v1.proto",)

UNIQUE = itertools.count(1)
RUN = secrets.token_hex(3)  # A server that already runs may know the names of former runs.


def unique(name):
    return f"{name}.{RUN}.{next(UNIQUE)}"


def new_id():
    return secrets.token_hex(16)


class Refused(Exception):
    """The server answered with an error object."""

    def __init__(self, error):
        super().__init__(f"{error.get('code')} ({error.get('detail', 'no detail')})")
        self.error, self.code = error, error.get("code")


@contextlib.contextmanager
def refused(*codes):
    """What is inside must be refused with one of these codes."""
    with contextlib.suppress(Closed):
        try:
            yield
        except Refused as caught:
            assert caught.code in codes, f"refused with {caught}, not {' or '.join(codes)}"
            return
    raise AssertionError(f"was not refused with {' or '.join(codes)}")


def once(pairs):
    """An object in which no key comes twice."""
    found = dict(pairs)
    assert len(found) == len(pairs), f"a key comes twice: {pairs}"
    return found


# ---- servers and users ------------------------------------------------------------------------------------------------


class Server:
    """A kithd of our own on a fresh data directory, or (with `url`) one that runs elsewhere. `tls`: an ssl.SSLContext, if it speaks TLS."""

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
        response.json = json.loads(response.text, object_pairs_hook=once) if "json" in kind else None
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
        witness = self.online("witness")
        witness.sees(conversation, head)
        witness.cut()


# ---- connections ------------------------------------------------------------------------------------------------------


class Link:
    """One connection; JSON objects in and out, whatever form the frames have. Begins with hello."""

    def __init__(self, socket, protocols=("kith.v1.json",)):
        self.socket, self.largest = socket, 0
        answer = socket.upgrade(protocols)
        assert answer.status == 101, answer
        self.protocol = answer.headers.get("sec-websocket-protocol")
        self.binary = self.protocol in PROTO
        self.hello = self.hear()
        assert "hello" in self.hello, f"the first frame is not hello but {self.hello}"

    def say(self, command):
        if self.binary:
            self.socket.write_frame(BINARY, encode(COMMAND, command))
            return
        text = command if isinstance(command, (str, bytes)) else json.dumps(command)
        self.socket.write_frame(TEXT, text if isinstance(text, bytes) else text.encode())

    def hear(self, timeout=WAIT_S):
        """The next frame, which has been checked against the tables. Raises Closed or Late."""
        opcode, payload = self.socket.read_message(timeout)
        self.largest = max(self.largest, len(payload))
        assert opcode == (BINARY if self.binary else TEXT), f"opcode {opcode} on a connection of {self.protocol}"
        found = decode(FRAME, payload) if self.binary else json.loads(payload.decode(), object_pairs_hook=once)
        problems = list(frame_problems(found))
        assert not problems, f"{problems} in {str(found)[:2000]}"
        return found

    def reply(self, number, timeout=WAIT_S):
        deadline = time.monotonic() + timeout
        while True:
            found = self.hear(max(0.001, deadline - time.monotonic()))
            if found.get("re") == number:
                return found

    def ask(self, number=1, **command):
        """→ the frame that answers."""
        self.say({"id": number, **command})
        return self.reply(number)

    def closes(self, code, timeout=WAIT_S):
        """Waits for the close and → the frames that came before it."""
        before = []
        try:
            while True:
                before.append(self.hear(timeout))
        except Closed as end:
            shown = str(before)[-600:]
            assert end.code == code, f"ended with {end}, not {code}, after {shown}"
            if code in CLOSE_NAMES:
                assert end.reason == CLOSE_NAMES[code], f"close {code} has the reason {end.reason!r}"
        except Late:
            raise AssertionError(f"not closed (with {code}) within {timeout} s, after {str(before)[-600:]}") from None
        self.socket.close()
        return before

    def fails(self, error, code):
        """An `error` frame, then the close."""
        before = self.closes(code)
        assert before and before[-1].get("error", {}).get("code") == error, f"no error {error!r} before close {code}: {before}"
        return before[-1]["error"]

    def quiet(self, seconds=0.3):
        """Nothing comes."""
        with contextlib.suppress(Late):
            raise AssertionError(f"did not expect {self.hear(seconds)}")

    def cut(self):
        self.socket.close()


class Device:
    """An installation of a client. What it stores survives `cut` and `connect`."""

    def __init__(self, server, user, name, token):
        self.server, self.user, self.name, self.token = server, user, name, token
        self.cursor, self.useq = None, 0
        self.position = None  # The useq that the next one must follow; not known from a resync to the first event.
        self.entries = defaultdict(dict)  # conversation → {seq: what the entry says; a message as it is now}
        self.kinds = defaultdict(dict)  # conversation → {seq: kind of the entry}
        self.reads, self.with_ = {}, {}
        self.everything = []  # All frames of all connections.
        self.numbers = itertools.count(1)
        self.link, self.how = None, {}

    def __repr__(self):
        return f"{self.user}/{self.name}"

    # ---- connecting

    def connect(self, until="synced", **how):
        """Connects with the position that is stored, and listens until the frame `until`. → the frames heard, hello left out."""
        self.how = how or self.how
        self.link = self.server.connect(**self.how)
        self.heard, self.step_open, self.synced = [], None, 0
        self.highest = {}  # conversation → seq of the last entry in this connection
        command = {"token": self.token}
        if self.cursor:
            command["cursor"] = self.cursor
        if self.useq:
            command["useq"] = self.useq
        self.ready = self.ask(auth=command)
        self.head = self.ready.get("useq", 0)
        assert self.ready["user"] == self.user
        if until:
            self.listen(lambda: any(until in frame for frame in self.heard))
        return self.heard

    def cut(self):
        """As when the network is gone."""
        self.link.cut()
        self.link = None

    def again(self):
        """Cuts if need be and comes back. → the pushes from then to `synced`."""
        if self.link:
            self.cut()
        return self.connect()

    # ---- asking

    def say(self, **command):
        """→ the id under which the answer will come."""
        number = next(self.numbers)
        self.link.say({"id": number, **command})
        return number

    def answer(self, number, timeout=WAIT_S):
        """→ the body of the answer; raises Refused if it is an error."""
        self.listen(lambda: any(frame.get("re") == number for frame in self.heard), timeout)
        frame = next(frame for frame in self.heard if frame.get("re") == number)
        if "error" in frame:
            raise Refused(frame["error"])
        return next(body for name, body in frame.items() if name != "re")

    def ask(self, **command):
        return self.answer(self.say(**command))

    def send(self, to, text="hi", client_id=None, base=0, **more):
        """→ `sent`. `to` is a User, a Device or the id of a conversation; base None leaves baseSeq out."""
        return self.ask(send=message(to, text, client_id, base, **more))

    def send_later(self, to, text="hi", client_id=None, base=0):
        return self.say(send=message(to, text, client_id, base))

    def history(self, conversation, **bounds):
        found = self.ask(history={"conversation": conversation, **bounds})
        assert not list(older_than_itself(found.get("entries", []))), found
        return found.get("entries", []), found

    def change(self, what, conversation, seq, **more):
        """edit, delete or react. → `changed`"""
        return self.ask(**{what: {"conversation": conversation, "seq": seq, **more}})

    def texts(self, conversation, **bounds):
        return [entry["message"].get("text") for entry in self.history(conversation, **bounds)[0] if "message" in entry]

    def whole_log(self, conversation):
        """All entries by `after`, page by page. → [(kind, what it says)]"""
        found = []
        while True:
            entries, page = self.history(conversation, after=found[-1][1]["seq"] if found else 0, limit=200)
            found += [kind_of(entry) for entry in entries]
            if not page.get("more"):
                return found

    def whole_history(self, conversation):
        """All messages."""
        return [body for kind, body in self.whole_log(conversation) if kind == "message"]

    def message(self, conversation, seq):
        """One message as the history shows it."""
        (entry,), _ = self.history(conversation, after=seq - 1, limit=1)
        assert entry["message"]["seq"] == seq
        return entry["message"]

    def fill(self, conversation):
        """Reads what pages left out, with the changes in it."""
        for kind, body in self.whole_log(conversation):
            if body["seq"] not in self.entries[conversation]:
                self.store(kind, body, conversation, body["seq"])

    def agrees(self, conversation):
        """What this device made of events and pages is what the history says now."""
        for kind, body in self.whole_log(conversation):
            own = self.entries[conversation].get(body["seq"], body)
            assert own == body, f"{self} made {own} of {kind} {body}"

    def listed(self, **how):
        """→ the whole list of conversations."""
        items, page = [], None
        while True:
            found = self.ask(conversations={**how, **({"page": page} if page else {})})
            items += found.get("items", [])
            page = found.get("next")
            if not page:
                return items

    def item(self, conversation):
        return next(item for item in self.listed(limit=100) if item["conversation"] == conversation)

    def sees(self, conversation, head):
        """Waits until the list shows that the user's inbox has come so far in this conversation."""
        deadline = time.monotonic() + WAIT_S
        while not any(item["conversation"] == conversation and item["head"] >= head for item in self.listed(limit=100)):
            if time.monotonic() > deadline:
                raise Late(f"{self.user}'s list does not show {head} of {conversation} but {str(self.listed(limit=100))[:1000]}")
            time.sleep(0.02)

    # ---- listening

    def listen(self, done, timeout=WAIT_S):
        """Applies what comes until `done()`."""
        deadline = time.monotonic() + timeout
        while not done():
            try:
                frame = self.link.hear(deadline - time.monotonic())
            except Late:
                raise Late(f"{self} waited {timeout} s in vain; the last it heard: {str(self.heard[-5:])[-1500:]}") from None
            self.heard.append(frame)
            self.everything.append(frame)
            self.apply(frame)

    def settle(self):
        """Applies what is on its way: a ping that is answered comes after what was pushed before, if not always; so twice, and a breath."""
        for _ in range(2):
            self.ask(ping={})
            time.sleep(0.05)
        self.ask(ping={})

    def wait_for(self, conversation, seq, timeout=WAIT_S):
        """→ the text of that entry, once it came."""
        self.listen(lambda: seq in self.entries[conversation], timeout)
        return self.entries[conversation][seq].get("text")

    def events(self):
        return [frame["event"] for frame in self.heard if "event" in frame]

    def pages(self):
        return [frame["page"] for frame in self.heard if "page" in frame]

    def apply(self, frame):
        if "event" in frame:
            self.apply_event(frame["event"])
        elif "page" in frame:
            self.apply_page(frame["page"])
        elif "resync" in frame:
            self.cursor, self.useq, self.position = frame["resync"]["cursor"], 0, None
            if frame["resync"]["reason"] != "no_cursor":
                self.entries.clear()
                self.reads.clear()
        elif "synced" in frame:
            self.synced += 1
            assert self.synced == 1, "synced comes once in each connection"
            self.cursor, self.useq = frame["synced"]["cursor"], 0
            assert len(self.cursor) <= 64

    def apply_event(self, event):
        kind, said = kind_of(event) if len(event) > ("useq" in event) else (None, {})
        where = said.get("conversation")
        if self.step_open:
            assert where == self.step_open, f"a step of {self.step_open} has no end: {event}"
        self.step_open = None if "useq" in event else where
        if kind == "read":
            self.reads[where] = said["seq"]
        elif kind:
            self.keep(kind, said, where, said["seq"], live=True)
        if "useq" in event:
            assert self.position in (None, event["useq"] - 1), f"{self}: position {self.position}, then {event}"
            self.position = self.useq = event["useq"]

    def apply_page(self, page):
        assert self.step_open is None, "a page inside of a step"
        begin, end, changes = page.get("from", 0), page["to"], page.get("changes", [])
        assert self.position in (None, begin), f"{self}: position {self.position}, then a page ({begin}, {end}]"
        assert begin < end <= begin + 500, f"a page ({begin}, {end}]"
        assert len(changes) <= 100 and len({change["conversation"] for change in changes}) == len(changes)
        texts = []
        for change in changes:
            where, after, to = change["conversation"], change.get("from", 0), change.get("to", 0)
            entries = [kind_of(entry) for entry in change.get("entries", [])]
            seqs = [body["seq"] for _, body in entries]
            breaks = [seq for seq, (kind, body) in zip(seqs, entries) if seq - 1 not in seqs and not self.comes_in(kind, body)]
            assert breaks in ([], seqs[:1]) and seqs == sorted(set(seqs)), f"({after}, {to}] with entries {seqs}"
            assert not seqs or (after < seqs[0] and seqs[-1] == to), f"({after}, {to}] with entries {seqs}"
            assert not list(older_than_itself(change.get("entries", []))), change
            texts += [body.get("text", "") for _, body in entries]
            for kind, body in entries:
                self.keep(kind, body, where, to)
            if "read" in change:
                self.reads[where] = change["read"]
            if to:
                self.highest[where] = to
            assert ("with" in change) == where.startswith("d_"), change
            self.with_[where] = change.get("with")
        assert len(texts) <= 200 and sum(len(text.encode()) for text in texts) <= 128 * 1024, "a page holds 200 entries and 128 KiB of text"
        self.cursor, self.useq, self.position = page["cursor"], 0, end
        assert len(self.cursor) <= 64

    def comes_in(self, kind, body):
        """An entry with which this user comes into a group: what lies before it is not theirs to see."""
        return kind == "group" and (body["what"] == "created" or (body["what"] == "added" and self.user in body["users"]))

    def keep(self, kind, found, where, known, live=False):
        """Stores an entry, which holds all changes up to `known`, and applies what it changes."""
        seq, entries, kinds = found["seq"], self.entries[where], self.kinds[where]
        source = "event" if live else "page"
        assert seq > self.highest.get(where, 0), f"{self}: {source} brings seq {seq} after {self.highest[where]} in one connection"
        follows = where not in self.highest or seq == self.highest[where] + 1 or self.comes_in(kind, found)
        assert follows or not live, f"{self}: {source} skips to {seq}"
        self.highest[where] = seq
        assert found.get("conversation", where) == where
        before = entries.get(seq)
        if before is not None:
            wrong = contradicts(before, found) if kind == "message" else before != found and not (kind == "edited" and "text" not in found)
            assert not wrong and kinds[seq] == kind, f"{where} {seq} was {before} and is {found}: {wrong}"
        self.store(kind, found, where, known)

    def store(self, kind, found, where, known):
        entries, kinds, seq = self.entries[where], self.kinds[where], found["seq"]
        entries[seq], kinds[seq] = found, kind
        if kind == "message":
            later = sorted(number for number in entries if number > known and entries[number].get("target") == seq)
            for number in later:
                entries[seq] = changed(entries[seq], kinds[number], entries[number])
        elif kind in CHANGES:
            target = found["target"]
            if kinds.get(target) == "message":
                entries[target] = changed(entries[target], kind, found)
            if kind == "deleted":
                for number in [number for number, body in entries.items() if kinds[number] == "edited" and body["target"] == target]:
                    entries[number] = {name: value for name, value in entries[number].items() if name != "text"}


def message(to, text="hi", client_id=None, base=0, **more):
    """The body of `send`."""
    target = {"conversation": to} if isinstance(to, str) else {"to": to.user if isinstance(to, Device) else to.id}
    base = {} if base is None else {"baseSeq": base}
    return {**target, "clientId": client_id or new_id(), **base, "text": text, **more}


def nothing_but(frames, *kinds):
    """The kinds of frames heard, replies left out, are these and in this order."""
    found = [name for frame in frames if "re" not in frame for name in frame]
    assert found == list(kinds), f"heard {found}, not {list(kinds)}"
