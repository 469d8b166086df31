"""Every command over HTTP: the same outcome as over a WebSocket, with the statuses and headers of the page."""

import json
import re
import time
import urllib.parse

from document import SECTIONS
from kith import new_id, unique
from wire import Socket


class Caller:
    """A user who has nothing but HTTP."""

    def __init__(self, server, user, token):
        self.server, self.user, self.token = server, user, token

    def ask(self, method, path, body=None, status=200, **headers):
        """→ the response; the reply's object has been checked against the reference."""
        found = self.server.http(method, path, body, self.token, {name.replace("_", "-"): value for name, value in headers.items()})
        assert found.status == status, f"{method} {path}: {found.status} {found.text}"
        return found

    def get(self, path, **how):
        return self.ask("GET", path, **how).json

    def refused(self, status, code, method, path, body=None, **headers):
        found = self.ask(method, path, body, status, **headers)
        assert found.json["code"] == code, found.text
        return found

    def send(self, path, text="hi", status=201, key=None, **more):
        found = self.ask("POST", f"{path}/messages", {"text": text, **more}, status, Idempotency_Key=key or new_id())
        problems = list(SECTIONS["Replies"]["sent"].problems(found.json))
        assert not problems, problems
        return found.json


def caller(server, name="user"):
    user = server.user(name)
    return Caller(server, user.id, user.token("phone"))


def conversation(id_):
    return f"/v1/conversations/{id_}"


def test_a_direct_conversation_over_http(server):
    alice, bob = caller(server, "alice"), caller(server, "bob")
    opened = alice.ask("PUT", f"/v1/users/{bob.user}/conversation").json
    assert opened["with"] == bob.user and "head" not in opened
    where = conversation(opened["conversation"])
    sent = alice.send(f"/v1/users/{bob.user}", "hi", baseSeq=0)
    assert (sent["conversation"], sent["seq"]) == (opened["conversation"], 1)
    assert bob.send(where, "hi yourself", baseSeq=1)["seq"] == 2
    page = alice.get(f"{where}/messages")
    assert [entry["message"]["text"] for entry in page["entries"]] == ["hi", "hi yourself"] and page["head"] == 2
    changed = alice.ask("PATCH", f"{where}/messages/1", {"text": "hello"}).json
    assert changed["seq"] == 3
    bob.ask("PUT", f"{where}/messages/1/reactions/{urllib.parse.quote('👍')}")
    message = bob.get(f"{where}/messages?before=2")["entries"][0]["message"]
    assert message["text"] == "hello" and message["reactions"] == [{"emoji": "👍", "users": [bob.user]}]
    bob.ask("DELETE", f"{where}/messages/1/reactions/{urllib.parse.quote('👍')}")
    alice.ask("DELETE", f"{where}/messages/1")
    message = bob.get(f"{where}/messages?before=2")["entries"][0]["message"]
    assert "text" not in message and "reactions" not in message and message["deleted"]
    answer = bob.ask("PUT", f"{where}/read", {"seq": 2}, 204)
    assert answer.text == "" and answer.headers["content-length"] is None
    item = bob.get("/v1/conversations")["items"][0]
    assert item["conversation"] == opened["conversation"] and item["read"] == 2
    bob.ask("PUT", f"/v1/users/{alice.user}/block", None, 204)
    alice.refused(403, "refused", "POST", f"{where}/messages", {"text": "?", "clientId": new_id()})
    bob.ask("DELETE", f"/v1/users/{alice.user}/block", None, 204)
    alice.send(where, "again")


def test_a_group_over_http(server):
    alice, bob, carol = caller(server, "alice"), caller(server, "bob"), caller(server, "carol")
    key = new_id()
    made = alice.ask("POST", "/v1/groups", {"title": "us", "members": [bob.user]}, 201, Idempotency_Key=key)
    group, where = made.json["conversation"], made.headers["location"]
    assert where == f"/v1/groups/{group}" and made.json["role"] == "owner"
    assert alice.ask("POST", "/v1/groups", {"title": "us", "members": [bob.user]}, 201, Idempotency_Key=key).json["conversation"] == group
    assert alice.get(where)["members"] == 2
    alice.ask("POST", f"{where}/members", {"users": [carol.user]})
    alice.ask("PUT", f"{where}/members/{bob.user}/role", {"role": "admin"})
    alice.ask("PATCH", where, {"title": "all of us"})
    members = bob.get(f"{where}/members")["items"]
    assert {member["user"]: member["role"] for member in members} == {alice.user: "owner", bob.user: "admin", carol.user: "member"}
    assert bob.get(where)["title"] == "all of us"
    carol.send(conversation(group), "hi all")
    bob.ask("DELETE", f"{where}/members/{carol.user}")
    carol.refused(403, "forbidden", "POST", f"{conversation(group)}/messages", {"text": "?", "clientId": new_id()})
    bob.ask("POST", f"{where}/leave")
    assert alice.get(where)["members"] == 1


