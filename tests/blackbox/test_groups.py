"""Groups: who comes and goes, who may do what, what each sees of it, list and unread."""

import pytest

from kith import PROTO, Device, new_id, nothing_but, refused, unique
from test_changes import afresh, answers, found, group, start_of

pytestmark = pytest.mark.over()

DEFAULTS = {"send": "guest", "add": "member", "remove": "admin", "edit": "admin", "moderate": "admin"}


def people(server, *names):
    """Everybody's device, every second one on the binary form."""
    return [user.online(protocols=PROTO if number % 2 else ("kith.v1.json",)) for number, user in enumerate(server.users(*names))]


def add(by, where, *who):
    return by.ask(addMembers={"conversation": where, "users": [one.user for one in who]})


def remove(by, where, who):
    return by.ask(removeMember={"conversation": where, "user": who.user})


def role(by, where, who, name):
    return by.ask(setRole={"conversation": where, "user": who.user, "role": name})


def roles(device, where):
    """→ {user: role} by all pages of two."""
    members, page = {}, None
    while True:
        got = device.ask(members={"conversation": where, "limit": 2, **({"page": page} if page else {})})
        assert len(got["items"]) == 2 or "next" not in got
        for one in got["items"]:
            assert one["user"] not in members
            members[one["user"]] = one["role"]
        page = got.get("next")
        if not page:
            assert list(members) == sorted(members)
            return members


def seqs(device, where, **bounds):
    entries, page = device.history(where, **bounds)
    return [next(iter(entry.values()))["seq"] for entry in entries], page.get("more", False), page.get("head", 0)


# ---- creating


def test_a_group_from_its_creation(server):
    alice, bob, carol = people(server, "alice", "bob", "carol")
    client_id = new_id()
    made = alice.ask(createGroup={"clientId": client_id, "title": "Climbing 🧗", "members": [bob.user, alice.user, carol.user, bob.user]})
    where = made["conversation"]
    assert where.startswith("g_")
    assert made == {"conversation": where, "title": "Climbing 🧗", "permissions": DEFAULTS, "members": 3, "role": "owner", "head": 1}
    for device, own in ((alice, "owner"), (bob, "member"), (carol, "member")):
        device.wait_for(where, 1)
        entry = dict(device.entries[where][1])
        assert entry.pop("time") and entry == {"conversation": where, "seq": 1, "from": alice.user, "what": "created",
                                               "users": [bob.user, carol.user], "title": "Climbing 🧗", "permissions": DEFAULTS}
        assert device.ask(group={"conversation": where}) == {**made, "role": own}
        assert roles(device, where) == {alice.user: "owner", bob.user: "member", carol.user: "member"}
        assert device.item(where) == {"conversation": where, "title": "Climbing 🧗", "head": 1}
    assert all(one["joined"] == 1 for one in alice.ask(members={"conversation": where})["items"])
    sent = bob.send(where, "hi all", base=1)
    assert sent["seq"] == 2 and "presence" not in sent
    for device in (alice, bob, carol):
        assert device.wait_for(where, 2) == "hi all" and device.entries[where][2]["n"] == 1
        device.sees(where, 2)
        assert device.item(where).get("unread", 0) == (device is not bob)
        assert device.item(where)["last"]["message"]["text"] == "hi all"
        device.entries.clear()


def test_creating_again_finds_the_same_group(server):
    alice, bob, carol = people(server, "alice", "bob", "carol")
    wish = {"clientId": new_id(), "title": "Climbing", "members": [bob.user]}
    made = alice.ask(createGroup=wish)
    for again in (wish, {**wish, "title": "Other", "members": [carol.user], "permissions": {"send": "owner"}}, {**wish, "members": []}):
        assert alice.ask(createGroup=again) == made
        alice.again()
    assert alice.ask(createGroup={**wish, "clientId": new_id()})["conversation"] != made["conversation"]
    assert bob.ask(createGroup={**wish, "members": [alice.user]})["conversation"] != made["conversation"], "an id belongs to its user"
    alice.ask(updateGroup={"conversation": made["conversation"], "title": "New"})
    assert alice.ask(createGroup=wish) == {**made, "title": "New", "head": 2}
    alice.ask(leave={"conversation": made["conversation"]})
    assert "role" not in alice.ask(createGroup=wish), "found, and not made anew"
    assert alice.history(made["conversation"])[1]["head"] == 3


