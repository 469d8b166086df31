"""What users of other messengers complain of again and again, told as stories: none of it may happen here."""

import random

import pytest

from kith import new_id, nothing_but
from test_changes import afresh, group
from test_inbox import fill
from test_reading import ten
from wire import Late

pytestmark = pytest.mark.over()


def one_page(device):
    """Connects, applies the first page and is cut off. → whether there was one"""
    device.connect(until=None)
    try:
        device.listen(lambda: device.pages() or device.synced)
    finally:
        device.cut()
    return bool(device.pages())


def everything(device, where, count):
    device.fill(where)
    assert sorted(device.entries[where]) == list(range(1, count + 1))
    device.agrees(where)


@pytest.mark.over("ws", "poll", "sse")
def test_a_live_message_in_the_middle_of_catching_up_hides_nothing(server):
    """"My newest message" as a place in the log: one that came live made a month vanish, without a word."""
    alice, bob = server.users("alice", "bob")
    laptop, phone = alice.online(), bob.online()
    phone.cut()
    counts = {fill(laptop, bob, 230): 230, fill(server.user("carol").online(), bob, 230): 230}
    where = next(iter(counts))
    for _ in range(20):
        more = one_page(phone)
        if not more:
            break
        counts[where] += 1
        assert laptop.send(where, "live", base=0)["seq"] == counts[where]
        bob.sees(where, counts[where])
    phone.connect()
    phone.wait_for(where, counts[where])
    for conversation, count in counts.items():
        everything(phone, conversation, count)
    nothing_but(phone.again(), "synced")


@pytest.mark.over("ws", "poll", "sse")
def test_every_try_gets_further(server):
    """A sync that is never done in time, is thrown away and begins anew, for ever: here each page that arrived counts."""
    alice, bob = server.users("alice", "bob")
    phone = bob.online()
    phone.cut()
    friends = [user.online() for user in server.users(*["friend"] * 12)]
    where = [fill(friend, bob, 60) for friend in friends]
    before, tries = 0, 0
    while one_page(phone):
        assert phone.position > before
        before, tries = phone.position, tries + 1
        assert tries < 40
    phone.connect()
    for conversation in where:
        everything(phone, conversation, 60)


@pytest.mark.over("ws", "poll", "sse")
def test_what_comes_after_an_absence_is_what_changed(server):
    """Sixty conversations, and one new message: a sync is about that one."""
    bob = server.user("bob")
    desk, phone = bob.online("desk"), bob.online("phone")
    friends = server.users(*["friend"] * 60)
    for friend in friends:
        where = desk.send(friend, "hi")["conversation"]
    phone.wait_for(where, 1)
    phone.reaches(60)
    phone.cut()
    friends[7].online().send(bob, "new", base=1)
    desk.reaches(61)
    nothing_but(phone.connect(), "page", "synced")
    change, = phone.pages()[0]["changes"]
    assert (change["with"], change["from"], change["to"], len(change["entries"])) == (friends[7].id, 1, 2, 1)


def test_one_message_to_a_group_is_one_step_and_one_unread(server):
    """Three pushes and an unread of three for one message."""
    alice, bob, carol = (user.online() for user in server.users("alice", "bob", "carol"))
    where = group(alice, bob, carol)
    for device in (alice, bob, carol):
        device.reaches(1)
    alice.send(where, "one", base=1)
    for device, unread in ((bob, 1), (carol, 1), (alice, 0)):
        device.wait_for(where, 2)
        device.reaches(2)
        device.sees(where, 2)
        assert device.item(where).get("unread", 0) == unread
        assert device.again() == [] or device.position == 2


def test_a_badge_that_was_read_elsewhere_goes(server):
    """Read on the desktop, and the phone still shows it."""
    laptop, phone, where = ten(server)
    desk = afresh(phone, "desk")
    phone.cut()
    desk.ask(read={"conversation": where, "seq": 10})
    desk.listen(lambda: desk.reads.get(where) == 10)
    phone.connect()
    phone.listen(lambda: phone.reads.get(where) == 10)
    assert "unread" not in phone.item(where) and "badge" not in phone.ask(conversations={})


@pytest.mark.parametrize("seed", range(2))
def test_unread_is_what_a_person_would_count(server, seed):
    """Sends, reads, deletions, edits and reactions at random: all devices of a user show one number, and it is that of the formula."""
    dice = random.Random(f"unread {seed}")
    alice, bob, carol = server.users("alice", "bob", "carol")
    devices = [alice.online(), bob.online("phone"), bob.online("desk"), carol.online()]
    where = group(*devices[:2], devices[3])
    marks = dict.fromkeys(("alice", "bob", "carol"), 0)
    head = 1
    for step in range(40):
        device = dice.choice(devices)
        name, what = device.user.split(".")[0], dice.random()
        own = [body["seq"] for kind, body in device.whole_log(where) if kind == "message" and body["from"] == device.user]
        if what < 0.5 or not own:
            head = device.send(where, f"{step}", new_id(), base=head)["seq"]
        elif what < 0.7:
            seq = dice.randrange(1, head + 1)
            device.ask(read={"conversation": where, "seq": seq})
            marks[name] = max(marks[name], seq)
        else:
            change, more = dice.choice([("delete", {}), ("edit", {"text": f"edit {step}"}), ("react", {"emoji": "👍"})])
            target = dice.choice(own)
            if "deleted" not in device.message(where, target):
                head = device.change(change, where, target, **more).get("seq", head)
        if step % 8 == 7:
            for one in devices:
                one.sees(where, head)
                if marks[one.user.split(".")[0]]:
                    one.listen(lambda: one.reads.get(where, 0) == marks[one.user.split(".")[0]])
            log = devices[0].whole_log(where)
            for one in devices:
                last_own = max((body["seq"] for kind, body in log if kind == "message" and body["from"] == one.user), default=0)
                seen = max(marks[one.user.split(".")[0]], last_own)
                wanted = sum(1 for kind, body in log if kind == "message" and body["seq"] > seen)
                assert one.item(where).get("unread", 0) == wanted, (one, step)


@pytest.mark.over("ws")
def test_no_list_ends_without_a_word(server):
    """The first 250 conversations are synced, the others are not until they are opened."""
    bob = server.user("bob")
    desk, phone = bob.online("desk"), bob.online("phone")
    phone.cut()
    friends = [server.user("friend") for _ in range(260)]
    where = {desk.send(friend)["conversation"] for friend in friends}
    desk.reaches(260)
    phone.connect()
    assert set(phone.entries) == where and len(where) == 260
    assert {item["conversation"] for item in phone.listed(limit=100)} == where
    fresh = afresh(phone, "fresh")
    assert {item["conversation"] for item in fresh.listed(limit=7)} == where


@pytest.mark.over("ws", "poll")
def test_numbers_go_on_where_they_were_after_a_crash(new_server):
    """A counter that a restart set back, or made jump: clients that wait for a hole that is none, or that see everything twice."""
    server = new_server()
    alice, bob = server.users("alice", "bob")
    laptop, phone = alice.online(), bob.online()
    for turn in range(4):
        for step in range(3):
            sent = laptop.send(bob, f"{turn} {step}", base=turn * 3 + step)
            assert sent["seq"] == turn * 3 + step + 1
            phone.wait_for(sent["conversation"], sent["seq"])
            phone.reaches(sent["seq"])
        server.kill()
        server.start()
        laptop.connect()
        phone.connect()
    everything(phone, sent["conversation"], 12)
    with pytest.raises(Late):
        phone.listen(lambda: phone.position != 12, timeout=0.2)
