"""Sending and receiving: acks, all devices, exactly once, order."""

import re
import time
from datetime import datetime

import pytest

from kith import Refused, message, new_id, refused, unique

pytestmark = pytest.mark.over()


def pair(server):
    """Alice's laptop and bob's phone, both online."""
    alice, bob = server.users("alice", "bob")
    return alice.online("laptop"), bob.online("phone")


@pytest.mark.over("ws")
def test_ready_resync_synced(server):
    heard = server.user("alice").online().heard
    assert [next(name for name in frame if name != "re") for frame in heard] == ["ready", "resync", "synced"]
    assert heard[1]["resync"]["reason"] == "no_cursor" and heard[2]["synced"]["cursor"]


def test_a_message_reaches_every_device_of_both(server):
    alice, bob = server.users("alice", "bob")
    laptop, tablet, phone, desk = alice.online("laptop"), alice.online("tablet"), bob.online("phone"), bob.online("desk")
    client_id = new_id()
    sent = laptop.send(bob, "hi bob", client_id)
    for device in (laptop, tablet, phone, desk):
        assert device.wait_for(sent["conversation"], 1) == "hi bob"
        got = device.entries[sent["conversation"]][1]
        assert got == {"conversation": sent["conversation"], "seq": 1, "from": alice.id, "time": sent["time"], "n": 1,
                       "clientId": client_id, "text": "hi bob"}
        device.reaches(1)


def test_the_ack_names_place_time_and_durability(server):
    laptop, phone = pair(server)
    sent = laptop.send(phone)
    assert sent["conversation"].startswith("d_") and sent["seq"] == 1 and sent["durability"] == "fsync"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", sent["time"])
    assert abs(datetime.fromisoformat(sent["time"].replace("Z", "+00:00")).timestamp() - time.time()) < 60
    assert laptop.send(sent["conversation"], base=1)["seq"] == 2
    assert phone.send(laptop, base=2)["conversation"] == sent["conversation"]


@pytest.mark.over("ws")  # Who polls stays online for a while (test_polling.py).
def test_presence_in_the_ack(server):
    laptop, phone = pair(server)
    nobody_yet = server.user("carol")
    assert laptop.send(nobody_yet)["presence"] == [{"user": nobody_yet.id}]
    assert laptop.send(phone)["presence"] == [{"user": phone.user, "online": True}]
    phone.cut()
    offline = {}
    for base in range(1, 30):  # The server notices the end of a connection a little later.
        offline = laptop.send(phone, base=base)["presence"][0]
        if "since" in offline:
            break
        time.sleep(0.1)
    assert not offline.get("online") and offline["user"] == phone.user and "since" in offline, offline
    assert abs(datetime.fromisoformat(offline["since"].replace("Z", "+00:00")).timestamp() - time.time()) < 30


def test_texts_come_back_unchanged(server):
    laptop, phone = pair(server)
    texts = ["ä€😀", "a\u0000b", "\u0000", " ", "\r\n\t", "\"\\/\b\f", "\u2028\u2029\ufeff", "e\u0301", "x" * 8192, "😀" * 2048,
             "</script>&amp;"]
    for base, text in enumerate(texts):
        sent = laptop.send(phone, text, base=base)
        assert phone.wait_for(sent["conversation"], sent["seq"]) == text
    assert phone.texts(sent["conversation"]) == texts


def test_the_length_of_a_text_is_counted_in_bytes(server):
    laptop, phone = pair(server)
    for text in ("x" * 8193, "ä" * 4097, "x" * 60000):
        with refused("too_large"):
            laptop.send(phone, text)
    with refused("invalid_argument"):
        laptop.send(phone, "")
    assert laptop.send(phone, "ä" * 4096)["seq"] == 1


# ---- exactly once


