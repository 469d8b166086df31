"""The documents that the server serves about itself: their form, and OpenAPI against what the server does (by schemathesis)."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from admin_api import Api
from document import SECTIONS
from kith import new_id, unique
from sse import Stream
from test_rest import caller

ROOT = Path(__file__).resolve().parents[2]
PINS = Path(__file__).with_name("schemathesis.txt")
CHECKS = ("not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,"
          "unsupported_method,ignored_auth,negative_data_rejection")


def test_the_documents_are_those_of_the_tree(server):
    for name in ("openapi", "asyncapi"):
        served = server.http("GET", f"/docs/{name}.json")
        assert served.status == 200 and served.headers["content-type"] == "application/json"
        assert served.text == (ROOT / "docs" / f"{name}.json").read_text(encoding="utf-8")


def test_the_page_needs_nothing_from_elsewhere(server):
    page = server.http("GET", "/docs")
    policy = page.headers["content-security-policy"]
    assert page.status == 200 and "default-src 'none'" in policy and "unsafe" not in policy
    used = re.findall(r'(?:href|src)="([^"]+)"', page.text)
    assert len(used) >= 4 and all(path.startswith("/docs/") for path in used)
    for path in used:
        assert server.http("GET", path).status == 200, path
    assert not re.search(r"<script(?! src=)|<style|style=|\son\w+=", page.text)
    assert server.http("POST", "/docs").status == 405 and server.http("GET", "/docs/nothing").status == 404


def references(value):
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [])
        value = list(value.values())
    for inner in value if isinstance(value, list) else []:
        yield from references(inner)


@pytest.mark.parametrize("name", ["openapi", "asyncapi"])
def test_every_reference_leads_somewhere(server, name):
    document = server.http("GET", f"/docs/{name}.json").json
    found = set(references(document))
    assert len(found) > 20
    for path in found:
        place = document
        for part in path.removeprefix("#/").split("/"):
            assert part in place, path
            place = place[part]


def test_both_documents_know_every_command(server):
    commands = {name for name in SECTIONS["Frames"]["Command"].fields if name != "id"}
    asyncapi = server.http("GET", "/docs/asyncapi.json").json
    assert commands <= set(asyncapi["operations"])
    assert {name for name in SECTIONS["Frames"]["Frame"].fields if name != "re"} == {
        message["name"] for key, message in asyncapi["components"]["messages"].items() if key.startswith("frame")}
    openapi = server.http("GET", "/docs/openapi.json").json
    ids = {operation["operationId"].lower() for methods in openapi["paths"].values() for operation in methods.values()
           if operation["tags"] == ["commands"]}
    for command in commands - {"auth", "confirm", "ping"}:
        assert any(command.lower() in one for one in ids), command


# ---- schemathesis


@pytest.fixture(scope="module")
def schemathesis():
    """The program, in a virtual environment of the build folder with every version pinned."""
    place = ROOT / "build" / f"schemathesis-{re.search(r'^schemathesis==(.+)$', PINS.read_text(), re.M)[1]}"
    program = place / "bin" / "schemathesis"
    if os.environ.get("KITH_WITHOUT_SCHEMATHESIS"):
        pytest.skip("asked for by KITH_WITHOUT_SCHEMATHESIS")
    if not (place / "complete").exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", str(place)], check=True, capture_output=True, text=True, timeout=120)
            subprocess.run([str(place / "bin" / "pip"), "install", "--quiet", "--no-deps", "-r", str(PINS)], check=True,
                           capture_output=True, text=True, timeout=240)
        except subprocess.SubprocessError as error:
            said = str(getattr(error, "stderr", "") or error).strip()[-1000:]
            pytest.fail(f"schemathesis cannot be installed (KITH_WITHOUT_SCHEMATHESIS=1 leaves its stories out): {said}", pytrace=False)
        (place / "complete").touch()
    return program


def parameters(known):
    return "".join(f'"path.{name.rstrip("_")}" = {json.dumps(value)}\n' for name, value in known.items())


def judged(schemathesis, server, token, paths, folder, of={}, examples=30, **known):
    """Runs it against these paths. `known`: names that exist, for parts of paths; `of`: {operation: names of its own}."""
    config = folder / "schemathesis.toml"
    own = "".join(f'[[operations]]\ninclude-name = "{name}"\n[operations.parameters]\n{parameters(names)}' for name, names in of.items())
    config.write_text(f"[parameters]\n{parameters(known)}{own}")
    url = "http://%s:%d" % server.address
    command = [str(schemathesis), "--config-file", str(config), "run", f"{url}/docs/openapi.json", "-H", f"Authorization: Bearer {token}",
               "--include-path-regex", paths, "--checks", CHECKS, "--phases", "coverage,fuzzing", "--max-examples", str(examples),
               "--seed", "1", "--no-color"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, f"{done.stdout[-6000:]}{done.stderr[-1000:]}"
    tested = re.search(r"Tested: (\d+)", done.stdout)
    assert tested and "generated" in done.stdout, done.stdout[-2000:]
    return int(tested[1])


def test_openapi_is_what_the_server_does(schemathesis, administered, tmp_path):
    server = administered
    alice, bob = caller(server, "alice"), caller(server, "bob")
    group = alice.ask("POST", "/v1/groups", {"title": "g", "members": [bob.user]}, 201, Idempotency_Key=new_id()).json["conversation"]
    paths = (r"^/(v1/(conversations|users|groups|sync|contacts|presence|status|preferences|invites)"
             r"|v1/auth/(signup|login|devices$)|livez|readyz|metrics)")
    count = judged(schemathesis, server, alice.token, paths, tmp_path, conversation=group, to=bob.user, with_=bob.user, user=bob.user)
    assert count >= 25


def test_openapi_of_the_administrator_is_what_the_server_does(schemathesis, administered, tmp_path):
    user = administered.user("carol")
    assert judged(schemathesis, administered, administered.admin, "^/v1/auth/users", tmp_path, user=user.id, device="phone") >= 5


def test_openapi_of_the_server_side_is_what_the_server_does(schemathesis, new_server, tmp_path):
    server = new_server()
    api = Api(server)
    carol, owner, leaving = api.user("carol"), api.user("owner"), api.user("leaving")
    group = api.group(owner, carol)
    api.send(to=carol, text="hi")
    own = {"DELETE /v1/admin/users/{user}": {"user": leaving},
           "PUT /v1/admin/groups/{group}/members/{user}": {"user": owner, "group": group}}
    count = judged(schemathesis, server, server.admin, "^/v1/admin/", tmp_path, own, 10, user=carol, group=group, device="phone")
    document = server.http("GET", "/docs/openapi.json").json
    assert count == sum(len(methods) for path, methods in document["paths"].items() if path.startswith("/v1/admin/")) >= 19


@pytest.mark.parametrize("path", ["/v1/auth/logout", "/v1/auth/password", "/v1/auth/devices/{device}"])
def test_openapi_of_what_ends_devices_is_what_the_server_does(schemathesis, server, tmp_path, path):
    """Each with a user of its own, whose token may end."""
    leaver = caller(server, "leaver")
    assert judged(schemathesis, server, leaver.token, f"^{re.escape(path)}$", tmp_path, device="tablet") == 1


# ---- what a schema says of an answer


def misfits(document, schema, value, where="it"):
    """What `value` has that the schema does not allow."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    kind = {dict: "object", list: "array", str: "string", int: "integer", bool: "boolean"}.get(type(value), "null")
    if kind not in ([schema["type"]] if isinstance(schema["type"], str) else schema["type"]):
        yield f"{where} is no {schema['type']}: {value!r}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{where} is none of {schema['enum']}: {value!r}"
    elif isinstance(value, dict):
        yield from (f"{where} has no {name}" for name in schema.get("required", []) if name not in value)
        for name, inner in value.items():
            if name in schema.get("properties", {}):
                yield from misfits(document, schema["properties"][name], inner, f"{where}.{name}")
            elif schema.get("additionalProperties") is False or "properties" in schema:
                yield f"{where}.{name} is not described"
    elif isinstance(value, list):
        for inner in value:
            yield from misfits(document, schema["items"], inner, f"{where}[]")


