"""The commands about one's own view, about others and lists of users, over HTTP; and that every twin of the page is there."""

import re
import time
import urllib.parse

import pytest

from document import SECTIONS, TEXT, error_problems
from kith import User, new_id
from test_rest import caller, conversation

TWINS = re.findall(r"`(GET|PUT|POST|PATCH|DELETE) (/v1/\S+)`(?:, with \w+ \w+)? → (\d+)(?: with the object of `(\w+)`)?",
                   "\n".join(line for line in TEXT.splitlines() if line.startswith("HTTP: ")))

COMMANDS_WITH_TWINS = {re.match(r"`(\w+)`", part)[1] for part in TEXT.split("\n#### ") if "\nHTTP: `" in part and part[0] == "`"}


def talk(server, count=3):
    """→ (alice, bob, path): both have the same messages by alice."""
    alice, bob = caller(server, "alice"), caller(server, "bob")
    for number in range(count):
        sent = alice.send(f"/v1/users/{bob.user}", f"{number + 1}", baseSeq=number)
    for one in (alice, bob):
        User(server, one.user).sees(sent["conversation"], count)
    return alice, bob, conversation(sent["conversation"])


def seqs(page):
    return [next(iter(entry.values()))["seq"] for entry in page.get("entries", [])]


def test_clearing_and_hiding(server):
    alice, bob, where = talk(server, 4)
    bob.ask("PUT", f"{where}/messages/3/hidden", None, 204)
    assert seqs(bob.get(f"{where}/messages")) == [1, 2, 4] and seqs(alice.get(f"{where}/messages")) == [1, 2, 3, 4]
    bob.ask("PUT", f"{where}/cleared", {"seq": 2}, 204)
    assert seqs(bob.get(f"{where}/messages")) == [4]
    assert bob.get("/v1/conversations")["items"][0]["cleared"] == 2
    bob.refused(422, "invalid_argument", "PUT", f"{where}/cleared", {"seq": 99})
    bob.refused(400, "malformed", "PUT", f"{where}/messages/x/hidden")
    bob.refused(404, "not_found", "PUT", "/v1/conversations/g_nothing/cleared", {"seq": 1})


def test_settings(server):
    _, bob, where = talk(server)
    bob.ask("PATCH", f"{where}/settings", {"pinned": True, "mutedUntil": "2099-01-01T00:00:00.000Z"}, 204)
    settings = bob.get("/v1/conversations")["items"][0]["settings"]
    assert settings["pinned"] and settings["mutedUntil"] == "2099-01-01T00:00:00.000Z" and "archived" not in settings
    bob.ask("PATCH", f"{where}/settings", {"pinned": False, "archived": True}, 204)
    settings = bob.get("/v1/conversations")["items"][0]["settings"]
    assert "pinned" not in settings and settings["archived"] and "mutedUntil" in settings
    bob.refused(400, "malformed", "PATCH", f"{where}/settings", {"mutedUntil": "tomorrow"})


def test_lists_of_users_in_bodies(server):
    alice, others = caller(server, "alice"), [server.user(f"user{number}").id for number in range(5)]
    group = alice.ask("POST", "/v1/groups", {"title": "g", "members": others[:2]}, 201, Idempotency_Key=new_id()).json["conversation"]
    alice.ask("POST", f"/v1/groups/{group}/members", {"users": others[2:]})
    listed = [member["user"] for member in alice.get(f"/v1/groups/{group}/members")["items"]]
    assert sorted(listed) == sorted([alice.user, *others])
    for users in ("x", {"0": others[0]}, [1], [None], [others[0], {}]):
        alice.refused(400, "malformed", "POST", f"/v1/groups/{group}/members", {"users": users})
    alice.refused(422, "invalid_argument", "POST", f"/v1/groups/{group}/members", {"users": None})


