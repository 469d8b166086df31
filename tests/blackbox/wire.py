"""HTTP/1.1 and WebSocket (RFC 6455) by hand on a blocking socket, so that a test can also write what no library would write.

Reading is strict: a frame that RFC 6455 forbids a server to send fails the test at once. Every wait is bounded.
"""

import base64
import hashlib
import os
import socket
import struct
import time

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
WAIT_S = 10  # How long to wait for what must come at once, on a busy machine.


class Closed(Exception):
    """The connection ended: with the close code and reason of the server, or with neither."""

    def __init__(self, code=None, reason=""):
        super().__init__(f"close {code} {reason!r}" if code else "the socket ended without a close frame")
        self.code, self.reason = code, reason


class Late(Exception):
    """Nothing came in time."""


class Answer:
    """An HTTP answer."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def __repr__(self):
        return f"HTTP {self.status} {self.headers} {self.body[:300]!r}"


class Socket:
    def __init__(self, address, receive_buffer=None, tls=None):
        """`tls`: an ssl.SSLContext."""
        self.socket = socket.socket(socket.AF_INET)
        if receive_buffer:  # Before connecting: it decides the window that is offered.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(WAIT_S)
        self.socket.connect(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname=address[0])
        self.address = address
        self.arrived = bytearray()
        self.budget = None  # After so many bytes the network is gone.

    def close(self):
        self.socket.close()

    def write(self, data):
        """A peer that closes while we write is no failure: what it said before is still to be read."""
        self.socket.settimeout(WAIT_S)
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def more(self, deadline):
        left = deadline - time.monotonic()
        if left <= 0:
            raise Late("nothing came in time")
        self.socket.settimeout(left)
        try:
            data = b"" if self.budget == 0 else self.socket.recv(1 << 16)
        except socket.timeout:
            raise Late("nothing came in time") from None
        except ConnectionResetError:
            raise Closed() from None
        if self.budget is not None:
            data = data[:self.budget]
            self.budget -= len(data)
        if not data:
            raise Closed()
        self.arrived += data

    def have(self, size, deadline):
        while len(self.arrived) < size:
            self.more(deadline)
        return bytes(self.arrived[:size])

    def take(self, size, deadline):
        taken = self.have(size, deadline)
        del self.arrived[:size]
        return taken

    # ---- HTTP

    def read_answer(self, timeout=WAIT_S, head_only=False):
        deadline = time.monotonic() + timeout
        status, headers = self.read_head(deadline)
        assert "transfer-encoding" not in headers, "this client wants Content-Length"
        size = 0 if head_only or status == 101 else int(headers.get("content-length", 0))
        return Answer(status, headers, self.take(size, deadline))

    def read_head(self, deadline):
        """→ the status of an answer and its headers"""
        while b"\r\n\r\n" not in self.arrived:
            self.more(deadline)
        head, self.arrived = self.arrived.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        version, status, *_ = first.split(" ")
        assert version == "HTTP/1.1", f"status line {first!r}"
        headers = {}
        for line in lines:
            name, value = line.split(":", 1)
            headers[name.lower()] = value.strip()
        return int(status), headers

    def read_line(self, deadline):
        """→ the bytes up to a line feed, without the end of line"""
        while b"\n" not in self.arrived:
            self.more(deadline)
        return self.take(self.arrived.index(b"\n") + 1, deadline).rstrip(b"\r\n")

    def ask(self, text, timeout=WAIT_S):
        self.write(text.encode("latin-1") if isinstance(text, str) else text)
        return self.read_answer(timeout)

    def upgrade(self, protocols=("kith.v1.json",), headers=(), replace=None):
        """Asks for the WebSocket. `replace` changes or (with None) leaves out a header. → Answer; 101 has been checked."""
        key = base64.b64encode(os.urandom(16)).decode()
        fields = {"Host": "%s:%d" % self.address, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
                  "Sec-WebSocket-Key": key}
        if protocols:
            fields["Sec-WebSocket-Protocol"] = ", ".join(protocols)
        fields.update(replace or {})
        lines = [f"{name}: {value}" for name, value in fields.items() if value is not None] + list(headers)
        answer = self.ask("GET /v1/ws HTTP/1.1\r\n" + "\r\n".join(lines) + "\r\n\r\n")
        if answer.status == 101:
            expected = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
            assert answer.headers["sec-websocket-accept"] == expected
            assert answer.headers["upgrade"].lower() == "websocket" and answer.headers["connection"].lower() == "upgrade"
            assert "sec-websocket-extensions" not in answer.headers
        return answer

    # ---- WebSocket

    def write_frame(self, opcode, payload, fin=True, reserved=0, masked=True):
        self.write(frame(opcode, payload, fin, reserved, masked))

    def read_frame(self, timeout=WAIT_S):
        """→ (opcode, payload) of the next frame; a server's frame is whole, unmasked and as short as it can be. Late takes nothing."""
        deadline = time.monotonic() + timeout
        first, second = self.have(2, deadline)
        assert first & 0x70 == 0, "reserved bits are set"
        assert second & 0x80 == 0, "a server must not mask"
        opcode, size = first & 15, second & 127
        assert opcode in (TEXT, BINARY, CLOSE, PING, PONG) and first & 0x80, f"opcode {opcode}, fin {first >> 7}"
        begin = {126: 4, 127: 10}.get(size, 2)
        if size == 126:
            size = struct.unpack(">H", self.have(begin, deadline)[2:])[0]
            assert size > 125, "the length is not the shortest form"
        elif size == 127:
            size = struct.unpack(">Q", self.have(begin, deadline)[2:])[0]
            assert size > 0xFFFF, "the length is not the shortest form"
        assert opcode < 8 or size <= 125, "a control frame of more than 125 bytes"
        return opcode, self.take(begin + size, deadline)[begin:]

    def read_message(self, timeout=WAIT_S):
        """The next text or binary message. Answers pings, and the close, which it raises."""
        deadline = time.monotonic() + timeout
        while True:
            opcode, payload = self.read_frame(max(0.001, deadline - time.monotonic()))
            if opcode == PING:
                self.write_frame(PONG, payload)
            elif opcode == CLOSE:
                self.write_frame(CLOSE, payload)
                code = struct.unpack(">H", payload[:2])[0] if payload else 1005
                raise Closed(code, payload[2:].decode())
            elif opcode != PONG:
                return opcode, payload


def frame(opcode, payload, fin=True, reserved=0, masked=True):
    head = bytes([(0x80 if fin else 0) | reserved << 4 | opcode])
    mask_bit = 0x80 if masked else 0
    if len(payload) < 126:
        head += bytes([mask_bit | len(payload)])
    elif len(payload) < 0x10000:
        head += bytes([mask_bit | 126]) + struct.pack(">H", len(payload))
    else:
        head += bytes([mask_bit | 127]) + struct.pack(">Q", len(payload))
    if not masked:
        return head + payload
    mask = os.urandom(4)
    stretched = (mask * (len(payload) // 4 + 1))[: len(payload)]
    mixed = int.from_bytes(payload, "big") ^ int.from_bytes(stretched, "big")
    return head + mask + mixed.to_bytes(len(payload), "big")
