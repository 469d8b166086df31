"""Editing, deleting and reacting: who may, what everybody sees then, and what is left of a deleted text (nothing)."""

import json
import threading

import pytest

from kith import PROTO, Device, message, new_id, refused
from wire import Late

pytestmark = pytest.mark.over()

SECRET, SECRETS = "melon-7741", ("melon-7741", "papaya-7742", "quince-7743")


def pair(server):
    """Alice's laptop on JSON and bob's phone on the binary form, and a conversation with alice's message "one" and bob's "two"."""
    alice, bob = server.users("alice", "bob")
    laptop, phone = alice.online("laptop"), bob.online("phone", protocols=PROTO)
    where = laptop.send(phone, "one")["conversation"]
    phone.send(where, "two", base=1)
    laptop.wait_for(where, 2)
    phone.wait_for(where, 2)
    return laptop, phone, where


def group(owner, *others, title="Climbing", **more):
    """→ the id of a group of which these devices' users are members; all have heard of it."""
    made = owner.ask(createGroup={"clientId": new_id(), "title": title, "members": [device.user for device in others], **more})
    for device in (owner, *others):
        device.wait_for(made["conversation"], 1)
    return made["conversation"]


def found(text, *things):
    """Where the text is in what a device heard or in answers."""
    return [part for part in (json.dumps(thing, ensure_ascii=False) for thing in things) if text in part]


def answers(device, where):
    """All ways to read what a conversation says."""
    log = [device.history(where, after=0, limit=200)[1], device.history(where, before=1000, limit=200)[1]]
    for seq in range(1, log[0].get("head", 0) + 1):
        log += [device.history(where, after=seq - 1, limit=1)[1], device.history(where, before=seq + 1, limit=1)[1]]
    return log + device.listed(limit=100)


def afresh(device, name="old", **position):
    """Another device of the user, with a position of old: what it is told."""
    other = Device(device.server, device.user, name, device.server.post(f"/v1/auth/users/{device.user}/tokens", device.server.admin,
                                                                        device=name).json["token"])
    other.cursor, other.useq, other.position = position.get("cursor"), position.get("useq", 0), position.get("at")
    other.connect()
    return other


def start_of(device):
    """The cursor at which the device began, with nothing in the inbox."""
    return next(frame["resync"]["cursor"] for frame in device.everything if "resync" in frame)


# ---- edits


def test_an_edit_is_seen_on_every_path(server):
    laptop, phone, where = pair(server)
    before = phone.message(where, 1)
    done = laptop.change("edit", where, 1, text="one, edited")
    assert done["conversation"] == where and done["seq"] == 3 and done["time"] >= before["time"]
    for device in (laptop, phone):
        device.wait_for(where, 3)
        edited = {"conversation": where, "seq": 3, "from": laptop.user, "time": done["time"], "target": 1, "text": "one, edited"}
        assert device.entries[where][3] == edited
        now = {**before, "text": "one, edited", "edits": [{"seq": 3, "time": done["time"]}], "version": 3}
        assert device.message(where, 1) == now == device.entries[where][1]
        assert [kind for kind, _ in device.whole_log(where)] == ["message", "message", "edited"]
        device.agrees(where)
        device.sees(where, 3)
        assert device.item(where)["last"]["message"]["text"] == "two"
    phone.change("edit", where, 2, text="two, edited")
    laptop.sees(where, 4)
    assert laptop.item(where)["last"]["message"]["text"] == "two, edited"


def test_an_old_cursor_gets_the_new_text_and_the_edit(server):
    laptop, phone, where = pair(server)
    laptop.change("edit", where, 1, text="edited")
    phone.wait_for(where, 3)
    old = afresh(phone, cursor=start_of(phone), at=0)
    entries = old.pages()[0]["changes"][0]["entries"]
    assert entries[0]["message"]["text"] == "edited" and entries[2]["edited"]["text"] == "edited"
    old.agrees(where)


def test_a_device_that_was_away_makes_the_same_of_it(server):
    """Edits, reactions and a deletion while bob's phone is off: its stored messages become what the history says."""
    laptop, phone, where = pair(server)
    phone.cut()
    for number in range(3):
        laptop.change("edit", where, 1, text=f"edit {number}")
    laptop.change("react", where, 2, emoji="👍")
    laptop.change("react", where, 2, emoji="🎉")
    laptop.change("react", where, 2, emoji="👍", remove=True)
    laptop.send(where, "three", base=2)
    laptop.change("delete", where, 9)
    phone.connect()
    phone.wait_for(where, 10)
    assert phone.entries[where][1]["text"] == "edit 2" and [edit["seq"] for edit in phone.entries[where][1]["edits"]] == [3, 4, 5]
    assert phone.entries[where][2]["reactions"] == [{"emoji": "🎉", "users": [laptop.user]}]
    assert phone.entries[where][9]["deleted"] == 10 and "text" not in phone.entries[where][9]
    phone.agrees(where)


