"""How a device reaches a server: by a WebSocket, or by long polling or server-sent events with its commands over HTTP.

All of them say and hear the same frames; the twins of commands are those of docs/protocol.md.
"""

import contextlib
import json
import re
import time
import urllib.parse
from collections import deque

from document import CLOSE_NAMES, COMMAND, ERRORS, FRAME, TWINS, error_problems, frame_problems, once
from document import TEXT as PAGE
from proto import decode, encode
from wire import BINARY, TEXT, WAIT_S, Answer, Closed, Late

PROTO = ("kith.v1.proto",)
REQUESTS_OF_A_CONNECTION = 100


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


class WebSocket(Link):
    """That of a device, which is authenticated."""

    name = "ws"

    def __init__(self, device, protocols=("kith.v1.json",), **how):
        self.device = device
        super().__init__(device.server.socket(**how), protocols)

    def begin(self):
        device = self.device
        position = {**({"cursor": device.cursor} if device.cursor else {}), **({"useq": device.useq} if device.useq else {})}
        device.ready = device.ask(auth={"token": device.token, **position})
        device.head = device.ready.get("useq", 0)
        assert device.ready["user"] == device.user

    def confirm(self):
        """Says that the device has what brought it to its position."""
        self.say({"confirm": {"useq": self.device.position}})

    def limit(self, size):
        self.socket.budget = size

    def applied(self):
        pass


class Caller:
    """Commands over HTTP, one after the other."""

    def __init__(self, server, token):
        self.server, self.token, self.socket, self.asked = server, token, None, 0

    def answer(self, command):
        """→ the frame that answers; None to what has no twin."""
        number, (name, body), = command.get("id"), next((pair for pair in command.items() if pair[0] != "id"))
        if name not in TWINS:
            return None
        twin = twin_of(name, body)
        path = "".join(urllib.parse.quote(str(body.get(part[1:-1], "")), safe="") if part[:1] == "{" else part for part in twin.parts)
        rest = {key: value for key, value in body.items() if key not in (*twin.named, *twin.fixed) and value is not None}
        headers = {}
        if name in ("send", "createGroup") and len(str(rest.get("clientId"))) in (32, 36) and rest["clientId"].isascii():
            headers["Idempotency-Key"] = rest.pop("clientId")
        if twin.method in ("GET", "DELETE"):
            path, rest = path + query({key: str(value).lower() if isinstance(value, bool) else value for key, value in rest.items()}), None
        answer = self.request(twin.method, path, rest, headers)
        re = {"re": number} if number else {}
        if answer.status >= 400:
            return {**re, "error": problem_of(answer)}
        told = json.loads(answer.body, object_pairs_hook=once) if answer.body else {}
        expected = 200 if told.get("repeated") else twin.status
        assert answer.status == expected, f"{twin.method} {path}: {answer}, not {expected}"
        assert answer.body if twin.reply else not answer.body, answer
        frame = {**re, twin.reply or "done": told}
        problems = list(frame_problems(frame))
        assert not problems, f"{problems} in {str(frame)[:2000]}"
        return frame

    def request(self, method, path, body=None, headers=None):
        if self.socket is None or self.asked == REQUESTS_OF_A_CONNECTION:
            self.close()
            self.socket, self.asked = self.server.socket(), 0
        self.asked += 1
        answer = self.socket.ask(request(self.server, self.token, method, path, body, headers))
        if answer.headers.get("connection") == "close":
            self.close()
        return answer

    def close(self):
        if self.socket:
            self.socket.close()
            self.socket = None


