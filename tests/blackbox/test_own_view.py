"""What a user does to their own view of a conversation: clearing, hiding, settings, and the counts that go with them."""

import time

import pytest

from kith import new_id, nothing_but, refused
from test_changes import afresh, answers, found, group, start_of
from test_inbox import numbered
from test_reading import ten

pytestmark = pytest.mark.over()

SECRET = "melon-7741"


def bodies(device, where, **bounds):
    """→ the seqs that a page of the history holds, and what it says of itself."""
    entries, page = device.history(where, **bounds)
    return [next(iter(entry.values()))["seq"] for entry in entries], page


def when(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + seconds))


def test_what_was_cleared_is_gone_for_one_and_there_for_the_other(server):
    laptop, phone, where = ten(server)
    desk = afresh(phone, "desk", cursor=start_of(phone), at=0)
    assert phone.ask(clear={"conversation": where, "seq": 6}) == {}
    for device in (phone, desk):
        device.listen(lambda: device.cleared[where] == 6)
        assert bodies(device, where)[0] == [7, 8, 9, 10] == sorted(device.entries[where])
        assert bodies(device, where, after=0, limit=2)[0] == [7, 8] and bodies(device, where, before=7)[0] == []
        item = device.item(where)
        assert (item["cleared"], item["unread"], item["head"]) == (6, 4, 10)
    old = afresh(phone, "old", cursor=start_of(phone), at=0)
    assert sorted(old.entries[where]) == [7, 8, 9, 10] and old.cleared[where] == 6
    assert bodies(laptop, where)[0] == list(range(1, 11)) and "cleared" not in laptop.item(where)
    position = phone.position
    for lower in (6, 3, 1):
        assert phone.ask(clear={"conversation": where, "seq": lower}) == {}
    phone.settle()
    phone.reaches(position)
    assert bodies(phone, where)[0] == [7, 8, 9, 10]
    for seq in (0, 11, 2**53):
        with refused("invalid_argument"):
            phone.ask(clear={"conversation": where, "seq": seq})


def test_a_conversation_cleared_to_its_head_stays_in_the_list_and_goes_on(server):
    laptop, phone, where = ten(server)
    phone.ask(clear={"conversation": where, "seq": 10})
    phone.listen(lambda: phone.cleared[where] == 10)
    item = phone.item(where)
    assert "last" not in item and "unread" not in item and item["head"] == 10
    assert bodies(phone, where)[0] == []
    assert laptop.send(where, "11", base=10)["seq"] == 11
    assert phone.wait_for(where, 11) == "11"
    phone.sees(where, 11)
    assert phone.item(where)["unread"] == 1 and phone.item(where)["last"]["message"]["seq"] == 11
    phone.again()
    assert sorted(phone.entries[where]) == [11]


def test_a_hidden_entry_is_gone_on_every_path_of_one_user(server):
    laptop, phone, where = ten(server)
    laptop.send(where, SECRET, base=10)
    laptop.send(where, "after", base=11)
    phone.wait_for(where, 12)
    away = afresh(phone, "away", cursor=start_of(phone), at=0)
    away.cut()
    phone.sees(where, 12)
    unread = phone.item(where)["unread"]
    assert phone.ask(hide={"conversation": where, "seq": 11}) == {}
    phone.listen(lambda: 11 in phone.hidden[where])
    away.connect()
    old = afresh(phone, "old", cursor=start_of(phone), at=0)
    for device in (phone, away, old):
        assert 11 in device.hidden[where] and not found(SECRET, device.entries[where])
        assert not found(SECRET, *answers(device, where))
        assert device.item(where)["unread"] == unread, "hiding is not reading"
    assert not found(SECRET, *old.everything)
    assert laptop.texts(where)[-2:] == [SECRET, "after"]
    laptop.change("edit", where, 11, text=f"{SECRET} again")
    phone.wait_for(where, 13)
    assert phone.history(where, after=10, limit=1)[1].get("entries", []) == [], "it counts for the limit"
    assert 11 not in bodies(phone, where)[0] + bodies(old, where)[0], "an edit does not bring it back"
    assert phone.ask(hide={"conversation": where, "seq": 11}) == {}
    for seq in (0, 14, 2**53):
        with refused("invalid_argument"):
            phone.ask(hide={"conversation": where, "seq": seq})


def test_the_newest_message_hidden(server):
    laptop, phone, where = ten(server)
    phone.ask(hide={"conversation": where, "seq": 10})
    phone.listen(lambda: 10 in phone.hidden[where])
    assert "10" not in str(phone.item(where).get("last", {}).get("message", {}).get("text", ""))
    assert laptop.item(where)["last"]["message"]["text"] == "10"


