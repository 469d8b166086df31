"""HTTP: the handshake of the WebSocket, and requests that are not well formed. Whatever is refused carries a problem object."""

import json
import time

import pytest

from kith import check_answer
from wire import Closed, Late, Socket


@pytest.fixture(autouse=True)
def others_do_not_notice(server):
    yield
    assert server.alive()


def refusal(answer, status, code):
    check_answer(answer.status, answer.headers, answer.body.decode())
    assert answer.status == status and json.loads(answer.body)["code"] == code, f"not {status} {code} but {answer}"
    return answer


def ask(server, text):
    return Socket(server.address).ask(text)


# ---- the handshake


def test_subprotocols(server):
    for offered, taken in (((), None), (("kith.v1.json",), "kith.v1.json"), (("kith.v1.proto",), "kith.v1.proto"),
                           (("chat", "kith.v1.proto", "kith.v1.json"), "kith.v1.proto"),
                           (("kith.v1.json", "kith.v1.proto"), "kith.v1.json")):
        answer = Socket(server.address).upgrade(offered)
        assert answer.status == 101 and answer.headers.get("sec-websocket-protocol") == taken, (offered, answer)
    for offered in (("chat",), ("kith.v2.json", "mqtt"), ("KITH.V1.JSON",)):
        refusal(Socket(server.address).upgrade(offered), 400, "malformed")


def test_no_subprotocol_means_json(server):
    link = server.connect(protocols=())
    assert link.protocol is None and link.ask(1, ping={}) == {"re": 1, "pong": {}}


def test_origins(server):
    host = "%s:%d" % server.address
    for good in (f"http://{host}",):
        assert Socket(server.address).upgrade(headers=[f"Origin: {good}"]).status == 101
    for bad in ("http://evil.example", f"http://{host}.evil.example", "http://evil.example/" + host, "null",
                f"http://{server.address[0]}:1", f"http://{server.address[0]}", f"http://user@{host}x", host):
        refusal(Socket(server.address).upgrade(headers=[f"Origin: {bad}"]), 403, "origin_refused")


def test_an_empty_origin_is_an_origin(server):
    """The page allows connections without the header; with one, its host has to match."""
    refusal(Socket(server.address).upgrade(headers=["Origin:"]), 403, "origin_refused")


def test_origins_that_the_server_was_told(new_server):
    server = new_server("--origin", "https://chat.example", "--origin", "https://other.example:8443")
    for good in ("https://chat.example", "HTTPS://CHAT.EXAMPLE", "https://other.example:8443"):
        assert Socket(server.address).upgrade(headers=[f"Origin: {good}"]).status == 101, good
    assert Socket(server.address).upgrade().status == 101
    for bad in ("http://chat.example", "https://chat.example:444", "https://chat.example.evil", "https://other.example",
                "http://%s:%d" % server.address):
        refusal(Socket(server.address).upgrade(headers=[f"Origin: {bad}"]), 403, "origin_refused")


def test_what_is_no_handshake(server):
    refusal(ask(server, "GET /v1/ws HTTP/1.1\r\nHost: x\r\n\r\n"), 426, "malformed")
    refusal(ask(server, "POST /v1/ws HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"), 405, "method_not_allowed")
    for key in ("short", "", "!" * 24, "A" * 100, None):
        refusal(Socket(server.address).upgrade(replace={"Sec-WebSocket-Key": key}), 400, "malformed")
    for replace in ({"Upgrade": None}, {"Connection": "close"}, {"Upgrade": "h2c"}):
        refusal(Socket(server.address).upgrade(replace=replace), 426, "malformed")
    answer = Socket(server.address).upgrade(replace={"Sec-WebSocket-Version": "12"})
    assert refusal(answer, 426, "malformed").headers.get("sec-websocket-version") == "13"


def test_header_names_and_tokens_in_any_case(server):
    answer = Socket(server.address).upgrade(replace={"Upgrade": "WebSocket", "Connection": "keep-alive, UPGRADE"})
    assert answer.status == 101


# ---- requests


def test_plain_answers(server):
    assert server.http("GET", "/livez").text.strip() == "alive" and server.http("GET", "/readyz").text.strip() == "ready"
    metrics = server.http("GET", "/metrics")
    assert metrics.status == 200 and "# TYPE" in metrics.text
    assert "access-control-allow-origin" not in {name.lower() for name in metrics.headers}


