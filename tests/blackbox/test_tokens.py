"""What `auth` takes: device tokens and JWTs of the embedding application, and what is wrong with others."""

import hashlib
import time

from kith import Device, mint, new_id, unique



def claims(user="embedded", **more):
    return {"sub": unique(user), "exp": int(time.time()) + 600, "iat": int(time.time()), "device": "tab", **more}


def auth(server, token, **more):
    """→ the answer to auth with this token; the error's close has been checked."""
    link = server.connect()
    link.say({"id": 1, "auth": {"token": token, **more}})
    answer = link.reply(1)
    if "error" in answer:
        link.closes(4502 if answer["error"]["code"] == "unauthenticated" else 4503)
    else:
        link.cut()
    return answer


def assert_refused(server, token, code="unauthenticated", **more):
    answer = auth(server, token, **more)
    assert answer.get("error", {}).get("code") == code, f"{token[:60]}…: {answer}"


def test_a_device_token_names_its_device(server):
    alice = server.user("alice")
    token = alice.token("laptop")
    for more in ({}, {"device": "laptop"}):
        assert auth(server, token, **more)["ready"]["device"] == "laptop"
    assert_refused(server, token, device="phone")


def test_device_tokens_that_are_none(server):
    token = server.user("alice").token("laptop")
    last = "A" if token[-1] != "A" else "B"
    for bad in ("", "kd_", "kd_x", token[:-1], token[:-2], token[:len(token) // 2], token + "A",
                token[:-5] + last + token[-4:], "xx_" + token[3:], token.upper(), token + "\n", " " + token,
                "ka_" + new_id(), "kd_YQ.a." + "A" * 43, "nonsense", "x" * 7000):
        assert_refused(server, bad)


def test_a_jwt_makes_the_user_exist(keyed):
    server, own = keyed, claims()
    tab = Device(server, own["sub"], "tab", server.jwt(**own))
    tab.connect()
    assert tab.ready["user"] == own["sub"] and tab.ready["device"] == "tab"
    assert server.user("alice").online().ask(open={"with": own["sub"]})["with"] == own["sub"]


def test_a_jwt_without_device_lets_auth_name_it(keyed):
    server, own = keyed, claims()
    del own["device"]
    assert auth(server, server.jwt(**own), device="kiosk")["ready"]["device"] == "kiosk"
    assert auth(server, server.jwt(**claims()), device="tab")["ready"]["device"] == "tab"
    assert_refused(server, server.jwt(**claims()), device="kiosk")
    nameless = server.connect().ask(auth={"token": server.jwt(**own)})
    assert nameless["error"]["code"] in ("unauthenticated", "invalid_argument"), nameless


def test_times_of_a_jwt_have_a_leeway_of_60_s(keyed):
    server, now = keyed, int(time.time())
    for good in ({"exp": now - 30}, {"nbf": now + 30}, {"iat": now + 30}, {"exp": now + 10**9}):
        assert "ready" in auth(server, server.jwt(**claims(**good))), good
    for bad in ({"exp": now - 90}, {"nbf": now + 120}, {"iat": now + 120}, {"exp": 0}):
        assert_refused(server, server.jwt(**claims(**bad)))


def test_forged_jwts(keyed):
    server, own = keyed, claims()
    good = server.jwt(**own)
    head, body, signature = good.split(".")
    _, other, _ = server.jwt(**claims("other")).split(".")
    assert_refused(server, server.jwt(key=b"another key of thirty-two bytes or more", **own))
    assert_refused(server, f"{head}.{other}.{signature}")
    other = "A" if signature[5] != "A" else "B"
    for part in ("", signature[:-1], signature[:20], signature + "A", signature[:5] + other + signature[6:]):
        assert_refused(server, f"{head}.{body}.{part}")
    for cut in (f"{head}.{body}", head, f"{head}..{signature}", f".{body}.{signature}", good + ".", good + "=", good.replace(".", "..", 1)):
        assert_refused(server, cut)


def test_no_algorithm_but_hs256(keyed):
    server, own = keyed, claims()
    body = server.jwt(**own).split(".")[1]
    for name in ("none", "None", "NONE", "hs256", "HS384", "HS512", "RS256", "ES256", "", None, 5):
        assert_refused(server, server.jwt(header={"alg": name}, **own))
    assert_refused(server, mint({"alg": "HS512"}, own, server.key, hashlib.sha512))
    assert_refused(server, mint({"alg": "none"}, own, server.key).rsplit(".", 1)[0] + ".")
    assert_refused(server, mint({"typ": "JWT"}, own, server.key))
    assert_refused(server, "eyJhbGciOiJub25lIn0." + body + ".")


def test_headers_and_claims_that_are_not_allowed(keyed):
    server = keyed
    for header in ({"kid": "1"}, {"crit": ["exp"]}, {"crit": []}):
        assert_refused(server, server.jwt(header=header, **claims()))
    for missing in ("sub", "exp"):
        assert_refused(server, server.jwt(**{name: value for name, value in claims().items() if name != missing}))
    for bad in ({"sub": ""}, {"sub": "a b"}, {"sub": "a" * 65}, {"sub": 5}, {"exp": "tomorrow"}, {"exp": None}, {"exp": True},
                {"device": "a b"}, {"nbf": "now"}, {"iat": {}}):
        assert_refused(server, server.jwt(**claims(**bad)))
    assert "ready" in auth(server, server.jwt(**claims(colour="green", nested={"a": [1, 2]})))


def test_a_jwt_has_at_most_4096_bytes(keyed):
    server, own = keyed, claims()
    size = len(server.jwt(**own, pad=""))
    longest = (4096 - size) * 3 // 4
    fits = next(token for pad in range(longest, 0, -1) if len(token := server.jwt(**own, pad="x" * pad)) <= 4096)
    assert len(fits) >= 4090 and "ready" in auth(server, fits)
    assert_refused(server, server.jwt(**own, pad="x" * (longest + 8)))


def test_issuer_and_audience_if_the_server_was_told(new_server):
    server = new_server("--signup", "closed", "--jwt-issuer", "shop", "--jwt-audience", "chat")
    for good in ({"aud": "chat"}, {"aud": ["mail", "chat"]}):
        assert "ready" in auth(server, server.jwt(**claims(iss="shop", **good)))
    for bad in ({}, {"iss": "shop"}, {"aud": "chat"}, {"iss": "mall", "aud": "chat"}, {"iss": "shop", "aud": "mail"},
                {"iss": "shop", "aud": []}, {"iss": "shop", "aud": ["mail"]}, {"iss": ["shop"], "aud": "chat"}):
        assert_refused(server, server.jwt(**claims(**bad)))


def test_a_revocation_refuses_the_jwts_from_before_it(keyed, administered):
    server, own = keyed, claims(iat=int(time.time()) - 30)
    tab = Device(server, own["sub"], "tab", server.jwt(**own))
    tab.connect()
    assert server.post(f"/v1/auth/users/{own['sub']}/revoke", server.admin).status == 200
    tab.link.closes(4503, timeout=5)
    assert_refused(server, server.jwt(**own), code="revoked")
    del own["iat"]
    assert_refused(server, server.jwt(**own), code="revoked")
    time.sleep(1.1)  # iat counts seconds.
    assert "ready" in auth(server, server.jwt(**{**own, "iat": int(time.time())}))


def test_a_connection_outlives_its_jwt_but_the_jwt_does_not_come_back(keyed):
    server, own = keyed, claims(exp=int(time.time()) - 58)
    tab = Device(server, own["sub"], "tab", server.jwt(**own))
    tab.connect()
    time.sleep(3.5)
    tab.ask(ping={})
    assert_refused(server, server.jwt(**own))


def test_a_jwt_works_on_http_too(keyed):
    server, own = keyed, claims()
    token = server.jwt(**own)
    Device(server, own["sub"], "tab", token).connect()
    devices = server.http("GET", "/v1/auth/devices", token=token)
    assert devices.status == 200 and isinstance(devices.json["devices"], list), devices.text


def test_hello_first_then_nothing_without_auth(server):
    link = server.connect()
    assert link.hello["hello"] == {"protocol": "kith.v1", "heartbeatS": 30, "limits": {
        "frameBytes": 65536, "textBytes": 8192, "historyPage": 200, "conversationsPage": 100}}
    assert link.ask(7, ping={}) == {"re": 7, "pong": {}}
    for command in ({"open": {"with": "bob"}}, {"conversations": {}}, {"read": {"conversation": "d_x", "seq": 1}},
                    {"block": {"user": "bob"}}, {"history": {"conversation": "d_x"}},
                    {"send": {"to": "bob", "clientId": new_id(), "text": "hi"}}):
        assert link.ask(8, **command)["error"]["code"] == "not_authenticated", command
    link.quiet()


def test_no_command_but_ping_is_carried_out_before_ready(server):
    link = server.connect()
    link.say({"id": 1, "auth": {"token": server.user("alice").token("laptop")}})
    link.say({"id": 2, "conversations": {}})
    found = [link.hear(), link.hear(), link.hear()]
    for frame in found:
        if "ready" in frame:
            return  # The network may have parted the two: then the second came after.
        assert frame["re"] == 2 and frame.get("error", {}).get("code") == "not_authenticated", f"carried out before ready: {found}"


def test_auth_once_only(server):
    laptop = server.user("alice").online("laptop")
    answer = laptop.link.ask(99, auth={"token": laptop.token})
    assert answer["error"]["code"] == "already_authenticated"
    laptop.ask(ping={})


def test_the_same_device_twice_the_older_goes(server):
    alice = server.user("alice")
    first = alice.online("laptop")
    second = Device(server, alice.id, "laptop", first.token)
    second.connect()
    first.link.closes(4504)
    second.ask(ping={})