def test_of_two_edits_at_once_the_higher_seq_counts(server):
    alice, bob = server.users("alice", "bob")
    laptop, tablet, phone = alice.online("laptop"), alice.online("tablet", protocols=PROTO), bob.online()
    where = laptop.send(bob, "0")["conversation"]
    waiting = [(device, device.say(edit={"conversation": where, "seq": 1, "text": f"{device.name} {number}"}))
               for number in range(20) for device in (laptop, tablet)]
    seqs = [device.answer(number)["seq"] for device, number in waiting]
    assert sorted(seqs) == list(range(2, 42))
    for device in (laptop, tablet, phone):
        device.wait_for(where, 41)
        assert device.message(where, 1)["text"] == device.entries[where][41]["text"] == device.entries[where][1]["text"]
        device.agrees(where)
    own = [seq for seq, (device, _) in zip(seqs, waiting) if device is laptop]
    assert own == sorted(own), "changes of one connection take effect in the order sent"


def test_who_may_edit(server):
    laptop, phone, where = pair(server)
    stranger = server.user("eve").online()
    with refused("forbidden"):
        phone.change("edit", where, 1, text="not mine")
    with refused("not_found"):
        stranger.change("edit", where, 1, text="not mine")
    laptop.change("edit", where, 1, text="edited")
    laptop.change("react", where, 1, emoji="👍")
    for seq in (0, 3, 4, 5, 1000, 2**53):
        for what, more in (("edit", {"text": "no"}), ("delete", {}), ("react", {"emoji": "👍"})):
            with refused("not_found"):
                laptop.change(what, where, seq, **more)
    for nowhere in ("", "d_", "d_" + "0" * 35, "g_" + "0" * 35, "x" * 1000):
        with refused("not_found"):
            laptop.change("edit", nowhere, 1, text="no")
    assert laptop.history(where)[1]["head"] == 4


def test_the_same_text_changes_nothing(server):
    laptop, phone, where = pair(server)
    assert laptop.change("edit", where, 1, text="one") == {"conversation": where}
    first = laptop.change("edit", where, 1, text="new")
    assert "seq" in first and "seq" not in laptop.change("edit", where, 1, text="new")
    assert laptop.change("edit", where, 1, text="one")["seq"] == 4
    assert [edit["seq"] for edit in laptop.message(where, 1)["edits"]] == [3, 4]


def test_texts_of_edits(server):
    laptop, phone, where = pair(server)
    with refused("invalid_argument"):
        laptop.change("edit", where, 1, text="")
    for text in ("x" * 8193, "ä" * 4097):
        with refused("too_large"):
            laptop.change("edit", where, 1, text=text)
    for text in ("ä€😀", "a\u0000b", "\r\n\t", "x" * 8192, "😀" * 2048):
        seq = laptop.change("edit", where, 1, text=text)["seq"]
        assert phone.wait_for(where, seq) == text == phone.message(where, 1)["text"] == laptop.message(where, 1)["text"]


def hundred_edits(laptop, where):
    numbers = [laptop.say(edit={"conversation": where, "seq": 1, "text": f"edit {number}"}) for number in range(100)]
    return [laptop.answer(number)["seq"] for number in numbers]


def test_a_message_can_be_edited_100_times(server):
    laptop, phone, where = pair(server)
    assert hundred_edits(laptop, where) == list(range(3, 103))
    with refused("limit_reached"):
        laptop.change("edit", where, 1, text="one too many")
    phone.wait_for(where, 102)
    now = phone.message(where, 1)
    assert now["text"] == "edit 99" and [edit["seq"] for edit in now["edits"]] == list(range(3, 103))
    phone.agrees(where)
    assert laptop.change("delete", where, 1)["seq"] == 103
    assert not found("edit 9", *answers(laptop, where)[:2])


def test_a_repeat_of_the_hundredth_edit_changes_nothing(server):
    laptop, phone, where = pair(server)
    hundred_edits(laptop, where)
    assert "seq" not in laptop.change("edit", where, 1, text="edit 99")


