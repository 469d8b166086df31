"""The position of a device: what was missed comes once, in order and without a gap, wherever the connection was cut."""

import contextlib
import random
import threading

import pytest

from kith import Device, nothing_but
from wire import Closed, Late

pytestmark = pytest.mark.over()


def fill(sender, to, count, text="{}"):
    """→ the conversation, after `count` messages, up to 100 of them in flight."""
    where = None
    for begin in range(0, count, 100):
        numbers = [sender.send_later(to, text.format(number), base=0) for number in range(begin, min(begin + 100, count))]
        where = [sender.answer(number) for number in numbers][0]["conversation"]
    to.sees(where, count)
    return where


def steps(sender, to, count):
    """→ the conversation, after `count` messages, each of which made a step of its own in the inbox of `to`, a device that is online."""
    for number in range(count):
        where = sender.send(to, f"{number}", base=number)["conversation"]
        to.wait_for(where, number + 1)
    return where


def numbered(device, where):
    return [int(device.entries[where][seq]["text"]) for seq in sorted(device.entries[where])]


@pytest.mark.over("ws", "poll")  # One that switches may have stored a message before its position.
def test_what_came_while_offline_comes_as_a_page(server):
    alice, carol, bob = server.users("alice", "carol", "bob")
    laptop, tablet, phone = alice.online("laptop"), carol.online("tablet"), bob.online("phone")
    first = laptop.send(bob, "live")["conversation"]
    phone.wait_for(first, 1)
    phone.cut()
    for number in range(5):
        laptop.send(bob, f"{number}", base=1)
    bob.sees(first, 6)
    second = fill(tablet, bob, 3)
    nothing_but(phone.connect(), "page", "synced")
    page = phone.pages()[0]
    assert page["from"] == 1 and page["to"] == phone.head
    shown = {(change["with"], change["conversation"], change.get("from", 0), change["to"]): len(change["entries"])
             for change in page["changes"]}
    assert shown == {(alice.id, first, 1, 6): 5, (carol.id, second, 0, 3): 3}
    nothing_but(phone.again(), "synced")


@pytest.mark.over("ws")
def test_live_events_move_the_position_by_one(server):
    alice, bob = server.users("alice", "bob")
    laptop, phone = alice.online(), bob.online()
    steps(laptop, phone, 30)
    assert phone.useq == 30 and not phone.pages()
    nothing_but(phone.again(), "synced")
    laptop.settle()
    nothing_but(laptop.again(), "synced")


def test_a_position_in_the_middle_gets_exactly_the_rest(server):
    alice, bob = server.users("alice", "bob")
    laptop, phone = alice.online(), bob.online()
    cursor = phone.cursor
    where = steps(laptop, phone, 10)
    for stored in (0, 1, 7, 9, 10):
        phone.cut()
        phone.cursor, phone.useq, phone.position = cursor, stored, stored
        phone.entries.clear()
        nothing_but(phone.connect(), *(["page"] if stored < 10 else []), "synced")
        assert numbered(phone, where) == list(range(stored, 10))


def test_a_page_of_which_a_part_was_stored_comes_again(server):
    alice, bob = server.users("alice", "bob")
    laptop, phone = alice.online(), bob.online()
    phone.cut()
    where = fill(laptop, bob, 20)
    before = (phone.cursor, phone.useq, phone.position)
    phone.connect()
    phone.cut()
    phone.cursor, phone.useq, phone.position = before
    nothing_but(phone.connect(), "page", "synced")
    assert numbered(phone, where) == list(range(20))


def test_more_than_200_entries_in_two_conversations(server):
    """One of them has more than is left of the 200: at most 20 of it come, and history fills the hole."""
    alice, carol, bob = server.users("alice", "carol", "bob")
    laptop, tablet, phone = alice.online(), carol.online(), bob.online()
    phone.cut()
    sizes = {fill(laptop, bob, 150): 150, fill(tablet, bob, 100): 100}
    nothing_but(phone.connect(), "page", "synced")
    page = phone.pages()[0]
    assert {change["conversation"]: change["to"] for change in page["changes"]} == sizes
    lengths = sorted(len(change["entries"]) for change in page["changes"])
    assert 1 <= lengths[0] <= 20 and lengths[1] in (100, 150), lengths
    for where, size in sizes.items():
        assert [int(entry["text"]) for entry in phone.whole_history(where)] == list(range(size))