def test_a_repeat_gives_the_first_answer(server):
    laptop, phone = pair(server)
    client_id = new_id()
    first = laptop.send(phone, "once", client_id)
    assert not first.get("repeated") and not first.get("windowOnly")
    for _ in range(2):
        again = laptop.send(phone, "once", client_id)
        assert again["repeated"] and (again["conversation"], again["seq"], again["time"]) == (first["conversation"], 1, first["time"])
        laptop.again()
    assert laptop.texts(first["conversation"]) == ["once"]
    phone.reaches(1)
    phone.settle()
    phone.reaches(1)


def test_a_repeat_in_flight_beside_its_first(server):
    laptop, phone = pair(server)
    client_id = new_id()
    numbers = [laptop.send_later(phone, "once", client_id) for _ in range(5)]
    answers = [laptop.answer(number) for number in numbers]
    assert [answer["seq"] for answer in answers] == [1] * 5 and sum(not answer.get("repeated") for answer in answers) == 1
    assert laptop.texts(answers[0]["conversation"]) == ["once"]


def test_a_repeat_from_another_device_and_in_another_spelling(server):
    alice, bob = server.users("alice", "bob")
    laptop, tablet = alice.online("laptop"), alice.online("tablet")
    plain = new_id()
    uuid = "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))
    first = laptop.send(bob, "once", plain)
    for spelling in (uuid, plain.upper()):
        assert tablet.send(first["conversation"], "once", spelling)["repeated"]
    assert laptop.entries[first["conversation"]] or laptop.wait_for(first["conversation"], 1)
    assert laptop.whole_history(first["conversation"])[0]["clientId"] == plain


def test_the_same_id_with_another_text_is_refused(server):
    laptop, phone = pair(server)
    client_id = new_id()
    first = laptop.send(phone, "one", client_id)
    with refused("id_reused"):
        laptop.send(phone, "two", client_id)
    assert laptop.texts(first["conversation"]) == ["one"]


def test_ids_belong_to_their_sender_and_conversation(server):
    laptop, phone = pair(server)
    carol, client_id = server.user("carol"), new_id()
    first = laptop.send(phone, "mine", client_id)
    assert phone.send(first["conversation"], "yours", client_id)["seq"] == 2
    assert laptop.send(carol, "mine", client_id)["seq"] == 1


def test_a_repeat_is_found_after_any_number_of_messages_by_base_seq(server):
    laptop, phone = pair(server)
    client_id, unknown = new_id(), new_id()
    first = laptop.send(phone, "first", client_id, base=0)
    windowed = laptop.send(phone, "windowed", unknown, base=None)
    assert windowed["windowOnly"] and not windowed.get("repeated")
    where = first["conversation"]
    for begin in range(0, 1100, 100):
        for number in [laptop.send_later(where, "filler", base=2 + begin) for _ in range(100)]:
            laptop.answer(number)
    assert laptop.send(where, "first", client_id, base=0)["repeated"]
    late = laptop.send(where, "windowed", unknown, base=None)
    assert late["windowOnly"] and not late.get("repeated") and late["seq"] == 1103, "beyond the last 1000 it is stored twice"
    within = laptop.send(where, "windowed", unknown, base=None)
    assert within["windowOnly"] and within["repeated"] and within["seq"] == 1103
    assert laptop.send(where, "windowed", unknown, base=1)["repeated"]


def test_a_base_seq_above_the_head_counts_as_the_head(server):
    laptop, phone = pair(server)
    client_id = new_id()
    first = laptop.send(phone, "one", client_id, base=1000)
    assert first["seq"] == 1 and laptop.send(phone, "two", base=2**53)["seq"] == 2


def test_two_hundred_sends_in_a_row_keep_their_order(server):
    laptop, phone = pair(server)
    texts = [f"{number}" for number in range(200)]
    numbers = [laptop.send_later(phone, text) for text in texts]
    answers = [laptop.answer(number) for number in numbers]
    assert [answer["seq"] for answer in answers] == list(range(1, 201))
    where = answers[0]["conversation"]
    for device in (laptop, phone):
        device.wait_for(where, 200)
        assert [device.entries[where][seq]["text"] for seq in range(1, 201)] == texts
    history = laptop.whole_history(where)
    assert [entry["text"] for entry in history] == texts and [entry["n"] for entry in history] == list(range(1, 201))
    assert all(one["time"] <= other["time"] for one, other in zip(history, history[1:]))