def test_the_caption_of_an_attachment_can_be_taken_away(server):
    laptop, phone, where = pair(server)
    laptop.send(where, "caption", attachments=[{"url": "https://files.example/a.png"}])
    assert "seq" in laptop.change("edit", where, 3, text="")


def test_an_edit_keeps_what_is_beside_the_text(server):
    laptop, phone, where = pair(server)
    more = {"replyTo": 1, "mentions": [phone.user], "attachments": [{"url": "https://files.example/a.png", "size": 7}], "kind": "x",
            "data": "{}"}
    laptop.send(where, "", **more)
    laptop.change("edit", where, 3, text="a caption")
    now = phone.message(where, 3)
    assert now["text"] == "a caption" and {name: now[name] for name in more} == more


# ---- deletions


def test_nothing_is_left_of_a_deleted_message(server):
    """The text and those of its edits are in no answer to anybody on any path, whatever the cursor; devices that had them drop them."""
    laptop, phone, where = pair(server)
    body = message(phone, SECRETS[0], base=2, mentions=[phone.user], kind="melon-kind", data='{"melon":1}', replyTo=1,
                   attachments=[{"url": "https://melon.example/melon.png", "name": "melon.png"}])
    seq = laptop.ask(send=body)["seq"]
    laptop.change("edit", where, seq, text=SECRETS[1])
    laptop.change("edit", where, seq, text=SECRETS[2])
    phone.change("react", where, seq, emoji="🍉")
    for device in (laptop, phone):
        device.wait_for(where, 6)
    away = afresh(phone, "away")
    away.cut()
    before = phone.message(where, seq)
    assert before["text"] == SECRETS[2] and found("melon", *answers(phone, where))
    done = laptop.change("delete", where, seq)
    heard = {device: len(device.everything) for device in (laptop, phone)}
    for device in (laptop, phone):
        device.wait_for(where, done["seq"])
        assert device.entries[where][seq] == {**{name: before[name] for name in ("conversation", "seq", "from", "time", "n", "clientId")},
                                              "deleted": done["seq"], "version": done["seq"]}
        entry = {"conversation": where, "seq": 7, "from": laptop.user, "time": done["time"], "target": 3}
        assert done["seq"] == 7 and device.entries[where][7] == entry
        assert not found("melon", device.entries[where])
        log = answers(device, where)
        assert all(not found(secret, *log) for secret in (*SECRETS, "melon", "🍉👍")), found("melon", *log)
        assert device.item(where)["last"]["message"]["deleted"] == 7
        device.agrees(where)
    away.connect()
    old = [afresh(phone, "old", cursor=start_of(phone), at=0), afresh(laptop, "old", cursor=start_of(laptop), at=0), away]
    later = [frame for device in (laptop, phone) for frame in device.everything[heard[device]:]]
    for secret in (*SECRETS, "melon"):
        assert not found(secret, *later, *[frame for device in old for frame in device.heard])
    assert [body.get("target") for kind, body in laptop.whole_log(where) if kind == "edited"] == [3, 3], "the edits keep their numbers"
    for device in old:
        device.agrees(where)


def test_deleting_again_and_what_can_no_longer_be_done(server):
    laptop, phone, where = pair(server)
    done = laptop.change("delete", where, 1)
    assert laptop.change("delete", where, 1) == {"conversation": where, "seq": 3}
    with refused("deleted"):
        laptop.change("edit", where, 1, text="back")
    with refused("deleted"):
        laptop.change("edit", where, 1, text="one")
    for device in (laptop, phone):
        for remove in (False, True):
            with refused("deleted"):
                device.change("react", where, 1, emoji="👍", remove=remove)
    assert laptop.history(where)[1]["head"] == 3 == done["seq"]


def test_who_may_delete_in_a_direct_conversation(server):
    laptop, phone, where = pair(server)
    stranger = server.user("eve").online()
    with refused("forbidden"):
        phone.change("delete", where, 1)
    with refused("not_found"):
        stranger.change("delete", where, 1)
    assert phone.message(where, 1)["text"] == "one"


def test_a_reply_to_a_deleted_message(server):
    laptop, phone, where = pair(server)
    assert phone.send(where, "early reply", replyTo=1)["seq"] == 3
    laptop.change("delete", where, 1)
    assert phone.send(where, "late reply", replyTo=1)["seq"] == 5
    assert [phone.message(where, seq)["replyTo"] for seq in (3, 5)] == [1, 1]


