"""Who may what in a conversation: each standing × each command that names one. And what those who may not hear of it: nothing."""

import json

import pytest

from kith import PROTO, message, new_id, refused, unique
from test_changes import afresh
from wire import Closed, Late

JSON = ("kith.v1.json",)
CANARY = "canary"
STANDINGS = ("never", "ex", "guest", "member", "admin", "owner")
N, F, R, D, I, OK = "not_found", "forbidden", "refused", "deleted", "invalid_argument", "ok"

# command: what each standing gets, in the order of STANDINGS. "own" is a message of theirs, "other" one that they see or saw, "late" one
# from after the ex-member went, "new" a fresh user.
TABLE = {
    "send": (N, F, OK, OK, OK, OK),
    "send as an answer": (N, F, OK, OK, OK, OK),
    "edit own": (N, F, OK, OK, OK, OK),
    "edit other": (N, F, F, F, F, F),
    "edit late": (N, N, F, F, F, F),
    "react to other": (N, F, OK, OK, OK, OK),
    "react to late": (N, N, OK, OK, OK, OK),
    "take a reaction back": (N, F, OK, OK, OK, OK),
    "history": (N, OK, OK, OK, OK, OK),
    "history before the head": (N, OK, OK, OK, OK, OK),
    "history after late": (N, OK, OK, OK, OK, OK),
    "read other": (N, OK, OK, OK, OK, OK),
    "read late": (N, I, OK, OK, OK, OK),
    "group": (N, OK, OK, OK, OK, OK),
    "members": (N, N, OK, OK, OK, OK),
    "members from the middle": (N, N, OK, OK, OK, OK),
    "rename": (N, F, F, F, OK, OK),
    "permissions": (N, F, F, F, F, OK),
    "nothing to update": (N, F, F, F, OK, OK),
    "add new": (N, F, F, OK, OK, OK),
    "add oneself": (N, F, F, OK, OK, OK),
    "set the role of a guest": (N, F, F, F, OK, OK),
    "set one's own role": (N, F, F, F, F, OK),
    "remove a guest": (N, F, F, F, OK, OK),
    "remove an owner": (N, F, F, F, F, OK),
    "remove who is none": (N, F, F, F, OK, OK),
    "delete own": (N, F, OK, OK, OK, OK),
    "delete late": (N, N, F, F, OK, OK),
    "delete other": (N, F, F, F, OK, OK),
    "edit deleted": (N, F, D, D, D, D),
    "react to deleted": (N, F, D, D, D, D),
    "remove oneself, or leave": (N, OK, OK, OK, OK, OK),
}