def test_marks_are_one_answer(server):
    """Without a stream there is no connection that shows a conversation: `receipts` is what is known now."""
    alice, bob, where = talk(server)
    bob.ask("PUT", f"{where}/read", {"seq": 2}, 204)
    for _ in range(50):
        found = alice.get(f"{where}/receipts")
        if [mark for mark in found.get("items", []) if mark.get("read") == 2]:
            break
        time.sleep(0.1)
    assert [(mark["user"], mark["read"]) for mark in found["items"]] == [(bob.user, 2)] and found["presence"]["user"] == bob.user
    alice.ask("POST", f"{where}/typing", {}, 204)
    alice.ask("POST", f"{where}/typing", {"stopped": True}, 204)
    alice.refused(404, "not_found", "GET", "/v1/conversations/g_nothing/receipts")


def test_pages_say_where_the_next_is(server):
    """RFC 8288: who follows the links has everything, once."""
    alice, names = caller(server, "alice"), [server.user("friend").id for _ in range(5)]
    for name in names:
        alice.ask("PUT", f"/v1/contacts/{name}", None, 204)
    group = alice.ask("POST", "/v1/groups", {"title": "g", "members": names}, 201, Idempotency_Key=new_id()).json["conversation"]
    for number in range(1, 5):
        alice.send(conversation(group), "hi", baseSeq=number)
        alice.send(f"/v1/users/{names[number]}", "hi", baseSeq=0)
    User(server, alice.user).sees(group, 5)

    def walk(path, key):
        found, pages = [], 0
        while path:
            answer = alice.ask("GET", path)
            found += answer.json.get(key, [])
            link = answer.headers["link"]
            assert (link is not None) == bool(answer.json.get("next") or answer.json.get("more")), (path, link)
            path = re.fullmatch(r'<(/v1/[^>]+)>; rel="next"', link)[1] if link else None
            pages += 1
        return found, pages

    listed, pages = walk("/v1/contacts?limit=2", "items")
    assert sorted(contact["user"] for contact in listed) == sorted(names) and pages == 3
    listed, pages = walk(f"/v1/groups/{group}/members?limit=4", "items")
    assert sorted(member["user"] for member in listed) == sorted([alice.user, *names]) and pages == 2
    listed, pages = walk("/v1/conversations?limit=2", "items")
    assert len({item["conversation"] for item in listed}) == len(listed) == 5 and pages == 3
    entries, pages = walk(f"{conversation(group)}/messages?after=0&limit=2", "entries")
    assert seqs({"entries": entries}) == [1, 2, 3, 4, 5] and pages == 3
    entries, pages = walk(f"{conversation(group)}/messages?limit=2", "entries")
    assert sorted(seqs({"entries": entries})) == [1, 2, 3, 4, 5] and pages == 3


def test_what_needs_a_connection_has_no_twin():
    without = {name for name, table in SECTIONS["Commands"].items() if name[0].islower()} - COMMANDS_WITH_TWINS
    assert without == {"auth", "confirm", "ping"} and len(TWINS) >= 35


@pytest.mark.parametrize("method, path, status, reply", TWINS, ids=[f"{method} {path}" for method, path, _, _ in TWINS])
def test_every_twin_of_the_page_is_there(server, method, path, status, reply):
    """It answers with the object that the page names, or refuses with a problem object; never as a path that nobody knows."""
    alice, bob = caller(server, "alice"), caller(server, "bob")
    group = alice.ask("POST", "/v1/groups", {"title": "g", "members": [bob.user]}, 201, Idempotency_Key=new_id()).json["conversation"]
    words = {"conversation": group, "seq": "1", "emoji": "👍", "code": "nothing"}
    place = re.sub(r"\{(\w+)\}", lambda part: urllib.parse.quote(words.get(part[1], bob.user)), path)
    found = server.http(method, place, None if method in ("GET", "DELETE") else {}, alice.token)
    if found.status >= 400:
        assert found.status not in (405, 500), found.text
        assert found.json.get("detail") != "there is no such path", found.text
        assert not list(error_problems(found.json, found.status))
        return
    assert found.status == int(status) and bool(found.text) == bool(reply), (found.status, found.text)
    if reply:
        assert not list(SECTIONS["Replies"][reply].problems(found.json))
