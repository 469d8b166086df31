"""The documents that the server serves about itself: their form, and OpenAPI against what the server does (by schemathesis)."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from document import SECTIONS
from kith import new_id
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
    ids = {operation["operationId"].lower() for methods in openapi["paths"].values() for operation in methods.values()}
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


def judged(schemathesis, server, token, paths, folder, **known):
    """Runs it against these paths. `known`: names that exist, for parts of paths."""
    config = folder / "schemathesis.toml"
    config.write_text("[parameters]\n" + "".join(f'"path.{name.rstrip("_")}" = {json.dumps(value)}\n' for name, value in known.items()))
    url = "http://%s:%d" % server.address
    command = [str(schemathesis), "--config-file", str(config), "run", f"{url}/docs/openapi.json", "-H", f"Authorization: Bearer {token}",
               "--include-path-regex", paths, "--checks", CHECKS, "--phases", "coverage,fuzzing", "--max-examples", "30",
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
