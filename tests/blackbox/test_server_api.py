"""The server-side API: what the embedding application may do, who else may not, and what is recorded."""

import json
import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from admin_api import Api, service
from conftest import program
from kith import Device, mint, new_id, unique

PAGE = Path(__file__).resolve().parents[2] / "docs" / "server-api.md"


@pytest.fixture
def api(administered):
    return Api(administered)


ROUTES = (
    ("GET", "/users"), ("PUT", "/users/x"), ("GET", "/users/x"), ("DELETE", "/users/x"), ("POST", "/users/x/deactivate"),
    ("POST", "/users/x/reactivate"), ("GET", "/users/x/export"), ("POST", "/users/x/tokens"), ("DELETE", "/users/x/devices"),
    ("DELETE", "/users/x/devices/y"), ("PUT", "/users/x/password"), ("POST", "/groups"), ("GET", "/groups/x"), ("GET", "/groups/x/members"),
    ("POST", "/groups/x/members"), ("PUT", "/groups/x/members/y"), ("DELETE", "/groups/x/members/y"),
    ("POST", "/messages"), ("GET", "/audit"),
)


# ---- who may


def test_nobody_without_the_right_token(keyed, api):
    alice = keyed.user("alice").token("phone")
    now = int(time.time())
    application = keyed.jwt(sub=unique("bob"), exp=now + 60, iat=now, device="tab")
    other_key = service(keyed).rsplit(".", 1)[0]
    forged = [
        "nonsense", keyed.admin[:-1], keyed.admin + "A", "ka_" + "A" * 43,
        mint({"alg": "HS256"}, {"sub": "shop", "aud": "kith-admin", "exp": now + 60}, b"another key of thirty-two bytes!"),
        mint({"alg": "none"}, {"sub": "shop", "aud": "kith-admin", "exp": now + 60}, keyed.key),
        other_key + ".", other_key + ".AAAA",
        service(keyed, exp=now - 90), service(keyed, exp=now + 24 * 3600 + 120), service(keyed, sub="two words"),
        service(keyed, device="tab"), service(keyed, nbf=now + 300),
    ]
    for method, path in ROUTES:
        for token in forged:
            answer = keyed.http(method, "/v1/admin" + path, token=token)
            assert answer.status == 401 and answer.json["code"] == "unauthenticated", (method, path, token[:60], answer.text)
        assert keyed.http(method, "/v1/admin" + path).status == 401
        for token in (alice, application, keyed.jwt(sub="x", exp=now + 60, aud="kith-admin2", scope="kith-admin", admin=True)):
            answer = keyed.http(method, "/v1/admin" + path, token=token)
            assert (answer.status, answer.json["code"]) == (403, "forbidden"), (method, path, answer.text)


def test_a_service_may_what_the_administrator_may_and_is_no_user(keyed):
    token = service(keyed)
    shop = Api(keyed, token)
    name = shop.user("anna")
    assert shop.get(f"/users/{name}")["state"] == "active"
    shop.call("GET", "/audit", token=service(keyed, aud=["something", "kith-admin"]))
    link = keyed.connect()
    link.say({"id": 1, "auth": {"token": token, "device": "tab"}})
    assert link.reply(1)["error"]["code"] == "unauthenticated"
    link.closes(4502)
    for path in ("/v1/conversations", "/v1/sync", "/v1/auth/devices"):
        assert keyed.http("GET", path, token=token).status == 403
    assert keyed.http("GET", "/v1/admin/users/shop", token=token).json["code"] == "unknown_user", "its name makes no user exist"


def test_paths_and_methods(api):
    api.refused("GET", "/nothing", "not_found")
    answer = api.refused("PATCH", "/users/x", "method_not_allowed")
    assert set(answer.headers["allow"].split(", ")) == {"GET", "PUT", "DELETE"}
    api.refused("GET", "/users?limit=many", "malformed")
    api.refused("GET", "/users?after=two%20words", "invalid_argument")
    api.refused("PUT", "/users/two%20words", "unknown_user")
    api.refused("PUT", "/users/x", "malformed", "[]")
    api.refused("PUT", "/users/x", "invalid_argument", {"password": 7})


# ---- users


