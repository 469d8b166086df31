"""Contacts: who asked whom, on all devices alike; strangers who write first; what users prefer."""

import time

import pytest

from conftest import FLAGS
from kith import PROTO, new_id, refused, unique
from test_changes import afresh, group, start_of
from test_rest import caller
from test_terminal import Person

pytestmark = pytest.mark.over()


def people(server, *names):
    """Everybody's device, every second one on the binary form."""
    return [user.online(protocols=PROTO if number % 2 else ("kith.v1.json",)) for number, user in enumerate(server.users(*names))]


def contacts(device, **how):
    """→ {user: state} by all pages."""
    found, page = {}, None
    while True:
        got = device.ask(contacts={**how, **({"page": page} if page else {})})
        for one in got.get("items", []):
            assert one["user"] not in found
            found[one["user"]] = one["state"]
        page = got.get("next")
        if not page:
            assert list(found) == sorted(found)
            return found


def add(by, who):
    assert by.ask(addContact={"user": who.user}) == {}


def remove(by, who):
    assert by.ask(removeContact={"user": who.user}) == {}


def hears(device, who, state):
    device.listen(lambda: device.contacts.get(who.user) == state)
    assert contacts(device).get(who.user, "none") == state


def states(device, who):
    """All that was pushed to this device of another user, in order."""
    return [frame["event"]["contact"]["state"] for frame in device.everything
            if frame.get("event", {}).get("contact", {}).get("user") == who.user]


# ---- asking and ending


@pytest.mark.over("ws")
def test_two_who_add_each_other_are_contacts_on_all_devices(server):
    users = server.users("alice", "bob")
    alice, bob = users[0].online(), users[1].online(protocols=PROTO)
    tablet = users[0].online("tablet")
    add(alice, bob)
    for device in (alice, tablet):
        hears(device, bob, "asked")
    hears(bob, alice, "asks")
    add(bob, alice)
    for device, other in ((alice, bob), (tablet, bob), (bob, alice)):
        hears(device, other, "contact")
    remove(bob, alice)
    for device, other in ((alice, bob), (tablet, bob), (bob, alice)):
        hears(device, other, "none")
    assert states(alice, bob) == states(tablet, bob) == ["asked", "contact", "none"]
    assert states(bob, alice) == ["asks", "contact", "none"]


def test_asking_is_taken_back_and_declined(server):
    alice, bob = people(server, "alice", "bob")
    for ends in (alice, bob):
        add(alice, bob)
        hears(bob, alice, "asks")
        remove(ends, bob if ends is alice else alice)
        hears(alice, bob, "none")
        hears(bob, alice, "none")


@pytest.mark.over("ws")
def test_a_repeat_changes_nothing(server):
    alice, bob = people(server, "alice", "bob")
    for _ in range(3):
        add(alice, bob)
    for _ in range(3):
        remove(alice, bob)
    alice.settle()
    assert states(alice, bob) == ["asked", "none"]


def test_a_device_that_was_away_gets_the_last_of_each(server):
    alice, bob = people(server, "alice", "bob")
    others = people(server, "carol", "dora", "erik")
    begin = start_of(alice)
    alice.send(bob, "between")
    alice.cut()
    for other in others:
        add(other, alice)
    remove(others[0], alice)
    add(others[0], alice)
    remove(others[1], alice)
    alice.again()
    wanted = {others[0].user: "asks", others[1].user: "none", others[2].user: "asks"}
    assert alice.contacts == wanted and not alice.events()
    old = afresh(alice, cursor=begin)
    assert old.contacts == wanted, "and one with an older position"
    assert contacts(alice) == {user: state for user, state in wanted.items() if state != "none"}


def test_the_list_has_pages(server):
    alice, = people(server, "alice")
    others = [server.user("friend") for _ in range(7)]
    for other in others:
        alice.ask(addContact={"user": other.id})
    wanted = {user: "asked" for user in sorted(other.id for other in others)}
    for limit in (0, 1, 2, 3, 7, 200, 1000):
        assert contacts(alice, limit=limit) == wanted
    assert len(alice.ask(contacts={"limit": 3})["items"]) == 3
    with refused("invalid_argument"):
        alice.ask(contacts={"page": "a b"})