def test_more_than_500_steps_come_in_several_pages(server):
    alice, bob = server.users("alice", "bob")
    laptop, phone, desk = alice.online(), bob.online("phone"), bob.online("desk")
    phone.cut()
    where = steps(laptop, desk, 510)
    phone.connect()
    pages = phone.pages()
    assert len(pages) >= 2 and pages[0].get("from", 0) == 0 and pages[-1]["to"] == 510 and phone.position == 510
    assert all(one["to"] == other["from"] for one, other in zip(pages, pages[1:]))
    assert 510 in phone.entries[where] and len(phone.entries[where]) <= 2 * 200
    assert [int(entry["text"]) for entry in phone.whole_history(where)] == list(range(510))


def test_a_page_stops_at_128_kib_of_text(server):
    alice, bob = server.users("alice", "bob")
    laptop, phone = alice.online(), bob.online()
    phone.cut()
    where = fill(laptop, bob, 40, "{:x<8192}")
    phone.connect()
    assert 1 <= len(phone.pages()[0]["changes"][0]["entries"]) <= 16 and 40 in phone.entries[where]
    first = min(phone.entries[where])
    rest = phone.history(where, before=first, limit=200)[0]
    assert [entry["message"]["seq"] for entry in rest] == list(range(1, first))


def test_a_read_mark_alone_in_a_page(server):
    alice, bob = server.users("alice", "bob")
    laptop, phone, desk = alice.online(), bob.online("phone"), bob.online("desk")
    where = steps(laptop, phone, 3)
    phone.cut()
    desk.ask(read={"conversation": where, "seq": 2})
    desk.listen(lambda: desk.reads.get(where) == 2)
    nothing_but(phone.connect(), "page", "synced")
    assert phone.pages()[0]["changes"] == [{"conversation": where, "with": alice.id, "read": 2}]


def test_cut_at_any_byte_nothing_is_lost_or_doubled(server):
    """Bob's connection is cut again and again in the middle of what it is told; a Device checks every step."""
    alice, bob = server.users("alice", "bob")
    laptop, phone = alice.online(), bob.online()
    where = laptop.send(bob, "0")["conversation"]
    dice = random.Random(5)

    def write():
        for begin in range(1, 401, 40):
            for number in [laptop.send_later(where, f"{count}") for count in range(begin, begin + 40)]:
                laptop.answer(number)

    writer = threading.Thread(target=write)
    writer.start()
    cuts = 0
    while writer.is_alive() or cuts < 5:
        with contextlib.suppress(Closed, Late):
            with contextlib.suppress(Late):
                phone.listen(lambda: False, timeout=dice.random() / 20)
            phone.cut()
            cuts += 1
            phone.connect(until=dice.choice(["ready", "synced"]))
    writer.join(30)
    bob.sees(where, 401)
    phone.again()
    assert phone.highest.get(where, 0) in (0, 401) and 401 in phone.entries[where] and phone.position == phone.head
    assert [int(entry["text"]) for entry in phone.whole_history(where)] == list(range(401))


def test_the_position_of_one_device_does_not_move_another(server):
    alice, bob = server.users("alice", "bob")
    laptop, phone, desk = alice.online(), bob.online("phone"), bob.online("desk")
    desk.cut()
    where = steps(laptop, phone, 5)
    phone.link.say({"confirm": {"useq": 5}})
    phone.link.say({"id": 50, "confirm": {"useq": 10**12}})
    phone.link.say({"id": 51, "confirm": {}})
    phone.settle()
    assert not [frame for frame in phone.heard if frame.get("re") in (50, 51) or "error" in frame], "confirm has no reply"
    desk.connect()
    assert numbered(desk, where) == list(range(5))
    phone.again()
    assert phone.position == 5


# ---- positions that are of no use


