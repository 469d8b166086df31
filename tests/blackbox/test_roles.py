"""Roles in groups: who may give which, who may do what, and who inherits."""

import pytest

from kith import message, refused, unique
from test_changes import group
from test_groups import DEFAULTS, add, people, remove, role, roles

pytestmark = pytest.mark.over()


def everyone(server):
    """→ {role: device} and the group."""
    owner, admin, member, guest = people(server, "owner", "admin", "member", "guest")
    where = group(owner, admin, member, guest)
    role(owner, where, admin, "admin")
    role(owner, where, guest, "guest")
    for device in (owner, admin, member, guest):
        device.wait_for(where, 3)
    return {"owner": owner, "admin": admin, "member": member, "guest": guest}, where


def test_who_may_give_which_role(server):
    """By each role, to each role, each of the four roles."""
    for giver in ("owner", "admin", "member", "guest"):
        devices, where = everyone(server)
        other = {name: server.user(name).online() for name in devices}
        add(devices["owner"], where, *other.values())
        for name, device in other.items():
            role(devices["owner"], where, device, name)
        for name in ("guest", "member", "admin"):  # The owner last: what is given changes who one is.
            for given in ("guest", "member", "admin", "owner") if giver in ("owner", "admin") else ("guest", "owner"):
                may = giver == "owner" or (giver == "admin" and name in ("guest", "member") and given != "owner")
                if may:
                    assert ("seq" in role(devices[giver], where, other[name], given)) == (given != name)
                    role(devices["owner"], where, other[name], name)
                else:
                    with refused("forbidden"):
                        role(devices[giver], where, other[name], given)
        if giver != "owner":
            with refused("forbidden"):
                role(devices[giver], where, other["owner"], "member")
        else:
            assert "seq" in role(devices[giver], where, other["owner"], "member")
    with refused("invalid_argument"):
        role(devices["owner"], where, devices["guest"], "king")
    with refused("invalid_argument"):
        role(devices["owner"], where, devices["guest"], "")
    assert devices["owner"].ask(setRole={"conversation": where, "user": unique("nobody"), "role": "admin"}) == {"conversation": where}


def test_a_role_is_an_entry_that_all_see(server):
    devices, where = everyone(server)
    entry = dict(devices["guest"].entries[where][2])
    assert entry.pop("time") and entry == {"conversation": where, "seq": 2, "from": devices["owner"].user, "what": "role",
                                           "users": [devices["admin"].user], "role": "admin"}
    assert roles(devices["guest"], where) == {device.user: name for name, device in devices.items()}


def test_who_may_remove_whom(server):
    may = {("owner", name) for name in ("admin", "member", "guest")} | {("admin", "member"), ("admin", "guest")}
    for by in ("admin", "member", "guest", "owner"):
        devices, where = everyone(server)
        for whom in ("owner", "admin", "member", "guest"):
            if by == whom:
                continue
            if (by, whom) in may:
                done = remove(devices[by], where, devices[whom])
                devices[whom].wait_for(where, done["seq"])
                assert devices[whom].entries[where][done["seq"]]["what"] == "removed"
                assert remove(devices[by], where, devices[whom]) == {"conversation": where}, "again changes nothing"
            else:
                with refused("forbidden"):
                    remove(devices[by], where, devices[whom])
    assert remove(devices["owner"], where, devices["owner"])["seq"], "of oneself it is leaving"
    assert devices["owner"].wait_for(where, 7) is None and devices["owner"].entries[where][7]["what"] == "left"


def test_an_owner_reaches_other_owners(server):
    owner, second, third = people(server, "owner", "second", "third")
    where = group(owner, second, third)
    role(owner, where, second, "owner")
    role(second, where, third, "owner")
    assert "seq" in role(third, where, owner, "guest") and "seq" in remove(third, where, second)
    assert roles(third, where) == {owner.user: "guest", third.user: "owner"}


@pytest.mark.parametrize("what", ["send", "add", "remove", "edit", "moderate"])
def test_each_permission_opens_and_closes(server, what):
    """With each lowest role, each role may or may not."""
    order = ["guest", "member", "admin", "owner"]
    devices, where = everyone(server)
    for lowest in ("owner", "guest", "member", "admin"):
        devices["owner"].ask(updateGroup={"conversation": where, "permissions": {what: lowest}})
        for name, device in devices.items():
            extra = server.user("extra")
            if what == "remove":
                devices["owner"].ask(addMembers={"conversation": where, "users": [extra.id]})
                devices["owner"].ask(setRole={"conversation": where, "user": extra.id, "role": "guest"})
            target = devices["owner"].send(where, "to be deleted")["seq"] if what == "moderate" else 0
            command = {"send": {"send": message(where, "may I?")},
                       "add": {"addMembers": {"conversation": where, "users": [extra.id]}},
                       "remove": {"removeMember": {"conversation": where, "user": extra.id}},
                       "edit": {"updateGroup": {"conversation": where, "title": f"by {name} at {lowest}"}},
                       "moderate": {"delete": {"conversation": where, "seq": target}}}[what]
            allowed = order.index(name) >= order.index(lowest) or (what == "moderate" and name == "owner")
            if what == "remove" and name == "guest":
                allowed = False  # Nobody is lower.
            if allowed:
                assert "seq" in device.ask(**command), (name, lowest)
            else:
                with refused("forbidden"):
                    device.ask(**command)


