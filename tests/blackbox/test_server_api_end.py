"""The server-side API: users who are deactivated, come back, are exported and erased, and what is left of whom."""

import json
import time

import pytest

from admin_api import Api
from conftest import FLAGS
from kith import new_id, refused, unique


@pytest.fixture
def api(administered):
    return Api(administered)


# ---- deactivating


def test_a_deactivated_user_gets_nothing(keyed, api):
    alice, bob = api.people("alice", "bob")
    where = alice.send(bob, "before")["conversation"]
    bob.wait_for(where, 1)
    now = int(time.time())
    jwt = keyed.jwt(sub=bob.user, exp=now + 600, iat=now, device="tab")
    assert keyed.http("GET", "/v1/conversations", token=jwt).status == 200
    began = time.monotonic()
    for _ in range(2):
        assert api.call("POST", f"/users/{bob.user}/deactivate").json == {"user": bob.user, "state": "deactivated"}
    bob.link.closes(4503)
    assert time.monotonic() - began < 5
    later = keyed.jwt(sub=bob.user, exp=now + 600, iat=now + 30, device="tab")
    for token in (bob.token, jwt, later):
        for method, path in (("GET", "/v1/conversations"), ("GET", "/v1/sync"), ("GET", f"/v1/conversations/{where}/messages")):
            answer = keyed.http(method, path, token=token)
            assert answer.status == 401, (path, answer.text)
        link = keyed.connect()
        link.say({"id": 1, "auth": {"token": token}})
        assert link.reply(1)["error"]["code"] == "revoked"
        link.closes(4503)
    # To others the user is there, and takes nothing: in what there was, and anew.
    carol = api.people("carol")[0]
    for device in (alice, carol):
        with refused("refused"):
            device.send(bob, "after")
    with refused("refused"):
        alice.ask(send={"conversation": where, "clientId": new_id(), "text": "after"})
    with refused("refused"):
        carol.ask(open={"with": bob.user})
    group = api.group(alice.user)
    with refused("refused"):
        alice.ask(addMembers={"conversation": group, "users": [bob.user]})
    assert alice.texts(where) == ["before"], "what was said stays"
    assert api.get(f"/users/{bob.user}")["state"] == "deactivated"


def test_a_user_who_comes_back(keyed, api):
    alice, bob = api.people("alice", "bob")
    where = alice.send(bob, "one")["conversation"]
    group = api.group(alice.user, bob.user)
    api.call("POST", f"/users/{bob.user}/deactivate")
    alice.send(group, "to the group")
    for _ in range(2):
        assert api.call("POST", f"/users/{bob.user}/reactivate").json["state"] == "active"
    assert keyed.http("GET", "/v1/conversations", token=bob.token).json["code"] == "revoked", "the old token stays dead"
    again = api.online(bob.user)
    assert again.texts(where) == ["one"] and again.texts(group) == ["to the group"]
    alice.send(bob, "two")
    again.wait_for(where, 2)
    api.refused("POST", f"/users/{unique('nobody')}/deactivate", "unknown_user")
    api.refused("POST", f"/users/{unique('nobody')}/reactivate", "unknown_user")


def test_deactivation_outlives_a_crash(new_server):
    server = new_server(*FLAGS, "--loops", "2")
    api = Api(server)
    alice, bob = api.people("alice", "bob")
    where = alice.send(bob, "one")["conversation"]
    api.call("POST", f"/users/{bob.user}/deactivate")
    server.kill()
    server.start()
    alice.connect()
    with refused("refused"):
        alice.ask(send={"conversation": where, "clientId": new_id(), "text": "two"})
    assert server.http("GET", "/v1/conversations", token=bob.token).status == 401
    api.call("POST", f"/users/{bob.user}/reactivate")
    server.kill()
    server.start()
    alice.again()
    alice.send(bob, "three")


# ---- erasing


def left_of(api, name):
    assert api.get(f"/users/{name}") == {"user": name, "state": "erased"}
    answer = api.server.http("GET", f"/v1/admin/users/{name}/export", token=api.token)
    assert answer.json["code"] == "unknown_user"


def test_erasing_keeps_what_was_said(keyed, api):
    alice, bob, carol = api.people("alice", "bob", "carol")
    where = alice.send(bob, "mine")["conversation"]
    bob.send(alice, "his", base=1)
    group = api.group(bob.user, alice.user, carol.user)
    bob.send(group, "to all")
    api.erased(bob.user)
    api.erased(bob.user)
    bob.link.closes(4503)
    left_of(api, bob.user)
    assert alice.texts(where) == ["mine", "his"]
    assert carol.texts(group) == ["to all"]
    members = api.get(f"/groups/{group}/members")["items"]
    assert {one["user"] for one in members} == {alice.user, carol.user}
    assert "owner" in {one["role"] for one in members}, "somebody inherits"
    with refused("refused"):
        alice.ask(send={"conversation": where, "clientId": new_id(), "text": "more"})
    with refused("unknown_user"):
        carol.ask(open={"with": bob.user})
    # The id is nobody's for ever: whoever had it would have the conversations.
    api.refused("PUT", f"/users/{bob.user}", "name_taken")
    assert keyed.post("/v1/auth/signup", user=bob.user, password="correct horse").json["code"] == "name_taken"
    now = int(time.time())
    jwt = keyed.jwt(sub=bob.user, exp=now + 60, iat=now, device="x")
    assert keyed.http("GET", "/v1/conversations", token=jwt).json["code"] == "revoked"
    api.refused("POST", f"/users/{bob.user}/reactivate", "forbidden")
    api.refused("POST", f"/users/{bob.user}/tokens", "forbidden", {})
    api.refused("DELETE", f"/users/{unique('nobody')}", "unknown_user")
    api.refused("DELETE", f"/users/{alice.user}?messages=some", "invalid_argument")