def test_idempotency_key_is_the_client_id(server):
    alice, bob = caller(server, "alice"), caller(server, "bob")
    to, key = f"/v1/users/{bob.user}", new_id()
    first = alice.send(to, "once", key=key, baseSeq=0)
    again = alice.send(to, "once", status=200, key=f'"{key}"', baseSeq=0)
    assert again["repeated"] and (again["seq"], again["time"]) == (first["seq"], first["time"])
    alice.refused(409, "id_reused", "POST", f"{to}/messages", {"text": "twice", "baseSeq": 0}, Idempotency_Key=key)
    alice.refused(422, "invalid_argument", "POST", f"{to}/messages", {"text": "no key"})
    alice.refused(422, "invalid_argument", "POST", f"{to}/messages", {"text": "bad key"}, Idempotency_Key="x")


def test_a_repeat_may_take_the_other_transport(server):
    alice, bob = server.user("alice"), server.user("bob")
    phone = alice.online("phone")
    rest = Caller(server, alice.id, alice.token("laptop"))
    key = new_id()
    first = phone.send(bob, "once", client_id=key)
    again = rest.send(f"/v1/users/{bob.id}", "once", status=200, key=key, baseSeq=0)
    assert again["repeated"] and again["seq"] == first["seq"]
    key = new_id()
    first = rest.send(f"/v1/users/{bob.id}", "twice", key=key, baseSeq=1)
    again = phone.send(bob, "twice", client_id=key, base=1)
    assert again["repeated"] and again["seq"] == first["seq"]
    phone.wait_for(first["conversation"], 2)


def follow(who, path, of):
    """All pages by their links. → (elements, pages)"""
    found, pages = [], 0
    while path:
        answer = who.ask("GET", path)
        found.append(answer.json.get(of, []))
        pages += 1
        link = answer.headers.get("link")
        match = re.fullmatch(r'<([^>]+)>; rel="next"', link) if link else None
        assert bool(link) == bool(match), link
        path = match and match[1]
        assert pages < 50
    return found, pages


def test_links_lead_through_all_pages(server):
    alice, bob = caller(server, "alice"), caller(server, "bob+1@example.org")
    for number in range(7):
        sent = alice.send(f"/v1/users/{urllib.parse.quote(bob.user, safe='')}", str(number))
    where = conversation(sent["conversation"])
    pages, count = follow(alice, f"{where}/messages?limit=3", "entries")
    seqs = [[entry["message"]["seq"] for entry in page] for page in pages]
    assert seqs == [[5, 6, 7], [2, 3, 4], [1]] and count == 3
    pages, count = follow(alice, f"{where}/messages?after=0&limit=3", "entries")
    assert [entry["message"]["seq"] for page in pages for entry in page] == list(range(1, 8)) and count == 3
    for number in range(4):
        alice.send(f"/v1/users/{caller(server, f'friend{number}').user}", "hi")
    deadline = time.monotonic() + 10  # `sent` promises that the inbox will know it, not that it does.
    while len(alice.get("/v1/conversations").get("items", [])) < 5 and time.monotonic() < deadline:
        time.sleep(0.05)
    pages, count = follow(alice, "/v1/conversations?limit=2", "items")
    listed = [item["conversation"] for page in pages for item in page]
    assert len(listed) == len(set(listed)) == 5 and count == 3
    friends = [caller(server, "member").user for _ in range(4)]
    group = alice.ask("POST", "/v1/groups", {"title": "g", "members": friends}, 201, Idempotency_Key=new_id()).headers["location"]
    pages, count = follow(alice, f"{group}/members?limit=2", "items")
    assert [member["user"] for page in pages for member in page] == sorted([alice.user, *friends]) and count == 3