def resynced(device, cursor, useq=0):
    """→ the reason, after connecting with this position; from then on all is well."""
    if device.link:
        device.cut()
    device.cursor, device.useq = cursor, useq
    heard = device.connect()
    nothing_but(heard, "resync", "synced")
    reason = next(frame["resync"]["reason"] for frame in heard if "resync" in frame)
    nothing_but(device.again(), "synced")
    return reason


def test_a_position_beyond_the_end_is_ahead(server):
    alice, bob = server.users("alice", "bob")
    phone = bob.online()
    where = fill(alice.online(), bob, 3)
    phone.wait_for(where, 3)
    for useq in (100, 2**53):
        assert resynced(phone, phone.cursor, useq) == "ahead"


def test_a_cursor_that_is_none(server):
    phone = server.user("bob").online()
    good = phone.cursor
    for bad in ("garbage", "..", "0.0.0", good + "x", good[:-1], "ä", "x" * 64, "{}", "-1"):
        reason = resynced(phone, bad)
        assert reason == "other_store" or (reason == "ahead" and bad.startswith(good[:10])), f"{bad!r}: {reason}"
    assert resynced(phone, None) == "no_cursor"
    assert resynced(phone, None, 7) == "no_cursor"
    assert resynced(phone, "") == "no_cursor"


def test_the_cursor_of_another_store(new_server):
    one, other = new_server(), new_server()
    here, there = one.user(user_id="bob").online(), other.user(user_id="bob").online()
    assert resynced(here, there.cursor) == "other_store"


def test_the_cursor_of_another_user_gives_nothing_of_theirs(server):
    alice, bob = server.users("alice", "bob")
    where = fill(alice.online("laptop"), bob, 3)
    phone, stranger = bob.online("phone"), server.user("eve").online()
    phone.again()
    stranger.cut()
    stranger.cursor, stranger.useq = phone.cursor, 0
    stranger.connect()
    assert where not in stranger.entries and not stranger.pages()


def test_after_a_resync_the_new_cursor_counts(server):
    alice, bob = server.users("alice", "bob")
    laptop, phone = alice.online(), bob.online()
    phone.cut()
    fresh = Device(server, bob.id, "phone", phone.token)
    where = fill(laptop, bob, 5)
    nothing_but(fresh.connect(), "resync", "synced")
    assert fresh.listed()[0]["unread"] == 5
    laptop.send(bob, "5", base=5)
    assert fresh.wait_for(where, 6) == "5" and fresh.position == (fresh.head or 5) + 1
    nothing_but(fresh.again(), "synced")


@pytest.mark.over("ws")
def test_a_reader_that_stops_gets_everything_in_the_end(server):
    """8 MB wait for bob's phone, which takes no byte meanwhile, but its other device does. 2 MB alone may hide in the system's buffers."""
    alice, bob = server.users("alice", "bob")
    laptop, desk = alice.online(), bob.online("desk")
    phone = bob.online("phone", receive_buffer=4096)
    where = laptop.send(bob, f"{0:x<8192}")["conversation"]
    for begin in range(1, 1024, 50):
        for number in [laptop.send_later(where, f"{count:x<8192}") for count in range(begin, min(begin + 50, 1024))]:
            laptop.answer(number)
    desk.wait_for(where, 1024, timeout=30)
    phone.listen(lambda: 1024 in phone.entries[where] and phone.step_open is None, timeout=30)
    assert phone.synced == 1 and phone.pages(), "live events stop at 256 KiB; pages bring the rest"
    assert [entry["text"] for entry in phone.whole_history(where)] == [f"{count:x<8192}" for count in range(1024)]
    laptop.send(bob, "live again", base=1024)
    assert phone.wait_for(where, 1025) == "live again"


@pytest.mark.over("ws")
def test_answers_wait_for_a_reader_that_stops(server):
    alice, bob = server.users("alice", "bob")
    laptop = alice.online(receive_buffer=4096)
    where = fill(laptop, bob, 100, "{:x<8192}")
    numbers = [laptop.say(history={"conversation": where, "limit": 100}) for _ in range(10)]
    for number in numbers:
        assert len(laptop.answer(number, timeout=30)["entries"]) == 100
