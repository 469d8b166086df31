"""History, the list of conversations, unread and read marks."""

import pytest

from kith import Refused, refused

pytestmark = pytest.mark.over()


def pair(server):
    alice, bob = server.users("alice", "bob")
    return alice.online("laptop"), bob.online("phone")


def ten(server):
    """→ alice's laptop, bob's phone and a conversation with the texts 1 to 10."""
    laptop, phone = pair(server)
    for number in range(1, 11):
        where = laptop.send(phone, f"{number}", base=number - 1)["conversation"]
    laptop.sees(where, 10)
    phone.sees(where, 10)
    return laptop, phone, where


def seqs(device, where, **bounds):
    entries, page = device.history(where, **bounds)
    assert page["conversation"] == where
    return [entry["message"]["seq"] for entry in entries], page.get("more", False), page.get("head", 0)


def test_history_by_bounds(server):
    laptop, phone, where = ten(server)
    for bounds, expected, more in (({}, range(1, 11), False), ({"limit": 3}, range(8, 11), True), ({"limit": 10}, range(1, 11), False),
                                   ({"before": 5}, range(1, 5), False), ({"before": 5, "limit": 2}, range(3, 5), True),
                                   ({"before": 1}, (), False), ({"before": 11, "limit": 1}, (10,), True),
                                   ({"before": 1000, "limit": 2}, (9, 10), True), ({"before": 0, "limit": 2}, (9, 10), True),
                                   ({"after": 0, "limit": 2}, (1, 2), True), ({"after": 8}, (9, 10), False),
                                   ({"after": 9, "limit": 1}, (10,), False),
                                   ({"after": 10}, (), False), ({"after": 1000}, (), False), ({"limit": 0}, range(1, 11), False),
                                   ({"before": 0, "after": 3, "limit": 2}, (4, 5), True), ({"after": None, "limit": 1}, (10,), True)):
        for device in (laptop, phone):
            assert seqs(device, where, **bounds) == (list(expected), more, 10), bounds
    with refused("invalid_argument"):
        laptop.history(where, before=5, after=3)
    with refused("invalid_argument"):
        laptop.history(where, before=5, after=0)


def test_numbers_may_be_written_as_decimal_strings(server):
    laptop, _, where = ten(server)
    assert seqs(laptop, where, before="5", limit="2")[0] == [3, 4]
    assert seqs(laptop, where, after="8")[0] == [9, 10]


def test_the_limits_of_a_history_page(server):
    laptop, phone = pair(server)
    for number in [laptop.send_later(phone, f"{number}") for number in range(205)]:
        where = laptop.answer(number)["conversation"]
    assert seqs(laptop, where) == (list(range(156, 206)), True, 205)
    for limit in (200, 201, 2**31 - 1):
        assert seqs(laptop, where, limit=limit) == (list(range(6, 206)), True, 205)
    assert seqs(laptop, where, after=0, limit=1000) == (list(range(1, 201)), True, 205)
    assert seqs(laptop, where, after=5, limit=200) == (list(range(6, 206)), False, 205)


def test_the_history_of_a_conversation_without_messages(server):
    laptop, phone = pair(server)
    where = laptop.ask(open={"with": phone.user})["conversation"]
    assert laptop.history(where)[1] == {"conversation": where}
    with refused("invalid_argument"):
        laptop.ask(read={"conversation": where, "seq": 1})


def test_the_list_shows_last_head_unread_and_read(server):
    laptop, phone, where = ten(server)
    phone.ask(read={"conversation": where, "seq": 4})
    phone.listen(lambda: phone.reads.get(where) == 4)
    item = phone.item(where)
    last = phone.whole_history(where)[-1]
    assert item == {"conversation": where, "with": laptop.user, "head": 10, "unread": 6, "read": 4, "last": {"message": last},
                    "request": True}
    assert laptop.item(where) == {"conversation": where, "with": phone.user, "head": 10, "last": {"message": last}}


def test_unread_by_the_formula(server):
    """unread = n(head) − the higher of n(own read mark) and n(own last message)."""
    laptop, phone, where = ten(server)

    def unread(device):
        item, history = device.item(where), device.whole_history(where)
        n = {entry["seq"]: entry["n"] for entry in history}
        own = max((entry["seq"] for entry in history if entry["from"] == device.user), default=0)
        assert item.get("unread", 0) == max(0, n[item["head"]] - max(n.get(item.get("read", 0), 0), n.get(own, 0))), item
        return item.get("unread", 0)

    assert (unread(laptop), unread(phone)) == (0, 10)
    phone.ask(read={"conversation": where, "seq": 7})
    phone.listen(lambda: phone.reads.get(where) == 7)
    assert unread(phone) == 3

    def both_see(head):
        laptop.sees(where, head)
        phone.sees(where, head)

    phone.send(where, "own", base=10)
    both_see(11)
    assert (unread(laptop), unread(phone)) == (1, 0)
    laptop.send(where, "answer", base=11)
    both_see(12)
    assert (unread(laptop), unread(phone)) == (0, 1)
    phone.ask(read={"conversation": where, "seq": 12})
    phone.listen(lambda: phone.reads.get(where) == 12)
    assert unread(phone) == 0
    phone.again()
    assert unread(phone) == 0


