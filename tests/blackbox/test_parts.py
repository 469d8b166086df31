"""What a message may have besides its text: an answer's target, mentions, attachments, a kind and its data."""

import json

import pytest

from kith import PROTO, message, new_id, refused, unique
from test_changes import group, pair

pytestmark = pytest.mark.over()

FILE = {"url": "https://files.example/a.png", "name": "a.png", "type": "image/png", "size": 2**52}


def test_all_of_it_comes_back_unchanged(server):
    laptop, phone, where = pair(server)
    data = ' {"due" : "2026-12-01", "\\u00e4":[1.50,{}], "é":"😀"}\n'
    body = message(where, "the plan", base=2, replyTo=1, mentions=[phone.user, laptop.user, phone.user], kind="com.example.Task-1_x",
                   data=data, attachments=[FILE, {"url": "https://files.example/ä?q=1#f"}])
    sent = laptop.ask(send=body)
    for device in (laptop, phone):
        assert device.wait_for(where, 3) == "the plan"
        assert device.entries[where][3] == device.message(where, 3) == {
            "conversation": where, "seq": 3, "from": laptop.user, "time": sent["time"], "n": 3, "clientId": body["clientId"],
            "text": "the plan", "replyTo": 1, "mentions": [phone.user, laptop.user],
            "attachments": body["attachments"], "kind": body["kind"], "data": data}
        device.sees(where, 3)
        assert device.item(where)["last"]["message"] == device.message(where, 3)
    assert phone.ask(send={**message(where, "", base=3), "attachments": [FILE]})["seq"] == 4
    assert laptop.ask(send={**message(where, "", base=3), "kind": "sticker"})["seq"] == 5
    laptop.wait_for(where, 5)
    assert "text" not in laptop.entries[where][4] and laptop.entries[where][4]["n"] == 4
    assert laptop.ask(send=body)["repeated"]


@pytest.mark.parametrize("more", [{"replyTo": 2}, {"attachments": [{**FILE, "size": 1}]}, {"kind": "y"},
                                  {"kind": "x", "data": '{"a":1}'}, {}], ids=str)
def test_the_same_id_with_other_parts_is_another_message(server, more):
    laptop, phone, where = pair(server)
    one = message(where, "same", base=2, replyTo=1, mentions=[laptop.user], attachments=[FILE], kind="x", data="{}")
    laptop.ask(send=one)
    with refused("id_reused"):
        laptop.ask(send={**one, **more} if more else message(where, "same", one["clientId"], base=2))
    assert laptop.ask(send={**one, "mentions": [phone.user]})["repeated"] and laptop.ask(send=one)["repeated"]


def test_what_is_wrong_with_the_parts(server):
    laptop, phone, where = pair(server)
    for code, more in (
            ("invalid_argument", {"replyTo": 3}), ("invalid_argument", {"replyTo": 2**53}),
            ("invalid_argument", {"mentions": ["a b"]}), ("invalid_argument", {"mentions": [""]}),
            ("limit_reached", {"mentions": [phone.user] * 51}),
            ("limit_reached", {"attachments": [FILE] * 11}), ("invalid_argument", {"attachments": [{}]}),
            ("invalid_argument", {"attachments": [{"url": "http://files.example/"}]}),
            ("invalid_argument", {"attachments": [{"url": "javascript:x"}]}),
            ("invalid_argument", {"attachments": [{"url": "https://x/" + "x" * 1015}]}),
            ("invalid_argument", {"attachments": [{**FILE, "name": "x" * 256}]}),
            ("invalid_argument", {"attachments": [{**FILE, "type": "x" * 128}]}),
            ("invalid_argument", {"attachments": [FILE, {"name": "x"}]}),
            ("invalid_argument", {"kind": "a b"}), ("invalid_argument", {"kind": "x" * 65}), ("invalid_argument", {"kind": "ä"}),
            ("invalid_argument", {"data": "{}"}), ("invalid_argument", {"kind": "x", "data": "[]"}),
            ("invalid_argument", {"kind": "x", "data": "1"}),
            ("invalid_argument", {"kind": "x", "data": "{"}), ("invalid_argument", {"kind": "x", "data": "{} {}"}),
            ("invalid_argument", {"kind": "x", "data": '{"a":}'}), ("too_large", {"kind": "x", "data": json.dumps({"a": "x" * 8192})}),
            ("invalid_argument", {"text": ""}), ("too_large", {"text": "x" * 8193})):
        with refused(code):
            laptop.ask(send={**message(where, "hi", base=2), **more})
    assert laptop.history(where)[1]["head"] == 2
    largest = {"mentions": [phone.user] * 50, "kind": "x" * 64, "data": json.dumps({"a": "x" * 8183}), "replyTo": 2,
               "attachments": [{"url": "https://x/" + "x" * 1014, "name": "ä" * 127, "type": "x" * 127, "size": 2**53 - 1}] * 10}
    assert len(largest["data"]) == 8192 and laptop.ask(send={**message(where, "ä" * 4096, base=2), **largest})["seq"] == 3
    assert phone.message(where, 3)["mentions"] == [phone.user]