def test_a_deleted_message_stays_countable(server):
    laptop, phone, where = pair(server)
    for number in range(3):
        laptop.send(where, f"{number}", base=2)
    phone.sees(where, 5)
    assert phone.item(where)["unread"] == 3
    laptop.change("delete", where, 4)
    laptop.change("edit", where, 5, text="edited")
    laptop.change("react", where, 5, emoji="👍")
    phone.sees(where, 8)
    assert phone.item(where)["unread"] == 3 and phone.message(where, 4)["n"] == 4
    phone.ask(read={"conversation": where, "seq": 7})
    phone.listen(lambda: phone.reads.get(where) == 7)
    assert "unread" not in phone.item(where) and phone.item(where)["read"] == 7
    assert laptop.send(where, "next", base=8)["seq"] == 9 and phone.message(where, 9)["n"] == 6


def test_edit_and_delete_at_once_end_deleted(server):
    alice, bob = server.users("alice", "bob")
    laptop, tablet, phone = alice.online("laptop"), alice.online("tablet", protocols=PROTO), bob.online()
    where = laptop.send(bob, SECRET)["conversation"]
    for seq in range(1, 11):
        target = laptop.send(where, SECRET, base=0)["seq"] if seq > 1 else 1
        edits = [laptop.say(edit={"conversation": where, "seq": target, "text": f"{SECRET} {number}"}) for number in range(5)]
        delete = tablet.say(delete={"conversation": where, "seq": target})
        more = [tablet.say(delete={"conversation": where, "seq": target}) for _ in range(2)]
        by = tablet.answer(delete)["seq"]
        assert [tablet.answer(number)["seq"] for number in more] == [by, by]
        for number in edits:
            laptop.listen(lambda: any(frame.get("re") == number for frame in laptop.heard))
    head = laptop.history(where)[1]["head"]
    phone.wait_for(where, head)
    phone.agrees(where)
    assert not found(SECRET, phone.entries[where], *answers(laptop, where)[:2])
    codes = {frame["error"]["code"] for frame in laptop.everything if "error" in frame}
    assert codes <= {"deleted"}


def test_a_deletion_while_the_reader_is_behind(server):
    """Bob's phone takes nothing while 3 MB wait for it and are deleted. Of what comes then only the network's buffers hold a text still."""
    alice, bob = server.users("alice", "bob")
    laptop, phone = alice.online(), bob.online("phone", receive_buffer=4096)
    where = laptop.send(bob, "0")["conversation"]
    for begin in range(0, 400, 50):
        for number in [laptop.send_later(where, f"{SECRET} {count:x<8100}") for count in range(begin, begin + 50)]:
            laptop.answer(number)
    for begin in range(2, 402, 100):
        for number in [laptop.say(delete={"conversation": where, "seq": seq}) for seq in range(begin, begin + 100)]:
            laptop.answer(number)
    phone.listen(lambda: 801 in phone.entries[where], timeout=30)
    assert phone.pages(), "it fell behind"
    phone.fill(where)
    phone.agrees(where)
    assert not found(SECRET, phone.entries[where], phone.whole_log(where))


def with_answer(device, number):
    """Listens until there is one; it may be a refusal."""
    device.listen(lambda: any(frame.get("re") == number for frame in device.heard))


# ---- reactions


def test_reactions_of_both_and_taking_them_back(server):
    laptop, phone, where = pair(server)
    first = laptop.change("react", where, 1, emoji="👍")
    assert first["seq"] == 3
    assert "seq" not in laptop.change("react", where, 1, emoji="👍"), "one of a user and emoji"
    phone.change("react", where, 1, emoji="👍")
    phone.change("react", where, 1, emoji="❤️")
    for device in (laptop, phone):
        device.wait_for(where, 5)
        thumbs, heart = {"emoji": "👍", "users": [laptop.user, phone.user]}, {"emoji": "❤️", "users": [phone.user]}
        assert device.message(where, 1)["reactions"] == [thumbs, heart]
        entry = {"conversation": where, "seq": 3, "from": laptop.user, "time": first["time"], "target": 1, "emoji": "👍"}
        assert device.entries[where][3] == entry
        device.agrees(where)
    taken = laptop.change("react", where, 1, emoji="👍", remove=True)
    assert "seq" not in laptop.change("react", where, 1, emoji="👍", remove=True)
    assert "seq" not in laptop.change("react", where, 1, emoji="never", remove=True)
    phone.wait_for(where, taken["seq"])
    assert phone.entries[where][taken["seq"]]["removed"] is True
    phone.change("react", where, 1, emoji="👍", remove=True)
    laptop.wait_for(where, 7)
    assert laptop.message(where, 1)["reactions"] == [{"emoji": "❤️", "users": [phone.user]}]
    laptop.agrees(where)
    assert laptop.history(where)[1]["head"] == 7