def test_pages_of_a_history_with_holes_lead_to_its_ends(server):
    laptop, phone, where = ten(server)
    for seq in (2, 3, 4, 5, 8):
        phone.ask(hide={"conversation": where, "seq": seq})
    phone.listen(lambda: len(phone.hidden[where]) == 5)
    seen, after = [], 0
    for _ in range(10):
        seqs, page = bodies(phone, where, after=after, limit=2)
        seen += seqs
        after = max([page.get("to", 0), *seqs])
        if not page.get("more"):
            break
    assert seen == [1, 6, 7, 9, 10]
    seen, before = [], 11
    for _ in range(10):
        seqs, page = bodies(phone, where, before=before, limit=2)
        seen = seqs + seen
        before = page["from"] if "from" in page else seqs[0]
        if not page.get("more"):
            break
    assert seen == [1, 6, 7, 9, 10]


def test_settings_are_the_same_on_all_devices(server):
    laptop, phone, where = ten(server)
    desk = afresh(phone, "desk")
    until = when(3600)
    assert phone.ask(configure={"conversation": where, "pinned": True, "mutedUntil": until}) == {}
    wanted = {"conversation": where, "pinned": True, "mutedUntil": until}
    for device in (phone, desk):
        device.listen(lambda: where in device.settings)
        assert device.settings[where] == wanted and device.item(where)["settings"] == wanted
    desk.ask(configure={"conversation": where, "archived": True})
    phone.listen(lambda: "archived" in phone.settings[where])
    assert phone.settings[where] == {**wanted, "archived": True}
    phone.ask(configure={"conversation": where, "archived": False, "pinned": False, "mutedUntil": when(-10)})
    desk.listen(lambda: "pinned" not in desk.settings[where])
    old = afresh(phone, "old", cursor=start_of(phone), at=0)
    for device in (desk, old):
        assert not set(device.item(where).get("settings", {})) - {"conversation"}
    assert "settings" not in laptop.item(where), "they are the user's own"
    nothing_but([frame for frame in laptop.again() if "page" not in frame], "synced")


def test_the_badge_is_what_is_unread_but_for_the_muted_and_the_archived(server):
    bob = server.user("bob")
    phone = bob.online()
    friends = [user.online() for user in server.users("anna", "carol", "dora")]
    where = []
    for number, friend in enumerate(friends, 1):
        for count in range(number):
            where.append(friend.send(bob, f"{count}")["conversation"])
        phone.wait_for(where[-1], number)
        phone.sees(where[-1], number)
    anna, carol, dora = dict.fromkeys(where)

    def badge():
        return phone.ask(conversations={"limit": 1}).get("badge", 0)

    assert badge() == 6
    phone.ask(configure={"conversation": dora, "mutedUntil": when(3600)})
    phone.ask(configure={"conversation": anna, "archived": True})
    phone.listen(lambda: dora in phone.settings and anna in phone.settings)
    assert badge() == 2
    phone.ask(read={"conversation": carol, "seq": 1})
    phone.listen(lambda: carol in phone.reads)
    assert badge() == 1
    phone.ask(configure={"conversation": dora, "mutedUntil": when(-5)})
    phone.listen(lambda: "mutedUntil" not in phone.settings[dora])
    assert badge() == 4
    phone.ask(clear={"conversation": dora, "seq": 3})
    phone.listen(lambda: phone.cleared[dora] == 3)
    assert badge() == 1


def test_where_one_is_mentioned(server):
    alice, bob = (user.online() for user in server.users("alice", "bob"))
    where = group(alice, bob)
    alice.send(where, "you", base=1, mentions=[bob.user])
    alice.send(where, "all", base=2)
    bob.sees(where, 3)
    assert bob.item(where)["mentioned"] == 2 and "mentioned" not in alice.item(where)
    bob.ask(read={"conversation": where, "seq": 2})
    bob.listen(lambda: bob.reads.get(where) == 2)
    assert "mentioned" not in bob.item(where)


def test_own_views_outlive_a_kill(new_server):
    server = new_server()
    laptop, phone, where = ten(server)
    phone.ask(clear={"conversation": where, "seq": 3})
    phone.ask(hide={"conversation": where, "seq": 8})
    phone.ask(configure={"conversation": where, "pinned": True})
    phone.listen(lambda: where in phone.settings)
    server.kill()
    server.start()
    for device in (laptop, phone):
        device.connect()
    assert bodies(phone, where)[0] == [4, 5, 6, 7, 9, 10] and phone.item(where)["settings"]["pinned"]
    old = afresh(phone, "old", cursor=start_of(phone), at=0)
    assert numbered(old, where) == [4, 5, 6, 7, 9, 10]
    assert laptop.send(where, "11", new_id(), base=10)["seq"] == 11
    assert phone.wait_for(where, 11) == "11"
