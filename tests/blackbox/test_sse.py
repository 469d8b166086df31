"""Server-Sent Events: a stream brings what a WebSocket would, from whatever position is presented, and is one of a device's places."""

import random
import time

import pytest

from kith import nothing_but
from sse import Refusal, Stream, streamer
from test_polling import Poller


def refusal(*arguments, **how):
    with pytest.raises(Refusal) as caught:
        Stream(*arguments, **how)
    return caught.value.answer


def poller_of(device):
    made = Poller(device.server, device.user, device.name, device.token)
    made.cursor = device.last_id or device.cursor
    return made


def test_a_first_stream_gives_a_place_to_begin_then_what_happens(server):
    alice, bob = server.users("alice", "bob")
    phone = streamer(server, bob)
    phone.stream()
    nothing_but(phone.heard, "ready", "resync", "synced")
    assert phone.heard[0]["ready"]["device"] == "phone"
    writer = alice.online()
    sent = writer.send(bob, "now\nand “here”\r\n:x")
    assert phone.wait_for(sent["conversation"], 1) == "now\nand “here”\r\n:x"
    server.http("PUT", f"/v1/conversations/{sent['conversation']}/read", {"seq": 1}, phone.token)
    phone.listen(lambda: phone.reads.get(sent["conversation"]) == 1)
    nothing_but(phone.heard, "ready", "resync", "synced", "event", "event")


@pytest.mark.parametrize("how", ["last-event-id", "query"])
def test_a_stream_goes_on_where_the_former_was_cut(server, how):
    alice, bob = server.users("alice", "bob")
    phone, writer = streamer(server, bob), alice.online()
    phone.stream()
    where = writer.send(bob, "1")["conversation"]
    phone.wait_for(where, 1)
    phone.cut()
    for number in range(2, 6):
        writer.send(bob, str(number), base=number - 1)
    bob.sees(where, 5)
    phone.stream(how=how)
    assert sorted(phone.entries[where]) == [1, 2, 3, 4, 5]
    assert not any("resync" in frame for frame in phone.heard)
    first = [entry["message"]["seq"] for page in phone.pages() for change in page["changes"] for entry in change["entries"]]
    assert first == [2, 3, 4, 5], "what had an id that was presented does not come again"
    phone.cut()
    phone.stream(how=how)
    nothing_but(phone.heard, "ready", "synced")


def test_last_event_id_counts_before_the_query(server):
    bob = server.user("bob")
    phone = streamer(server, bob)
    phone.stream()
    good = phone.last_id
    other = Stream(server, phone.token, {"cursor": "junk", "useq": 7}, {"Last-Event-ID": good})
    assert "synced" in [other.hear(), other.hear()][1]
    other = Stream(server, phone.token, {"cursor": good}, {"Last-Event-ID": "junk"})
    assert [other.hear(), other.hear()][1]["resync"]["reason"] == "other_store"
    other = Stream(server, phone.token, {"cursor": good, "useq": 1000})
    assert [other.hear(), other.hear()][1]["resync"]["reason"] == "ahead"


def test_of_one_step_only_the_last_event_has_the_id(server):
    """Messages that come together share a step. Stream checks that only its last event has an id."""
    alice, bob, carol = server.users("alice", "bob", "carol")
    phone, writers = streamer(server, bob), [alice.online(), carol.online()]
    phone.stream()
    for round_ in range(5):
        for writer in writers:
            for number in range(20):
                writer.send_later(bob, f"{round_}.{number}", base=0)
    wanted = {writer.user: 100 for writer in writers}
    phone.listen(lambda: sum(len(entries) for entries in phone.entries.values()) == sum(wanted.values()), timeout=30)
    steps = [event for event in phone.events() if "useq" in event]
    assert len(phone.link.ids) == len(steps) + 2
    assert len({event["useq"] for event in steps}) == len(steps)


@pytest.mark.parametrize("seed", range(3))
def test_a_device_changes_transport_at_any_moment(server, seed):
    dice = random.Random(seed)
    alice, bob = server.users("alice", "bob")
    phone, writer, seq, where = streamer(server, bob), alice.online(), 0, None
    phone.stream()
    for _ in range(12):
        for _ in range(dice.randrange(4)):
            sent = writer.send(bob, "x", base=seq)
            seq, where = sent["seq"], sent["conversation"]
        kind = dice.randrange(4)
        if kind == 0:
            if phone.link:
                phone.cut()
            phone.stream(until=dice.choice(["ready", "synced"]), how=dice.choice(["query", "last-event-id"]))
        elif kind == 1:
            phone.connect(until=dice.choice(["ready", "synced"]))
            phone.last_id = None
            phone.cut()
        elif phone.link:
            phone.cut()
        if phone.last_id is None and phone.cursor:
            phone.stream(how="query")
    if not seq:
        return
    bob.sees(where, seq)
    if phone.link:
        phone.cut()
    phone.stream()
    assert sorted(phone.entries[where]) == list(range(1, seq + 1))


def test_a_device_is_at_one_place_at_a_time(server):
    bob = server.user("bob")
    phone = streamer(server, bob)
    phone.stream()
    first = phone.link
    phone.stream()
    first.ends_with("replaced")
    second = phone.link
    phone.connect()
    assert second.ends_with("replaced")[-1]["error"]["outcome"] == "stop"
    socket = phone.link
    phone.stream()
    socket.closes(4504)
    third, waiting = phone.link, poller_of(phone).polls_later()
    third.ends_with("replaced")
    phone.stream()
    waiting.join(5)
    assert not waiting.is_alive() and waiting.found == "replaced"


