"""Who is online: the pulls, what is told to contacts and viewports, who may see whom, and since when somebody is offline."""

import time
from datetime import datetime

import pytest

from conftest import program, running
from kith import Server, refused

# Told sooner than by default, so that stories are short.
QUICK = ("--loopback-exempt", "--presence-online-delay", "1", "--presence-offline-grace", "2")
LIVE = pytest.mark.over("ws", "sse")


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    if running():
        pytest.skip("the stories need a server with short delays")
    made = Server(program(), tmp_path_factory.mktemp("presence") / "data", QUICK).start()
    yield made
    assert made.stop() == 0, made.last_words()


def befriend(*devices):
    for one in devices:
        for other in devices:
            if one is not other:
                one.ask(addContact={"user": other.user})


def look(device, *users):
    """→ {user: item} of those whom the device may see."""
    names = [user if isinstance(user, str) else user.user for user in users]
    return {item["user"]: item for item in device.ask(presence={"users": names}).get("items", [])}


def view(device, *users):
    return {item["user"]: item for item in device.ask(viewport={"users": [user.user for user in users]}).get("items", [])}


def told(device, of):
    """What was pushed about a user, oldest first."""
    return [item for frame in device.heard if "presences" in frame and "re" not in frame for item in frame["presences"]["items"]
            if item["user"] == of.user]


def hears(device, of, timeout=10, **expected):
    """Waits for a push about a user that says this."""
    device.listen(lambda: any(all(item.get(name) == value for name, value in expected.items()) for item in told(device, of)), timeout)
    return next(item for item in reversed(told(device, of)))