class Scene:
    """A group with an owner who acts, and one more of each standing. What happens after the ex-member went has the canary in it."""

    def __init__(self, server, form):
        self.server = server
        self.founder = server.user("founder").online()
        users = {name: server.user(name) for name in STANDINGS}
        self.devices = {name: user.online("phone", protocols=form) for name, user in users.items()}
        self.insiders = [name for name in STANDINGS if name != "never"]
        members = [users[name].id for name in self.insiders]
        made = self.founder.ask(createGroup={"clientId": new_id(), "title": "before", "members": members})
        self.where = made["conversation"]
        for name in ("guest", "admin", "owner"):
            self.founder.ask(setRole={"conversation": self.where, "user": users[name].id, "role": name})
        self.own = {"ex": self.devices["ex"].send(self.where, "own")["seq"]}
        self.other = self.founder.send(self.where, "other")["seq"]
        self.deleted = self.founder.send(self.where, "deleted")["seq"]
        self.founder.change("delete", self.where, self.deleted)
        self.last = self.founder.ask(removeMember={"conversation": self.where, "user": users["ex"].id})["seq"]
        self.rename(0)
        self.late = self.founder.send(self.where, f"{CANARY} late")["seq"]
        for name in self.insiders[1:]:
            self.own[name] = self.devices[name].send(self.where, f"{CANARY} own")["seq"]
        self.devices["ex"].wait_for(self.where, self.last)

    def rename(self, number):
        self.founder.ask(updateGroup={"conversation": self.where, "title": f"{CANARY} {number}"})

    def new(self, name="new", role=None):
        """Somebody new; with a role: in the group."""
        user = self.server.user(f"{CANARY}-{name}").id
        if role:
            self.founder.ask(addMembers={"conversation": self.where, "users": [user]})
            self.founder.ask(setRole={"conversation": self.where, "user": user, "role": role})
        return user

    def message(self):
        return self.founder.send(self.where, f"{CANARY} to be deleted")["seq"]

    def command(self, name, by):
        """→ the command; some are prepared by the founder."""
        here, own, user = {"conversation": self.where}, self.own.get(by, 1), self.devices[by].user
        make = {
            "send": lambda: {"send": message(self.where, f"{CANARY} of {by}")},
            "send as an answer": lambda: {"send": message(self.where, f"{CANARY} of {by}", replyTo=self.other)},
            "edit own": lambda: {"edit": {**here, "seq": own, "text": "own, edited"}},
            "edit other": lambda: {"edit": {**here, "seq": self.other, "text": "not mine"}},
            "edit late": lambda: {"edit": {**here, "seq": self.late, "text": "not mine"}},
            "react to other": lambda: {"react": {**here, "seq": own if by == "ex" else self.late, "emoji": "👍"}},
            "react to late": lambda: {"react": {**here, "seq": self.late, "emoji": "🎉"}},
            "take a reaction back": lambda: {"react": {**here, "seq": self.other, "emoji": "👍", "remove": True}},
            "history": lambda: {"history": here},
            "history before the head": lambda: {"history": {**here, "before": self.late + 100, "limit": 1}},
            "history after late": lambda: {"history": {**here, "after": self.last}},
            "read other": lambda: {"read": {**here, "seq": self.other}},
            "read late": lambda: {"read": {**here, "seq": self.late}},
            "group": lambda: {"group": here},
            "members": lambda: {"members": here},
            "members from the middle": lambda: {"members": {**here, "page": "b", "limit": 1}},
            "rename": lambda: {"updateGroup": {**here, "title": f"{CANARY} by {by}"}},
            "permissions": lambda: {"updateGroup": {**here, "permissions": {"edit": "admin", "send": "guest", "add": "guest"}}},
            "nothing to update": lambda: {"updateGroup": here},
            "add new": lambda: {"addMembers": {**here, "users": [self.new()]}},
            "add oneself": lambda: {"addMembers": {**here, "users": [user]}},
            "set the role of a guest": lambda: {"setRole": {**here, "user": self.new("g", "guest"), "role": "member"}},
            "set one's own role": lambda: {"setRole": {**here, "user": user, "role": by if by in STANDINGS[2:] else "member"}},
            "remove a guest": lambda: {"removeMember": {**here, "user": self.new("g", "guest")}},
            "remove an owner": lambda: {"removeMember": {**here, "user": self.new("o", "owner")}},
            "remove who is none": lambda: {"removeMember": {**here, "user": unique("nobody")}},
            "delete own": lambda: {"delete": {**here, "seq": own}},
            "delete late": lambda: {"delete": {**here, "seq": self.message()}},
            "delete other": lambda: {"delete": {**here, "seq": self.deleted if by in ("admin", "owner") else self.other}},
            "edit deleted": lambda: {"edit": {**here, "seq": own if by in self.insiders[1:] else self.deleted, "text": "back"}},
            "react to deleted": lambda: {"react": {**here, "seq": self.deleted, "emoji": "👍"}},
            "remove oneself, or leave": lambda: {"leave": here} if by in ("ex", "member", "admin") else
                                                {"removeMember": {**here, "user": user}},
        }
        return make[name]()


def got(device, command):
    """→ ok, or the code of the refusal."""
    number = device.say(**command)
    device.listen(lambda: any(frame.get("re") == number for frame in device.heard))
    frame = next(frame for frame in device.heard if frame.get("re") == number)
    return frame["error"]["code"] if "error" in frame else OK