def test_creating_twice_at_once_makes_one_group(server):
    alice, bob = people(server, "alice", "bob")
    wish = {"clientId": new_id(), "title": "Climbing", "members": [bob.user]}
    numbers = [alice.say(createGroup=wish) for _ in range(5)]
    made = [alice.answer(number) for number in numbers]
    assert len({one["conversation"] for one in made}) == 1
    assert seqs(bob, made[0]["conversation"])[0] == [1]


def test_a_repeated_creation_is_answered_when_the_group_is_durable(server):
    alice = server.user("alice").online()
    wish = {"clientId": new_id(), "title": "Climbing"}
    numbers = [alice.say(createGroup=wish) for _ in range(5)]
    assert [alice.answer(number).get("head", 0) for number in numbers] == [1] * 5


def test_what_is_wrong_with_a_creation(server):
    alice, bob = people(server, "alice", "bob")
    good = {"clientId": new_id(), "title": "Climbing", "members": [bob.user]}
    for bad in ({"clientId": "x"}, {"clientId": ""}, {"title": ""}, {"title": "x" * 257}, {"title": "ä" * 129}, {"title": "a\nb"},
                {"title": "\u007f"}, {"permissions": {"send": "king"}}, {"permissions": {"moderate": "Owner"}}):
        with refused("invalid_argument"):
            alice.ask(createGroup={**good, **bad})
    for nobody in (unique("nobody"), "a b", "ä", "x" * 65):
        with refused("unknown_user"):
            alice.ask(createGroup={**good, "members": [bob.user, nobody]})
    with refused("limit_reached"):
        alice.ask(createGroup={**good, "members": [f"u{number}" for number in range(251)]})
    assert alice.listed() == bob.listed() == [] and not bob.events()
    assert alice.ask(createGroup={**good, "title": "ä" * 128})["head"] == 1, "a clientId that was refused is not used up"


def test_a_group_of_251_and_its_pages(server):
    users = [server.user("m") for _ in range(252)]
    owner, last = users[0].online(), users[-2].online()
    where = owner.ask(createGroup={"clientId": new_id(), "title": "Many", "members": [user.id for user in users[1:251]]})["conversation"]
    assert owner.ask(group={"conversation": where})["members"] == 251
    with refused("limit_reached"):
        owner.ask(addMembers={"conversation": where, "users": [user.id for user in users[:251]]})
    assert "seq" in owner.ask(addMembers={"conversation": where, "users": [users[-1].id]})
    wanted = sorted(user.id for user in users)
    for limit, size in ((0, 50), (1, 1), (200, 200), (201, 200), (2**31 - 1, 200)):
        page = owner.ask(members={"conversation": where, "limit": limit})
        assert [one["user"] for one in page["items"]] == wanted[:size]
        rest = owner.ask(members={"conversation": where, "limit": 200, "page": page["next"]})
        assert [one["user"] for one in rest["items"]] == wanted[size:size + 200]
    for bad in ("a b", "ä"):
        with refused("invalid_argument"):
            owner.ask(members={"conversation": where, "page": bad})
    sent = owner.send(where, "to all", base=2)
    assert last.wait_for(where, sent["seq"]) == "to all"
    # In the end all have it, once (a device that begins now hears of no more).
    for user in (users[3], users[120], users[251]):
        user.sees(where, 3)
        assert user.online("late").item(where)["unread"] == 1


# ---- coming and going