@pytest.mark.over("ws")
def test_whom_one_cannot_add(server):
    alice, bob, carol = people(server, "alice", "bob", "carol")
    for command in ("addContact", "removeContact"):
        with refused("self_conversation"):
            alice.ask(**{command: {"user": alice.user}})
        for nobody in (unique("nobody"), "a b", ""):
            with refused("unknown_user"):
                alice.ask(**{command: {"user": nobody}})
    bob.ask(block={"user": alice.user, "blocked": True})
    for one, other in ((alice, bob), (bob, alice)):
        with refused("refused"):
            one.ask(addContact={"user": other.user})
    assert contacts(alice) == {} and contacts(bob) == {alice.user: "blocked"}
    bob.ask(block={"user": alice.user})
    add(alice, bob)
    alice.ask(block={"user": bob.user, "blocked": True})
    remove(bob, alice)
    assert contacts(alice) == {bob.user: "blocked"} and contacts(bob) == {}
    assert contacts(carol) == {}


@pytest.mark.over("ws")
def test_what_was_answered_survives_a_crash(new_server):
    server = new_server()
    for _ in range(3):
        alice, bob = people(server, "alice", "bob")
        add(alice, bob)
        add(bob, alice)
        alice.ask(prefer={"groups": "contacts"})
        alice.cut(), bob.cut()
        server.kill()
        server.start()
        alice.again(), bob.again()
        assert contacts(alice) == {bob.user: "contact"} and contacts(bob) == {alice.user: "contact"}
        assert alice.contacts == {bob.user: "contact"}
        assert alice.ask(preferences={})["groups"] == "contacts"


@pytest.mark.over("ws")
def test_contacts_and_preferences_over_http(server):
    alice, bob = caller(server, "alice"), caller(server, "bob")
    alice.ask("PUT", f"/v1/contacts/{bob.user}", status=204)
    assert bob.get("/v1/contacts") == {"items": [{"user": alice.user, "state": "asks"}]}
    bob.ask("PUT", f"/v1/contacts/{alice.user}", status=204)
    assert alice.get("/v1/contacts?limit=1") == {"items": [{"user": bob.user, "state": "contact"}]}
    alice.ask("DELETE", f"/v1/contacts/{bob.user}", status=204)
    assert alice.get("/v1/contacts") == bob.get("/v1/contacts") == {}
    alice.refused(404, "unknown_user", "PUT", f"/v1/contacts/{unique('nobody')}")
    assert alice.get("/v1/preferences") == {"presence": "everyone", "readMarks": True, "groups": "everyone"}
    assert alice.ask("PATCH", "/v1/preferences", {"readMarks": False}).json == {"presence": "everyone", "groups": "everyone"}


@pytest.mark.over("ws")
def test_the_last_of_what_is_said_at_once_counts(server):
    alice, bob = people(server, "alice", "bob")
    add(bob, alice)
    for _ in range(5):
        said = [alice.say(addContact={"user": bob.user}), alice.say(removeContact={"user": bob.user})]
        for number in said:
            assert alice.answer(number) == {}
        assert contacts(alice) == contacts(bob) == {}
        said = [alice.say(addContact={"user": bob.user}), alice.say(block={"user": bob.user, "blocked": True})]
        said.append(alice.say(block={"user": bob.user}))
        for number in said:
            assert alice.answer(number) == {}
        assert contacts(alice) == contacts(bob) == {}
        add(bob, alice)


# ---- blocks


def test_all_devices_know_whom_one_blocks(server):
    users = server.users("alice", "bob", "carol")
    alice, bob, carol = (user.online() for user in users)
    tablet, watch = users[0].online("tablet", protocols=PROTO), users[0].online("watch")
    watch.cut()
    add(alice, bob)
    add(bob, alice)
    for other in (bob, carol):
        assert alice.ask(block={"user": other.user, "blocked": True}) == {}
    assert alice.ask(block={"user": bob.user, "blocked": True}) == {}, "a repeat"
    for device in (alice, tablet):
        for other in (bob, carol):
            hears(device, other, "blocked")
    watch.again()
    watch.listen(lambda: watch.contacts.get(carol.user) == "blocked")
    assert contacts(watch) == {bob.user: "blocked", carol.user: "blocked"}
    hears(bob, alice, "none")
    assert contacts(bob) == contacts(carol) == {}, "nobody is told that they are blocked"
    assert alice.ask(block={"user": carol.user}) == {}
    for device in (alice, tablet, watch):
        hears(device, carol, "none")


