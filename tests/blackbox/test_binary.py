"""The other form of frames, kith.v1.proto; and a library's client."""

import asyncio
import json

import websockets

from document import COMMAND, FRAME
from kith import Device, new_id
from proto import decode, encode, varint
from wire import BINARY, TEXT, Closed, Socket


class Binary:
    def __init__(self, server):
        self.socket = Socket(server.address)
        assert self.socket.upgrade(("kith.v1.proto",)).headers["sec-websocket-protocol"] == "kith.v1.proto"
        self.hello = self.hear()["hello"]

    def hear(self):
        opcode, payload = self.socket.read_message()
        assert opcode == BINARY
        return decode(FRAME, payload)

    def ask(self, **command):
        self.socket.write_frame(BINARY, encode(COMMAND, {"id": 5, **command}))
        while True:
            found = self.hear()
            if found.get("re") == 5:
                return found


def test_the_binary_form_says_the_same(server):
    alice, bob = server.users("alice", "bob")
    phone, laptop = bob.online(), Binary(server)
    assert laptop.hello == phone.link.hello["hello"]
    assert laptop.ask(ping={}) == {"re": 5, "pong": {}}
    assert laptop.ask(auth={"token": alice.token("laptop")})["ready"]["user"] == alice.id
    sent = laptop.ask(send={"to": bob.id, "clientId": new_id(), "baseSeq": 0, "text": "hi\u0000 😀"})["sent"]
    assert phone.wait_for(sent["conversation"], 1) == "hi\u0000 😀"
    history = laptop.ask(history={"conversation": sent["conversation"], "after": 0})["history"]
    told = phone.history(sent["conversation"])[1]
    assert history == told and sent["time"] == told["entries"][0]["message"]["time"]
    assert "error" in laptop.ask(open={"with": "nobody at all"})


def test_what_is_wrong_on_a_binary_connection(server):
    laptop = Binary(server)
    laptop.socket.write_frame(TEXT, b'{"id":1,"ping":{}}')
    assert ended(laptop) == 1003
    for bad in (b"\xff", b"\x08", b"\x12\x7f", b"\x52\x05abc", b"\x0b", b"\x08" + b"\xff" * 11,
                encode(COMMAND, {"ping": {}}) + b"\x12\x02\x0a\x7f"):
        laptop = Binary(server)
        laptop.socket.write_frame(BINARY, bad)
        assert laptop.hear()["error"]["code"] == "malformed", bad
        assert ended(laptop) == 4500


def ended(binary):
    try:
        while True:
            binary.hear()
    except Closed as end:
        return end.code


def test_unknown_fields_and_commands_in_binary(server):
    laptop = Binary(server)
    laptop.socket.write_frame(BINARY, encode(COMMAND, {"id": 6, "ping": {}}) + varint(999 << 3 | 2) + b"\x03abc")
    assert laptop.hear() == {"re": 6, "pong": {}}
    laptop.socket.write_frame(BINARY, encode(COMMAND, {"id": 7}) + varint(999 << 3 | 2) + b"\x00")
    assert laptop.hear()["error"]["code"] in ("unknown_command", "malformed")


def test_a_library_s_client_that_offers_compression(server):
    """Interoperates with a client that nobody here has written."""
    alice, bob = server.users("alice", "bob")
    phone, token = bob.online(), alice.token("laptop")

    async def story():
        url = "ws://%s:%d/v1/ws" % server.address
        async with websockets.connect(url, subprotocols=["kith.v1.json"], open_timeout=10) as socket:
            assert "hello" in json.loads(await socket.recv()) and socket.subprotocol == "kith.v1.json"
            await socket.send(json.dumps({"id": 1, "auth": {"token": token}}))
            while "synced" not in json.loads(await socket.recv()):
                pass
            await socket.send(json.dumps({"id": 2, "send": {"to": bob.id, "clientId": new_id(), "baseSeq": 0, "text": "hi"}}))
            await (await socket.ping())
            await socket.close()
            assert socket.close_code == 1000

    asyncio.run(asyncio.wait_for(story(), 30))
    phone.listen(lambda: any(entries for entries in phone.entries.values()))


def test_a_second_device_in_the_other_form_replaces_the_first(server):
    alice = server.user("alice")
    laptop = alice.online("laptop")
    assert isinstance(laptop, Device)
    assert Binary(server).ask(auth={"token": laptop.token})["ready"]["device"] == "laptop"
    laptop.link.closes(4504)
