"""Accounts over HTTP: sign-up, login, devices, and what the administrator may do."""

import re
import time

from kith import Device, new_id, unique

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")


def another(server, name, device):
    """A further device by the administrator's hand: logins are few for each address."""
    return server.post(f"/v1/auth/users/{name}/tokens", server.admin, device=device).json


def signed_up(server, device=None, password="correct horse"):
    name = unique("anna")
    done = server.post("/v1/auth/signup", user=name, password=password, device=device)
    assert done.status == 201, done.text
    return name, done.json


def refusal(response, status, code):
    assert (response.status, response.json["code"]) == (status, code), response.text


def test_sign_up_gives_a_token_that_connects(server):
    name, answer = signed_up(server, "laptop")
    assert answer["user"] == name and answer["device"] == "laptop" and answer["token"].startswith("kd_")
    assert set(answer) == {"user", "device", "token"}
    laptop = Device(server, name, "laptop", answer["token"])
    laptop.connect()
    assert laptop.ready["user"] == name and laptop.ready["device"] == "laptop"


def test_login_and_a_device_that_the_server_names(server):
    name, first = signed_up(server)
    second = server.post("/v1/auth/login", user=name, password="correct horse")
    assert second.status == 200 and second.json["user"] == name
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", second.json["device"]) and second.json["device"] != first["device"]
    Device(server, name, second.json["device"], second.json["token"]).connect()


def test_wrong_password_and_unknown_user_look_the_same(server):
    name, _ = signed_up(server)
    refusal(server.post("/v1/auth/login", user=name, password="wrong horse"), 401, "wrong_password")
    refusal(server.post("/v1/auth/login", user=unique("nobody"), password="wrong horse"), 401, "wrong_password")


def test_a_taken_name(server):
    name, _ = signed_up(server)
    refusal(server.post("/v1/auth/signup", user=name, password="another horse"), 409, "name_taken")
    assert server.post("/v1/auth/signup", user=name.upper(), password="case matters").status == 201


def test_closed_sign_up(new_server):
    server = new_server("--signup", "closed")
    refusal(server.post("/v1/auth/signup", user="anna", password="correct horse"), 403, "signup_closed")


def test_bad_fields_of_sign_up(server):
    for body in ({"password": "correct horse"}, {"user": unique("a")}, {"user": "", "password": "correct horse"},
                 {"user": "a b", "password": "correct horse"}, {"user": "ä", "password": "correct horse"},
                 {"user": "a" * 65, "password": "correct horse"}, {"user": unique("a"), "password": "1234567"},
                 {"user": unique("a"), "password": "p" * 257}, {"user": unique("a"), "password": "correct horse", "device": "a b"},
                 {"user": unique("a"), "password": "correct horse", "device": "d" * 65}):
        refusal(server.post("/v1/auth/signup", **body), 422, "invalid_argument")
    for text in ("[]", "{", "nonsense", b"\xff\xfe"):
        refusal(server.http("POST", "/v1/auth/signup", text), 400, "malformed")
    assert server.http("POST", "/v1/auth/signup", '{"user":1,"password":"correct horse"}').status in (400, 422)


def test_unknown_fields_are_ignored_and_limits_are_inclusive(server):
    longest = unique("u").ljust(64, "x")
    done = server.post("/v1/auth/signup", user=longest, password="p" * 256, device="d" * 64, colour="green")
    assert done.status == 201 and done.json["device"] == "d" * 64
    assert server.post("/v1/auth/signup", user=unique("A.z_0-9@+"), password="12345678").status == 201


def test_logging_in_on_the_same_device_ends_the_former_token(server):
    name, first = signed_up(server, "phone")
    phone = Device(server, name, "phone", first["token"])
    phone.connect()
    second = server.post("/v1/auth/login", user=name, password="correct horse", device="phone").json
    phone.link.closes(4503)
    assert server.http("GET", "/v1/auth/devices", token=first["token"]).status == 401
    assert server.http("GET", "/v1/auth/devices", token=second["token"]).status == 200


def test_the_list_of_devices(server):
    name, first = signed_up(server, "laptop")
    server.post("/v1/auth/login", user=name, password="correct horse", device="phone")
    devices = server.http("GET", "/v1/auth/devices", token=first["token"]).json["devices"]
    assert sorted(device["device"] for device in devices) == ["laptop", "phone"]
    for device in devices:
        assert TIME.fullmatch(device["created"]) and TIME.fullmatch(device["lastSeen"]) and device["by"] == "login", device
        assert device.get("current", False) == (device["device"] == "laptop")


def test_revoking_a_device_closes_its_socket_within_5_s(administered):
    server = administered
    name, first = signed_up(server, "laptop")
    lost = another(server, name, "lost")
    phone = Device(server, name, "lost", lost["token"])
    phone.connect()
    began = time.monotonic()
    assert server.http("DELETE", "/v1/auth/devices/lost", token=first["token"]).status == 200
    phone.link.closes(4503, timeout=5)
    assert time.monotonic() - began < 5
    refusal(server.http("GET", "/v1/auth/devices", token=lost["token"]), 401, "revoked")
    link = server.connect()
    link.say({"id": 1, "auth": {"token": lost["token"]}})
    link.fails("revoked", 4503)
    assert server.http("DELETE", "/v1/auth/devices/lost", token=first["token"]).json == {}