def leaks(frames):
    return [frame for frame in frames if CANARY in json.dumps(frame)]


def numbers(thing, names):
    """All values of these fields, wherever they are."""
    if isinstance(thing, dict):
        for name, inner in thing.items():
            if name in names and isinstance(inner, int):
                yield inner
            yield from numbers(inner, names)
    elif isinstance(thing, list):
        for inner in thing:
            yield from numbers(inner, names)


@pytest.mark.parametrize("form", [JSON, PROTO], ids=["json", "proto"])
def test_each_standing_and_each_command_of_a_group(server, form):
    scene = Scene(server, form)
    wrong = []
    for name, row in TABLE.items():
        for standing, expected in zip(STANDINGS, row):
            found = got(scene.devices[standing], scene.command(name, standing))
            if found != expected:
                wrong.append(f"{name} by {standing}: {found}, not {expected}")
        if name == "permissions":  # Back to the defaults.
            scene.founder.ask(updateGroup={"conversation": scene.where, "permissions": {"add": "member"}})
    assert not wrong, "\n".join(wrong)

    never, ex = scene.devices["never"], scene.devices["ex"]
    for device in (never, ex):
        device.settle()
        assert leaks(device.everything) == []
        olds = [afresh(device, "old", cursor=next(frame["resync"]["cursor"] for frame in device.everything if "resync" in frame), at=0),
                afresh(device, "new")]
        for other in (device, *olds):
            other.listed(limit=1)
            other.ask(createGroup={"clientId": new_id(), "title": "mine", "members": []})
            other.settle()
            assert leaks(other.everything) == []
    assert not [event for event in never.events() if event["group"]["title"] != "mine"] and scene.where not in json.dumps(never.listed())
    # No number of the ex-member's is from after their last entry; the only count of members is that of their own group.
    frames = [frame for frame in ex.everything if "mine" not in json.dumps(frame)]
    about = [frame for frame in frames if scene.where in json.dumps(frame)]
    seqs = list(numbers(about, ("seq", "head", "to", "target", "deleted", "joined")))
    assert max(seqs) == scene.last and not list(numbers(frames, ("members",)))
    assert ex.item(scene.where)["unread"] == 1, "of the two after their own, one was read"


# ---- a direct conversation: of the two one is blocked, and a third knows its id

DIRECT = {  # by: a stranger, the blocked one, the one who blocks
    "send": (N, R, R), "edit own": (N, R, R), "edit other": (N, R, R), "react": (N, R, R), "take back": (N, R, R),
    "delete other": (N, F, F),
    "history": (N, OK, OK), "read": (N, OK, OK), "members": (N, OK, OK), "group": (N, N, N), "updateGroup": (N, N, N),
    "addMembers": (N, N, N), "removeMember": (N, N, N), "setRole": (N, N, N), "leave": (N, N, N),
    "delete own": (N, OK, OK), "edit deleted": (N, D, D)}