def test_more_than_100_conversations(server):
    bob = server.user("bob")
    desk, phone = bob.online("desk"), bob.online("phone")
    phone.cut()
    friends = server.users(*["friend"] * 105)
    where = []
    for friend in friends:
        where.append(desk.send(friend, friend.id)["conversation"])
        desk.wait_for(where[-1], 1)
    for limit, pages in ((100, 2), (200, 2), (50, 3), (0, 6)):
        items = desk.listed(limit=limit)
        assert [item["conversation"] for item in items] == where[::-1]
        assert [item["last"]["message"]["text"] for item in items] == [friend.id for friend in reversed(friends)]
        first = desk.ask(conversations={"limit": limit})
        assert len(first["items"]) == {0: 20}.get(limit, min(limit, 100)) and first["next"]
        assert -(-105 // len(first["items"])) == pages
    assert len(desk.ask(conversations={})["items"]) == 20
    phone.connect()
    assert len(phone.pages()) >= 2 and set(phone.entries) == set(where), "at most 100 changes in a page"


def test_the_list_is_ordered_by_what_happened_last_and_reading_moves_nothing(server):
    bob, others = server.user("bob"), server.users("anna", "carol", "dora")
    desk = bob.online()
    where = []
    for other in others:
        where.append(other.online().send(bob)["conversation"])
        desk.wait_for(where[-1], 1)
    assert [item["conversation"] for item in desk.listed()] == where[::-1]
    desk.send(others[0], "to anna", base=1)
    desk.wait_for(where[0], 2)
    assert [item["conversation"] for item in desk.listed()] == [where[0], where[2], where[1]]
    desk.ask(read={"conversation": where[1], "seq": 1})
    desk.listen(lambda: where[1] in desk.reads)
    assert [item["conversation"] for item in desk.listed(limit=1)] == [where[0], where[2], where[1]]


def test_pages_of_the_list_that_the_server_did_not_give(server):
    laptop, _, _ = ten(server)
    for page in ("x", "0", "-1", "zzzz.zzzz", "ä", "x" * 500):
        with refused("invalid_argument"):
            laptop.ask(conversations={"page": page})
    assert len(laptop.ask(conversations={"page": ""})["items"]) == 1


def test_a_page_of_the_list_leads_nobody_to_the_list_of_another(server):
    bob, eve = server.user("bob").online(), server.user("eve").online()
    for friend in server.users("anna", "carol", "dora"):
        bob.wait_for(bob.send(friend)["conversation"], 1)
    try:
        assert "items" not in eve.ask(conversations={"page": bob.ask(conversations={"limit": 1})["next"]})
    except Refused as answer:
        assert answer.code == "invalid_argument"


def test_a_read_mark_moves_up_on_all_devices(server, transport):
    alice, bob = server.users("alice", "bob")
    laptop, phone, desk = alice.online(), bob.online("phone"), bob.online("desk")
    for number in range(5):
        where = laptop.send(bob, f"{number}", base=number)["conversation"]
        phone.wait_for(where, number + 1)
    assert phone.ask(read={"conversation": where, "seq": 3}) == {}
    for device in (phone, desk):
        device.listen(lambda: device.reads.get(where) == 3)
        device.reaches(6)
        if transport == "ws":
            assert device.events()[-1] == {"useq": 6, "read": {"conversation": where, "seq": 3}}
    assert desk.ask(read={"conversation": where, "seq": 2}) == {} and desk.item(where)["read"] == 3
    desk.ask(read={"conversation": where, "seq": 5})
    phone.listen(lambda: phone.reads[where] == 5)
    laptop.settle()
    assert not laptop.reads, "others are not told"


def test_read_marks_that_are_none(server):
    laptop, phone, where = ten(server)
    for seq in (0, 11, 2**53):
        with refused("invalid_argument"):
            phone.ask(read={"conversation": where, "seq": seq})
    with refused("invalid_argument"):
        phone.ask(read={"conversation": where})
    phone.settle()
    assert "read" not in phone.item(where) and not phone.reads


def test_conversations_of_others_are_not_to_be_had(server):
    _, _, where = ten(server)
    eve = server.user("eve").online()
    for command in ({"history": {"conversation": where}}, {"read": {"conversation": where, "seq": 1}},
                    {"send": {"conversation": where, "clientId": "0" * 32, "text": "hi"}}):
        with refused("not_found"):
            eve.ask(**command)
    assert eve.listed() == []
