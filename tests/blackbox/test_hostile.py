"""Frames that no honest client writes: each limit has its named end, and other clients do not notice."""

import json
import struct
import time

import pytest

from kith import Device, new_id, refused
from wire import BINARY, CLOSE, PING, PONG, TEXT, Closed, Socket, frame

CONTINUE = 0


@pytest.fixture(autouse=True)
def others_do_not_notice(server):
    yield
    assert server.alive()


@pytest.fixture(scope="module")
def alice(server):
    return server.user("alice")


def ready(alice):
    """A connection that is authenticated and quiet."""
    return alice.online("laptop").link


def padded(size, number=1):
    """A ping command of exactly `size` bytes."""
    text = json.dumps({"id": number, "ping": {}, "pad": ""})
    return text[:-2] + "x" * (size - len(text)) + text[-2:]


# ---- commands


def test_unknown_commands_and_fields(server, alice):
    link = ready(alice)
    assert link.ask(3, dance={})["error"]["code"] == "unknown_command"
    assert link.ask(4, dance=5)["error"]["code"] == "unknown_command"
    assert link.ask(5, ping={"colour": [1, {"a": None}]}, trace={"b": "c"}) == {"re": 5, "pong": {}}
    link.say({"ping": {}})
    assert link.hear() == {"pong": {}}
    link.say({"id": 0, "ping": {}})
    assert link.hear() == {"pong": {}}


@pytest.mark.parametrize("text", [
    "", " ", "nonsense", "[]", '"ping"', "1", "null", "{", '{"id":1,"ping":{}', '{"id":1,"ping":{}}}', '{"id":1,"ping":{}} x',
    '{"id":1,"ping":{},}', "{'id':1}", '{"id":1 "ping":{}}', '{"id":01,"ping":{}}', '{"id":NaN,"ping":{}}', '{"id":1,"ping":{"a":"\\x"}}',
    '{"id":1,"open":{"with":"\\ud800"}}',
    '{"id":1,"ping":{"a":"\t"}}', '{"id":1,"ping":{"a":tru}}', '{"id":1,"ping":{}}{"id":2,"ping":{}}', '\ufeff{"id":1,"ping":{}}'])
def test_what_is_not_json(server, alice, text):
    link = ready(alice)
    link.say(text)
    link.fails("malformed", 4500)


@pytest.mark.parametrize("command", [
    {"id": "x", "ping": {}}, {"id": -1, "ping": {}}, {"id": 1.5, "ping": {}}, {"id": 10**30, "ping": {}}, {"id": True, "ping": {}},
    {"id": [], "ping": {}}, {"id": 1, "ping": 1}, {"id": 1, "ping": []}, {"id": 1, "ping": "x"}, {"id": 1, "open": {"with": 5}},
    {"id": 1, "open": {"with": ["bob"]}},
    {"id": 1, "conversations": {"limit": "x"}}, {"id": 1, "conversations": {"limit": 1.5}}, {"id": 1, "conversations": {"limit": -1}},
    {"id": 1, "conversations": {"limit": 2**64}}, {"id": 1, "conversations": {"page": 7}},
    {"id": 1, "block": {"user": "bob", "blocked": "true"}},
    {"id": 1, "block": {"user": "bob", "blocked": 1}}, {"id": 1, "history": {"conversation": "d_x", "after": {}}},
    {"id": 1, "send": {"to": "bob", "conversation": "d_x", "clientId": "0" * 32, "text": "hi"}},
    {"id": 1, "ping": {}, "open": {"with": "bob"}}])
def test_wrong_types_and_two_of_one_choice(server, alice, command):
    link = ready(alice)
    link.say(command)
    link.fails("malformed", 4500)


def test_of_equal_keys_the_last_counts(server, alice):
    bob, link = server.user("bob"), ready(alice)
    link.say('{"id":1,"id":2,"ping":{}}')
    assert link.hear() == {"re": 2, "pong": {}}
    link.say('{"id":3,"open":{"with":"nobody at all","with":"%s"}}' % bob.id)
    assert link.hear()["opened"]["with"] == bob.id


def test_null_means_absent(server, alice):
    link = ready(alice)
    assert link.ask(1, ping={}, open=None) == {"re": 1, "pong": {}}
    assert "conversations" in link.ask(2, conversations={"limit": None, "page": None})


def test_depth_and_number_of_keys(server, alice):
    link = ready(alice)
    link.say('{"id":1,"ping":{},"x":' + "[" * 29 + "]" * 29 + "}")
    assert link.hear() == {"re": 1, "pong": {}}
    assert link.ask(2, ping={}, **{f"k{number}": number for number in range(1000)}) == {"re": 2, "pong": {}}
    for text in ('{"id":1,"ping":{},"x":' + "[" * 33 + "]" * 33 + "}", '{"a":' * 5000 + "1" + "}" * 5000, "[" * 30000,
                 '{"id":1,"ping":{"a":' + "[" * 20000, json.dumps({"id": 1, "ping": {"a": [{"b": 1}] * 1100}}),
                 json.dumps({"id": 1, "ping": {}, **{f"k{number}": 1 for number in range(1100)}})):
        link = ready(alice)
        link.say(text)
        assert link.fails("malformed", 4500), text[:100]