def test_what_a_stream_brought_is_confirmed_beside_it(server):
    alice, bob = server.users("alice", "bob")
    phone, writer = streamer(server, bob), alice.online()
    phone.stream()
    where = writer.send(bob, "1")["conversation"]
    phone.wait_for(where, 1)
    assert not [marks for marks in writer.ask(look={"conversation": where}).get("items", []) if marks.get("delivered")]
    assert server.http("PUT", f"/v1/sync?cursor={phone.last_id}", token=phone.token).status == 204
    deadline = time.monotonic() + 5
    while not [marks for marks in writer.ask(look={"conversation": where}).get("items", []) if marks.get("delivered") == 1]:
        assert time.monotonic() < deadline, "not delivered"
        time.sleep(0.1)
    assert server.http("PUT", "/v1/sync?cursor=junk", token=phone.token).status == 422
    phone.link.quiet()


def test_what_is_live_is_asked_for_over_http(server):
    """A look with the device's token is that of its stream, or of its WebSocket; not of another device's, nor of a stream to come."""
    alice, bob = server.users("alice", "bob")
    phone, laptop, writer = streamer(server, alice), streamer(server, alice, "laptop"), bob.online()
    where = writer.send(alice, "1")["conversation"]
    alice.sees(where, 1)
    for device in (phone, laptop):
        device.stream()

    def types(*listeners):
        time.sleep(2.1)  # More than one in 2 s is dropped.
        writer.ask(typing={"conversation": where})
        for device in listeners:
            device.listen(lambda: {"typing": {"conversation": where, "user": bob.id}} in device.heard, timeout=5)
            device.heard.clear()
        for device in {phone, laptop} - set(listeners):
            device.link.quiet()

    def look(device, path=f"/v1/conversations/{where}/receipts"):
        found = server.http("GET", path, token=device.token)
        assert found.status == 200 and found.json["presence"]["user"] == bob.id, found.text

    types()
    look(phone)
    types(phone)
    assert server.http("GET", "/v1/conversations/g_nothing/receipts", token=laptop.token).status == 404
    assert server.http("PUT", "/v1/look", {"conversation": where}, laptop.token).status == 200
    types(phone, laptop)
    assert server.http("PUT", "/v1/look", {}, phone.token).json == {}
    types(laptop)
    laptop.stream()
    types()
    phone.connect()
    look(phone)
    types(phone)


def test_a_revocation_ends_it(server):
    bob = server.user("bob")
    phone = streamer(server, bob)
    phone.stream()
    assert server.http("DELETE", f"/v1/auth/users/{bob.id}/devices/phone", token=server.admin).status == 200
    phone.link.ends_with("revoked", timeout=5)
    answer = refusal(server, phone.token)
    assert answer.status == 401 and answer.json["code"] in ("revoked", "unauthenticated")


def test_who_is_refused_gets_no_stream(server, keyed):
    bob, now = server.user("bob"), int(time.time())
    assert refusal(server, "nonsense").status == 401
    assert refusal(server, server.admin).status == 403
    token = server.jwt(sub=bob.id, exp=now + 60, iat=now)
    assert refusal(server, token).json["code"] == "invalid_argument"
    assert refusal(server, token, {"device": "a b"}).json["code"] == "invalid_argument"
    assert refusal(server, token, {"device": "phone", "useq": "x"}).json["code"] == "malformed"
    assert "ready" in Stream(server, token, {"device": "phone"}).hear()
    answer = server.http("POST", "/v1/events", token=token)
    assert answer.status == 405 and answer.headers["allow"] == "GET"


def test_a_client_of_http_1_0_gets_it_without_chunks(server):
    alice, bob = server.users("alice", "bob")
    phone = streamer(server, bob)
    phone.stream(version="1.0")
    sent = alice.online().send(bob, "hi")
    assert phone.wait_for(sent["conversation"], 1) == "hi"


def test_who_streams_is_online(server):
    alice, bob = server.users("alice", "bob")
    phone, writer = streamer(server, bob), alice.online()
    assert not writer.send(bob, "1")["presence"][0].get("online")
    phone.stream()
    assert writer.send(bob, "2", base=1)["presence"][0]["online"]
    phone.cut()
    deadline = time.monotonic() + 5
    while writer.send(bob, "?", base=2)["presence"][0].get("online"):
        assert time.monotonic() < deadline, "still online though its connection is gone"
        time.sleep(0.1)


def test_a_slow_reader_falls_behind_and_catches_up(server):
    alice, bob = server.users("alice", "bob")
    phone, writer = streamer(server, bob), alice.online()
    phone.stream(receive_buffer=4096)
    for _ in range(10):  # Together, so that it takes no minute in which nothing is read.
        for answer in [writer.send_later(bob, "x" * 8000) for _ in range(100)]:
            sent = writer.answer(answer)
    seq = 1000
    bob.sees(sent["conversation"], seq)
    phone.listen(lambda: seq in phone.entries[sent["conversation"]], timeout=60)
    assert phone.pages(), "8 MB did not fit, so some of it came as pages"
    assert phone.position == phone.useq or not phone.useq


def test_silence_is_filled(server):
    phone = streamer(server, server.user("bob"))
    phone.stream()
    phone.link.quiet(17)
    assert phone.link.comments == 1


def test_a_planned_stop_says_when_to_come_back(new_server):
    server = new_server()
    phone = streamer(server, server.user("bob"))
    phone.stream()
    began = time.monotonic()
    server.ask_to_stop()
    last = phone.link.ends()
    assert [list(frame) for frame in last] == [["goaway"]] and phone.link.retry == last[0]["goaway"].get("afterMs", 0) <= 5000
    assert server.stopped() == 0 and time.monotonic() - began < 5
    server.start()
    phone.stream()
    nothing_but(phone.heard, "ready", "synced")
