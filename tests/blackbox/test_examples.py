"""The sessions on docs/protocol.md, carried out: what the page says that a client says is said to a real server, and what it says that the
server answers must come.

A block of the page plays in the scene of its heading (SCENES): who is there, and what happened before. Names, numbers and texts are those
of the page where the scene can bring that about; where the page leaves something out (`…`), and for tokens, cursors and times, what the
server says stands for it from then on.
"""

import json
import re
import time

import pytest

from document import TEXT, TIME
from kith import Link, new_id
from wire import Closed, Late, Socket

GAP = "members left out"
OWN_WORDS = ("token", "cursor", "code", "next", "page")  # Opaque texts: the page shows one that might be.


class Line:
    def __init__(self, number, who, text):
        self.number, self.who, self.text = number, who, text
        self.close = re.fullmatch(r'close (\d+) "(\w+)"', text)
        self.value = None if self.close else json.loads(marked(text))

    def __repr__(self):
        return f"line {self.number}: {self.who} {self.text[:300]}"


def marked(text):
    """The example as JSON: a `…` outside of strings has become null where a value was left out, else the member GAP."""
    parts = re.split(r'("(?:[^"\\]|\\.)*")', text)
    for place in range(0, len(parts), 2):
        part = re.sub(r":\s*…", ":null", parts[place])
        part = re.sub(r",\s*…", f',"{GAP}":true', part)
        part = re.sub(r"\{…(?=\})", f'{{"{GAP}":true', part)
        part = re.sub(r"\{…", f'{{"{GAP}":true,', part)
        parts[place] = part.replace("…", f',"{GAP}":true')
    return "".join(parts)


def blocks():
    """→ [(heading, [Line])]: the blocks with a client or a server in them."""
    found, heading, block = [], "", None
    for number, line in enumerate(TEXT.splitlines(), 1):
        if line.startswith("```"):
            if block:
                found.append((heading, [Line(*one) for one in block]))
            block = None if block is not None else []
        elif block is None:
            heading = line.lstrip("# ") if re.match(r"##+ ", line) else heading
        elif head := re.match(r"([CS])\s+((?:\{|close ).*)", line):
            block.append([number, head[1], head[2]])
        elif block and line.startswith("  "):
            block[-1][2] += line.strip()
    return found


BLOCKS = blocks()


class Play:
    """What the words of the page stand for in this run, and the connection on which it is said."""

    def __init__(self, server):
        self.server, self.words, self.link, self.heard, self.useq_shift = server, {}, None, [], None

    def opens(self):
        self.link, self.heard = Link.__new__(Link), []
        self.link.socket, self.link.largest, self.link.binary, self.link.protocol = Socket(self.server.address), 0, False, "kith.v1.json"
        assert self.link.socket.upgrade().status == 101

    def login(self, user, device, cursor=None):
        """A connection that is in step already, for examples from the middle of a session."""
        self.opens()
        self.link.hear()
        token = self.token(user, device)
        self.link.ask(900, auth={"token": token, **({"cursor": cursor} if cursor else {})})
        while "synced" not in self.link.hear():
            pass

    def token(self, user, device):
        done = self.server.post(f"/v1/auth/users/{user}/tokens", self.server.admin, device=device)
        assert done.status == 201, done.text
        return done.json["token"]

    # ---- the words of the page

    def spoken(self, value, name=""):
        """What a client of the page says, with this run's words."""
        if isinstance(value, dict):
            return {key: self.spoken(inner, key) for key, inner in value.items() if key != GAP and inner is not None}
        if isinstance(value, list):
            return [self.spoken(inner, name) for inner in value]
        if isinstance(value, str) and value in self.words:
            return self.words[value]
        if isinstance(value, str) and "…" in value and name == "clientId":
            return self.words.setdefault(value, new_id())
        assert not (isinstance(value, str) and "…" in value), f"{name} {value!r}: no line before says what this is"
        return value

    def differs(self, said, found, name="", words=None):
        """→ why `found` is not what the page says, or None; `words` takes what was learned."""
        if said is None:
            return None
        if isinstance(said, dict):
            if not isinstance(found, dict):
                return f"{name}: {found!r} is no object"
            missing, more = set(said) - set(found) - {GAP}, set(found) - set(said)
            if missing or (more and GAP not in said):
                return f"{name}: without {sorted(missing)}, with {sorted(more)} besides"
            inside = (self.differs(inner, found[key], key, words) for key, inner in said.items() if key != GAP)
            return next((why for why in inside if why), None)
        if isinstance(said, list):
            if not isinstance(found, list) or len(said) != len(found):
                return f"{name}: {found!r} has not {len(said)} elements"
            return next((why for why in (self.differs(a, b, name, words) for a, b in zip(said, found)) if why), None)
        if isinstance(said, str) and (name == "time" or name.endswith(("since", "Until", "expires")) or TIME.fullmatch(said)):
            return None if isinstance(found, str) and TIME.fullmatch(found) else f"{name}: {found!r} is no time"
        if isinstance(said, str) and ("…" in said or name in OWN_WORDS):
            known = words.get(said, self.words.get(said, found))
            words[said] = known
            return None if known == found else f"{name}: {found!r}, where {said} was {known!r}"
        if name == "useq":
            words.setdefault("useq", found - said if self.useq_shift is None else self.useq_shift)
            return None if found - said == words["useq"] else f"useq {found}, not {said} and {words['useq']} more"
        if name == "afterMs":
            return None if isinstance(found, int) else f"{name}: {found!r}"
        return None if said == found and type(said) is type(found) else f"{name}: {found!r}, not {said!r}"

    # ---- carrying out

    def say(self, line):
        self.link.say(self.spoken(line.value))

    def expect(self, line, timeout=5):
        """One of the frames that came, or comes: replies and pushes may overtake each other."""
        if line.close:
            self.link.closes(int(line.close[1]))
            return
        reasons, deadline = [], time.monotonic() + timeout
        while True:
            for frame in self.heard:
                words = {}
                why = self.differs(line.value, frame, "", words)
                if why is None:
                    self.useq_shift = words.pop("useq", self.useq_shift)
                    self.words.update(words)
                    self.heard.remove(frame)
                    return
                reasons.append(f"{frame}: {why}")
            try:
                self.heard.append(self.link.hear(max(0.001, deadline - time.monotonic())))
            except (Late, Closed) as end:
                raise AssertionError(f"{line}\ndid not come ({end}); what came:\n" + "\n".join(reasons[-len(self.heard):])) from None

    def carry_out(self, lines, meanwhile=None, besides=()):
        """`meanwhile`: what others do before a line, by its place. `besides`: bodies of frames that come and that the page leaves out."""
        for place, line in enumerate(lines):
            if meanwhile and place in meanwhile:
                meanwhile[place](self)
            self.say(line) if line.who == "C" else self.expect(line)
        for body in besides:
            while not any(body in frame for frame in self.heard):
                self.heard.append(self.link.hear())
        self.heard = [frame for frame in self.heard if not set(frame) & set(besides)]
        if not lines[-1].close:
            time.sleep(0.2)
            assert not self.heard, f"the page does not tell of {self.heard}"