def test_huge_numbers(server, alice):
    for number in ("1" * 400, "1e400", "-1e400", "1.5", "9223372036854775808", "18446744073709551616"):
        link = ready(alice)
        link.say('{"id":1,"history":{"conversation":"d_x","after":%s}}' % number)
        found = link.hear()
        if found["error"]["code"] == "malformed":
            link.closes(4500)
        else:
            assert found["error"]["code"] in ("not_found", "invalid_argument") and number == "9223372036854775808", f"{number}: {found}"


def test_more_commands_at_once_than_may_be_in_progress(server, alice):
    """Each gets exactly one answer: what was asked, or busy and when to try again."""
    laptop = alice.online("laptop")
    where = laptop.send(server.user("bob"))["conversation"]
    commands = [json.dumps({"id": number, "history": {"conversation": where}}) for number in range(1000, 1600)]
    laptop.link.socket.write(b"".join(frame(TEXT, command.encode()) for command in commands))
    answered = {}
    while len(answered) < 600:
        found = laptop.link.hear()
        if found.get("re", 0) >= 1000:
            assert found["re"] not in answered
            answered[found["re"]] = found
    for found in answered.values():
        assert "history" in found or (found["error"]["code"], found["error"]["retryAfterMs"]) == ("busy", 100), found


# ---- bytes


def test_a_frame_has_at_most_64_kib(server, alice):
    link = ready(alice)
    link.say(padded(65536))
    assert link.hear() == {"re": 1, "pong": {}}
    link.say(padded(65537))
    assert not link.closes(4501)


def test_nothing_waits_for_a_declared_length(server, alice):
    for length in (65537, 1 << 32, (1 << 63) - 1):
        link = ready(alice)
        link.socket.write(bytes([0x80 | TEXT, 0xFF]) + struct.pack(">Q", length) + b"mask")
        link.closes(4501)
    link = ready(alice)
    link.socket.write(bytes([0x80 | TEXT, 0xFF]) + struct.pack(">Q", 1 << 63) + b"mask")
    with pytest.raises(Closed) as end:
        link.hear()
    assert end.value.code in (1002, 4501)


def test_fragments(server, alice):
    link, text = ready(alice), '{"id":1,"ping":{},"x":"äöü€😀"}'.encode()
    for begin in range(len(text)):
        link.socket.write_frame(CONTINUE if begin else TEXT, text[begin:begin + 1], fin=begin == len(text) - 1)
    assert link.hear() == {"re": 1, "pong": {}}
    link.socket.write_frame(TEXT, b'{"id":2,', fin=False)
    link.socket.write_frame(PING, b"between")
    assert link.socket.read_frame() == (PONG, b"between")
    link.socket.write_frame(CONTINUE, b"", fin=False)
    link.socket.write_frame(PONG, b"unasked")
    link.socket.write_frame(CONTINUE, b'"ping":{}}')
    assert link.hear() == {"re": 2, "pong": {}}


def test_too_much_in_fragments(server, alice):
    link = ready(alice)
    for count in range(9):
        link.socket.write_frame(CONTINUE if count else TEXT, b" " * 8192, fin=False)
    assert not link.closes(4501)
    link = ready(alice)
    link.socket.write(b"".join(frame(CONTINUE if count else TEXT, b"", fin=False) for count in range(1030)))
    assert not link.closes(4501)


@pytest.mark.parametrize("name, frames, code", [
    ("unmasked", [frame(TEXT, b'{"id":1,"ping":{}}', masked=False)], 1002),
    ("first reserved bit", [frame(TEXT, b'{"id":1,"ping":{}}', reserved=4)], 1002),
    ("third reserved bit", [frame(TEXT, b'{"id":1,"ping":{}}', reserved=1)], 1002),
    ("reserved opcode 3", [frame(3, b"x")], 1002),
    ("reserved opcode 11", [frame(11, b"x")], 1002),
    ("ping of 126 bytes", [frame(PING, b"x" * 126)], 1002),
    ("ping in fragments", [frame(PING, b"x", fin=False)], 1002),
    ("continuation of nothing", [frame(CONTINUE, b"{}")], 1002),
    ("text inside of fragments", [frame(TEXT, b"{", fin=False), frame(TEXT, b"}")], 1002),
    ("close of one byte", [frame(CLOSE, b"\x03")], 1002),
    ("close with 1005", [frame(CLOSE, struct.pack(">H", 1005))], 1002),
    ("close with 999", [frame(CLOSE, struct.pack(">H", 999))], 1002),
    ("binary", [frame(BINARY, b'{"id":1,"ping":{}}')], 1003),
    ("text that is not UTF-8", [frame(TEXT, b'{"id":1,"ping":{"a":"\xff"}}')], 1007),
    ("overlong UTF-8", [frame(TEXT, b'{"id":1,"ping":{"a":"\xc0\xaf"}}')], 1007),
    ("a surrogate in UTF-8", [frame(TEXT, b'{"id":1,"ping":{"a":"\xed\xa0\x80"}}')], 1007),
    ("UTF-8 that ends early", [frame(TEXT, b'{"id":1,"ping":{"a":"\xe2\x82', fin=False), frame(CONTINUE, b'"}}')], 1007)])