def fits(document, method, path, answer):
    """That the answer is one that the document has for this operation."""
    answers = document["paths"][path][method.lower()]["responses"]
    told = answers.get(str(answer.status)) or answers.get(f"{answer.status // 100}XX")
    assert told, f"{method} {path}: {answer.status} is not described"
    if "content" not in told:
        assert not answer.text, answer.text
        return
    (kind, about), = told["content"].items()
    assert answer.headers["content-type"] == kind
    values = [answer.json] if kind.endswith("json") else [json.loads(line) for line in answer.text.splitlines()]
    schema = about.get("x-itemSchema", about["schema"])
    assert values
    for value in values:
        problems = list(misfits(document, schema, value))
        assert not problems, f"{method} {path}: {problems}"


def test_what_the_accounts_answer_is_described(server):
    """Those that end tokens: what schemathesis meets only once, or never."""
    document = server.http("GET", "/docs/openapi.json").json
    name, password = unique("mover"), "correct horse"
    token = server.post("/v1/auth/signup", user=name, password=password, device="phone").json["token"]
    server.post("/v1/auth/login", user=name, password=password, device="tablet")

    def ask(method, path, status, body=None, **names):
        answer = server.http(method, path.format(**names), body, token)
        assert answer.status == status, answer.text
        fits(document, method, path, answer)

    ask("POST", "/v1/auth/password", 401, {"old": "not that one", "new": password})
    ask("POST", "/v1/auth/password", 200, {"old": password, "new": "battery staple"})
    ask("DELETE", "/v1/auth/devices/{device}", 200, device="tablet")
    ask("DELETE", "/v1/auth/devices/{device}", 200, device="nothing")
    ask("POST", "/v1/auth/logout", 200)
    ask("POST", "/v1/auth/logout", 401)


