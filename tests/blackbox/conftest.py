"""Gives the stories a server: one kithd for each file, or the one that `--url` names."""

import itertools
import os
import tempfile
import threading
import time
from pathlib import Path

import pytest

import device
from kith import Server
from transports import TRANSPORTS
from wire import CLOSE, PING, PONG, Closed, Late

FLAGS = ("--signup", "open", "--loopback-exempt", "--limits", "off")


def program():
    return os.environ.get("KITHD") or os.path.join(os.environ["KITH_BUILD"], "bin", "kithd")


def running():
    """The server of `--url`, or None."""
    url = os.environ.get("KITH_URL")
    if not url:
        return None
    admin, key = os.environ.get("KITH_ADMIN_TOKEN_FILE"), os.environ.get("KITH_JWT_KEY_FILE")
    return Server(url=url, admin=admin and Path(admin).read_text().strip(), key=key and Path(key).read_bytes().rstrip(b"\r\n"))


EVERY = (*sorted(TRANSPORTS), device.SWITCHING)


def pytest_addoption(parser):
    parser.addoption("--transport", choices=("ws", "poll", "sse", device.SWITCHING), help="tell only what is told over this one")


def pytest_configure(config):
    config.addinivalue_line("markers", "over(*transports): how the devices of a story reach the server; none: in every way that there is. "
                                       "Without this mark, and with over(\"ws\") inside of a file that has it, by WebSocket")


def pytest_generate_tests(metafunc):
    """A story is told once for each transport of the nearest mark."""
    mark = metafunc.definition.get_closest_marker("over")
    if mark:
        metafunc.parametrize("transport", [one for one in EVERY if one in (mark.args or EVERY)], indirect=True)


def pytest_collection_modifyitems(config, items):
    """The stories of patience last: what they wait for began with the session."""
    items.sort(key=lambda item: item.path.name == "test_patience.py")
    one = config.getoption("--transport")
    if one:
        items[:] = [item for item in items if (item.callspec.params.get("transport", "ws") if hasattr(item, "callspec") else "ws") == one]


@pytest.fixture(autouse=True)
def transport(request, monkeypatch):
    """→ the way by which devices of this story reach the server."""
    monkeypatch.setattr(device, "DEVICES", itertools.count(1))  # So that what is thrown for them does not depend on other stories.
    monkeypatch.setattr(Server, "transport", getattr(request, "param", "ws"))
    return Server.transport


class Silence(threading.Thread):
    """A connection from which nothing comes after `auth`, or nothing but answers to pings. Keeps what happened and when."""

    def __init__(self, server, answers):
        super().__init__(daemon=True)
        self.device, self.answers, self.pings, self.end = server.user("hermit").online(), answers, [], None
        self.began = time.monotonic()
        self.start()

    def run(self):
        socket = self.device.link.socket
        try:
            while True:
                opcode, payload = socket.read_frame(timeout=70)
                if opcode == PING:
                    self.pings.append(time.monotonic() - self.began)
                    if self.answers:
                        socket.write_frame(PONG, payload)
                elif opcode == CLOSE:
                    self.end = (time.monotonic() - self.began, int.from_bytes(payload[:2], "big"), payload[2:].decode())
                    return
        except (Closed, Late, OSError) as end:
            self.end = (time.monotonic() - self.began, None, str(end))


@pytest.fixture(scope="session", autouse=True)
def hermits(request):
    """→ (the silent connection, the one that answers pings), which live as long as the session; None if nobody asks for them."""
    if running() or not any(item.path.name == "test_patience.py" for item in request.session.items):
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="kith-blackbox-") as folder:
        made = Server(program(), Path(folder) / "data", FLAGS).start()
        yield Silence(made, answers=False), Silence(made, answers=True)
        made.stop()


@pytest.fixture(scope="module")
def server():
    there = running()
    if there:
        yield there
        return
    with tempfile.TemporaryDirectory(prefix="kith-blackbox-") as folder:
        made = Server(program(), Path(folder) / "data", FLAGS).start()
        yield made
        code = made.stop()
        assert code == 0, f"kithd ended with {code}; {made.last_words()}"


@pytest.fixture
def new_server():
    """Makes servers that the story may kill and restart. → a function (flags) → a Server that runs."""
    if running():
        pytest.skip("the story must start and stop servers")
    made = []
    with tempfile.TemporaryDirectory(prefix="kith-blackbox-") as folder:

        def start(*flags):
            made.append(Server(program(), Path(folder) / f"data{len(made)}", flags or FLAGS).start())
            return made[-1]

        yield start
        for one in made:
            if one.process.poll() is None:
                one.kill()


@pytest.fixture
def administered(server):
    if not server.admin:
        pytest.skip("needs the administrator's token (--admin-token-file)")
    return server


@pytest.fixture
def keyed(server):
    if not server.key:
        pytest.skip("needs the key of the embedding application (--jwt-key-file)")
    return server


def pytest_runtest_makereport(item, call):
    """A server that died belongs into the report of the story during which it did."""
    if call.excinfo and "server" in getattr(item, "funcargs", {}):
        process = item.funcargs["server"].process
        if process and process.poll() is not None:
            print(f"kithd is dead, exit code {process.returncode}; {item.funcargs['server'].last_words()}")
