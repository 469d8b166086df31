"""How much may be done, and until when: buckets of users, devices, addresses and conversations, first contacts, edits and deletions."""

import contextlib
import re
import subprocess
import time

import pytest
from conftest import program
from kith import Refused, message, refused
from wire import Closed

SLOW = "1/h"  # Nothing refills during a story.


def limited(new_server, *flags):
    return new_server("--signup", "open", *flags)


def refusals(server, limit):
    found = re.search(rf'^kith_limited_total{{limit="{limit}"}} (\d+)$', server.http("GET", "/metrics").text, re.M)
    assert found, f"no metric for {limit}"
    return int(found[1])


def until_refused(device, most=200, **command):
    """Gives the command until it is refused. → (how often it was done, the error)"""
    for count in range(most):
        try:
            device.ask(**command)
        except Refused as error:
            return count, error.error
    raise AssertionError(f"{command} was done {most} times")


def rate_limited(error, limit):
    assert error["code"] == "rate_limited" and error["status"] == 429 and error["outcome"] == "retry", error
    assert error["detail"] == limit and error["retryAfterMs"] > 0, error
    return error["retryAfterMs"]


LIST = {"conversations": {"limit": 1}}  # Costs 2.
READ = {"read": {"conversation": "d_" + "0" * 35, "seq": 0}}  # Refused as it is, and costs 1 all the same.


def used_up(device, most=10_000):
    """Commands of cost 1 in one go until one is limited. → (how many were not, the error)"""
    numbers = [device.say(**READ) for _ in range(most)]
    done = 0
    for number in numbers:
        with contextlib.suppress(Refused):
            device.answer(number)
        error = next(frame for frame in device.heard if frame.get("re") == number)["error"]
        if error["code"] == "rate_limited":
            return done, error
        done += 1
    raise AssertionError(f"{most} commands were not limited")


def test_two_devices_share_what_their_user_may(new_server):
    server = limited(new_server, "--rate-user", f"{SLOW},30", "--rate-device", f"{SLOW},20")
    alice = server.user("alice")
    phone, laptop = alice.online("phone"), alice.online("laptop")
    count, error = used_up(phone, 25)
    assert count == 20
    assert 0 < rate_limited(error, "device") <= 3600_000
    count, error = used_up(laptop, 15)
    assert count == 10
    rate_limited(error, "user")
    # A new connection does not help, and another user does not care.
    phone.again()
    with refused("rate_limited"):
        phone.ask(**LIST)
    bob = server.user("bob").online()
    assert used_up(bob, 25)[0] == 20
    assert refusals(server, "device") >= 2 and refusals(server, "user") >= 2 and refusals(server, "address") == 0


def test_a_bucket_refills_and_the_answer_says_when(new_server):
    server = limited(new_server, "--rate-user", "5/s,10", "--rate-device", "off")
    alice, bob = server.users("alice", "bob")
    phone = alice.online()
    for number in range(10):
        phone.send(bob, f"{number}")
    began = time.monotonic()
    late = 0
    for number in range(10, 20):
        while True:
            try:
                phone.send(bob, f"{number}")
                break
            except Refused as error:
                late += 1
                time.sleep(rate_limited(error.error, "user") / 1000)
    took = time.monotonic() - began
    assert late <= 12, "who waits as told is not told again and again"
    assert 1.5 <= took <= 6, f"ten more at 5 a second took {took:.2f} s"


def test_refused_is_not_done(new_server):
    server = limited(new_server, "--rate-user", "2/s,4")
    alice, bob = server.users("alice", "bob")
    phone, to = alice.online(), bob.online()
    numbers = [phone.send_later(bob, f"{number}") for number in range(8)]
    done, answers = [], {}
    for number in numbers:
        try:
            done.append(phone.answer(number)["seq"])
        except Refused as error:
            answers[number] = error.code
    assert done == [1, 2, 3, 4] and set(answers.values()) == {"rate_limited"}
    time.sleep(1.1)
    sent = phone.send(bob, "afterwards", base=4)
    assert sent["seq"] == 5
    to.wait_for(sent["conversation"], 5)
    assert sorted(to.entries[sent["conversation"]]) == [1, 2, 3, 4, 5]


def test_what_reads_more_costs_more(new_server):
    server = limited(new_server, "--rate-user", f"{SLOW},60")
    phone, laptop = server.user("alice").online(), server.user("bob").online()
    assert until_refused(phone, conversations={"limit": 100})[0] == 5  # 11 each.
    assert until_refused(laptop, conversations={"limit": 1})[0] == 30  # 2 each.


def test_who_takes_no_notice_is_closed_with_a_code_that_says_so(new_server):
    server = limited(new_server, "--rate-user", f"{SLOW},10")
    phone = server.user("alice").online()
    with contextlib.suppress(Closed, BrokenPipeError, ConnectionResetError):
        for number in range(1, 3000):
            phone.link.say({"id": number, **READ})
    frames = phone.link.closes(4007)
    limited_ = [frame for frame in frames if frame.get("error", {}).get("code") == "rate_limited"]
    assert len(limited_) > 1000, "nobody is closed for a few commands too many"
    phone.link = None
    phone.connect()  # 4007 says: come again.
    with refused("rate_limited"):
        phone.ask(**LIST)