def test_what_the_server_side_answers_is_described(administered, keyed):
    """Every answer of success that the document has, but that of an erasure which takes long."""
    api, met = Api(keyed), set()
    document = administered.http("GET", "/docs/openapi.json").json

    def ask(method, path, status, body=None, query="", **names):
        answer = api.call(method, path.format(**names) + query, body, (status,))
        fits(document, method, f"/v1/admin{path}", answer)
        met.add((method, f"/v1/admin{path}", str(status)))
        return answer

    user, device, group, member = "/users/{user}", "/users/{user}/devices/{device}", "/groups/{group}", "/groups/{group}/members/{user}"
    carol, dave, key = unique("carol"), unique("dave"), new_id()
    for status in (201, 200):
        ask("PUT", user, status, user=carol)
    ask("PUT", user, 201, {"password": "correct horse"}, user=dave)
    ask("PUT", user + "/password", 204, {"password": "battery staple", "revoke": False}, user=dave)
    ask("POST", user + "/tokens", 201, {"device": "phone"}, user=carol)
    ask("POST", user + "/tokens", 201, {"kind": "application"}, user=carol)
    where = ask("POST", "/groups", 201, {"clientId": new_id(), "owner": carol, "title": "Club"}).json["conversation"]
    for _ in "added", "there already":
        ask("POST", group + "/members", 200, {"users": [dave]}, group=where)
    ask("PUT", member, 200, {"role": "admin"}, group=where, user=dave)
    ask("GET", group, 200, group=where)
    ask("GET", group + "/members", 200, query="?limit=1", group=where)
    for status in (201, 200):
        ask("POST", "/messages", status, {"clientId": key, "to": carol, "text": "hi", "data": '{"n":7}'})
    ask("POST", "/messages", 201, {"clientId": new_id(), "conversation": where, "from": dave, "text": "all"})
    lines = ask("GET", user + "/export", 200, user=carol).text.splitlines()
    assert {kind for line in lines for kind in json.loads(line)} == {"account", "device", "preferences", "conversation", "entry", "end"}
    ask("DELETE", member, 200, group=where, user=dave)
    ask("GET", user, 200, user=carol)
    ask("GET", "/users", 200, query="?limit=1")
    ask("DELETE", device, 204, user=carol, device="phone")
    ask("DELETE", user + "/devices", 204, user=carol)
    for what in ("deactivate", "reactivate"):
        ask("POST", f"{user}/{what}", 200, user=carol)
    ask("DELETE", user, 200, query="?messages=erase", user=carol)
    ask("GET", user, 200, user=carol)
    ask("GET", "/users", 200)
    ask("GET", "/audit", 200, query="?limit=20")
    fits(document, "GET", "/v1/admin/users/{user}", api.refused("GET", f"/users/{unique('nobody')}", "unknown_user"))
    described = {(method.upper(), path, status) for path, methods in document["paths"].items() if path.startswith("/v1/admin/")
                 for method, operation in methods.items() for status in operation["responses"] if status.startswith("2")}
    assert met == described - {("DELETE", "/v1/admin/users/{user}", "202")}


def test_a_stream_is_described(server):
    """schemathesis waits for the end of an answer, which a stream does not have."""
    openapi, asyncapi = (server.http("GET", f"/docs/{name}.json").json for name in ("openapi", "asyncapi"))
    about = openapi["paths"]["/v1/events"]["get"]
    assert list(about["responses"]["200"]["content"]) == ["text/event-stream"]  # Stream holds the server to that.
    user = server.user("listener")
    stream, heard = Stream(server, user.token("phone")), []
    while not any("synced" in frame for frame in heard):
        heard.append(stream.hear())
    caller(server, "other").send(f"/v1/users/{user.id}")
    while not any("event" in frame for frame in heard):
        heard.append(stream.hear())
    messages = asyncapi["components"]["messages"]
    listed = re.search(r"\((.+)\)", about["description"])[1].split(", ")
    for frame in heard:
        (name, _), = frame.items()
        problems = list(misfits(asyncapi, messages["frame" + name[0].upper() + name[1:]]["payload"], frame))
        assert name in listed and not problems, f"{name}: {problems}"
    stream.cut()
    for query, token in (("cursor=nothing", user.token("tablet")), ("", "nonsense"), ("useq=x", user.token("tablet"))):
        answer = server.http("GET", f"/v1/events?{query}", None, token)
        assert answer.status in (400, 401), answer.text
        fits(openapi, "GET", "/v1/events", answer)