def test_creating_is_idempotent(api):
    name = unique("anna")
    made = api.call("PUT", f"/users/{name}", status=(201,))
    assert made.json == {"user": name, "state": "active"} and made.headers["location"] == f"/v1/admin/users/{name}"
    assert api.call("PUT", f"/users/{name}").json == made.json
    api.refused("PUT", f"/users/{name}", "name_taken", {"password": "correct horse"})
    with_password = unique("bert")
    for status in (201, 200):
        api.call("PUT", f"/users/{with_password}", {"password": "correct horse"}, (status,))
    api.refused("PUT", f"/users/{with_password}", "name_taken", {"password": "another horse"})
    api.refused("PUT", f"/users/{unique('carl')}", "invalid_argument", {"password": "short"})
    assert api.server.post("/v1/auth/login", user=with_password, password="correct horse").status == 200


def test_the_list_has_everybody_once(api):
    names = [api.user("list") for _ in range(5)]
    names.append(api.server.user("older").id)
    found, path = [], "/users?limit=2"
    while path:
        answer = api.call("GET", path)
        assert len(answer.json["users"]) <= 2
        found += answer.json["users"]
        assert ("next" in answer.json) == ("link" in answer.headers)
        path = answer.json.get("next") and f"/users?limit=2&after={answer.json['next']}"
    listed = [one["user"] for one in found]
    assert listed == sorted(set(listed)) and set(names) <= set(listed)
    assert all(one["state"] in ("active", "deactivated", "erasing", "erased") for one in found)


def test_a_user_with_their_devices(api):
    name = api.user("anna", password="correct horse")
    phone = api.online(name, "phone")
    api.device(name, "laptop")
    shown = api.get(f"/users/{name}")
    assert (shown["user"], shown["state"], shown["origin"], shown["hasPassword"], shown["online"]) == (name, "active", "admin", True, True)
    assert [device["device"] for device in shown["devices"]] == ["laptop", "phone"]
    assert all(set(device) == {"device", "created", "lastSeen", "by"} for device in shown["devices"])
    phone.cut()
    deadline = time.monotonic() + 10
    while "lastSeen" not in (shown := api.get(f"/users/{name}")):
        assert time.monotonic() < deadline, shown
        time.sleep(0.05)
    api.refused("GET", f"/users/{unique('nobody')}", "unknown_user")


def test_devices_are_ended_one_or_all(api):
    name = api.user("anna")
    phone, laptop, tablet = (api.online(name, device) for device in ("phone", "laptop", "tablet"))
    for _ in range(2):
        api.call("DELETE", f"/users/{name}/devices/phone", status=(204,))
    phone.link.closes(4503)
    laptop.ask(ping={})
    api.call("DELETE", f"/users/{name}/devices", status=(204,))
    laptop.link.closes(4503)
    tablet.link.closes(4503)
    assert api.get(f"/users/{name}")["devices"] == []
    api.refused("DELETE", f"/users/{unique('nobody')}/devices", "unknown_user")


def test_a_new_password(keyed, api):
    name = api.user("anna", password="correct horse")
    phone = api.online(name, "phone")
    laptop = keyed.post("/v1/auth/login", user=name, password="correct horse", device="laptop").json["token"]
    now = int(time.time())
    jwt = keyed.jwt(sub=name, exp=now + 600, iat=now, device="tab")
    assert keyed.http("GET", "/v1/conversations", token=jwt).status == 200
    assert api.call("PUT", f"/users/{name}/password", {"password": "battery staple"}, (204,)).text == ""
    phone.link.closes(4503)
    for token in (phone.token, laptop, jwt):
        answer = keyed.http("GET", "/v1/conversations", token=token)
        assert (answer.status, answer.json["code"]) == (401, "revoked"), answer.text
    assert api.get(f"/users/{name}")["devices"] == []
    assert keyed.post("/v1/auth/login", user=name, password="correct horse").json["code"] == "wrong_password"
    again = keyed.post("/v1/auth/login", user=name, password="battery staple", device="phone")
    assert again.status == 200
    # A repeat is good as well; without revoke who is in stays in.
    api.call("PUT", f"/users/{name}/password", {"password": "battery staple", "revoke": False}, (204,))
    api.call("PUT", f"/users/{name}/password", {"password": "third animal", "revoke": False}, (204,))
    assert keyed.http("GET", "/v1/conversations", token=again.json["token"]).status == 200
    assert keyed.post("/v1/auth/login", user=name, password="battery staple").json["code"] == "wrong_password"
    assert keyed.post("/v1/auth/login", user=name, password="third animal").status == 200
    tokens_only = api.user("bert")
    api.call("PUT", f"/users/{tokens_only}/password", {"password": "correct horse", "revoke": True}, (204,))
    assert keyed.post("/v1/auth/login", user=tokens_only, password="correct horse").status == 200, "who had none has one"