def test_twenty_emoji_and_no_more(server):
    laptop, phone, where = pair(server)
    for number in range(20):
        (laptop, phone)[number % 2].change("react", where, 1, emoji=chr(0x1F600 + number))
    with refused("limit_reached"):
        laptop.change("react", where, 1, emoji="👍")
    assert "seq" in laptop.change("react", where, 1, emoji=chr(0x1F601)), "one that is there already has room"
    phone.change("react", where, 1, emoji=chr(0x1F603), remove=True)
    assert "seq" in laptop.change("react", where, 1, emoji="👍")
    assert len(laptop.message(where, 1)["reactions"]) == 20


def test_what_is_an_emoji(server):
    laptop, phone, where = pair(server)
    with refused("invalid_argument", "not_found"):  # Of a path nothing is left.
        laptop.change("react", where, 1, emoji="")
    for bad in ("x" * 33, "ä" * 17, "a\nb", "\u0000", "\u007f"):
        with refused("invalid_argument"):
            laptop.change("react", where, 1, emoji=bad)
    for good in ("👩‍👩‍👧‍👦", "+1", "x" * 32, "🇩🇪"):
        assert "seq" in laptop.change("react", where, 1, emoji=good)
    assert [one["emoji"] for one in phone.message(where, 1)["reactions"]] == ["👩‍👩‍👧‍👦", "+1", "x" * 32, "🇩🇪"]


def test_reactions_of_many_at_once(server):
    """Each is there once, in one order for all."""
    owner = server.user("owner").online()
    others = [server.user("m").online(protocols=PROTO) for _ in range(10)]
    where = group(owner, *others)
    target = owner.send(where, "vote")["seq"]
    for device in others:
        device.wait_for(where, target)
    waiting = [(device, device.say(react={"conversation": where, "seq": target, "emoji": emoji}))
               for emoji in "👍🎉👀" for device in others]
    assert sorted(device.answer(number)["seq"] for device, number in waiting) == list(range(target + 1, target + 31))
    now = owner.message(where, target)["reactions"]
    assert len(now) == 3 and all(sorted(one["users"]) == sorted(device.user for device in others) for one in now)
    for device in (owner, others[7]):
        device.wait_for(where, target + 30)
        device.agrees(where)


# ---- blocks, repeats, restarts


def test_blocked_ones_cannot_edit_or_react_but_delete(server):
    laptop, phone, where = pair(server)
    phone.change("react", where, 1, emoji="👍")
    phone.ask(block={"user": laptop.user, "blocked": True})
    for device, own, other in ((laptop, 1, 2), (phone, 2, 1)):
        with refused("refused"):
            device.change("edit", where, own, text="edited")
        with refused("refused"):
            device.change("react", where, other, emoji="🎉")
        with refused("refused"):
            device.change("react", where, 1, emoji="👍", remove=True)
    assert "seq" in laptop.change("delete", where, 1) and "seq" in phone.change("delete", where, 2)


def test_a_repeated_send_after_an_edit_or_a_deletion(server):
    laptop, phone, where = pair(server)
    edited, deleted = message(phone, "first", base=2), message(phone, SECRET, base=2)
    answers_ = {name: laptop.ask(send=body) for name, body in (("edited", edited), ("deleted", deleted))}
    laptop.change("edit", where, 3, text="second")
    laptop.change("delete", where, 4)
    for name, body in (("edited", edited), ("deleted", deleted)):
        for again in (body, {**body, "text": "whatever"}):
            reply = laptop.ask(send=again)
            assert reply["repeated"] and (reply["seq"], reply["time"]) == (answers_[name]["seq"], answers_[name]["time"])
    assert laptop.message(where, 3)["text"] == "second" and "text" not in laptop.message(where, 4)
    assert laptop.history(where)[1]["head"] == 6 and not found(SECRET, *answers(phone, where))


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_changes_outlive_the_server(new_server, end):
    """What was acked is so after a restart; what was on its way is so or not, but never half."""
    server = new_server()
    laptop, phone, where = pair(server)
    kept = message(phone, SECRETS[0], base=2)
    laptop.ask(send=kept)
    laptop.change("edit", where, 3, text=SECRETS[1])
    laptop.change("edit", where, 1, text="edited")
    phone.change("react", where, 1, emoji="👍")
    laptop.change("delete", where, 3)
    cursor = start_of(phone)
    head = laptop.history(where)[1]["head"]
    phone.wait_for(where, head)
    waiting = [laptop.say(edit={"conversation": where, "seq": 1, "text": f"on its way {number}"}) for number in range(30)]
    laptop.answer(waiting[0])
    getattr(server, end)()
    server.start()
    for device in (laptop, phone):
        device.connect()
    laptop.wait_for(where, head + 1)
    log = laptop.whole_log(where)
    head = log[-1][1]["seq"]
    for device in (laptop, phone):
        device.wait_for(where, head)
    now = laptop.message(where, 1)
    assert now["text"] == log[-1][1]["text"] and now["reactions"] == [{"emoji": "👍", "users": [phone.user]}]
    assert [edit["seq"] for edit in now["edits"]] == [body["seq"] for kind, body in log if kind == "edited" and body["target"] == 1]
    old = afresh(phone, cursor=cursor, at=0)
    for device in (laptop, phone, old):
        device.agrees(where)
        for secret in SECRETS:
            assert not found(secret, device.entries[where], *answers(device, where)[:2])
    assert laptop.change("delete", where, 3)["seq"] == 7
    assert laptop.ask(send=kept)["repeated"], "an id stays known, whatever became of the message"
    with refused("deleted"):
        laptop.change("edit", where, 3, text="back")