def test_broken_frames(server, alice, name, frames, code):
    link = ready(alice)
    link.socket.write(b"".join(frames))
    before = link.closes(code)
    assert not [found for found in before if "pong" in found], f"{name} was carried out"


def test_pings_are_answered_and_pongs_ignored(server, alice):
    link = ready(alice)
    for payload in (b"", b"x" * 125, b"\x00\xff"):
        link.socket.write_frame(PONG, payload)
        link.socket.write_frame(PING, payload)
        assert link.socket.read_frame() == (PONG, payload)


@pytest.mark.parametrize("payload", [b"", struct.pack(">H", 1000), struct.pack(">H", 1001) + b"bye", struct.pack(">H", 4999)])
def test_the_close_handshake(server, alice, payload):
    link = ready(alice)
    link.socket.write_frame(CLOSE, payload)
    link.socket.write_frame(TEXT, b'{"id":1,"ping":{}}')
    opcode, answer = link.socket.read_frame()
    assert opcode == CLOSE and answer[:2] in (payload[:2], struct.pack(">H", 1000))
    with pytest.raises(Closed) as end:
        link.socket.read_frame(timeout=5)
    assert end.value.code is None


# ---- before auth


def test_a_frame_before_auth_has_at_most_8_kib(server):
    link = server.connect()
    link.say(padded(8192))
    assert link.hear() == {"re": 1, "pong": {}}
    link = server.connect()
    link.say(padded(8193))
    assert not link.closes(4501)


def test_at_most_16_kib_in_all_before_auth(server):
    link = server.connect()
    for number in range(1, 20):
        link.say(padded(1000, number))
    assert 14 <= len(link.closes(4501)) <= 16
    link = server.connect()
    link.socket.write(frame(PING, b"x" * 100) * 200)
    link.closes(4501)


def test_wrong_frames_before_auth(server):
    for text in ("nonsense", '{"id":1,"ping":5}', '{"id":1,"auth":{"token":5}}', '{"id":1,"auth":5}'):
        link = server.connect()
        link.say(text)
        link.fails("malformed", 4500)
    link = server.connect()
    assert link.ask(1, dance={})["error"]["code"] in ("unknown_command", "not_authenticated")
    assert link.ask(2, ping={}) == {"re": 2, "pong": {}}
    link = server.connect()
    link.socket.write_frame(BINARY, b"x")
    link.closes(1003)


def test_auth_with_bad_devices(server, alice):
    token = alice.token("laptop")
    for device in ("a b", "x" * 65, "ä"):
        link = server.connect()
        link.say({"id": 1, "auth": {"token": token, "device": device}})
        assert link.hear()["error"]["code"] in ("unauthenticated", "invalid_argument")
    link = server.connect()
    link.say({"id": 1, "auth": {}})
    link.fails("unauthenticated", 4502)


def test_who_does_not_come_to_the_point_in_10_s(server):
    """One wait for all: a connection that does not authenticate, one that pings meanwhile, half a handshake, half a body, and nothing."""
    link, lively = server.connect(), server.connect()
    header, body, silent = (Socket(server.address) for _ in range(3))
    header.write(b"GET /livez HTTP/1.1\r\nHost: x\r\n")
    body.write(b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    began = time.monotonic()
    while time.monotonic() < began + 8:
        assert lively.ask(1, ping={}) == {"re": 1, "pong": {}}
        time.sleep(2)
    link.fails("auth_timeout", 4000)
    assert 9 <= time.monotonic() - began <= 13
    lively.fails("auth_timeout", 4000)
    for slow in (header, body, silent):
        try:
            assert slow.read_answer(timeout=5).status == 408
        except Closed:
            pass  # It may also just go; but go it must.
    assert time.monotonic() - began <= 16


def test_clients_that_vanish_leave_nothing_behind(server, alice):
    """Cut at every byte of handshake and auth; afterwards the same device connects as if nothing had been."""
    laptop = alice.online("laptop")
    where = laptop.send(server.user("bob"))["conversation"]
    laptop.wait_for(where, 1)
    wire = frame(TEXT, json.dumps({"id": 1, "auth": {"token": laptop.token}}).encode())
    for size in range(0, len(wire), 5):
        link = server.connect()
        link.socket.write(wire[:size])
        link.cut()
    again = Device(server, alice.id, "laptop", laptop.token)
    again.connect()
    assert again.texts(where) == ["hi"]
    with refused("id_reused"):
        used = new_id()
        again.send(where, "one", used, base=1)
        again.send(where, "two", used, base=1)
