"""Who may what in a conversation: each standing × each command that names one. And what those who may not hear of it: nothing."""

import json

import pytest

from document import SECTIONS, TWINS
from kith import PROTO, Refused, message, new_id, refused, unique
from test_changes import afresh
from wire import Closed, Late

JSON = ("kith.v1.json",)
CANARY = "canary"
EVERYWHERE = pytest.mark.over()
STANDINGS = ("never", "ex", "guest", "member", "admin", "owner")
N, F, R, D, I, U, OK = "not_found", "forbidden", "refused", "deleted", "invalid_argument", "unknown_user", "ok"

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
    "look": (N, OK, OK, OK, OK, OK),
    "write": (N, F, OK, OK, OK, OK),
    "write no more": (N, F, OK, OK, OK, OK),
    "make a link": (N, F, F, OK, OK, OK),
    "list links": (N, F, F, OK, OK, OK),
    "end a link": (N, (N, F), (N, F), (N, OK), (N, OK), (N, OK)),
    "turn away": (N, F, F, OK, OK, OK),
    "come by no link": (N, N, N, N, N, N),
    "configure": (N, OK, OK, OK, OK, OK),
    "clear late": (N, I, OK, OK, OK, OK),
    "clear other": (N, OK, OK, OK, OK, OK),
    "hide other": (N, OK, OK, OK, OK, OK),
    "hide late": (N, I, OK, OK, OK, OK),
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
            "look": lambda: {"look": here},
            "write": lambda: {"typing": here},
            "write no more": lambda: {"typing": {**here, "stopped": True}},
            "make a link": lambda: {"createInvite": here},
            "list links": lambda: {"invites": here},
            "end a link": lambda: {"revokeInvite": {**here, "code": "0" * 22}},
            "turn away": lambda: {"refuseJoin": {**here, "user": user}},
            "come by no link": lambda: {"join": {"code": "0" * 22}},
            "configure": lambda: {"configure": {**here, "pinned": True}},
            "clear late": lambda: {"clear": {**here, "seq": self.late}},
            "clear other": lambda: {"clear": {**here, "seq": 1}},
            "hide other": lambda: {"hide": {**here, "seq": self.other if by == "ex" else self.late + 1}},
            "hide late": lambda: {"hide": {**here, "seq": self.late + 1}},
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


def judged(name, by, found, expected):
    """→ what is wrong, if anything."""
    return [] if found in (expected if isinstance(expected, tuple) else (expected,)) else [f"{name} by {by}: {found}, not {expected}"]


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


@EVERYWHERE
def test_each_standing_and_each_command_of_a_group(server, transport):
    form = PROTO if transport == "ws" else JSON  # That of the WebSockets among which one switches.
    scene = Scene(server, form)
    wrong = []
    for name, row in TABLE.items():
        for standing, expected in zip(STANDINGS, row):
            wrong += judged(name, standing, got(scene.devices[standing], scene.command(name, standing)), expected)
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
    pushed = [frame for frame in never.everything if "event" in frame or "page" in frame]
    strange = [frame for frame in pushed if '"mine"' not in json.dumps(frame)]
    assert not strange and scene.where not in json.dumps(never.listed()), strange
    # No number of the ex-member's is from after their last entry; the only count of members is that of their own group.
    frames = [frame for frame in ex.everything if "mine" not in json.dumps(frame)]
    about = [frame.get("page", {}).get("changes", frame) for frame in frames if scene.where in json.dumps(frame)]
    seqs = list(numbers(about, ("seq", "head", "to", "target", "deleted", "joined")))
    assert max(seqs) == scene.last and not list(numbers(frames, ("members",)))
    assert ex.item(scene.where)["unread"] == 1, "of the two after their own, one was read"


# ---- a direct conversation: of the two one is blocked, and a third knows its id

DIRECT = {  # by: a stranger, the blocked one, the one who blocks
    "send": (N, R, R), "send to": (OK, R, R), "edit own": (N, R, R), "edit other": (N, R, R), "react": (N, R, R), "take back": (N, R, R),
    "delete other": (N, F, F),
    "history": (N, OK, OK), "read": (N, OK, OK), "members": (N, OK, OK), "group": (N, N, N), "updateGroup": (N, N, N),
    "addMembers": (N, N, N), "removeMember": (N, N, N), "setRole": (N, N, N), "leave": (N, N, N),
    "look": (N, OK, OK), "typing": (N, R, R), "configure": (N, OK, OK),
    "createInvite": (N, N, N), "invites": (N, N, N), "revokeInvite": (N, N, N), "refuseJoin": (N, N, N), "join": (N, N, N),
    "delete own": (N, OK, OK), "edit deleted": (N, D, D), "hide": (N, OK, OK), "clear": (N, OK, OK)}