@pytest.mark.parametrize("form", [JSON, PROTO], ids=["json", "proto"])
def test_each_standing_and_each_command_of_a_direct_conversation(server, form):
    stranger, blocked, blocker = (server.user(name).online("phone", protocols=form)
                                  for name in ("never", f"{CANARY}-blocked", f"{CANARY}-blocker"))
    where = blocked.send(blocker, f"{CANARY} 1")["conversation"]
    assert blocker.send(where, f"{CANARY} 2", base=1)["seq"] == 2
    own = {blocked: 1, blocker: 2, stranger: 1}
    for device in (blocked, blocker):
        device.change("react", where, own[device], emoji="👍")
    blocker.ask(block={"user": blocked.user, "blocked": True})
    here = {"conversation": where}
    wrong = []
    for name, row in DIRECT.items():
        for device, expected in zip((stranger, blocked, blocker), row):
            other = 3 - own[device]
            command = {
                "send": {"send": message(where, "let me in")}, "edit own": {"edit": {**here, "seq": own[device], "text": "x"}},
                "edit other": {"edit": {**here, "seq": other, "text": "x"}}, "react": {"react": {**here, "seq": other, "emoji": "🎉"}},
                "take back": {"react": {**here, "seq": own[device], "emoji": "👍", "remove": True}},
                "delete other": {"delete": {**here, "seq": other}}, "history": {"history": here}, "read": {"read": {**here, "seq": 1}},
                "members": {"members": here}, "group": {"group": here}, "updateGroup": {"updateGroup": {**here, "title": "x"}},
                "addMembers": {"addMembers": {**here, "users": [stranger.user]}},
                "removeMember": {"removeMember": {**here, "user": blocked.user}},
                "setRole": {"setRole": {**here, "user": blocked.user, "role": "guest"}}, "leave": {"leave": here},
                "delete own": {"delete": {**here, "seq": own[device]}},
                "edit deleted": {"edit": {**here, "seq": own[device], "text": "x"}}}[name]
            found = got(device, command)
            if found != expected:
                wrong.append(f"{name} by {device}: {found}, not {expected}")
    assert not wrong, "\n".join(wrong)
    stranger.settle()
    assert stranger.listed() == [] and not stranger.events() and leaks(stranger.everything) == []
    assert blocker.history(where)[1]["head"] == 6, "two messages, two reactions, two deletions, and nothing by those who were refused"


# ---- a device that was logged out


@pytest.mark.parametrize("form", [JSON, PROTO], ids=["json", "proto"])
def test_a_revoked_device_gets_nothing_whatever_it_says(server, form):
    scene = Scene(server, form)
    device = scene.devices["admin"]
    device.settle()
    device.sees(scene.where, scene.late)
    commands = [scene.command(name, "admin") for name in TABLE]
    head = scene.founder.history(scene.where)[1]["head"]
    device.wait_for(scene.where, head)
    assert server.http("DELETE", f"/v1/auth/users/{device.user}/devices/{device.name}", token=server.admin).status == 200
    scene.founder.send(scene.where, f"{CANARY} after")
    for number, command in enumerate(commands, 1000):
        device.link.say({"id": number, **command})
    assert device.link.closes(4503) == [], "no answer and no event after the revocation was answered"
    again = server.connect(form)
    for number, command in enumerate(commands, 1000):
        again.say({"id": number, **command})
    again.say({"id": 1, "auth": {"token": device.token}})
    before = again.closes(4503)
    assert {frame["error"]["code"] for frame in before} == {"not_authenticated", "revoked"} and leaks(before) == []
    assert scene.founder.history(scene.where)[1]["head"] == head + 1, "none of it was done"


def test_who_is_removed_while_commands_are_on_their_way(server):
    """Whatever the interleaving: each send is stored before the removal and seen by all, or refused."""
    scene = Scene(server, JSON)
    member = scene.devices["member"]
    numbers_ = [member.send_later(scene.where, f"{number}") for number in range(100)]
    scene.founder.ask(removeMember={"conversation": scene.where, "user": member.user})
    found = []
    for number in numbers_:
        member.listen(lambda: any(frame.get("re") == number for frame in member.heard))
        frame = next(frame for frame in member.heard if frame.get("re") == number)
        found.append(frame["sent"]["seq"] if "sent" in frame else frame["error"]["code"])
    log = scene.founder.whole_log(scene.where)
    removal = next(body["seq"] for kind, body in log if kind == "group" and body["what"] == "removed" and member.user in body["users"])
    stored = [seq for seq in found if seq != F]
    assert stored == sorted(stored) and all(seq < removal for seq in stored) and found[len(stored):] == [F] * (100 - len(stored))
    member.wait_for(scene.where, removal)
    with pytest.raises((Late, Closed)):
        scene.founder.send(scene.where, f"{CANARY} after")
        member.listen(lambda: max(member.entries[scene.where]) > removal, timeout=0.3)
    with refused("forbidden"):
        member.send(scene.where, "more")