def test_paths_and_methods_that_are_none(server):
    for path in ("/", "/v1", "/v1/auth", "/v2/ws", "/livez/", "/livez/x", "//livez", "/%6civez%00", "/../etc/passwd",
                 "/v1/auth/users/a/b/c"):
        refusal(ask(server, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"), 404, "not_found")
    for method, path in (("DELETE", "/livez"), ("GET", "/v1/auth/login"), ("PUT", "/v1/auth/devices"), ("PATCH", "/v1/ws"),
                         ("OPTIONS", "/v1/auth/login")):
        answer = refusal(ask(server, f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"), 405, "method_not_allowed")
        assert answer.headers["allow"]


def test_lines_that_are_no_request(server):
    for line in ("nonsense", "GET", "GET /livez", "GET  /livez HTTP/1.1", "GET /livez HTTP/1.1 x", "GET /livez HTTP/x",
                 "G ET /livez HTTP/1.1", "GET /li\x00vez HTTP/1.1", "\x16\x03\x01\x02\x00\x01", " GET /livez HTTP/1.1"):
        refusal(ask(server, f"{line}\r\nHost: x\r\n\r\n"), 400, "malformed")
    for version in ("HTTP/2.0", "HTTP/3.0"):
        assert ask(server, f"GET /livez {version}\r\nHost: x\r\n\r\n").status in (400, 505)
    for header in ("no colon", "Space : x", "Na me: x", ": x", "A: \x00", "Content-Length: x", "Content-Length: -1",
                   "Content-Length: 1\r\nContent-Length: 2", "Content-Length: 99999999999999999999"):
        answer = ask(server, f"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n")
        assert answer.status == 400 or (answer.status == 413 and "9999" in header), f"{header!r}: {answer}"
        check_answer(answer.status, answer.headers, answer.body.decode())


def test_limits_of_a_header(server):
    def fields(count):
        return "".join(f"X-{number}: y\r\n" for number in range(count))

    assert ask(server, f"GET /livez HTTP/1.1\r\nHost: x\r\n{fields(63)}\r\n").status == 200
    refusal(ask(server, f"GET /livez HTTP/1.1\r\nHost: x\r\n{fields(64)}\r\n"), 431, "too_large")
    assert ask(server, f"GET /livez HTTP/1.1\r\nHost: x\r\nX: {'y' * 15000}\r\n\r\n").status == 200
    refusal(ask(server, f"GET /livez HTTP/1.1\r\nHost: x\r\nX: {'y' * 16400}\r\n\r\n"), 431, "too_large")
    refusal(ask(server, f"GET /livez HTTP/1.1\r\nHost: x\r\nX: {'y' * 100000}"), 431, "too_large")


def test_limits_of_a_body(server):
    def post(size, head=""):
        return f"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n{head}\r\n"

    refusal(ask(server, post(65537)), 413, "too_large")
    refusal(ask(server, post(10**12)), 413, "too_large")
    refusal(ask(server, post(17000) + '{"user":"' + "x" * 16989 + '"}'), 413, "too_large")
    refusal(ask(server, post(2) + "{}"), 422, "invalid_argument")
    refusal(ask(server, post(0)), 422, "invalid_argument")
    chunked = "Transfer-Encoding: chunked\r\n"
    refusal(ask(server, f"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\n{chunked}\r\n2\r\n{{}}\r\n0\r\n\r\n"), 411, "malformed")
    assert ask(server, post(2, chunked) + "{}").status in (400, 411)


def test_a_connection_serves_100_requests(server):
    socket = Socket(server.address)
    request = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
    for number in range(100):
        assert socket.ask(request).status == 200, number
    with pytest.raises((Closed, Late)) as end:
        socket.ask(request)
    assert end.type is Closed


def test_two_requests_in_one_packet_are_two_answers(server):
    socket = Socket(server.address)
    socket.write(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\nGET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert [socket.read_answer().body.strip() for _ in range(2)] == [b"alive", b"ready"]
    with pytest.raises(Closed):
        socket.read_answer(timeout=5)


def test_connections_of_one_address(new_server):
    server = new_server("--connections-per-address", "5")
    held = [server.connect() for _ in range(5)]
    try:
        refusal(Socket(server.address).upgrade(), 503, "too_many_connections")
    except Closed:
        pass  # Also allowed: a closed socket.
    for link in held:
        assert link.ask(1, ping={}) == {"re": 1, "pong": {}}
    held.pop().cut()
    deadline = time.monotonic() + 5
    while server.connect_or_none() is None:
        assert time.monotonic() < deadline, "the place of a connection that ended stays taken"
        time.sleep(0.1)


def test_connections_before_ready(new_server):
    """Strangers who do not authenticate cannot take the places of those who would: a tenth of all, and at least 64, are theirs."""
    server = new_server("--connections", "100", "--loopback-exempt")
    phone = server.user("bob").online()
    tried = [server.connect_or_none() for _ in range(75)]
    held = [link for link in tried if link]
    assert len(held) == 64 and not any(tried[64:])
    phone.ask(ping={})
    for link in held:
        link.cut()
    deadline = time.monotonic() + 5
    while server.connect_or_none() is None:
        assert time.monotonic() < deadline, "the places of those who went stay taken"
        time.sleep(0.1)


def test_a_request_byte_by_byte(server):
    socket = Socket(server.address)
    for byte in b'POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}':
        socket.write(bytes([byte]))
    refusal(socket.read_answer(), 422, "invalid_argument")
