"""Links into groups: who makes them, who comes by them, how often and how long; who waits; and what entries say of newcomers and heirs."""

import time
from datetime import datetime, timezone

import pytest

from conftest import FLAGS
from kith import new_id, refused
from test_changes import group
from test_contacts import people
from test_groups import add, remove, role, roles, seqs
from test_rest import caller
from test_terminal import Person

pytestmark = pytest.mark.over()


def invite(by, where, **more):
    made = by.ask(createInvite={"conversation": where, **more})
    assert made["conversation"] == where and made["by"] == by.user
    return made


def join(device, code):
    return device.ask(join={"code": code})


def seconds_left(made):
    return (datetime.fromisoformat(made["expires"].replace("Z", "+00:00")) - datetime.now(timezone.utc)).total_seconds()


def test_who_has_a_link_comes_in(server):
    alice, bob, carol = people(server, "alice", "bob", "carol")
    where = group(alice, bob)
    bob.send(where, "before", base=1)
    made = invite(bob, where)
    assert set(made) == {"conversation", "code", "by", "expires"} and 604_700 < seconds_left(made) <= 604_801
    found = join(carol, made["code"])
    assert found["conversation"] == where and found["role"] == "member" and found["title"] == "Climbing" and found["members"] == 3
    for device in (alice, bob, carol):
        device.wait_for(where, 3)
        entry = device.entries[where][3]
        assert entry.pop("time") and entry == {"conversation": where, "seq": 3, "from": carol.user, "what": "joined",
                                               "users": [carol.user], "title": "Climbing"}
    assert seqs(carol, where)[0] == [3], "nothing of what was before"
    assert carol.send(where, "hi", base=3)["seq"] == 4
    assert join(carol, made["code"])["members"] == 3, "who is in stays as they are"
    assert alice.history(where)[1]["head"] == 4


def test_codes_that_are_not_good(server):
    alice, bob, carol, dora = people(server, "alice", "bob", "carol", "dora")
    where = group(alice)
    good = invite(alice, where)["code"]
    wrong = good[:-1] + ("0" if good[-1] != "0" else "1")
    for code in ("", "x", good[:-1], good + "0", wrong, "0" * len(good)):
        with refused("not_found"):
            join(bob, code)
    revoked = invite(alice, where)["code"]
    for _ in range(2):
        assert alice.ask(revokeInvite={"conversation": where, "code": revoked}) == {}
    with refused("not_found"):
        join(bob, revoked)
    once = invite(alice, where, uses=1)
    assert once["uses"] == 1
    join(carol, once["code"])
    with refused("not_found"):
        join(bob, once["code"])
    assert join(carol, once["code"])["role"] == "member", "a repeat"
    short = invite(alice, where, expiresS=1)["code"]
    time.sleep(1.2)
    with refused("not_found"):
        join(bob, short)
    assert [one["code"] for one in alice.ask(invites={"conversation": where})["items"]] == [good]
    for bad in (wrong, "x"):
        with refused("not_found"):
            alice.ask(revokeInvite={"conversation": where, "code": bad})
    with refused("invalid_argument"):
        invite(alice, where, expiresS=31_536_001)
    assert seconds_left(invite(alice, where, expiresS=31_536_000)) > 31_535_000
    other = group(dora)
    with refused("not_found"):
        dora.ask(revokeInvite={"conversation": other, "code": good})
    assert join(bob, good)["role"] == "member"


def test_who_has_to_do_with_links(server):
    alice, bob, carol = people(server, "alice", "bob", "carol")
    where = group(alice, bob)
    code = invite(bob, where)["code"]
    role(alice, where, bob, "guest")
    commands = ({"createInvite": {}}, {"revokeInvite": {"code": code}}, {"invites": {}}, {"refuseJoin": {"user": carol.user}})
    for command in commands:
        (name, body), = command.items()
        for device, error in ((bob, "forbidden"), (carol, "not_found")):
            with refused(error):
                device.ask(**{name: {"conversation": where, **body}})
        with refused("not_found"):
            alice.ask(**{name: {"conversation": "g_" + "0" * 35, **body}})
    direct = alice.send(bob)["conversation"]
    with refused("not_found"):
        invite(alice, direct)
    assert join(carol, code)["role"] == "member", "a link outlives the role of who made it"


