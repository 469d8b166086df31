"""Long polling: the same pages and positions as over a WebSocket, whatever transport a device takes in between."""

import random
import threading
import time
import urllib.parse

import pytest

from document import frame_problems
from kith import Device, new_id


class Poller(Device):
    """A device that can poll too. What it stores is the same, and judged by the same rules."""

    def poll(self, wait=0, token=None, headers=None, **more):
        """→ the frame that was applied, or None."""
        query = {**({"cursor": self.cursor} if self.cursor else {}), **({"useq": self.useq} if self.useq else {}), **more}
        if wait is not None:
            query["wait"] = wait
        began = time.monotonic()
        answer = self.server.http("GET", "/v1/sync?" + urllib.parse.urlencode(query), token=token or self.token, headers=headers)
        self.took, self.answer_headers = time.monotonic() - began, answer.headers
        if answer.status == 204:
            assert answer.text == ""
            return None
        if answer.status == 409:
            return answer.json["code"]
        assert answer.status == 200, (answer.status, answer.text)
        problems = list(frame_problems(answer.json))
        assert not problems and ("page" in answer.json or "resync" in answer.json), problems
        self.heard, self.step_open, self.synced, self.highest = [answer.json], None, 0, {}
        self.apply(answer.json)
        return answer.json

    def catch_up(self):
        while self.poll():
            pass
        return self

    def until(self, conversation, seq):
        """Polls until this entry came: `sent` promises that it will, not that it has."""
        deadline = time.monotonic() + 10
        while seq not in self.entries[conversation]:
            assert time.monotonic() < deadline, f"{conversation} {seq} did not come"
            self.poll(wait=5)

    def polls_later(self, wait=20):
        """A poll that waits on a thread of its own. → the thread; `.found` is what came, `.at` when."""

        def run():
            thread.found = self.poll(wait)
            thread.at = time.monotonic()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        time.sleep(0.3)
        assert thread.is_alive(), "it did not wait"
        return thread


def poller(server, user, name="phone"):
    return Poller(server, user.id, name, user.token(name))


def ended(thread, timeout=5):
    thread.join(timeout)
    assert not thread.is_alive(), "the poll did not end"
    return thread.found


def test_the_first_poll_gives_a_place_to_begin(server):
    alice, bob = server.users("alice", "bob")
    phone = poller(server, bob)
    assert phone.poll(wait=20)["resync"]["reason"] == "no_cursor" and phone.took < 5
    assert phone.poll(wait=0) is None
    sent = alice.online().send(bob, "hi")
    page = phone.poll(wait=20)["page"]
    assert [change["conversation"] for change in page["changes"]] == [sent["conversation"]]
    assert phone.entries[sent["conversation"]][1]["text"] == "hi"
    assert phone.poll(wait=0) is None


def test_a_poll_waits_and_ends_at_once_when_something_comes(server):
    alice, bob = server.users("alice", "bob")
    phone, writer = poller(server, bob).catch_up(), alice.online()
    waiting = phone.polls_later()
    sent_at = time.monotonic()
    writer.send(bob, "now")
    assert ended(waiting)["page"]["to"] == 1 and waiting.at - sent_at < 2
    waiting = phone.polls_later()
    reader = bob.online("tablet")
    reader.ask(read={"conversation": next(iter(phone.entries)), "seq": 1})
    assert ended(waiting)["page"]["changes"][0]["read"] == 1


def test_a_poll_waits_as_long_as_it_was_told(server):
    phone = poller(server, server.user("bob")).catch_up()
    assert phone.poll(wait=1) is None and 0.8 < phone.took < 4
    assert phone.poll(wait=None, headers={"Prefer": "respond-async, wait=1"}) is None and 0.8 < phone.took < 4
    assert phone.answer_headers["preference-applied"] == "wait=1"
    for prefer in ("Wait = 1", "wait=soon, wait=1"):
        assert phone.poll(wait=None, headers={"Prefer": prefer}) is None and 0.8 < phone.took < 4
    assert phone.poll(wait=0, headers={"Prefer": "respond-async"}) is None and "preference-applied" not in phone.answer_headers
    assert phone.poll(wait=0, headers={"Prefer": "wait=5"}) is None and phone.took < 0.8
    for query in ("wait=x", "wait=-1", "wait=", "useq=1.5", "useq=x", "cursor=%"):
        answer = server.http("GET", f"/v1/sync?{query}", token=phone.token)
        assert answer.status == 400 and answer.json["code"] == "malformed", query


def test_a_newer_poll_ends_the_older(server):
    alice, bob = server.users("alice", "bob")
    phone = poller(server, bob).catch_up()
    first = phone.polls_later()
    second = Poller(server, bob.id, "phone", phone.token)
    second.cursor = phone.cursor
    other = second.polls_later()
    assert ended(first, 2) == "replaced"
    assert other.is_alive()
    alice.online().send(bob, "for the newer one")
    assert ended(other)["page"]["to"] == 1
    # A newer one that has something at once ends the older all the same.
    waiting = second.polls_later()
    assert phone.poll()["page"]["to"] == 1
    assert ended(waiting, 2) == "replaced"