def test_adding(server):
    alice, bob, carol, dora = people(server, "alice", "bob", "carol", "dora")
    where = group(alice, bob)
    done = add(bob, where, carol, bob, carol, dora)
    for device in (alice, bob, carol, dora):
        device.wait_for(where, done["seq"])
        entry = device.entries[where][done["seq"]]
        assert (entry["what"], entry["from"], entry["users"]) == ("added", bob.user, [carol.user, dora.user])
    assert add(bob, where, carol, alice) == {"conversation": where}
    for nobody in (unique("nobody"), "a b", ""):
        with refused("unknown_user"):
            bob.ask(addMembers={"conversation": where, "users": [server.user("x").id, nobody]})
    with refused("invalid_argument"):
        bob.ask(addMembers={"conversation": where})
    assert alice.ask(group={"conversation": where})["members"] == 4 and alice.history(where)[1]["head"] == 2


def test_who_joins_sees_nothing_from_before_and_has_nothing_unread(server):
    alice, bob, carol = people(server, "alice", "bob", "carol")
    where = group(alice, bob)
    for number in range(5):
        alice.send(where, f"canary {number}")
    add(alice, where, carol)
    carol.wait_for(where, 7)
    assert "unread" not in carol.item(where) and carol.item(where)["head"] == 7 and "last" not in carol.item(where)
    assert seqs(carol, where) == ([7], False, 7) == seqs(carol, where, after=0, limit=1) == seqs(carol, where, before=100)
    assert seqs(carol, where, before=7) == ([], False, 7) and seqs(carol, where, after=7) == ([], False, 7)
    alice.send(where, "welcome")
    carol.wait_for(where, 8)
    carol.sees(where, 8)
    assert carol.item(where)["unread"] == 1 and carol.entries[where][8]["n"] == 6
    for what, more in (("edit", {"text": "x"}), ("delete", {}), ("react", {"emoji": "👍"})):
        with refused("not_found"):
            carol.change(what, where, 3, **more)
    for seq in (1, 6):
        with refused("invalid_argument"):
            carol.ask(read={"conversation": where, "seq": seq})
        with refused("invalid_argument"):
            carol.send(where, "what?", replyTo=seq)
    alice.send(where, "see above", replyTo=3)
    carol.ask(read={"conversation": where, "seq": 9})
    carol.listen(lambda: carol.reads.get(where) == 9)
    assert "unread" not in carol.item(where) and carol.message(where, 9)["replyTo"] == 3
    role(alice, where, carol, "admin")
    with refused("not_found"):
        carol.change("delete", where, 3)
    carol.agrees(where)
    assert not found("canary", *carol.everything)


def test_changes_of_what_was_before_one_came(server):
    alice, bob, carol = people(server, "alice", "bob", "carol")
    where = group(alice, bob)
    alice.send(where, "before")
    add(alice, where, carol)
    alice.change("react", where, 2, emoji="👍")
    alice.change("delete", where, 2)
    carol.wait_for(where, 5)
    assert carol.kinds[where] == {3: "group", 4: "reacted", 5: "deleted"}
    carol.agrees(where)