OF_ONESELF = {  # What names no conversation, by anybody about the one who blocks, or about nobody. None: there is no answer.
    "open": OK, "block": OK, "createGroup": OK, "conversations": OK, "addContact": (OK, R), "removeContact": OK, "contacts": OK,
    "presence": OK, "viewport": OK, "status": OK, "preferences": OK, "prefer": OK, "ping": OK, "confirm": None}


def of_a_direct_conversation(name, where, own, stranger, blocked, blocker):
    here, other = {"conversation": where}, 3 - own
    return {
        "send": {"send": message(where, "let me in")}, "send to": {"send": message(blocked if own == 2 else blocker, "let me in")},
        "edit own": {"edit": {**here, "seq": own, "text": "x"}},
        "edit other": {"edit": {**here, "seq": other, "text": "x"}}, "react": {"react": {**here, "seq": other, "emoji": "🎉"}},
        "take back": {"react": {**here, "seq": own, "emoji": "👍", "remove": True}},
        "delete other": {"delete": {**here, "seq": other}}, "history": {"history": here}, "read": {"read": {**here, "seq": 1}},
        "members": {"members": here}, "group": {"group": here}, "updateGroup": {"updateGroup": {**here, "title": "x"}},
        "addMembers": {"addMembers": {**here, "users": [stranger.user]}}, "removeMember": {"removeMember": {**here, "user": blocked.user}},
        "setRole": {"setRole": {**here, "user": blocked.user, "role": "guest"}}, "leave": {"leave": here},
        "look": {"look": here}, "typing": {"typing": here}, "configure": {"configure": {**here, "pinned": True}},
        "createInvite": {"createInvite": here}, "invites": {"invites": here}, "revokeInvite": {"revokeInvite": {**here, "code": "0" * 22}},
        "refuseJoin": {"refuseJoin": {**here, "user": stranger.user}}, "join": {"join": {"code": "0" * 22}},
        "delete own": {"delete": {**here, "seq": own}}, "edit deleted": {"edit": {**here, "seq": own, "text": "x"}},
        "hide": {"hide": {**here, "seq": other}}, "clear": {"clear": {**here, "seq": 1}}}[name]


def of_oneself(name, other, nobody):
    about = {"user": other.user}
    return {name: {"open": {"with": other.user}, "block": {"user": nobody.id, "blocked": True}, "conversations": {},
                   "createGroup": {"clientId": new_id(), "title": "mine", "members": [other.user]},
                   "addContact": about, "removeContact": about, "contacts": {}, "presence": {"users": [other.user]},
                   "viewport": {"users": [other.user]}, "status": {"status": "idle"},
                   "preferences": {}, "prefer": {"readMarks": True}, "ping": {}, "confirm": {"useq": 1}}[name]}


@EVERYWHERE
def test_each_standing_and_each_command_of_a_direct_conversation(server, transport):
    form = PROTO if transport == "ws" else JSON  # That of the WebSockets among which one switches.
    stranger, blocked, blocker = (server.user(name).online("phone", protocols=form)
                                  for name in ("never", f"{CANARY}-blocked", f"{CANARY}-blocker"))
    where = blocked.send(blocker, f"{CANARY} 1")["conversation"]
    assert blocker.send(where, f"{CANARY} 2", base=1)["seq"] == 2
    own = {blocked: 1, blocker: 2, stranger: 1}
    for device in (blocked, blocker):
        device.change("react", where, own[device], emoji="👍")
    blocker.ask(block={"user": blocked.user, "blocked": True})
    wrong = []
    for name, row in DIRECT.items():
        for device, expected in zip((stranger, blocked, blocker), row):
            found = got(device, of_a_direct_conversation(name, where, own[device], stranger, blocked, blocker))
            wrong += judged(name, device, found, expected)
    for name, expected in OF_ONESELF.items():
        for device in (stranger, blocked, blocker):
            command = of_oneself(name, blocked if device is blocker else blocker, server.user("fresh"))
            if expected is None or (transport != "ws" and name not in TWINS):
                continue
            wrong += judged(name, device, got(device, command), expected)
    assert not wrong, "\n".join(wrong)
    stranger.settle()
    stranger.listed()
    frames = json.dumps(stranger.everything)
    assert not [word for word in (f"{CANARY} 1", f"{CANARY} 2", where) if word in frames]
    assert blocker.history(where, after=2)[1]["head"] == 6, "two messages, two reactions, two deletions, and nothing that was refused"


def test_every_command_has_a_row(server):
    """A new command in the schema has to be judged here, too."""
    scene = Scene(server, JSON)
    covered = {next(iter(scene.command(name, by))) for name in TABLE for by in ("guest", "member")} | set(OF_ONESELF)
    assert set(SECTIONS["Frames"]["Command"].fields) - {"id", "auth"} == covered


