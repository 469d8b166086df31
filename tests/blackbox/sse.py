"""A client of GET /v1/events (Server-Sent Events), strict about chunks, lines and ids: what it hears is what a WebSocket would bring."""

import contextlib
import json
import time
import urllib.parse

from document import frame_problems
from kith import Device, check_answer, once
from wire import WAIT_S, Answer, Closed, Late, Socket


class Refusal(Exception):
    """There is no stream: `answer` has the status and `.json`."""

    def __init__(self, answer):
        super().__init__(str(answer))
        self.answer = answer


class Stream:
    """One answer that goes on. Raises Refusal when there is none."""

    name = "sse"

    def __init__(self, server, token, query=None, headers=None, receive_buffer=None, version="1.1"):
        self.socket = Socket(server.address, receive_buffer)
        fields = {"Host": "%s:%d" % server.address, "Accept": "text/event-stream", "Authorization": f"Bearer {token}", **(headers or {})}
        target = "/v1/events" + ("?" + urllib.parse.urlencode(query) if query else "")
        lines = [f"GET {target} HTTP/{version}"] + [f"{name}: {value}" for name, value in fields.items()]
        self.socket.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        answer = self.read_header()
        if answer.status != 200:
            answer.body = self.socket.take(int(answer.headers.get("content-length", 0)), time.monotonic() + WAIT_S)
            check_answer(answer.status, answer.headers, answer.body.decode())
            answer.json = json.loads(answer.body) if answer.body else None
            raise Refusal(answer)
        assert answer.headers["content-type"] == "text/event-stream" and answer.headers["cache-control"] == "no-store"
        assert "content-length" not in answer.headers and answer.headers["connection"] == "close"
        self.chunked = answer.headers.get("transfer-encoding") == "chunked"
        assert self.chunked == (version == "1.1")
        self.text, self.comments, self.ids, self.retry, self.whole = b"", 0, [], None, False

    def read_header(self):
        deadline = time.monotonic() + WAIT_S
        while b"\r\n\r\n" not in self.socket.arrived:
            self.socket.more(deadline)
        head, self.socket.arrived = self.socket.arrived.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
        return Answer(int(first.split(" ")[1]), headers, b"")

    def more(self, deadline):
        """Adds a chunk to the text. Raises Closed at the end; `whole`: it was a proper one."""
        if not self.chunked:
            if not self.socket.arrived:
                self.socket.more(deadline)
            self.text += self.socket.take(len(self.socket.arrived), deadline)
            return
        while b"\r\n" not in self.socket.arrived:
            self.socket.more(deadline)
        size = int(bytes(self.socket.arrived).split(b"\r\n", 1)[0], 16)
        self.socket.take(self.socket.arrived.index(b"\r\n") + 2, deadline)
        self.text += self.socket.take(size, deadline)
        assert self.socket.take(2, deadline) == b"\r\n"
        if size == 0:
            self.whole = True
            raise Closed()

    def hear(self, timeout=WAIT_S):
        """The frame of the next event, which has been checked."""
        deadline = time.monotonic() + timeout
        while True:
            while b"\n\n" not in self.text:
                self.more(deadline)
            block, self.text = self.text.split(b"\n\n", 1)
            frame = self.read(block.decode())
            if frame is not None:
                return frame

    def read(self, block):
        assert "\r" not in block
        if block == ":":
            self.comments += 1
            return None
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        assert len(fields) == len(block.split("\n")) and set(fields) <= {"id", "data", "retry"}, block
        frame = json.loads(fields["data"], object_pairs_hook=once)
        problems = list(frame_problems(frame))
        assert not problems and "re" not in frame, f"{problems} in {block[:2000]}"
        (kind, body), = frame.items()
        moves = kind in ("page", "resync", "synced") or kind == "event" and "useq" in body
        assert ("id" in fields) == moves, f"an id belongs to what moves the position, and to nothing else: {block[:500]}"
        if moves:
            self.ids.append(fields["id"])
            if kind == "event":
                assert fields["id"].split(".")[-1] == str(body["useq"])
            else:
                assert fields["id"] == body["cursor"]
        if "retry" in fields:
            assert kind == "goaway"
            self.retry = int(fields["retry"])
        return frame

    def ends(self, timeout=WAIT_S):
        """Waits for the end, which must be a proper one. → the frames before it."""
        before = []
        with contextlib.suppress(Closed):
            deadline = time.monotonic() + timeout
            while True:
                before.append(self.hear(deadline - time.monotonic()))
        assert self.whole or not self.chunked, f"the stream was cut after {before}"
        self.socket.close()
        return before

    def ends_with(self, code, timeout=WAIT_S):
        """The last event says why it ended."""
        before = self.ends(timeout)
        assert before and before[-1].get("error", {}).get("code") == code, f"it did not end with {code}: {before}"
        return before

    def quiet(self, seconds=0.3):
        with contextlib.suppress(Late):
            raise AssertionError(f"did not expect {self.hear(seconds)}")

    def applied(self):
        pass

    def cut(self):
        self.socket.close()


class Streamer(Device):
    """A device that listens to a stream; what it asks it asks over HTTP, with `server.http`. It is judged by the rules of all devices."""

    last_id = None

    def stream(self, until="synced", how="last-event-id", **options):
        """Opens a stream at the position that is stored, and listens until the frame `until`. → the frames heard."""
        query, headers = {}, {}
        if how == "last-event-id":
            headers = {"Last-Event-ID": self.last_id} if self.last_id else {}
        else:
            query = {name: value for name, value in (("cursor", self.cursor), ("useq", self.useq)) if value}
        self.link = Stream(self.server, self.token, {**query, **options.pop("query", {})}, headers, **options)
        self.heard, self.step_open, self.synced, self.highest = [], None, 0, {}
        if until:
            self.listen(lambda: any(until in frame for frame in self.heard))
        return self.heard

    def apply(self, frame):
        super().apply(frame)
        if isinstance(self.link, Stream) and self.link.ids:
            self.last_id = self.link.ids[-1]


def streamer(server, user, name="phone"):
    return Streamer(server, user.id, name, user.token(name))