@pytest.mark.parametrize("approval", [False, True])
def test_no_more_come_than_the_link_says(server, approval):
    alice, = people(server, "alice")
    where = group(alice)
    code = invite(alice, where, uses=3, approval=approval)["code"]
    crowd = people(server, *["fan"] * 10)
    numbers = [(device, device.say(join={"code": code})) for device in crowd]
    came = 0
    for device, number in numbers:
        try:
            came += device.answer(number)["conversation"] == where
        except Exception as error:
            assert error.code == "not_found", error
    assert came == 3
    assert alice.ask(group={"conversation": where})["members"] == (1 if approval else 4)
    assert len(alice.ask(invites={"conversation": where}).get("waiting", [])) == (3 if approval else 0)


def test_with_approval_one_waits(server):
    alice, bob, carol, dora = people(server, "alice", "bob", "carol", "dora")
    where = group(alice, bob)
    code = invite(alice, where, approval=True)["code"]
    for device in (carol, dora, carol):
        assert join(device, code) == {"conversation": where, "title": "Climbing", "waiting": True}
    with refused("not_found"):
        carol.history(where)
    assert bob.ask(invites={"conversation": where})["waiting"] == sorted([carol.user, dora.user])
    carol.ask(prefer={"groups": "contacts"})
    assert "seq" in add(bob, where, carol), "who waits has nothing against being added"
    for _ in range(2):
        assert bob.ask(refuseJoin={"conversation": where, "user": dora.user}) == {}
    assert "waiting" not in bob.ask(invites={"conversation": where})
    assert roles(alice, where) == {alice.user: "owner", bob.user: "member", carol.user: "member"}
    carol.wait_for(where, 2)
    assert carol.entries[where][2]["what"] == "added" and carol.entries[where][2]["title"] == "Climbing"
    assert join(dora, code)["waiting"], "one who was refused may ask again"


def test_who_was_removed_comes_back_only_by_a_later_link(server):
    alice, bob = people(server, "alice", "bob")
    where = group(alice)
    early = invite(alice, where)["code"]
    join(bob, early)
    bob.ask(leave={"conversation": where})
    assert join(bob, early)["role"] == "member", "who left of themselves may"
    remove(alice, where, bob)
    with refused("forbidden"):
        join(bob, early)
    assert join(bob, invite(alice, where)["code"])["role"] == "member"


@pytest.mark.over("ws")
def test_a_group_can_be_full(new_server):
    server = new_server(*FLAGS, "--group-members-max", "3")
    alice, bob, carol, dora = people(server, "alice", "bob", "carol", "dora")
    with refused("limit_reached"):
        group(alice, bob, carol, dora)
    where = group(alice, bob)
    code = invite(alice, where)["code"]
    join(carol, code)
    with refused("limit_reached"):
        join(dora, code)
    with refused("limit_reached"):
        add(alice, where, dora)
    remove(alice, where, bob)
    assert join(dora, code)["members"] == 3


def test_uses_survive_a_crash(new_server):
    server = new_server()
    alice, bob, carol, dora = people(server, "alice", "bob", "carol", "dora")
    where = group(alice)
    code, asks = invite(alice, where, uses=2)["code"], invite(alice, where, uses=2, approval=True)["code"]
    join(bob, code)
    join(dora, asks)
    for device in (alice, bob, carol, dora):
        device.cut()
    server.kill()
    server.start()
    for device in (alice, bob, carol, dora):
        device.again()
    listed = alice.ask(invites={"conversation": where})
    assert {one["code"]: one["uses"] for one in listed["items"]} == {code: 1, asks: 1} and listed["waiting"] == [dora.user]
    join(carol, code)
    with refused("not_found"):
        join(dora, code)


def test_there_is_a_limit_to_links(server):
    alice, = people(server, "alice")
    where = group(alice)
    codes = [invite(alice, where)["code"] for _ in range(100)]
    assert len(set(codes)) == 100
    with refused("limit_reached"):
        invite(alice, where)
    alice.ask(revokeInvite={"conversation": where, "code": codes[50]})
    invite(alice, where)


