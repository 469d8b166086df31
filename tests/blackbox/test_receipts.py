"""Where the others of a conversation are, and who is writing: what `look` tells, who hears of it, and who does not."""

import time

import pytest

from kith import new_id, refused
from test_changes import group
from wire import WAIT_S

LIVE = pytest.mark.over("ws", "sse")
EVERYWHERE = pytest.mark.over()


class Looker:
    """Asks where others are, and judges that nobody ever moves back."""

    def __init__(self, device, where):
        self.device, self.where, self.last = device, where, {}

    def judge(self, receipts):
        assert receipts.get("conversation", self.where) == self.where
        for item in receipts.get("items", []):
            now = (item.get("delivered", 0), item.get("read", 0))
            before = self.last.get(item["user"], (0, 0))
            assert item["user"] != self.device.user and now[0] >= now[1] and any(now), item
            assert now[0] >= before[0] and now[1] >= before[1], f"{item['user']} was at {before} and is at {now}"
            self.last[item["user"]] = now
        return receipts

    def look(self):
        return self.judge(self.device.ask(look={"conversation": self.where}))

    def until(self, other, wanted, meanwhile=None):
        """Looks until the other has read so far, and got at least so much. A mark is known about a second after it moved."""
        deadline = time.monotonic() + WAIT_S
        while self.last.get(other.user, (0, 0))[0] < wanted[0] or self.last[other.user][1] != wanted[1]:
            assert time.monotonic() < deadline, f"{other} is at {self.last.get(other.user)}, not {wanted}"
            if meanwhile:
                meanwhile()
            time.sleep(0.2)
            self.look()

    def pushes(self, seconds):
        """→ what comes live in this time, judged, with when it came."""
        heard, found, end = len(self.device.everything), [], time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                self.device.listen(lambda: len(self.device.everything) > heard, max(0.01, end - time.monotonic()))
            except Exception as late:
                assert type(late).__name__ == "Late", late
            found += [(time.monotonic(), frame) for frame in self.device.everything[heard:] if "receipts" in frame or "typing" in frame]
            heard = len(self.device.everything)
        for _, frame in found:
            assert "re" not in frame
            if "receipts" in frame:
                self.judge(frame["receipts"])
        return found


def talk(server, count=5, names=("alice", "bob")):
    """→ two devices and a conversation with messages of the first, which the second has."""
    one, other = (user.online() for user in server.users(*names))
    for number in range(count):
        where = one.send(other, f"{number}", base=number)["conversation"]
    other.wait_for(where, count)
    # Messages may share a step, and the last may not have been the last to come.
    other.listen(lambda: all(seq in other.entries[where] for seq in range(1, count + 1)))
    return one, other, where


@EVERYWHERE
def test_what_is_confirmed_is_delivered_and_what_is_read_is_read(server):
    alice, bob, where = talk(server)
    looker = Looker(alice, where)
    looker.until(bob, (5, 0), bob.link.confirm)
    assert looker.look()["presence"]["user"] == bob.user
    bob.ask(read={"conversation": where, "seq": 3})
    looker.until(bob, (5, 3))
    bob.ask(read={"conversation": where, "seq": 1})
    bob.ask(read={"conversation": where, "seq": 5})
    looker.until(bob, (5, 5))


@EVERYWHERE
def test_a_read_mark_is_a_delivery_too_and_own_messages_are_neither(server):
    alice, bob, where = talk(server)
    bob.send(where, "answer", base=5)
    back, looker = Looker(bob, where), Looker(alice, where)
    alice.wait_for(where, 6)
    assert "items" not in back.look() or back.last == {}, "alice sent five, and confirmed none"
    bob.ask(read={"conversation": where, "seq": 4})
    looker.until(bob, (4, 4))


@LIVE
def test_marks_come_live_and_together(server):
    """Thirty marks in a row are a few pushes, and the last of them is the last that is told."""
    alice, bob, where = talk(server, 40)
    looker = Looker(alice, where)
    looker.look()
    alice.settle()
    began = time.monotonic()
    for seq in range(1, 41):
        bob.ask(read={"conversation": where, "seq": seq})
        if seq % 10 == 0:
            time.sleep(0.4)
    pushes = looker.pushes(3)
    assert looker.last[bob.user][1] == 40, "nothing is kept back for good"
    assert 1 <= len(pushes) <= 2 * (time.monotonic() - began) + 1, "at most twice a second"


@LIVE
def test_who_looks_elsewhere_hears_nothing(server):
    alice, bob, where = talk(server)
    looker = Looker(alice, where)
    for elsewhere in ({}, {"conversation": alice.ask(open={"with": server.user("carol").id})["conversation"]}):
        looker.look()
        alice.ask(look=elsewhere)
        bob.ask(read={"conversation": where, "seq": 1 + len(elsewhere)})
        bob.ask(typing={"conversation": where})
        assert looker.pushes(2) == []
    alice.again()
    bob.ask(read={"conversation": where, "seq": 4})
    assert looker.pushes(2) == [], "a new connection looks at nothing"