def test_two_clients_of_one_device_do_not_fight_for_ever(server):
    """Each polls on until it is told to stay away, as the page says: then one is left, which waits in peace."""
    bob = server.user("bob")
    token, polls = bob.token("phone"), []

    def client():
        phone = Poller(server, bob.id, "phone", token)
        while (found := phone.poll(wait=2)) != "replaced" and len(polls) < 50:
            polls.append(found)

    threads = [threading.Thread(target=client, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(5)
    assert sum(thread.is_alive() for thread in threads) == 1
    assert len(polls) < 20, "they ended each other's polls all the time"


@pytest.mark.parametrize("seed", range(4))
def test_a_device_changes_transport_at_any_moment(server, seed):
    """No gap and no repeat: every position is judged, and in the end everything is there once."""
    dice = random.Random(seed)
    alice, bob, carol = server.users("alice", "bob", "carol")
    phone, writers = poller(server, bob).catch_up(), [alice.online(), carol.online()]
    sent = {}
    for round_ in range(12):
        for _ in range(dice.randrange(4)):
            writer = dice.choice(writers)
            done = writer.send(bob, f"{round_}", base=max(sent.get(writer.user, (None, 0))[1], 0))
            sent[writer.user] = (done["conversation"], done["seq"])
        how = dice.randrange(4)
        if how == 0:
            phone.poll(wait=dice.choice([0, 1]))
        elif how == 1 and phone.link is None:
            phone.connect(until=dice.choice(["ready", "synced"]))
        elif how == 2 and phone.link:
            phone.cut()
        elif phone.link:
            phone.settle()
        if how == 0:
            phone.link = None  # The poll took its place.
    phone.link = None
    for conversation, seq in sent.values():
        bob.sees(conversation, seq)
    phone.catch_up()
    for conversation, seq in sent.values():
        assert sorted(phone.entries[conversation]) == list(range(1, seq + 1))
    again = phone.connect()
    assert not [frame for frame in again if "page" in frame or "event" in frame], again


def test_a_device_is_on_one_transport_at_a_time(server):
    bob = server.user("bob")
    phone = poller(server, bob)
    phone.connect()
    link = phone.link
    phone.poll()
    link.closes(4504)
    waiting = phone.polls_later()
    phone.connect()
    assert ended(waiting, 2) == "replaced"
    phone.ask(ping={})


def test_a_logout_ends_the_poll(server):
    bob = server.user("bob")
    phone = poller(server, bob).catch_up()
    answers = []
    thread = threading.Thread(target=lambda: answers.append(
        server.http("GET", f"/v1/sync?cursor={phone.cursor}&wait=20", token=phone.token)), daemon=True)
    thread.start()
    time.sleep(0.3)
    assert server.http("DELETE", f"/v1/auth/users/{bob.id}/devices/phone", token=server.admin).status == 200
    thread.join(3)
    assert answers and answers[0].status == 401 and answers[0].json["code"] == "revoked"
    assert server.http("GET", f"/v1/sync?cursor={phone.cursor}", token=phone.token).status == 401


def test_who_polls_is_online(server):
    alice, bob = server.users("alice", "bob")
    phone, writer = poller(server, bob), alice.online()
    assert not writer.send(bob, "1")["presence"][0].get("online")
    phone.catch_up()
    sent = writer.send(bob, "2", base=1)
    assert sent["presence"][0]["online"], "between two polls"
    phone.until(sent["conversation"], 2)
    waiting = phone.polls_later()
    assert writer.send(bob, "3", base=2)["presence"][0]["online"]
    ended(waiting)
    phone.until(sent["conversation"], 3)
    deadline = time.monotonic() + 25
    while writer.send(bob, "?", base=3)["presence"][0].get("online"):
        assert time.monotonic() < deadline, "still online after the grace"
        time.sleep(1)


def test_a_token_that_names_no_device(server, keyed):
    bob, now = server.user("bob"), int(time.time())
    token = server.jwt(sub=bob.id, exp=now + 60, iat=now)
    answer = server.http("GET", "/v1/sync", token=token)
    assert answer.status == 422 and answer.json["code"] == "invalid_argument"
    phone = Poller(server, bob.id, "phone", token)
    assert phone.poll(device="phone")["resync"]["reason"] == "no_cursor"
    assert server.http("GET", "/v1/sync?device=a%20b", token=token).status == 422
    assert server.http("GET", "/v1/sync?device=tablet", token=bob.token("phone")).status == 401
    assert server.http("POST", "/v1/sync", token=token).headers["allow"] == "GET, PUT"


def test_positions_of_another_life(server):
    bob = server.user("bob")
    phone = poller(server, bob).catch_up()
    phone.cursor = phone.cursor.replace(phone.cursor[:4], "0000" if phone.cursor[:4] != "0000" else "1111", 1)
    assert phone.poll()["resync"]["reason"] == "other_store"
    phone.useq = 1000
    assert phone.poll()["resync"]["reason"] == "ahead"


def test_a_planned_stop_sends_polls_away(new_server):
    server = new_server()
    bob = server.user("bob")
    phone = poller(server, bob).catch_up()
    answers = []
    thread = threading.Thread(target=lambda: answers.append(
        server.http("GET", f"/v1/sync?cursor={phone.cursor}&wait=20", token=phone.token)), daemon=True)
    thread.start()
    time.sleep(0.3)
    began = time.monotonic()
    server.ask_to_stop()
    assert server.stopped() == 0 and time.monotonic() - began < 10
    thread.join(3)
    assert answers and answers[0].status == 503 and answers[0].json["code"] == "going_away"
    server.start()
    assert phone.poll() is None


def test_waiting_polls_take_no_places_of_strangers(new_server):
    server = new_server("--connections", "150", "--loopback-exempt")
    bob = server.user("bob")
    phones = [poller(server, bob, f"phone{number}") for number in range(90)]
    for phone in phones:
        phone.catch_up()
    waiting = [threading.Thread(target=phone.poll, args=(30,), daemon=True) for phone in phones]
    for thread in waiting:
        thread.start()
    time.sleep(1)
    assert all(thread.is_alive() for thread in waiting)
    writer = server.user("alice").online()
    writer.send(bob, "hi", client_id=new_id())
    for thread in waiting:
        thread.join(10)
    assert all(len(phone.entries) == 1 for phone in phones)