def test_removal_is_the_last_that_one_hears(server):
    alice, bob, carol = people(server, "alice", "bob", "carol")
    where = group(alice, bob, carol)
    alice.send(where, "before")
    done = remove(alice, where, bob)
    alice.send(where, "canary")
    alice.ask(updateGroup={"conversation": where, "title": "canary title"})
    alice.change("edit", where, 2, text="before, canary")
    add(alice, where, *people(server, "canary"))
    carol.wait_for(where, 7)
    bob.wait_for(where, 3)
    bob.settle()
    entry = bob.entries[where][3]
    assert (entry["what"], entry["users"], entry["from"], entry["time"]) == ("removed", [bob.user], alice.user, done["time"])
    assert sorted(bob.entries[where]) == [1, 2, 3]
    bob.reaches(3)
    nothing_but(bob.again(), "synced")
    assert seqs(bob, where) == ([1, 2, 3], False, 3) == seqs(bob, where, before=3000, limit=3)
    assert seqs(bob, where, after=3) == ([], False, 3) and seqs(bob, where, after=2) == ([3], False, 3)
    assert "title" not in bob.item(where) and bob.item(where)["head"] == 3 and bob.item(where)["unread"] == 1
    assert bob.ask(group={"conversation": where}) == {"conversation": where, "head": 3}
    with refused("not_found"):
        bob.ask(members={"conversation": where})
    with refused("invalid_argument"):
        bob.ask(read={"conversation": where, "seq": 4})
    bob.ask(read={"conversation": where, "seq": 3})
    bob.listen(lambda: bob.reads.get(where) == 3)
    assert "unread" not in bob.item(where)
    assert not found("canary title", *bob.everything) and not found('"canary"', *bob.everything)


@pytest.mark.parametrize("change", [{"edit": {"text": "canary"}}, {"react": {"emoji": "canary"}}])
def test_who_left_sees_no_later_change_of_what_they_saw(server, change):
    alice, bob = people(server, "alice", "bob")
    where = group(alice, bob)
    alice.send(where, "before")
    remove(alice, where, bob)
    bob.wait_for(where, 3)
    (what, more), = change.items()
    alice.change(what, where, 2, **more)
    assert not found("canary", *answers(bob, where))


def test_a_deletion_reaches_also_what_who_left_could_read(server):
    alice, bob = people(server, "alice", "bob")
    where = group(alice, bob)
    alice.send(where, "canary")
    remove(alice, where, bob)
    bob.wait_for(where, 3)
    alice.change("delete", where, 2)
    assert not found("canary", *answers(bob, where))


def test_a_send_behind_a_removal_does_not_reach_who_was_removed(server):
    """All of it in flight on one connection: commands take effect in the order sent."""
    alice, bob, carol = people(server, "alice", "bob", "carol")
    for _ in range(10):
        where = group(alice, bob, carol)
        numbers = [alice.say(removeMember={"conversation": where, "user": bob.user})]
        numbers += [alice.send_later(where, "canary") for _ in range(3)]
        assert [alice.answer(number)["seq"] for number in numbers] == [2, 3, 4, 5]
        bob.wait_for(where, 2)
        bob.settle()
        assert sorted(bob.entries[where]) == [1, 2]
    assert not found("canary", *bob.everything)


def test_a_send_behind_an_addition_reaches_who_was_added(server):
    alice, bob = people(server, "alice", "bob")
    for _ in range(10):
        where = group(alice)
        numbers = [alice.say(addMembers={"conversation": where, "users": [bob.user]}), alice.send_later(where, "welcome")]
        assert [alice.answer(number)["seq"] for number in numbers] == [2, 3]