def test_mentions_of_who_is_no_member_are_left_out(server):
    alice, bob, carol = (server.user(name).online(protocols=PROTO) for name in ("alice", "bob", "carol"))
    where = group(alice, bob)
    body = message(where, "hey", base=1, mentions=[carol.user, bob.user, unique("nobody")])
    alice.ask(send=body)
    assert bob.wait_for(where, 2) == "hey" and bob.entries[where][2]["mentions"] == [bob.user]
    assert alice.ask(send=body)["repeated"], "a repeat says what the first attempt said"
    alice.ask(removeMember={"conversation": where, "user": bob.user})
    assert alice.send(where, "gone", mentions=[bob.user])["seq"] == 4 and "mentions" not in alice.message(where, 4)
    carol.settle()
    assert not carol.events()


def test_a_repeat_with_a_mention_that_was_left_out_after_a_restart(new_server):
    server = new_server()
    laptop, phone, where = pair(server)
    body = message(where, "hey", base=2, mentions=[server.user("carol").id])
    laptop.ask(send=body)
    server.kill()
    server.start()
    laptop.connect()
    assert laptop.ask(send=body)["repeated"]


def test_repeats_with_parts_outlive_a_restart(new_server):
    server = new_server()
    laptop, phone, where = pair(server)
    body = message(where, "", base=2, mentions=[phone.user], replyTo=1, attachments=[FILE], kind="x", data="{ }")
    first = laptop.ask(send=body)
    phone.change("react", where, 3, emoji="👍")
    before = laptop.message(where, 3)
    server.kill()
    server.start()
    laptop.connect()
    assert laptop.message(where, 3) == before
    again = laptop.ask(send=body)
    assert again["repeated"] and (again["seq"], again["time"]) == (3, first["time"])
    with refused("id_reused"):
        laptop.ask(send={**body, "data": "{}"})


@pytest.mark.over("ws")  # Such messages fit into no body.
def test_no_frame_is_larger_than_16_mib(server):
    alice, bob = server.users("alice", "bob")
    laptop, phone = alice.online("laptop", protocols=PROTO), bob.online()
    where = laptop.send(bob, "hi")["conversation"]
    file = {"url": "https://" + '"' * 1016, "name": '"' * 255, "type": '"' * 127}
    more = {"kind": "x", "data": json.dumps({"a": '"' * 4090}), "attachments": [file] * 10}
    for begin in range(0, 200, 20):
        for number in [laptop.say(send=message(where, "\u0001" * 8192, base=0, **more)) for _ in range(20)]:
            laptop.answer(number, timeout=30)
    phone.cut()
    link = phone.server.connect()
    link.say({"id": 1, "auth": {"token": phone.token}})
    link.reply(1)
    link.say({"id": 2, "history": {"conversation": where, "limit": 200}})
    largest, ours = 0, False
    while not ours:
        payload = link.socket.read_message(30)[1]
        largest, ours = max(largest, len(payload)), b'"re":2' in payload[:20]
    assert largest <= 16 << 20, f"a frame of {largest} bytes"


def test_parts_of_a_group_s_messages_for_who_comes_later(server):
    """A reply to what they cannot see names a number that history does not give."""
    alice, bob = (server.user(name).online() for name in ("alice", "bob"))
    where = group(alice)
    alice.send(where, "early", attachments=[FILE])
    alice.ask(addMembers={"conversation": where, "users": [bob.user]})
    alice.send(where, "late", client_id=new_id(), replyTo=2)
    assert bob.wait_for(where, 4) == "late" and bob.entries[where][4]["replyTo"] == 2
    assert bob.history(where, before=3)[0] == []
    with refused("invalid_argument"):
        bob.send(where, "what?", replyTo=2)
