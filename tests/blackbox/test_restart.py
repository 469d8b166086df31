"""What was acked is there after a kill and after a stop; a planned stop says goodbye."""

import shutil
import time

import pytest

from kith import Device, nothing_but, refused
from test_inbox import numbered, resynced

pytestmark = pytest.mark.over()


def follow(server, *devices):
    """The devices of a server that was started again come back."""
    for device in devices:
        device.server = server
        device.connect()


def numbered_send(number, base=0, **target):
    return {**target, "clientId": f"{number:032x}", "baseSeq": base, "text": f"{number}"}


def test_after_a_kill_everything_acked_is_there_once(new_server):
    server = new_server()
    alice, bob = server.users("alice", "bob")
    laptop, phone = alice.online("laptop"), bob.online("phone")
    bodies = [numbered_send(number, to=bob.id) for number in range(200)]
    acked = [laptop.answer(number) for number in [laptop.say(send=body) for body in bodies]]
    unanswered = [numbered_send(number, base=200, to=bob.id) for number in range(1000, 1050)]
    for body in unanswered:
        laptop.say(send=body)
    server.kill()
    where = acked[0]["conversation"]
    server.start()
    follow(server, laptop, phone)
    history = laptop.whole_history(where)
    for answer, body in zip(acked, bodies):
        stored = history[answer["seq"] - 1]
        assert (stored["clientId"], stored["text"], stored["time"]) == (body["clientId"], body["text"], answer["time"])
        again = laptop.ask(send=body)
        assert again["repeated"] and (again["seq"], again["time"]) == (answer["seq"], answer["time"])
    for body in unanswered:
        laptop.ask(send=body)
    texts = [entry["text"] for entry in laptop.whole_history(where)]
    assert sorted(texts, key=int) == [body["text"] for body in bodies + unanswered], "each is there, and none twice"
    with refused("id_reused"):
        laptop.ask(send={**bodies[7], "text": "another"})
    phone.wait_for(where, 250)
    assert [entry["text"] for entry in phone.whole_history(where)] == texts


def test_positions_survive_a_kill(new_server):
    server = new_server()
    alice, bob = server.users("alice", "bob")
    laptop, phone = alice.online("laptop"), bob.online("phone")
    for number in range(10):
        where = laptop.send(bob, f"{number}", base=number)["conversation"]
    phone.wait_for(where, 5)
    phone.cut()
    server.kill()
    server.start()
    follow(server, phone, laptop)
    phone.wait_for(where, 10)
    assert numbered(phone, where) == list(range(10)) and not any("resync" in frame for frame in phone.heard + laptop.heard)
    nothing_but(phone.again(), "synced")
    laptop.send(bob, "10", base=10)
    assert phone.wait_for(where, 11) == "10"


def test_marks_blocks_and_accounts_survive_a_kill(new_server):
    server = new_server()
    alice, bob = server.users("alice", "bob")
    laptop, phone = alice.online("laptop"), bob.online("phone")
    where = laptop.send(bob)["conversation"]
    phone.ask(read={"conversation": where, "seq": 1})
    phone.ask(block={"user": alice.id, "blocked": True})
    gone = alice.online("gone")
    assert server.http("DELETE", "/v1/auth/devices/gone", token=laptop.token).status == 200
    signed = server.post("/v1/auth/signup", user="carol", password="correct horse").json
    server.kill()
    server.start()
    follow(server, laptop, phone)
    assert phone.item(where)["read"] == 1
    with refused("refused"):
        laptop.send(bob, base=1)
    link = server.connect()
    link.say({"id": 1, "auth": {"token": gone.token}})
    link.fails("revoked", 4503)
    Device(server, "carol", signed["device"], signed["token"]).connect()
    assert server.post("/v1/auth/login", user="carol", password="correct horse").status == 200


@pytest.mark.over("ws")
def test_a_planned_stop(new_server):
    server = new_server()
    alice, bob = server.users("alice", "bob")
    laptop, phone, early = alice.online("laptop"), bob.online("phone"), server.connect()
    where = laptop.send(bob, "before")["conversation"]
    phone.wait_for(where, 1)
    began = time.monotonic()
    server.ask_to_stop()
    for device in (laptop, phone):
        goaway = device.link.closes(4002)[-1]["goaway"]
        assert goaway["reason"] == "stopping" and 0 <= goaway.get("afterMs", 0) <= 10000
    assert early.closes(4002) == [], "before ready there is no goodbye"
    assert server.stopped() == 0 and time.monotonic() - began < 15
    server.start()
    follow(server, laptop, phone)
    nothing_but([frame for frame in phone.heard if "page" not in frame], "synced")
    assert laptop.texts(where) == ["before"] and laptop.send(bob, "after", base=1)["seq"] == 2


@pytest.mark.over("ws")
def test_sends_in_flight_at_a_stop_are_stored_or_can_be_repeated(new_server):
    server = new_server()
    alice, bob = server.users("alice", "bob")
    laptop = alice.online("laptop")
    where = laptop.ask(open={"with": bob.id})["conversation"]
    bodies = [numbered_send(number, conversation=where) for number in range(200)]
    for body in bodies:
        laptop.say(send=body)
    server.ask_to_stop()
    answers = [frame for frame in laptop.heard + laptop.link.closes(4002) if "sent" in frame]
    assert server.stopped() == 0
    server.start()
    follow(server, laptop)
    history = {entry["seq"]: entry for entry in laptop.whole_history(where)}
    for answer in answers:
        assert history[answer["sent"]["seq"]]["time"] == answer["sent"]["time"], "acked before the stop, so it is there"
    for body in bodies:
        laptop.ask(send=body)
    assert sorted(int(text) for text in [entry["text"] for entry in laptop.whole_history(where)]) == list(range(200))


def test_data_from_a_backup_are_behind_the_device(new_server):
    """An older copy of the data does not know the newest position: the device hears so, and drops what it has."""
    server = new_server()
    alice, bob = server.users("alice", "bob")
    laptop, phone = alice.online("laptop"), bob.online("phone")
    where = laptop.send(bob, "in the backup")["conversation"]
    phone.wait_for(where, 1)
    server.stop()
    shutil.copytree(server.folder, f"{server.folder}.backup")
    server.start()
    follow(server, laptop, phone)
    for base in range(1, 4):
        laptop.send(bob, "lost", base=base)
        phone.wait_for(where, base + 1)
    phone.again()
    server.stop()
    shutil.rmtree(server.folder)
    shutil.copytree(f"{server.folder}.backup", server.folder)
    server.start()
    phone.server, phone.link = server, None
    assert resynced(phone, phone.cursor) in ("ahead", "other_store")
    assert phone.texts(where) == ["in the backup"]


def test_many_starts_keep_one_life_of_the_data(new_server):
    server = new_server()
    bob = server.user("bob")
    phone = bob.online()
    for _ in range(3):
        server.kill()
        server.start()
        follow(server, phone)
        nothing_but(phone.heard, "synced")