@pytest.mark.over("ws")
def test_a_block_is_one_step_and_a_repeat_is_none(server):
    alice, bob, carol = people(server, "alice", "bob", "carol")
    add(alice, bob)
    add(bob, alice)
    for blocked in (True, True, False, False):
        for other in (bob, carol):
            assert alice.ask(block={"user": other.user, "blocked": blocked}) == {}
    hears(alice, carol, "none")
    assert states(alice, bob) == ["asked", "contact", "blocked", "none"]
    assert states(alice, carol) == ["blocked", "none"]
    add(carol, bob)
    hears(bob, carol, "asks")
    assert states(bob, alice) == ["asks", "contact", "none"]
    assert states(carol, alice) == []


@pytest.mark.over("ws")
def test_whom_one_blocks_is_known_after_a_crash(new_server):
    server = new_server()
    alice, bob, carol = people(server, "alice", "bob", "carol")
    for other in (bob, carol):
        alice.ask(block={"user": other.user, "blocked": True})
    alice.ask(block={"user": carol.user})
    for device in (alice, bob, carol):
        device.cut()
    server.kill()
    server.start()
    alice.again()
    assert contacts(alice) == {bob.user: "blocked"} and alice.contacts == {bob.user: "blocked", carol.user: "none"}


# ---- strangers


def requests(device):
    return {item["conversation"] for item in device.listed(limit=100) if item.get("request")}


def test_a_strangers_conversation_is_a_request_until_it_is_answered(server):
    alice, bob, carol = people(server, "alice", "bob", "carol")
    first = bob.send(alice, "hello?")["conversation"]
    second = carol.send(alice, "it is me")["conversation"]
    for where in (first, second):
        alice.sees(where, 1)
    assert requests(alice) == {first, second}
    bob.sees(first, 1)
    assert requests(bob) == set(), "who wrote is no stranger to themselves"
    alice.send(first, "yes?", base=1)
    alice.sees(first, 2)
    assert requests(alice) == {second}
    add(carol, alice)
    assert requests(alice) == {second}, "that a stranger asks makes them none the less one"
    add(alice, carol)
    assert requests(alice) == set()
    remove(alice, carol)
    assert requests(alice) == {second}


def test_a_group_is_no_request(server):
    alice, bob = people(server, "alice", "bob")
    where = group(bob, alice)
    alice.sees(where, 1)
    assert requests(alice) == set()


def test_a_server_may_let_only_contacts_write_first(new_server):
    server = new_server(*FLAGS, "--first-contact", "contacts")
    alice, bob, carol = people(server, "alice", "bob", "carol")
    with refused("refused"):
        bob.send(alice)
    with refused("refused"):
        bob.ask(open={"with": alice.user})
    with refused("unknown_user"):
        bob.ask(open={"with": unique("nobody")})
    add(bob, alice)
    with refused("refused"):
        bob.send(alice)
    bob.ask(block={"user": alice.user, "blocked": True})
    bob.ask(block={"user": alice.user})
    with refused("refused"):
        bob.send(alice)
    assert alice.listed() == []
    add(alice, bob)
    where = bob.send(alice, "at last")["conversation"]
    remove(alice, bob)
    assert alice.send(where, "and I", base=1)["seq"] == 2, "what has begun goes on"
    assert bob.send(alice, "good", base=2)["seq"] == 3
    assert alice.ask(open={"with": bob.user})["head"] == 3
    with refused("refused"):
        alice.send(carol)


@pytest.mark.over("ws")
def test_a_server_may_make_no_difference(new_server):
    server = new_server(*FLAGS, "--first-contact", "open")
    alice, bob = people(server, "alice", "bob")
    where = bob.send(alice)["conversation"]
    alice.sees(where, 1)
    assert requests(alice) == set()


# ---- preferences


def test_preferences_change_one_by_one_on_all_devices(server):
    user = server.user("alice")
    phone, tablet = user.online(), user.online("tablet", protocols=PROTO)
    standard = {"presence": "everyone", "readMarks": True, "groups": "everyone"}
    assert phone.ask(preferences={}) == standard
    assert phone.ask(prefer={"presence": "nobody"}) == {**standard, "presence": "nobody"}
    now = tablet.ask(prefer={"readMarks": False, "groups": "contacts"})
    assert now == {"presence": "nobody", "groups": "contacts"}
    assert phone.ask(preferences={}) == phone.ask(prefer={}) == now
    for bad in ({"presence": "friends"}, {"groups": "nobody"}, {"groups": "Contacts"}):
        with refused("invalid_argument"):
            phone.ask(prefer=bad)
    assert tablet.ask(preferences={}) == now
    assert phone.ask(prefer={"presence": "contacts", "readMarks": True, "groups": "everyone"}) == {**standard, "presence": "contacts"}