def test_coming_back(server):
    """Two stays: both are seen, and nothing between; unread begins anew; old roles are gone."""
    alice, bob, carol = people(server, "alice", "bob", "carol")
    where = group(alice, bob, carol)
    role(alice, where, bob, "admin")
    for number in range(3):
        alice.send(where, f"first {number}")
    bob.wait_for(where, 5)
    bob.ask(leave={"conversation": where})
    for number in range(4):
        alice.send(where, f"canary {number}")
    add(carol, where, bob)
    for number in range(3):
        alice.send(where, f"second {number}")
    bob.wait_for(where, 14)
    assert sorted(bob.entries[where]) == [1, 2, 3, 4, 5, 6, 11, 12, 13, 14]
    assert roles(bob, where)[bob.user] == "member"
    bob.sees(where, 14)
    assert bob.item(where)["unread"] == 3 and bob.item(where)["title"] == "Climbing"
    for bounds, expected, more in (({}, [1, 2, 3, 4, 5, 6, 11, 12, 13, 14], False), ({"limit": 4}, [11, 12, 13, 14], True),
                                   ({"limit": 5}, [6, 11, 12, 13, 14], True), ({"before": 12, "limit": 3}, [5, 6, 11], True),
                                   ({"before": 11, "limit": 2}, [5, 6], True), ({"before": 9, "limit": 2}, [5, 6], True),
                                   ({"before": 7}, [1, 2, 3, 4, 5, 6], False), ({"after": 5, "limit": 2}, [6, 11], True),
                                   ({"after": 6, "limit": 1}, [11], True), ({"after": 8, "limit": 4}, [11, 12, 13, 14], False),
                                   ({"after": 0, "limit": 6}, [1, 2, 3, 4, 5, 6], True),
                                   ({"after": 0, "limit": 10}, bob.entries[where], False)):
        assert seqs(bob, where, **bounds) == (sorted(expected), more, 14), bounds
    with refused("not_found"):
        bob.change("react", where, 8, emoji="👍")
    with refused("invalid_argument"):
        bob.ask(read={"conversation": where, "seq": 9})
    old = afresh(bob, cursor=start_of(bob), at=0)
    assert sorted(old.entries[where]) == sorted(bob.entries[where])
    for device in (bob, old):
        device.agrees(where)
        assert not found("canary", *device.everything)


def test_coming_back_while_away(server):
    """Bob's phone is off while he is removed and added again: one page tells both stays."""
    alice, bob = people(server, "alice", "bob")
    where = group(alice, bob)
    bob.cut()
    remove(alice, where, bob)
    alice.send(where, "canary")
    add(alice, where, bob)
    alice.send(where, "welcome back")
    bob.connect()
    bob.wait_for(where, 5)
    assert sorted(bob.entries[where]) == [1, 2, 4, 5]
    bob.agrees(where)
    assert not found("canary", *bob.everything)


def test_sixty_five_stays(server):
    alice, bob = people(server, "alice", "bob")
    where = group(alice, bob)
    for _ in range(64):
        numbers = [alice.say(removeMember={"conversation": where, "user": bob.user}), alice.send_later(where, "canary")]
        for number in numbers:
            alice.answer(number)
        add(alice, where, bob)
    bob.wait_for(where, 193)
    log = [body["seq"] for _, body in bob.whole_log(where)]
    assert log == sorted([seq for seq in range(4, 194) if seq % 3 != 0]), "of more than 64 stays the newest"
    assert not found("canary", *bob.everything)


def test_direct_conversations_are_no_groups(server):
    alice, bob = people(server, "alice", "bob")
    where = alice.send(bob)["conversation"]
    for command in ({"updateGroup": {"conversation": where, "title": "x"}}, {"addMembers": {"conversation": where, "users": [alice.user]}},
                    {"removeMember": {"conversation": where, "user": bob.user}}, {"leave": {"conversation": where}},
                    {"setRole": {"conversation": where, "user": bob.user, "role": "admin"}}, {"group": {"conversation": where}}):
        with refused("not_found"):
            alice.ask(**command)
    assert [one["user"] for one in bob.ask(members={"conversation": where})["items"]] == sorted([alice.user, bob.user])


def test_a_block_does_not_reach_into_groups(server):
    alice, bob = people(server, "alice", "bob")
    where = group(alice, bob)
    bob.ask(block={"user": alice.user, "blocked": True})
    alice.send(where, "still here")
    assert bob.wait_for(where, 2) == "still here"
    alice.change("react", where, 2, emoji="👍")
    assert bob.send(where, "yes")["seq"] == 4