def test_a_new_password_that_is_refused(api):
    name = api.user("anna", password="correct horse")
    phone = api.online(name)
    for body in ({"password": "short"}, {"password": "x" * 257}, {"password": ""}, {}, {"password": None}, {"password": 12345678},
                 {"password": "battery staple", "revoke": "no"}, {"password": "battery staple", "revoke": 0}):
        api.refused("PUT", f"/users/{name}/password", "invalid_argument", body)
    api.refused("PUT", f"/users/{name}/password", "malformed", "battery staple")
    good = {"password": "battery staple"}
    api.refused("PUT", f"/users/{unique('nobody')}/password", "unknown_user", good)
    api.refused("PUT", "/users/two%20words/password", "unknown_user", good)
    phone.ask(ping={})
    api.call("POST", f"/users/{name}/deactivate")
    api.refused("PUT", f"/users/{name}/password", "forbidden", good)
    api.call("POST", f"/users/{name}/reactivate")
    assert api.server.post("/v1/auth/login", user=name, password="correct horse").status == 200, "nothing was changed"
    api.erased(name)
    api.refused("PUT", f"/users/{name}/password", "forbidden", good)
    assert api.server.post("/v1/auth/login", user=name, password="battery staple").json["code"] == "wrong_password"


def test_a_new_password_outlives_a_crash(new_server):
    server = new_server()
    api = Api(server)
    name = api.user("anna", password="correct horse")
    token = api.device(name).token
    api.call("PUT", f"/users/{name}/password", {"password": "battery staple"}, (204,))
    server.kill()
    server.start()
    assert server.http("GET", "/v1/conversations", token=token).json["code"] == "revoked"
    assert server.post("/v1/auth/login", user=name, password="correct horse").json["code"] == "wrong_password"
    assert server.post("/v1/auth/login", user=name, password="battery staple").status == 200


def test_an_application_token(keyed, api):
    name = api.user("anna")
    made = api.call("POST", f"/users/{name}/tokens", {"kind": "application", "device": "tab", "seconds": 60}, (201,)).json
    tab = Device(keyed, name, "tab", made["token"])
    tab.connect()
    assert tab.ready["device"] == "tab" and made["device"] == "tab" and "expires" in made
    api.refused("POST", f"/users/{name}/tokens", "invalid_argument", {"kind": "application", "seconds": 10**8})
    api.refused("POST", f"/users/{name}/tokens", "invalid_argument", {"kind": "golden"})
    api.refused("POST", f"/users/{unique('nobody')}/tokens", "unknown_user", {"kind": "application"})
    api.refused("POST", f"/users/{unique('nobody')}/tokens", "unknown_user", {})
    api.call("POST", f"/users/{name}/deactivate")
    for kind in ("application", "device"):
        api.refused("POST", f"/users/{name}/tokens", "forbidden", {"kind": kind})


# ---- groups