# ---- scenes: what was before


def people(play, *names):
    for name in names:
        assert play.server.post("/v1/auth/users", play.server.admin, user=name).status == 201


def says(play, token, where, text, base):
    path = f"/v1/conversations/{where}/messages" if where[1:2] == "_" else f"/v1/users/{where}/messages"
    done = play.server.http("POST", path, {"text": text, "clientId": new_id(), "baseSeq": base}, token)
    assert done.status == 201, done.text
    return done.json


def direct(play, count):
    """Alice and bob have written so many messages; the direct conversation is `d_…`."""
    people(play, "alice", "bob")
    tokens = [play.token("alice", "tablet"), play.token("bob", "tablet")]
    for number in range(count):
        sent = says(play, tokens[number % 2 == 0], "alice" if number % 2 == 0 else "bob", f"message {number + 1}", number)
    play.words["d_…"] = sent["conversation"]
    settled(play, "alice", sent["conversation"], count)


def group(play, count):
    """Alice's group with bob, at this head; it is `g_…`."""
    people(play, "alice", "bob", "carol")
    token = play.token("alice", "tablet")
    done = play.server.http("POST", "/v1/groups", {"title": "Climbing", "members": ["bob", "carol"], "clientId": new_id()}, token)
    assert done.status == 201, done.text
    play.words["g_…"] = done.json["conversation"]
    for number in range(1, count):
        says(play, token, play.words["g_…"], f"message {number}", number)
    settled(play, "alice", play.words["g_…"], count)


def settled(play, user, where, head):
    token, deadline = play.token(user, "witness"), time.monotonic() + 10
    while not any(item["conversation"] == where and item["head"] == head
                  for item in play.server.http("GET", "/v1/conversations?limit=100", token=token).json.get("items", [])):
        assert time.monotonic() < deadline, f"{user} does not see {head} of {where}"
        time.sleep(0.05)


def scene_sending(play):
    direct(play, 41)
    bob = Play(play.server)
    bob.login("bob", "phone")
    bob.link.cut()
    time.sleep(0.3)
    play.login("alice", "laptop")


def scene_more(play):
    group(play, 11)
    play.login("alice", "laptop")


def scene_changing(play):
    direct(play, 44)
    # 42 is alice's, as on the page.
    play.login("alice", "laptop")


def scene_group(play):
    people(play, "alice", "bob", "carol")
    play.login("alice", "laptop")


def scene_marks(play):
    """Bob is there, has all 42 messages, and has read 40."""
    direct(play, 42)
    play.bob, where = Play(play.server), play.words["d_…"]
    play.bob.login("bob", "phone")
    play.bob_token = play.token("bob", "laptop")
    settled(play, "bob", where, 42)
    for _ in range(2):
        play.bob.link.ask(901, ping={})
    play.bob.link.say({"confirm": {"useq": 1 << 40}})
    assert play.server.http("PUT", f"/v1/conversations/{where}/read", {"seq": 40}, play.bob_token).status == 204
    token, deadline = play.token("alice", "witness"), time.monotonic() + 10
    expected = [{"user": "bob", "delivered": 42, "read": 40}]
    while (found := play.server.http("GET", f"/v1/conversations/{where}/receipts", token=token).json.get("items")) != expected:
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    play.login("alice", "laptop")