def test_erasing_with_messages(api):
    alice, bob, carol = api.people("alice", "bob", "carol")
    where = alice.send(bob, "mine")["conversation"]
    bob.send(alice, "secret one", base=1)
    bob.change("edit", where, 2, text="secret two")
    bob.change("react", where, 1, emoji="👍")
    group = api.group(alice.user, bob.user, carol.user)
    bob.send(group, "secret three")
    carol.send(group, "hers")
    alice.ask(removeMember={"conversation": group, "user": bob.user})  # Their words stay behind, and are to go all the same.
    with refused("refused"):
        alice.ask(block={"user": bob.user, "blocked": True})
        alice.send(bob, "blocked")
    api.erased(bob.user, "erase")
    for reader, conversation in ((alice, where), (alice, group), (carol, group)):
        log = json.dumps(reader.whole_log(conversation))
        assert "secret" not in log, log
    assert alice.texts(where) == ["mine", None]
    assert "reactions" not in alice.message(where, 1)
    assert carol.texts(group) == [None, "hers"]
    left_of(api, bob.user)


def test_erasing_more_after_erasing_less(api):
    alice, bob = api.people("alice", "bob")
    where = alice.send(bob, "mine")["conversation"]
    bob.send(alice, "secret", base=1)
    api.erased(bob.user)
    assert alice.texts(where) == ["mine", "secret"]
    api.erased(bob.user, "erase")
    assert alice.texts(where) == ["mine", None]


def test_an_erasure_that_a_crash_cut_off_comes_to_its_end(new_server, monkeypatch):
    monkeypatch.setenv("KITH_CRASH_AT", "erasure_step:3")
    server = new_server()
    monkeypatch.delenv("KITH_CRASH_AT")
    api = Api(server)
    readers = api.people(*(f"reader{i}" for i in range(6)))
    bob = api.people("bob")[0]
    where = {}
    for reader in readers:
        where[reader.user] = bob.send(reader, "secret")["conversation"]
    with pytest.raises(Exception):  # The connection breaks.
        server.http("DELETE", f"/v1/admin/users/{bob.user}?messages=erase", token=server.admin)
    server.process.wait(10)
    server.process.stdout.close()
    server.start()
    assert server.http("GET", "/v1/conversations", token=bob.token).status == 401
    # Nobody asks again: the start goes on with it.
    deadline = time.monotonic() + 20
    while (state := api.get(f"/users/{bob.user}")["state"]) != "erased":
        assert state == "erasing" and time.monotonic() < deadline, state
        time.sleep(0.05)
    for reader in readers:
        reader.connect()
        assert reader.texts(where[reader.user]) == [None]
    api.erased(bob.user, "erase")
    outcomes = [record["outcome"] for record in api.get("/audit?limit=200")["records"] if record["what"] == "user.erase"]
    assert outcomes == ["ok", "begun"], outcomes


# ---- export


def test_an_export_has_all_that_concerns_the_user(api):
    alice, bob, carol = api.people("alice", "bob", "carol")
    where = alice.send(bob, "one")["conversation"]
    bob.send(alice, "two", base=1)
    group = api.group(carol.user, bob.user)
    carol.send(group, "before she came")
    carol.ask(addMembers={"conversation": group, "users": [alice.user]})
    carol.send(group, "for her too")
    other = carol.send(bob, "not hers")["conversation"]
    alice.sees(group, 4)
    alice.ask(clear={"conversation": where, "seq": 1})
    lines = api.export(alice.user)
    assert all(len(line) == 1 for line in lines)
    kinds = [next(iter(line)) for line in lines]
    assert kinds[0] == "account" and lines[0]["account"]["user"] == alice.user
    assert [line["device"]["device"] for line in lines if "device" in line] == ["phone"]
    assert {line["conversation"]["conversation"] for line in lines if "conversation" in line} == {where, group}
    text = json.dumps(lines)
    assert "before she came" not in text and "not hers" not in text and other not in text
    entries = [line["entry"] for line in lines if "entry" in line]
    assert [one["message"]["text"] for one in entries if "message" in one and one["message"]["conversation"] == where] == ["one", "two"]
    assert [one["message"]["text"] for one in entries if "message" in one and one["message"]["conversation"] == group] == ["for her too"]
    api.refused("GET", f"/users/{unique('nobody')}/export", "unknown_user")
    api.refused("GET", f"/users/{alice.user}/export?page=x", "invalid_argument")


def test_a_large_export_comes_in_pages(api):
    alice, bob, carol = api.people("alice", "bob", "carol")
    counts = {}
    for other, count in ((bob, 130), (carol, 90)):
        numbers = [alice.send_later(other, f"{i} " + "x" * 4000) for i in range(count)]
        counts[[alice.answer(number) for number in numbers][-1]["conversation"]] = count
    pages, path = 0, f"/users/{alice.user}/export"
    while path:
        answer = api.call("GET", path)
        assert len(answer.text) < 300_000
        pages += 1
        path = answer.headers.get("link", "").partition("</v1/admin")[2].partition(">")[0]
    assert pages >= 4
    found = {}
    for line in api.export(alice.user):
        if "entry" in line:
            message = line["entry"]["message"]
            found.setdefault(message["conversation"], []).append(message["seq"])
    assert found == {where: list(range(1, count + 1)) for where, count in counts.items()}
