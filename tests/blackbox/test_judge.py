"""Shows that the judge can be failed: a Device does not take what the page forbids a server to say."""

import pytest

from document import frame_problems
from kith import Device

WHERE = "d_x"


class Script:
    """A connection whose server says these frames."""

    def __init__(self, frames):
        self.frames = list(frames)

    def hear(self, timeout):
        return self.frames.pop(0)

    def applied(self):
        pass


def message(seq, text="hi"):
    return {"conversation": WHERE, "seq": seq, "from": "alice", "time": "2026-11-21T09:00:00.123Z", "n": seq, "clientId": "0" * 32,
            "text": text}


def event(seq, useq=None, text="hi"):
    return {"event": {**({"useq": useq} if useq else {}), "message": message(seq, text)}}


def page(begin, end, first, last, after=0, many=1):
    changes = [{"conversation": f"{WHERE}{number or ''}", "with": "alice", "from": after, "to": last,
                "entries": [{"message": {**message(seq), "conversation": f"{WHERE}{number or ''}"}} for seq in range(first, last + 1)]}
               for number in range(many)]
    return {"page": {"from": begin, "to": end, "changes": changes, "cursor": "c"}}


SYNCED = {"synced": {"cursor": "c"}}
GROUP = "g_x"


def change(kind, seq, target, **more):
    return {kind: {"conversation": WHERE, "seq": seq, "from": "alice", "time": "2026-11-21T09:00:00.123Z", "target": target, **more}}


def told(seq, useq, body):
    """An event of something else than a plain message of WHERE."""
    return {"event": {"useq": useq, **body}}


def of_group(seq, useq, what=None, users=("bob",)):
    about = {"conversation": GROUP, "seq": seq, "from": "alice", "time": "2026-11-21T09:00:00.123Z"}
    if what:
        return told(seq, useq, {"group": {**about, "what": what, "users": list(users)}})
    return told(seq, useq, {"message": {**about, "n": seq, "clientId": "0" * 32, "text": "hi"}})


def two_of_a_page(text, body, edits=None):
    """A page with a message and a change of it."""
    said = {**message(1, text), **({"edits": edits, "version": 2} if edits else {})}
    changed = {"conversation": WHERE, "with": "alice", "to": 2, "entries": [{"message": said}, body]}
    return {"page": {"to": 2, "cursor": "c", "changes": [changed]}}


REVISION = [{"seq": 2, "time": "2026-11-21T09:00:00.123Z"}]


def heard(frames):
    device = Device(None, "bob", "phone", None, "ws")
    device.link, device.heard, device.highest, device.step_open, device.synced = Script(frames), [], {}, None, 0
    device.listen(lambda: not device.link.frames)
    return device


def test_an_honest_server_passes():
    device = heard([page(0, 3, 1, 3), SYNCED, event(4, 4), event(5), event(6, 5), {"event": {"useq": 6}}])
    assert sorted(device.entries[WHERE]) == [1, 2, 3, 4, 5, 6] and device.useq == device.position == 6


@pytest.mark.parametrize("frames", [
    [event(1, 1), event(2, 3)], [event(1, 1), event(2, 1)], [event(1, 1), event(3, 2)], [event(1, 1), event(1, 2)],
    [event(2, 1), event(1, 2)], [SYNCED, SYNCED], [page(0, 3, 1, 3), page(4, 5, 4, 5)], [page(0, 3, 1, 3), page(3, 5, 3, 5)],
    [page(0, 501, 1, 1)], [page(3, 3, 1, 1)],
    [page(0, 201, 1, 201)], [page(0, 101, 1, 1, many=101)], [page(0, 3, 1, 3, after=2)], [event(1), {"event": {"useq": 2}}]],
    ids=lambda frames: " ".join(str(frame)[:30] for frame in frames))
def test_a_server_that_lies_does_not(frames):
    with pytest.raises(AssertionError):
        heard(frames)


def test_an_honest_server_tells_of_changes():
    device = heard([event(1, 1), told(2, 2, change("edited", 2, 1, text="new")), told(3, 3, change("reacted", 3, 1, emoji="+")),
                    told(4, 4, change("deleted", 4, 1))])
    assert device.entries[WHERE][1] == {**{name: value for name, value in message(1).items() if name != "text"}, "deleted": 4, "version": 4}
    assert "text" not in device.entries[WHERE][2]
    device = heard([two_of_a_page("new", change("edited", 2, 1, text="new"), REVISION)])
    assert device.entries[WHERE][1]["edits"] == REVISION
    heard([of_group(1, 1, "created"), of_group(2, 2, "removed"), of_group(9, 3, "added"), of_group(10, 4)])


@pytest.mark.parametrize("frames", [
    [two_of_a_page("old", change("edited", 2, 1, text="new"))], [two_of_a_page("gone", change("deleted", 2, 1))],
    [two_of_a_page("hi", change("reacted", 2, 1, emoji="+"))],
    [of_group(1, 1, "created"), of_group(3, 2)], [of_group(1, 1, "created"), of_group(9, 2, "added", ["carol"])]],
    ids=["not edited", "not deleted", "no version", "skips", "skips for others"])
def test_a_server_that_tells_half_of_it_does_not(frames):
    with pytest.raises(AssertionError):
        heard(frames)


def test_what_was_deleted_does_not_come_back():
    device = heard([event(1, 1), told(2, 2, change("deleted", 2, 1))])
    device.highest, device.position = {}, None
    device.link.frames = [event(1, 2)]
    with pytest.raises(AssertionError):
        device.listen(lambda: not device.link.frames)


def test_the_same_entry_again_must_be_the_same():
    device = heard([event(1, 1)])
    device.highest = {}
    device.link.frames = [event(1, 2, text="another")]
    with pytest.raises(AssertionError):
        device.listen(lambda: not device.link.frames)


@pytest.mark.parametrize("frame", [
    {"done": {}, "pong": {}}, {}, {"re": 1}, {"re": 0, "done": {}}, {"dance": {}}, {"ready": {"user": "a", "useq": 0}},
    {"ready": {"user": 5}}, {"hello": {"protocol": "kith.v1", "colour": "green"}}, {"event": {"useq": "1"}}, {"sent": {"seq": 1.5}},
    {"sent": {"time": "2026-11-21T09:00:00Z"}},
    {"sent": {"repeated": False}}, {"sent": {"presence": []}}, {"event": {"useq": 1, "message": {}, "read": {}}},
    {"error": {"type": "about:kith/busy", "code": "busy", "title": "Busy.", "status": 503, "outcome": "retry"}},
    {"error": {"code": "no such code"}}])
def test_frames_that_the_tables_do_not_know(frame):
    assert list(frame_problems(frame))