def test_who_may_ask(server, keyed):
    alice, bob = server.user("alice"), caller(server, "bob")
    path = "/v1/conversations"
    for token in (None, "", "x", "kd_x.y.z", server.admin + "x"):
        refused = server.http("GET", path, token=token)
        assert refused.status == 401 and refused.json["code"] == "unauthenticated", refused.text
    assert server.http("GET", path, token=server.admin).status == 403
    assert server.http("GET", f"{path}?access_token={bob.token}&token={bob.token}").status == 401
    assert server.http("GET", path, headers={"Cookie": f"token={bob.token}"}).status == 401
    token = alice.token("phone")
    assert server.http("GET", path, token=token).status == 200
    assert server.post("/v1/auth/logout", token).status == 200
    refused = server.http("GET", path, token=token)
    assert refused.status == 401 and refused.json["code"] in ("revoked", "unauthenticated")
    now = int(time.time())
    good = server.jwt(sub=alice.id, exp=now + 60, iat=now)
    assert server.http("GET", path, token=good).status == 200
    old = server.jwt(sub=alice.id, exp=now - 120, iat=now - 300)
    assert server.http("GET", path, token=old).status == 401
    assert server.http("GET", path, headers={"Authorization": f"bearer  {bob.token} "}).status == 200


def test_paths_and_methods_that_are_none(server):
    alice = caller(server, "alice")
    for path in ("/v1", "/v1/", "/v1/conversation", "/v1/conversations/", "/v1/sinc", "/v1/conversations/%/messages", "/v2/conversations"):
        alice.refused(404, "not_found", "GET", path)
    refused = alice.refused(405, "method_not_allowed", "POST", "/v1/conversations")
    assert refused.headers["allow"] == "GET"
    assert alice.refused(405, "method_not_allowed", "PUT", "/v1/groups/g_1").headers["allow"] == "PATCH, GET"
    assert server.http("GET", "/v1/nothing").status == 404  # Also without a token.
    alice.refused(404, "not_found", "GET", "/v1/conversations/d_1/messages")
    alice.refused(404, "unknown_user", "PUT", f"/v1/users/{unique('nobody')}/conversation")


def test_bodies_that_are_none(server):
    alice, bob = caller(server, "alice"), caller(server, "bob")
    path = f"/v1/users/{bob.user}/messages"
    good = json.dumps({"text": "x", "clientId": new_id()})
    for body in ("x", "[]", "1", '"a"', good + "x", good + good, good[:-1], '{"text":1}', '{"text":"x","baseSeq":-1}',
                 good[:-1] + '},"b":{"a":1}', '{"a":' * 40 + "1" + "}" * 40, '{"conversation":"d_1",' + good[1:], b'{"text":"\xff"}'):
        alice.refused(400, "malformed", "POST", path, body)
    alice.refused(413, "too_large", "POST", path, json.dumps({"text": "x" * 8193, "clientId": new_id()}))
    alice.refused(422, "invalid_argument", "POST", path, "")
    alice.refused(422, "invalid_argument", "POST", path, "{}")
    for query in ("limit=x", "limit=-1", "before=1.0", "limit=99999999999999999999", "page=%", "before=1&after=1"):
        status, code = (422, "invalid_argument") if "&" in query else (400, "malformed")
        alice.refused(status, code, "GET", f"/v1/conversations/d_{'0' * 35}/messages?{query}")
    assert not alice.get("/v1/conversations").get("items")
    alice.ask("GET", "/v1/conversations?unknown=1")


def test_a_large_history_over_http(server):
    alice, bob = caller(server, "alice"), caller(server, "bob")
    for number in range(40):
        sent = alice.send(f"/v1/users/{bob.user}", "\n" * 8192, baseSeq=number)
    page = bob.get(f"{conversation(sent['conversation'])}/messages?limit=200")
    assert [entry["message"]["seq"] for entry in page["entries"]] == list(range(1, 41))


def test_a_known_caller_takes_no_place_of_strangers(new_server):
    """64 places are for those who did not prove who they are; a connection whose token was good gives its place back."""
    server = new_server("--connections", "100", "--loopback-exempt")
    alice = caller(server, "alice")
    held = []
    for _ in range(80):
        socket = Socket(server.address)
        answer = socket.ask(f"GET /v1/conversations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {alice.token}\r\n\r\n")
        assert answer.status == 200, answer
        held.append(socket)
    for socket in held:
        socket.close()