def quiet(device, seconds):
    """Listens, and → all pushes of presence."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        device.settle()
        time.sleep(0.1)
    return [frame for frame in device.heard if "presences" in frame and "re" not in frame]


def seconds_ago(stamp):
    return time.time() - datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()


@LIVE
def test_the_pull_at_the_start_of_an_app(quick):
    ann, ben, cat, dan = (user.online() for user in quick.users("ann", "ben", "cat", "dan"))
    befriend(ann, ben)
    befriend(ann, cat)
    cat.cut()
    time.sleep(0.5)
    assert {item["user"]: item.get("online", False) for item in ann.ask(presence={})["items"]} == {ben.user: True, cat.user: False}
    cat.connect()
    assert hears(ann, cat, online=True)
    dan.again()
    ben.cut()
    assert "since" in hears(ann, ben, online=None)
    assert not told(ann, dan), "no contact"
    assert not quiet(cat, 0.5), "who did not ask is told nothing"


@LIVE
def test_an_arrival_that_does_not_last_is_not_told(quick):
    ann, ben = (user.online() for user in quick.users("ann", "ben"))
    befriend(ann, ben)
    ben.cut()
    time.sleep(3)
    ann.ask(presence={})
    ben.connect()
    time.sleep(0.4)
    ben.cut()
    assert not quiet(ann, 3)


@LIVE
def test_who_comes_back_at_once_never_went(quick):
    ann, ben = (user.online() for user in quick.users("ann", "ben"))
    view(ann, ben)
    for _ in range(3):
        ben.cut()
        time.sleep(0.5)
        ben.connect()
    ann.settle()
    assert not told(ann, ben)
    assert look(ann, ben)[ben.user] == {"user": ben.user, "online": True}


@LIVE
def test_a_viewport_hears_of_every_change(quick):
    ann, ben, cat = (user.online() for user in quick.users("ann", "ben", "cat"))
    assert view(ann, ben) == {ben.user: {"user": ben.user, "online": True}}
    ben.ask(status={"status": "idle"})
    hears(ann, ben, status="idle")
    laptop = type(ben)(quick, ben.user, "laptop", quick_token(quick, ben, "laptop"))
    laptop.connect()
    hears(ann, ben, online=True, status=None)
    laptop.ask(status={"status": "away"})
    ann.settle()
    ben.cut()
    hears(ann, ben, status="away")
    laptop.cut()
    hears(ann, ben, online=None)
    assert view(ann, cat).keys() == {cat.user}
    before = len(told(ann, ben))
    ben.connect()
    quiet(ann, 0.7)
    assert len(told(ann, ben)) == before, "replaced as a whole"
    assert ann.ask(viewport={}) == {}


def quick_token(server, device, name):
    return server.post(f"/v1/auth/users/{device.user}/tokens", server.admin, device=name).json["token"]


@pytest.mark.parametrize("protocol", ["kith.v1.json", "kith.v1.proto"])
def test_both_encodings(quick, protocol):
    ann, ben = quick.user("ann").online(protocols=(protocol,)), quick.user("ben").online()
    view(ann, ben)
    ben.ask(status={"status": "away"})
    assert hears(ann, ben, status="away") == {"user": ben.user, "online": True, "status": "away"}
    sent = ann.send(ben)
    assert sent["presence"] == [{"user": ben.user, "online": True, "status": "away"}]


@LIVE
def test_limits(quick):
    ann = quick.user("ann").online()
    many = [f"nobody-{number}" for number in range(501)]
    assert len(look(ann, *many[:500])) == 500
    with refused("limit_reached"):
        look(ann, *many)
    assert len(ann.ask(viewport={"users": many[:100]})["items"]) == 100
    with refused("limit_reached"):
        ann.ask(viewport={"users": many[:101]})
    with refused("invalid_argument"):
        ann.ask(presence={"users": ["no user id!"]})
    with refused("invalid_argument"):
        ann.ask(status={"status": "busy"})


def every_way(viewer, of, base):
    """→ what a viewer learns of a user, by each path. No path may tell more than another."""
    sent = viewer.send(of, base=base)
    return [look(viewer, of).get(of.user), view(viewer, of).get(of.user), next(iter(sent.get("presence", [])), None)]


@LIVE
def test_who_shows_themself_to_nobody(quick):
    ann, ben = (user.online() for user in quick.users("ann", "ben"))
    assert all(item["online"] for item in every_way(ann, ben, 0))
    ben.ask(prefer={"presence": "nobody"})
    assert every_way(ann, ben, 1) == [None] * 3
    assert every_way(ben, ann, 2) == [None] * 3, "symmetric"
    assert ann.ask(presence={}) == {}
    # What was shown before is taken back, once, and says nothing of when.
    assert told(ann, ben) in ([], [{"user": ben.user}])
    ben.cut()
    time.sleep(3)
    assert every_way(ann, ben, 3) == [None] * 3, "nor since when"
    ben.connect()
    ben.ask(prefer={"presence": "everyone"})
    assert hears(ann, ben, online=True)
    assert all(item["online"] for item in every_way(ann, ben, 4))


@LIVE
def test_contacts_only(quick):
    ann, ben, cat = (user.online() for user in quick.users("ann", "ben", "cat"))
    befriend(ann, ben)
    ben.ask(prefer={"presence": "contacts"})
    assert all(item["online"] for item in every_way(ann, ben, 0))
    assert every_way(cat, ben, 0) == [None] * 3
    assert every_way(ben, cat, 1) == [None] * 3
    ann.ask(viewport={"users": [ben.user]})
    ann.ask(removeContact={"user": ben.user})
    hears(ann, ben, online=None)
    assert every_way(ann, ben, 1) == [None] * 3


def test_over_http(quick):
    ann, ben = quick.users("ann", "ben")
    phone, token = ben.online(), ann.token("browser")
    found = quick.http("POST", "/v1/presence", {"users": [ben.id]}, token)
    assert found.status == 200 and found.json == {"items": [{"user": ben.id, "online": True}]}
    assert quick.http("POST", "/v1/presence", {}, token).json == {}
    # Without a stream a viewport is a question, too.
    found = quick.http("PUT", "/v1/viewport", {"users": [ben.id, ann.id]}, token)
    assert found.status == 200 and found.json == {"items": [{"user": ben.id, "online": True}, {"user": ann.id}]}
    assert quick.http("PUT", "/v1/viewport", {}, token).json == {}
    # The state of a device that polls is kept while it does.
    cursor = quick.http("GET", "/v1/sync?wait=0", token=token).json["resync"]["cursor"]
    assert quick.http("PUT", "/v1/status", {"status": "idle"}, token).status == 204
    found = quick.http("POST", "/v1/presence", {"users": [ann.id]}, phone.token).json
    assert found["items"] == [{"user": ann.id, "online": True, "status": "idle"}]
    assert quick.http("GET", f"/v1/sync?wait=0&cursor={cursor}", token=token).status == 204


def test_since_survives_a_crash(new_server):
    server = new_server(*QUICK)
    ann, ben = (user.online() for user in server.users("ann", "ben"))
    time.sleep(2.5)  # Ben is known to be online by now.
    server.kill()
    server.start()
    ann.link = None
    ann.connect()
    item = look(ann, ben.user)[ben.user]
    assert "online" not in item and -1 < seconds_ago(item["since"]) < 70, item


def test_the_metric(quick):
    quick.user("ann").online().ask(presence={"users": ["ann"]})
    text = quick.http("GET", "/metrics").text
    found = {line.split(" ")[0]: float(line.split(" ")[1]) for line in text.splitlines() if line.startswith("kith_") and "presence" in line}
    assert found["kith_presence_bytes_total"] > 0 and "kith_presence_bytes_per_online_user_second" in found