def test_who_lets_only_contacts_add_them_to_groups(server):
    alice, bob, carol = people(server, "alice", "bob", "carol")
    alice.ask(prefer={"groups": "contacts"})
    wish = {"clientId": new_id(), "title": "Climbing", "members": [carol.user, alice.user]}
    with refused("forbidden"):
        bob.ask(createGroup=wish)
    where = group(bob, carol)
    add(bob, alice)
    with pytest.raises(Exception, match=alice.user):
        bob.ask(addMembers={"conversation": where, "users": [alice.user]})
    add(alice, bob)
    assert "seq" in bob.ask(addMembers={"conversation": where, "users": [alice.user]})
    assert bob.ask(createGroup=wish)["members"] == 3
    remove(alice, bob)
    assert bob.ask(createGroup=wish)["members"] == 3, "a repeat finds what was made"
    assert bob.ask(addMembers={"conversation": where, "users": [alice.user]}).get("seq", 0) == 0, "and who is in stays"


def test_asking_at_the_same_time_ends_as_contacts(server):
    for _ in range(10):
        alice, bob = people(server, "alice", "bob")
        numbers = [(alice, alice.say(addContact={"user": bob.user})), (bob, bob.say(addContact={"user": alice.user}))]
        for device, number in numbers:
            device.answer(number)
        for device, other in ((alice, bob), (bob, alice)):
            assert contacts(device) == {other.user: "contact"}
            device.settle()
            assert device.contacts == {other.user: "contact"}


@pytest.mark.over("ws")
def test_an_import_of_many_is_taken_at_once(server):
    alice, = people(server, "alice")
    others = [server.user("friend") for _ in range(120)]
    begun = time.monotonic()
    numbers = [alice.say(addContact={"user": other.id}) for other in others]
    for number in numbers:
        alice.answer(number)
    assert len(contacts(alice)) == 120 and time.monotonic() - begun < 30


@pytest.mark.over("ws")
def test_contacts_in_the_terminal(server, tmp_path):
    alice, bob = Person(server, tmp_path, "alice"), Person(server, tmp_path, "bob")
    assert alice.run("contact", "add", bob.name) == ""
    assert alice.run("contact", "list") == f"{bob.name} (you asked)\n"
    assert bob.run("contact", "list") == f"{alice.name} (asks you)\n"
    bob.run("contact", "add", alice.name)
    assert alice.run("contact", "list", "--json") == f'{{"user":"{bob.name}","state":"contact"}}\n'
    bob.run("contact", "remove", alice.name)
    assert alice.run("contact", "list") == bob.run("contact", "list") == ""
    assert "self_conversation" in alice.refused("contact", "add", alice.name)
    assert alice.run("prefs") == "presence everyone\nread-marks yes\ngroups everyone\n"
    assert alice.run("prefs", "read-marks", "no") == "presence everyone\nread-marks no\ngroups everyone\n"
    assert alice.run("prefs", "groups", "contacts", "--json") == '{"presence":"everyone","groups":"contacts"}\n'
    assert "presence" in alice.refused("prefs", "weather", "fine", code=2)
    assert "invalid_argument" in alice.refused("prefs", "presence", "friends")


@pytest.mark.over("ws")
def test_the_terminal_watches_contacts_and_shows_requests(server, tmp_path):
    alice, bob = Person(server, tmp_path, "alice"), Person(server, tmp_path, "bob")
    assert '"state":"live"' in alice.run("watch", "--for", "1")
    bob.run("contact", "add", alice.name)
    assert f'{{"contact":{{"user":"{bob.name}","state":"asks"}}}}' in alice.run("watch", "--for", "1").splitlines()
    bob.run("send", alice.name, "hello")
    alice.sees(f"{bob.name} (request, 1 unread)")
    alice.run("contact", "add", bob.name)
    alice.sees(f"{bob.name} (1 unread)")