def test_both_sides_send_at_once_and_see_one_order(server):
    laptop, phone = pair(server)
    numbers = [(device, device.send_later(other, f"{device.name} {number}")) for number in range(50)
               for device, other in ((laptop, phone), (phone, laptop))]
    where = [device.answer(number) for device, number in numbers][0]["conversation"]
    laptop.wait_for(where, 100)
    phone.wait_for(where, 100)
    assert laptop.entries[where] == phone.entries[where]
    for device in (laptop, phone):
        own = [entry["text"] for seq, entry in sorted(laptop.entries[where].items()) if entry["from"] == device.user]
        assert own == [f"{device.name} {number}" for number in range(50)]


def test_one_step_for_each_recipient_even_with_many_conversations(server):
    """A user who hears from 20 others at once still sees a useq without holes (every Device checks that) and all messages."""
    bob = server.user("bob")
    phone, others = bob.online("phone"), [server.user("friend").online() for _ in range(20)]
    numbers = [(friend, friend.send_later(bob, f"{number}")) for number in range(5) for friend in others]
    for friend, number in numbers:
        friend.answer(number)
    phone.listen(lambda: sum(map(len, phone.entries.values())) == 100)
    assert all(sorted(entries) == [1, 2, 3, 4, 5] for entries in phone.entries.values())


def test_more_sends_than_may_be_in_progress(server):
    """Some are busy: those are not stored, and can be repeated. The others keep their order."""
    laptop, phone = pair(server)
    bodies = [message(phone, f"{number}") for number in range(1200)]
    stored, busy = [], []
    for body, number in [(body, laptop.say(send=body)) for body in bodies]:
        try:
            stored.append((laptop.answer(number, timeout=30)["seq"], body["text"]))
            where = phone.ask(open={"with": laptop.user})["conversation"] if len(stored) == 1 else where
        except Refused as answer:
            assert (answer.code, answer.error["retryAfterMs"]) == ("busy", 100)
            busy.append(body)
    assert [seq for seq, _ in stored] == list(range(1, len(stored) + 1))
    assert [entry["text"] for entry in laptop.whole_history(where)] == [text for _, text in stored]
    for body in busy:
        assert not laptop.ask(send=body).get("repeated")
    assert sorted(int(entry["text"]) for entry in laptop.whole_history(where)) == list(range(1200))


# ---- refusals


def test_whom_one_cannot_write_to(server):
    laptop, phone = pair(server)
    stranger = server.user("carol").online()
    theirs = stranger.send(phone)["conversation"]
    for to in (unique("nobody"), "a b", "ä", "x" * 65):
        with refused("unknown_user"):
            laptop.ask(send={"to": to, "clientId": new_id(), "text": "hi"})
        with refused("unknown_user"):
            laptop.ask(open={"with": to})
    with refused("self_conversation"):
        laptop.send(laptop)
    with refused("self_conversation"):
        laptop.ask(open={"with": laptop.user})
    for where in (theirs, "d_" + "0" * 35, "d_", "nonsense", "x" * 1000):
        with refused("not_found"):
            laptop.send(where)
        with refused("not_found"):
            laptop.history(where)
        with refused("not_found"):
            laptop.ask(read={"conversation": where, "seq": 1})


@pytest.mark.over("ws")
def test_what_is_wrong_with_a_send(server):
    laptop, phone = pair(server)
    for bad in ("", "x", new_id()[:-1], new_id() + "0", "g" * 32, None):
        with refused("invalid_argument"):
            body = message(phone)
            body["clientId"] = bad
            laptop.ask(send=body)
    for neither in ({"clientId": new_id(), "text": "hi"}, {"to": None, "clientId": new_id(), "text": "hi"}):
        with refused("invalid_argument", "malformed"):
            laptop.again()
            laptop.ask(send=neither)
    laptop.again()
    assert laptop.send(phone)["seq"] == 1