@pytest.mark.over("ws")
def test_links_over_http(server):
    alice, bob = caller(server, "alice"), caller(server, "bob")
    where = alice.ask("POST", "/v1/groups", {"title": "Climbing"}, 201, Idempotency_Key=new_id()).json["conversation"]
    made = alice.ask("POST", f"/v1/groups/{where}/invites", {"uses": 5, "approval": True}, 201).json
    assert bob.ask("POST", f"/v1/invites/{made['code']}").json["waiting"] is True
    assert alice.get(f"/v1/groups/{where}/invites") == {"items": [{**made, "uses": 4}], "waiting": [bob.user]}
    alice.ask("DELETE", f"/v1/groups/{where}/waiting/{bob.user}", status=204)
    alice.ask("DELETE", f"/v1/groups/{where}/invites/{made['code']}", status=204)
    bob.refused(404, "not_found", "POST", f"/v1/invites/{made['code']}")
    assert alice.get(f"/v1/groups/{where}/invites") == {}


# ---- what entries say


def test_the_last_owner_who_leaves_names_the_heir(server):
    alice, bob, carol = people(server, "alice", "bob", "carol")
    where = group(alice, bob, carol)
    role(alice, where, carol, "admin")
    alice.ask(leave={"conversation": where})
    bob.wait_for(where, 3)
    assert bob.entries[where][3]["heir"] == carol.user
    assert roles(bob, where) == {bob.user: "member", carol.user: "owner"}
    bob.ask(leave={"conversation": where})
    carol.wait_for(where, 4)
    assert "heir" not in carol.entries[where][4]


def test_only_a_message_is_answered(server):
    alice, bob = people(server, "alice", "bob")
    where = group(alice, bob)
    sent = bob.send(where, "one", base=1)
    edit = bob.change("edit", where, sent["seq"], text="two")
    for seq in (1, edit["seq"], 99):
        with refused("invalid_argument"):
            alice.send(where, "yes", base=3, replyTo=seq)
    assert alice.send(where, "yes", base=3, replyTo=sent["seq"])["seq"] == 4
    for number in range(150):
        bob.send(where, f"m{number}", base=4 + number)
    with refused("invalid_argument"):
        alice.send(where, "yes", base=154, replyTo=1)
    bob.change("delete", where, sent["seq"])
    assert alice.send(where, "yes", base=154, replyTo=sent["seq"])["seq"] == 156, "also one that is deleted"


def test_attachments_are_printable(server):
    alice, bob = people(server, "alice", "bob")
    good = {"url": "https://files.example/a", "name": "a ä.png", "type": "image/png", "size": 3}
    assert alice.send(bob, "", attachments=[good])["seq"] == 1
    for field in ("url", "name", "type"):
        for bad in ("\n", "\x00", "\x1b", "\x7f"):
            with refused("invalid_argument"):
                alice.send(bob, "", base=1, attachments=[{**good, field: good[field] + bad}])


@pytest.mark.over("ws")
def test_links_in_the_terminal(server, tmp_path):
    alice, bob, carol = (Person(server, tmp_path, name) for name in ("alice", "bob", "carol"))
    alice.run("group", "create", "Climbing")
    code = alice.run("group", "invite", "Climbing", "--uses", "1").strip()
    assert alice.run("group", "invites", "Climbing").startswith(f"{code}  until 20")
    assert bob.run("join", code).startswith("Climbing")
    assert "not_found" in carol.refused("join", code)
    asks = alice.run("group", "invite", "Climbing", "--approval", "--hours", "2").strip()
    assert carol.run("join", asks) == "Climbing: somebody there must let you in\n"
    assert f"{carol.name} waits\n" in alice.run("group", "invites", "Climbing")
    alice.run("group", "refuse", "Climbing", carol.name)
    alice.run("group", "revoke", "Climbing", asks)
    assert alice.run("group", "invites", "Climbing") == ""
    assert f"{bob.name} came by a link" in alice.run("history", "Climbing")
    alice.run("group", "leave", "Climbing")
    bob.sees("Climbing")
    assert f"{alice.name} left; {bob.name} owns the group now" in bob.run("history", "Climbing")