def test_logout_ends_the_device_of_the_token(server):
    name, first = signed_up(server, "laptop")
    laptop = Device(server, name, "laptop", first["token"])
    laptop.connect()
    done = server.post("/v1/auth/logout", first["token"])
    assert (done.status, done.json) == (200, {})
    laptop.link.closes(4503, timeout=5)
    refusal(server.post("/v1/auth/logout", first["token"]), 401, "revoked")


def test_a_new_password_logs_out_all_other_devices(administered):
    server = administered
    name, first = signed_up(server, "laptop")
    other = another(server, name, "other")
    laptop, tablet = Device(server, name, "laptop", first["token"]), Device(server, name, "other", other["token"])
    laptop.connect()
    tablet.connect()
    refusal(server.post("/v1/auth/password", first["token"], old="wrong horse", new="better horse"), 401, "wrong_password")
    assert server.post("/v1/auth/password", first["token"], old="correct horse", new="better horse").json == {}
    tablet.link.closes(4503, timeout=5)
    laptop.ask(ping={})
    refusal(server.post("/v1/auth/login", user=name, password="correct horse"), 401, "wrong_password")
    assert server.post("/v1/auth/login", user=name, password="better horse").status == 200


def test_a_token_is_needed(server):
    for method, path in (("GET", "/v1/auth/devices"), ("POST", "/v1/auth/logout"), ("DELETE", "/v1/auth/devices/x"),
                         ("POST", "/v1/auth/password"), ("POST", "/v1/auth/users"), ("GET", "/v1/auth/users/x")):
        refusal(server.http(method, path), 401, "unauthenticated")
        refusal(server.http(method, path, token="kd_nonsense"), 401, "unauthenticated")


def test_each_kind_of_token_stays_in_its_part(administered):
    server = administered
    _, user = signed_up(server)
    for method, path in (("POST", "/v1/auth/users"), ("GET", "/v1/auth/users/x"), ("POST", "/v1/auth/users/x/tokens"),
                         ("DELETE", "/v1/auth/users/x/devices/y"), ("POST", "/v1/auth/users/x/revoke")):
        refusal(server.http(method, path, token=user["token"]), 403, "forbidden")
    refusal(server.http("GET", "/v1/auth/devices", token=server.admin), 403, "forbidden")
    link = server.connect()
    link.say({"id": 1, "auth": {"token": server.admin, "device": "x"}})
    link.fails("unauthenticated", 4502)


def test_the_administrator_makes_shows_and_ends_users(administered):
    server, name = administered, unique("made")
    made = server.post("/v1/auth/users", server.admin, user=name)
    assert (made.status, made.json) == (201, {"user": name})
    refusal(server.post("/v1/auth/users", server.admin, user=name), 409, "name_taken")
    given = server.post(f"/v1/auth/users/{name}/tokens", server.admin, device="phone")
    assert given.status == 201 and given.json["user"] == name and given.json["device"] == "phone"
    shown = server.http("GET", f"/v1/auth/users/{name}", token=server.admin).json
    assert shown["user"] == name and shown["origin"] == "admin" and not shown["hasPassword"] and not shown["deactivated"]
    assert TIME.fullmatch(shown["created"]) and len(shown["devices"]) == 1
    phone = Device(server, name, "phone", given.json["token"])
    phone.connect()
    assert server.http("DELETE", f"/v1/auth/users/{name}/devices/phone", token=server.admin).json == {}
    phone.link.closes(4503, timeout=5)


def test_the_administrator_revokes_all_devices_and_may_set_a_password(administered):
    server, name = administered, unique("made")
    assert server.post("/v1/auth/users", server.admin, user=name, password="correct horse").status == 201
    devices = [Device(server, name, device, another(server, name, device)["token"]) for device in "ab"]
    for device in devices:
        device.connect()
    assert server.post(f"/v1/auth/users/{name}/revoke", server.admin).json == {}
    for device in devices:
        device.link.closes(4503, timeout=5)
    assert server.post("/v1/auth/login", user=name, password="correct horse").status == 200


def test_the_administrator_and_users_that_do_not_exist(administered):
    server, name = administered, unique("nobody")
    refusal(server.http("GET", f"/v1/auth/users/{name}", token=server.admin), 404, "unknown_user")
    refusal(server.post(f"/v1/auth/users/{name}/tokens", server.admin, device="x"), 404, "unknown_user")
    refusal(server.post(f"/v1/auth/users/{name}/revoke", server.admin), 404, "unknown_user")
    refusal(server.post("/v1/auth/users", server.admin, user="not an id"), 422, "invalid_argument")


def test_logins_are_limited(new_server):
    server = new_server()
    name, _ = signed_up(server)
    codes = [server.post("/v1/auth/login", user=name, password=new_id()).status for _ in range(12)]
    assert codes[:10] == [401] * 10 and codes[-1] == 429, codes