@EVERYWHERE
def test_who_went_neither_shows_nor_sees(server, transport):
    alice, bob, carol = (user.online() for user in server.users("alice", "bob", "carol"))
    where = group(alice, bob, carol)
    looker, gone = Looker(alice, where), Looker(bob, where)
    for device in (bob, carol):
        device.ask(read={"conversation": where, "seq": 1})
        looker.until(device, (1, 1))
    gone.look()
    assert set(looker.last) == {bob.user, carol.user} and "presence" not in looker.look()
    bob.settle()
    alice.ask(removeMember={"conversation": where, "user": bob.user})
    bob.wait_for(where, 2)
    assert {item["user"] for item in looker.look()["items"]} == {carol.user}
    assert "items" not in bob.ask(look={"conversation": where})
    with refused("forbidden"):
        bob.ask(typing={"conversation": where})
    alice.send(where, "without bob")
    carol.wait_for(where, 3)
    carol.ask(read={"conversation": where, "seq": 3})
    looker.until(carol, (3, 3))
    if transport in ("ws", "sse"):
        assert gone.pushes(1.5) == []
    bob.ask(read={"conversation": where, "seq": 2})
    time.sleep(1.5)
    assert {item["user"] for item in looker.look()["items"]} == {carol.user}, "what they read since is theirs alone"


@EVERYWHERE
def test_the_blocked_neither_show_nor_see(server, transport):
    alice, bob, where = talk(server)
    looker = Looker(alice, where)
    bob.ask(read={"conversation": where, "seq": 2})
    looker.until(bob, (2, 2))
    alice.settle()
    bob.ask(block={"user": alice.user, "blocked": True})
    for device in (alice, bob):
        receipts = device.ask(look={"conversation": where})
        assert "items" not in receipts and "presence" not in receipts
        with refused("refused"):
            device.ask(typing={"conversation": where})
    bob.ask(read={"conversation": where, "seq": 5})
    if transport in ("ws", "sse"):
        assert looker.pushes(2) == []
    assert "items" not in alice.ask(look={"conversation": where})
    bob.ask(block={"user": alice.user, "blocked": False})
    looker.until(bob, (5, 5))


@EVERYWHERE
def test_who_hides_what_they_read_sees_nobody_s(server):
    alice, bob, where = talk(server)
    looker, back = Looker(alice, where), Looker(bob, where)
    alice.wait_for(where, 5)
    alice.ask(read={"conversation": where, "seq": 5})
    bob.ask(read={"conversation": where, "seq": 2})
    looker.until(bob, (2, 2))
    back.until(alice, (5, 5))
    bob.ask(prefer={"readMarks": False})
    bob.ask(read={"conversation": where, "seq": 4})
    alice.send(where, "more", base=5)
    bob.wait_for(where, 6)
    bob.ask(read={"conversation": where, "seq": 6})
    for _ in range(3):
        for device in (alice, bob):
            items = device.ask(look={"conversation": where}).get("items", [])
            assert not [item for item in items if "read" in item], f"{device} sees {items}"
        time.sleep(1)
    bob.ask(prefer={"readMarks": True})
    looker.until(bob, (6, 6))
    back.until(alice, (5, 5))


@pytest.mark.over("ws", "poll")
def test_what_was_shown_outlives_a_kill(new_server):
    server = new_server()
    alice, bob, where = talk(server)
    looker = Looker(alice, where)
    bob.ask(read={"conversation": where, "seq": 3})
    looker.until(bob, (3, 3))
    bob.ask(read={"conversation": where, "seq": 4})
    server.kill()
    server.start()
    for device in (alice, bob):
        device.connect()
    looker.look()
    looker.until(bob, (4, 4))


@LIVE
def test_who_writes_is_told_to_those_who_look(server):
    alice, bob, carol = (user.online() for user in server.users("alice", "bob", "carol"))
    where = group(alice, bob, carol)
    looker, idle = Looker(alice, where), Looker(carol, where)
    looker.look()
    writer = Looker(bob, where)
    writer.look()
    assert bob.ask(typing={"conversation": where}) == {}
    (_, push), = looker.pushes(1)
    assert push == {"typing": {"conversation": where, "user": bob.user}}
    assert bob.ask(typing={"conversation": where, "stopped": True}) == {}
    (_, push), = looker.pushes(1)
    assert push == {"typing": {"conversation": where, "user": bob.user, "stopped": True}}
    time.sleep(2)
    for _ in range(10):
        bob.ask(typing={"conversation": where})
    assert len(looker.pushes(1)) == 1, "more than one in 2 s is dropped"
    assert writer.pushes(0.3) == [] and idle.pushes(0.1) == []
    carol.ask(leave={"conversation": where})
    with refused("forbidden"):
        carol.ask(typing={"conversation": where})
    alice.ask(updateGroup={"conversation": where, "permissions": {"send": "admin"}})
    with refused("forbidden"):
        bob.ask(typing={"conversation": where})


@LIVE
def test_neither_marks_nor_typing_above_250_members(server):
    owner = server.user("owner").online()
    users = [server.user("m") for _ in range(250)]
    where = owner.ask(createGroup={"clientId": new_id(), "title": "Many", "members": [user.id for user in users]})["conversation"]
    member = users[0].online()
    member.sees(where, 1)
    looker = Looker(owner, where)
    assert "items" not in looker.look()
    member.ask(read={"conversation": where, "seq": 1})
    member.ask(typing={"conversation": where})
    assert looker.pushes(2) == [] and "items" not in looker.look()
