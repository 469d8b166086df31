"""A device: what an installation of a client keeps, and how it judges what it is told."""

import contextlib
import itertools
import os
import random
import secrets
import time
from collections import defaultdict

from changes import CHANGES, changed, contradicts, kind_of, older_than_itself
from transports import TRANSPORTS
from wire import WAIT_S, Closed, Late

SWITCHING = "switching"
SEED = os.environ.get("KITH_SEED", "7")
DEVICES = itertools.count(1)
ENTRIES = ("message", "group", *CHANGES)


def new_id():
    return secrets.token_hex(16)


class Refused(Exception):
    """The server answered with an error object."""

    def __init__(self, error):
        super().__init__(f"{error.get('code')} ({error.get('detail', 'no detail')})")
        self.error, self.code = error, error.get("code")


@contextlib.contextmanager
def refused(*codes):
    """What is inside must be refused with one of these codes."""
    with contextlib.suppress(Closed):
        try:
            yield
        except Refused as caught:
            assert caught.code in codes, f"refused with {caught}, not {' or '.join(codes)}"
            return
    raise AssertionError(f"was not refused with {' or '.join(codes)}")


class Device:
    """An installation of a client. What it stores survives `cut` and `connect`."""

    def __init__(self, server, user, name, token, transport=None):
        self.server, self.user, self.name, self.token = server, user, name, token
        self.transport = transport or server.transport
        self.dice = random.Random(f"{SEED} {next(DEVICES)}")
        self.unanswered, self.opening = set(), False
        self.cursor, self.useq = None, 0
        self.position = None  # The useq that the next one must follow; not known from a resync to the first event.
        self.entries = defaultdict(dict)  # conversation → {seq: what the entry says; a message as it is now}
        self.kinds = defaultdict(dict)  # conversation → {seq: kind of the entry}
        self.reads, self.with_, self.contacts = {}, {}, {}
        self.cleared, self.hidden, self.settings = defaultdict(int), defaultdict(set), {}
        self.holes = defaultdict(list)  # conversation → [(low, high)]: what pages left out of (low, high].
        self.everything = []  # All frames of all connections.
        self.numbers = itertools.count(1)
        self.link, self.how = None, {}

    def __repr__(self):
        return f"{self.user}/{self.name}"

    # ---- connecting

    def connect(self, until="synced", **how):
        """Connects with the position that is stored, and listens until the frame `until`. → the frames heard, hello left out."""
        self.how, self.heard = how or self.how, []
        self.open(until)
        return self.heard

    def open(self, until):
        self.unanswered, self.opening = set(), True
        self.step_open, self.synced = None, 0
        self.highest = {}  # conversation → seq of the last entry in this connection
        transport = self.dice.choice(sorted(TRANSPORTS)) if self.transport == SWITCHING else self.transport
        self.link = TRANSPORTS[transport](self, **self.how)
        self.link.begin()
        if until == "synced":
            self.listen(lambda: self.synced)
        self.opening = False

    def cut(self):
        """As when the network is gone."""
        self.link.cut()
        self.link = None

    def again(self):
        """Cuts if need be and comes back. → the pushes from then to `synced`."""
        if self.link:
            self.cut()
        return self.connect()

    # ---- asking

    def say(self, **command):
        """→ the id under which the answer will come."""
        if self.restless(0.1):
            self.wander()
        number = next(self.numbers)
        self.unanswered.add(number)
        self.link.say({"id": number, **command})
        return number

    def answer(self, number, timeout=WAIT_S):
        """→ the body of the answer; raises Refused if it is an error."""
        self.listen(lambda: any(frame.get("re") == number for frame in self.heard), timeout)
        frame = next(frame for frame in self.heard if frame.get("re") == number)
        if "error" in frame:
            raise Refused(frame["error"])
        return next(body for name, body in frame.items() if name != "re")

    def ask(self, **command):
        return self.answer(self.say(**command))

    def send(self, to, text="hi", client_id=None, base=0, **more):
        """→ `sent`. `to` is a User, a Device or the id of a conversation; base None leaves baseSeq out."""
        return self.ask(send=message(to, text, client_id, base, **more))

    def send_later(self, to, text="hi", client_id=None, base=0):
        return self.say(send=message(to, text, client_id, base))

    def history(self, conversation, **bounds):
        found = self.ask(history={"conversation": conversation, **bounds})
        assert not list(older_than_itself(found.get("entries", []))), found
        return found.get("entries", []), found

    def change(self, what, conversation, seq, **more):
        """edit, delete or react. → `changed`"""
        return self.ask(**{what: {"conversation": conversation, "seq": seq, **more}})

    def texts(self, conversation, **bounds):
        return [entry["message"].get("text") for entry in self.history(conversation, **bounds)[0] if "message" in entry]

    def whole_log(self, conversation):
        """All entries by `after`, page by page. → [(kind, what it says)]"""
        found, after = [], 0
        while True:
            entries, page = self.history(conversation, after=after, limit=200)
            found += [kind_of(entry) for entry in entries]
            if not page.get("more"):
                return found
            assert page.get("to", 0) > after or found[-1][1]["seq"] > after, f"a page that leads nowhere: {page}"
            after = max(page.get("to", 0), found[-1][1]["seq"] if found else 0)

    def whole_history(self, conversation):
        """All messages."""
        return [body for kind, body in self.whole_log(conversation) if kind == "message"]

    def message(self, conversation, seq):
        """One message as the history shows it."""
        (entry,), _ = self.history(conversation, after=seq - 1, limit=1)
        assert entry["message"]["seq"] == seq
        return entry["message"]

    def fill(self, conversation):
        """Reads what pages left out, with the changes in it."""
        for kind, body in self.whole_log(conversation):
            if body["seq"] not in self.entries[conversation]:
                self.store(kind, body, conversation, body["seq"])

    def agrees(self, conversation):
        """What this device made of events and pages is what the history says now."""
        for kind, body in self.whole_log(conversation):
            own = self.entries[conversation].get(body["seq"], body)
            assert own == body, f"{self} made {own} of {kind} {body}"

    def listed(self, **how):
        """→ the whole list of conversations."""
        items, page = [], None
        while True:
            found = self.ask(conversations={**how, **({"page": page} if page else {})})
            items += found.get("items", [])
            page = found.get("next")
            if not page:
                return items

    def item(self, conversation):
        return next(item for item in self.listed(limit=100) if item["conversation"] == conversation)

    def sees(self, conversation, head):
        """Waits until the list shows that the user's inbox has come so far in this conversation."""
        deadline = time.monotonic() + WAIT_S
        while not any(item["conversation"] == conversation and item["head"] >= head for item in self.listed(limit=100)):
            if time.monotonic() > deadline:
                raise Late(f"{self.user}'s list does not show {head} of {conversation} but {str(self.listed(limit=100))[:1000]}")
            time.sleep(0.02)

    # ---- listening

    def listen(self, done, timeout=WAIT_S):
        """Applies what comes until `done()`."""
        deadline = time.monotonic() + timeout
        while not done():
            if self.restless(0.2):
                self.wander()
                continue
            try:
                frame = self.link.hear(deadline - time.monotonic())
            except Late:
                raise Late(f"{self} waited {timeout} s in vain; the last it heard: {str(self.heard[-5:])[-1500:]}") from None
            self.take(frame)

    def take(self, frame):
        self.heard.append(frame)
        self.everything.append(frame)
        self.unanswered.discard(frame.get("re"))
        self.apply(frame)
        if "re" not in frame:
            self.link.applied()

    def settle(self):
        """Applies what is on its way: a ping that is answered comes after what was pushed before, if not always; so twice, and a breath."""
        if self.link.name != "ws" or self.transport == SWITCHING:
            with contextlib.suppress(Late):
                self.listen(lambda: False, timeout=0.2)
            return
        for _ in range(2):
            self.ask(ping={})
            time.sleep(0.05)
        self.ask(ping={})

    def reaches(self, position):
        """Its position becomes this one; entries may have come before."""
        self.listen(lambda: self.position == position)

    def wait_for(self, conversation, seq, timeout=WAIT_S):
        """→ the text of that entry, once it came. If a page left it out it is read."""

        def left_out():
            return any(low < seq <= high for low, high in self.holes[conversation])

        self.listen(lambda: seq in self.entries[conversation] or left_out(), timeout)
        if seq not in self.entries[conversation]:
            self.fill(conversation)
        return self.entries[conversation][seq].get("text")

    def events(self):
        return [frame["event"] for frame in self.heard if "event" in frame]

    def pages(self):
        return [frame["page"] for frame in self.heard if "page" in frame]

    # ---- switching

    def restless(self, chance):
        """Whether to change the transport now. Not while an answer is due: it would be lost, and what was asked would be done or not."""
        return self.transport == SWITCHING and not self.opening and not self.unanswered and self.dice.random() < chance

    def wander(self):
        """Changes the transport at a bad moment: between two frames; in the middle of one; when one was heard and is not stored; or when a
        part of it is, but not the position after it."""
        moment = self.dice.choice(["between", "within", "heard", "half"])
        with contextlib.suppress(Late, Closed):
            if moment == "within":
                self.link.limit(self.dice.randrange(1, 3000))
                while True:
                    self.take(self.link.hear(0.05))
            if moment != "between":
                frame = self.link.hear(0.05)
                self.everything.append(frame)
                if moment == "half":
                    self.store_a_part(frame)
        self.cut()
        self.open(until=self.dice.choice(["ready", "synced"]))

    def store_a_part(self, frame):
        if "event" in frame:
            kind, said = kind_of(frame["event"]) if set(frame["event"]) - {"useq"} else (None, {})
            if kind in ENTRIES:
                self.keep(kind, said, said["conversation"], said["seq"], live=True)
        for change in frame.get("page", {}).get("changes", [])[:self.dice.randrange(3)]:
            entries = change.get("entries", [])
            for kind, body in map(kind_of, entries[:self.dice.randrange(len(entries) + 1)]):
                self.keep(kind, body, change["conversation"], change["to"])

    # ---- judging

    def apply(self, frame):
        if "event" in frame:
            self.apply_event(frame["event"])
        elif "page" in frame:
            self.apply_page(frame["page"])
        elif "resync" in frame:
            self.cursor, self.useq, self.position = frame["resync"]["cursor"], 0, None
            if frame["resync"]["reason"] != "no_cursor":
                self.entries.clear()
                self.reads.clear()
        elif "synced" in frame:
            self.synced += 1
            assert self.synced == 1, "synced comes once in each connection"
            if "cursor" in frame["synced"]:
                self.cursor, self.useq = frame["synced"]["cursor"], 0
                assert len(self.cursor) <= 64

    def apply_event(self, event):
        kind, said = kind_of(event) if len(event) > ("useq" in event) else (None, {})
        where = said.get("conversation")
        if self.step_open:
            assert where == self.step_open, f"a step of {self.step_open} has no end: {event}"
        self.step_open = None if "useq" in event else where
        if kind == "read":
            self.reads[where] = said["seq"]
        elif kind == "contact":
            self.contacts[said["user"]] = said["state"]
        elif kind == "settings":
            self.settings[where] = said
        elif kind in ("cleared", "hidden"):
            self.take_out(where, *((said["seq"],) if kind == "cleared" else (0, said["seq"])))
        elif kind:
            self.keep(kind, said, where, said["seq"], live=True)
        if "useq" in event:
            assert self.position in (None, event["useq"] - 1), f"{self}: position {self.position}, then {event}"
            self.position = self.useq = event["useq"]

    def apply_page(self, page):
        assert self.step_open is None, "a page inside of a step"
        begin, end, changes = page.get("from", 0), page["to"], page.get("changes", [])
        assert self.position in (None, begin), f"{self}: position {self.position}, then a page ({begin}, {end}]"
        assert begin < end <= begin + 500, f"a page ({begin}, {end}]"
        assert len(changes) <= 100 and len({change["conversation"] for change in changes}) == len(changes)
        texts = []
        for change in changes:
            where, after, to = change["conversation"], change.get("from", 0), change.get("to", 0)
            entries = [kind_of(entry) for entry in change.get("entries", [])]
            seqs = [body["seq"] for _, body in entries]
            self.take_out(where, change.get("cleared", 0), *[hidden["seq"] for hidden in change.get("hidden", [])])
            shown = [*seqs, *self.hidden[where], *range(after + 1, self.cleared[where] + 1)]
            breaks = [seq for seq, (kind, body) in zip(seqs, entries) if seq - 1 not in shown and not self.comes_in(kind, body)]
            assert breaks in ([], seqs[:1]) and seqs == sorted(set(seqs)), f"({after}, {to}] with entries {seqs}"
            assert not seqs or (after < seqs[0] and (seqs[-1] == to or to in shown)), f"({after}, {to}] with entries {seqs}"
            assert not list(older_than_itself(change.get("entries", []))), change
            texts += [body.get("text", "") for _, body in entries]
            for kind, body in entries:
                self.keep(kind, body, where, to)
            if "read" in change:
                self.reads[where] = change["read"]
            if "settings" in change:
                self.settings[where] = change["settings"]
            if to:
                self.highest[where] = to
                self.holes[where].append((after, seqs[0] - 1 if seqs else to))
            assert ("with" in change) == where.startswith("d_"), change
            self.with_[where] = change.get("with")
        assert len(texts) <= 200 and sum(len(text.encode()) for text in texts) <= 128 * 1024, "a page holds 200 entries and 128 KiB of text"
        self.contacts.update({contact["user"]: contact["state"] for contact in page.get("contacts", [])})
        self.cursor, self.useq, self.position = page["cursor"], 0, end
        assert len(self.cursor) <= 64

    def take_out(self, where, cleared=0, *hidden):
        """Drops what the user took out of their view."""
        self.cleared[where] = max(self.cleared[where], cleared)
        self.hidden[where].update(hidden)
        for seq in [seq for seq in self.entries[where] if seq <= self.cleared[where] or seq in self.hidden[where]]:
            del self.entries[where][seq], self.kinds[where][seq]

    def comes_in(self, kind, body):
        """An entry with which this user comes into a group: what lies before it is not theirs to see."""
        return kind == "group" and (body["what"] == "created" or (body["what"] in ("added", "joined") and self.user in body["users"]))

    def keep(self, kind, found, where, known, live=False):
        """Stores an entry, which holds all changes up to `known`, and applies what it changes."""
        taken_out = found["seq"] <= self.cleared[where] or found["seq"] in self.hidden[where]
        assert not taken_out, f"{self} sees again what it took out: {found}"
        seq, entries, kinds = found["seq"], self.entries[where], self.kinds[where]
        source = "event" if live else "page"
        assert seq > self.highest.get(where, 0), f"{self}: {source} brings seq {seq} after {self.highest[where]} in one connection"
        follows = where not in self.highest or seq == self.highest[where] + 1 or self.comes_in(kind, found)
        assert follows or not live, f"{self}: {source} skips to {seq}"
        self.highest[where] = seq
        assert found.get("conversation", where) == where
        before = entries.get(seq)
        if before is not None:
            wrong = contradicts(before, found) if kind == "message" else before != found and not (kind == "edited" and "text" not in found)
            assert not wrong and kinds[seq] == kind, f"{where} {seq} was {before} and is {found}: {wrong}"
        self.store(kind, found, where, known)

    def store(self, kind, found, where, known):
        entries, kinds, seq = self.entries[where], self.kinds[where], found["seq"]
        entries[seq], kinds[seq] = found, kind
        if kind == "message":
            later = sorted(number for number in entries if number > known and entries[number].get("target") == seq)
            for number in later:
                entries[seq] = changed(entries[seq], kinds[number], entries[number])
        elif kind in CHANGES:
            target = found["target"]
            if kinds.get(target) == "message":
                entries[target] = changed(entries[target], kind, found)
            if kind == "deleted":
                for number in [number for number, body in entries.items() if kinds[number] == "edited" and body["target"] == target]:
                    entries[number] = {name: value for name, value in entries[number].items() if name != "text"}


def message(to, text="hi", client_id=None, base=0, **more):
    """The body of `send`."""
    target = {"conversation": to} if isinstance(to, str) else {"to": to.user if isinstance(to, Device) else to.id}
    base = {} if base is None else {"baseSeq": base}
    return {**target, "clientId": client_id or new_id(), **base, "text": text, **more}


def nothing_but(frames, *kinds):
    """The kinds of frames heard, replies left out, are these and in this order."""
    found = [name for frame in frames if "re" not in frame for name in frame]
    assert found == list(kinds), f"heard {found}, not {list(kinds)}"
