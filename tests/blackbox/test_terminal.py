"""`kith`, the terminal client, as people and scripts use it: what it prints, and what it ends with."""

import json
import os
import re
import subprocess
import threading
import time
from pathlib import Path

import pytest

from conftest import program
from kith import unique

TIME = r"\d\d:\d\d:\d\d"
DATE = rf"\d{{4}}-\d\d-\d\d {TIME}"


class Person:
    """Somebody with an account, and a profile of their own."""

    def __init__(self, server, folder, name):
        self.binary, self.name, self.folder = Path(program()).with_name("kith"), unique(name), folder / name
        if not self.binary.exists():
            pytest.skip("there is no kith beside kithd")
        self.run("signup", self.name, "--server", "http://%s:%d" % server.address)

    def start(self, *words):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("KITH")}
        return subprocess.Popen([str(self.binary), *words, "--profile", str(self.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env={**clean, "KITH_PASSWORD": "correct horse battery", "TZ": "UTC"}, text=True)

    def end(self, *words, typed=""):
        """→ (exit status, what was printed, what was complained)."""
        process = self.start(*words)
        try:
            out, err = process.communicate(typed, timeout=30)
        finally:
            process.kill()
            process.wait()
        return process.returncode, out, err

    def run(self, *words, typed=""):
        """What a command that must succeed prints."""
        code, out, err = self.end(*words, typed=typed)
        assert code == 0, (words, code, out, err)
        return out

    def refused(self, *words, code=1):
        """What a command that must fail complains."""
        status, out, err = self.end(*words)
        assert status == code, (words, status, out, err)
        return err

    def sees(self, text):
        """Waits until the list shows it: an ack promises that everybody's will, not that it does."""
        end = time.monotonic() + 10
        while text not in (shown := self.run("list")):
            assert time.monotonic() < end, shown

    def history(self, where):
        return [re.sub(DATE, "TIME", line) for line in self.run("history", where).splitlines()]


@pytest.fixture
def people(server, tmp_path):
    return lambda *names: [Person(server, tmp_path, name) for name in names]


def test_a_message_is_edited_and_deleted_and_gets_reactions(people):
    alice, bob = people("alice", "bob")
    alice.run("send", bob.name, "helo")
    alice.run("send", bob.name, "oops")
    assert re.fullmatch(rf"✓ #3 {TIME}\n", alice.run("edit", bob.name, "1", "hello", "there"))
    assert alice.run("edit", bob.name, "1", "hello there") == "✓ there was nothing to change\n"
    assert re.fullmatch(rf"✓ #4 {TIME}\n", bob.run("react", alice.name, "#1", "👍"))
    assert json.loads(alice.run("delete", bob.name, "2", "--json"))["seq"] == 5
    assert alice.run("delete", bob.name, "2") == "✓ #5\n"
    assert bob.history(alice.name) == [
        f"#1 TIME {alice.name}: hello there (edited) [👍 {bob.name}]",
        f"#2 TIME {alice.name}: (deleted)",
        f"#3 TIME {alice.name} edited #1: hello there",
        f"#4 TIME {bob.name} put 👍 to #1",
        f"#5 TIME {alice.name} deleted #2",
    ]
    bob.sees(f"{alice.name} (request, 2 unread)  ")
    bob.run("read", alice.name)
    bob.sees(f"{alice.name} (request)  ")
    bob.run("react", alice.name, "1", "👍", "--remove")
    assert bob.history(alice.name)[0] == f"#1 TIME {alice.name}: hello there (edited)"

    assert "forbidden" in bob.refused("edit", alice.name, "1", "mine")
    assert "kith: deleted" in alice.refused("edit", bob.name, "2", "again")
    assert "not_found" in alice.refused("edit", bob.name, "77", "x")
    assert "not_found" in alice.refused("edit", unique("nobody"), "1", "x")
    assert "two is not the number of a message" in alice.refused("edit", bob.name, "two", "x", code=2)
    assert "expected: kith react CONV SEQ EMOJI" in alice.refused("react", bob.name, "1", code=2)


def test_what_is_taken_out_of_ones_own_view_others_still_see(people):
    alice, bob = people("alice", "bob")
    for text in ("one", "two", "three", "four"):
        alice.run("send", bob.name, text)
    bob.sees("four")
    assert bob.run("delete", alice.name, "3", "--for-me") == ""
    assert bob.run("clear", alice.name, "--before", "2") == ""
    assert bob.history(alice.name) == [f"#2 TIME {alice.name}: two", f"#4 TIME {alice.name}: four"]
    assert bob.run("clear", alice.name) == ""
    assert bob.history(alice.name) == []
    assert len(alice.history(bob.name)) == 4


def test_settings_stand_in_the_list(people):
    alice, bob = people("alice", "bob")
    alice.run("send", bob.name, "hi")
    alice.sees("hi")
    for command in ("pin", "archive", "mute"):
        assert alice.run(command, bob.name) == ""
    assert alice.run("list").startswith(f"{bob.name} (pinned, archived, muted)  ")
    alice.run("mute", bob.name, "2")
    assert re.match(rf"{bob.name} \(pinned, archived, muted until {DATE}\)  ", alice.run("list"))
    for command in ("unpin", "unarchive", "unmute"):
        alice.run(command, bob.name)
    assert re.match(rf"{bob.name}  {DATE} ", alice.run("list"))
    assert "HOURS must be a number" in alice.refused("mute", bob.name, "soon", code=2)


def test_the_life_of_a_group(people):
    alice, bob, carol = people("alice", "bob", "carol")
    title = f"Our {unique('team')}"
    made = json.loads(alice.run("group", "create", title, bob.name, "--json"))
    group = made["conversation"]
    assert made["title"] == title and made["members"] == 2 and made["role"] == "owner"
    bob.sees(title)
    bob.run("send", title.lower(), "hi", "all")
    bob.run("send", title[2:], "by a part")
    alice.run("send", group, "by its id")
    assert re.fullmatch(rf"✓ #5 {TIME}\n", alice.run("group", "add", title, carol.name))
    assert alice.run("group", "add", title, carol.name) == "✓ there was nothing to change\n"
    alice.run("group", "role", title, carol.name, "admin")
    carol.sees(title)
    assert carol.run("group", "members", title) == f"{alice.name} owner\n{bob.name} member\n{carol.name} admin\n"
    assert carol.run("group", "members", title, "--limit", "1") == f"{alice.name} owner\n"
    assert "you: admin" in carol.run("group", "info", title)
    assert "forbidden" in bob.refused("group", "rename", title, "Bob's")
    assert "forbidden" in carol.refused("group", "permit", title, "send", "admin")
    alice.run("group", "permit", title, "send", "member")
    alice.run("group", "rename", title, "New", title)
    carol.sees("New " + title)
    carol.run("group", "remove", "new our", bob.name)
    assert "forbidden" in bob.refused("send", group, "still here?")
    bob.sees(f"{group} (group that you left")
    carol.run("group", "leave", "new our")
    assert alice.history(group) == [
        f"#1 TIME {alice.name} made the group {title} with {bob.name}",
        f"#2 TIME {bob.name}: hi all",
        f"#3 TIME {bob.name}: by a part",
        f"#4 TIME {alice.name}: by its id",
        f"#5 TIME {alice.name} added {carol.name}",
        f"#6 TIME {alice.name} made {carol.name} admin",
        f"#7 TIME {alice.name} changed the group: {title}; send: member, add: member, remove: admin, rename: admin, delete: admin",
        f"#8 TIME {alice.name} changed the group: New {title}; send: member, add: member, remove: admin, rename: admin, delete: admin",
        f"#9 TIME {carol.name} removed {bob.name}",
        f"#10 TIME {carol.name} left",
    ]
    alice.sees(f"New {title} (group")

    assert "unknown_user" in alice.refused("group", "create", "Ghosts", unique("nobody"))
    assert "ACT is one of" in alice.refused("group", "permit", group, "fly", "owner", code=2)
    assert "there is no such command" in alice.refused("group", "fly", code=2)


def test_all_that_a_message_can_say_is_sent_and_shown(people):
    alice, bob, carol = people("alice", "bob", "carol")
    title = unique("Crew")
    alice.run("group", "create", title, bob.name)
    alice.sees(title)
    alice.run("send", title, "lunch?")
    bob.sees("lunch?")
    poll = ("--kind", "com.example.poll", "--data", '{"of":["a","b"]}')
    file = "https://files.example/a.png,image/png,7,a, b.png"
    acked = json.loads(bob.run("send", title, "yes", "--reply", "#2", "--mention", alice.name, "--mention", carol.name, "--attach", file,
                               *poll, "--json"))
    bob.run("send", title, "--attach", "https://files.example/c")
    message = [json.loads(line)["message"] for line in alice.run("history", title, "--json").splitlines()[2:3]][0]
    assert message["clientId"] == acked["clientId"] and message["seq"] == acked["seq"] == 3
    assert (message["replyTo"], message["mentions"], message["kind"], message["data"]) == (2, [alice.name], poll[1], poll[3])
    assert message["attachments"] == [{"url": "https://files.example/a.png", "name": "a, b.png", "type": "image/png", "size": 7}]
    assert alice.history(title)[2:] == [
        f"#3 TIME {bob.name}: (to #2) yes (mentions {alice.name}) <a, b.png https://files.example/a.png> [com.example.poll]",
        f"#4 TIME {bob.name}: <https://files.example/c>",
    ]
    alice.sees(f"{title} (group, you are mentioned in #3, 2 unread)")

    lines = f"/reply 3 thanks @{bob.name}!\n/attach https://files.example/d,,,d.txt see this\n/attach ftp://x\n"
    code, out, _ = alice.end("chat", title, typed=lines)
    assert code == 1 and "✗ --attach: ftp://x does not begin with https://\n" in out
    assert re.search(rf"✓ #5 \(to #3\) thanks @{bob.name}!\n", out) and re.search(r"✓ #6 see this <d.txt https://files.example/d>\n", out)
    assert json.loads(bob.run("history", title, "--json").splitlines()[4])["message"]["mentions"] == [bob.name]

    assert "nothing is said" in bob.refused("send", title, code=2)
    assert "--data goes with --kind" in bob.refused("send", title, "x", "--data", "{}", code=2)
    assert "invalid_argument" in bob.refused("send", title, "x", "--kind", "poll", "--data", "[]")
    assert "replyTo" in bob.refused("send", title, "x", "--reply", "77")


def test_what_is_kept_is_sent_later_with_all_that_it_says(people):
    alice, bob = people("alice", "bob")
    alice.run("send", bob.name, "one")
    code, _, said = alice.end("send", bob.name, "two", "--reply", "1", "--attach", "https://files.example/a", "--kind", "poll",
                              "--server", "http://127.0.0.1:1")
    assert code == 3 and "the message is kept" in said, (code, said)
    alice.run("send", bob.name, "three")
    assert bob.history(alice.name)[1:] == [
        f"#2 TIME {alice.name}: (to #1) two <https://files.example/a> [poll]",
        f"#3 TIME {alice.name}: three",
    ]


def test_a_chat_tells_what_others_do(people):
    alice, bob = people("alice", "bob")
    assert "not_found" in alice.refused("look", bob.name)
    chat = alice.start("chat", bob.name)
    seen = []

    def waits_for(pattern):
        while not re.search(pattern, "".join(seen)):
            line = chat.stdout.readline()
            assert line, seen
            seen.append(line)

    watchdog = threading.Timer(30, chat.kill)
    watchdog.start()
    try:
        waits_for(rf"\({bob.name} is offline")
        chat.stdin.write("hi\n")
        chat.stdin.flush()
        waits_for("✓ #1 hi")
        bob.sees("hi")
        bob.run("typing", alice.name)
        waits_for(rf"\({bob.name} is writing\)")
        bob.run("read", alice.name)
        waits_for(rf"\(#1 read by {bob.name}\)")
        other = bob.start("chat", alice.name)
        try:
            waits_for(rf"\({bob.name} is online\)")
        finally:
            other.kill()
            other.wait()
        chat.stdin.close()
        assert chat.wait(10) == 0
    finally:
        watchdog.cancel()
        chat.kill()
        chat.wait()
    assert alice.run("look", bob.name) == f"{bob.name}: #1 delivered, #1 read\n"
    assert json.loads(alice.run("look", bob.name, "--json"))["items"] == [{"user": bob.name, "delivered": 1, "read": 1}]


def test_a_name_means_a_user_before_a_group_and_one_group_at_most(people):
    alice, bob = people("alice", "bob")
    one, two = (json.loads(alice.run("group", "create", f"{bob.name} {n}", "--json"))["conversation"] for n in ("one", "two"))
    alice.sees(f"{bob.name} two")
    said = alice.refused("history", bob.name + " ")
    assert one in said and two in said and "may be" in said
    assert [line.split(": ")[-1] for line in alice.history(f"{bob.name} O")] == [f"#1 TIME {alice.name} made the group {bob.name} one"]
    alice.run("send", bob.name, "only for you")
    assert bob.history(alice.name) == [f"#1 TIME {alice.name}: only for you"]
    assert len(alice.history(bob.name)) == 1
    assert "unknown_user" in alice.refused("send", unique("nobody"), "x")
    assert "not_found" in alice.refused("send", "no such group", "x")
    assert "self_conversation" in alice.refused("send", alice.name, "x")


def test_chat_does_it_too(people):
    alice, bob = people("alice", "bob")
    title = unique("Chess")
    alice.run("group", "create", title, bob.name)
    alice.sees(title)
    alice.run("send", title, "e4")
    bob.sees("e4")
    lines = "e5\n/react 2 👍\n/members\n//slash\n"
    said = re.sub(TIME, "TIME", bob.run("chat", title, typed=lines))
    assert f"TIME #2 {alice.name}: e4\n" in said
    assert re.search(r"TIME ✓ #\d e5\n", said) and re.search(r"TIME ✓ #\d /slash\n", said)
    assert f"{alice.name} (owner), {bob.name}\n" in said
    code, out, _ = bob.end("chat", title, typed="/edit 2 mine\n/nothing\n")
    assert code == 1
    assert "✗ /nothing: there is no such command; /help lists them\n" in out
    assert re.search(r"✗ /edit 2 mine — forbidden: ", out)
    assert any("e5" in line for line in alice.history(title))
    code, out, _ = bob.end("chat", alice.name, typed="hi\n")
    assert code == 0 and re.search(r"✓ #1 hi\n", out)
    assert "unknown_user" in bob.refused("chat", unique("nobody"))


def test_what_is_typed_while_the_server_is_away_is_kept(people):
    alice, bob = people("alice", "bob")
    code, _, said = alice.end("chat", bob.name, "--server", "http://127.0.0.1:1", "--wait", "1", typed="later\n")
    assert code == 3 and "1 messages are kept" in said, (code, said)
    alice.run("send", bob.name, "now")
    assert sorted(line.split(": ")[-1] for line in bob.history(alice.name)) == ["later", "now"]
    code, _, said = alice.end("send", "some group", "x", "--server", "http://127.0.0.1:1")
    assert code == 3 and "the message was not sent, and is not kept" in said, (code, said)


def test_watch_prints_changes_in_the_order_of_the_log(people):
    alice, bob = people("alice", "bob")
    watch = bob.start("watch", "--for", "60", "--count", "2")
    try:
        while json.loads(watch.stdout.readline()).get("state") != "live":
            pass
        alice.run("send", bob.name, "one")
        alice.run("edit", bob.name, "1", "uno")
        alice.run("react", bob.name, "1", "👍")
        alice.run("delete", bob.name, "1")
        title = unique("group")
        group = json.loads(alice.run("group", "create", title, bob.name, "--json"))["conversation"]
        alice.run("send", group, "two")
        out, _ = watch.communicate(timeout=60)
    finally:
        watch.kill()
        watch.wait()
    events = [next(iter(json.loads(line).items())) for line in out.splitlines()]
    assert [name for name, _ in events] == ["message", "edited", "reacted", "deleted", "group", "message"]
    edited, reacted, deleted, made = (event for _, event in events[1:5])
    assert (edited["target"], edited["text"], reacted["emoji"], deleted["target"]) == (1, "uno", "👍", 1)
    assert (made["what"], made["title"], made["conversation"]) == ("created", title, group)


def test_who_is_online(people):
    alice, bob = people("alice", "bob")
    assert alice.run("who", bob.name).startswith(f"{bob.name} is offline")
    chat = bob.start("chat", alice.name)
    try:
        chat.stdin.write("hi\n/away\n")
        chat.stdin.flush()
        deadline = time.monotonic() + 15
        while (shown := alice.run("who", bob.name)) != f"{bob.name} is online (away)\n":
            assert time.monotonic() < deadline, shown
            time.sleep(0.1)
        assert json.loads(alice.run("who", "--json", bob.name)) == {"user": bob.name, "online": True, "status": "away"}
        assert f"{bob.name} is online (away)" in alice.run("send", bob.name, "there?")
        chat.stdin.write("/back\n")
        chat.stdin.flush()
        while (shown := alice.run("who", bob.name)) != f"{bob.name} is online\n":
            assert time.monotonic() < deadline, shown
            time.sleep(0.1)
    finally:
        chat.kill()
        chat.wait()
    assert alice.run("who") == "", "no contacts"