def test_list_and_unread_of_a_group(server):
    alice, bob, carol = people(server, "alice", "bob", "carol")
    where, other = group(alice, bob, carol), group(bob, alice, title="Other")
    for number in range(3):
        alice.send(where, f"{number}")
    alice.ask(updateGroup={"conversation": where, "title": "Renamed"})
    alice.change("react", where, 2, emoji="👍")
    for device, unread in ((alice, 0), (bob, 3), (carol, 3)):
        device.sees(where, 6)
        item = device.item(where)
        assert (item["title"], item["head"], item.get("unread", 0), item["last"]["message"]["seq"]) == ("Renamed", 6, unread, 4)
        assert "with" not in item
    assert [item["conversation"] for item in bob.listed()] == [where, other]
    bob.ask(read={"conversation": where, "seq": 3})
    bob.listen(lambda: bob.reads.get(where) == 3)
    assert bob.item(where)["unread"] == 1
    bob.send(where, "own")
    bob.sees(where, 7)
    assert "unread" not in bob.item(where)
    carol.sees(where, 7)
    assert carol.item(where)["unread"] == 4


def test_groups_outlive_a_kill(new_server):
    server = new_server()
    alice, bob, carol = people(server, "alice", "bob", "carol")
    wish = {"clientId": new_id(), "title": "Climbing", "members": [bob.user, carol.user]}
    where = alice.ask(createGroup=wish)["conversation"]
    role(alice, where, carol, "admin")
    alice.send(where, "before")
    remove(carol, where, bob)
    alice.send(where, "canary")
    alice.ask(updateGroup={"conversation": where, "title": "Renamed", "permissions": {"send": "member"}})
    add(alice, where, bob)
    alice.send(where, "after")
    members, now = roles(alice, where), alice.ask(group={"conversation": where})
    server.kill()
    server.start()
    for device in (alice, bob, carol):
        device.connect()
        device.wait_for(where, 8)
        device.agrees(where)
        assert roles(device, where) == members
    assert alice.ask(createGroup=wish) == now == alice.ask(group={"conversation": where}) and now["title"] == "Renamed"
    assert sorted(bob.entries[where]) == [1, 2, 3, 4, 7, 8] and seqs(bob, where)[0] == [1, 2, 3, 4, 7, 8]
    assert bob.item(where)["unread"] == 1 and not found("canary", *bob.everything)
    assert bob.send(where, "and on", base=8)["seq"] == 9


def test_membership_changes_in_flight_at_a_kill(new_server):
    """Whatever survives, history, members and list tell the same story."""
    server = new_server()
    alice, bob, carol = people(server, "alice", "bob", "carol")
    where = group(alice, bob, carol)
    numbers = []
    for turn in range(40):
        numbers += [alice.say(removeMember={"conversation": where, "user": bob.user}), alice.send_later(where, f"unseen {turn}"),
                    alice.say(addMembers={"conversation": where, "users": [bob.user]}), alice.send_later(where, f"seen {turn}")]
    alice.answer(numbers[50])
    server.kill()
    server.start()
    for device in (alice, bob, carol):
        device.connect()
    inside, visible = True, []
    for kind, body in alice.whole_log(where):
        if kind == "group" and bob.user in body["users"]:
            inside = body["what"] != "removed"
            visible.append(body["seq"])
        elif inside:
            visible.append(body["seq"])
    assert [body["seq"] for _, body in bob.whole_log(where)] == visible and (bob.user in roles(alice, where)) == inside
    bob.wait_for(where, visible[-1])
    bob.agrees(where)


def test_a_device_that_comes_to_a_group_later(server):
    """It finds the group in the list, and all it needs by `group`, `members` and `history`."""
    alice, bob = people(server, "alice", "bob")
    where = group(alice, bob)
    alice.send(where, "hi")
    fresh = Device(server, bob.user, "fresh", token_of(server, bob.user))
    fresh.connect()
    fresh.sees(where, 2)
    assert fresh.item(where)["title"] == "Climbing" and fresh.ask(group={"conversation": where})["role"] == "member"
    assert fresh.texts(where) == ["hi"]


def token_of(server, user):
    return server.post(f"/v1/auth/users/{user}/tokens", server.admin, device="fresh").json["token"]