def test_groups_as_the_system(api):
    alice, bob, carol = api.people("alice", "bob", "carol")
    body = {"clientId": new_id(), "title": "Club", "owner": alice.user, "members": [bob.user]}
    made = api.call("POST", "/groups", body, (201,))
    group = made.json["conversation"]
    assert made.headers["location"] == f"/v1/admin/groups/{group}"
    assert api.call("POST", "/groups", body, (201,)).json["conversation"] == group, "a repeat finds the same"
    shown = api.get(f"/groups/{group}")
    assert (shown["title"], shown["members"], shown["head"]) == ("Club", 2, 1) and "role" not in shown
    added = api.call("POST", f"/groups/{group}/members", {"users": [carol.user]}).json
    assert added["conversation"] == group and added["seq"] == 2
    assert api.call("POST", f"/groups/{group}/members", {"users": [carol.user]}).json.get("seq", 0) == 0, "nothing to change"
    carol.wait_for(group, 2)
    entry = carol.entries[group][2]
    assert (entry["from"], entry["what"], entry["users"]) == ("system", "added", [carol.user])
    api.call("PUT", f"/groups/{group}/members/{carol.user}", {"role": "admin"})
    page = api.get(f"/groups/{group}/members?limit=2")
    rest = api.get(f"/groups/{group}/members?limit=2&after={page['next']}")
    roles = {one["user"]: one["role"] for one in page["items"] + rest["items"]}
    assert roles == {alice.user: "owner", bob.user: "member", carol.user: "admin"} and "next" not in rest
    for _ in range(2):
        api.call("DELETE", f"/groups/{group}/members/{alice.user}")
    assert alice.user not in {one["user"] for one in api.get(f"/groups/{group}/members")["items"]}
    assert "owner" in {one["role"] for one in api.get(f"/groups/{group}/members")["items"]}
    assert "system" not in {one["user"] for one in api.get(f"/groups/{group}/members")["items"]}


def test_groups_that_are_refused(api):
    alice, bob = api.people("alice", "bob")
    where = alice.send(bob)["conversation"]
    group = api.group(alice.user)
    api.refused("POST", "/groups", "unknown_user", {"clientId": new_id(), "title": "x", "owner": unique("nobody")})
    api.refused("POST", "/groups", "invalid_argument", {"clientId": new_id(), "title": "x"})
    api.refused("POST", "/groups", "invalid_argument", {"clientId": new_id(), "owner": alice.user})
    for path in ("/groups/nonsense", f"/groups/{where}", "/groups/g_00000000000000000000000000000000000"):
        api.refused("GET", path, "not_found")
        api.refused("GET", path + "/members", "not_found")
        api.refused("POST", path + "/members", "not_found", {"users": [alice.user]})
        api.refused("DELETE", f"{path}/members/{alice.user}", "not_found")
    api.refused("POST", f"/groups/{group}/members", "invalid_argument", {"users": []})
    api.refused("POST", f"/groups/{group}/members", "unknown_user", {"users": [unique("nobody")]})
    api.refused("POST", f"/groups/{group}/members", "limit_reached", {"users": [f"u{i}" for i in range(251)]})
    api.refused("PUT", f"/groups/{group}/members/{alice.user}", "invalid_argument", {"role": "king"})
    api.refused("PUT", f"/groups/{group}/members/{alice.user}", "forbidden", {"role": "member"})


# ---- messages


def test_the_system_speaks_exactly_once(api):
    alice = api.people("alice")[0]
    client_id = new_id()
    sent = [api.call("POST", "/messages", {"to": alice.user, "clientId": client_id, "text": "Welcome"}, (201, 200)) for _ in range(3)]
    assert [one.status for one in sent] == [201, 200, 200] and len({one.json["seq"] for one in sent}) == 1
    where = sent[0].json["conversation"]
    alice.wait_for(where, 1)
    message = alice.entries[where][1]
    assert (message["from"], message["kind"], message["text"]) == ("system", "system", "Welcome")
    api.refused("POST", "/messages", "id_reused", {"to": alice.user, "clientId": client_id, "text": "Other"})
    plain = api.send(to=alice.user, text="order", kind="order", data='{"n":1}', baseSeq=1).json
    alice.wait_for(where, plain["seq"])
    assert alice.entries[where][plain["seq"]]["kind"] == "order"
    assert api.server.post("/v1/auth/signup", user="system", password="correct horse").json["code"] == "name_taken"


def test_the_system_comes_into_a_group_to_speak_and_can_be_sent_away(api):
    alice, bob = api.people("alice", "bob")
    group = api.group(alice.user, bob.user)
    sent = api.send(conversation=group, text="News").json
    bob.wait_for(group, sent["seq"])
    assert bob.entries[group][sent["seq"]]["from"] == "system"
    assert [kind for kind, _ in bob.whole_log(group)] == ["group", "group", "message"]
    api.send(conversation=group, text="More")
    alice.ask(removeMember={"conversation": group, "user": "system"})
    api.refused("POST", "/messages", "forbidden", {"conversation": group, "clientId": new_id(), "text": "Again"})