def request(server, token, method, path, body=None, headers=None):
    """→ the bytes of a request."""
    data = b"" if body is None else json.dumps(body).encode()
    fields = {"Host": "%s:%d" % server.address, "Authorization": f"Bearer {token}", "Content-Length": len(data), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + data


def problem_of(answer):
    """→ the error object of an answer, which has been checked."""
    assert answer.headers.get("content-type") == "application/problem+json", answer
    error = json.loads(answer.body, object_pairs_hook=once)
    problems = list(error_problems(error, answer.status))
    assert not problems, f"{problems} in {answer}"
    assert answer.status != 401 or answer.headers.get("www-authenticate") == "Bearer", answer
    assert answer.status not in (429, 503) or "retry-after" in answer.headers, answer
    return error


def query(fields):
    return "?" + urllib.parse.urlencode(fields, quote_via=urllib.parse.quote) if fields else ""


def twin_of(name, body):
    """→ the twin that says just this: of several the one whose fixed fields and parts of the path fit."""
    fitting = [twin for twin in TWINS[name] if all(bool(body.get(field)) == value for field, value in twin.fixed.items())]
    return next((twin for twin in fitting if all(field in body for field in twin.named)), fitting[0])


class Polling:
    """GET /v1/sync as often as need be. What it gives is frames; a 204 to a poll that did not wait is, once, `synced`."""

    name = "poll"

    def __init__(self, device, **_):
        self.device, self.caller, self.socket = device, Caller(device.server, device.token), None
        self.heard, self.caught_up, self.budget = deque(), False, None

    def begin(self):
        pass

    def confirm(self):
        frame = self.poll(0)  # What is presented is confirmed.
        if frame:
            self.heard.append(frame)

    def limit(self, size):
        """Cuts the polls after so many bytes."""
        self.budget = size

    def applied(self):
        pass

    def say(self, command):
        frame = self.caller.answer(command)
        if frame:
            self.heard.append(frame)

    def hear(self, timeout=WAIT_S):
        deadline = time.monotonic() + timeout
        while not self.heard:
            left = deadline - time.monotonic()
            if left <= 0:
                raise Late("nothing came in time")
            wait = int(min(left, 20)) if self.caught_up else 0
            frame = self.poll(wait)
            if frame:
                return frame
            if wait == 0 and self.caught_up:
                time.sleep(min(0.02, max(0, deadline - time.monotonic())))
            elif wait == 0:
                self.caught_up, self.device.head = True, self.device.position
                return {"synced": {}}
        return self.heard.popleft()

    def poll(self, wait):
        """→ the frame, or None for a 204."""
        device = self.device
        position = {**({"cursor": device.cursor} if device.cursor else {}), **({"useq": device.useq} if device.useq else {}), "wait": wait}
        if self.socket is None:
            self.socket = device.server.socket()
        if self.budget:
            self.socket.budget, self.budget = self.budget, None
        answer = self.socket.ask(request(device.server, device.token, "GET", "/v1/sync" + query(position)), wait + WAIT_S)
        if answer.headers.get("connection") == "close":
            self.socket.close()
            self.socket = None
        if answer.status >= 400:
            raise Ended(problem_of(answer))
        if answer.status == 204:
            assert not answer.body, answer
            return None
        assert answer.status == 200, answer
        frame = json.loads(answer.body, object_pairs_hook=once)
        problems = list(frame_problems(frame))
        assert not problems and ("page" in frame or "resync" in frame), f"{problems} in {str(frame)[:2000]}"
        return frame

    def cut(self):
        self.caller.close()
        if self.socket:
            self.socket.close()


class Events:
    """GET /v1/events for what comes, the twins over HTTP for commands."""

    name = "sse"

    def __init__(self, device, protocols=None, **how):
        self.device, self.caller = device, Caller(device.server, device.token)
        self.socket, self.answers = device.server.socket(**how), deque()
        self.chunk, self.text, self.id = None, b"", None
        # What a library does by itself, or what a client does that knows positions from other transports.
        self.by_id = device.dice.random() < 0.5

    def begin(self):
        device, deadline = self.device, time.monotonic() + WAIT_S
        place, headers = {}, {"Accept": "text/event-stream"}
        if self.by_id and device.cursor and not device.useq:
            headers["Last-Event-ID"] = device.cursor
        else:
            place = {**({"cursor": device.cursor} if device.cursor else {}), **({"useq": device.useq} if device.useq else {})}
        self.socket.write(request(device.server, device.token, "GET", "/v1/events" + query(place), None, headers))
        status, headers = self.socket.read_head(deadline)
        if status != 200:
            raise Ended(problem_of(Answer(status, headers, self.socket.take(int(headers["content-length"]), deadline))))
        assert headers["content-type"].startswith("text/event-stream") and headers["transfer-encoding"] == "chunked", headers
        first = self.hear()
        device.ready = first["ready"]
        device.head = device.ready.get("useq", 0)
        assert device.ready["user"] == device.user and "re" not in first

    def confirm(self):
        device = self.device
        where = {"cursor": device.cursor, **({"useq": device.useq} if device.useq else {})}
        answer = self.caller.request("PUT", "/v1/sync" + query(where))
        assert answer.status == 204, answer

    def limit(self, size):
        self.socket.budget = size

    def say(self, command):
        frame = self.caller.answer(command)
        if frame:
            self.answers.append(frame)

    def hear(self, timeout=WAIT_S):
        if self.answers:
            return self.answers.popleft()
        deadline = time.monotonic() + timeout
        while True:
            fields = self.event(deadline)
            self.id = fields.get("id")
            if "data" not in fields:
                assert not fields, f"an event without a frame: {fields}"
                continue
            frame = json.loads(fields["data"], object_pairs_hook=once)
            problems = list(frame_problems(frame))
            assert not problems, f"{problems} in {str(frame)[:2000]}"
            if "error" in frame:
                raise Ended(frame["error"])
            moves = "useq" in frame.get("event", {}) or any(name in frame for name in ("page", "resync", "synced"))
            assert bool(self.id) == moves, f"id {self.id} with {frame}"
            return frame

    def event(self, deadline):
        """→ its fields; {} of a comment"""
        while not (end := re.search(rb"\r?\n\r?\n", self.text)):
            if self.chunk is None:
                self.chunk = int(self.socket.read_line(deadline), 16)
            if self.chunk == 0:
                raise Closed()
            self.text += self.socket.take(self.chunk + 2, deadline)[:-2]
            self.chunk = None
        lines, self.text = re.split("\r?\n", self.text[:end.start()].decode()), self.text[end.end():]
        fields = {}
        for line in lines:
            name, value = line.split(":", 1)
            assert name in ("", "id", "data", "retry") and name not in fields, lines
            if name:
                fields[name] = value.removeprefix(" ")
        return fields

    def applied(self):
        """What was heard last was applied."""
        if self.id and self.by_id:
            self.device.cursor, self.device.useq = self.id, 0

    def cut(self):
        self.caller.close()
        self.socket.close()


class Ended(Closed):
    """The stream of a transport over HTTP ended with an error: what a close code is to a WebSocket."""

    def __init__(self, error):
        super().__init__(ERRORS[error["code"]][1], error["code"])
        self.error = error


TRANSPORTS = {"ws": WebSocket, "poll": Polling, **({"sse": Events} if "`GET /v1/events" in PAGE else {})}