def test_block_and_unblock(server):
    laptop, phone = pair(server)
    where = laptop.send(phone)["conversation"]
    assert phone.ask(block={"user": laptop.user, "blocked": True}) == {}
    for device, other in ((laptop, phone), (phone, laptop)):
        for target in (other, where):
            with refused("refused"):
                device.send(target, base=1)
    phone.sees(where, 1)
    assert laptop.texts(where) == ["hi"] and phone.item(where)["unread"] == 1
    assert phone.ask(read={"conversation": where, "seq": 1}) == {}
    assert laptop.ask(block={"user": phone.user, "blocked": False}) == {}
    with refused("refused"):
        laptop.send(phone, base=1)
    assert phone.ask(block={"user": laptop.user}) == {}
    assert laptop.send(phone, base=1)["seq"] == 2


@pytest.mark.over("ws")
def test_what_is_said_behind_a_block_meets_it(server):
    laptop, phone = pair(server)
    laptop.send(phone)
    for base in range(1, 6):
        block, sent = phone.say(block={"user": laptop.user, "blocked": True}), phone.send_later(laptop, base=base)
        assert phone.answer(block) == {}
        with refused("refused"):
            phone.answer(sent)
        block, sent = phone.say(block={"user": laptop.user}), phone.send_later(laptop, base=base)
        assert phone.answer(block) == {}
        assert phone.answer(sent)["seq"] == base + 1


def test_what_is_said_before_a_block_does_not_meet_it(server):
    for _ in range(5):
        laptop, phone = pair(server)  # The conversation begins with this message.
        sent, block = phone.send_later(laptop), phone.say(block={"user": laptop.user, "blocked": True})
        late, unblock = phone.send_later(laptop), phone.say(block={"user": laptop.user})
        again = phone.send_later(laptop)
        assert phone.answer(sent)["seq"] == 1
        assert phone.answer(block) == {}
        with refused("refused"):
            phone.answer(late)
        assert phone.answer(unblock) == {}
        assert phone.answer(again)["seq"] == 2


def test_blocks_of_both_sides_and_of_a_stranger(server):
    laptop, phone = pair(server)
    laptop.ask(block={"user": phone.user, "blocked": True})
    phone.ask(block={"user": laptop.user, "blocked": True})
    phone.ask(block={"user": laptop.user, "blocked": False})
    with refused("refused"):
        phone.send(laptop)
    laptop.ask(block={"user": phone.user, "blocked": False})
    assert phone.send(laptop)["seq"] == 1
    with refused("unknown_user"):
        laptop.ask(block={"user": unique("nobody"), "blocked": True})
    with refused("self_conversation", "invalid_argument"):
        laptop.ask(block={"user": laptop.user, "blocked": True})


def test_a_repeat_of_what_was_stored_before_a_block_or_says_refused_but_never_stores(server):
    laptop, phone = pair(server)
    body = message(phone, "once")
    where = laptop.ask(send=body)["conversation"]
    phone.ask(block={"user": laptop.user, "blocked": True})
    try:
        assert laptop.ask(send=body)["repeated"]
    except Refused as answer:
        assert answer.code == "refused"
    assert laptop.texts(where) == ["once"]


@pytest.mark.parametrize("command", ["send", "open"])
def test_a_conversation_begins_with_its_first_message(server, command):
    laptop, phone = pair(server)
    opened = laptop.ask(open={"with": phone.user})
    assert opened["with"] == phone.user and "head" not in opened
    assert laptop.listed() == [] and phone.listed() == []
    sent = laptop.send(opened["conversation"] if command == "open" else phone)
    assert sent["conversation"] == opened["conversation"]
    assert laptop.ask(open={"with": phone.user}) == {**opened, "head": 1}
    assert phone.ask(open={"with": laptop.user}) == {**opened, "with": laptop.user, "head": 1}