def test_messages_as_another_user(api):
    alice, bob, carol = api.people("alice", "bob", "carol")
    sent = api.send(**{"from": alice.user}, to=bob.user, text="hi", kind="").json
    bob.wait_for(sent["conversation"], 1)
    assert bob.entries[sent["conversation"]][1]["from"] == alice.user and "kind" not in bob.entries[sent["conversation"]][1]
    group = api.group(alice.user)
    for body, code in (
            ({"from": unique("nobody"), "to": bob.user, "text": "x"}, "unknown_user"),
            ({"from": "two words", "to": bob.user, "text": "x"}, "unknown_user"),
            ({"from": alice.user, "to": alice.user, "text": "x"}, "self_conversation"),
            ({"to": unique("nobody"), "text": "x"}, "unknown_user"),
            ({"from": carol.user, "conversation": group, "text": "x"}, "not_found"),
            ({"from": carol.user, "conversation": sent["conversation"], "text": "x"}, "not_found"),
            ({"text": "x"}, "invalid_argument"),
            ({"to": bob.user, "text": "x", "clientId": "short"}, "invalid_argument"),
            ({"to": bob.user, "text": "x" * 8193}, "too_large")):
        api.refused("POST", "/messages", code, {"clientId": new_id(), **body})
    api.call("POST", f"/users/{alice.user}/deactivate")
    api.refused("POST", "/messages", "refused", {"from": alice.user, "to": bob.user, "clientId": new_id(), "text": "x"})


# ---- the audit log


def test_each_call_is_recorded(keyed, api):
    name = api.user("anna")
    api.refused("POST", f"/users/{unique('nobody')}/deactivate", "unknown_user")
    shop = Api(keyed, service(keyed, sub="shop7"))
    shop.call("POST", f"/users/{name}/tokens", {"device": "phone"}, (201,))
    shop.get(f"/users/{name}")
    api.refused("PUT", f"/users/{name}", "malformed", "{")
    keyed.post("/v1/auth/users", keyed.admin, user=unique("old"))
    shop.call("PUT", f"/users/{name}/password", {"password": "battery staple"}, (204,))
    shop.refused("PUT", f"/users/{name}/password", "invalid_argument", {"password": "staple"})
    records = api.get("/audit?limit=8")["records"]
    told = [(one["who"], one["what"], one.get("whom"), one["outcome"]) for one in reversed(records)]
    assert told[1][1:] == ("user.deactivate", told[1][2], "unknown_user")
    assert told[0] == ("administrator", "user.create", name, "ok")
    assert told[2] == ("service:shop7", "token.make", name, "ok")
    assert told[3] == ("service:shop7", "user.show", name, "ok")
    assert told[4] == ("administrator", "user.create", None, "malformed")
    assert told[5][:2] == ("administrator", "user.create") and told[5][3] == "ok", "the older routes too"
    assert told[6] == ("service:shop7", "password.set", name, "ok")
    assert told[7][1:] == ("password.set", name, "invalid_argument")
    assert all(one["address"] == "127.0.0.1" and one["time"].endswith("Z") for one in records)
    numbers = [one["number"] for one in records]
    assert numbers == list(range(numbers[0], numbers[0] - 8, -1))
    page = api.get(f"/audit?limit=2&before={numbers[1]}")
    assert [one["number"] for one in page["records"]] == numbers[2:4] and page["next"] == numbers[3]
    everything, path = [], "/audit?limit=200"
    while path:
        answer = api.call("GET", path)
        everything.append(answer.text)
        path = answer.headers.get("link", "").partition("</v1/admin")[2].partition(">")[0]
    assert not re.search(r"ka_|kd_|eyJ|staple", "".join(everything)), "no token and no password is ever part of a record"


def test_strangers_leave_no_record(api):
    before = api.get("/audit?limit=1")["records"][0]["number"]
    for _ in range(3):
        api.refused("GET", "/users", "unauthenticated", token="nonsense")
    assert api.get("/audit?limit=1")["records"][0]["number"] == before + 1