def test_permissions_are_the_owners_to_change(server):
    devices, where = everyone(server)
    for name in ("admin", "member", "guest"):
        with refused("forbidden"):
            devices[name].ask(updateGroup={"conversation": where, "permissions": {"send": "member"}})
    done = devices["owner"].ask(updateGroup={"conversation": where, "permissions": {"send": "admin", "edit": "member"}})
    now = {**DEFAULTS, "send": "admin", "edit": "member"}
    for device in devices.values():
        device.wait_for(where, done["seq"])
        assert device.entries[where][done["seq"]]["permissions"] == now and device.entries[where][done["seq"]]["title"] == "Climbing"
        assert device.ask(group={"conversation": where})["permissions"] == now
    assert "seq" not in devices["owner"].ask(updateGroup={"conversation": where, "permissions": {"send": "admin"}})
    assert "seq" not in devices["owner"].ask(updateGroup={"conversation": where, "title": "Climbing"})
    assert "seq" not in devices["owner"].ask(updateGroup={"conversation": where})
    for bad in ({"permissions": {"add": "nobody"}}, {"title": "x" * 257}, {"title": "a\u0001b"}):
        with refused("invalid_argument"):
            devices["owner"].ask(updateGroup={"conversation": where, **bad})


def test_who_may_not_send_may_still_react_and_change_their_own(server):
    devices, where = everyone(server)
    own = devices["guest"].send(where, "mine")["seq"]
    devices["owner"].ask(updateGroup={"conversation": where, "permissions": {"send": "owner"}})
    with refused("forbidden"):
        devices["guest"].send(where, "no more")
    devices["guest"].change("react", where, own, emoji="👍")
    devices["guest"].change("edit", where, own, text="mine, edited")
    assert "seq" in devices["guest"].change("delete", where, own)


def test_messages_of_others(server):
    """An admin deletes them, also an owner's, and edits none."""
    devices, where = everyone(server)
    sent = {name: device.send(where, f"of {name}")["seq"] for name, device in devices.items()}
    for by, device in devices.items():
        for of, seq in sent.items():
            if by != of:
                with refused("forbidden"):
                    device.change("edit", where, seq, text="not mine")
    for of in ("owner", "admin"):
        for by in ("member", "guest"):
            with refused("forbidden"):
                devices[by].change("delete", where, sent[of])
    assert "seq" in devices["admin"].change("delete", where, sent["owner"])
    assert "seq" in devices["owner"].change("delete", where, sent["admin"])
    assert "seq" in devices["member"].change("delete", where, sent["member"])
    devices["guest"].sees(where, max(sent.values()) + 3)
    assert [body.get("text") for body in devices["guest"].whole_history(where)] == [None, None, None, "of guest"]


# ---- owners who go


def test_the_last_owner_leaves(server):
    alice, bob, carol, dora = people(server, "alice", "bob", "carol", "dora")
    where = group(alice, carol)
    add(alice, where, bob)
    add(alice, where, dora)
    role(alice, where, dora, "admin")
    alice.ask(leave={"conversation": where})
    assert roles(bob, where) == {bob.user: "member", carol.user: "member", dora.user: "owner"}, "the highest role"
    dora.ask(leave={"conversation": where})
    assert roles(bob, where) == {bob.user: "member", carol.user: "owner"}, "the longest there"
    assert carol.ask(group={"conversation": where})["role"] == "owner"
    assert dora.ask(leave={"conversation": where}) == {"conversation": where}, "again changes nothing"
    carol.ask(leave={"conversation": where})
    bob.ask(leave={"conversation": where})
    for device in (alice, bob, carol, dora):
        assert "role" not in device.ask(group={"conversation": where})
        with refused("forbidden"):
            add(device, where, alice)
        with refused("forbidden"):
            device.send(where, "anybody?")


def test_the_last_owner_cannot_step_down(server):
    alice, bob = people(server, "alice", "bob")
    where = group(alice, bob)
    with refused("forbidden"):
        role(alice, where, alice, "member")


def test_one_of_two_owners_leaves(server):
    alice, bob, carol = people(server, "alice", "bob", "carol")
    where = group(alice, bob, carol)
    role(alice, where, carol, "owner")
    alice.ask(leave={"conversation": where})
    assert roles(bob, where) == {bob.user: "member", carol.user: "owner"}