@EVERYWHERE
def test_what_is_hidden_and_what_is_not_there_look_the_same(server):
    """A stranger's answers about a group, and about a conversation of two others, are those about an id that nobody has, to the letter."""
    scene = Scene(server, JSON)
    stranger, one, other = scene.devices["never"], *(server.user(name).online() for name in ("one", "other"))
    direct = one.send(other, f"{CANARY} 1")["conversation"]
    other.send(direct, f"{CANARY} 2", base=1)
    pairs = [(scene.command(name, "never"), scene.where, "g_" + "0" * (len(scene.where) - 2)) for name in TABLE]
    pairs += [(of_a_direct_conversation(name, direct, 1, stranger, one, other), direct, "d_" + "0" * (len(direct) - 2)) for name in DIRECT]
    compared = []
    for command, there, nowhere in pairs:
        if there in json.dumps(command):
            answers = []
            for asked in (command, json.loads(json.dumps(command).replace(there, nowhere))):
                with pytest.raises(Refused) as caught:
                    stranger.ask(**asked)
                answers.append(caught.value.error)
            compared.append((command, *answers))
    different = [f"{command}: {there} but {nowhere}" for command, there, nowhere in compared if there != nowhere]
    assert len(compared) > 60 and not different, "\n".join(different)


# ---- a device that was logged out, and a user whom the application closed


def log_out(server, device):
    assert server.http("DELETE", f"/v1/auth/users/{device.user}/devices/{device.name}", token=server.admin).status == 200


def deactivate(server, device):
    assert server.post(f"/v1/admin/users/{device.user}/deactivate", server.admin).status == 200


ENDS = pytest.mark.parametrize("end", [log_out, deactivate])


@ENDS
@pytest.mark.parametrize("form", [JSON, PROTO], ids=["json", "proto"])
def test_a_revoked_device_gets_nothing_whatever_it_says(server, form, end):
    scene = Scene(server, form)
    device = scene.devices["admin"]
    device.settle()
    device.sees(scene.where, scene.late)
    commands = [scene.command(name, "admin") for name in TABLE]
    head = scene.founder.history(scene.where)[1]["head"]
    device.wait_for(scene.where, head)
    end(server, device)
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


@ENDS
@pytest.mark.over("poll", "sse")
def test_a_revoked_token_does_nothing_over_http(server, end):
    scene = Scene(server, JSON)
    device = scene.devices["admin"]
    device.settle()
    commands = [scene.command(name, "admin") for name in TABLE]
    commands += [of_oneself(name, scene.devices["guest"], server.user("fresh")) for name in OF_ONESELF if name in TWINS]
    head = scene.founder.history(scene.where)[1]["head"]
    end(server, device)
    scene.founder.send(scene.where, f"{CANARY} after")
    heard = len(device.everything)
    for command in commands:
        assert got(device, command) == "revoked", command
    with pytest.raises(Closed) as caught:
        device.settle()
    assert caught.value.reason == "revoked" and "after" not in json.dumps(device.everything[heard:])
    assert scene.founder.history(scene.where)[1]["head"] == head + 1, "none of it was done"


@EVERYWHERE
def test_who_is_closed_is_there_and_misses_nothing(server):
    """Others find a deactivated user closed, to the same words whatever they ask; who comes back has what was said meanwhile, once."""
    scene = Scene(server, JSON)
    member, founder = scene.devices["member"], scene.founder
    direct = founder.send(member, "before")["conversation"]
    member.wait_for(direct, 1)
    assert server.http("GET", f"/v1/admin/users/{member.user}", token=server.admin).json["state"] == "active"
    deactivate(server, member)
    asked = [{"send": message(direct, "now?", base=1)}, {"send": message(member, "now?", base=1)},
             {"createGroup": {"clientId": new_id(), "title": "with them", "members": [member.user]}}]
    found = [got(founder, command) for command in asked]
    found.append(got(scene.devices["guest"], {"open": {"with": member.user}}))  # Who has a conversation with them finds it.
    assert found == [R] * 4 and got(founder, {"open": {"with": member.user}}) == OK, found
    assert founder.history(direct)[1]["head"] == 1 and len(founder.ask(members={"conversation": direct})["items"]) == 2
    said = [founder.send(scene.where, f"meanwhile {number}")["seq"] for number in range(5)]
    assert member.user in [one["user"] for one in founder.ask(members={"conversation": scene.where, "limit": 200})["items"]]
    member.cut()
    assert server.post(f"/v1/admin/users/{member.user}/reactivate", server.admin).status == 200
    with pytest.raises((Refused, Closed)):
        member.connect()
    member.token = server.post(f"/v1/auth/users/{member.user}/tokens", server.admin, device=member.name).json["token"]
    member.connect()
    member.wait_for(scene.where, said[-1])
    assert [member.entries[scene.where][seq]["text"] for seq in said] == [f"meanwhile {number}" for number in range(5)]
    assert founder.send(direct, "welcome back", base=1)["seq"] == 2 and member.wait_for(direct, 2) == "welcome back"


@EVERYWHERE
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