def test_the_log_outlives_a_crash(new_server):
    server = new_server()
    api = Api(server)
    name = api.user("anna")
    server.kill()
    server.start()
    assert [one["what"] for one in api.get("/audit")["records"]] == ["user.create"]
    assert [one.get("whom") for one in api.get("/audit")["records"]] == [None, name]


# ---- the tool


def test_the_tool(administered, api, tmp_path):
    binary = Path(program()).with_name("kith")
    if not binary.exists():
        pytest.skip("there is no kith beside kithd")
    (tmp_path / "admin.token").write_text(api.server.admin)
    os.chmod(tmp_path / "admin.token", 0o600)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KITH")}

    def kith(*words, code=0):
        words += ("--server", "http://%s:%d" % api.server.address, "--admin-token-file", str(tmp_path / "admin.token"))
        done = subprocess.run([str(binary), *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, env=clean)
        assert done.returncode == code, (words, done)
        return done.stdout if code == 0 else done.stderr

    anna = api.online(api.user("anna"))
    assert kith("say", anna.user, "Good", "morning") == "✓\n"
    anna.listen(lambda: any("message" in event for event in anna.events()))
    (where,) = anna.entries
    assert anna.entries[where][1]["text"] == "Good morning"
    before = anna.user[:-1]
    shown = kith("users", "list", "--limit", "200", "--after", before)
    assert f"{anna.user}  active, created " in shown
    listed = [one["user"] for one in json.loads(kith("users", "list", "--json", "--limit", "200", "--after", before))["users"]]
    assert anna.user in listed and listed == sorted(listed) and listed[0] > before
    assert json.loads(kith("users", "list", "--json", "--limit", "1", "--after", before))["users"][0]["user"] == listed[0]
    lines = [json.loads(line) for line in kith("users", "export", anna.user).splitlines()]
    assert lines[0]["account"]["user"] == anna.user and lines[-1] == {"end": {}} and sum("end" in line for line in lines) == 1
    (tmp_path / "password").write_text("battery staple\n")
    given = ("--password-file", str(tmp_path / "password"))
    assert kith("users", "password", anna.user, "--keep-sessions", *given) == f"{anna.user} has another password\n"
    anna.ask(ping={})
    assert kith("users", "password", anna.user, *given) == f"{anna.user} has another password, and all sessions were ended\n"
    anna.link.closes(4503)
    assert api.server.post("/v1/auth/login", user=anna.user, password="battery staple").status == 200
    assert "no such user" in kith("users", "password", unique("nobody"), *given, code=1)
    assert "password" in kith("users", "password", anna.user, code=2), "there is nobody to ask"
    assert kith("users", "deactivate", anna.user) == f"{anna.user} is deactivated\n"
    assert kith("users", "reactivate", anna.user) == f"{anna.user} is active\n"
    assert kith("users", "erase", anna.user, "--messages") == f"{anna.user} is erased\n"
    assert "user.erase " + anna.user + "  ok" in kith("audit", "--limit", "5")
    assert json.loads(kith("audit", "--json", "--limit", "1"))["records"][0]["what"] == "audit.list"
    assert "no such user" in kith("users", "deactivate", unique("nobody"), code=1)


# ---- the page


def test_the_examples_of_the_page(administered, tmp_path):
    server = administered
    (tmp_path / "admin.token").write_text(server.admin)
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert len(blocks) >= 6
    script = "set -eu\nset -o pipefail\n" + "".join(blocks) + 'printf "%s\\n" "$alice" "$group" > kept\n'
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                          env={**os.environ, "KITH_SERVER": "http://%s:%d" % server.address, "KITH_ADMIN_TOKEN": server.admin})
    assert done.returncode == 0, done.stdout + done.stderr
    alice, group = (tmp_path / "kept").read_text().split()
    api = Api(server)
    assert api.get(f"/users/{alice}")["state"] == "erased"
    assert alice not in {one["user"] for one in api.get(f"/groups/{group}/members")["items"]}
    lines = [json.loads(line) for line in (tmp_path / "alice.jsonl").read_text().splitlines()]
    assert lines[0]["account"]["user"] == alice and any("entry" in line for line in lines)