def bob_reads(play):
    assert play.server.http("PUT", f"/v1/conversations/{play.words['d_…']}/read", {"seq": 42}, play.bob_token).status == 204


def bob_writes(play):
    assert play.server.http("POST", f"/v1/conversations/{play.words['d_…']}/typing", {}, play.bob_token).status == 204


def scene_invites(play):
    """Three are in, at head 16; who joins by the link is a fourth."""
    group(play, 16)
    people(play, "dave")
    play.words["g_3c1f0a…"] = play.words["g_…"]
    play.login("alice", "laptop")


def dave_speaks(play):
    assert not play.heard
    play.link.cut()
    play.login("dave", "phone")
    play.useq_shift = None


def scene_presence(play):
    """Bob is there, and idle; carol was there; dave never was. The first two are contacts of alice."""
    people(play, "alice", "bob", "carol", "dave")
    alice = play.token("alice", "tablet")
    for name in ("bob", "carol"):
        assert play.server.http("PUT", f"/v1/contacts/{name}", {}, alice).status == 204
        assert play.server.http("PUT", "/v1/contacts/alice", {}, play.token(name, "tablet")).status == 204
    play.bob, carol, play.dave = Play(play.server), Play(play.server), Play(play.server)
    carol.login("carol", "phone")
    carol.link.cut()
    play.bob.login("bob", "phone")
    play.bob.link.ask(901, status={"status": "idle"})
    deadline = time.monotonic() + 10
    while (found := play.server.http("POST", "/v1/presence", {"users": ["carol"]}, alice).json["items"])[0].get("online"):
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    play.login("alice", "laptop")


def bob_is_back(play):
    play.bob.link.ask(902, status={"status": "online"})


def dave_comes(play):
    play.dave.login("dave", "phone")


# Heading → (what was before its only block, what others do meanwhile, what comes besides). A whole session has its own story below.
SCENES = {
    "Sending": (scene_sending, {}, ("event",)),
    "More in a message": (scene_more, {}, ("event",)),
    "Changing what was sent": (scene_changing, {}, ()),
    "Where others are": (scene_marks, {2: bob_reads, 5: bob_writes}, ()),
    "Groups": (scene_group, {}, ()),
    "Links into a group": (scene_invites, {2: dave_speaks}, ("event",)),
    "Contacts": (scene_group, {}, ()),
    "Presence": (scene_presence, {4: bob_is_back, 5: dave_comes}, ()),
}
FLAGS = ("--loopback-exempt", "--limits", "off", "--presence-offline-grace", "1")
WHOLE, OUTLINE = "A whole session", "A connection, from its beginning"


@pytest.mark.parametrize("number", [n for n, (heading, _) in enumerate(BLOCKS) if heading not in (WHOLE, OUTLINE)])
def test_an_example_of_the_page(new_server, number):
    heading, lines = BLOCKS[number]
    assert heading in SCENES, f"{lines[0]}: the block under {heading!r} has no scene; write one into SCENES of test_examples.py"
    before, meanwhile, besides = SCENES[heading]
    play = Play(new_server(*FLAGS))
    before(play)
    play.carry_out(lines, meanwhile, besides)


def test_a_whole_session(new_server):
    """All of its blocks, one after the other: two users, three connections, a cut and a planned stop."""
    alice_first, alice_again, bob_first, stop = [lines for heading, lines in BLOCKS if heading == WHOLE]
    server = new_server()
    play = Play(server)
    people(play, "alice", "bob")
    alice_token = alice_first[1].value["auth"]["token"]
    play.words[alice_token] = play.token("alice", "laptop")
    play.opens()
    play.carry_out(alice_first)
    time.sleep(1.5)  # So that the next message has a step of its own in the inbox of bob, who is not there.
    again = alice_again[3].value
    assert "send" in again, again
    play.say(alice_again[3])
    play.link.cut()  # Before an answer comes.
    settled(play, "alice", play.words.get("d_…", again_conversation(alice_first)), 2)
    play.opens()
    play.carry_out(alice_again)
    settled(play, "bob", again_conversation(alice_first), 2)
    alice = play.link
    play.words[bob_first[1].value["auth"]["token"]] = play.token("bob", "phone")
    play.opens()
    play.carry_out(bob_first)
    server.ask_to_stop()
    play.expect(stop[0])
    play.expect(stop[1])
    alice.closes(4002)
    assert server.stopped() == 0


def again_conversation(lines):
    return next(line.value["opened"]["conversation"] for line in lines if "opened" in line.value)


def test_the_page_has_examples_of_all_kinds():
    said = {name for _, lines in BLOCKS for line in lines if line.who == "C" for name in line.value if name not in ("id", GAP)}
    assert len(said) >= 10 and sum(len(lines) for _, lines in BLOCKS) > 40, said
    assert sum(1 for heading, _ in BLOCKS if heading == WHOLE) == 4