def test_an_address_is_limited_before_and_after_login(new_server):
    server = limited(new_server, "--rate-ip", f"{SLOW},60")
    assert server.post("/v1/auth/login", user="nobody", password="a wrong one").status == 401
    alice = server.user("alice")
    phone = alice.online()
    used = 1 + 1 + 1 + 5  # login, user, token, connection.
    count, error = used_up(phone, 60)
    assert count == 60 - used, "every command counts, whoever gives it"
    rate_limited(error, "address")
    # Nobody at this address gets in now, and is told why.
    answer = server.http("POST", "/v1/auth/login", {"user": "nobody", "password": "a wrong one"})
    assert answer.status == 429 and answer.json["detail"] == "address"
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["ratelimit-policy"] == '"address";q=60;w=216000'
    assert answer.headers["ratelimit"].startswith('"address";r=0;t=')
    link = server.connect()
    rate_limited(link.fails("rate_limited", 4007), "address")
    for path in ("/livez", "/readyz", "/metrics"):
        assert server.http("GET", path).status == 200, "who supervises the server is not limited"
    assert refusals(server, "address") >= 3


def test_an_address_pays_for_what_it_does_over_http(new_server):
    server = limited(new_server, "--rate-ip", f"{SLOW},60")
    token = server.user("alice").token("phone")
    used = 1 + 1  # user, token.
    answers = [server.http("GET", "/v1/conversations?limit=100", token=token) for _ in range(6)]
    assert [answer.status for answer in answers] == [200] * ((60 - used) // (1 + 11)) + [429] * 2
    assert answers[-1].json["detail"] == "address"
    used += 4 * 12 + 2
    polls = [server.http("GET", "/v1/sync?wait=0", token=token) for _ in range(5)]
    assert [poll.status == 429 for poll in polls] == [False] * ((60 - used) // 2) + [True]


def test_loopback_may_be_exempt(new_server):
    server = new_server("--signup", "open", "--loopback-exempt", "--rate-ip", f"{SLOW},20")
    for _ in range(40):
        assert server.http("GET", "/v1/nothing").status == 404


def test_a_conversation_takes_only_so_much(new_server):
    server = limited(new_server, "--rate-conversation", f"{SLOW},6")
    alice, bob, carol = server.users("alice", "bob", "carol")
    phone, other = alice.online(), bob.online()
    where = phone.send(bob, "one", client_id="a" * 32)["conversation"]
    for number in range(2):
        phone.send(bob, f"{number}")
        other.send(alice, f"{number}")
    phone.change("react", where, 1, emoji="+")
    for refuse in (lambda: phone.send(bob), lambda: other.send(alice), lambda: phone.change("edit", where, 1, text="new")):
        with pytest.raises(Refused) as caught:
            refuse()
        rate_limited(caught.value.error, "conversation")
    assert phone.send(bob, "one", client_id="a" * 32)["repeated"], "a repeat is answered"
    phone.ask(read={"conversation": where, "seq": 3})
    assert phone.send(carol, "elsewhere")["seq"] == 1
    assert refusals(server, "conversation") == 3


def test_only_so_many_strangers_are_approached(new_server):
    server = limited(new_server, "--rate-first-contact", f"{SLOW},3")
    alice = server.user("alice")
    known = server.users("b", "c", "d")
    phone = alice.online()
    wheres = [phone.send(known[0])["conversation"], phone.ask(open={"with": known[1].id})["conversation"]]
    with refused("unknown_user"):
        phone.ask(open={"with": "nobody.at.all"})
    wheres.append(phone.send(known[2])["conversation"])
    victim = server.user("victim")
    for ask in ({"send": message(victim)}, {"open": {"with": victim.id}}, {"block": {"user": victim.id, "blocked": True}},
                {"addContact": {"user": victim.id}}):
        with pytest.raises(Refused) as caught:
            phone.ask(**ask)
        rate_limited(caught.value.error, "first_contacts")
    other = victim.online()
    assert not other.listed(), "who was refused left nothing behind"
    # Those who are known stay so, others may come, and whoever was written to may answer.
    phone.send(wheres[0], "again", base=1)
    phone.send(wheres[1], "the first here")
    sent = other.send(alice, "hello")
    assert phone.send(sent["conversation"], "hello yourself", base=1)["seq"] == 2
    friend = server.user("friend")
    friend.online().ask(addContact={"user": alice.id})
    phone.ask(addContact={"user": friend.id})  # Who asked is no stranger.
    assert phone.send(friend, "hello, friend")["seq"] == 1
    assert refusals(server, "first_contacts") == 4


def test_time_to_edit_and_to_delete(new_server):
    server = limited(new_server, "--edit-within", "2s", "--delete-within", "4s")
    alice, bob = server.users("alice", "bob")
    phone, other = alice.online(), bob.online()
    limits = server.connect().hello["hello"]["limits"]
    assert (limits["editS"], limits["deleteS"]) == (2, 4)
    where = phone.send(bob, "one")["conversation"]
    began = time.monotonic()
    kept = phone.send(bob, "two", base=1)
    assert phone.change("edit", where, 1, text="one, better")["seq"] == 3
    time.sleep(max(0.0, 2.3 - (time.monotonic() - began)))
    with refused("too_late"):
        phone.change("edit", where, 1, text="one, still better")
    assert phone.change("edit", where, 1, text="one, better").get("seq", 0) == 0, "a repeat changes nothing"
    assert phone.change("delete", where, 1)["seq"] == 4
    time.sleep(max(0.0, 4.3 - (time.monotonic() - began)))
    with refused("too_late"):
        phone.change("delete", where, kept["seq"])
    with refused("forbidden"):
        other.change("delete", where, kept["seq"])
    assert phone.change("delete", where, 1)["seq"] == 4, "it is deleted"
    assert phone.texts(where)[1] == "two"
    assert refusals(server, "editing") == 1 and refusals(server, "deleting") == 1


def test_moderators_delete_at_any_time(new_server):
    server = limited(new_server, "--delete-within", "1s")
    owner, member = server.users("owner", "member")
    phone, other = owner.online(), member.online()
    where = phone.ask(createGroup={"clientId": "b" * 32, "title": "t", "members": [member.id]})["conversation"]
    theirs, own = other.send(where, "theirs", base=1)["seq"], phone.send(where, "own", base=1)["seq"]
    time.sleep(1.3)
    with refused("too_late"):
        other.change("delete", where, theirs)
    assert phone.change("delete", where, theirs)["seq"] > own
    assert phone.change("delete", where, own)["seq"] > own


def test_without_limits_for_ever(server):
    assert not {"editS", "deleteS"} & set(server.connect().hello["hello"]["limits"])


def test_answers_over_http_say_what_is_left(new_server):
    server = limited(new_server, "--rate-user", "1/s,20", "--rate-device", "1/m,10")
    alice = server.user("alice")
    token = alice.token("phone")
    answer = server.http("GET", "/v1/conversations?limit=1", token=token)
    assert answer.headers["ratelimit-policy"] == '"user";q=20;w=20, "device";q=10;w=600'
    assert answer.headers["ratelimit"] == '"user";r=18;t=2, "device";r=8;t=120'
    # Long polls and refusals speak of them too.
    poll = server.http("GET", "/v1/sync?wait=0", token=token)
    assert poll.status == 200 and poll.headers["ratelimit"].split(", ")[1] == '"device";r=7;t=180'
    for _ in range(4):
        answer = server.http("GET", "/v1/conversations?limit=1", token=token)
    assert answer.status == 429 and answer.json["detail"] == "device"
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert re.fullmatch(r'"user";r=\d+;t=\d+, "device";r=1;t=\d+', answer.headers["ratelimit"])
    # Without a user the address is spoken of.
    for path in ("/v1/conversations", "/v1/auth/devices", "/v1/nothing"):
        assert re.fullmatch(r'"address";r=\d+;t=\d', server.http("GET", path).headers["ratelimit"]), path
    assert server.http("GET", "/livez").headers["ratelimit"] is None


def test_http_and_websocket_share_the_buckets(new_server):
    server = limited(new_server, "--rate-user", f"{SLOW},20")
    alice = server.user("alice")
    phone = alice.online()
    assert used_up(phone, 25)[0] == 20
    answer = server.http("GET", "/v1/conversations", token=alice.token("laptop"))
    assert answer.status == 429 and answer.json["detail"] == "user"


def test_off_means_off(new_server):
    server = limited(new_server, "--limits", "off", "--rate-user", f"{SLOW},1")
    phone = server.user("alice").online()
    for number in [phone.say(**READ) for _ in range(3000)]:
        with refused("not_found", "invalid_argument"):
            phone.answer(number)
    assert "ratelimit" not in server.http("GET", "/v1/conversations", token=phone.token).headers


@pytest.mark.parametrize("flag, value, words", [
    ("--rate-user", "200", "200/s,4000"), ("--rate-device", "0/s,5", "200/s,4000"), ("--rate-ip", "5/d,5", "200/s,4000"),
    ("--rate-conversation", "5/s,0", "200/s,4000"), ("--rate-first-contact", "many", "200/s,4000"), ("--edit-within", "15", "15m"),
    ("--delete-within", "1w", "15m"), ("--limits", "maybe", "on or off"),
])
def test_wrong_options_are_said_so(tmp_path, flag, value, words):
    done = subprocess.run([program(), "--data", str(tmp_path / "data"), "--port", "0", flag, value], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20, check=False)
    assert done.returncode == 2 and done.stdout == b""
    said = done.stderr.decode()
    assert flag in said and words in said, said