def test_deletions_in_flight_at_a_kill_are_whole_or_not(new_server):
    server = new_server()
    laptop, phone, where = pair(server)
    for begin in range(0, 100, 50):
        for number in [laptop.send_later(where, f"{SECRET} {count}") for count in range(begin, begin + 50)]:
            laptop.answer(number)
    for number in [laptop.say(edit={"conversation": where, "seq": seq, "text": f"{SECRET} edited"}) for seq in range(3, 103)]:
        laptop.answer(number)
    waiting = {laptop.say(delete={"conversation": where, "seq": seq}): seq for seq in range(3, 103)}
    laptop.answer(list(waiting)[10])
    server.kill()
    acked = {waiting[frame["re"]] for frame in laptop.heard if frame.get("re") in waiting and "changed" in frame}
    server.start()
    laptop.connect()
    phone.connect()
    log = laptop.whole_log(where)
    gone = {body["seq"] for kind, body in log if kind == "message" and "deleted" in body}
    assert acked <= gone == {body["target"] for kind, body in log if kind == "deleted"}
    for kind, body in log:
        if kind == "message" and body["seq"] in gone or kind == "edited" and body["target"] in gone:
            assert "text" not in body, body
    phone.wait_for(where, log[-1][1]["seq"])
    phone.agrees(where)


def test_changes_and_sends_of_many_devices_leave_one_truth(server):
    """Four devices of two users send, edit, delete and react at random; all end with what the history says."""
    alice, bob = server.users("alice", "bob")
    devices = [user.online(name, protocols=form) for user, name, form in ((alice, "a", PROTO), (alice, "b", ("kith.v1.json",)),
                                                                         (bob, "c", PROTO), (bob, "d", ("kith.v1.json",)))]
    where = devices[0].send(bob, "0")["conversation"]
    for number in range(9):
        devices[number % 4].send(where, f"{number}", base=0)

    def act(device, turn):
        for step in range(30):
            seq = 1 + (step * 7 + turn) % 10
            command = (("edit", {"text": f"{turn} {step}"}), ("react", {"emoji": "👍🎉"[step % 2], "remove": step % 3 == 0}),
                       ("react", {"emoji": "❤️"}), ("delete", {}))[3 if step % 13 == 12 else (step + turn) % 3]
            number = device.say(**{command[0]: {"conversation": where, "seq": seq, **command[1]}})
            with_answer(device, number)

    threads = [threading.Thread(target=act, args=(device, turn)) for turn, device in enumerate(devices)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    head = devices[0].history(where)[1]["head"]
    assert head > 60
    for device in devices:
        device.wait_for(where, head)
        device.agrees(where)
    assert {frame["error"]["code"] for device in devices for frame in device.everything if "error" in frame} <= {"forbidden", "deleted"}


def test_a_stranger_hears_nothing_of_changes(server):
    laptop, phone, where = pair(server)
    stranger = server.user("eve").online()
    laptop.change("edit", where, 1, text=SECRET)
    laptop.change("react", where, 1, emoji="👍")
    with pytest.raises(Late):
        stranger.listen(lambda: stranger.events(), timeout=0.3)
    assert stranger.listed() == []
